//! What the archive holds, in the words of those who look through it.

use jiff::Timestamp;

use super::Match;

/// A stored entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// The store's own number; later entries have higher ones.
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
    /// What its feed said of its language, where that is known.
    pub language: Option<String>,
    /// Whether its text is still there.
    pub whole: bool,
}

/// Which entries are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Those that came then or later.
    pub since: Option<Timestamp>,
    /// Those that came before.
    pub until: Option<Timestamp>,
    /// Those of this feed.
    pub feed: Option<String>,
}

/// Where to look for entries: their numbers, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// Of the first.
    pub first: i64,
    /// Of the last; below the first where there are none.
    pub last: i64,
}

/// What was found late in a stored entry.
#[derive(Debug, Clone)]
pub struct Late {
    /// The entry.
    pub entry: i64,
    /// As it was when it was judged.
    pub title: String,
    /// As it was when it was judged.
    pub text: String,
    /// The ids of the entities that it names.
    pub entities: Vec<String>,
    /// The rules that hold.
    pub matches: Vec<Match>,
    /// Who is to be told of those that are not stored: subscriber and rule.
    pub alerts: Vec<(String, String)>,
}
