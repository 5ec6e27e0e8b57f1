//! Looking through a whole database: every page, every index, every reference, the full-text index.

use std::path::Path;

use rusqlite::Connection;

use super::error::OpenError;
use super::{files, open, prune, schema};
use crate::store::Space;

/// Problems that are named, at most.
const NAMED: usize = 20;

/// What a look through a database found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its schema.
    pub schema: u32,
    /// Whether that is this rasid's; an earlier one is brought forward by `rasid run`.
    pub current: bool,
    /// What is broken, in SQLite's words.
    pub damage: Vec<String>,
    /// How large it is.
    pub space: Space,
    /// How much is in it: table and rows.
    pub rows: Vec<(&'static str, u64)>,
}

/// Looks through all of the database at `path`, beside a daemon that may be running. Refuses what is no
/// database of ours.
pub fn whole(path: &Path) -> Result<Checked, OpenError> {
    look(path, "integrity_check")
}

/// The same without comparing each index with its table.
pub(super) fn quick(path: &Path) -> Result<Checked, OpenError> {
    look(path, "quick_check")
}

fn look(path: &Path, pragma: &str) -> Result<Checked, OpenError> {
    let path = files::real(path)?;
    if !path.exists() {
        return Err(OpenError::Missing { path });
    }
    // What a power cut left half-written must be undone first, which no read-only connection may.
    let db = open::open_reader(&path)?;
    let schema = open::version(&db, &path)?;
    let current = schema == schema::VERSION;
    let mut damage = damage(&db, pragma, current).unwrap_or_else(|error| vec![error.to_string()]);
    damage.truncate(NAMED);
    let space = prune::space(&db).map_err(|error| OpenError::of(&path, error))?;
    let rows = if damage.is_empty() { rows(&db).unwrap_or_default() } else { Vec::new() };
    Ok(Checked { schema, current, damage, space, rows })
}

fn damage(db: &Connection, pragma: &str, current: bool) -> rusqlite::Result<Vec<String>> {
    let mut found: Vec<String> = db
        .prepare(&format!("PRAGMA {pragma}({NAMED})"))?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<_>>()?;
    found.retain(|line| line != "ok");
    // The first line only says which database is meant.
    let lines = found.iter().flat_map(|line| line.lines()).filter(|line| !line.starts_with("***"));
    let mut found: Vec<String> = lines.map(str::to_owned).collect();
    let orphan = |row: &rusqlite::Row<'_>| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!("a row of {table} belongs to a row of {parent} that is not there"))
    };
    let mut orphans = db.prepare("PRAGMA foreign_key_check")?;
    for orphan in orphans.query_map([], orphan)?.take(NAMED) {
        found.push(orphan?);
    }
    if current {
        found.extend(schema::damage(db)?);
    }
    Ok(found)
}

fn rows(db: &Connection) -> rusqlite::Result<Vec<(&'static str, u64)>> {
    ["feeds", "entries", "matches", "messages"]
        .into_iter()
        .map(|table| {
            let count =
                db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))?;
            Ok((table, count.unsigned_abs()))
        })
        .collect()
}
