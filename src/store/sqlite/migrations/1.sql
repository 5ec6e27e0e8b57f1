-- Times are milliseconds since 1970 in UTC. Facets are 64-bit hashes, kept as signed numbers.

CREATE TABLE feeds (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,  -- the id in the config
    source        TEXT    NOT NULL,
    moved_to      TEXT,
    etag          BLOB,
    last_modified BLOB,
    next_poll     INTEGER NOT NULL,
    hold_until    INTEGER,
    gone          INTEGER NOT NULL CHECK (gone IN (0, 1)),
    failures      INTEGER NOT NULL CHECK (failures >= 0),
    error         TEXT,
    last_success  INTEGER,
    title         TEXT
) STRICT;

CREATE TABLE entries (
    id          INTEGER PRIMARY KEY,
    feed        INTEGER NOT NULL REFERENCES feeds (id),
    guid_facet  INTEGER NOT NULL,
    link_facet  INTEGER NOT NULL,
    title_facet INTEGER NOT NULL,
    fetched     INTEGER NOT NULL,
    published   INTEGER,
    updated     INTEGER,
    guid        TEXT    NOT NULL,
    url         TEXT,
    title       TEXT    NOT NULL,
    authors     TEXT,                       -- JSON list; NULL where empty
    categories  TEXT,                       -- JSON list; NULL where empty
    text        TEXT    NOT NULL
) STRICT;

-- An entry is stored once; both orders answer which stored entries share a guid or a link.
CREATE UNIQUE INDEX entries_by_guid ON entries (feed, guid_facet, link_facet, title_facet);
CREATE INDEX entries_by_link ON entries (feed, link_facet, title_facet, guid_facet);

CREATE TABLE matches (
    entry INTEGER NOT NULL REFERENCES entries (id),
    rule  TEXT    NOT NULL,
    spans TEXT    NOT NULL,                 -- JSON
    PRIMARY KEY (entry, rule)
) STRICT, WITHOUT ROWID;

CREATE INDEX matches_by_rule ON matches (rule, entry);

CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    subscriber TEXT    NOT NULL,
    message_id TEXT    NOT NULL UNIQUE,     -- without angle brackets
    created    INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('due', 'deferred', 'sent', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    attempted  INTEGER,                     -- the last time
    not_before INTEGER,
    reply      TEXT,                        -- of the last attempt
    bytes      BLOB    NOT NULL,            -- what every attempt sends; last, so that the rest is read without it
    CHECK ((state = 'due') = (attempts = 0)),
    CHECK ((attempted IS NULL) = (attempts = 0)),
    CHECK ((not_before IS NOT NULL) = (state = 'deferred'))
) STRICT;

CREATE INDEX messages_open ON messages (not_before, attempted) WHERE state IN ('due', 'deferred');
CREATE INDEX messages_by_subscriber ON messages (subscriber, created);

-- The key says it: one entry reaches a subscriber once for a rule. Held while message and ended are NULL.
CREATE TABLE alerts (
    entry      INTEGER NOT NULL,
    rule       TEXT    NOT NULL,
    subscriber TEXT    NOT NULL,
    held       INTEGER NOT NULL,            -- since when
    first      INTEGER NOT NULL CHECK (first IN (0, 1)),  -- of a feed's first poll
    message    INTEGER REFERENCES messages (id),
    ended      TEXT,                        -- why nobody will be told
    PRIMARY KEY (entry, rule, subscriber),
    FOREIGN KEY (entry, rule) REFERENCES matches (entry, rule),
    CHECK (message IS NULL OR ended IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX alerts_held ON alerts (subscriber, entry, held, first) WHERE message IS NULL AND ended IS NULL;
