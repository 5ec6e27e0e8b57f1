//! Feeds that stand on this machine: a path in, the document or "as before" out.
//!
//! Only regular files are opened, off the runtime. What tells one state of a file from another
//! stands in [`Validators::last_modified`]; a file that is written while it is read has none, so
//! that it is read again.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use super::answer::Memory;
use super::aside::Aside;
use super::{Answer, Body, Document, Error, Told, Validators, failure};

/// The file's content, if it has changed since `validators` were given with it.
pub(super) async fn read(
    path: &Path,
    validators: &Validators,
    memory: &Memory,
    aside: &Aside,
) -> Result<Answer, Error> {
    let fault = |error: &io::Error| Error::File(format!("{}: {}", path.display(), failure::io_line(error)));
    let known = validators.last_modified.clone();
    let named = path.to_owned();
    let opened = aside.run(move || open(&named)).await.and_then(|opened| opened);
    let (file, state) = opened.map_err(|error| fault(&error))?;
    if known.as_deref() == Some(state.stamp.as_slice()) {
        return Ok(Answer::NotModified { moved_to: None, told: Told::default() });
    }
    let body = memory.body(state.length).await?;
    let cap = memory.cap;
    let read = aside.run(move || take(file, body, cap)).await.and_then(|read| read);
    let (body, after) = read.map_err(|error| fault(&error))?;
    if body.len() > cap {
        return Err(Error::TooLarge(cap));
    }
    let settled = after.stamp == state.stamp;
    Ok(Answer::Document(Document {
        body,
        content_type: None,
        url: None,
        moved_to: None,
        validators: Validators { etag: None, last_modified: settled.then_some(state.stamp) },
        told: Told::default(),
    }))
}

struct State {
    length: usize,
    stamp: Vec<u8>,
}

fn open(path: &Path) -> io::Result<(File, State)> {
    // Looked at before it is opened: opening a FIFO would wait for its writer.
    regular(&std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    let found = file.metadata()?;
    regular(&found)?;
    Ok((file, state(&found)))
}

fn take(mut file: File, mut body: Body, cap: usize) -> io::Result<(Body, State)> {
    let most = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    (&mut file).take(most).read_to_end(&mut body.bytes)?;
    Ok((body, state(&file.metadata()?)))
}

fn regular(found: &Metadata) -> io::Result<()> {
    let kind = found.file_type();
    let what = if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_file() {
        return Ok(());
    } else {
        "a device or a socket"
    };
    Err(io::Error::other(format!("it is {what}, not a regular file")))
}

/// The change time is in it because tools that copy set the modification time back.
fn state(found: &Metadata) -> State {
    let stamp = format!(
        "{}.{:09} {}.{:09} {} {}",
        found.mtime(),
        found.mtime_nsec(),
        found.ctime(),
        found.ctime_nsec(),
        found.ino(),
        found.len()
    );
    State { length: usize::try_from(found.len()).unwrap_or(usize::MAX), stamp: stamp.into_bytes() }
}
