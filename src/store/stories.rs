//! Stories: which matched entry belongs to which, and what of them waits for a subscriber, in the
//! store's words.

use jiff::Timestamp;

/// A matched entry, as grouping reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouped {
    /// The store's own number.
    pub entry: i64,
    /// The feed's id.
    pub feed: String,
    /// Of the entry.
    pub title: String,
    /// Plain text of the entry.
    pub text: String,
    /// As the feed says.
    pub published: Option<Timestamp>,
    /// When rasid had it.
    pub fetched: Timestamp,
    /// The ids of the entities that it names.
    pub entities: Vec<String>,
    /// Where it stands already.
    pub place: Option<Place>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The id of the story's first entry.
    pub story: i64,
    /// The entry whose text it repeats.
    pub copy_of: Option<i64>,
}

/// Where an entry was placed, and what it brought to its story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The entry.
    pub entry: i64,
    /// Its story.
    pub place: Place,
    /// What the story's earlier entries did not have.
    pub novelty: Novelty,
}

/// What an entry brought to its story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Novelty {
    /// Names, as written.
    pub names: Vec<String>,
    /// Numbers, as written.
    pub numbers: Vec<String>,
    /// Where it is by the n-th independent outlet of the story: n.
    pub outlet: Option<u32>,
}

/// What waits for a subscriber, and what left before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// By their ids.
    pub stories: Vec<HeldStory>,
    /// When messages were made since the moment that was asked for, ascending.
    pub sent: Vec<Timestamp>,
    /// When the latest message was made.
    pub last: Option<Timestamp>,
}

/// A story of which alerts are held for a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldStory {
    /// The id of its first entry.
    pub story: i64,
    /// The rules of which the subscriber was told in it; none where it is new to them.
    pub told: Vec<String>,
    /// What is held of it, never empty.
    pub alerts: Vec<HeldAlert>,
}

/// One held alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldAlert {
    /// The entry.
    pub entry: i64,
    /// The rule that holds for it.
    pub rule: String,
    /// Since when.
    pub held: Timestamp,
    /// Whether it is of a feed's first poll.
    pub first_poll: bool,
    /// Whether the subscriber was told of the entry, under another rule.
    pub told: bool,
    /// Whether the entry has names or numbers that the story's earlier ones did not have.
    pub news: bool,
    /// Where the entry is by the n-th independent outlet of its story: n.
    pub outlet: Option<u32>,
}

/// All of a story, as it is for one subscriber.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// The id of its first entry.
    pub story: i64,
    /// Its entries in the order in which they came.
    pub entries: Vec<Member>,
    /// The rules of which the subscriber was told in it.
    pub told: Vec<String>,
    /// The Message-IDs of what told it to the subscriber, the first first.
    pub messages: Vec<String>,
    /// The subject of the first of them.
    pub subject: Option<String>,
}

/// An entry of a story, for one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The store's own number.
    pub entry: i64,
    /// The feed's id.
    pub feed: String,
    /// The title that the feed gives itself.
    pub feed_title: Option<String>,
    /// Of the entry.
    pub title: String,
    /// Of the entry.
    pub url: Option<String>,
    /// As the feed says.
    pub published: Option<Timestamp>,
    /// When rasid had it.
    pub fetched: Timestamp,
    /// Whether it repeats another's text.
    pub copy: bool,
    /// What it brought.
    pub novelty: Novelty,
    /// Whether the subscriber was told of it.
    pub told: bool,
}
