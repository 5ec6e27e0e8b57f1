//! What follows from an attempt to send: for the message, and for the relay as a whole.
//!
//! A relay that cannot be used at all backs off as one, whatever the number of messages; a message
//! that alone was put off waits by its own attempts, and holds up no other.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock;
use crate::config::Smtp;
use crate::store::{Message, Outcome};

/// What a relay (or what stands in for one) said to a message. The texts are one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken over; never to be sent again.
    Accepted(String),
    /// Not now: a 4xx at MAIL, RCPT or DATA, or a connection lost after MAIL was accepted. Also where it is
    /// not known whether the message was taken over.
    MessageDeferred(String),
    /// Never: a 5xx at MAIL, RCPT or DATA.
    MessageRefused(String),
    /// Nothing was said of the message: no connection, 421, a greeting that never came.
    RelayUnavailable(String),
    /// Nothing was said of the message, and nothing will be until a person acts: AUTH or TLS
    /// refused, STARTTLS not offered, a directory that cannot be written.
    RelayRefusesUs(String),
}

/// How long to wait and when to give up, from `[smtp]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The first wait; doubles with each failure.
    pub retry_min: Duration,
    /// The longest wait, apart from jitter.
    pub retry_max: Duration,
    /// How old a message grows before a further failure ends it.
    pub give_up: Duration,
}

/// How a relay has fared. One for each relay; a reload that names another relay starts anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relay {
    /// In a row.
    failures: u32,
    /// Why it refuses us, said already.
    alarm: Option<String>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// To be recorded of the message; `None` leaves it in the queue as it was.
    pub record: Option<Outcome>,
    /// What to do about the relay.
    pub relay: RelayStep,
}

/// What to do about a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayStep {
    /// Go on with the next message.
    GoOn,
    /// Go on, and say that it works again after so many failures.
    Recovered(u32),
    /// Attempt nothing for so long.
    Wait {
        /// Including jitter; to be waited on a monotonic clock.
        wait: Duration,
        /// So far, in a row.
        failures: u32,
        /// What it said.
        reason: String,
        /// Whether a person has to act and has not been told of this reason: an error in the log.
        alarm: bool,
    },
}

impl Policy {
    /// As configured.
    pub fn new(smtp: &Smtp) -> Policy {
        Policy { retry_min: smtp.retry_min, retry_max: smtp.retry_max, give_up: smtp.give_up }
    }

    /// What follows when `message` was attempted and the relay answered `verdict`.
    ///
    /// `jitter` is random: 0 adds nothing to a wait, 255 almost a tenth.
    pub fn after(
        &self,
        verdict: &Verdict,
        message: &Message,
        relay: &mut Relay,
        now: Timestamp,
        jitter: u8,
    ) -> Consequence {
        let (reason, alarming) = match verdict {
            Verdict::Accepted(reply) => return relay.answered(Outcome::Sent(reply.clone())),
            Verdict::MessageRefused(reply) => return relay.answered(Outcome::Refused(reply.clone())),
            Verdict::MessageDeferred(reply) => {
                let outcome = match self.ended(message, message.attempts, reply, now) {
                    Some(failed) => failed,
                    None => Outcome::Deferred {
                        until: clock::after(now, self.wait(message.attempts, jitter)),
                        reason: reply.clone(),
                    },
                };
                return relay.answered(outcome);
            }
            Verdict::RelayUnavailable(reason) => (reason, false),
            Verdict::RelayRefusesUs(reason) => (reason, true),
        };
        let record = self.ended(message, relay.failures, reason, now);
        Consequence { record, relay: relay.failed(self.wait(relay.failures, jitter), reason, alarming) }
    }

    /// Which messages end while the relay cannot be used: those made before then, with this reason.
    /// `None` as long as it has not failed twice.
    pub fn outlived(&self, relay: &Relay, reason: &str, now: Timestamp) -> Option<(Timestamp, String)> {
        (relay.failures > 1).then(|| (clock::before(now, self.give_up), self.gave_up(reason)))
    }

    /// The end of a message that is too old, unless this is the first failure: after a long stop,
    /// or when the clock jumps ahead, each message has one more attempt.
    fn ended(
        &self,
        message: &Message,
        failures_before: u32,
        reason: &str,
        now: Timestamp,
    ) -> Option<Outcome> {
        let too_old = now > clock::after(message.created, self.give_up);
        (too_old && failures_before > 0).then(|| Outcome::Failed(self.gave_up(reason)))
    }

    fn gave_up(&self, reason: &str) -> String {
        format!("gave up after {}: {reason}", whole(self.give_up))
    }

    fn wait(&self, failures_before: u32, jitter: u8) -> Duration {
        let doubled = self.retry_min.saturating_mul(1_u32.checked_shl(failures_before).unwrap_or(u32::MAX));
        let wait = doubled.min(self.retry_max.max(self.retry_min));
        wait.saturating_add((wait / 2560).saturating_mul(u32::from(jitter)))
    }
}

impl Relay {
    /// How many attempts in a row it could not be used.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    fn answered(&mut self, outcome: Outcome) -> Consequence {
        let before = std::mem::take(self).failures;
        let relay = if before == 0 { RelayStep::GoOn } else { RelayStep::Recovered(before) };
        Consequence { record: Some(outcome), relay }
    }

    fn failed(&mut self, wait: Duration, reason: &str, alarming: bool) -> RelayStep {
        self.failures = self.failures.saturating_add(1);
        let alarm = alarming && self.alarm.as_deref() != Some(reason);
        if alarm {
            self.alarm = Some(reason.to_owned());
        }
        RelayStep::Wait { wait, failures: self.failures, reason: reason.to_owned(), alarm }
    }
}

/// A duration as the config writes it, such as `5d`.
fn whole(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match [(86_400, "d"), (3_600, "h"), (60, "m")].into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit))
    {
        Some((unit, letter)) if seconds > 0 => format!("{}{letter}", seconds / unit),
        _ => format!("{seconds}s"),
    }
}
