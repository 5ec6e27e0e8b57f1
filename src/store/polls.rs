//! What a poll keeps: feeds, entries and what matched, in the store's words.

use jiff::Timestamp;

use super::{Articles, Owes};
use crate::feed::Entry;
use crate::feed::identity::{Facets, Print};
use crate::fetch::Validators;
use crate::fetch::schedule::Rhythm;
use crate::fetch::watch::{Warning, Watch};
use crate::rules::Field;

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
    /// Under which words it is found, as [`crate::text::key::all`] gives them.
    pub words: String,
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

/// How many rows a poll really added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Entries.
    pub entries: usize,
    /// Alerts.
    pub alerts: usize,
}
