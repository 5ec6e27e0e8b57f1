//! Matches that are found late: stored beside a running daemon, with or without telling anybody.

use jiff::Timestamp;
use rusqlite::{Connection, Result, params};

use super::beside::Beside;
use super::codec::Json;
use super::polls;
use crate::store::{self, Late};

impl Beside {
    /// Keeps matches that were found late, together, and holds the alerts that they cause; returns how many
    /// matches and alerts are new. A match that is stored already is left alone, and causes nothing. So is an
    /// entry that says something else by now.
    ///
    /// The alerts are held as those of a first poll are: all that one call keeps leave together.
    pub fn keep_late(&mut self, found: &[Late], at: Timestamp) -> store::Result<(usize, usize)> {
        self.write(|db| {
            let (mut matches, mut alerts) = (0, 0);
            for late in found {
                let kept = keep(db, late, at)?;
                (matches, alerts) = (matches + kept.0, alerts + kept.1);
            }
            Ok((matches, alerts))
        })
    }
}

fn keep(db: &Connection, late: &Late, at: Timestamp) -> Result<(usize, usize)> {
    let says = db
        .prepare_cached("SELECT 1 FROM entries WHERE id = ?1 AND title = ?2 AND text = ?3")?
        .exists(params![late.entry, late.title, late.text])?;
    if !says {
        return Ok((0, 0));
    }
    let mut stored = db.prepare_cached("SELECT 1 FROM matches WHERE entry = ?1 AND rule = ?2")?;
    let mut fresh = Vec::new();
    for found in &late.matches {
        if !stored.exists(params![late.entry, found.rule])? {
            fresh.push(found.clone());
        }
    }
    if fresh.is_empty() {
        return Ok((0, 0));
    }
    polls::put_mentions(db, late.entry, &late.entities)?;
    let told: Vec<_> = late
        .alerts
        .iter()
        .filter(|(_, rule)| fresh.iter().any(|found| found.rule == *rule))
        .cloned()
        .collect();
    if told.is_empty() {
        // Nobody is told, so that it need not be known what story it belongs to.
        let mut put = db.prepare_cached("INSERT INTO matches (entry, rule, spans) VALUES (?1, ?2, ?3)")?;
        for found in &fresh {
            put.execute(params![late.entry, found.rule, Json(&found.spans)])?;
        }
        return Ok((fresh.len(), 0));
    }
    let alerts = polls::put_alerts(db, late.entry, &fresh, &told, at, true)?;
    Ok((fresh.len(), alerts))
}
