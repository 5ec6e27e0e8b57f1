//! The schema: which one a database has, how an earlier one is brought forward, whether it is whole.

use rusqlite::backup::Backup;
use rusqlite::{Connection, Result, TransactionBehavior};

/// Bytes of a page: large enough that entries of usual length leave little of it unused.
pub(super) const PAGE_SIZE: u32 = 16384;

/// The n-th takes a database from schema n-1 to n. One that was released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
    include_str!("migrations/7.sql"),
    include_str!("migrations/8.sql"),
    include_str!("migrations/9.sql"),
    include_str!("migrations/10.sql"),
];

/// The schema that this rasid reads and writes.
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// Takes a database from schema `from` to [`VERSION`], wholly or not at all.
pub(super) fn bring_forward(db: &mut Connection, from: u32) -> Result<()> {
    apply(db, from, MIGRATIONS)
}

fn apply(db: &mut Connection, from: u32, migrations: &[&str]) -> Result<()> {
    // A table may have to be made anew under its name; what refers to it is checked at the end.
    db.pragma_update(None, "foreign_keys", false)?;
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in migrations.iter().skip(from as usize) {
        transaction.execute_batch(migration)?;
    }
    if transaction.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY),
            Some("a migration left rows without the rows they belong to".into()),
        ));
    }
    transaction.pragma_update(None, "user_version", migrations.len() as u32)?;
    transaction.commit()?;
    db.pragma_update(None, "foreign_keys", true)
}

/// Copies all of a database, as it is at one moment.
pub(super) fn copy(from: &Connection, to: &mut Connection) -> Result<()> {
    Backup::new(from, to)?.step(-1).map(drop)
}

/// What is broken in a database of schema [`VERSION`], of what a start needs: its tables and
/// indexes, the feeds, what is held and the open messages. The archive is not read.
pub(super) fn damage(db: &Connection) -> Result<Option<String>> {
    if let Some(missing) = missing(db)? {
        return Ok(Some(format!("it lacks its {missing}")));
    }
    for table in ["feeds", "alerts"] {
        let says: String = db.query_row(&format!("PRAGMA quick_check({table})"), [], |row| row.get(0))?;
        if says != "ok" {
            // The lines before the last say which database is meant.
            return Ok(says.lines().last().map(str::to_owned));
        }
    }
    let read = |sql| db.prepare(sql)?.query_map([], |row| row.get_ref(0).map(drop))?.try_for_each(|row| row);
    read("SELECT bytes FROM messages WHERE state IN ('due', 'sending', 'deferred')")?;
    read(
        "SELECT text FROM alerts JOIN matches USING (entry, rule) JOIN entries ON entries.id = entry
          WHERE message IS NULL AND ended IS NULL",
    )?;
    Ok(None)
}

/// A table or index that the schema has and the database lacks, or has with other columns.
fn missing(db: &Connection) -> Result<Option<String>> {
    const SHAPES: &str = "SELECT type || ' ' || name,
            (SELECT group_concat(name || ' ' || type) FROM pragma_table_info(shape.name)),
            (SELECT group_concat(name) FROM pragma_index_info(shape.name))
        FROM sqlite_schema AS shape";
    type Shape = (String, Option<String>, Option<String>);
    let shapes = |db: &Connection| -> Result<Vec<Shape>> {
        db.prepare(SHAPES)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    };
    let mut model = Connection::open_in_memory()?;
    bring_forward(&mut model, 0)?;
    let has = shapes(db)?;
    Ok(shapes(&model)?.into_iter().find(|shape| !has.contains(shape)).map(|(named, ..)| named))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE feeds (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE entries (feed INTEGER NOT NULL REFERENCES feeds (id)) STRICT;
        INSERT INTO feeds VALUES (1); INSERT INTO entries VALUES (1);";

    fn first() -> Connection {
        let mut db = Connection::open_in_memory().unwrap();
        apply(&mut db, 0, &[FIRST]).unwrap();
        db
    }

    fn version(db: &Connection) -> u32 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn only_the_steps_that_are_missing_are_taken() {
        let mut db = first();
        apply(&mut db, 1, &[FIRST, "ALTER TABLE feeds ADD COLUMN name TEXT", "DROP TABLE entries"]).unwrap();
        assert_eq!(version(&db), 3);
        assert_eq!(db.query_row("SELECT count(name) FROM feeds", [], |row| row.get::<_, i64>(0)), Ok(0));
        let enforced: bool = db.pragma_query_value(None, "foreign_keys", |row| row.get(0)).unwrap();
        assert!(enforced);
    }

    #[test]
    fn a_step_that_fails_undoes_those_before_it() {
        for broken in ["DELETE FROM feeds", "INSERT INTO feeds VALUES ('x', 1)"] {
            let mut db = first();
            let steps = [FIRST, "ALTER TABLE feeds ADD COLUMN name TEXT", broken];
            assert!(apply(&mut db, 1, &steps).is_err(), "{broken}");
            assert_eq!(version(&db), 1);
            assert!(db.prepare("SELECT name FROM feeds").is_err());
        }
    }
}
