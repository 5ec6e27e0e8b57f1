-- Which story a matched entry belongs to. `story` is NULL until the entry has been placed; it is the id of the
-- story's first entry, which may have left the archive.
CREATE TABLE placements (
    entry   INTEGER PRIMARY KEY REFERENCES entries (id),
    story   INTEGER,
    copy_of INTEGER,
    placed  INTEGER,                        -- when
    outlet  INTEGER,                        -- n, where it is by the story's n-th independent outlet
    names   TEXT,                           -- JSON list of what the story's earlier entries did not have; NULL where empty
    numbers TEXT,                           -- the same
    CHECK ((story IS NULL) = (placed IS NULL))
) STRICT;
CREATE INDEX placements_by_story ON placements (story, entry) WHERE story IS NOT NULL;
CREATE INDEX placements_wanted ON placements (entry) WHERE story IS NULL;

-- What an earlier schema kept of the last days before its newest entry.
INSERT INTO placements (entry)
    SELECT DISTINCT entry FROM matches JOIN entries ON entries.id = entry
    WHERE fetched >= (SELECT max(fetched) FROM entries) - 3 * 86400000;

-- The subjects of messages that tell stories, for those that follow them.
CREATE TABLE subjects (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    subject TEXT    NOT NULL
) STRICT;
