//! What SQLite and the system say, as what an administrator can act on.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ffi::{ErrorCode, SQLITE_IOERR_WRITE};

use super::schema;
use crate::owner;
use crate::store::Error;

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
    /// A file that would be overwritten.
    #[error("{path}: is there already; name another file, or overwrite it with --force")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no such backup.
    #[error("{path}: there is no such backup")]
    NoBackup {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file, where one is needed.
    #[error("{path}: there is no database yet; `rasid run` makes it")]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// The directory that should hold it does not exist.
    #[error("{path}: there is no such directory; make it, or name another in [storage]")]
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
    #[error("{path}: cannot be written; {}give the user that runs rasid the right to write the database \
             and its directory", belongs_to(owner.as_deref()))]
    ReadOnly {
        /// The file that cannot be written.
        path: PathBuf,
        /// The other user to whom it belongs.
        owner: Option<String>,
    },
    /// A copy that cannot take the database's place, or is not sound.
    #[error("{path}: {why}; nothing was changed; name another copy")]
    BadCopy {
        /// The copy.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// The directory in which a file should be written does not exist.
    #[error("{path}: there is no such directory; make it, or name a file in another")]
    NoTarget {
        /// The directory.
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
            Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { owner: owner::other(&path), path },
            // SQLite does not say why; the system does.
            Some(ErrorCode::CannotOpen) => match File::open(&path) {
                Err(why) => OpenError::of_file(&path, &why),
                Ok(_) => OpenError::Failed { path, message: error.to_string() },
            },
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
            io::ErrorKind::PermissionDenied => OpenError::ReadOnly { owner: owner::other(&path), path },
            io::ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly { path, owner: None },
            _ => OpenError::Failed { path, message: error.to_string() },
        }
    }

    /// The same of a copy, where the config's `[storage]` has no part in it.
    pub(crate) fn of_copy(self) -> OpenError {
        let bad = |path, why: &str| OpenError::BadCopy { path, why: why.to_owned() };
        match self {
            OpenError::Missing { path } | OpenError::NoDirectory { path } => OpenError::NoBackup { path },
            OpenError::NotADatabase { path } => bad(path, "this file is not a database"),
            OpenError::Foreign { path } => bad(path, "this database belongs to another program"),
            OpenError::Damaged { path, message } => bad(path, &format!("this copy is damaged ({message})")),
            OpenError::Newer { path, found } => {
                let known = schema::VERSION;
                bad(path, &format!("a newer rasid made this copy (schema {found}; this one knows {known})"))
            }
            other => other,
        }
    }

    /// The same of a file that is to be written.
    pub(super) fn of_target(self) -> OpenError {
        match self {
            OpenError::NoDirectory { path } => OpenError::NoTarget { path },
            other => other,
        }
    }
}

/// To whom a file belongs, and what to do then.
fn belongs_to(owner: Option<&str>) -> String {
    match owner {
        // Nobody should run rasid as root; what root made by mistake is to be given away.
        Some("root") => "it belongs to root: ".into(),
        Some(owner) => {
            format!("it belongs to {owner}: run this as that user (runuser -u {owner} -- rasid …), or ")
        }
        None => String::new(),
    }
}

/// Reads what SQLite says once the database is open.
pub(super) fn error_of(path: &Path, error: &rusqlite::Error) -> Error {
    let path = path.display().to_string();
    match error.sqlite_error() {
        // A quota and a limit on file sizes come as a write error, not as a full disk.
        Some(code) if code.code == ErrorCode::DiskFull || code.extended_code == SQLITE_IOERR_WRITE => {
            Error::Full { path }
        }
        Some(code) if code.code == ErrorCode::DatabaseCorrupt => Error::Failed {
            path,
            message: format!("the database is damaged ({error}); stop rasid and restore a backup"),
        },
        _ => Error::Failed { path, message: error.to_string() },
    }
}
