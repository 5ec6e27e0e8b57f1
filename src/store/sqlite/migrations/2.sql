-- Which entities an entry names, whatever rules it matches. Entries only ever come at the end, so
-- that a row costs little; who looks entries up by an entity brings the index for it.
CREATE TABLE mentions (
    entry  INTEGER NOT NULL REFERENCES entries (id),
    entity TEXT    NOT NULL,                -- the id in the config
    PRIMARY KEY (entry, entity)
) STRICT, WITHOUT ROWID;
