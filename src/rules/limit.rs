//! Whose entries a rule looks at: where an entry comes from in, whether a rule is meant for it out.
//!
//! A limit that names nothing admits everything. Matching itself never asks: what holds for a text
//! holds wherever it was published.

mod language;

/// The feeds that a rule is meant for. What is there has to be met, each list by one of its items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// Ids of feeds.
    pub feeds: Vec<String>,
    /// Tags of feeds; subscribers ask for the rule by them, too.
    pub tags: Vec<String>,
    /// Languages as two or three letters, such as `ar`.
    pub languages: Vec<String>,
}

/// Where an entry comes from, and its text.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The id of its feed.
    pub feed: &'a str,
    /// Those of its feed.
    pub tags: &'a [String],
    /// What its feed says of its language, such as `ar-iq`.
    pub language: Option<&'a str>,
    /// The entry's.
    pub title: &'a str,
    /// The entry's.
    pub text: &'a str,
}

impl Limits {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.feeds.is_empty() && self.tags.is_empty() && self.languages.is_empty()
    }

    /// Whether an entry is one that the rule is meant for.
    pub fn admit(&self, origin: &Origin<'_>) -> bool {
        let feed = self.feeds.is_empty() || self.feeds.iter().any(|feed| feed == origin.feed);
        let tagged = self.tags.is_empty() || self.tags.iter().any(|tag| origin.tags.contains(tag));
        feed && tagged && (self.languages.is_empty() || language::is_one_of(&self.languages, origin))
    }
}
