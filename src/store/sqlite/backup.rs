//! Copies of the database: out of it while a daemon writes, back in its place while none does, and a
//! few of the daily ones kept.
//!
//! A copy is made aside, checked, synced and only then given its name. What is replaced is kept.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::check::{self, Checked};
use super::error::OpenError;
use super::files::{beside, move_into_place, real, start_file};
use super::lock::InstanceLock;
use super::open;
use crate::owner;

/// Pages that are copied between two looks up: a few megabytes.
const PAGES: i32 = 256;

/// Copies the database at `from` to `to`, as it is at one moment. Waits for `pause` after every few megabytes,
/// and calls `progress` with the share that is done. Returns the bytes of the copy.
pub fn back_up(
    from: &Path,
    to: &Path,
    overwrite: bool,
    pause: Duration,
    mut progress: impl FnMut(f64),
) -> Result<u64, OpenError> {
    let (from, to) = (real(from)?, real(to).map_err(OpenError::of_target)?);
    if !from.exists() {
        return Err(OpenError::Missing { path: from });
    }
    if from == to || (to.exists() && !overwrite) {
        return Err(OpenError::Exists { path: to });
    }
    let source = open::connect(&from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    open::version(&source, &from)?;
    let aside = beside(&to, ".new");
    drop(start_file(&aside)?);
    let copied = copy(&source, &from, &aside, pause, &mut progress).and_then(|()| {
        let checked = check::quick(&aside)?;
        sound(checked, &from)
    });
    if let Err(error) = copied {
        let _ = fs::remove_file(&aside); // half of a copy is of no use; the next one replaces it
        return Err(error);
    }
    sync(&aside)?;
    move_into_place(&aside, &to)?;
    fs::metadata(&to).map(|metadata| metadata.len()).map_err(|error| OpenError::of_file(&to, &error))
}

/// Puts a copy of `backup` in the place of the database at `path`, which no daemon may be using. Returns
/// where the database that was there is now.
pub fn restore(path: &Path, backup: &Path, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
    let (path, backup) = (real(path)?, real(backup).map_err(OpenError::of_copy)?);
    let _lock = InstanceLock::take(&path)?;
    if !backup.is_file() {
        return Err(OpenError::NoBackup { path: backup });
    }
    check::whole(&backup).and_then(|checked| sound(checked, &backup)).map_err(OpenError::of_copy)?;
    let source = open::connect(&backup, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let aside = beside(&path, ".new");
    take_after(&start_file(&aside)?, &path)?;
    copy(&source, &backup, &aside, Duration::ZERO, &mut |_| {})?;
    drop(source);
    sync(&aside)?;
    let replaced = set_aside(&path, now)?;
    move_into_place(&aside, &path)?;
    Ok(replaced)
}

/// Makes the copy of this day in `directory` and removes those of ours beyond the newest `keep`.
pub(super) fn daily(
    database: &Path,
    directory: &Path,
    keep: usize,
    now: Timestamp,
) -> Result<PathBuf, OpenError> {
    /// Between a few megabytes, so that polls have the disk in between.
    const PAUSE: Duration = Duration::from_millis(20);
    if !directory.is_dir() {
        // Not made here: an unmounted disk would otherwise be filled at its mount point.
        return Err(OpenError::NoDirectory { path: directory.to_owned() });
    }
    let stem = database.file_stem().unwrap_or(OsStr::new("rasid")).to_string_lossy().into_owned();
    let to = directory.join(format!("{stem}-{}.db", stamp(now)));
    back_up(database, &to, true, PAUSE, |_| {})?;
    let refused = |error: io::Error| OpenError::of_file(directory, &error);
    let mut ours: Vec<PathBuf> = Vec::new();
    for file in fs::read_dir(directory).map_err(refused)? {
        let file = file.map_err(refused)?;
        if is_daily(&file.file_name().to_string_lossy(), &stem) {
            ours.push(file.path());
        }
    }
    ours.sort_unstable();
    for old in &ours[..ours.len().saturating_sub(keep)] {
        fs::remove_file(old).map_err(refused)?;
    }
    Ok(to)
}

fn stamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H%M%SZ").to_string()
}

/// Whether a file is named as [`daily`] names its own.
fn is_daily(name: &str, stem: &str) -> bool {
    let stamp = name
        .strip_prefix(stem)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.strip_suffix(".db"));
    let shape =
        |stamp: &str| -> String { stamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() };
    stamp.is_some_and(|stamp| shape(stamp) == "0000-00-00T000000Z")
}

/// Gives a new file owner and mode of the one that it will replace, so that whoever could open that can open this;
/// where there is none, the owner of the directory.
fn take_after(file: &File, replaced: &Path) -> Result<(), OpenError> {
    let refused = |error: io::Error| OpenError::of_file(replaced, &error);
    match fs::metadata(replaced) {
        Ok(like) => {
            owner::give(file, &like);
            file.set_permissions(like.permissions()).map_err(refused)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            owner::give_to_neighbours(file, replaced);
            Ok(())
        }
        Err(error) => Err(refused(error)),
    }
}

/// Copies all of a database, as it is at one moment, into an empty file that then stands alone.
fn copy(
    source: &Connection,
    from: &Path,
    to: &Path,
    pause: Duration,
    progress: &mut impl FnMut(f64),
) -> Result<(), OpenError> {
    let unreadable = |error| OpenError::of(from, error);
    let unwritable = |error| OpenError::of(to, error);
    let mut copy = open::connect(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Synced as a whole at the end, so that no step has to be.
    copy.pragma_update(None, "synchronous", "off").map_err(unwritable)?;
    // A reader's snapshot: what is written meanwhile does not start the copy over.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema").map_err(unreadable)?;
    let backup = Backup::new(source, &mut copy).map_err(unwritable)?;
    loop {
        match backup.step(PAGES).map_err(unwritable)? {
            StepResult::Done => break,
            StepResult::More => thread::sleep(pause),
            _ => thread::sleep(Duration::from_millis(50)), // locked for a moment
        }
        let rusqlite::backup::Progress { remaining, pagecount } = backup.progress();
        progress(1.0 - f64::from(remaining) / f64::from(pagecount.max(1)));
    }
    drop(backup);
    source.execute_batch("COMMIT").map_err(unreadable)?;
    // One file, that can be read where nothing can be written.
    copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(())).map_err(unwritable)?;
    copy.close().map_err(|(_, error)| unwritable(error))
}

fn sound(checked: Checked, path: &Path) -> Result<(), OpenError> {
    match checked.damage.into_iter().next() {
        Some(message) => Err(OpenError::Damaged { path: path.to_owned(), message }),
        None => Ok(()),
    }
}

fn sync(file: &Path) -> Result<(), OpenError> {
    File::open(file).and_then(|file| file.sync_all()).map_err(|error| OpenError::of_file(file, &error))
}

/// Gives the database a second name, under which it stays when another takes its place.
///
/// At no moment is there no database: a daemon that started then would begin anew, and alert the whole archive.
fn set_aside(path: &Path, now: Timestamp) -> Result<Option<PathBuf>, OpenError> {
    if !path.exists() {
        return Ok(None);
    }
    let refused = |error: io::Error| OpenError::of_file(path, &error);
    let kept = beside(path, &format!(".replaced-{}", stamp(now)));
    // What its journal holds belongs into it; of a damaged one, the journal is kept as it is.
    let folded = open::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|db| db.close().map_err(|(_, error)| OpenError::of(path, error)));
    drop(folded);
    fs::hard_link(path, &kept).map_err(refused)?;
    for suffix in ["-wal", "-shm", "-journal"] {
        // A journal of another database would be taken for the new one's.
        match fs::rename(beside(path, suffix), beside(&kept, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
    }
    Ok(Some(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_named_as_ours_are_rotated() {
        for (name, ours) in [
            ("rasid-2026-11-25T030000Z.db", true),
            ("rasid-2026-11-25T030000Z.db.new", false),
            ("rasid-2026-11-25.db", false),
            ("rasid-before-upgrade.db", false),
            ("rasid.db", false),
            ("other-2026-11-25T030000Z.db", false),
        ] {
            assert_eq!(is_daily(name, "rasid"), ours, "{name}");
        }
    }
}
