//! What subscribers say of entries they were told of, in the store's words.

use jiff::Timestamp;

/// What a subscriber says of an entry that rules brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// As [`crate::alert::name`] gives it.
    pub subscriber: String,
    /// The store's own number.
    pub entry: i64,
    /// The rules that are meant; all that brought it, where `None`.
    pub rules: Option<Vec<String>>,
    /// Whether it was worth an alert; `None` takes back what was said.
    pub relevant: Option<bool>,
    /// When.
    pub at: Timestamp,
}

/// What a subscriber was told of one entry, and said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Of the entry.
    pub title: String,
    /// The rules for which the subscriber was to be told of it, and whether each was right.
    pub rules: Vec<(String, Option<bool>)>,
}
