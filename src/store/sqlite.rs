//! The store in one SQLite file: one `writer`, a few `reader`s beside it, all on threads of
//! their own. Async callers hand over closures and wait; none of them touches a file.
//!
//! The SQL stands in `polls`, `outbox` and `archive`, the tables in `migrations/`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use self::error::error_of;
use self::memo::Recalled;
use self::queue::Queue;
use self::reader::Question;
use self::writer::{Shared, Task, Work};
use super::{
    Article, Attempt, Backlog, Bounds, Choice, Committed, Content, Error, FeedState, Grouped, Held,
    HeldEntry, Known, Message, NewMessage, NewSignup, Owing, Placed, Poll, Pruned, Result, Roll, SignedUp,
    SignupLimits, Space, Store, Story, Taken, Turn, Untold, Waiting, Wish,
};
use crate::feed::identity::Facets;

pub use self::archive::Archive;
pub use self::backup::{back_up, restore};
pub use self::beside::Beside;
pub use self::check::{Checked, whole as check};
pub use self::error::OpenError;
pub use self::judgements::Verdicts;
pub use self::pages::{Kept, KeptMatch, KeptMessage};
pub use self::tally::{Days, Tally};
pub use self::vacuum::rewrite;

mod archive;
mod articles;
mod backup;
mod beside;
mod check;
mod codec;
mod edits;
mod error;
mod files;
mod index;
mod judgements;
mod known;
mod ledger;
mod lock;
mod look;
mod memo;
mod messages;
mod notes;
mod open;
mod outbox;
mod pages;
mod polls;
mod prune;
mod queue;
mod reader;
mod rescan;
mod schema;
mod stories;
mod subscribers;
mod tally;
mod told;
mod vacuum;
mod writer;

/// A [`Store`] in one SQLite file. The file is held by one store at a time.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

struct Inner {
    path: PathBuf,
    shared: Arc<Shared>,
    writer: Queue<Box<dyn Work>>,
    readers: Queue<Question>,
    /// What the writer says when it has ended.
    end: Mutex<Option<oneshot::Receiver<Result<()>>>>,
}

impl SqliteStore {
    /// Opens the database at `path`, made where there is none, brought forward where it is of an
    /// earlier schema. Blocks while it does so. The directory must exist.
    pub fn open(path: &Path) -> std::result::Result<SqliteStore, OpenError> {
        let opened = open::open(path)?;
        let path = opened.path.clone();
        let is_unindexed = index::unindexed(&opened.db).map_err(|error| OpenError::of(&path, error))? > 0;
        let shared = Arc::new(Shared::default());
        let (readers, threads) = reader::start(&path)?;
        let (writer, end) = writer::start(opened, Arc::clone(&shared), threads)?;
        let store = Arc::new(Inner { path, shared, writer, readers, end: Mutex::new(Some(end)) });
        if is_unindexed {
            index::start(Arc::downgrade(&store)).map_err(|error| OpenError::of_file(&store.path, &error))?;
        }
        Ok(SqliteStore(store))
    }

    /// Where the database is, without links.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Asks a reader.
    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let question: Question = Box::new(move |db| {
            let _ = reply.send(ask(db)); // who asked may be gone
        });
        self.0.readers.push(question).await?;
        answer.await.map_err(|_| Error::Closed)?.map_err(|error| error_of(&self.0.path, &error))
    }

    /// Has the writer write, and waits until it is durable.
    async fn write<T: Send + 'static>(
        &self,
        write: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
        replaces: Option<(String, u64)>,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.0.writer.push(Box::new(Task { write, wrote: None, replaces, reply })).await?;
        answer.await.map_err(|_| Error::Closed)?
    }
}

impl Store for SqliteStore {
    async fn feeds(&self) -> Result<Vec<FeedState>> {
        // Asked for first: what is written while we read is in what we read.
        let noted = self.0.shared.notes.pending();
        let mut noted: HashMap<_, _> =
            noted.into_iter().map(|note| (note.state.id.clone(), note.state)).collect();
        let stored = self.read(polls::feeds).await?;
        let mut states: Vec<_> =
            stored.into_iter().map(|state| noted.remove(&state.id).unwrap_or(state)).collect();
        states.extend(noted.into_values());
        Ok(states)
    }

    async fn known(&self, feed: &str, facets: &[Facets]) -> Result<Vec<Known>> {
        let ticket = match self.0.shared.memo.recall(feed, facets) {
            Recalled::Answer(answer) => return Ok(answer),
            Recalled::Ask(ticket) => ticket,
        };
        let (name, document) = (feed.to_owned(), facets.to_vec());
        let answer = self.read(move |db| known::known(db, &name, &document)).await?;
        self.0.shared.memo.learn(feed, &ticket, &answer);
        Ok(answer)
    }

    async fn contents(&self, entries: Vec<i64>) -> Result<Vec<Content>> {
        self.read(move |db| edits::contents(db, &entries)).await
    }

    async fn commit(&self, poll: Poll) -> Result<Committed> {
        let replaces = (poll.state.id.clone(), self.0.shared.notes.stamp());
        self.write(move |db| polls::commit(db, &poll), Some(replaces)).await
    }

    fn note(&self, state: FeedState) {
        self.0.shared.notes.add(state);
    }

    async fn held(&self) -> Result<Vec<Held>> {
        self.read(outbox::held).await
    }

    async fn unplaced(&self, limit: usize) -> Result<Vec<Grouped>> {
        self.read(move |db| stories::unplaced(db, limit)).await
    }

    async fn placed(&self, since: Timestamp, after: i64, limit: usize) -> Result<Vec<Grouped>> {
        self.read(move |db| stories::placed(db, since, after, limit)).await
    }

    async fn place(&self, entries: Vec<Placed>, at: Timestamp) -> Result<()> {
        self.write(move |db| stories::place(db, &entries, at), None).await
    }

    async fn waiting(&self, subscriber: &str, sent_since: Timestamp, alone: bool) -> Result<Waiting> {
        let subscriber = subscriber.to_owned();
        self.read(move |db| stories::waiting(db, &subscriber, sent_since, alone)).await
    }

    async fn stories(&self, subscriber: &str, asked: Vec<i64>) -> Result<Vec<Story>> {
        let subscriber = subscriber.to_owned();
        self.read(move |db| stories::stories(db, &subscriber, &asked)).await
    }

    async fn held_of(&self, subscriber: &str, entries: Vec<i64>, limit: usize) -> Result<Vec<HeldEntry>> {
        let subscriber = subscriber.to_owned();
        self.read(move |db| outbox::held_of(db, &subscriber, &entries, limit)).await
    }

    async fn held_for(&self, subscriber: &str, limit: usize) -> Result<Vec<HeldEntry>> {
        let subscriber = subscriber.to_owned();
        self.read(move |db| outbox::held_for(db, &subscriber, limit)).await
    }

    async fn enqueue(&self, message: NewMessage) -> Result<bool> {
        self.write(move |db| outbox::enqueue(db, &message), None).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Message>> {
        self.read(move |db| messages::due(db, now, &[], limit)).await
    }

    async fn turn(&self, now: Timestamp, turn: Turn) -> Result<Taken> {
        // To find nothing needs no transaction.
        if turn.only_takes() && self.due(now, 1).await?.is_empty() {
            return Ok(Taken::default());
        }
        self.write(move |db| messages::turn(db, now, &turn), None).await
    }

    async fn next_attempt(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.read(move |db| messages::next_attempt(db, now)).await
    }

    async fn record(&self, attempts: Vec<Attempt>) -> Result<()> {
        self.write(move |db| messages::record(db, &attempts), None).await
    }

    async fn end_held(&self, subscriber: &str, reason: &str) -> Result<usize> {
        let (subscriber, reason) = (subscriber.to_owned(), reason.to_owned());
        self.write(move |db| outbox::end_held(db, &subscriber, &reason), None).await
    }

    async fn owed(&self, now: Timestamp, except: &[i64]) -> Result<Owing> {
        let except = except.to_vec();
        self.read(move |db| articles::owed(db, now, &except)).await
    }

    async fn settle(&self, articles: Vec<Article>) -> Result<Committed> {
        self.write(move |db| articles::settle(db, &articles), None).await
    }

    async fn untold(&self) -> Result<(Vec<Untold>, Option<Timestamp>)> {
        self.read(outbox::untold).await
    }

    async fn report(&self, message: NewMessage, told: Vec<Untold>) -> Result<()> {
        self.write(move |db| outbox::report(db, &message, &told), None).await
    }

    async fn prune(&self, bounds: Bounds) -> Result<Pruned> {
        self.write(move |db| prune::step(db, &bounds), None).await
    }

    async fn space(&self) -> Result<Space> {
        self.read(prune::space).await
    }

    async fn give_back(&self) -> Result<bool> {
        let more = self.write(prune::give_back, None).await?;
        if !more {
            self.read(prune::cut).await?;
        }
        Ok(more)
    }

    async fn back_up(&self, directory: PathBuf, keep: usize, now: Timestamp) -> Result<PathBuf> {
        let (reply, answer) = oneshot::channel();
        let database = self.0.path.clone();
        // A thread of its own: the readers have others to answer meanwhile.
        let thread = std::thread::Builder::new().name("store-backup".into()).spawn(move || {
            let _ = reply.send(backup::daily(&database, &directory, keep, now)); // who asked may be gone
        });
        let failed = |message: String| Error::Backup(message);
        thread.map_err(|error| failed(error.to_string()))?;
        answer.await.map_err(|_| Error::Closed)?.map_err(|error| failed(error.to_string()))
    }

    async fn last_done(&self, work: super::Work) -> Result<Option<Timestamp>> {
        self.read(move |db| prune::done(db, work)).await
    }

    async fn done(&self, work: super::Work, at: Timestamp) -> Result<()> {
        self.write(move |db| prune::put_done(db, work, at), None).await
    }

    async fn key(&self) -> Result<[u8; 32]> {
        let mut fresh = [0; 32];
        if let Err(error) = getrandom::fill(&mut fresh) {
            let path = self.0.path.display().to_string();
            return Err(Error::Failed { path, message: format!("no random key for links: {error}") });
        }
        self.write(move |db| subscribers::key(db, "links", fresh), None).await
    }

    async fn roll(&self) -> Result<Roll> {
        self.read(subscribers::roll).await
    }

    async fn choose(&self, subscriber: &str, choice: Choice, at: Timestamp) -> Result<bool> {
        let subscriber = subscriber.to_owned();
        self.write(move |db| subscribers::choose(db, &subscriber, choice, at), None).await
    }

    async fn judged(&self, subscriber: &str, entry: i64) -> Result<Option<super::Judged>> {
        let subscriber = subscriber.to_owned();
        self.read(move |db| judgements::judged(db, &subscriber, entry)).await
    }

    async fn judge(&self, judgement: super::Judgement) -> Result<bool> {
        self.write(move |db| judgements::judge(db, &judgement), None).await
    }

    async fn end_muted(&self) -> Result<usize> {
        self.write(subscribers::end_muted, None).await
    }

    async fn post(&self, message: NewMessage) -> Result<()> {
        self.write(move |db| messages::put(db, &message).map(drop), None).await
    }

    async fn tell_suspended(
        &self,
        subscriber: &str,
        message: Option<NewMessage>,
        at: Timestamp,
    ) -> Result<()> {
        let subscriber = subscriber.to_owned();
        self.write(move |db| subscribers::tell_suspended(db, &subscriber, message.as_ref(), at), None).await
    }

    async fn sign_up(&self, signup: NewSignup, limits: SignupLimits) -> Result<SignedUp> {
        self.write(move |db| subscribers::sign_up(db, &signup, &limits), None).await
    }

    async fn asked(&self, signup: i64, expired: Timestamp) -> Result<Option<(String, Wish, bool)>> {
        self.read(move |db| subscribers::asked(db, signup, expired)).await
    }

    async fn confirm(&self, signup: i64, at: Timestamp) -> Result<bool> {
        self.write(move |db| subscribers::confirm(db, signup, at), None).await
    }

    async fn backlog(&self) -> Result<Backlog> {
        self.read(outbox::backlog).await
    }

    fn outside(&self) -> watch::Receiver<u64> {
        self.0.shared.outside.subscribe()
    }

    async fn ping(&self) -> Result<()> {
        self.read(|db| db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))).await
    }

    async fn close(&self) -> Result<()> {
        let end = self.0.end.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(Error::Closed)?;
        self.0.shared.closing.store(true, Ordering::Relaxed);
        self.0.readers.close();
        self.0.writer.close();
        end.await.map_err(|_| Error::Closed)?
    }
}
