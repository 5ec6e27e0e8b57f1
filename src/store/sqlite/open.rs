//! Opening: a path in, a database that may be trusted and written out, or one line on why not.
//!
//! Nothing is deleted, and nothing that is not ours is written to.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ffi::ErrorCode;
use rusqlite::{Connection, OpenFlags};

use super::lock::InstanceLock;
use super::schema;

/// How long a connection waits by itself for one that locks the database.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Marks a file as rasid's: "rsid".
const APPLICATION: i32 = 0x7273_6964;

/// Bytes at the head of every SQLite file. It takes a file of one byte for an empty one; we do not.
const HEADER: u64 = 100;

/// Why a database is refused. `Display` is one line that names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another rasid runs on it.
    #[error("{path}: another rasid{} holds this database; stop it first, or give this one a storage.path of its own",
        pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Held {
        /// The database.
        path: PathBuf,
        /// The other process, where it could be read.
        pid: Option<u32>,
    },
    /// There is no such file, where one is needed.
    #[error("{path}: there is no database yet; `rasid run` makes it")]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// The directory that should hold it does not exist.
    #[error("{path}: there is no such directory; make it, or change storage.path")]
    NoDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// A file that is no database.
    #[error("{path}: this file is not a database; nothing was changed; move it away, or change storage.path")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A database that is not rasid's.
    #[error("{path}: this database belongs to another program; nothing was changed; change storage.path")]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// Written by a later rasid.
    #[error("{path}: a newer rasid wrote this database (schema {found}; this one knows {known}); \
             install that rasid again, or restore the backup that it made", known = schema::VERSION)]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: u32,
    },
    /// Written by an earlier rasid and not brought forward yet.
    #[error("{path}: an older rasid wrote this database (schema {found}; this one needs {known}); \
             `rasid run` brings it forward", known = schema::VERSION)]
    Older {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: u32,
    },
    /// Something is broken in it.
    #[error(
        "{path}: the database is damaged ({message}); nothing was changed; restore a backup, \
             or move it away to begin anew"
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What is broken.
        message: String,
    },
    /// It cannot be written.
    #[error(
        "{path}: cannot be written; give the user that runs rasid the right to write the database \
             and its directory"
    )]
    ReadOnly {
        /// The file that cannot be written.
        path: PathBuf,
    },
    /// Anything else that the system or SQLite says.
    #[error("{path}: cannot open the database: {message}")]
    Failed {
        /// The file concerned.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
}

impl OpenError {
    /// Reads what SQLite says of the database at `path`.
    #[allow(clippy::needless_pass_by_value)] // as map_err gives it
    pub(super) fn of(path: &Path, error: rusqlite::Error) -> OpenError {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path, message: error.to_string() },
            Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy) => {
                OpenError::Failed { path, message: "another program keeps it locked; try again later".into() }
            }
            _ => OpenError::Failed { path, message: error.to_string() },
        }
    }

    /// Reads what the system says of the file at `path`.
    pub(super) fn of_file(path: &Path, error: &io::Error) -> OpenError {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                OpenError::ReadOnly { path }
            }
            _ => OpenError::Failed { path, message: error.to_string() },
        }
    }
}

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
    let found = version(&db, &path)?;
    check_writable(&db, &path)?;
    check_whole_pages(&db, &path)?;
    let refused = |error| OpenError::of(&path, error);
    set_up_writer(&db).map_err(refused)?;
    if found < schema::VERSION {
        back_up(&db, &path, found)?;
        schema::bring_forward(&mut db, found).map_err(refused)?;
    }
    if let Some(message) = schema::damage(&db).map_err(refused)? {
        return Err(OpenError::Damaged { path, message });
    }
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

/// The path without links; the file itself may be missing, its directory may not.
pub(super) fn real(path: &Path) -> Result<PathBuf, OpenError> {
    match fs::canonicalize(path) {
        Ok(real) => return Ok(real),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => {}
        Err(error) => return Err(OpenError::of_file(path, &error)),
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or(path.as_os_str());
    match fs::canonicalize(directory) {
        Ok(real) => Ok(real.join(name)),
        // Not made here: an unmounted disk would otherwise look like a first start, and alert anew.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(OpenError::NoDirectory { path: directory.to_owned() })
        }
        Err(error) => Err(OpenError::of_file(directory, &error)),
    }
}

/// `path` with `suffix` added to its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
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
    start_file(&aside)?;
    let mut db = connect(&aside, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "page_size", schema::PAGE_SIZE).map_err(refused)?;
    db.pragma_update(None, "application_id", APPLICATION).map_err(refused)?;
    schema::bring_forward(&mut db, 0).map_err(refused)?;
    db.close().map_err(|(_, error)| refused(error))?;
    move_into_place(&aside, path)
}

/// Copies the database to `….v<version>.bak`.
fn back_up(db: &Connection, path: &Path, version: u32) -> Result<(), OpenError> {
    let aside = beside(path, ".bak.new");
    start_file(&aside)?;
    let mut copy = connect(&aside, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let refused = |error| OpenError::of(&aside, error);
    schema::copy(db, &mut copy).map_err(refused)?;
    copy.close().map_err(|(_, error)| refused(error))?;
    move_into_place(&aside, &beside(path, &format!(".v{version}.bak")))
}

/// An empty file that only its owner may read, in place of what a kill left of an earlier one.
fn start_file(path: &Path) -> Result<(), OpenError> {
    let refused = |error| OpenError::of_file(path, &error);
    for left in [path.to_owned(), beside(path, "-journal")] {
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop).map_err(refused)
}

fn move_into_place(aside: &Path, path: &Path) -> Result<(), OpenError> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    fs::rename(aside, path)
        .and_then(|()| File::open(directory)?.sync_all())
        .map_err(|error| OpenError::of_file(path, &error))
}

/// Takes the write lock for a moment: a file or directory that forbids writing shows here.
fn check_writable(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let read_only = db.is_readonly("main").map_err(|error| OpenError::of(path, error))?;
    if read_only {
        return Err(OpenError::ReadOnly { path: path.to_owned() });
    }
    match db.execute_batch("BEGIN IMMEDIATE; ROLLBACK") {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            Err(OpenError::ReadOnly { path: path.to_owned() })
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

fn set_up_writer(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cache_size", -8192)?; // KiB
    db.pragma_update(None, "journal_size_limit", 64 << 20)
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
