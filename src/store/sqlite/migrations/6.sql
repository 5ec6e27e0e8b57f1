-- What subscribers chose by signed links, or the administrator for them, and what befell the address. It
-- wins over the config; a subscriber without a row chose nothing.
CREATE TABLE subscribers (
    name         TEXT    NOT NULL PRIMARY KEY,
    unsubscribed INTEGER,                   -- since when
    paused_until INTEGER,
    digest       INTEGER,                   -- since when one mail a day
    refused      INTEGER,                   -- the first permanent refusal since a message was accepted
    suspended    INTEGER,                   -- since when
    reason       TEXT,                      -- what the relay said last
    told         INTEGER,                   -- when the operator was told
    CHECK ((suspended IS NULL) = (reason IS NULL)),
    CHECK (told IS NULL OR suspended IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Stories that a subscriber wants no more of, by the id of the first entry.
CREATE TABLE mutes (
    subscriber TEXT    NOT NULL,
    story      INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    PRIMARY KEY (subscriber, story)
) STRICT, WITHOUT ROWID;

-- Who signed up on the web; a subscriber once it is confirmed. Numbers are never used again: links hold them.
CREATE TABLE signups (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber TEXT    NOT NULL,            -- the name
    email      TEXT    NOT NULL,            -- as written
    rules      TEXT,                        -- JSON list of ids; NULL for all
    daily      INTEGER NOT NULL CHECK (daily IN (0, 1)),
    timezone   TEXT,
    language   TEXT    NOT NULL CHECK (language IN ('ar', 'en')),
    asked      INTEGER NOT NULL,
    confirmed  INTEGER
) STRICT;
CREATE UNIQUE INDEX signups_confirmed ON signups (subscriber) WHERE confirmed IS NOT NULL;
CREATE INDEX signups_open ON signups (asked) WHERE confirmed IS NULL;

-- What signs links; whoever has it can make them.
CREATE TABLE keys (
    name TEXT NOT NULL PRIMARY KEY,
    key  BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
