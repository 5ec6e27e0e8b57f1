//! When each subscriber's next messages leave.
//!
//! Due times are wall-clock in the store and monotonic within a run: each is turned into an instant once,
//! when something else is held than before, and a clock that is set later changes nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::alert::departure::{Departure, Tells};
use crate::clock;
use crate::config::{Delivery, Subscriber};
use crate::daemon::Active;
use crate::store::Held;

/// The longest that any delivery waits; a stored time beyond it was stored under another clock.
const LONGEST: Duration = Duration::from_hours(400 * 24);

/// By the names of subscribers.
#[derive(Default)]
pub(super) struct Plans {
    of: HashMap<String, Plan>,
    /// By which they were made.
    active: Option<Arc<Active>>,
}

struct Plan {
    /// Of what.
    held: Held,
    /// Ascending.
    leaves: Vec<(Instant, Tells)>,
}

impl Plans {
    /// Plans made by another config stand no more.
    pub(super) fn by(&mut self, active: &Arc<Active>) {
        if !self.active.as_ref().is_some_and(|before| Arc::ptr_eq(before, active)) {
            self.of.clear();
            self.active = Some(Arc::clone(active));
        }
    }

    /// Forgets those for whom nothing is held any more.
    pub(super) fn keep(&mut self, held: &[Held]) {
        if self.of.len() > held.len() || held.iter().any(|held| !self.of.contains_key(&held.subscriber)) {
            let names: HashSet<&str> = held.iter().map(|held| held.subscriber.as_str()).collect();
            self.of.retain(|name, _| names.contains(name.as_str()));
        }
    }

    /// Whether what is planned for a subscriber is still what should be.
    pub(super) fn stand(&self, held: &Held, to: &Subscriber) -> bool {
        let Some(Plan { held: before, .. }) = self.of.get(&held.subscriber) else { return false };
        // A digest counts from the first entry, whatever follows; but in quiet hours something urgent may.
        let counts = to.delivery != Delivery::Immediate && to.quiet_hours.is_none();
        if counts {
            (before.since, before.first_poll_since) == (held.since, held.first_poll_since)
        } else {
            before == held
        }
    }

    pub(super) fn plan(&mut self, held: &Held, departures: Vec<Departure>) {
        // What leaves at one time has one instant.
        let mut leaves: Vec<(Instant, Tells)> = Vec::with_capacity(departures.len());
        let mut before = None;
        for Departure { at, tells } in departures {
            let instant = match before {
                Some((same, instant)) if same == at => instant,
                _ => clock::instant_of(at, LONGEST),
            };
            before = Some((at, instant));
            leaves.push((instant, tells));
        }
        self.of.insert(held.subscriber.clone(), Plan { held: held.clone(), leaves });
    }

    /// What leaves now: all that leaves first.
    pub(super) fn due(&self, subscriber: &str) -> Vec<Tells> {
        let leaves = self.of.get(subscriber).map_or(&[][..], |plan| &plan.leaves);
        let Some((first, _)) = leaves.first().filter(|(at, _)| *at <= Instant::now()) else {
            return Vec::new();
        };
        leaves.iter().take_while(|(at, _)| at == first).map(|(_, tells)| tells.clone()).collect()
    }

    /// To be asked for anew.
    pub(super) fn drop(&mut self, subscriber: &str) {
        self.of.remove(subscriber);
    }

    /// Nothing leaves before that has passed, unless something else is held by then.
    pub(super) fn put_off(&mut self, subscriber: &str, pause: Duration) {
        if let Some(plan) = self.of.get_mut(subscriber) {
            let earliest = Instant::now() + pause;
            plan.leaves.iter_mut().for_each(|(at, _)| *at = (*at).max(earliest));
        }
    }

    /// When the next of all leaves.
    pub(super) fn earliest(&self) -> Option<Instant> {
        self.of.values().filter_map(|plan| plan.leaves.first()).map(|(at, _)| *at).min()
    }
}
