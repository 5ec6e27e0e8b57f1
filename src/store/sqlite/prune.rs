//! The SQL of forgetting: texts that are too old, then rows, then the room they leave.
//!
//! A step is short: the writer does it between polls, and stops looking after [`PATIENCE`]. What a
//! subscriber has still to be told, and what an open message tells, is never touched.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::codec::Millis;
use super::index;
use crate::store::{Bounds, Pruned, Space, Work};
use crate::text::key;

/// After so long a step begins nothing more; its commit comes on top.
const PATIENCE: Duration = Duration::from_millis(10);

/// What one step looks at, at most.
const BATCH: u32 = 64;

/// Pages that one step gives back at most.
const PAGES: u32 = 64;

/// The `auto_vacuum` of databases that can give room back in steps; those of schema 4 and before cannot.
const INCREMENTAL: i64 = 2;

/// One step of forgetting; the caller's transaction holds it together.
pub(super) fn step(db: &Connection, bounds: &Bounds) -> Result<Pruned> {
    let begun = Instant::now();
    let in_time = || begun.elapsed() < PATIENCE;
    let mut pruned = Pruned::default();
    for message in messages(db, SPENT, bounds.matches)? {
        db.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([message])?;
        pruned.messages += 1;
    }
    for message in messages(db, ENDED, bounds.messages)?.into_iter().take_while(|_| in_time()) {
        empty(db, message, &mut pruned)?;
    }
    for entry in entries(db, STRIPPED, bounds.matches)?.into_iter().take_while(|_| in_time()) {
        bury(db, entry, &mut pruned)?;
    }
    for entry in entries(db, WHOLE, bounds.entries)?.into_iter().take_while(|_| in_time()) {
        forget(db, entry, &mut pruned)?;
    }
    if pruned == Pruned::default() {
        relieve(db, bounds, in_time, &mut pruned)?;
    }
    pruned.more = pruned != Pruned::default();
    Ok(pruned)
}

/// How one kind of thing goes.
type Go = fn(&Connection, i64, &mut Pruned) -> Result<()>;

/// Where the database is too large, lets the oldest go before its time: bytes of messages first, then
/// texts, and what matched only where there is nothing else.
fn relieve(db: &Connection, bounds: &Bounds, in_time: impl Fn() -> bool, pruned: &mut Pruned) -> Result<()> {
    let over = || -> Result<bool> { Ok(in_time() && space(db)?.used() > bounds.size) };
    if !over()? {
        return Ok(());
    }
    let spared = Some(bounds.spared);
    let kinds: [(Vec<i64>, Go); 3] = [
        (messages(db, ENDED, spared)?, empty),
        (entries(db, WHOLE, spared)?, forget),
        (entries(db, STRIPPED, spared)?, bury),
    ];
    for (oldest, go) in kinds {
        for id in oldest {
            if !over()? {
                return Ok(());
            }
            go(db, id, pruned)?;
        }
        if *pruned != Pruned::default() {
            return Ok(());
        }
    }
    Ok(())
}

/// How much room the database takes.
pub(super) fn space(db: &Connection) -> Result<Space> {
    let read =
        |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0).map(i64::cast_unsigned));
    let page = read("page_size")?;
    Ok(Space { file: read("page_count")? * page, free: read("freelist_count")? * page })
}

/// Gives some free pages at the end of the file back; whether there is more to give.
pub(super) fn give_back(db: &Connection) -> Result<bool> {
    let mut step = db.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut rows = step.query([])?;
    while rows.next()?.is_some() {} // a row a page
    Ok(can_give_back(db)? && space(db)?.free > 0)
}

/// Carries the journal into the file, which only then becomes shorter; waits for nobody.
pub(super) fn cut(db: &Connection) -> Result<()> {
    db.query_row("PRAGMA wal_checkpoint(passive)", [], |_| Ok(()))
}

/// Whether the file was made so that it can.
pub(super) fn can_give_back(db: &Connection) -> Result<bool> {
    db.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0)).map(|mode| mode == INCREMENTAL)
}

/// When some work was last done.
pub(super) fn done(db: &Connection, work: Work) -> Result<Option<Timestamp>> {
    db.prepare_cached("SELECT done FROM upkeep WHERE work = ?1")?
        .query_row([name(work)], |row| row.get::<_, Millis>(0))
        .optional()
        .map(|done| done.map(|done| done.0))
}

/// Writes that some work was done.
pub(super) fn put_done(db: &Connection, work: Work, at: Timestamp) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO upkeep (work, done) VALUES (?1, ?2) ON CONFLICT (work) DO UPDATE SET done = excluded.done",
    )?
    .execute(params![name(work), Millis(at)])
    .map(drop)
}

fn name(work: Work) -> &'static str {
    match work {
        Work::Prune => "prune",
        Work::Backup => "backup",
    }
}

/// Entries with their text, and those that have lost it; each condition has its index.
const WHOLE: &str = "stripped IS NULL";
const STRIPPED: &str = "stripped IS NOT NULL";

/// The oldest of those entries that came before and that nobody is still to be told of. The last entry
/// stays, so that its number is not given again.
fn entries(db: &Connection, which: &str, before: Option<Timestamp>) -> Result<Vec<i64>> {
    let Some(before) = before else { return Ok(Vec::new()) };
    db.prepare_cached(&format!(
        "SELECT id FROM entries WHERE {which} AND fetched < ?1 AND id < (SELECT max(id) FROM entries)
            AND NOT EXISTS (
                SELECT 1 FROM alerts LEFT JOIN messages ON messages.id = message
                WHERE entry = entries.id AND ended IS NULL
                    AND (message IS NULL OR state NOT IN ('sent', 'failed')))
         ORDER BY fetched LIMIT {BATCH}"
    ))?
    .query_map([Millis(before)], |row| row.get(0))?
    .collect()
}

/// Messages that have ended and still have their bytes, and those that have lost them and that no alert
/// names.
const ENDED: &str = "state IN ('sent', 'failed') AND length(bytes) > 0";
const SPENT: &str = "length(bytes) = 0 AND NOT EXISTS (SELECT 1 FROM alerts WHERE message = messages.id)";

/// The oldest of those messages that were made before. The last message stays, as the last entry does.
fn messages(db: &Connection, which: &str, before: Option<Timestamp>) -> Result<Vec<i64>> {
    let Some(before) = before else { return Ok(Vec::new()) };
    db.prepare_cached(&format!(
        "SELECT id FROM messages WHERE {which} AND created < ?1 AND id < (SELECT max(id) FROM messages)
         ORDER BY created LIMIT {BATCH}"
    ))?
    .query_map([Millis(before)], |row| row.get(0))?
    .collect()
}

/// Empties a message that has ended; what is known of it stays.
fn empty(db: &Connection, message: i64, pruned: &mut Pruned) -> Result<()> {
    pruned.messages += 1;
    db.prepare_cached("UPDATE messages SET bytes = x'' WHERE id = ?1")?.execute([message]).map(drop)
}

/// Takes an entry's text, or all of it where nothing matched.
fn forget(db: &Connection, entry: i64, pruned: &mut Pruned) -> Result<()> {
    if db.prepare_cached("SELECT 1 FROM matches WHERE entry = ?1")?.exists([entry])? {
        strip(db, entry, pruned)
    } else {
        bury(db, entry, pruned)
    }
}

/// Leaves of an entry what its matches need: feed, title, address, times, names.
fn strip(db: &Connection, entry: i64, pruned: &mut Pruned) -> Result<()> {
    pruned.stripped += 1;
    for sql in [
        "UPDATE entries SET stripped = 1, text = '', guid = '', authors = NULL, categories = NULL WHERE id = ?1",
        "UPDATE matches SET spans = '[]' WHERE entry = ?1",
        "DELETE FROM versions WHERE entry = ?1",
        "DELETE FROM articles WHERE entry = ?1",
    ] {
        db.prepare_cached(sql)?.execute([entry])?;
    }
    let title: String =
        db.prepare_cached("SELECT title FROM entries WHERE id = ?1")?.query_row([entry], |row| row.get(0))?;
    index::replace(db, entry, &key::of_entry(&title, ""))
}

/// Leaves of an entry its names alone.
fn bury(db: &Connection, entry: i64, pruned: &mut Pruned) -> Result<()> {
    pruned.buried += 1;
    for sql in [
        "INSERT INTO tombstones (feed, guid_facet, link_facet, title_facet, entry, digest)
         SELECT feed, guid_facet, link_facet, title_facet, id, digest FROM entries WHERE id = ?1
         UNION ALL
         SELECT feed, guid_facet, link_facet, title_facet, entry, NULL FROM aliases WHERE entry = ?1
         ON CONFLICT DO NOTHING",
        "DELETE FROM alerts WHERE entry = ?1",
        "DELETE FROM matches WHERE entry = ?1",
        "DELETE FROM mentions WHERE entry = ?1",
        "DELETE FROM placements WHERE entry = ?1",
        "DELETE FROM articles WHERE entry = ?1",
        "DELETE FROM aliases WHERE entry = ?1",
        "DELETE FROM versions WHERE entry = ?1",
        "DELETE FROM entries WHERE id = ?1",
    ] {
        db.prepare_cached(sql)?.execute([entry])?;
    }
    Ok(())
}
