//! What a message tells: stories, each with what is new of it and who told it before. Pure values,
//! drawn up by whoever gathers and written out by [`crate::mail::message`].

use jiff::Timestamp;

use crate::store::HeldEntry;

/// One story, as a message tells it.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The id of the story's first entry.
    pub story: i64,
    /// What this message tells, never empty: the first in full, the others listed.
    pub entries: Vec<HeldEntry>,
    /// The story's first entry, where that is not the first of `entries`.
    pub first: Option<Sighting>,
    /// Independent outlets so far; copies count once.
    pub outlets: u32,
    /// Others of the story, which this subscriber was told of or had no rule for, oldest first.
    pub followed: Vec<Sighting>,
    /// Whether an earlier message told the story to this subscriber.
    pub told_before: bool,
    /// What the entries add to what was told.
    pub news: News,
}

/// What a follow-up adds to its story, as written, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Names that no earlier entry had.
    pub names: Vec<String>,
    /// Numbers that no earlier entry had.
    pub numbers: Vec<String>,
    /// Ids of rules that this subscriber was not told of yet.
    pub rules: Vec<String>,
    /// How many independent outlets tell it by now, where that is news.
    pub outlets: Option<u32>,
}

/// An entry of a story that is only mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The feed's id.
    pub feed: String,
    /// The title that the feed gives itself.
    pub feed_title: Option<String>,
    /// When it was published, or had where that is not to be believed.
    pub time: Timestamp,
    /// Its headline.
    pub title: String,
    /// Where it is.
    pub url: Option<String>,
    /// Whether its text repeats an earlier entry's.
    pub copy: bool,
}

/// The mails to which a message belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Message-IDs without angle brackets, the first first; never empty.
    pub references: Vec<String>,
    /// The subject of the first of them.
    pub subject: String,
}

impl Telling {
    /// An entry that stands alone.
    pub fn alone(entry: HeldEntry) -> Telling {
        Telling {
            story: entry.id,
            entries: vec![entry],
            first: None,
            outlets: 1,
            followed: Vec::new(),
            told_before: false,
            news: News::default(),
        }
    }
}
