-- Entries of feeds with full_text: whether the article's page has been had. The article stands behind
-- the entry's own text.
CREATE TABLE articles (
    entry      INTEGER PRIMARY KEY REFERENCES entries (id),
    feed       INTEGER NOT NULL REFERENCES feeds (id),
    state      TEXT    NOT NULL CHECK (state IN ('owed', 'had', 'failed')),
    since      INTEGER NOT NULL,
    not_before INTEGER NOT NULL,            -- the next attempt, while it is owed
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    first      INTEGER NOT NULL CHECK (first IN (0, 1)),  -- of a feed's first poll
    language   TEXT,                        -- as the feed declared it
    reason     TEXT                         -- why the last attempt failed
) STRICT;
CREATE INDEX articles_owed ON articles (feed, entry, not_before) WHERE state = 'owed';
