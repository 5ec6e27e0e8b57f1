//! How delivery stands with the relay: what follows from a verdict, and when to try again.

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Desk, Done, PROBE_EVERY, REPEATED};
use crate::alert::outbox::{Policy, RelayStep, Verdict};
use crate::clock;
use crate::logging::{self, safe};
use crate::mail::transport::Mailer;
use crate::metrics::{Attempt, Step};
use crate::store::{Message, Outcome, Store};

impl<S: Store> Desk<S> {
    pub(super) fn judged(&mut self, message: &Message, verdict: &Verdict) {
        let policy = Policy::new(&self.active.config.smtp);
        let now = clock::now();
        let consequence = policy.after(verdict, message, &mut self.relay, now, jitter());
        match (consequence.record, &consequence.relay) {
            (Some(outcome), _) => {
                match &outcome {
                    Outcome::Deferred { until, reason } => self.log_deferred(message, *until, reason),
                    outcome => log_outcome(message, outcome),
                }
                self.count(message, &outcome, now);
                self.note(message.id, outcome);
            }
            (None, RelayStep::Wait { reason, .. }) => self.note(message.id, Outcome::Untaken(reason.clone())),
            (None, _) => self.note(message.id, Outcome::Untaken(String::new())),
        }
        self.follow(consequence.relay, policy);
    }

    /// A relay that puts off every message for one reason is told of once a minute.
    fn log_deferred(&mut self, message: &Message, until: Timestamp, reason: &str) {
        let (mail, attempts, reason) = (message.id, message.attempts + 1, safe(reason).to_string());
        let until = logging::time(until);
        let now = Instant::now();
        match &self.deferral {
            Some((said, at)) if *said == reason && now - *at < REPEATED => {
                tracing::debug!(mail, attempts, until, reason, "message deferred");
            }
            _ => {
                tracing::warn!(mail, attempts, until, reason, "message deferred");
                self.deferral = Some((reason, now));
            }
        }
    }

    fn count(&self, message: &Message, outcome: &Outcome, now: Timestamp) {
        let metrics = &self.shared.vitals.metrics;
        match outcome {
            Outcome::Sent(_) => {
                metrics.attempted(Attempt::Accepted);
                metrics.took(Step::Accepted, message.created, now);
            }
            Outcome::Deferred { .. } => metrics.attempted(Attempt::Deferred),
            Outcome::Refused(_) | Outcome::Failed(_) => metrics.attempted(Attempt::Failed),
            Outcome::Untaken(_) => {}
        }
    }

    fn follow(&mut self, step: RelayStep, policy: Policy) {
        match step {
            RelayStep::GoOn => self.resume = None,
            RelayStep::Recovered(failures) => {
                self.shared.vitals.relay(0, None);
                tracing::info!(failures, "the relay works again");
                (self.resume, self.probe) = (None, None);
                self.books.outlived = None;
            }
            RelayStep::Wait { wait, failures, reason, alarm } => {
                self.resume = Some(Instant::now() + wait);
                self.books.outlived = policy.outlived(&self.relay, &reason, clock::now());
                self.put_back();
                self.shared.vitals.relay(failures, Some(reason.clone()));
                let (reason, retry_in_seconds) = (safe(&reason), wait.as_secs());
                if alarm {
                    tracing::error!(%reason, failures, retry_in_seconds, "the relay refuses rasid; mail waits in the outbox");
                } else if failures == 1 {
                    tracing::warn!(%reason, retry_in_seconds, "the relay cannot be used; mail waits in the outbox");
                } else {
                    tracing::debug!(%reason, failures, retry_in_seconds, "the relay still cannot be used");
                }
            }
        }
    }

    /// Looks whether a relay that is waited for listens again, so that its mail leaves within seconds of its
    /// return however long the wait has grown. A relay that was reached and refused is left in peace.
    pub(super) fn look_at_relay(&mut self, now: Instant) -> Option<Instant> {
        let probe = self.probe.filter(|_| self.resume.is_some())?;
        if probe > now {
            return Some(probe);
        }
        self.probe = None;
        if let Ok(mailer) = Mailer::new(&self.active.config.smtp) {
            self.tasks.spawn(async move { Done::Probed(mailer.reaches().await) });
        }
        None
    }

    pub(super) fn probed(&mut self, reached: bool) {
        if reached {
            self.resume = None;
        } else if self.resume.is_some() {
            self.probe = Some(Instant::now() + PROBE_EVERY);
        }
    }
}

fn log_outcome(message: &Message, outcome: &Outcome) {
    let (mail, attempts) = (message.id, message.attempts + 1);
    match outcome {
        Outcome::Sent(_) => tracing::info!(mail, attempts, "message accepted"),
        Outcome::Deferred { reason, .. } => {
            tracing::debug!(mail, attempts, reason = %safe(reason), "message deferred");
        }
        Outcome::Refused(reason) | Outcome::Failed(reason) => {
            tracing::error!(mail, attempts, reason = %safe(reason), "message failed for good");
        }
        Outcome::Untaken(reason) => tracing::debug!(mail, reason = %safe(reason), "message not taken"),
    }
}

/// A random byte.
fn jitter() -> u8 {
    uuid::Uuid::new_v4().as_bytes()[0]
}
