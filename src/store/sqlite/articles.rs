//! The SQL of whole articles: which entries still owe theirs, and what came of asking for it.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, Result, params};

use super::codec::{Json, Millis};
use super::{index, polls};
use crate::store::{Article, Committed, Owed, Owes, Owing, Page, Poll};

/// Entries that one address may belong to: more, and it is no article's but a page that lists them.
const SHARING: u32 = 3;

/// Notes that a new entry owes its article; the caller's transaction holds both.
pub(super) fn owe(db: &Connection, feed: i64, entry: i64, owes: &Owes, poll: &Poll) -> Result<()> {
    let sharing: u32 = db
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM entries
             WHERE feed = ?1 AND link_facet = (SELECT link_facet FROM entries WHERE id = ?2) LIMIT ?3 + 1)",
        )?
        .query_row(params![feed, entry, SHARING], |row| row.get(0))?;
    if sharing > SHARING {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO articles (entry, feed, state, since, not_before, first, language)
         VALUES (?1, ?2, 'owed', ?3, ?3, ?4, ?5) ON CONFLICT (entry) DO NOTHING",
    )?
    .execute(params![entry, feed, Millis(poll.fetched), poll.first, owes.language])
    .map(drop)
}

/// The first entry of each feed whose article may be asked for at `now`, apart from `except`.
pub(super) fn owed(db: &Connection, now: Timestamp, except: &[i64]) -> Result<Owing> {
    let ready = db
        .prepare_cached(
            "SELECT entries.id, feeds.name, url, entries.title, text, since, attempts, first, language,
                    (SELECT json_group_array(rule) FROM matches WHERE entry = entries.id) AS rules
             FROM (SELECT min(entry) AS entry FROM articles
                   WHERE state = 'owed' AND not_before <= ?1 AND entry NOT IN (SELECT value FROM json_each(?2))
                   GROUP BY feed)
             JOIN articles USING (entry)
             JOIN entries ON entries.id = entry
             JOIN feeds ON feeds.id = articles.feed",
        )?
        .query_map(params![Millis(now), Json(except)], |row| {
            Ok(Owed {
                entry: row.get("id")?,
                feed: row.get("name")?,
                url: row.get::<_, Option<String>>("url")?.unwrap_or_default(),
                title: row.get("title")?,
                text: row.get("text")?,
                since: row.get::<_, Millis>("since")?.0,
                attempts: row.get("attempts")?,
                first: row.get("first")?,
                language: row.get("language")?,
                rules: row.get::<_, Json<_>>("rules")?.0,
            })
        })?
        .collect::<Result<_>>()?;
    let next = db
        .prepare_cached("SELECT min(not_before) FROM articles WHERE state = 'owed' AND not_before > ?1")?
        .query_row([Millis(now)], |row| row.get::<_, Option<Millis>>(0))?;
    Ok(Owing { ready, next: next.map(|next| next.0) })
}

/// By feed: articles of its first poll that were not asked for yet.
pub(super) fn awaited(db: &Connection) -> Result<HashMap<i64, usize>> {
    db.prepare_cached(
        "SELECT feed, count(*) FROM articles WHERE state = 'owed' AND first = 1 AND attempts = 0 GROUP BY feed",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)? as usize)))?
    .collect()
}

/// Writes what came of asking; an article that is not owed any more is left alone.
pub(super) fn settle(db: &Connection, articles: &[Article]) -> Result<Committed> {
    let mut committed = Committed::default();
    for article in articles {
        let ended = match &article.page {
            Page::Had { .. } => ("had", article.at, None),
            Page::Later { until, reason } => ("owed", *until, Some(reason)),
            Page::Failed(reason) => ("failed", article.at, Some(reason)),
        };
        let owed = db
            .prepare_cached(
                "UPDATE articles SET state = ?2, not_before = ?3, reason = ?4, attempts = attempts + 1
                 WHERE entry = ?1 AND state = 'owed'",
            )?
            .execute(params![article.entry, ended.0, Millis(ended.1), ended.2])?;
        if owed > 0 {
            committed.alerts += put_page(db, article)?;
        }
    }
    Ok(committed)
}

/// Writes an article behind its entry's text, and what that matches.
fn put_page(db: &Connection, article: &Article) -> Result<usize> {
    let Page::Had { title, before, text, words, entities, matches, alerts } = &article.page else {
        return Ok(0);
    };
    let put = db
        .prepare_cached("UPDATE entries SET text = ?2 WHERE id = ?1 AND title = ?3 AND text = ?4")?
        .execute(params![article.entry, text, title, before])?;
    if put == 0 {
        // The entry was edited meanwhile: the places of what matched would be wrong.
        db.prepare_cached("UPDATE articles SET state = 'owed' WHERE entry = ?1")?.execute([article.entry])?;
        return Ok(0);
    }
    index::replace(db, article.entry, words)?;
    polls::put_mentions(db, article.entry, entities)?;
    let first = db
        .prepare_cached("SELECT first FROM articles WHERE entry = ?1")?
        .query_row([article.entry], |row| row.get(0))?;
    polls::put_alerts(db, article.entry, matches, alerts, article.at, first)
}
