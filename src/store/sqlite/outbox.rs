//! The SQL of delivery: held alerts, messages and how attempts to send them ended.

use jiff::Timestamp;
use rusqlite::{Connection, Result, Rows, params};

use super::articles;
use super::codec::{Json, Millis, time};
use super::{messages, polls};
use crate::store::{Backlog, Held, HeldEntry, Match, NewMessage, REPORT, Untold};

/// Every subscriber with held alerts.
pub(super) fn held(db: &Connection) -> Result<Vec<Held>> {
    let mut held = db
        .prepare_cached(
            "SELECT subscriber,
                min(held) FILTER (WHERE first = 0) AS since,
                min(held) FILTER (WHERE first = 1) AS first_poll_since,
                count(DISTINCT entry) AS entries,
                sum(entry * 1009 + length(rule)) AS fingerprint
         FROM alerts WHERE message IS NULL AND ended IS NULL GROUP BY subscriber",
        )?
        .query_map([], |row| {
            Ok(Held {
                subscriber: row.get("subscriber")?,
                since: time(row, "since")?,
                first_poll_since: time(row, "first_poll_since")?,
                awaited: 0,
                entries: row.get::<_, u32>("entries")? as usize,
                fingerprint: row.get("fingerprint")?,
            })
        })?
        .collect::<Result<Vec<_>>>()?;
    if held.iter().any(|held| held.first_poll_since.is_some()) {
        let awaited = articles::awaited(db)?;
        for held in held.iter_mut().filter(|held| held.first_poll_since.is_some() && !awaited.is_empty()) {
            held.awaited =
                first_polls(db, &held.subscriber)?.iter().filter_map(|feed| awaited.get(feed)).sum();
        }
    }
    Ok(held)
}

/// The feeds of whose first polls a subscriber has alerts.
fn first_polls(db: &Connection, subscriber: &str) -> Result<Vec<i64>> {
    db.prepare_cached(
        "SELECT DISTINCT feed FROM alerts JOIN entries ON entries.id = entry
         WHERE subscriber = ?1 AND first = 1 AND message IS NULL AND ended IS NULL",
    )?
    .query_map([subscriber], |row| row.get(0))?
    .collect()
}

/// The oldest held entries of a subscriber, each with all of its rules.
pub(super) fn held_for(db: &Connection, subscriber: &str, limit: usize) -> Result<Vec<HeldEntry>> {
    let mut statement = db.prepare_cached(&HELD.replace("{which}", ""))?;
    held_entries(statement.query([subscriber])?, limit)
}

/// The same, of these entries alone.
pub(super) fn held_of(
    db: &Connection,
    subscriber: &str,
    entries: &[i64],
    limit: usize,
) -> Result<Vec<HeldEntry>> {
    let which = "AND alerts.entry IN (SELECT value FROM json_each(?2))";
    let mut statement = db.prepare_cached(&HELD.replace("{which}", which))?;
    held_entries(statement.query(params![subscriber, Json(entries)])?, limit)
}

const HELD: &str =
    "SELECT entries.id, feeds.name AS feed, feeds.title AS feed_title, entries.title, url, text,
        published, fetched, held, copy_of, matches.rule, spans
    FROM alerts
    JOIN matches ON matches.entry = alerts.entry AND matches.rule = alerts.rule
    JOIN entries ON entries.id = alerts.entry
    JOIN feeds ON feeds.id = entries.feed
    LEFT JOIN placements ON placements.entry = alerts.entry
    WHERE alerts.subscriber = ?1 AND message IS NULL AND ended IS NULL {which}
    ORDER BY alerts.entry, alerts.rule";

fn held_entries(mut rows: Rows<'_>, limit: usize) -> Result<Vec<HeldEntry>> {
    let mut entries: Vec<HeldEntry> = Vec::new();
    while let Some(row) = rows.next()? {
        let found = Match { rule: row.get("rule")?, spans: row.get::<_, Json<_>>("spans")?.0 };
        let id = row.get("id")?;
        if let Some(entry) = entries.last_mut().filter(|entry| entry.id == id) {
            entry.matches.push(found);
            entry.held = entry.held.min(row.get::<_, Millis>("held")?.0);
            continue;
        }
        if entries.len() == limit {
            break;
        }
        entries.push(HeldEntry {
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
    Ok(entries)
}

/// Writes a message and what it tells; `false`, and nothing written, where an alert is not held.
pub(super) fn enqueue(db: &Connection, message: &NewMessage) -> Result<bool> {
    let told = || message.tells.iter().flat_map(|(entry, rules)| rules.iter().map(move |rule| (entry, rule)));
    let mut held = db.prepare_cached(
        "SELECT 1 FROM alerts WHERE entry = ?1 AND rule = ?2 AND subscriber = ?3
                                AND message IS NULL AND ended IS NULL",
    )?;
    for (entry, rule) in told() {
        if !held.exists(params![entry, rule, message.subscriber])? {
            return Ok(false);
        }
    }
    let id = messages::put(db, message)?;
    let mut tell = db.prepare_cached(
        "UPDATE alerts SET message = ?4 WHERE entry = ?1 AND rule = ?2 AND subscriber = ?3",
    )?;
    for (entry, rule) in told() {
        tell.execute(params![entry, rule, message.subscriber, id])?;
    }
    Ok(true)
}

/// The warnings that the operator was not told of, and when a message last did.
pub(super) fn untold(db: &Connection) -> Result<(Vec<Untold>, Option<Timestamp>)> {
    let untold = db
        .prepare_cached("SELECT * FROM feeds WHERE warning IS NOT NULL AND told IS NULL ORDER BY id")?
        .query_map([], |row| {
            let (feed, title) = (row.get("name")?, row.get("title")?);
            Ok(polls::warning(row)?.map(|warning| Untold { feed, title, warning }))
        })?
        .filter_map(Result::transpose)
        .collect::<Result<_>>()?;
    let last = db
        .prepare_cached(
            "SELECT max(created) AS last FROM messages WHERE message_id BETWEEN ?1 AND ?1 || 'z'",
        )?
        .query_row([REPORT], |row| time(row, "last"))?;
    Ok((untold, last))
}

/// Writes a message to the operator and that it tells of these warnings.
pub(super) fn report(db: &Connection, message: &NewMessage, told: &[Untold]) -> Result<()> {
    messages::put(db, message)?;
    let mut tell = db.prepare_cached("UPDATE feeds SET told = ?3 WHERE name = ?1 AND warning_kind = ?2")?;
    told.iter().try_for_each(|Untold { feed, warning, .. }| {
        tell.execute(params![feed, warning.kind, Millis(message.created)]).map(drop)
    })
}

/// Ends all held alerts of a subscriber; returns how many.
pub(super) fn end_held(db: &Connection, subscriber: &str, reason: &str) -> Result<usize> {
    db.prepare_cached(
        "UPDATE alerts SET ended = ?2 WHERE subscriber = ?1 AND message IS NULL AND ended IS NULL",
    )?
    .execute([subscriber, reason])
}

/// How much waits.
pub(super) fn backlog(db: &Connection) -> Result<Backlog> {
    let held = "SELECT count(*) FROM alerts WHERE message IS NULL AND ended IS NULL";
    let held = db.prepare_cached(held)?.query_row([], |row| row.get::<_, u32>(0))? as usize;
    Ok(Backlog { held, ..messages::backlog(db)? })
}
