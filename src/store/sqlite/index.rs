//! The SQL of finding entries by their words: the index kept in step with the entries, entries of an earlier
//! schema added little by little, and what a rule needs turned into a question to the index.

use std::sync::Weak;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Inner, SqliteStore};
use crate::rules::{Beginning, Need};
use crate::store::Error;
use crate::text::key;

/// Entries that are added at once: the writer is held up for so long.
const CHUNK: u32 = 100;
/// After a failure, such as a full disk.
const PAUSE: Duration = Duration::from_secs(5);

/// Writes under which words a new entry is found.
pub(super) fn put(db: &Connection, entry: i64, words: &str) -> Result<()> {
    db.prepare_cached("INSERT INTO entry_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![entry, words])
        .map(drop)
}

/// Writes under which words an entry is found that says something else now.
pub(super) fn replace(db: &Connection, entry: i64, words: &str) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO entry_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![entry, words])
        .map(drop)
}

/// Entries before this one are not in the index yet; 0 where all are.
pub(super) fn unindexed(db: &Connection) -> Result<i64> {
    db.prepare_cached("SELECT before FROM unindexed")?
        .query_row([], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

/// Adds the entries of an earlier schema in the background, beside everything else. Ends when all are added
/// or the store is closed; the next start goes on where it was.
pub(super) fn start(store: Weak<Inner>) -> std::io::Result<()> {
    let add = move || {
        // For waiting alone: neither timers nor files.
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
        loop {
            let Some(store) = store.upgrade().map(SqliteStore) else { return };
            let began = Instant::now();
            let added = runtime.block_on(add_chunk(&store));
            drop(store);
            match added {
                Ok(true) => thread::sleep(began.elapsed()),
                Ok(false) => {
                    tracing::info!("every stored entry can be searched now");
                    return;
                }
                Err(Error::Closed) => return,
                Err(error) => {
                    tracing::debug!(%error, "cannot add entries to the index; trying again later");
                    thread::sleep(PAUSE);
                }
            }
        }
    };
    thread::Builder::new().name("store-indexer".into()).spawn(add).map(drop)
}

/// Adds some entries; `false` where none were left.
async fn add_chunk(store: &SqliteStore) -> std::result::Result<bool, Error> {
    let texts = store.read(next_texts).await?;
    let Some(before) = texts.last().map(|(entry, ..)| *entry) else {
        return store.write(|db| db.execute("DELETE FROM unindexed", []).map(|_| false), None).await;
    };
    let words = |(entry, title, text): (i64, String, String)| (entry, key::of_entry(&title, &text));
    let mut found: Vec<(i64, String)> = texts.into_iter().map(words).collect();
    // One that is not after the last that was written would begin a part of its own in the index.
    found.reverse();
    store.write(move |db| put_chunk(db, &found, before).map(|()| true), None).await
}

/// The newest entries that are not in the index, the newest first.
fn next_texts(db: &Connection) -> Result<Vec<(i64, String, String)>> {
    db.prepare_cached("SELECT id, title, text FROM entries WHERE id < ?1 ORDER BY id DESC LIMIT ?2")?
        .query_map(params![unindexed(db)?, CHUNK], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

/// Leaves alone what was deleted or edited meanwhile.
fn put_chunk(db: &Connection, found: &[(i64, String)], before: i64) -> Result<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO entry_words (rowid, words)
         SELECT id, ?2 FROM entries
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM entry_words WHERE rowid = ?1)",
    )?;
    for (entry, words) in found {
        put.execute(params![entry, words])?;
    }
    db.execute("UPDATE unindexed SET before = ?1", [before]).map(drop)
}

/// A question to the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// All entries may be meant.
    Everything,
    /// None can be.
    Nothing,
    /// Those that this expression finds.
    Matching(String),
}

/// Letters that a beginning has at least where the words that begin so are looked up; what is shorter may
/// be the beginning of very many.
const LONG: usize = 3;
/// Letters of a prefix that is asked for; nearly all entries have a word of every shorter one.
const PREFIX: usize = 2;

/// Asks for the entries that have what is needed, by the words that the index has.
pub(super) fn question(db: &Connection, need: &Need) -> Result<Question> {
    Ok(match need {
        Need::Nothing => Question::Everything,
        Need::Word(beginnings) => match words(db, beginnings)? {
            None => Question::Everything,
            Some(words) => joined(words, " OR "),
        },
        Need::All(needs) => {
            let mut parts = Vec::new();
            for need in needs {
                match question(db, need)? {
                    Question::Everything => {}
                    Question::Nothing => return Ok(Question::Nothing),
                    Question::Matching(part) => parts.push(format!("({part})")),
                }
            }
            if parts.is_empty() { Question::Everything } else { joined(parts, " AND ") }
        }
        Need::Any(needs) => {
            let mut parts = Vec::new();
            for need in needs {
                match question(db, need)? {
                    Question::Everything => return Ok(Question::Everything),
                    Question::Nothing => {}
                    Question::Matching(part) => parts.push(format!("({part})")),
                }
            }
            joined(parts, " OR ")
        }
    })
}

fn joined(parts: impl IntoIterator<Item = String>, by: &str) -> Question {
    let parts: Vec<String> = parts.into_iter().collect();
    if parts.is_empty() { Question::Nothing } else { Question::Matching(parts.join(by)) }
}

/// The words of the index that begin so and go on as they may; none where nearly all entries have one.
fn words(db: &Connection, beginnings: &[Beginning]) -> Result<Option<Vec<String>>> {
    let quoted = |word: &str| format!("\"{word}\"");
    let mut found = Vec::new();
    let mut rest = beginnings;
    while let [first, after @ ..] = rest {
        let length = first.text.chars().count();
        match first.keys() {
            None if length < PREFIX => return Ok(None),
            None => found.push(format!("\"{}\"*", first.text)),
            Some(keys) if length < LONG => {
                found.extend(keys.filter(|key| !key.is_empty()).map(|key| quoted(&key)));
            }
            Some(_) => {
                // Those that begin with it are found on the way: the beginnings are in order.
                let group = rest.iter().take_while(|next| next.text.starts_with(&first.text)).count();
                let (group, after) = rest.split_at(group);
                let mut begins =
                    db.prepare_cached("SELECT term FROM vocabulary WHERE term >= ?1 AND term < ?2")?;
                let mut rows = begins.query(params![first.text, after_all(&first.text)])?;
                while let Some(row) = rows.next()? {
                    let word = row.get_ref(0)?.as_str()?;
                    if group.iter().any(|beginning| beginning.admits(word)) {
                        found.push(quoted(word));
                    }
                }
                rest = after;
                continue;
            }
        }
        rest = after;
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// What comes after everything that begins so.
fn after_all(text: &str) -> String {
    format!("{text}\u{10FFFF}")
}
