//! The files of a database: where they are, and how one comes to stand there whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::OpenError;

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

/// An empty file that only its owner may read, in place of what a kill left of an earlier one.
pub(super) fn start_file(path: &Path) -> Result<File, OpenError> {
    let refused = |error| OpenError::of_file(path, &error);
    for left in [path.to_owned(), beside(path, "-journal")] {
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(refused)
}

/// Gives a file that was made aside its name, for good.
pub(super) fn move_into_place(aside: &Path, path: &Path) -> Result<(), OpenError> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    fs::rename(aside, path)
        .and_then(|()| File::open(directory)?.sync_all())
        .map_err(|error| OpenError::of_file(path, &error))
}
