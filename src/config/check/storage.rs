//! Where things are kept.

use crate::config::problem::{Problems, Wrong};
use crate::config::{Storage, Surroundings, raw};

pub(super) fn storage(
    raw: raw::Storage<'_>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Storage> {
    let path = raw.path?;
    let path = problems.take(file(&path.value), || "storage.path".into(), &path.span)?;
    Some(Storage { path: around.base.join(path) })
}

fn file(written: &str) -> Result<&str, Wrong> {
    let hint = "write a file, such as \"rasid.db\" or \"/var/lib/rasid/rasid.db\"";
    if written.trim().is_empty() {
        return Err(Wrong::new("the path is empty").hint(hint));
    }
    if written.contains("://") || written.starts_with("file:") {
        return Err(Wrong::new("not a file: only SQLite files are supported").hint(hint));
    }
    if written == ":memory:" {
        return Err(Wrong::new("nothing would survive a restart").hint(hint));
    }
    if written.ends_with(['/', '\\']) {
        return Err(Wrong::new("not a file: this names a directory").hint(hint));
    }
    Ok(written)
}
