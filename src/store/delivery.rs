//! Held alerts and messages on their way, in the store's words.

use jiff::Timestamp;

use super::Match;

/// How much waits, for a status line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Alerts that no message holds yet.
    pub held: usize,
    /// Messages that were never attempted.
    pub due: usize,
    /// Messages that were attempted and wait.
    pub deferred: usize,
    /// When the oldest of all these messages was made.
    pub oldest: Option<Timestamp>,
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
    /// Another one where something else is held.
    pub fingerprint: i64,
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
    /// When the first of its alerts was held: its rules had been run.
    pub held: Timestamp,
    /// The entry whose text this one repeats.
    pub copy_of: Option<i64>,
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
    /// The subject, for those that follow it in a thread.
    pub subject: String,
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
    /// Never, says the relay; the reply is kept.
    Refused(String),
    /// Never, for another reason, which is kept.
    Failed(String),
    /// The relay could not be used; the message is due as it was, and the reason is kept.
    Untaken(String),
}

/// What became of messages that were under way, and how many are to be taken up next.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    /// The first of a process: what was under way when the last one ended is due again.
    pub first: bool,
    /// Attempts that ended.
    pub ended: Vec<Attempt>,
    /// Messages that were taken up and are not under way any more, without an attempt: due as they were.
    pub back: Vec<i64>,
    /// Messages that may be attempted and were made before then end, with this reason.
    pub outlived: Option<(Timestamp, String)>,
    /// So many are to be taken up.
    pub take: usize,
    /// None for these subscribers.
    pub except: Vec<String>,
}

impl Turn {
    /// Whether nothing is to be recorded.
    pub fn only_takes(&self) -> bool {
        !self.first && self.ended.is_empty() && self.back.is_empty() && self.outlived.is_none()
    }

    /// Whether messages are due again at once.
    pub fn gives_back(&self) -> bool {
        let untaken = |attempt: &Attempt| matches!(attempt.outcome, Outcome::Untaken(_));
        !self.back.is_empty() || self.ended.iter().any(untaken)
    }
}

/// What a turn brought.
#[derive(Debug, Default)]
pub struct Taken {
    /// Taken up, oldest first.
    pub messages: Vec<Message>,
    /// How many ended for their age; there may be more as long as this is not 0.
    pub outlived: usize,
    /// How many had been under way when the last process ended.
    pub interrupted: usize,
}
