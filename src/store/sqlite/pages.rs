//! The archive in pages, newest first, for programs that ask for it.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde::Serialize;

use super::archive::Archive;
use super::codec::{Json, Millis, time};
use super::error::error_of;
use crate::store::{Result, Span};

/// An entry as it is kept.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// Later entries have higher ones.
    pub id: i64,
    /// The feed's id.
    pub feed: String,
    /// Plain text.
    pub title: String,
    /// Where it leads.
    pub url: Option<String>,
    /// Plain text.
    pub text: String,
    /// As the feed says.
    pub published: Option<Timestamp>,
    /// When rasid had it.
    pub fetched: Timestamp,
    /// The rules that hold for it.
    pub rules: Vec<KeptMatch>,
}

/// A rule that held.
#[derive(Debug, Serialize, serde::Deserialize)]
pub struct KeptMatch {
    /// Its id.
    pub rule: String,
    /// Where its terms stand.
    pub spans: Vec<Span>,
}

/// A message, without what it says.
#[derive(Debug, Serialize)]
pub struct KeptMessage {
    /// Later messages have higher ones.
    pub id: i64,
    /// The address.
    pub subscriber: String,
    /// Without angle brackets.
    pub message_id: String,
    /// due, sending, deferred, sent or failed.
    pub state: String,
    /// When its bytes were fixed.
    pub created: Timestamp,
    /// How often it was attempted.
    pub attempts: u32,
    /// The last time.
    pub attempted: Option<Timestamp>,
    /// Not before then, where it was put off.
    pub not_before: Option<Timestamp>,
    /// The last reply, or why there will be none.
    pub reply: Option<String>,
}

/// What an entry is read from; a rule that held long ago may be without its places.
const ENTRY: &str = "SELECT entries.id, feeds.name AS feed, entries.title, url, text, published, fetched,
        (SELECT json_group_array(json_object('rule', rule, 'spans', json(spans)))
         FROM matches WHERE entry = entries.id) AS rules
    FROM entries JOIN feeds ON feeds.id = entries.feed";

impl Archive {
    /// Entries, of one feed or of all.
    pub fn entries(&self, feed: Option<&str>, before: Option<i64>, limit: usize) -> Result<Vec<Kept>> {
        let filter =
            "WHERE entries.id < ?1 AND (?2 IS NULL OR entries.feed = (SELECT id FROM feeds WHERE name = ?2))";
        self.page(&format!("{ENTRY} {filter} ORDER BY entries.id DESC LIMIT ?3"), feed, before, limit, kept)
    }

    /// Entries for which a rule held, this one or any.
    pub fn matched(&self, rule: Option<&str>, before: Option<i64>, limit: usize) -> Result<Vec<Kept>> {
        let filter = match rule {
            Some(_) => {
                "WHERE entries.id IN (SELECT entry FROM matches WHERE rule = ?2 AND entry < ?1
                                             ORDER BY entry DESC LIMIT ?3)"
            }
            None => {
                "WHERE entries.id IN (SELECT DISTINCT entry FROM matches WHERE entry < ?1 AND ?2 IS NULL
                                          ORDER BY entry DESC LIMIT ?3)"
            }
        };
        self.page(&format!("{ENTRY} {filter} ORDER BY entries.id DESC LIMIT ?3"), rule, before, limit, kept)
    }

    /// Messages, in one state or in any.
    pub fn posted(&self, state: Option<&str>, before: Option<i64>, limit: usize) -> Result<Vec<KeptMessage>> {
        let sql = "SELECT id, subscriber, message_id, state, created, attempts, attempted, not_before, reply
                   FROM messages WHERE id < ?1 AND (?2 IS NULL OR state = ?2) ORDER BY id DESC LIMIT ?3";
        self.page(sql, state, before, limit, message)
    }

    fn page<T>(
        &self,
        sql: &str,
        only: Option<&str>,
        before: Option<i64>,
        limit: usize,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.db.prepare(sql)?;
            statement.query_map(params![before.unwrap_or(i64::MAX), only, limit], row)?.collect()
        };
        read().map_err(|error| error_of(&self.path, &error))
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        id: row.get("id")?,
        feed: row.get("feed")?,
        title: row.get("title")?,
        url: row.get("url")?,
        text: row.get("text")?,
        published: time(row, "published")?,
        fetched: row.get::<_, Millis>("fetched")?.0,
        rules: row.get::<_, Json<_>>("rules")?.0,
    })
}

fn message(row: &Row<'_>) -> rusqlite::Result<KeptMessage> {
    Ok(KeptMessage {
        id: row.get("id")?,
        subscriber: row.get("subscriber")?,
        message_id: row.get("message_id")?,
        state: row.get("state")?,
        created: row.get::<_, Millis>("created")?.0,
        attempts: row.get("attempts")?,
        attempted: time(row, "attempted")?,
        not_before: time(row, "not_before")?,
        reply: row.get("reply")?,
    })
}
