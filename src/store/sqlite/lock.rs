//! The instance lock: a file beside the database that one running rasid holds.
//!
//! It is a file of its own because closing any handle of the database itself would drop the locks
//! that SQLite holds on it. It is never deleted: who deletes a lock file may delete another's lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::error::OpenError;
use crate::owner;

/// Held until dropped, and let go by the kernel where the process is killed.
#[derive(Debug)]
pub(super) struct InstanceLock {
    file: File,
    /// Whether the lock file was there before, so that a database was, too.
    pub(super) seen_before: bool,
}

impl InstanceLock {
    /// Takes the lock of the database at `path`.
    pub(super) fn take(path: &Path) -> Result<InstanceLock, OpenError> {
        let beside = super::files::beside(path, ".lock");
        let (mut file, seen_before) = open(&beside).map_err(|error| OpenError::of_file(&beside, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Held { path: path.to_owned(), pid: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(OpenError::of_file(&beside, &error)),
        }
        // The number is for people; without it the lock holds all the same.
        let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(InstanceLock { file, seen_before })
    }
}

impl Drop for InstanceLock {
    /// Let go by name: a program that was being started at this moment has the file open for an
    /// instant longer, and would keep the lock.
    fn drop(&mut self) {
        let _ = self.file.unlock(); // closing it lets go as well, a moment later
    }
}

/// Opens the lock file, or makes it; and whether it was there.
fn open(path: &Path) -> io::Result<(File, bool)> {
    let writing = || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600);
        options
    };
    match writing().create_new(true).open(path) {
        Ok(file) => {
            owner::give_to_neighbours(&file, path);
            Ok((file, false))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok((writing().open(path)?, true)),
        Err(error) => Err(error),
    }
}

/// The process that wrote its number into the lock file.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
