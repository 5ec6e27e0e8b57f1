-- A message is `sending` while the daemon has taken it up; what an end of the process leaves in that state is
-- due again. `interrupted` counts such ends since the last attempt that was recorded.
CREATE TABLE new_messages (
    id          INTEGER PRIMARY KEY,
    subscriber  TEXT    NOT NULL,
    message_id  TEXT    NOT NULL UNIQUE,    -- without angle brackets
    created     INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('due', 'sending', 'deferred', 'sent', 'failed')),
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),  -- that concerned it, since it was last set to begin anew
    interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted >= 0),
    attempted   INTEGER,                    -- the last time
    not_before  INTEGER,
    reply       TEXT,                       -- of the last attempt, or why there will be none
    bytes       BLOB    NOT NULL,           -- what every attempt sends; last, so that the rest is read without it
    CHECK ((not_before IS NOT NULL) = (state = 'deferred'))
) STRICT;

INSERT INTO new_messages (id, subscriber, message_id, created, state, attempts, attempted, not_before, reply, bytes)
    SELECT id, subscriber, message_id, created, state, attempts, attempted, not_before, reply, bytes FROM messages;
DROP TABLE messages;
ALTER TABLE new_messages RENAME TO messages;

CREATE INDEX messages_due ON messages (id, subscriber) WHERE state = 'due';
CREATE INDEX messages_deferred ON messages (not_before, attempted) WHERE state = 'deferred';
CREATE INDEX messages_sending ON messages (id) WHERE state = 'sending';
CREATE INDEX messages_failed ON messages (id) WHERE state = 'failed';
CREATE INDEX messages_by_subscriber ON messages (subscriber, created);
CREATE INDEX messages_whole ON messages (created) WHERE state IN ('sent', 'failed') AND length(bytes) > 0;
CREATE INDEX messages_spent ON messages (created) WHERE length(bytes) = 0;

-- What has happened to a message, the last of it.
CREATE TABLE attempts (
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    outcome TEXT    NOT NULL,               -- sent, deferred, refused, failed; relay: not taken; interrupted; by hand: retried, dropped
    reply   TEXT    NOT NULL,
    PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;

INSERT INTO attempts (message, number, at, outcome, reply)
    SELECT id, 1, attempted, state, coalesce(reply, '') FROM messages
    WHERE attempted IS NOT NULL;
