//! What is kept: the words of the daemon in, durable facts out.
//!
//! [`Store`] speaks of polls, held alerts and messages, never of SQL. Every method that changes
//! something returns after it is on disk, and is carried out also where its future is dropped. One
//! transaction holds all of a poll: its entries, their matches, the alerts they cause and the feed's
//! new state, or none of it.
//!
//! An alert is *held* until a message tells it or its end is recorded; a message is *open* until an
//! attempt ends as sent or failed. Nothing leaves either state in any other way, so a kill between
//! any two calls loses nothing: what was rendered but not enqueued is rendered anew, what was
//! enqueued but not recorded is sent again as the same bytes.

use std::future::Future;

use jiff::Timestamp;

use crate::feed::Entry;
use crate::feed::identity::{Facets, Print};
use crate::fetch::Validators;
use crate::fetch::schedule::Rhythm;
use crate::fetch::watch::{Warning, Watch};
use crate::rules::Field;

pub mod sqlite;

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

    /// Fixes a message's bytes and marks the alerts of its entries as told, together. Refused
    /// (`Ok(false)`, nothing kept) where one of them is not held any more.
    fn enqueue(&self, message: NewMessage) -> impl Future<Output = Result<bool>> + Send;

    /// Open messages that may be attempted at `now`, oldest first, apart from `except`: those that
    /// are under way, or whose end could not be recorded yet.
    ///
    /// A message that was deferred under a clock that has since been set back is due.
    fn due(
        &self,
        now: Timestamp,
        except: &[i64],
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Message>>> + Send;

    /// When the first of the messages that are not due at `now` will be.
    fn next_attempt(&self, now: Timestamp) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    /// Records how attempts ended. A message that has ended stays as it ended.
    ///
    /// Where this fails after a relay's 250, ask again until it succeeds, and keep the message out
    /// of [`Store::due`] until then: sending it twice is worse than waiting.
    fn record(&self, attempts: Vec<Attempt>) -> impl Future<Output = Result<()>> + Send;

    /// When each subscriber's latest message was fixed.
    fn last_messages(&self) -> impl Future<Output = Result<Vec<(String, Timestamp)>>> + Send;

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

    /// Fixes the bytes of a message to the operator and marks the warnings of these feeds as told,
    /// together. Its `message_id` begins with [`REPORT`].
    fn report(&self, message: NewMessage, feeds: Vec<String>) -> impl Future<Output = Result<()>> + Send;

    /// How much waits.
    fn backlog(&self) -> impl Future<Output = Result<Backlog>> + Send;

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
    /// The store has been closed, or its thread has died; it does not come back by itself.
    #[error("the store is closed")]
    Closed,
}

/// What is remembered of a feed between polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// The feed's id in the config.
    pub id: String,
    /// The address (or path) these facts belong to, as in the config.
    pub source: String,
    /// Where a permanent redirect led.
    pub moved_to: Option<String>,
    /// Of the last document that was read.
    pub validators: Validators,
    /// When the schedule asks again.
    pub next_poll: Timestamp,
    /// Until when not even `--once` may ask: a backoff or Retry-After.
    pub hold_until: Option<Timestamp>,
    /// 410: not asked again until its address changes.
    pub gone: bool,
    /// In a row.
    pub failures: u32,
    /// Why the last poll failed, if it did.
    pub error: Option<String>,
    /// When a document (or 304) was last had; `None` means that no poll of this feed id has
    /// succeeded yet, so that the next one is its first.
    pub last_success: Option<Timestamp>,
    /// The title that the feed gives itself.
    pub title: Option<String>,
    /// When it brings entries.
    pub rhythm: Rhythm,
    /// What is usual with it.
    pub watch: Watch,
    /// What about it deserves a look.
    pub warning: Option<Warning>,
}

/// A stored entry under one of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The store's own number.
    pub entry: i64,
    /// The name, and a digest of what the entry says now.
    pub print: Print,
}

/// What a stored entry says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The store's own number.
    pub entry: i64,
    /// Plain text.
    pub title: String,
    /// Plain text.
    pub text: String,
    /// The rules that hold for it, or have held.
    pub rules: Vec<String>,
}

/// A stored entry that says something else now.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The store's own number.
    pub entry: i64,
    /// What it says now and what that matches; alerts are those of rules that never held before.
    pub new: NewEntry,
}

/// A warning that the operator was not told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The feed's id.
    pub feed: String,
    /// The title that the feed gives itself.
    pub title: Option<String>,
    /// What deserves a look.
    pub warning: Warning,
}

/// How much a feed brings, for those who read the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedActivity {
    /// Entries that came since, apart from those of a first poll.
    pub entries: usize,
    /// Where the counting begins.
    pub since: Timestamp,
    /// What became of its articles.
    pub articles: Articles,
}

/// How many articles of a feed are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Articles {
    /// Still to be had.
    pub owed: usize,
    /// They stand behind their entries' texts.
    pub had: usize,
    /// Given up.
    pub failed: usize,
}

impl FeedActivity {
    /// Entries a day; nothing while less than a day was counted.
    pub fn a_day(&self, now: Timestamp) -> Option<f64> {
        let days = now.duration_since(self.since).as_secs_f64() / 86_400.0;
        let entries = u32::try_from(self.entries).unwrap_or(u32::MAX);
        (days >= 1.0).then(|| f64::from(entries) / days)
    }
}

/// All that one poll brought.
#[derive(Debug, Clone)]
pub struct Poll {
    /// The feed's new state.
    pub state: FeedState,
    /// The new entries, in document order.
    pub entries: Vec<NewEntry>,
    /// New names of stored entries.
    pub aliases: Vec<(i64, Facets)>,
    /// Stored entries that were edited; what they said before is kept.
    pub edits: Vec<Edit>,
    /// When the answer was had.
    pub fetched: Timestamp,
    /// Whether this is the feed id's first successful poll.
    pub first: bool,
    /// Whether its new entries owe their articles.
    pub owes: Option<Owes>,
}

/// What is kept for the article of a new entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owes {
    /// What the feed says of its language.
    pub language: Option<String>,
}

/// Entries that owe their articles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owing {
    /// Those that may be asked for, one a feed.
    pub ready: Vec<Owed>,
    /// When the first of the others may.
    pub next: Option<Timestamp>,
}

/// An entry whose article has not been had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The store's own number.
    pub entry: i64,
    /// The feed's id.
    pub feed: String,
    /// Where the article is.
    pub url: String,
    /// Of the entry.
    pub title: String,
    /// Of the entry.
    pub text: String,
    /// When the entry came.
    pub since: Timestamp,
    /// So far.
    pub attempts: u32,
    /// Whether the entry is of a feed's first poll.
    pub first: bool,
    /// What the feed said of its language.
    pub language: Option<String>,
    /// The rules that hold for the entry.
    pub rules: Vec<String>,
}

/// What came of asking for one article.
#[derive(Debug, Clone)]
pub struct Article {
    /// The entry.
    pub entry: i64,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub page: Page,
}

/// How asking for an article ended.
#[derive(Debug, Clone)]
pub enum Page {
    /// It was had.
    Had {
        /// The entry's title and text as they were; where they are others by now, the article is owed again.
        title: String,
        /// See `title`.
        before: String,
        /// The entry's text with the article behind it.
        text: String,
        /// The ids of the entities that both name.
        entities: Vec<String>,
        /// The rules that hold for both.
        matches: Vec<Match>,
        /// Who is to be told of those that did not hold before: subscriber and rule.
        alerts: Vec<(String, String)>,
    },
    /// Not now.
    Later {
        /// Not before.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// Never; the entry counts without it.
    Failed(String),
}

impl Poll {
    /// A poll that brought no more than another state of its feed.
    pub fn of_state(state: FeedState, fetched: Timestamp) -> Poll {
        let (entries, aliases, edits) = (Vec::new(), Vec::new(), Vec::new());
        Poll { state, entries, aliases, edits, fetched, first: false, owes: None }
    }
}

/// An entry that was not stored before.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// As read.
    pub entry: Entry,
    /// Its names, and a digest of what it says.
    pub print: Print,
    /// The ids of the entities that it names, each once.
    pub entities: Vec<String>,
    /// The rules that hold.
    pub matches: Vec<Match>,
    /// Who is to be told of which of them: subscriber and rule.
    pub alerts: Vec<(String, String)>,
}

/// A rule that held for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The rule's id.
    pub rule: String,
    /// Where its terms stand in title and text.
    pub spans: Vec<Span>,
}

/// A place of a term, in code points of the entry's `title` or `text`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// Which of the two.
    pub field: Field,
    /// First code point.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// As the rule wrote it.
    pub term: String,
}

/// An entry for which a rule held, for those who read the archive.
#[derive(Debug, Clone)]
pub struct Matched {
    /// The store's own number; later entries have higher ones.
    pub id: i64,
    /// The feed's id.
    pub feed: String,
    /// The feed's address (or path), as in the config.
    pub source: String,
    /// The title that the feed gives itself.
    pub feed_title: Option<String>,
    /// Its names within the feed.
    pub facets: Facets,
    /// Of the entry.
    pub title: String,
    /// Of the entry.
    pub url: Option<String>,
    /// Plain text of the entry.
    pub text: String,
    /// As the feed says.
    pub published: Option<Timestamp>,
    /// When rasid had it.
    pub fetched: Timestamp,
    /// The ids of the entities that it names, in their order.
    pub entities: Vec<String>,
}

/// How much waits, for a status line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Alerts that no message holds yet.
    pub held: usize,
    /// Messages that were never attempted.
    pub due: usize,
    /// Messages that were attempted and wait.
    pub deferred: usize,
}

/// How many rows a poll really added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Entries.
    pub entries: usize,
    /// Alerts.
    pub alerts: usize,
}

/// A subscriber with alerts that no message holds yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Address.
    pub subscriber: String,
    /// When the oldest alert that is not of a first poll was held.
    pub since: Option<Timestamp>,
    /// When the oldest alert of a first poll was held.
    pub first_poll_since: Option<Timestamp>,
    /// Articles of those first polls that were not asked for yet.
    pub awaited: usize,
    /// How many entries.
    pub entries: usize,
}

/// An entry that a subscriber is to be told of, and why.
#[derive(Debug, Clone)]
pub struct HeldEntry {
    /// The store's own number.
    pub id: i64,
    /// The feed's id.
    pub feed: String,
    /// The title that the feed gives itself.
    pub feed_title: Option<String>,
    /// Of the entry.
    pub title: String,
    /// Of the entry.
    pub url: Option<String>,
    /// Plain text of the entry.
    pub text: String,
    /// As the feed says.
    pub published: Option<Timestamp>,
    /// When rasid had it.
    pub fetched: Timestamp,
    /// The rules this subscriber asked for that hold, with their places.
    pub matches: Vec<Match>,
}

/// A message whose bytes are about to be fixed.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Whom it is for, and whose held alerts it tells.
    pub subscriber: String,
    /// The Message-ID without angle brackets.
    pub message_id: String,
    /// All of it, headers and body, as SMTP will carry it.
    pub bytes: Vec<u8>,
    /// What it tells: entry and rules.
    pub tells: Vec<(i64, Vec<String>)>,
    /// When.
    pub created: Timestamp,
}

/// A message on its way.
#[derive(Debug, Clone)]
pub struct Message {
    /// The store's own number.
    pub id: i64,
    /// Whom it is for.
    pub subscriber: String,
    /// Without angle brackets.
    pub message_id: String,
    /// What every attempt sends.
    pub bytes: Vec<u8>,
    /// When the bytes were fixed.
    pub created: Timestamp,
    /// So far.
    pub attempts: u32,
}

/// How one attempt to send a message ended.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The message.
    pub message: i64,
    /// When.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted; the reply is kept.
    Sent(String),
    /// Not now; the message alone waits.
    Deferred {
        /// Not before.
        until: Timestamp,
        /// The reply.
        reason: String,
    },
    /// Never; the reply is kept.
    Failed(String),
}
