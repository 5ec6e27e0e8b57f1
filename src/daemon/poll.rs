//! Polling: the schedule in, one [`visit`] a feed when its time comes.
//!
//! The poller alone holds the feeds' states and the queue of due times; a visit gets a copy and
//! brings back the next. However many feeds are due at once, each waits for its host's place and
//! then for one of all places, so that a feed that fails or dawdles delays no other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::Instant;

use self::visit::Visit;
use super::pulse::{self, Pulse};
use super::standing::{Standing, StoreEnded};
use super::{Active, Shared, at};
use crate::clock;
use crate::config;
use crate::fetch::host::Hosts;
use crate::fetch::schedule::{self, Pace, Price};
use crate::logging;
use crate::metrics::gauge;
use crate::store::{self, FeedState, Store};

mod sift;
mod state;
mod visit;

/// No plan reaches farther; a stored time beyond it was stored under another clock.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// How often the price of a request is found anew.
const PRICED_EVERY: Duration = Duration::from_hours(1);

/// Visits that may be between a request and its commit. More than requests at once, so that those that
/// dawdle leave room, and commits that wait for one another are made together.
const DESKS: usize = 512;

/// A poller that is so late was not running: the machine slept, or the process was stopped.
const ASLEEP: Duration = Duration::from_secs(3);

/// Asks every feed when its time comes.
pub(super) struct Poller<S> {
    shared: Shared<S>,
    active: Arc<Active>,
    hosts: Hosts,
    /// How many visits may hold a document at once.
    desks: Arc<Semaphore>,
    feeds: HashMap<String, Slot>,
    queue: BTreeSet<(Instant, String)>,
    visits: JoinSet<Result<FeedState, store::Error>>,
    visited: HashMap<task::Id, String>,
    /// What a request costs, and since when.
    price: (Price, Instant),
    standing: Standing,
}

fn desks(active: &Active) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(DESKS.max(2 * active.config.fetch.concurrency)))
}

/// How a visit ended: with the feed's next state, with a refusal of the store, or with a panic.
type Ended = Result<(task::Id, Result<FeedState, store::Error>), JoinError>;

struct Slot {
    state: FeedState,
    /// In the queue under this time; `None` while it is visited, and for a feed that is gone.
    due: Option<Instant>,
    visited: bool,
}

impl<S: Store> Poller<S> {
    /// Reads what is known of the feeds and plans their next polls.
    pub(super) async fn start(shared: Shared<S>) -> store::Result<Poller<S>> {
        let active = shared.active();
        let stored: HashMap<_, _> =
            shared.store.feeds().await?.into_iter().map(|state| (state.id.clone(), state)).collect();
        let hosts = active.hosts.clone();
        let mut poller = Poller {
            shared,
            active: Arc::clone(&active),
            hosts,
            desks: desks(&active),
            feeds: HashMap::new(),
            queue: BTreeSet::new(),
            visits: JoinSet::new(),
            visited: HashMap::new(),
            price: (Price::default(), Instant::now()),
            standing: Standing::new("polling"),
        };
        poller.adopt(&active.config.feeds, stored);
        Ok(poller)
    }

    /// Polls until the daemon ends.
    pub(super) async fn run(mut self, mut pulse: Pulse) {
        self.tell();
        loop {
            self.reprice();
            self.begin_due();
            let wake = self.queue.first().map(|(due, _)| *due);
            tokio::select! {
                Some(ended) = self.visits.join_next_with_id() => {
                    if self.ended(ended).is_err() {
                        return;
                    }
                }
                () = at(wake) => {}
                () = pulse::answer(&mut pulse) => {}
                _ = self.shared.active.changed() => self.reloaded(),
                () = self.shared.stop.cancelled() => return self.visits.shutdown().await,
            }
            self.tell();
        }
    }

    /// Asks every feed once, now, whatever its schedule; a feed that is gone or must be left alone is.
    /// The first refusal of the store ends the round as an error, once all feeds were asked.
    pub(super) async fn round(mut self) -> store::Result<()> {
        let now = clock::now();
        self.queue.clear();
        for feed in self.active.config.feeds.clone() {
            let pace = Pace::of(&feed, &self.active.config.fetch);
            let plan = state::plan(&self.feeds[&feed.id].state);
            match plan.held(pace, now) {
                _ if plan.gone => tracing::info!(feed = feed.id, "skipped: the feed is gone for good"),
                Some(until) => tracing::info!(
                    feed = feed.id,
                    until = logging::time(until),
                    "skipped: not to be asked before then"
                ),
                None => self.begin(&feed.id),
            }
        }
        let mut refused = Ok(());
        while let Some(ended) = self.visits.join_next_with_id().await {
            match ended {
                Ok((_, Ok(_))) => {}
                Ok((_, Err(error))) => refused = refused.and(Err(error)),
                Err(error) => {
                    let feed = self.visited.get(&error.id());
                    tracing::error!(
                        feed,
                        "polling failed unexpectedly; please report it with the feed's address"
                    );
                }
            }
        }
        refused
    }

    /// Takes these feeds in, with what is known of them, and plans the next poll of each.
    fn adopt(&mut self, feeds: &[config::Feed], mut known: HashMap<String, FeedState>) {
        let now = clock::now();
        let states: Vec<_> =
            feeds.iter().map(|feed| state::resumed(feed, known.remove(&feed.id), now)).collect();
        let overdue = schedule::overdue_within(states.iter().filter(|state| state.next_poll <= now).count());
        let paces: Vec<_> = feeds.iter().map(|feed| Pace::of(feed, &self.active.config.fetch)).collect();
        let rhythms = states.iter().map(|state| &state.rhythm);
        self.price = (Price::settle(paces.iter().copied().zip(rhythms), now), Instant::now());
        for ((feed, state), pace) in feeds.iter().zip(states).zip(paces) {
            let seed = schedule::seed(&feed.id, now);
            let wait = schedule::wait(pace, &state.rhythm, self.price.0, now, seed);
            let next = state::plan(&state).resume(pace, wait, now, overdue, seed);
            self.feeds.insert(feed.id.clone(), Slot { state, due: None, visited: false });
            if let Some(next) = next {
                self.enqueue(&feed.id, next);
            }
        }
    }

    fn enqueue(&mut self, id: &str, next: Timestamp) {
        let Some(slot) = self.feeds.get_mut(id) else { return };
        let due = clock::instant_of(next, LONGEST);
        if let Some(before) = slot.due.replace(due) {
            self.queue.remove(&(before, id.to_owned()));
        }
        self.queue.insert((due, id.to_owned()));
    }

    fn begin_due(&mut self) {
        let now = Instant::now();
        if self.queue.first().is_some_and(|(due, _)| *due + ASLEEP < now) {
            self.spread_overdue(now);
        }
        while let Some((due, _)) = self.queue.first()
            && *due <= now
            && let Some((_, id)) = self.queue.pop_first()
        {
            self.begin(&id);
        }
    }

    /// After a sleep, feeds that have all become due meanwhile do not all start at once.
    fn spread_overdue(&mut self, now: Instant) {
        let rest = self.queue.split_off(&(now, String::new()));
        let overdue = std::mem::replace(&mut self.queue, rest);
        let within = schedule::overdue_within(overdue.len());
        tracing::info!(feeds = overdue.len(), "polling goes on after a pause");
        for (place, (_, id)) in (0_u32..).zip(&overdue) {
            let share = f64::from(place) / f64::from(u32::try_from(overdue.len()).unwrap_or(u32::MAX));
            let due = now + within.mul_f64(share);
            if let Some(slot) = self.feeds.get_mut(id) {
                slot.due = Some(due);
            }
            self.queue.insert((due, id.clone()));
        }
    }

    /// Finds the price of a request anew where it is old: rhythms have been learnt since.
    fn reprice(&mut self) {
        if Instant::now() - self.price.1 < PRICED_EVERY {
            return;
        }
        let settings = &self.active.config.fetch;
        let feeds = self.active.config.feeds.iter();
        let rhythms = feeds.filter_map(|feed| {
            let slot = self.feeds.get(&feed.id).filter(|slot| !slot.state.gone)?;
            Some((Pace::of(feed, settings), &slot.state.rhythm))
        });
        self.price = (Price::settle(rhythms, clock::now()), Instant::now());
    }

    fn begin(&mut self, id: &str) {
        let (Some(feed), Some(slot)) = (self.active.feed(id), self.feeds.get_mut(id)) else { return };
        slot.due = None;
        slot.visited = true;
        let visit = Visit {
            store: self.shared.store.clone(),
            active: Arc::clone(&self.active),
            bells: Arc::clone(&self.shared.bells),
            metrics: Arc::clone(&self.shared.vitals.metrics),
            hosts: self.hosts.clone(),
            desks: Arc::clone(&self.desks),
            feed: feed.clone(),
            state: slot.state.clone(),
            price: self.price.0,
        };
        let task = self.visits.spawn(visit.run());
        self.visited.insert(task.id(), id.to_owned());
    }

    /// Takes in what a visit brought back and plans the next.
    fn ended(&mut self, ended: Ended) -> Result<(), StoreEnded> {
        let (task, answer) = match ended {
            Ok((task, answer)) => (task, Some(answer)),
            Err(error) => (error.id(), None),
        };
        let Some(id) = self.visited.remove(&task) else { return Ok(()) };
        let answer = match answer {
            Some(answer) => Some(self.standing.judge(answer)?),
            None => None,
        };
        // A reload may have dropped the feed meanwhile; what its visit committed stays.
        let Some(feed) = self.active.feed(&id) else { return Ok(()) };
        let Some(slot) = self.feeds.get_mut(&id) else { return Ok(()) };
        let pace = Pace::of(feed, &self.active.config.fetch);
        slot.visited = false;
        match answer {
            // A feed whose address changed while it was visited starts over under the new one.
            Some(Some(state)) if state.source != slot.state.source => {}
            Some(Some(state)) => slot.state = state,
            Some(None) => slot.state.next_poll = clock::after(clock::now(), pace.floor),
            None => {
                tracing::error!(
                    feed = id,
                    "polling failed unexpectedly; please report it with the feed's address"
                );
                slot.state = state::broken(&slot.state, pace, clock::now());
            }
        }
        let FeedState { next_poll, gone, .. } = slot.state;
        if !gone {
            self.enqueue(&id, next_poll);
        }
        Ok(())
    }

    /// Another config is in force: feeds that stay keep their times, unless their pace says otherwise.
    fn reloaded(&mut self) {
        let before = std::mem::replace(&mut self.active, self.shared.active());
        let active = Arc::clone(&self.active);
        if Arc::ptr_eq(&before.config, &active.config) {
            return; // only what subscribers chose is new
        }
        self.hosts = active.hosts.clone();
        self.desks = desks(&self.active);
        self.queue.clear();
        let mut slots = std::mem::take(&mut self.feeds);
        let visited: Vec<_> =
            slots.iter().filter(|(_, slot)| slot.visited).map(|(id, _)| id.clone()).collect();
        self.adopt(&active.config.feeds, slots.drain().map(|(id, slot)| (id, slot.state)).collect());
        for id in visited {
            // Its visit goes on, and plans the next when it ends.
            if let Some(slot) = self.feeds.get_mut(&id) {
                slot.visited = true;
                if let Some(due) = slot.due.take() {
                    self.queue.remove(&(due, id));
                }
            }
        }
    }

    /// Counts for who asks.
    fn tell(&self) {
        let failing = self.feeds.values().filter(|slot| slot.state.failures > 0).count();
        let metrics = &self.shared.vitals.metrics;
        metrics.feeds.set(gauge(self.feeds.len()));
        metrics.feeds_failing.set(gauge(failing));
    }
}
