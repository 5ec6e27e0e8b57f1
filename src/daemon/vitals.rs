//! How the daemon is, for those who ask: what proves that it works, and what is known to be wrong.
//!
//! Tasks write here what they alone know; the rest is counted in [`Metrics`] or stands in the store.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::clock;
use crate::logging::safe;
use crate::metrics::Metrics;

/// Proof comes every few seconds; after so long without, there is none.
const DOUBTFUL: Duration = Duration::from_secs(30);

/// What is known of the daemon. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Vitals {
    pub(super) metrics: Arc<Metrics>,
    /// By the wall clock.
    pub(super) started: Timestamp,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// When tasks and database last proved that they work; at the start that is believed.
    proved: Instant,
    /// Why the relay cannot be used.
    relay: Option<String>,
    /// When a config was refused that nobody has mended since, and what is wrong with it first.
    refused: Option<(Timestamp, String)>,
}

impl Vitals {
    pub(super) fn new() -> Vitals {
        let started = clock::now();
        let state = State { proved: Instant::now(), relay: None, refused: None };
        Vitals { metrics: Arc::new(Metrics::new(started)), started, state: Arc::new(Mutex::new(state)) }
    }

    /// Every task and the database have answered.
    pub(super) fn proved(&self) {
        self.state().proved = Instant::now();
    }

    /// For how long they have not.
    pub(super) fn unproved(&self) -> Duration {
        Instant::now() - self.state().proved
    }

    /// The relay failed so often in a row, the last time for this reason; or it works.
    pub(super) fn relay(&self, failures: u32, reason: Option<String>) {
        self.metrics.relay_failures.set(failures.into());
        self.state().relay = reason;
    }

    /// Why the relay cannot be used, if it cannot.
    pub(super) fn relay_trouble(&self) -> Option<String> {
        self.state().relay.clone()
    }

    /// A config was read: taken over, or refused for a reason.
    pub(super) fn reloaded(&self, refused: Option<String>) {
        self.metrics.reloaded(refused.is_none());
        self.state().refused = refused.map(|problem| (clock::now(), problem));
    }

    /// When the last config was refused and why, if it was.
    pub(super) fn refused(&self) -> Option<(Timestamp, String)> {
        self.state().refused.clone()
    }

    /// What keeps the daemon from working: tasks or a database that do not answer, no feed that can be read, a
    /// relay that takes no mail.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let unproved = self.unproved();
        if unproved > DOUBTFUL {
            problems.push(format!("tasks or database have not answered for {} s", unproved.as_secs()));
        }
        let (feeds, failing) = (self.metrics.feeds.get(), self.metrics.feeds_failing.get());
        if feeds > 0 && failing == feeds {
            problems.push(format!("no feed can be read, {failing} of {feeds} fail"));
        }
        problems.extend(
            self.relay_trouble().map(|reason| format!("the relay cannot be used: {}", safe(&reason))),
        );
        problems
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
