-- What is too old goes in two steps: an entry's text first, and the row, where something matched, later.
ALTER TABLE entries ADD COLUMN stripped INTEGER; -- 1 where only what its matches need is left
CREATE INDEX entries_whole ON entries (fetched, feed) WHERE stripped IS NULL;
CREATE INDEX entries_stripped ON entries (fetched) WHERE stripped IS NOT NULL;

-- The names of entries that are gone, so that none of them comes back as new.
CREATE TABLE tombstones (
    feed        INTEGER NOT NULL REFERENCES feeds (id),
    guid_facet  INTEGER NOT NULL,
    link_facet  INTEGER NOT NULL,
    title_facet INTEGER NOT NULL,
    entry       INTEGER NOT NULL,           -- the number that it had; no other gets it
    digest      INTEGER,
    PRIMARY KEY (feed, guid_facet, link_facet, title_facet)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_link ON tombstones (feed, link_facet, title_facet);
CREATE INDEX tombstones_by_title ON tombstones (feed, title_facet);

-- The bytes of a message go when it has ended and is old, its row when no alert names it any more.
CREATE INDEX messages_whole ON messages (created) WHERE state IN ('sent', 'failed') AND length(bytes) > 0;
CREATE INDEX messages_spent ON messages (created) WHERE length(bytes) = 0;
CREATE INDEX alerts_by_message ON alerts (message) WHERE message IS NOT NULL;

-- When work that is done now and then was done last.
CREATE TABLE upkeep (
    work TEXT    PRIMARY KEY,
    done INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
