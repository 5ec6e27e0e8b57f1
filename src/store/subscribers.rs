//! What subscribers chose and who signed up, in the store's words.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Time;

use crate::config::{Delivery, Language, Subscription};

/// What somebody chose, or what befell the address. Wins over the config.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// Since when they want no mail.
    pub unsubscribed: Option<Timestamp>,
    /// They want none before.
    pub paused_until: Option<Timestamp>,
    /// Since when they want one mail a day.
    pub digest: Option<Timestamp>,
    /// The stories that they want no more of, by the id of the first entry.
    pub muted: Vec<i64>,
    /// The first permanent refusal since a message was accepted.
    pub refused: Option<Timestamp>,
    /// Refused for so long that nothing more is sent.
    pub suspended: Option<Suspension>,
}

/// An address that is written to no more until the administrator says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// When.
    pub since: Timestamp,
    /// What the relay said last.
    pub reason: String,
    /// When the operator was told.
    pub told: Option<Timestamp>,
}

/// Refusals that go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The first one.
    pub since: Timestamp,
    /// Whether that is long enough.
    pub suspend: bool,
}

/// Something that is chosen. Choosing it twice is choosing it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// No mail at all; what is held ends.
    Unsubscribe,
    /// Mail again.
    Resubscribe,
    /// No mail before.
    Pause(Timestamp),
    /// The end of a pause.
    Unpause,
    /// One mail a day.
    Digest,
    /// As the config says.
    Undigest,
    /// Nothing more of a story, by the id of its first entry.
    Mute(i64),
    /// The story again.
    Unmute(i64),
    /// Nothing was chosen and nothing befell.
    Resume,
}

/// What somebody who signs up asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Ids of rules, or all of them.
    pub rules: Subscription,
    /// One mail a day instead of each at once.
    pub daily: bool,
    /// By its IANA name; the machine's where absent.
    pub timezone: Option<String>,
    /// Of the mails.
    pub language: Language,
}

impl Wish {
    /// As a config would say it.
    pub fn delivery(&self) -> Delivery {
        if self.daily { Delivery::DigestAt(vec![Time::constant(8, 0, 0, 0)]) } else { Delivery::Immediate }
    }
}

/// Somebody who signed up and confirmed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    /// As [`crate::alert::name`] gives it.
    pub name: String,
    /// The address as it was written.
    pub email: String,
    /// What they asked for.
    pub wish: Wish,
    /// When.
    pub confirmed: Timestamp,
}

/// Somebody who signs up, and will have to confirm it.
#[derive(Debug, Clone)]
pub struct NewSignup {
    /// As [`crate::alert::name`] gives it.
    pub name: String,
    /// The address as it was written.
    pub email: String,
    /// What they ask for.
    pub wish: Wish,
    /// When.
    pub at: Timestamp,
}

/// How many may sign up.
#[derive(Debug, Clone, Copy)]
pub struct SignupLimits {
    /// Since when it is counted, for one address.
    pub day: Timestamp,
    /// The most within it.
    pub of_address: usize,
    /// Since when it is counted, for all together.
    pub hour: Timestamp,
    /// The most within it.
    pub of_all: usize,
    /// What was asked before and never confirmed is forgotten.
    pub expired: Timestamp,
}

/// What became of somebody's signing up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedUp {
    /// Kept under this number, to be confirmed.
    Asked(i64),
    /// This address has been asked often enough.
    Enough,
    /// There are too many at this time.
    Crowded,
}

/// Everybody of whom the store knows more than the config does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roll {
    /// By the name of the subscriber, who may have left the config.
    pub choices: HashMap<String, Choices>,
    /// Those who signed up and confirmed it, the first first.
    pub signups: Vec<Signup>,
    /// The names of those who are asked to confirm that they signed up.
    pub asked: HashSet<String>,
}
