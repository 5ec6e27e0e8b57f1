-- Under which words an entry is found: those of its title and text, folded and without proclitics, each once.
-- Nothing but the words is kept here, and neither how often nor where they stand: what is found is judged by
-- reading the entry.
CREATE VIRTUAL TABLE entry_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
-- What is stored in batches is merged seldom, and little at a time.
INSERT INTO entry_words (entry_words, rank) VALUES ('automerge', 16);
INSERT INTO entry_words (entry_words, rank) VALUES ('crisismerge', 64);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (entry_words, row);
CREATE TRIGGER entries_deleted AFTER DELETE ON entries BEGIN
    DELETE FROM entry_words WHERE rowid = old.id;
END;

-- Entries of an earlier schema whose words are still to be added: those before this one, the newest first.
CREATE TABLE unindexed (before INTEGER NOT NULL) STRICT;
INSERT INTO unindexed SELECT max(id) + 1 FROM entries HAVING max(id) IS NOT NULL;
