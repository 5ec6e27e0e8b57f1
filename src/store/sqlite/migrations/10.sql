-- What subscribers said of entries that they were told of: whether a rule was right to bring it. Kept when the
-- entry has left the archive, since a rule's record is longer than its entries' lives.
CREATE TABLE judgements (
    rule       TEXT    NOT NULL,
    entry      INTEGER NOT NULL,            -- which may be gone
    subscriber TEXT    NOT NULL,
    relevant   INTEGER NOT NULL CHECK (relevant IN (0, 1)),
    came       INTEGER NOT NULL,            -- when rasid had the entry
    judged     INTEGER NOT NULL,            -- when it was last said
    PRIMARY KEY (rule, entry, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgements_by_entry ON judgements (entry, subscriber);
