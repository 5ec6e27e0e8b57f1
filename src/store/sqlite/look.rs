//! Looking through the archive: what a rule needs in, the entries that may have it out, the newest first.
//!
//! Entries come one by one, so that who has seen enough reads no more. Whether a rule really holds for one
//! is the rules' to say.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row, params};

use super::archive::Archive;
use super::codec::{Millis, time};
use super::error::error_of;
use super::index::{self, Question};
use super::subscribers;
use crate::rules::Need;
use crate::store::{self, Archived, Numbers, Roll, Stretch};

/// Entries are numbered as they are stored, which may be later than they came: the disk was full, or the
/// clock was set.
const SLACK: SignedDuration = SignedDuration::from_hours(24);

impl Archive {
    /// Whether a feed of this id was ever polled.
    pub fn knows(&self, feed: &str) -> store::Result<bool> {
        let known = || self.db.prepare_cached("SELECT 1 FROM feeds WHERE name = ?1")?.exists([feed]);
        known().map_err(|error| error_of(&self.path, &error))
    }

    /// Where the entries of a stretch are: all of them, and perhaps some more.
    pub fn numbers(&self, stretch: &Stretch) -> store::Result<Numbers> {
        let numbers = || -> Result<Numbers> {
            let since = stretch.since.and_then(|since| since.checked_sub(SLACK).ok());
            let until = stretch.until.and_then(|until| until.checked_add(SLACK).ok());
            let all = numbers(&self.db)?;
            let first = since.map_or(Ok(all.first), |since| first_since(&self.db, all, since))?;
            let last = until.map_or(Ok(all.last), |until| first_since(&self.db, all, until))?;
            Ok(Numbers { first, last: last.min(all.last) })
        };
        numbers().map_err(|error| error_of(&self.path, &error))
    }

    /// How many entries of a stretch still have their text, and how many have lost it.
    pub fn count(&self, stretch: &Stretch) -> store::Result<(u64, u64)> {
        let since = stretch.since.map_or(i64::MIN, Timestamp::as_millisecond);
        let until = stretch.until.map_or(i64::MAX, Timestamp::as_millisecond);
        let count = |sql| self.db.query_row(sql, [since, until], |row| row.get::<_, i64>(0));
        let both = || -> Result<(u64, u64)> {
            let whole = count(
                "SELECT count(*) FROM entries WHERE stripped IS NULL AND fetched >= ?1 AND fetched < ?2",
            )?;
            let stripped = count(
                "SELECT count(*) FROM entries WHERE stripped IS NOT NULL AND fetched >= ?1 AND fetched < ?2",
            )?;
            Ok((whole.cast_unsigned(), stripped.cast_unsigned()))
        };
        both().map_err(|error| error_of(&self.path, &error))
    }

    /// Calls `visit` with every stored match of the entries among `numbers`: entry and rule.
    pub fn stored_matches(&self, numbers: Numbers, mut visit: impl FnMut(i64, &str)) -> store::Result<()> {
        let mut all = || -> Result<()> {
            let mut matches =
                self.db.prepare_cached("SELECT entry, rule FROM matches WHERE entry BETWEEN ?1 AND ?2")?;
            let mut rows = matches.query(params![numbers.first, numbers.last])?;
            while let Some(row) = rows.next()? {
                visit(row.get(0)?, row.get_ref(1)?.as_str()?);
            }
            Ok(())
        };
        all().map_err(|error| error_of(&self.path, &error))
    }

    /// Everybody of whom the store knows more than the config does.
    pub fn roll(&self) -> store::Result<Roll> {
        subscribers::roll(&self.db).map_err(|error| error_of(&self.path, &error))
    }

    /// Calls `visit` with each entry of a stretch among `numbers` that may have what is needed, the newest
    /// first, until it breaks.
    pub fn look(
        &self,
        need: &Need,
        stretch: &Stretch,
        numbers: Numbers,
        visit: impl FnMut(Archived) -> ControlFlow<()>,
    ) -> store::Result<()> {
        let look = || -> Result<()> {
            // Index and entries as they were at one moment.
            let at_once = self.db.unchecked_transaction()?;
            let looker = Looker { entry: at_once.prepare_cached(ENTRY)?, stretch, visit };
            looker.look(&at_once, need, numbers)
        };
        look().map_err(|error| error_of(&self.path, &error))
    }
}

const ENTRY: &str =
    "SELECT fetched, entries.id, feeds.name AS feed, feeds.title AS feed_title, entries.title,
        url, published, stripped IS NULL AS whole,
        (SELECT language FROM articles WHERE entry = entries.id) AS language, text
     FROM entries JOIN feeds ON feeds.id = entries.feed WHERE entries.id = ?1";

struct Looker<'a, V> {
    entry: CachedStatement<'a>,
    stretch: &'a Stretch,
    visit: V,
}

impl<V: FnMut(Archived) -> ControlFlow<()>> Looker<'_, V> {
    fn look(mut self, db: &Connection, need: &Need, numbers: Numbers) -> Result<()> {
        let before = index::unindexed(db)?;
        let indexed = Numbers { first: numbers.first.max(before), ..numbers };
        let rest = Numbers { last: numbers.last.min(before - 1), ..numbers };
        let question = match need {
            Need::Nothing => Question::Everything,
            _ if indexed.first > indexed.last => Question::Nothing,
            need => index::question(db, need)?,
        };
        let broken = match question {
            Question::Nothing => ControlFlow::Continue(()),
            Question::Everything => self.all(db, indexed)?,
            Question::Matching(expression) => self.matching(db, &expression, indexed)?,
        };
        if broken.is_continue() {
            let _ = self.all(db, rest)?; // whether anybody wants more, there is no more
        }
        Ok(())
    }

    fn matching(&mut self, db: &Connection, expression: &str, numbers: Numbers) -> Result<ControlFlow<()>> {
        let mut found = db.prepare_cached(
            "SELECT rowid FROM entry_words
             WHERE entry_words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC",
        )?;
        let found = found.query(params![expression, numbers.first, numbers.last])?;
        self.each(found)
    }

    fn all(&mut self, db: &Connection, numbers: Numbers) -> Result<ControlFlow<()>> {
        let mut all =
            db.prepare_cached("SELECT id FROM entries WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC")?;
        let all = all.query(params![numbers.first, numbers.last])?;
        self.each(all)
    }

    fn each(&mut self, mut numbers: rusqlite::Rows<'_>) -> Result<ControlFlow<()>> {
        while let Some(row) = numbers.next()? {
            let id: i64 = row.get(0)?;
            let entry = self.entry.query_row([id], |row| archived(row, self.stretch)).optional()?;
            if let Some(entry) = entry.flatten()
                && (self.visit)(entry).is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// An entry, where it is of the stretch; its text is read last.
fn archived(row: &Row<'_>, stretch: &Stretch) -> Result<Option<Archived>> {
    let fetched = row.get::<_, Millis>("fetched")?.0;
    let feed: String = row.get("feed")?;
    let is_meant = stretch.since.is_none_or(|since| fetched >= since)
        && stretch.until.is_none_or(|until| fetched < until)
        && stretch.feed.as_ref().is_none_or(|meant| *meant == feed);
    if !is_meant {
        return Ok(None);
    }
    Ok(Some(Archived {
        id: row.get("id")?,
        feed,
        feed_title: row.get("feed_title")?,
        title: row.get("title")?,
        url: row.get("url")?,
        text: row.get("text")?,
        published: time(row, "published")?,
        fetched,
        language: row.get("language")?,
        whole: row.get("whole")?,
    }))
}

fn numbers(db: &Connection) -> Result<Numbers> {
    let end = |sql| -> Result<Option<i64>> { db.prepare_cached(sql)?.query_row([], |row| row.get(0)) };
    let first = end("SELECT min(id) FROM entries")?.unwrap_or(1);
    Ok(Numbers { first, last: end("SELECT max(id) FROM entries")?.unwrap_or(0) })
}

/// The number of the first entry that came then or later, one after the last where there is none; found by
/// halving, as if entries were stored in the order in which they came.
fn first_since(db: &Connection, all: Numbers, since: Timestamp) -> Result<i64> {
    let mut next = db.prepare_cached("SELECT id, fetched FROM entries WHERE id >= ?1 ORDER BY id LIMIT 1")?;
    let (mut low, mut high) = (all.first, all.last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let found = next
            .query_row([middle], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Millis>(1)?.0)))
            .optional()?;
        match found {
            Some((id, fetched)) if fetched < since => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
