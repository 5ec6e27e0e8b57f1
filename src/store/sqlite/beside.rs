//! Writing beside a running daemon: short transactions without the instance lock, which the daemon
//! notices within two seconds (see [`crate::store::Store::outside`]).
//!
//! Each command's own words are `impl Beside` in a file of their own; each is one transaction.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::{OpenError, error_of};
use super::{files, open, schema};
use crate::store::Result;

/// A database that another process may be writing, opened to read and to write.
#[derive(Debug)]
pub struct Beside {
    db: Connection,
    path: PathBuf,
}

impl Beside {
    /// Opens the database of a daemon that may be running. Where there is none, [`OpenError::Missing`]; one
    /// of another schema is refused.
    pub fn open(path: &Path) -> std::result::Result<Beside, OpenError> {
        let path = files::real(path)?;
        if !path.exists() {
            return Err(OpenError::Missing { path });
        }
        let db = open::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let found = open::version(&db, &path)?;
        if found < schema::VERSION {
            return Err(OpenError::Older { path, found });
        }
        open::set_up_writer(&db, &path)?;
        Ok(Beside { db, path })
    }

    /// Where the database is, without links.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Asks without writing.
    pub(super) fn read<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        ask(&self.db).map_err(|error| error_of(&self.path, &error))
    }

    /// Writes in one transaction, which is durable when this returns, or not at all. Waits for the
    /// daemon's own transaction.
    pub(super) fn write<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let wrote =
            self.db.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
                let wrote = write(&transaction)?;
                transaction.commit()?;
                Ok(wrote)
            });
        wrote.map_err(|error| error_of(&self.path, &error))
    }
}
