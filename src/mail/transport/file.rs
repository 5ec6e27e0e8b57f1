//! A directory of `.eml` files: where mail stays until a relay is named.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Verdict, reply};
use crate::owner;
use crate::store::Message;

/// Where the files go.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(super) fn new(path: PathBuf) -> Directory {
        Directory { path }
    }

    /// Keeps a message under a name made of its creation and its Message-ID: sent again, it
    /// replaces itself.
    pub(super) async fn keep(&self, message: &Message) -> Verdict {
        let path = self.path.join(file_name(message));
        let (target, bytes) = (path.clone(), message.bytes.clone());
        let written = tokio::task::spawn_blocking(move || write(&target, &bytes)).await;
        match written.unwrap_or_else(|e| Err(io::Error::other(e))) {
            Ok(()) => Verdict::Accepted(reply::one_line(&format!("written to {}", path.display()))),
            Err(error) => failed(&path, &error),
        }
    }
}

/// Sorts by time, and holds nothing that a file system or a shell could trip over.
fn file_name(message: &Message) -> String {
    let time = message.created.strftime("%Y%m%dT%H%M%S%.3fZ");
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '@');
    let id: String = message.message_id.chars().map(|c| if safe(c) { c } else { '_' }).take(150).collect();
    format!("{time}-{id}.eml")
}

/// All of it or nothing, on disk when it returns, and for its owner alone to read: it names people and their links.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    owner::make_directory(directory)?;
    let unfinished = path.with_extension("eml.tmp");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {} // what a kill left
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    owner::give_to_neighbours(&file, &unfinished);
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    File::open(directory)?.sync_all()
}

fn failed(path: &Path, error: &io::Error) -> Verdict {
    let reason = reply::one_line(&format!("{}: {error}", path.display()));
    match error.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists => Verdict::RelayRefusesUs(reason),
        _ => Verdict::RelayUnavailable(reason),
    }
}
