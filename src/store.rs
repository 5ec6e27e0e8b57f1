//! What is kept: the words of the daemon in, durable facts out.
//!
//! [`Store`] speaks of polls, held alerts and messages, never of SQL. Every method that changes
//! something returns after it is on disk, and is carried out also where its future is dropped. One
//! transaction holds all of a poll: its entries, their matches, the alerts they cause and the feed's
//! new state, or none of it.
//!
//! An alert is *held* until a message tells it or its end is recorded; a message is *open* (due, sending or
//! deferred) until an attempt ends as sent or failed, or an administrator drops it. Nothing leaves either state in any other way, so a kill between
//! any two calls loses nothing: what was rendered but not enqueued is rendered anew, what was
//! enqueued but not recorded is sent again as the same bytes.

use std::future::Future;
use std::path::PathBuf;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::feed::identity::Facets;

mod archived;
mod articles;
mod delivery;
mod judgements;
mod ledger;
mod polls;
pub mod sqlite;
mod upkeep;

mod stories;
mod subscribers;

pub use archived::{Archived, Late, Numbers, Stretch};
pub use articles::{Article, Articles, Owed, Owes, Owing, Page};
pub use delivery::{Attempt, Backlog, Held, HeldEntry, Message, NewMessage, Outcome, Taken, Turn};
pub use judgements::{Judged, Judgement};
pub use ledger::{Again, Happened, MessageState, Posted, Record, Unmoved};
pub use polls::{
    Committed, Content, Edit, FeedActivity, FeedState, Known, Match, Matched, NewEntry, Poll, Span, Untold,
};
pub use upkeep::{Bounds, Pruned, Space, Work};

pub use subscribers::{
    Choice, Choices, NewSignup, Refused, Roll, SignedUp, Signup, SignupLimits, Suspension, Wish,
};

pub use stories::{Grouped, HeldAlert, HeldStory, Member, Novelty, Place, Placed, Story, Waiting};

/// What the daemon asks of a store. Cheap to clone; clones share the store.
pub trait Store: Clone + Send + Sync + 'static {
    /// The state of every feed that was ever polled.
    fn feeds(&self) -> impl Future<Output = Result<Vec<FeedState>>> + Send;

    /// The stored entries of a feed that share a guid or a link with one of `facets`, each under every
    /// name that it had; where most of `facets` share neither with any, also those that share a title.
    ///
    /// A guid or link that very many stored entries share (a feed without links) is answered with
    /// some of them; those that agree in one more facet still come first.
    fn known(&self, feed: &str, facets: &[Facets]) -> impl Future<Output = Result<Vec<Known>>> + Send;

    /// What these entries say now, in no order; those that are not stored are left out.
    fn contents(&self, entries: Vec<i64>) -> impl Future<Output = Result<Vec<Content>>> + Send;

    /// Keeps all that a poll brought, together or not at all. An entry that is stored already
    /// (all three facets agree) is left alone with its matches and alerts.
    fn commit(&self, poll: Poll) -> impl Future<Output = Result<Committed>> + Send;

    /// Keeps a feed's new state within ten seconds, and before [`Store::close`] returns. For polls
    /// that brought nothing; a later `commit` of the same feed supersedes it.
    fn note(&self, state: FeedState);

    /// Who has alerts that no message holds yet.
    fn held(&self) -> impl Future<Output = Result<Vec<Held>>> + Send;

    /// Those alerts of one subscriber: the oldest `limit` entries, each with all of its rules.
    fn held_for(&self, subscriber: &str, limit: usize)
    -> impl Future<Output = Result<Vec<HeldEntry>>> + Send;

    /// Those alerts of so many of these entries, as [`Store::held_for`] gives them.
    fn held_of(
        &self,
        subscriber: &str,
        entries: Vec<i64>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<HeldEntry>>> + Send;

    /// Matched entries that have no place in a story yet: the first `limit` of them.
    fn unplaced(&self, limit: usize) -> impl Future<Output = Result<Vec<Grouped>>> + Send;

    /// Entries that were placed at `since` or later and come behind `after`: the first `limit` of them.
    fn placed(
        &self,
        since: Timestamp,
        after: i64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Grouped>>> + Send;

    /// Keeps where entries stand, together. One that stands somewhere stays there.
    fn place(&self, entries: Vec<Placed>, at: Timestamp) -> impl Future<Output = Result<()>> + Send;

    /// What waits for a subscriber, story by story, and what was made for them after `sent_since`, apart from
    /// [`Store::report`]. With `alone` every entry is a story of its own, of which nothing was told.
    fn waiting(
        &self,
        subscriber: &str,
        sent_since: Timestamp,
        alone: bool,
    ) -> impl Future<Output = Result<Waiting>> + Send;

    /// Stories as they are for a subscriber, in the order asked for.
    fn stories(&self, subscriber: &str, asked: Vec<i64>) -> impl Future<Output = Result<Vec<Story>>> + Send;

    /// Fixes a message's bytes and marks the alerts of its entries as told, together. Refused
    /// (`Ok(false)`, nothing kept) where one of them is not held any more.
    fn enqueue(&self, message: NewMessage) -> impl Future<Output = Result<bool>> + Send;

    /// Open messages that may be attempted at `now`, oldest first; those that are under way are not
    /// among them.
    ///
    /// A message that was deferred under a clock that has since been set back is due.
    fn due(&self, now: Timestamp, limit: usize) -> impl Future<Output = Result<Vec<Message>>> + Send;

    /// Records what came of messages that were under way, and takes up others, which are under way from
    /// then on, all in one commit. What is under way when the process ends is due after the next one's
    /// first turn.
    ///
    /// Where this fails after a relay's 250, ask again until it succeeds, and send nothing meanwhile:
    /// sending twice is worse than waiting.
    fn turn(&self, now: Timestamp, turn: Turn) -> impl Future<Output = Result<Taken>> + Send;

    /// When the first of the messages that are not due at `now` will be.
    fn next_attempt(&self, now: Timestamp) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    /// Records how attempts ended, as [`Store::turn`] does. A message that has ended stays as it ended,
    /// unless a relay has taken it over.
    fn record(&self, attempts: Vec<Attempt>) -> impl Future<Output = Result<()>> + Send;

    /// Ends alerts that nobody will be told of, with the reason.
    fn end_held(&self, subscriber: &str, reason: &str) -> impl Future<Output = Result<usize>> + Send;

    /// The first entry of each feed whose article may be asked for at `now`, apart from `except`: those
    /// that are under way, or whose end could not be recorded yet.
    fn owed(&self, now: Timestamp, except: &[i64]) -> impl Future<Output = Result<Owing>> + Send;

    /// Keeps what came of asking for articles, together: the text behind the entry's own, what it
    /// matches and the alerts that causes. An article that is not owed any more is left alone.
    fn settle(&self, articles: Vec<Article>) -> impl Future<Output = Result<Committed>> + Send;

    /// The warnings of feeds that the operator was not told of yet, and when the last message of
    /// [`Store::report`] was made.
    fn untold(&self) -> impl Future<Output = Result<(Vec<Untold>, Option<Timestamp>)>> + Send;

    /// Fixes the bytes of a message to the operator and marks these warnings as told, apart from those
    /// that another has replaced, together. Its `message_id` begins with [`REPORT`].
    fn report(&self, message: NewMessage, told: Vec<Untold>) -> impl Future<Output = Result<()>> + Send;

    /// Forgets a little of what may go, in a few milliseconds; the names of entries stay, so that none
    /// comes back as new.
    fn prune(&self, bounds: Bounds) -> impl Future<Output = Result<Pruned>> + Send;

    /// How much room what is stored takes.
    fn space(&self) -> impl Future<Output = Result<Space>> + Send;

    /// Gives a little of the free room back to the file system; whether there is more to give.
    fn give_back(&self) -> impl Future<Output = Result<bool>> + Send;

    /// Copies all that is stored into `directory`, under a name made of `now`, and keeps the newest `keep`
    /// of such copies. Others are served meanwhile.
    fn back_up(
        &self,
        directory: PathBuf,
        keep: usize,
        now: Timestamp,
    ) -> impl Future<Output = Result<PathBuf>> + Send;

    /// When some work was last done.
    fn last_done(&self, work: Work) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    /// Keeps that some work was done.
    fn done(&self, work: Work, at: Timestamp) -> impl Future<Output = Result<()>> + Send;

    /// The secret that signs links: made when it is first asked for, and the same ever after.
    fn key(&self) -> impl Future<Output = Result<[u8; 32]>> + Send;

    /// What subscribers chose, and who signed up.
    fn roll(&self) -> impl Future<Output = Result<Roll>> + Send;

    /// Keeps what a subscriber chose, and ends the held alerts that it ends; whether it changed anything.
    fn choose(
        &self,
        subscriber: &str,
        choice: Choice,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// What a subscriber was told of an entry, and said of it; `None` where it told them nothing, or is gone.
    fn judged(&self, subscriber: &str, entry: i64) -> impl Future<Output = Result<Option<Judged>>> + Send;

    /// Keeps what a subscriber says of an entry; rules that did not bring it to them are left out. Whether
    /// that changed anything.
    fn judge(&self, judgement: Judgement) -> impl Future<Output = Result<bool>> + Send;

    /// Ends held alerts of stories that their subscribers muted; how many.
    fn end_muted(&self) -> impl Future<Output = Result<usize>> + Send;

    /// Fixes the bytes of a message that tells no alert.
    fn post(&self, message: NewMessage) -> impl Future<Output = Result<()>> + Send;

    /// Marks that the operator is told of the suspension of a subscriber, by this message where there is
    /// one, together.
    fn tell_suspended(
        &self,
        subscriber: &str,
        message: Option<NewMessage>,
        at: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Keeps that somebody wants to sign up, within the limits.
    fn sign_up(
        &self,
        signup: NewSignup,
        limits: SignupLimits,
    ) -> impl Future<Output = Result<SignedUp>> + Send;

    /// Who asked under this number, what they wish, and whether they have confirmed it; `None` where they
    /// have not and asked before `expired`.
    fn asked(
        &self,
        signup: i64,
        expired: Timestamp,
    ) -> impl Future<Output = Result<Option<(String, Wish, bool)>>> + Send;

    /// Makes who asked under this number a subscriber, in place of what they asked for before, and undoes
    /// that they unsubscribed; whether that is new.
    fn confirm(&self, signup: i64, at: Timestamp) -> impl Future<Output = Result<bool>> + Send;

    /// How much waits.
    fn backlog(&self) -> impl Future<Output = Result<Backlog>> + Send;

    /// Grows within two seconds after another process has written, such as a command beside the daemon.
    /// What it wrote is found by asking.
    fn outside(&self) -> watch::Receiver<u64>;

    /// Proves that the database answers.
    fn ping(&self) -> impl Future<Output = Result<()>> + Send;

    /// Keeps what was noted and lets go of the files; whatever is asked later is [`Error::Closed`].
    fn close(&self) -> impl Future<Output = Result<()>> + Send;
}

/// How the Message-ID of a message to the operator begins.
pub const REPORT: &str = "report.";

/// The answer of a store.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a store could not do it. `Display` is one line for the administrator.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk, a quota or a limit on file sizes is full; nothing was kept, trying again later may work.
    #[error(
        "{path}: no room to write (disk, quota or file-size limit); free some space and rasid goes on by itself"
    )]
    Full {
        /// The database.
        path: String,
    },
    /// Anything else that SQLite says; nothing was kept.
    #[error("{path}: {message}")]
    Failed {
        /// The database.
        path: String,
        /// What SQLite says.
        message: String,
    },
    /// A copy could not be made; what is stored is untouched.
    #[error("{0}")]
    Backup(String),
    /// The store has been closed, or its thread has died; it does not come back by itself.
    #[error("the store is closed")]
    Closed,
}
