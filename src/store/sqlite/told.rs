//! The SQL of entries as messages tell them, for who reads the archive.

use rusqlite::{Connection, OptionalExtension, Result};

use super::codec::{Json, Millis, time};
use super::stories;
use crate::store::{HeldEntry, Match, Story};

/// An entry with every rule that held for it; nothing where none did.
pub(super) fn entry(db: &Connection, id: i64) -> Result<Option<HeldEntry>> {
    let mut statement = db.prepare_cached(
        "SELECT feeds.name AS feed, feeds.title AS feed_title, entries.title, url, text, published, fetched,
                coalesce((SELECT min(held) FROM alerts WHERE alerts.entry = entries.id), fetched) AS held,
                matches.rule, spans, copy_of
         FROM entries
         JOIN matches ON matches.entry = entries.id
         JOIN feeds ON feeds.id = entries.feed
         LEFT JOIN placements ON placements.entry = entries.id
         WHERE entries.id = ?1 ORDER BY matches.rule",
    )?;
    let mut rows = statement.query([id])?;
    let mut entry: Option<HeldEntry> = None;
    while let Some(row) = rows.next()? {
        let found = Match { rule: row.get("rule")?, spans: row.get::<_, Json<_>>("spans")?.0 };
        if let Some(entry) = &mut entry {
            entry.matches.push(found);
            continue;
        }
        entry = Some(HeldEntry {
            id,
            feed: row.get("feed")?,
            feed_title: row.get("feed_title")?,
            title: row.get("title")?,
            url: row.get("url")?,
            text: row.get("text")?,
            published: time(row, "published")?,
            fetched: row.get::<_, Millis>("fetched")?.0,
            held: row.get::<_, Millis>("held")?.0,
            copy_of: row.get("copy_of")?,
            matches: vec![found],
        });
    }
    Ok(entry)
}

/// The story of an entry, as it is for who was told of nothing; nothing where the entry has no place yet.
pub(super) fn story(db: &Connection, entry: i64) -> Result<Option<Story>> {
    let story = db
        .prepare_cached("SELECT story FROM placements WHERE entry = ?1 AND story IS NOT NULL")?
        .query_row([entry], |row| row.get(0))
        .optional()?;
    // Nobody has an empty name.
    story.map_or(Ok(None), |story| Ok(stories::stories(db, "", &[story])?.into_iter().next()))
}
