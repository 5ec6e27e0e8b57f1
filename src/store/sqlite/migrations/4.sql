-- What polls have learnt of a feed, and what deserves a look. `told` is when the operator was told of the warning.
ALTER TABLE feeds ADD COLUMN rhythm TEXT;        -- JSON
ALTER TABLE feeds ADD COLUMN watch TEXT;         -- JSON
ALTER TABLE feeds ADD COLUMN warning_kind TEXT;
ALTER TABLE feeds ADD COLUMN warning TEXT;
ALTER TABLE feeds ADD COLUMN warned INTEGER;
ALTER TABLE feeds ADD COLUMN told INTEGER;

-- Of title and text, so that an edit is told without reading them. NULL in entries of an earlier schema.
ALTER TABLE entries ADD COLUMN digest INTEGER;
-- Where neither guid nor link of a document is known, its titles may be.
CREATE INDEX entries_by_title ON entries (feed, title_facet, guid_facet, link_facet);

-- Further names under which a stored entry was recognised.
CREATE TABLE aliases (
    feed        INTEGER NOT NULL REFERENCES feeds (id),
    guid_facet  INTEGER NOT NULL,
    link_facet  INTEGER NOT NULL,
    title_facet INTEGER NOT NULL,
    entry       INTEGER NOT NULL REFERENCES entries (id),
    PRIMARY KEY (feed, guid_facet, link_facet, title_facet)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_link ON aliases (feed, link_facet, title_facet);
CREATE INDEX aliases_by_entry ON aliases (entry);

-- What an entry said before it was edited; the row in entries is what it says now.
CREATE TABLE versions (
    entry    INTEGER NOT NULL REFERENCES entries (id),
    replaced INTEGER NOT NULL,              -- when
    title    TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    matches  TEXT    NOT NULL               -- JSON: rule to spans
) STRICT;
CREATE INDEX versions_by_entry ON versions (entry);
