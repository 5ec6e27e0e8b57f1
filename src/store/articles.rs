//! Whole articles that entries owe, in the store's words.

use jiff::Timestamp;

use super::Match;

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
        /// Under which words both are found, as [`crate::text::key::all`] gives them.
        words: String,
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
