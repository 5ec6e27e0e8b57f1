//! The SQL of entries that are known: further names, and what they say since they were edited.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::codec::{Json, Millis, list};
use crate::feed::identity::{Facets, Print};
use crate::store::{Content, Edit, NewEntry, Poll};

/// Further names that one entry keeps: those it had last.
const MOST_ALIASES: u32 = 16;
/// What one entry said before, kept at most so often: what it said last.
const MOST_VERSIONS: u32 = 20;

/// What these entries say now, and which rules hold for them or have held; of those whose text is gone
/// nobody can say what an edit changed.
pub(super) fn contents(db: &Connection, entries: &[i64]) -> Result<Vec<Content>> {
    let mut entry =
        db.prepare_cached("SELECT title, text FROM entries WHERE id = ?1 AND stripped IS NULL")?;
    let mut rules = db.prepare_cached("SELECT rule FROM matches WHERE entry = ?1")?;
    let mut contents = Vec::with_capacity(entries.len());
    for id in entries {
        let said = entry.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((title, text)) = said else { continue };
        let rules = rules.query_map([id], |row| row.get(0))?.collect::<Result<_>>()?;
        contents.push(Content { entry: *id, title, text, rules });
    }
    Ok(contents)
}

/// Writes a further name of an entry, also of one that is gone.
pub(super) fn put_alias(db: &Connection, feed: i64, entry: i64, facets: Facets) -> Result<()> {
    let [guid, link, title] = [facets.guid, facets.link, facets.title].map(u64::cast_signed);
    if !is_stored(db, entry)? {
        return db
            .prepare_cached(
                "INSERT INTO tombstones (feed, guid_facet, link_facet, title_facet, entry)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?
            .execute(params![feed, guid, link, title, entry])
            .map(drop);
    }
    let mut count = db.prepare_cached("SELECT count(*) FROM aliases WHERE entry = ?1")?;
    if count.query_row([entry], |row| row.get::<_, u32>(0))? >= MOST_ALIASES {
        // Names that change all the time are worth nothing; the ones it has now are.
        db.prepare_cached("DELETE FROM aliases WHERE entry = ?1")?.execute([entry])?;
    }
    db.prepare_cached(
        "INSERT INTO aliases (feed, guid_facet, link_facet, title_facet, entry) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![feed, guid, link, title, entry])?;
    Ok(())
}

/// Whether an entry is there, with or without its text.
fn is_stored(db: &Connection, entry: i64) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM entries WHERE id = ?1")?.exists([entry])
}

/// Keeps what an entry said and puts what it says now in its place. The rules that held before stay on
/// record, without places in a text that is no longer there. `false`, and nothing written, where the
/// entry has lost its text meanwhile.
pub(super) fn put_version(db: &Connection, edit: &Edit, poll: &Poll) -> Result<bool> {
    let kept = db
        .prepare_cached(
            "INSERT INTO versions (entry, replaced, title, text, matches)
             SELECT id, ?2, title, text,
                    (SELECT json_group_object(rule, json(spans)) FROM matches WHERE entry = id)
             FROM entries WHERE id = ?1 AND stripped IS NULL",
        )?
        .execute(params![edit.entry, Millis(poll.fetched)])?;
    if kept == 0 {
        return Ok(false);
    }
    db.prepare_cached(
        "DELETE FROM versions WHERE entry = ?1 AND rowid NOT IN
            (SELECT rowid FROM versions WHERE entry = ?1 ORDER BY rowid DESC LIMIT ?2)",
    )?
    .execute(params![edit.entry, MOST_VERSIONS])?;
    let NewEntry { entry, print: Print { digest, .. }, .. } = &edit.new;
    db.prepare_cached(
        "UPDATE entries SET title = ?2, text = ?3, digest = ?4, updated = ?5, url = ?6, authors = ?7,
                            categories = ?8 WHERE id = ?1",
    )?
    .execute(params![
        edit.entry,
        entry.title,
        entry.text,
        digest.cast_signed(),
        entry.updated.map(Millis),
        entry.url,
        list(&entry.authors),
        list(&entry.categories),
    ])?;
    // The article that stood behind the old text is to stand behind the new one, and has a day for that.
    db.prepare_cached(
        "UPDATE articles SET state = 'owed', since = ?2, not_before = ?2, attempts = 0, first = 0
         WHERE entry = ?1 AND state = 'had'",
    )?
    .execute(params![edit.entry, Millis(poll.fetched)])?;
    let nowhere: [(); 0] = [];
    db.prepare_cached("UPDATE matches SET spans = ?2 WHERE entry = ?1")?
        .execute(params![edit.entry, Json(nowhere)])?;
    Ok(true)
}
