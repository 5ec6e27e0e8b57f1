//! Reading what is stored beside a running daemon: no lock is taken and nothing is written.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Row, params};

use super::codec::{Json, Millis, facets, time};
use super::error::{OpenError, error_of};
use super::{files, open, schema};
use crate::store::{Matched, Result};

/// A database, opened for reading only.
#[derive(Debug)]
pub struct Archive {
    db: Connection,
    path: PathBuf,
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
            OpenError::ReadOnly { path } => OpenError::Failed {
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
