//! Reading what is stored beside a running daemon: no lock is taken and nothing is written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags, Row, params};

use super::codec::{Json, Millis, facets, time};
use super::error::{OpenError, error_of};
use super::{files, open, outbox, polls, schema, subscribers, told};
use crate::store::{Articles, Backlog, FeedActivity, FeedState, HeldEntry, Matched, Result, Roll, Story};

/// A database, opened for reading only.
#[derive(Debug)]
pub struct Archive {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
}

impl Archive {
    /// Opens the database of a daemon that may be running. Where there is none, [`OpenError::Missing`].
    pub fn open(path: &Path) -> std::result::Result<Archive, OpenError> {
        let path = files::real(path)?;
        if !path.exists() {
            return Err(OpenError::Missing { path });
        }
        let db = open::connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let found = open::version(&db, &path).map_err(|error| match error {
            // SQLite keeps its readers' marks in a file beside the database.
            OpenError::ReadOnly { path, owner: None } => OpenError::Failed {
                path,
                message: "reading needs the rights of the user that runs rasid".into(),
            },
            error => error,
        })?;
        if found < schema::VERSION {
            return Err(OpenError::Older { path, found });
        }
        Ok(Archive { db, path })
    }

    pub(super) fn read<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        ask(&self.db).map_err(|error| error_of(&self.path, &error))
    }

    /// What subscribers chose and who signed up, and for whom how many entries are held.
    pub fn subscribers(&self) -> Result<(Roll, HashMap<String, usize>)> {
        self.read(|db| {
            let held = outbox::held(db)?;
            let held = held.into_iter().map(|held| (held.subscriber, held.entries)).collect();
            Ok((subscribers::roll(db)?, held))
        })
    }

    /// The entries for which a rule held, newest first, `limit` at most. A further page begins
    /// `before` the last [`Matched::id`] of the one before it.
    pub fn matches(&self, rule: &str, before: Option<i64>, limit: usize) -> Result<Vec<Matched>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = || -> rusqlite::Result<Vec<Matched>> {
            self.db
                .prepare_cached(
                    "SELECT guid_facet, link_facet, title_facet, entries.id, feeds.name AS feed, source,
                            feeds.title AS feed_title, entries.title, url, text, published, fetched,
                            (SELECT json_group_array(entity) FROM mentions WHERE entry = entries.id) AS entities
                     FROM matches
                     JOIN entries ON entries.id = matches.entry
                     JOIN feeds ON feeds.id = entries.feed
                     WHERE rule = ?1 AND entry < ?2 ORDER BY entry DESC LIMIT ?3",
                )?
                .query_map(params![rule, before.unwrap_or(i64::MAX), limit], matched)?
                .collect()
        };
        read().map_err(|error| error_of(&self.path, &error))
    }

    /// An entry with every rule that held for it; nothing where none did.
    pub fn entry(&self, id: i64) -> Result<Option<HeldEntry>> {
        told::entry(&self.db, id).map_err(|error| error_of(&self.path, &error))
    }

    /// The story that an entry belongs to, as it is for who was told of nothing; nothing where it has none.
    pub fn story(&self, entry: i64) -> Result<Option<Story>> {
        told::story(&self.db, entry).map_err(|error| error_of(&self.path, &error))
    }

    /// How much waits.
    pub fn backlog(&self) -> Result<Backlog> {
        outbox::backlog(&self.db).map_err(|error| error_of(&self.path, &error))
    }

    /// Every feed that was ever polled, and how much it brought within `window` before `now`.
    pub fn feeds(&self, now: Timestamp, window: Duration) -> Result<Vec<(FeedState, FeedActivity)>> {
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
        let read = || {
            let (mut recent, mut articles) = (recent(&self.db, since)?, articles(&self.db)?);
            let of = |state: FeedState| {
                let mut activity = recent.remove(&state.id).unwrap_or(FeedActivity {
                    entries: 0,
                    since,
                    articles: Articles::default(),
                });
                activity.articles = articles.remove(&state.id).unwrap_or_default();
                (state, activity)
            };
            Ok(polls::feeds(&self.db)?.into_iter().map(of).collect())
        };
        read().map_err(|error| error_of(&self.path, &error))
    }
}

/// How much each feed brought since then; a feed that brought nothing is not among them.
///
/// Entries are looked at from the last one back, as long as they are recent, since a table of years
/// would take minutes.
fn recent(db: &Connection, since: Timestamp) -> rusqlite::Result<HashMap<String, FeedActivity>> {
    struct Recent {
        first: Timestamp,
        /// Entries that came at `first`.
        at_first: usize,
        entries: usize,
    }
    let mut feeds: HashMap<i64, Recent> = HashMap::new();
    let mut oldest = i64::MAX;
    let mut newest_first = db.prepare("SELECT id, feed, fetched FROM entries ORDER BY id DESC")?;
    let mut rows = newest_first.query([])?;
    while let Some(row) = rows.next()? {
        let fetched = row.get::<_, Millis>(2)?.0;
        if fetched < since {
            break;
        }
        oldest = row.get(0)?;
        let recent = feeds.entry(row.get(1)?).or_insert(Recent { first: fetched, at_first: 0, entries: 0 });
        if fetched < recent.first {
            (recent.first, recent.at_first) = (fetched, 0);
        }
        recent.at_first += usize::from(fetched == recent.first);
        recent.entries += 1;
    }
    let mut older = db.prepare("SELECT 1 FROM entries WHERE feed = ?1 AND id < ?2")?;
    let mut name = db.prepare("SELECT name FROM feeds WHERE id = ?1")?;
    let of = |(feed, recent): (i64, Recent)| {
        // What a first poll brings is the feed's past.
        let activity = if older.exists(params![feed, oldest])? {
            FeedActivity { entries: recent.entries, since, articles: Articles::default() }
        } else {
            FeedActivity {
                entries: recent.entries - recent.at_first,
                since: recent.first,
                articles: Articles::default(),
            }
        };
        Ok((name.query_row([feed], |row| row.get(0))?, activity))
    };
    feeds.into_iter().map(of).collect()
}

/// How many articles of each feed are in which state.
fn articles(db: &Connection) -> rusqlite::Result<HashMap<String, Articles>> {
    db.prepare(
        "SELECT name, count(*) FILTER (WHERE state = 'owed'), count(*) FILTER (WHERE state = 'had'),
                count(*) FILTER (WHERE state = 'failed')
         FROM articles JOIN feeds ON feeds.id = feed GROUP BY feed",
    )?
    .query_map([], |row| {
        let count = |column| row.get::<_, u32>(column).map(|count| count as usize);
        Ok((row.get(0)?, Articles { owed: count(1)?, had: count(2)?, failed: count(3)? }))
    })?
    .collect()
}

fn matched(row: &Row<'_>) -> rusqlite::Result<Matched> {
    Ok(Matched {
        id: row.get("id")?,
        feed: row.get("feed")?,
        source: row.get("source")?,
        feed_title: row.get("feed_title")?,
        facets: facets(row, 0)?,
        title: row.get("title")?,
        url: row.get("url")?,
        text: row.get("text")?,
        published: time(row, "published")?,
        fetched: row.get::<_, Millis>("fetched")?.0,
        entities: row.get::<_, Json<_>>("entities")?.0,
    })
}
