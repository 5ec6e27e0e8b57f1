//! The SQL behind `rasid outbox`: messages as they stand, and an administrator's hand on them.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::archive::Archive;
use super::beside::Beside;
use super::codec::{Millis, time};
use super::lock::InstanceLock;
use super::messages::remember;
use crate::store::{self, Again, Happened, MessageState, Posted, Record, Unmoved};

const POSTED: &str =
    "SELECT id, state, subscriber, message_id, created, attempts, attempted, not_before, reply,
    length(bytes) AS size FROM messages";

/// What is written beside what an administrator has done.
const BY_HAND: &str = "by hand";

impl Archive {
    /// The messages of these states, newest first, `limit` at most of each.
    pub fn messages(&self, states: &[MessageState], limit: usize) -> store::Result<Vec<Posted>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut messages = Vec::new();
            for state in states {
                let name = state.name();
                // Most messages are sent; the others have an index each.
                let index = match state {
                    MessageState::Sent => String::new(),
                    _ => format!("INDEXED BY messages_{name}"),
                };
                let sql = format!("{POSTED} {index} WHERE state = '{name}' ORDER BY id DESC LIMIT ?1");
                let mut statement = db.prepare(&sql)?;
                messages.extend(statement.query_map([limit], posted)?.collect::<Result<Vec<_>>>()?);
            }
            Ok(messages)
        })
    }

    /// One message, with its bytes and what has happened to it.
    pub fn message(&self, id: i64) -> store::Result<Option<Record>> {
        self.read(|db| {
            let message = db.query_row(&format!("{POSTED} WHERE id = ?1"), [id], posted).optional()?;
            let Some(message) = message else { return Ok(None) };
            let bytes = db.query_row("SELECT bytes FROM messages WHERE id = ?1", [id], |row| row.get(0))?;
            let happened = db
                .prepare("SELECT at, outcome, reply FROM attempts WHERE message = ?1 ORDER BY number")?
                .query_map([id], |row| {
                    let at = row.get::<_, Millis>(0)?.0;
                    Ok(Happened { at, what: row.get(1)?, reply: row.get(2)? })
                })?
                .collect::<Result<_>>()?;
            Ok(Some(Record { message, bytes, happened }))
        })
    }
}

impl Beside {
    /// Makes messages due as if they had never been attempted; how many, and which of those that were named
    /// cannot be. Who runs looks at all that wait, also where the relay had to be left alone for a while.
    pub fn retry(&mut self, again: &Again, at: Timestamp) -> store::Result<(usize, Vec<(i64, Unmoved)>)> {
        self.write(|db| {
            let mut unmoved = Vec::new();
            let ids = match again {
                Again::These(ids) => {
                    let mut fit = Vec::new();
                    for &id in ids {
                        match retriable(db, id)? {
                            Ok(()) => fit.push(id),
                            Err(why) => unmoved.push((id, why)),
                        }
                    }
                    fit
                }
                Again::Failed => ids(db, &format!("state = 'failed' AND {NOT_DROPPED}"))?,
                Again::All => {
                    let mut all = ids(db, "state = 'due'")?;
                    all.extend(ids(db, "state = 'deferred'")?);
                    all.extend(ids(db, &format!("state = 'failed' AND {NOT_DROPPED}"))?);
                    all
                }
            };
            let mut anew = db.prepare(
                "UPDATE messages SET state = 'due', not_before = NULL, attempts = 0, interrupted = 0 WHERE id = ?1",
            )?;
            for &id in &ids {
                anew.execute([id])?;
                remember(db, id, at, "retried", BY_HAND)?;
            }
            Ok((ids.len(), unmoved))
        })
    }

    /// Ends an open message with a reason.
    pub fn drop_message(
        &mut self,
        id: i64,
        reason: &str,
        at: Timestamp,
    ) -> store::Result<std::result::Result<(), Unmoved>> {
        // With nobody who runs, nothing is under way, whatever was when the last one ended.
        let alone = InstanceLock::take(self.path()).ok();
        let dropped = self.write(|db| {
            match state(db, id)? {
                None => return Ok(Err(Unmoved::Unknown)),
                Some(MessageState::Sent) => return Ok(Err(Unmoved::Sent)),
                Some(MessageState::Failed) => return Ok(Err(Unmoved::Ended)),
                Some(MessageState::Sending) if alone.is_none() => return Ok(Err(Unmoved::Sending)),
                Some(_) => {}
            }
            let reply = format!("dropped: {reason}");
            db.execute(
                "UPDATE messages SET state = 'failed', not_before = NULL, reply = ?2 WHERE id = ?1",
                params![id, reply],
            )?;
            remember(db, id, at, "dropped", reason)?;
            Ok(Ok(()))
        });
        drop(alone);
        dropped
    }
}

/// What was dropped comes back only by its number.
const NOT_DROPPED: &str = "length(bytes) > 0 AND (SELECT outcome FROM attempts WHERE message = messages.id
    ORDER BY number DESC LIMIT 1) IS NOT 'dropped'";

fn ids(db: &Connection, which: &str) -> Result<Vec<i64>> {
    db.prepare(&format!("SELECT id FROM messages WHERE {which}"))?.query_map([], |row| row.get(0))?.collect()
}

fn state(db: &Connection, id: i64) -> Result<Option<MessageState>> {
    db.query_row("SELECT state FROM messages WHERE id = ?1", [id], |row| row.get(0)).optional()
}

fn retriable(db: &Connection, id: i64) -> Result<std::result::Result<(), Unmoved>> {
    let bare = "SELECT length(bytes) = 0 FROM messages WHERE id = ?1";
    Ok(match state(db, id)? {
        None => Err(Unmoved::Unknown),
        Some(MessageState::Sent) => Err(Unmoved::Sent),
        Some(MessageState::Sending) => Err(Unmoved::Sending),
        Some(_) if db.query_row(bare, [id], |row| row.get(0))? => Err(Unmoved::Bare),
        Some(_) => Ok(()),
    })
}

fn posted(row: &Row<'_>) -> Result<Posted> {
    Ok(Posted {
        id: row.get("id")?,
        state: row.get("state")?,
        subscriber: row.get("subscriber")?,
        message_id: row.get("message_id")?,
        created: row.get::<_, Millis>("created")?.0,
        attempts: row.get("attempts")?,
        attempted: time(row, "attempted")?,
        not_before: time(row, "not_before")?,
        reply: row.get("reply")?,
        size: row.get::<_, u32>("size")? as usize,
    })
}

impl FromSql for MessageState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        MessageState::ALL.into_iter().find(|state| state.name() == name).ok_or(FromSqlError::InvalidType)
    }
}
