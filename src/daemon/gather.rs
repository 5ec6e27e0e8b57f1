//! Gathering: held alerts become messages when their subscriber's delivery says so.
//!
//! In come the alerts that polls committed; out go messages whose bytes are fixed in the store.
//! What is not yet due stays held in the store, so that a restart only has to ask it again. Due
//! times are wall-clock in the store and monotonic within a run: each is turned into an instant
//! once, when it is first seen, and a clock that is set later changes nothing.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::time::Instant;
use uuid::Uuid;

use super::pulse::{self, Pulse};
use super::standing::{Standing, StoreEnded};
use super::{Active, STORE_PAUSE, Shared, at};
use crate::alert::telling::Telling;
use crate::alert::{self, choices, digest};
use crate::clock;
use crate::config::{Delivery, Subscriber};
use crate::logging::safe;
use crate::mail::message::{self, Letter, Rendered};
use crate::store::{self, Held, HeldEntry, NewMessage, Store};

/// How long a message that could not be made is left alone; only a reload or a release mends that.
const UNMADE_PAUSE: Duration = Duration::from_mins(10);

/// The longest that any delivery waits; a stored time beyond it was stored under another clock.
const LONGEST: Duration = Duration::from_hours(400 * 24);

/// Gathers until the daemon ends.
pub(super) async fn run<S: Store>(mut shared: Shared<S>, mut pulse: Pulse) {
    let mut timers = Timers::default();
    let mut standing = Standing::new("gathering alerts");
    loop {
        let gathered = pulse::during(&mut pulse, round(&shared, &mut timers)).await;
        let wake = match standing.judge(gathered) {
            Ok(Some(())) => timers.earliest(),
            Ok(None) => Some(Instant::now() + STORE_PAUSE),
            Err(StoreEnded) => return,
        };
        tokio::select! {
            () = shared.bells.held.notified() => {}
            () = at(wake) => {}
            () = pulse::answer(&mut pulse) => {}
            _ = shared.active.changed() => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// Gathers what is due without waiting for a group timer; digests keep to their times.
pub(super) async fn once<S: Store>(shared: &Shared<S>) -> store::Result<()> {
    let active = shared.active();
    for held in shared.store.held().await? {
        let now = clock::now();
        let Some(choices::Standing::Receives(subscriber)) = active.people.standing(&held.subscriber, now)
        else {
            continue;
        };
        let held = Held { awaited: 0, ..held };
        let due = digest::due(&subscriber.delivery, &subscriber.timezone, Duration::ZERO, &held, None, now);
        if due.is_some_and(|due| due <= now) {
            pack(shared, &active, &subscriber).await?;
        }
    }
    Ok(())
}

/// When each subscriber's held alerts are due.
#[derive(Default)]
struct Timers {
    of: HashMap<String, Timer>,
    /// When the first pause ends that alerts wait for.
    resumes: Option<Instant>,
    /// When the latest message to each subscriber was fixed; read from the store once.
    last: Option<HashMap<String, Timestamp>>,
}

struct Timer {
    due: Instant,
    /// What the timer was set for; while that stays the same, so does the timer.
    basis: Basis,
}

#[derive(PartialEq)]
struct Basis {
    since: Option<Timestamp>,
    first_poll_since: Option<Timestamp>,
    awaited: usize,
    delivery: Delivery,
    timezone: TimeZone,
}

impl Timers {
    fn earliest(&self) -> Option<Instant> {
        self.of.values().map(|timer| timer.due).chain(self.resumes).min()
    }

    /// When a subscriber's alerts are due; asked of the wall clock only where something changed.
    fn due(&mut self, held: &Held, subscriber: &Subscriber, group_wait: Duration) -> Instant {
        let basis = Basis {
            since: held.since,
            first_poll_since: held.first_poll_since,
            awaited: held.awaited,
            delivery: subscriber.delivery.clone(),
            timezone: subscriber.timezone.clone(),
        };
        match self.of.get(&held.subscriber) {
            Some(timer) if timer.basis == basis => timer.due,
            _ => {
                let due = self.ask(held, subscriber, group_wait);
                self.of.insert(held.subscriber.clone(), Timer { due, basis });
                due
            }
        }
    }

    fn put_off(&mut self, subscriber: &str, pause: Duration) {
        if let Some(timer) = self.of.get_mut(subscriber) {
            timer.due = Instant::now() + pause;
        }
    }

    fn ask(&self, held: &Held, subscriber: &Subscriber, group_wait: Duration) -> Instant {
        let last = self.last.as_ref().and_then(|last| last.get(&held.subscriber).copied());
        let now = clock::now();
        let due = digest::due(&subscriber.delivery, &subscriber.timezone, group_wait, held, last, now);
        clock::instant_of(due.unwrap_or(now), LONGEST)
    }
}

/// One look at what is held: packs what is due and sets the timers of the rest.
async fn round<S: Store>(shared: &Shared<S>, timers: &mut Timers) -> store::Result<()> {
    let active = shared.active();
    if timers.last.is_none() {
        timers.last = Some(shared.store.last_messages().await?.into_iter().collect());
    }
    let held = shared.store.held().await?;
    timers.resumes = None;
    timers.of.retain(|name, _| {
        let receives =
            matches!(active.people.standing(name, clock::now()), Some(choices::Standing::Receives(_)));
        receives && held.iter().any(|held| held.subscriber == *name)
    });
    for held in held {
        let subscriber = match active.people.standing(&held.subscriber, clock::now()) {
            Some(choices::Standing::Receives(subscriber)) => subscriber,
            Some(choices::Standing::Paused(until)) => {
                let until = clock::instant_of(until, LONGEST);
                timers.resumes = Some(timers.resumes.map_or(until, |first| first.min(until)));
                continue;
            }
            Some(choices::Standing::Suspended) => continue,
            Some(choices::Standing::Unsubscribed) => {
                shared.store.end_held(&held.subscriber, choices::UNSUBSCRIBED).await?;
                continue;
            }
            None => {
                let ended = shared.store.end_held(&held.subscriber, "no longer a subscriber").await?;
                tracing::warn!(
                    entries = ended,
                    "alerts were held for an address that is no longer a subscriber; they ended"
                );
                continue;
            }
        };
        if timers.due(&held, &subscriber, active.config.alerts.group_wait) > Instant::now() {
            continue;
        }
        match pack(shared, &active, &subscriber).await? {
            Packed::Fixed(created) => {
                timers.of.remove(&held.subscriber);
                timers.last.get_or_insert_default().insert(held.subscriber, created);
            }
            Packed::Nothing => timers.put_off(&held.subscriber, STORE_PAUSE),
            Packed::Unmade => timers.put_off(&held.subscriber, UNMADE_PAUSE),
        }
    }
    Ok(())
}

enum Packed {
    /// When the message was.
    Fixed(Timestamp),
    /// What was held has been told meanwhile.
    Nothing,
    /// The message could not be made; everything stays held.
    Unmade,
}

/// Makes one message of all that is held for a subscriber.
async fn pack<S: Store>(shared: &Shared<S>, active: &Active, to: &Subscriber) -> store::Result<Packed> {
    let name = alert::name(&to.email);
    let entries = shared.store.held_for(&name, message::MAX_ENTRIES).await?;
    if entries.is_empty() {
        return Ok(Packed::Nothing);
    }
    let created = clock::now();
    let from = &active.config.smtp.from;
    let tells: Vec<_> = entries.iter().map(|entry| (entry.id, rules(entry))).collect();
    let stories: Vec<Telling> = entries.into_iter().map(Telling::alone).collect();
    let letter = Letter {
        from,
        to,
        stories: &stories,
        thread: None,
        links: active.links.as_deref(),
        trial: false,
        created,
        id: Uuid::new_v4(),
    };
    let rendered = match message::render(&letter, &active.names, &active.config.mail.templates) {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::error!(reason = %safe(&error.to_string()), "a message could not be made; its alerts stay held");
            return Ok(Packed::Unmade);
        }
    };
    let count = tells.len();
    let Rendered { message_id, bytes, flaws, .. } = rendered;
    super::tell_flaws(&flaws);
    let message = NewMessage { subscriber: name, message_id, bytes, tells, created };
    if !shared.store.enqueue(message).await? {
        return Ok(Packed::Nothing);
    }
    tracing::info!(entries = count, "message made");
    shared.bells.due.notify_one();
    Ok(Packed::Fixed(created))
}

fn rules(entry: &HeldEntry) -> Vec<String> {
    entry.matches.iter().map(|matched| matched.rule.clone()).collect()
}
