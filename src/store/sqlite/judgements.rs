//! The SQL of judgements: what subscribers said of entries, and how often each rule was right.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::archive::Archive;
use super::codec::{Json, Millis};
use super::error::error_of;
use crate::store::{self, Judged, Judgement};

/// How often was judged, and how often the rule was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdicts {
    /// Judgements: of each subscriber for each entry.
    pub judged: u64,
    /// Those that said it was worth an alert.
    pub relevant: u64,
}

impl Archive {
    /// What was said of each rule's entries that came since then, by the day of `zone` on which they came.
    pub fn verdicts(
        &self,
        since: Timestamp,
        zone: &TimeZone,
    ) -> store::Result<BTreeMap<String, BTreeMap<Date, Verdicts>>> {
        verdicts(&self.db, since, zone).map_err(|error| error_of(&self.path, &error))
    }
}

fn verdicts(
    db: &Connection,
    since: Timestamp,
    zone: &TimeZone,
) -> Result<BTreeMap<String, BTreeMap<Date, Verdicts>>> {
    let mut found: BTreeMap<String, BTreeMap<Date, Verdicts>> = BTreeMap::new();
    let mut said = db.prepare("SELECT rule, came, relevant FROM judgements WHERE came >= ?1")?;
    let mut rows = said.query([Millis(since)])?;
    while let Some(row) = rows.next()? {
        let day = zone.to_datetime(row.get::<_, Millis>(1)?.0).date();
        let verdicts = found.entry(row.get(0)?).or_default().entry(day).or_default();
        verdicts.judged += 1;
        verdicts.relevant += u64::from(row.get::<_, bool>(2)?);
    }
    Ok(found)
}

/// What somebody was told of an entry, and said of it.
pub(super) fn judged(db: &Connection, subscriber: &str, entry: i64) -> Result<Option<Judged>> {
    let rules: Vec<(String, Option<bool>)> = db
        .prepare_cached(
            "SELECT rule, relevant FROM alerts LEFT JOIN judgements USING (rule, entry, subscriber)
             WHERE entry = ?1 AND subscriber = ?2 ORDER BY rule",
        )?
        .query_map(params![entry, subscriber], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    if rules.is_empty() {
        return Ok(None);
    }
    let title = db
        .prepare_cached("SELECT title FROM entries WHERE id = ?1")?
        .query_row([entry], |row| row.get(0))
        .optional()?;
    Ok(title.map(|title| Judged { title, rules }))
}

/// Writes what somebody says of an entry; whether that changed anything.
pub(super) fn judge(db: &Connection, judgement: &Judgement) -> Result<bool> {
    let Judgement { subscriber, entry, rules, relevant, at } = judgement;
    let rules = rules.as_ref().map(Json);
    let changed = match relevant {
        Some(relevant) => db
            .prepare_cached(
                "INSERT INTO judgements (rule, entry, subscriber, relevant, came, judged)
                 SELECT rule, entry, subscriber, ?4, fetched, ?5 FROM alerts JOIN entries ON entries.id = entry
                 WHERE entry = ?1 AND subscriber = ?2
                   AND (?3 IS NULL OR rule IN (SELECT value FROM json_each(?3)))
                 ON CONFLICT DO UPDATE SET relevant = excluded.relevant, judged = excluded.judged
                 WHERE relevant <> excluded.relevant",
            )?
            .execute(params![entry, subscriber, rules, relevant, Millis(*at)])?,
        None => db
            .prepare_cached(
                "DELETE FROM judgements WHERE entry = ?1 AND subscriber = ?2
                   AND (?3 IS NULL OR rule IN (SELECT value FROM json_each(?3)))",
            )?
            .execute(params![entry, subscriber, rules])?,
    };
    Ok(changed > 0)
}
