//! Whose files are: what root makes among the files of another user is given to that user, who has to open
//! it later; and who may open what we may not.
//!
//! Nothing is ever given away but what was made just now, by its handle and not by its name.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, fchown, lchown};
use std::path::Path;

/// Gives a new file the owner and group of `like`.
pub(crate) fn give(file: &File, like: &Metadata) {
    // Only root may; for all others the file stays their own, as it should.
    let _ = fchown(file, Some(like.uid()), Some(like.gid()));
}

/// The same for a file in a directory, as if the directory's owner had made it.
pub(crate) fn give_to_neighbours(file: &File, path: &Path) {
    if let Ok(directory) = fs::metadata(parent(path)) {
        give(file, &directory);
    }
}

/// Makes a directory for its owner alone, and those above it, each as its parent's owner would have.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = parent(path);
    make_directory(above)?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
        made => made?,
    }
    let like = fs::metadata(above)?;
    let _ = lchown(path, Some(like.uid()), Some(like.gid())); // as for files
    Ok(())
}

/// The name of the other user to whom a file belongs, or the nearest directory above it that is there.
pub(crate) fn other(path: &Path) -> Option<String> {
    let owner = path.ancestors().find_map(|path| fs::metadata(path).ok())?.uid();
    let own = fs::metadata("/proc/self").ok()?.uid();
    (owner != own).then(|| name(owner))
}

/// A user's name, or the number where it has none.
fn name(user: u32) -> String {
    let number = user.to_string();
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    named.unwrap_or(number)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
