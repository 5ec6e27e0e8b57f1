//! Counting what is stored by day, beside a running daemon.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Connection, Row, params};

use super::archive::Archive;
use super::codec::Millis;
use super::error::error_of;
use crate::store::Result;

/// Entries are counted in the database by quarters of an hour, and every zone's days begin with one.
const QUARTER: i64 = 15 * 60 * 1000;

/// Both have an index by time; entries that lost their text matched something.
const KINDS: [&str; 2] = ["stripped IS NULL", "stripped IS NOT NULL"];

/// What came on which day: a name, and how many.
pub type Days = BTreeMap<Date, u64>;

/// How much came since then, by feed and by rule; ids are those of the config.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Entries of each feed whose text is still kept, and those that matched.
    pub entries: BTreeMap<String, Days>,
    /// Matches of each rule in each feed.
    pub matches: BTreeMap<(String, String), Days>,
}

impl Archive {
    /// Counts what came since then, by the days of `zone`.
    pub fn tally(&self, since: Timestamp, zone: &TimeZone) -> Result<Tally> {
        count(&self.db, since, zone).map_err(|error| error_of(&self.path, &error))
    }

    /// When the oldest entry came that is kept.
    pub fn begun(&self) -> Result<Option<Timestamp>> {
        let oldest = |kind: &str| {
            let sql = format!("SELECT min(fetched) FROM entries WHERE {kind}");
            self.db.query_row(&sql, [], |row| Ok(row.get::<_, Option<Millis>>(0)?.map(|time| time.0)))
        };
        let both: rusqlite::Result<Vec<_>> = KINDS.into_iter().map(oldest).collect();
        both.map(|both| both.into_iter().flatten().min()).map_err(|error| error_of(&self.path, &error))
    }
}

fn count(db: &Connection, since: Timestamp, zone: &TimeZone) -> rusqlite::Result<Tally> {
    let mut tally = Tally::default();
    for kind in KINDS {
        let mut entries = db.prepare(&format!(
            "SELECT name, fetched / {QUARTER}, count(*) FROM entries JOIN feeds ON feeds.id = feed
             WHERE {kind} AND fetched >= ?1 GROUP BY feed, fetched / {QUARTER}"
        ))?;
        let mut rows = entries.query([Millis(since)])?;
        while let Some(row) = rows.next()? {
            add(tally.entries.entry(row.get(0)?).or_default(), row, 1, zone)?;
        }
        let mut matches = db.prepare(&format!(
            "SELECT rule, name, fetched / {QUARTER}, count(*)
             FROM entries JOIN feeds ON feeds.id = feed JOIN matches ON entry = entries.id
             WHERE {kind} AND fetched >= ?1 GROUP BY rule, feed, fetched / {QUARTER}"
        ))?;
        let mut rows = matches.query(params![Millis(since)])?;
        while let Some(row) = rows.next()? {
            add(tally.matches.entry((row.get(0)?, row.get(1)?)).or_default(), row, 2, zone)?;
        }
    }
    Ok(tally)
}

/// Adds what stands in the columns from `first`: the quarter, and how many.
fn add(days: &mut Days, row: &Row<'_>, first: usize, zone: &TimeZone) -> rusqlite::Result<()> {
    let quarter: i64 = row.get(first)?;
    let time = Timestamp::from_millisecond(quarter * QUARTER).unwrap_or(Timestamp::UNIX_EPOCH);
    let count: i64 = row.get(first + 1)?;
    *days.entry(zone.to_datetime(time).date()).or_default() += count.unsigned_abs();
    Ok(())
}
