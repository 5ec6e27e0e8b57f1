//! The one writer: a thread that owns the connection and makes what is queued together durable
//! together. It also notices what other processes write.
//!
//! A caller is answered after its transaction is on disk. Where a transaction of several fails,
//! each is tried alone, so that none fails for another's sake.

use std::collections::HashMap;
use std::iter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::ffi::ErrorCode;
use rusqlite::{Connection, Result};
use tokio::sync::{oneshot, watch};

use super::error::{OpenError, error_of};
use super::lock::InstanceLock;
use super::memo::Memo;
use super::notes::{Note, Notes};
use super::open::Opened;
use super::polls;
use super::queue::{Queue, Queued};
use crate::store::{self, Error};

/// Pieces of work that may wait, and that one transaction may hold.
const ROOM: usize = 256;

/// What was noted is on disk this much later at the latest, if nothing else is written before.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

/// How often to look whether another process has written: one read of shared memory.
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(1);

/// After so long without a refusal there is room again.
const CALM: Duration = Duration::from_secs(8);

/// How long SQLite itself waits for a lock before the writer looks up.
const LOOK_UP_EVERY: Duration = Duration::from_secs(1);

/// What the writer shares with the callers.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) notes: Notes,
    pub(super) memo: Memo,
    /// Set before the queue is closed: a lock of another program is not waited for any more.
    pub(super) closing: AtomicBool,
    /// Grows whenever another process has written.
    pub(super) outside: watch::Sender<u64>,
}

/// Something to be written, with its way back to who asked.
pub(super) trait Work: Send {
    /// Writes it, inside the writer's transaction. Called again where that transaction failed.
    fn run(&mut self, db: &Connection) -> Result<()>;

    /// The feed whose state this replaces, and its place in the order of notes and commits.
    fn replaces(&self) -> Option<(&str, u64)>;

    /// Tells who asked.
    fn reply(self: Box<Self>, end: store::Result<()>);
}

/// A [`Work`] made of a closure.
pub(super) struct Task<T, F> {
    pub(super) write: F,
    pub(super) wrote: Option<T>,
    pub(super) replaces: Option<(String, u64)>,
    pub(super) reply: oneshot::Sender<store::Result<T>>,
}

impl<T: Send, F: FnMut(&Connection) -> Result<T> + Send> Work for Task<T, F> {
    fn run(&mut self, db: &Connection) -> Result<()> {
        self.wrote = Some((self.write)(db)?);
        Ok(())
    }

    fn replaces(&self) -> Option<(&str, u64)> {
        self.replaces.as_ref().map(|(feed, stamp)| (feed.as_str(), *stamp))
    }

    fn reply(self: Box<Self>, end: store::Result<()>) {
        // Who asked may be gone; what was asked is done all the same.
        let Task { wrote, reply, .. } = *self;
        let _ = reply.send(end.and_then(|()| wrote.ok_or(Error::Closed)));
    }
}

type Job = Box<dyn Work>;

/// Starts the writer. It ends when the queue is closed, after what was queued before, and then
/// tells how keeping the notes went.
pub(super) fn start(
    opened: Opened,
    shared: Arc<Shared>,
    readers: Vec<JoinHandle<()>>,
) -> std::result::Result<(Queue<Job>, oneshot::Receiver<store::Result<()>>), OpenError> {
    let (queue, jobs) = Queue::new(ROOM);
    let (ended, end) = oneshot::channel();
    let Opened { db, path, lock } = opened;
    db.busy_timeout(LOOK_UP_EVERY).map_err(|error| OpenError::of(&path, error))?;
    let seen = data_version(&db).map_err(|error| OpenError::of(&path, error))?;
    let (flushed, looked) = (Instant::now(), Instant::now());
    let writer = Writer { db, path: path.clone(), shared, full: None, flushed, seen, looked, lock };
    let run = move || {
        let mut writer = writer;
        writer.work(&jobs);
        for reader in readers {
            let _ = reader.join(); // a reader that panicked has told who asked
        }
        let kept = writer.close();
        let _ = ended.send(kept); // nobody may be waiting
    };
    match thread::Builder::new().name("store-writer".into()).spawn(run) {
        Ok(_) => Ok((queue, end)),
        Err(error) => Err(OpenError::of_file(&path, &error)),
    }
}

struct Writer {
    db: Connection,
    path: PathBuf,
    shared: Arc<Shared>,
    /// When a transaction found no room last, until that is over; it is said once.
    full: Option<Instant>,
    /// When notes were last written, or there were none.
    flushed: Instant,
    /// Changes with every commit of another connection, and with none of this one.
    seen: i64,
    /// When it was asked for last.
    looked: Instant,
    lock: InstanceLock,
}

impl Writer {
    fn work(&mut self, jobs: &Receiver<Queued<Job>>) {
        loop {
            match jobs.recv_timeout(LOOK_AROUND_EVERY) {
                Ok(first) => self.write(iter::once(first).chain(jobs.try_iter()).take(ROOM).collect()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.flushed.elapsed() >= FLUSH_EVERY
                && let Err(error) = self.flush()
            {
                tracing::debug!(%error, "cannot keep when feeds were polled; trying again later");
            }
            if self.looked.elapsed() >= LOOK_AROUND_EVERY {
                self.look_around();
            }
        }
    }

    /// Notices what another process has written since the last look.
    fn look_around(&mut self) {
        self.looked = Instant::now();
        // Where it cannot be read, whoever reads or writes next says why.
        if let Ok(version) = data_version(&self.db)
            && std::mem::replace(&mut self.seen, version) != version
        {
            self.shared.memo.clear();
            self.shared.outside.send_modify(|times| *times += 1);
        }
    }

    /// Writes a group and what was noted in one transaction; where that fails, each in its own.
    fn write(&mut self, mut group: Vec<Queued<Job>>) {
        let notes = self.shared.notes.pending();
        match self.transaction(&mut group, &notes) {
            Ok(()) => {
                self.flushed = Instant::now();
                self.settle(&notes);
                for job in group {
                    self.answer(job, None);
                }
            }
            Err(error) if is_busy(&error) || (group.len() == 1 && notes.is_empty()) => {
                for job in group {
                    self.answer(job, Some(&error));
                }
            }
            Err(_) => {
                for mut job in group {
                    let end = self.transaction(std::slice::from_mut(&mut job), &[]);
                    self.answer(job, end.err().as_ref());
                }
            }
        }
    }

    /// Writes what was noted.
    fn flush(&mut self) -> store::Result<()> {
        self.flushed = Instant::now();
        let notes = self.shared.notes.pending();
        if !notes.is_empty() {
            self.transaction(&mut [], &notes).map_err(|error| error_of(&self.path, &error))?;
            self.settle(&notes);
        }
        Ok(())
    }

    fn transaction(&mut self, group: &mut [Queued<Job>], notes: &[Note]) -> Result<()> {
        self.begin()?;
        let end = write_all(&self.db, group, notes).and_then(|()| self.db.execute_batch("COMMIT"));
        if end.is_err() && !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK"); // it fails only where nothing is left to undo
        }
        self.announce(&end);
        end
    }

    /// Begins a transaction, however long another program (a backup) keeps the lock.
    fn begin(&self) -> Result<()> {
        let mut waited = false;
        loop {
            let begun = self.db.execute_batch("BEGIN IMMEDIATE");
            match &begun {
                Err(error) if is_busy(error) && !self.shared.closing.load(Ordering::Relaxed) => {
                    if !waited {
                        tracing::warn!(path = %self.path.display(), "another program keeps the database locked; waiting for it");
                    }
                    waited = true;
                }
                _ => {
                    if waited && begun.is_ok() {
                        tracing::info!(path = %self.path.display(), "the database is free again");
                    }
                    return begun;
                }
            }
        }
    }

    fn announce(&mut self, end: &Result<()>) {
        match end.as_ref().map_err(|error| error_of(&self.path, error)) {
            Err(error @ Error::Full { .. }) => {
                let said = self.full.replace(Instant::now()).is_some();
                if !said {
                    tracing::error!("{error}");
                }
            }
            // What is small may fit into a journal that has no room for what is large.
            Ok(()) if self.full.is_some_and(|refused| refused.elapsed() > CALM) => {
                self.full = None;
                tracing::info!(path = %self.path.display(), "there is room to write again");
            }
            _ => {}
        }
    }

    fn settle(&self, notes: &[Note]) {
        for note in notes {
            self.shared.notes.settle(&note.state.id, note.stamp);
        }
    }

    /// Tells who asked, after the memory of what was before is gone.
    fn answer(&self, job: Queued<Job>, error: Option<&rusqlite::Error>) {
        if error.is_none()
            && let Some((feed, stamp)) = job.item.replaces()
        {
            self.shared.notes.settle(feed, stamp);
            self.shared.memo.forget(feed);
        }
        job.item.reply(error.map_or(Ok(()), |error| Err(error_of(&self.path, error))));
    }

    fn close(mut self) -> store::Result<()> {
        let kept = self.flush();
        let closed = self.db.close().map_err(|(_, error)| error_of(&self.path, &error));
        drop(self.lock);
        kept.and(closed)
    }
}

/// Writes a group, then the notes that nothing in the group replaces.
fn write_all(db: &Connection, group: &mut [Queued<Job>], notes: &[Note]) -> Result<()> {
    for job in &mut *group {
        job.item.run(db)?;
    }
    let replaced: HashMap<_, _> = group.iter().filter_map(|job| job.item.replaces()).collect();
    for note in notes {
        if replaced.get(note.state.id.as_str()).is_none_or(|stamp| note.stamp > *stamp) {
            polls::put_feed(db, &note.state)?;
        }
    }
    Ok(())
}

fn data_version(db: &Connection) -> Result<i64> {
    db.pragma_query_value(None, "data_version", |row| row.get(0))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}
