//! The SQL of subscribers: what they chose, refusals of their addresses, who signed up, the key of links.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::beside::Beside;
use super::codec::{Json, Millis, time};
use super::{messages, outbox};
use crate::alert::choices::{UNSUBSCRIBED, refused as refused_since};
use crate::config::{Language, Subscription};
use crate::store::{
    self, Choice, Choices, NewMessage, NewSignup, Refused, Roll, SignedUp, Signup, SignupLimits, Suspension,
    Wish,
};

impl Beside {
    /// Everybody of whom the store knows more than the config does.
    pub fn roll(&self) -> store::Result<Roll> {
        self.read(roll)
    }

    /// Chooses for somebody; whether that changed anything.
    pub fn choose(&mut self, subscriber: &str, choice: Choice, at: Timestamp) -> store::Result<bool> {
        self.write(|db| choose(db, subscriber, choice, at))
    }

    /// Forgets that somebody signed up; whether they had.
    pub fn forget_signup(&mut self, subscriber: &str) -> store::Result<bool> {
        self.write(|db| Ok(db.execute("DELETE FROM signups WHERE subscriber = ?1", [subscriber])? > 0))
    }
}

/// The key under this name; `fresh` becomes it where there is none.
pub(super) fn key(db: &Connection, name: &str, fresh: [u8; 32]) -> Result<[u8; 32]> {
    db.prepare_cached("INSERT INTO keys (name, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![name, fresh])?;
    db.prepare_cached("SELECT key FROM keys WHERE name = ?1")?.query_row([name], |row| row.get(0))
}

/// Everybody's choices, and those who signed up and confirmed it.
pub(super) fn roll(db: &Connection) -> Result<Roll> {
    let mut roll = Roll::default();
    let mut chosen = db.prepare_cached("SELECT * FROM subscribers")?;
    let mut rows = chosen.query([])?;
    while let Some(row) = rows.next()? {
        roll.choices.insert(row.get("name")?, choices_of(row)?);
    }
    let mut muted = db.prepare_cached("SELECT subscriber, story FROM mutes ORDER BY story")?;
    let mut rows = muted.query([])?;
    while let Some(row) = rows.next()? {
        roll.choices.entry(row.get(0)?).or_default().muted.push(row.get(1)?);
    }
    roll.signups = db
        .prepare_cached("SELECT * FROM signups WHERE confirmed IS NOT NULL ORDER BY id")?
        .query_map([], signup)?
        .collect::<Result<_>>()?;
    roll.asked = db
        .prepare_cached("SELECT DISTINCT subscriber FROM signups WHERE confirmed IS NULL")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    Ok(roll)
}

/// The choices of one subscriber.
fn choices(db: &Connection, name: &str) -> Result<Choices> {
    let mut choices = db
        .prepare_cached("SELECT * FROM subscribers WHERE name = ?1")?
        .query_row([name], choices_of)
        .optional()?
        .unwrap_or_default();
    choices.muted = db
        .prepare_cached("SELECT story FROM mutes WHERE subscriber = ?1 ORDER BY story")?
        .query_map([name], |row| row.get(0))?
        .collect::<Result<_>>()?;
    Ok(choices)
}

/// What stands in a row, which is all but the muted stories.
fn choices_of(row: &Row<'_>) -> Result<Choices> {
    let suspended = match time(row, "suspended")? {
        None => None,
        Some(since) => Some(Suspension { since, reason: row.get("reason")?, told: time(row, "told")? }),
    };
    Ok(Choices {
        unsubscribed: time(row, "unsubscribed")?,
        paused_until: time(row, "paused_until")?,
        digest: time(row, "digest")?,
        muted: Vec::new(),
        refused: time(row, "refused")?,
        suspended,
    })
}

fn signup(row: &Row<'_>) -> Result<Signup> {
    let confirmed = row.get::<_, Millis>("confirmed")?.0;
    Ok(Signup { name: row.get("subscriber")?, email: row.get("email")?, wish: wish(row)?, confirmed })
}

fn wish(row: &Row<'_>) -> Result<Wish> {
    let rules = row.get::<_, Option<Json<_>>>("rules")?;
    Ok(Wish {
        rules: rules.map_or(Subscription::All, |rules| Subscription::Rules(rules.0)),
        daily: row.get("daily")?,
        timezone: row.get("timezone")?,
        language: if row.get_ref("language")?.as_str()? == "en" { Language::En } else { Language::Ar },
    })
}

/// Keeps a choice, and ends what it ends; whether that changed anything.
pub(super) fn choose(db: &Connection, name: &str, choice: Choice, at: Timestamp) -> Result<bool> {
    let before = choices(db, name)?;
    db.prepare_cached("INSERT INTO subscribers (name) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([name])?;
    let set = |columns: &str, value: Option<Timestamp>| {
        let sql = format!("UPDATE subscribers SET {columns} WHERE name = ?1");
        db.prepare_cached(&sql)?.execute(params![name, value.map(Millis)]).map(drop)
    };
    match choice {
        Choice::Unsubscribe => {
            set("unsubscribed = coalesce(unsubscribed, ?2)", Some(at))?;
            outbox::end_held(db, name, UNSUBSCRIBED)?;
        }
        Choice::Resubscribe => set("unsubscribed = ?2", None)?,
        Choice::Pause(until) => set("paused_until = ?2", Some(until))?,
        Choice::Unpause => set("paused_until = ?2", None)?,
        Choice::Digest => set("digest = coalesce(digest, ?2)", Some(at))?,
        Choice::Undigest => set("digest = ?2", None)?,
        Choice::Mute(story) => {
            db.prepare_cached(
                "INSERT INTO mutes (subscriber, story, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![name, story, Millis(at)])?;
        }
        Choice::Unmute(story) => {
            db.prepare_cached("DELETE FROM mutes WHERE subscriber = ?1 AND story = ?2")?
                .execute(params![name, story])?;
        }
        Choice::Resume => {
            set(
                "unsubscribed = ?2, paused_until = ?2, digest = ?2, refused = ?2, suspended = ?2,
                 reason = ?2, told = ?2",
                None,
            )?;
            db.prepare_cached("DELETE FROM mutes WHERE subscriber = ?1")?.execute([name])?;
        }
    }
    Ok(choices(db, name)? != before)
}

/// Notes that a relay refused a message to somebody for good.
pub(super) fn refused(db: &Connection, name: &str, reply: &str, at: Timestamp) -> Result<()> {
    let before = choices(db, name)?;
    let Refused { since, suspend } = refused_since(before.refused, at);
    db.prepare_cached(
        "INSERT INTO subscribers (name, refused) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET refused = ?2",
    )?
    .execute(params![name, Millis(since)])?;
    if suspend && before.suspended.is_none() {
        db.prepare_cached("UPDATE subscribers SET suspended = ?2, reason = ?3, told = NULL WHERE name = ?1")?
            .execute(params![name, Millis(at), reply])?;
    }
    Ok(())
}

/// Notes that a relay took a message to somebody: refusals before it do not count any more.
pub(super) fn accepted(db: &Connection, name: &str) -> Result<()> {
    db.prepare_cached("UPDATE subscribers SET refused = NULL WHERE name = ?1 AND refused IS NOT NULL")?
        .execute([name])
        .map(drop)
}

/// Writes that the operator is told of a suspension, and the message that tells it.
pub(super) fn tell_suspended(
    db: &Connection,
    name: &str,
    message: Option<&NewMessage>,
    at: Timestamp,
) -> Result<()> {
    if let Some(message) = message {
        messages::put(db, message)?;
    }
    db.prepare_cached("UPDATE subscribers SET told = ?2 WHERE name = ?1 AND suspended IS NOT NULL")?
        .execute(params![name, Millis(at)])
        .map(drop)
}

/// Ends held alerts of stories that their subscribers muted; how many.
pub(super) fn end_muted(db: &Connection) -> Result<usize> {
    db.prepare_cached(
        "UPDATE alerts SET ended = 'muted' WHERE message IS NULL AND ended IS NULL
         AND EXISTS (
             SELECT 1 FROM mutes WHERE mutes.subscriber = alerts.subscriber AND mutes.story = coalesce(
                 (SELECT story FROM placements WHERE placements.entry = alerts.entry), alerts.entry))",
    )?
    .execute([])
}

/// Keeps that somebody wants to sign up, if there is room.
pub(super) fn sign_up(db: &Connection, new: &NewSignup, limits: &SignupLimits) -> Result<SignedUp> {
    db.prepare_cached("DELETE FROM signups WHERE confirmed IS NULL AND asked < ?1")?
        .execute([Millis(limits.expired)])?;
    let (of_all, of_address) = db
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE asked >= ?2), count(*) FILTER (WHERE subscriber = ?1 AND asked >= ?3)
             FROM signups",
        )?
        .query_row(params![new.name, Millis(limits.hour), Millis(limits.day)], |row| {
            Ok((row.get::<_, u32>(0)? as usize, row.get::<_, u32>(1)? as usize))
        })?;
    if of_all >= limits.of_all {
        return Ok(SignedUp::Crowded);
    }
    if of_address >= limits.of_address {
        return Ok(SignedUp::Enough);
    }
    let Wish { rules, daily, timezone, language } = &new.wish;
    let rules = match rules {
        Subscription::All => None,
        Subscription::Rules(ids) => Some(Json(ids)),
    };
    let language = match language {
        Language::Ar => "ar",
        Language::En => "en",
    };
    db.prepare_cached(
        "INSERT INTO signups (subscriber, email, rules, daily, timezone, language, asked)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![new.name, new.email, rules, daily, timezone, language, Millis(new.at)])?;
    Ok(SignedUp::Asked(db.last_insert_rowid()))
}

/// Who asked under this number, no earlier than `expired` unless it was confirmed.
pub(super) fn asked(db: &Connection, id: i64, expired: Timestamp) -> Result<Option<(String, Wish, bool)>> {
    db.prepare_cached("SELECT * FROM signups WHERE id = ?1 AND (confirmed IS NOT NULL OR asked >= ?2)")?
        .query_row(params![id, Millis(expired)], |row| {
            Ok((row.get("subscriber")?, wish(row)?, time(row, "confirmed")?.is_some()))
        })
        .optional()
}

/// Makes somebody who asked a subscriber, instead of what they asked for before; whether that is new.
pub(super) fn confirm(db: &Connection, id: i64, at: Timestamp) -> Result<bool> {
    let name: Option<String> = db
        .prepare_cached("SELECT subscriber FROM signups WHERE id = ?1 AND confirmed IS NULL")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(name) = name else { return Ok(false) };
    db.prepare_cached("DELETE FROM signups WHERE subscriber = ?1 AND confirmed IS NOT NULL")?
        .execute([&name])?;
    db.prepare_cached("UPDATE signups SET confirmed = ?2 WHERE id = ?1")?.execute(params![id, Millis(at)])?;
    choose(db, &name, Choice::Resubscribe, at)?;
    Ok(true)
}
