//! What an administrator is shown of messages, and what they may do to one.

use jiff::Timestamp;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageState {
    /// Waits for its first attempt, or for another at once.
    Due,
    /// Taken up by the daemon.
    Sending,
    /// Put off; has a time before which it is not attempted.
    Deferred,
    /// Taken over by the relay.
    Sent,
    /// Ended without that.
    Failed,
}

impl MessageState {
    /// All of them.
    pub const ALL: [MessageState; 5] = [
        MessageState::Sending,
        MessageState::Due,
        MessageState::Deferred,
        MessageState::Failed,
        MessageState::Sent,
    ];

    /// As it is called everywhere.
    pub fn name(self) -> &'static str {
        match self {
            MessageState::Due => "due",
            MessageState::Sending => "sending",
            MessageState::Deferred => "deferred",
            MessageState::Sent => "sent",
            MessageState::Failed => "failed",
        }
    }
}

/// One message of the outbox.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The store's own number.
    pub id: i64,
    /// Where it stands.
    pub state: MessageState,
    /// Whom it is for.
    pub subscriber: String,
    /// Without angle brackets.
    pub message_id: String,
    /// When its bytes were fixed.
    pub created: Timestamp,
    /// Attempts that concerned it, since it was last set to begin anew.
    pub attempts: u32,
    /// The last attempt.
    pub attempted: Option<Timestamp>,
    /// Not before then, where it is deferred.
    pub not_before: Option<Timestamp>,
    /// What the relay said last, or why the message ended.
    pub reply: Option<String>,
    /// How many bytes it has; none where they were too old to keep.
    pub size: usize,
}

/// Something that happened to a message.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// `sent`, `deferred`, `refused`, `failed`; `relay` where the relay could not be used; `interrupted` where
    /// rasid ended meanwhile; `retried` and `dropped` by an administrator.
    pub what: String,
    /// What was said.
    pub reply: String,
}

/// A message with all that is kept of it.
#[derive(Debug, Clone)]
pub struct Record {
    /// How it stands.
    pub message: Posted,
    /// Headers and body; empty where they were too old to keep.
    pub bytes: Vec<u8>,
    /// Oldest first.
    pub happened: Vec<Happened>,
}

/// Which messages are to be tried again.
#[derive(Debug, Clone)]
pub enum Again {
    /// These.
    These(Vec<i64>),
    /// All that have failed, but for those that were dropped.
    Failed,
    /// The same, and all that wait.
    All,
}

/// Why a message cannot be tried again, or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// There is none with this number.
    #[error("there is no such message")]
    Unknown,
    /// The relay has it.
    #[error("the relay has taken it over")]
    Sent,
    /// The daemon has it in hand.
    #[error("it is being sent at this moment; look again in a while")]
    Sending,
    /// It has ended already.
    #[error("it has ended already")]
    Ended,
    /// Its bytes were too old to keep.
    #[error("its text was too old to keep")]
    Bare,
}
