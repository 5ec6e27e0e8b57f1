//! Passwords kept in files of their own: one line, small, and not for everybody to read.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::config::problem::{Found, Span, Wrong};

/// No password is longer; whoever names a larger file means another one.
const LONGEST: u64 = 4_096;

/// The password that a file holds, without its line break.
pub(super) fn password(path: &Path) -> Result<String, Wrong> {
    kept(path, "password")
}

/// The same of another secret, called so.
pub(super) fn kept(path: &Path, what: &str) -> Result<String, Wrong> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        let hint = format!("write the {what} into it, readable by the user that rasid runs as");
        Wrong::new(format!("cannot read {shown}: {error}")).hint(hint)
    };
    // Looked at before it is opened: a pipe would keep us waiting.
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(Wrong::new(format!("{shown} is not a file")));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    let text = std::str::from_utf8(&bytes).ok().filter(|_| bytes.len() as u64 <= LONGEST);
    let Some(text) = text else {
        return Err(Wrong::new(format!("{shown} holds something else than a {what}")));
    };
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Wrong::new(format!("{shown} is empty")).hint(format!("write the {what} into it")));
    }
    if text.contains(char::is_control) {
        return Err(Wrong::new(format!("{shown} holds more than one line"))
            .hint(format!("it should hold the {what} alone")));
    }
    Ok(text.to_owned())
}

/// Whether users other than its owner and group can read a file.
#[cfg(unix)]
pub(in crate::config) fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o004 != 0)
}

/// Elsewhere permissions are not told by a mode.
#[cfg(not(unix))]
pub(in crate::config) fn is_exposed(_path: &Path) -> bool {
    false
}

/// What to say of a secret in a config that everybody on the machine can read.
/// `file` is the key for a file that could hold it, where there is one.
pub(super) fn in_the_open(key: String, span: &Span, file: Option<&str>) -> Found {
    let elsewhere = file.map(|file| format!("put it into a `{file}`, or ")).unwrap_or_default();
    Found::at(key, span, "every user of this machine can read this secret: the config is open to all")
        .hint(format!("{elsewhere}make the config readable by rasid alone (chmod o-r)"))
        .warning()
}

/// What to say of a file with a secret that everybody on the machine can read.
pub(super) fn open_to_all(key: String, span: &Span, path: &Path) -> Found {
    Found::at(key, span, "every user of this machine can read this secret")
        .hint(format!("make it readable by rasid alone: chmod o-r {}", path.display()))
        .warning()
}
