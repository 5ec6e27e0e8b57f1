//! The SQL of messages on their way: taken up, attempted, ended.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::codec::{Json, Millis, time};
use super::subscribers;
use crate::store::{Attempt, Backlog, Message, NewMessage, Outcome, Taken, Turn};

/// Bytes of messages that one turn takes up, apart from the first.
const BYTES_AT_ONCE: usize = 4 << 20;

/// Messages that one turn ends for their age.
const OUTLIVED_AT_ONCE: i64 = 1000;

/// Attempts of one message that are kept.
const HISTORY: i64 = 50;

/// Ends of the process that a message may be under way at before it is suspected of causing them.
const SUSPECT: u32 = 3;

/// Open messages that may be attempted. An attempt after `now` was made under a clock that has been set
/// back since. The indexes are named, since SQLite would rather read the whole table in order.
const DUE: &str = "SELECT id FROM (
    SELECT id FROM (SELECT id FROM messages INDEXED BY messages_due
        WHERE state = 'due' AND subscriber NOT IN (SELECT value FROM json_each(?2)) ORDER BY id LIMIT ?3)
    UNION ALL
    SELECT id FROM (SELECT id FROM messages INDEXED BY messages_deferred
        WHERE state = 'deferred' AND (not_before <= ?1 OR attempted > ?1)
          AND subscriber NOT IN (SELECT value FROM json_each(?2)) ORDER BY id LIMIT ?3))
    ORDER BY id LIMIT ?3";

/// Puts a message into the queue.
pub(super) fn put(db: &Connection, message: &NewMessage) -> Result<i64> {
    db.prepare_cached(
        "INSERT INTO messages (subscriber, message_id, created, state, bytes) VALUES (?1, ?2, ?3, 'due', ?4)",
    )?
    .execute(params![message.subscriber, message.message_id, Millis(message.created), message.bytes])?;
    let id = db.last_insert_rowid();
    db.prepare_cached("INSERT INTO subjects (message, subject) VALUES (?1, ?2)")?
        .execute(params![id, message.subject])?;
    Ok(id)
}

/// Open messages that may be attempted, oldest first, apart from those of some subscribers.
pub(super) fn due(db: &Connection, now: Timestamp, except: &[String], limit: usize) -> Result<Vec<Message>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids: Vec<i64> = db
        .prepare_cached(DUE)?
        .query_map(params![Millis(now), Json(except), limit], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let mut message = db.prepare_cached(
        "SELECT id, subscriber, message_id, bytes, created, attempts FROM messages WHERE id = ?1",
    )?;
    let mut room = BYTES_AT_ONCE;
    let mut messages = Vec::new();
    for id in ids {
        let message = message.query_row([id], message_of)?;
        if message.bytes.len() > room && !messages.is_empty() {
            break;
        }
        room = room.saturating_sub(message.bytes.len());
        messages.push(message);
    }
    Ok(messages)
}

fn message_of(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        id: row.get("id")?,
        subscriber: row.get("subscriber")?,
        message_id: row.get("message_id")?,
        bytes: row.get("bytes")?,
        created: row.get::<_, Millis>("created")?.0,
        attempts: row.get("attempts")?,
    })
}

/// Writes what came of messages that were taken up, and takes up more.
pub(super) fn turn(db: &Connection, now: Timestamp, turn: &Turn) -> Result<Taken> {
    let interrupted = if turn.first { recover(db, now)? } else { 0 };
    record(db, &turn.ended)?;
    let mut back =
        db.prepare_cached("UPDATE messages SET state = 'due' WHERE id = ?1 AND state = 'sending'")?;
    for id in &turn.back {
        back.execute([id])?;
    }
    let outlived = match &turn.outlived {
        Some((before, reason)) => outlived(db, now, *before, reason)?,
        None => 0,
    };
    let messages = match turn.take {
        0 => Vec::new(),
        take => due(db, now, &turn.except, take)?,
    };
    let mut take =
        db.prepare_cached("UPDATE messages SET state = 'sending', not_before = NULL WHERE id = ?1")?;
    for message in &messages {
        take.execute([message.id])?;
    }
    Ok(Taken { messages, outlived, interrupted })
}

/// Ends messages that may be attempted and are older than `before`.
fn outlived(db: &Connection, now: Timestamp, before: Timestamp, reason: &str) -> Result<usize> {
    let ids: Vec<i64> = db
        .prepare_cached(
            "SELECT id FROM messages INDEXED BY messages_due WHERE state = 'due' AND created < ?2
             UNION ALL SELECT id FROM messages INDEXED BY messages_deferred
             WHERE state = 'deferred' AND (not_before <= ?1 OR attempted > ?1) AND created < ?2
             LIMIT ?3",
        )?
        .query_map(params![Millis(now), Millis(before), OUTLIVED_AT_ONCE], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let failed = |&id| Attempt { message: id, at: now, outcome: Outcome::Failed(reason.to_owned()) };
    record(db, &ids.iter().map(failed).collect::<Vec<_>>())?;
    Ok(ids.len())
}

/// Writes how attempts ended.
pub(super) fn record(db: &Connection, attempts: &[Attempt]) -> Result<()> {
    let mut update = db.prepare_cached(
        // What a relay has taken over is sent, whatever was said of it before.
        "UPDATE messages SET state = ?3, not_before = ?4, reply = ?5, attempted = ?2, attempts = attempts + ?6,
                             interrupted = 0
         WHERE id = ?1 AND (state IN ('due', 'sending', 'deferred') OR (?3 = 'sent' AND state = 'failed'))
         RETURNING subscriber",
    )?;
    for Attempt { message, at, outcome } in attempts {
        let (state, named, own, not_before, reply) = match outcome {
            Outcome::Sent(reply) => ("sent", "sent", 1, None, reply),
            Outcome::Deferred { until, reason } => ("deferred", "deferred", 1, Some(Millis(*until)), reason),
            Outcome::Refused(reply) => ("failed", "refused", 1, None, reply),
            Outcome::Failed(reason) => ("failed", "failed", 1, None, reason),
            Outcome::Untaken(reason) => ("due", "relay", 0, None, reason),
        };
        let row = params![message, Millis(*at), state, not_before, reply, own];
        let Some(subscriber) = update.query_row(row, |row| row.get::<_, String>(0)).optional()? else {
            continue;
        };
        remember(db, *message, *at, named, reply)?;
        match outcome {
            Outcome::Sent(_) => subscribers::accepted(db, &subscriber)?,
            Outcome::Refused(reply) if tells(db, *message)? => {
                subscribers::refused(db, &subscriber, reply, *at)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a message tells alerts: anybody may have mail to confirm a sign-up sent to any address.
fn tells(db: &Connection, message: i64) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM alerts WHERE message = ?1")?.exists([message])
}

/// Adds to a message's history.
pub(super) fn remember(db: &Connection, message: i64, at: Timestamp, what: &str, reply: &str) -> Result<()> {
    let number: i64 = db
        .prepare_cached(
            "INSERT INTO attempts (message, number, at, outcome, reply)
             VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM attempts WHERE message = ?1), ?2, ?3, ?4)
             RETURNING number",
        )?
        .query_row(params![message, Millis(at), what, reply], |row| row.get(0))?;
    if number > HISTORY {
        db.prepare_cached("DELETE FROM attempts WHERE message = ?1 AND number <= ?2")?
            .execute([message, number - HISTORY])?;
    }
    Ok(())
}

/// When the first of the messages that are not due at `now` will be.
pub(super) fn next_attempt(db: &Connection, now: Timestamp) -> Result<Option<Timestamp>> {
    db.prepare_cached(
        "SELECT not_before FROM messages WHERE state = 'deferred' AND not_before > ?1
         ORDER BY not_before LIMIT 1",
    )?
    .query_row([Millis(now)], |row| time(row, "not_before"))
    .optional()
    .map(Option::flatten)
}

/// Makes due again what was under way when the last process ended. One that was so again and again is
/// suspected of being the cause, and waits a growing while; returns how many were under way.
fn recover(db: &Connection, now: Timestamp) -> Result<usize> {
    let found: Vec<(i64, u32)> = db
        .prepare("SELECT id, interrupted + 1 FROM messages WHERE state = 'sending'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    let mut update = db.prepare(
        "UPDATE messages SET state = ?2, not_before = ?3, interrupted = ?4, attempted = ?5, reply = ?6 WHERE id = ?1",
    )?;
    for &(id, times) in &found {
        let reply = "rasid ended while the message was under way";
        let until = (times >= SUSPECT).then(|| suspended_until(now, times - SUSPECT));
        let state = if until.is_some() { "deferred" } else { "due" };
        let until: Option<Box<dyn ToSql>> = until.map(|until| Box::new(Millis(until)) as _);
        update.execute(params![id, state, until, times, Millis(now), reply])?;
        remember(db, id, now, "interrupted", reply)?;
    }
    Ok(found.len())
}

fn suspended_until(now: Timestamp, doublings: u32) -> Timestamp {
    let seconds = 10_i64.saturating_mul(1 << doublings.min(8));
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

/// How many messages wait to be sent: never deferred, deferred.
pub(super) fn backlog(db: &Connection) -> Result<Backlog> {
    let count = |sql| db.prepare_cached(sql)?.query_row([], |row| row.get::<_, u32>(0)).map(|n| n as usize);
    let oldest = "SELECT min(created) FROM messages WHERE id IN (
        (SELECT min(id) FROM messages WHERE state = 'due'),
        (SELECT min(id) FROM messages WHERE state = 'sending'),
        (SELECT min(id) FROM messages WHERE state = 'deferred'))";
    let oldest = db.prepare_cached(oldest)?.query_row([], |row| row.get::<_, Option<Millis>>(0))?;
    Ok(Backlog {
        held: 0,
        oldest: oldest.map(|Millis(oldest)| oldest),
        due: count("SELECT count(*) FROM messages WHERE state = 'due'")?
            + count("SELECT count(*) FROM messages WHERE state = 'sending'")?,
        deferred: count("SELECT count(*) FROM messages WHERE state = 'deferred'")?,
    })
}
