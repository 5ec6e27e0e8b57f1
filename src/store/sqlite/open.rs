//! Opening: a path in, a database that may be trusted and written out, or one line on why not.
//!
//! Nothing is deleted, and nothing that is not ours is written to.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use rusqlite::config::DbConfig;
use rusqlite::ffi::ErrorCode;
use rusqlite::{Connection, OpenFlags};

use super::error::OpenError;
use super::files::{beside, move_into_place, real, start_file};
use super::lock::InstanceLock;
use super::schema;
use crate::owner;

/// How long a connection waits by itself for one that locks the database.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Marks a file as rasid's: "rsid".
const APPLICATION: i32 = 0x7273_6964;

/// Bytes at the head of every SQLite file. It takes a file of one byte for an empty one; we do not.
const HEADER: u64 = 100;

/// A database that may be trusted and written, and the lock that keeps others from it.
pub(super) struct Opened {
    pub(super) db: Connection,
    /// Without links, so that all names of one database lead to one lock.
    pub(super) path: PathBuf,
    pub(super) lock: InstanceLock,
}

/// Opens the database at `path` for the one writer; makes it where there is none.
pub(super) fn open(path: &Path) -> Result<Opened, OpenError> {
    let path = real(path)?;
    let lock = InstanceLock::take(&path)?;
    if is_absent(&path, lock.seen_before)? {
        create(&path)?;
    }
    let mut db = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let refused = |error| OpenError::of(&path, error);
    // What is refused stays as it is, its journal included.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(refused)?;
    let found = version(&db, &path)?;
    check_writable(&db, &path)?;
    check_whole_pages(&db, &path)?;
    set_up_writer(&db, &path)?;
    if found < schema::VERSION {
        back_up(&db, &path, found)?;
        schema::bring_forward(&mut db, found).map_err(refused)?;
    }
    if let Some(message) = schema::damage(&db).map_err(refused)? {
        return Err(OpenError::Damaged { path, message });
    }
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(refused)?;
    Ok(Opened { db, path, lock })
}

/// A connection that only reads, beside the writer's.
pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "query_only", true).map_err(|error| OpenError::of(path, error))?;
    Ok(db)
}

/// Opens a database that exists.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    let refused = |error| OpenError::of(path, error);
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(refused)?;
    db.busy_timeout(PATIENCE).map_err(refused)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// The schema of a database that is rasid's and not from the future.
pub(super) fn version(db: &Connection, path: &Path) -> Result<u32, OpenError> {
    let read = |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let refused = |error| OpenError::of(path, error);
    if read("application_id").map_err(refused)? != APPLICATION {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    match u32::try_from(read("user_version").map_err(refused)?) {
        Ok(0) | Err(_) => {
            Err(OpenError::Damaged { path: path.to_owned(), message: "it names no schema".into() })
        }
        Ok(found) if found > schema::VERSION => Err(OpenError::Newer { path: path.to_owned(), found }),
        Ok(found) => Ok(found),
    }
}

/// Whether there is no database yet. What is left of one is no reason to begin anew.
fn is_absent(path: &Path, seen_before: bool) -> Result<bool, OpenError> {
    let damaged = |message: &str| OpenError::Damaged { path: path.to_owned(), message: message.into() };
    let remains = ["-wal", "-journal"].iter().any(|suffix| beside(path, suffix).exists());
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if remains {
                Err(damaged("its journal is there, the file itself is not"))
            } else {
                Ok(true)
            }
        }
        Err(error) => Err(OpenError::of_file(path, &error)),
        Ok(metadata) if !metadata.is_file() => {
            Err(OpenError::Failed { path: path.to_owned(), message: "it is not a file".into() })
        }
        Ok(metadata) if metadata.len() >= HEADER => Ok(false),
        Ok(metadata) if metadata.len() > 0 => Err(OpenError::NotADatabase { path: path.to_owned() }),
        // An empty file that someone put there for us is fine; one that rasid had filled is not.
        Ok(_) if seen_before || remains => Err(damaged("the file is empty")),
        Ok(_) => Ok(true),
    }
}

/// Makes a database aside and moves it into place whole, so that a kill leaves no half of one.
fn create(path: &Path) -> Result<(), OpenError> {
    let aside = beside(path, ".new");
    let refused = |error| OpenError::of(&aside, error);
    drop(start_file(&aside)?);
    let mut db = connect(&aside, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "page_size", schema::PAGE_SIZE).map_err(refused)?;
    // Room that is free can be given back in small steps.
    db.pragma_update(None, "auto_vacuum", "incremental").map_err(refused)?;
    db.pragma_update(None, "application_id", APPLICATION).map_err(refused)?;
    schema::bring_forward(&mut db, 0).map_err(refused)?;
    db.close().map_err(|(_, error)| refused(error))?;
    move_into_place(&aside, path)
}

/// Copies the database to `….v<version>.bak`.
fn back_up(db: &Connection, path: &Path, version: u32) -> Result<(), OpenError> {
    let aside = beside(path, ".bak.new");
    drop(start_file(&aside)?);
    let mut copy = connect(&aside, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let refused = |error| OpenError::of(&aside, error);
    schema::copy(db, &mut copy).map_err(refused)?;
    copy.close().map_err(|(_, error)| refused(error))?;
    move_into_place(&aside, &beside(path, &format!(".v{version}.bak")))
}

/// Takes the write lock for a moment: a file or directory that forbids writing shows here.
fn check_writable(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let read_only = db.is_readonly("main").map_err(|error| OpenError::of(path, error))?;
    if read_only {
        return Err(OpenError::ReadOnly { path: path.to_owned(), owner: owner::other(path) });
    }
    db.busy_timeout(Duration::ZERO).map_err(|error| OpenError::of(path, error))?;
    let written = db.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
    db.busy_timeout(PATIENCE).map_err(|error| OpenError::of(path, error))?;
    match written {
        // Another program has the lock; the first to write will wait for it.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            Err(OpenError::ReadOnly { path: path.to_owned(), owner: owner::other(path) })
        }
        Err(error) => Err(OpenError::of(path, error)),
        Ok(()) => Ok(()),
    }
}

/// A file that ends inside a page was cut, unless its journal still has to be applied.
fn check_whole_pages(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let size: u64 = db
        .pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))
        .map_err(|error| OpenError::of(path, error))?
        .into();
    let length = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    if length(path) % size != 0 && length(&beside(path, "-wal")) == 0 {
        return Err(OpenError::Damaged { path: path.to_owned(), message: "the file was cut short".into() });
    }
    Ok(())
}

/// What a connection that writes keeps to.
pub(super) fn set_up_writer(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let set = || {
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "trusted_schema", false)?;
        db.pragma_update(None, "cache_size", -8192)?; // KiB
        db.pragma_update(None, "journal_size_limit", 64 << 20)?;
        db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
    };
    match set().map_err(|error| OpenError::of(path, error))?.as_str() {
        "wal" => Ok(()),
        _ => Err(OpenError::Failed {
            path: path.to_owned(),
            message: "this file system cannot share memory between readers; use a local disk".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_backup_is_all_of_the_database_at_that_moment_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let opened = open(&home.path().join("rasid.db")).unwrap();
        let put = "INSERT INTO feeds (name, source, next_poll, gone, failures) VALUES (?1, '', 0, 0, 0)";
        opened.db.execute(put, ["ina"]).unwrap();
        for _ in 0..2 {
            back_up(&opened.db, &opened.path, 7).unwrap();
            let backup = beside(&opened.path, ".v7.bak");
            assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
            let copy = connect(&backup, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
            assert_eq!(version(&copy, &backup).unwrap(), schema::VERSION);
            assert_eq!(copy.query_row("SELECT name FROM feeds", [], |row| row.get(0)), Ok("ina".to_owned()));
        }
        assert!(!beside(&opened.path, ".bak.new").exists());
    }
}
