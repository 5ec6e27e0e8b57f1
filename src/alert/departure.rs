//! When what is held for a subscriber leaves, and in which messages.
//!
//! Facts of the store and a wall-clock time in, wall-clock times out; the daemon does the waiting.
//! Asked again with the same facts it says the same, so that a restart or a reload begins no timer anew.
//!
//! - **New stories** share a message: at once, unless the last message left less than `group_wait`
//!   ago: then when that has passed. Those of a first poll gather first ([`digest::gathered`]), and
//!   whatever else of their stories is held leaves with them.
//! - **Follow-ups** of a story that was told leave as a message each: at once like the others where
//!   they say something new ([`super::follow_up`]), else `follow_up_after` after the oldest was held.
//! - **Digests** tell everything when they are due ([`digest::due`]).
//! - **Quiet hours** hold up all but stories with something new under an urgent rule; everything
//!   leaves in one message when they end.
//! - **`max_per_hour`**: messages that would be more than an hour may see become one, which waits until
//!   the hour has room.

use std::time::Duration;

use jiff::Timestamp;

use super::digest::{self, credible, lapse};
use super::follow_up::{Ready, ready};
use super::quiet;
use crate::clock;
use crate::config::{Delivery, Subscriber};
use crate::rules::Severity;
use crate::store::Waiting;

/// What `max_per_hour` counts within.
pub const HOUR: Duration = Duration::from_hours(1);

/// By what a subscriber's messages leave.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Who is told.
    pub to: &'a Subscriber,
    /// As `[alerts]` says; zero waits for nothing.
    pub group_wait: Duration,
    /// As `[stories]` says.
    pub follow_up_after: Duration,
    /// As `[stories]` says.
    pub outlets: usize,
    /// Articles of first polls that were not asked for yet.
    pub awaited: usize,
    /// Until when they want nothing; everything leaves in one message then.
    pub paused: Option<Timestamp>,
}

/// A message that is to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// When, never before now.
    pub at: Timestamp,
    /// What it tells.
    pub tells: Tells,
}

/// What a message tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tells {
    /// All that is held.
    Everything,
    /// All that is held of these stories.
    Stories(Vec<i64>),
}

/// A message, before quiet hours and `max_per_hour` were asked.
struct Parcel {
    at: Timestamp,
    tells: Tells,
    /// What of it quiet hours let through, and when.
    urgent: Option<(Timestamp, Vec<i64>)>,
}

/// What leaves when, ascending; the daemon carries out what leaves first and asks again.
pub fn departures(
    terms: &Terms<'_>,
    waiting: &Waiting,
    severity: impl Fn(&str) -> Severity,
    now: Timestamp,
) -> Vec<Departure> {
    let stories: Vec<Ready> =
        waiting.stories.iter().map(|story| ready(story, terms.outlets, &severity)).collect();
    let parcels = match (&terms.to.delivery, terms.paused) {
        (_, Some(at)) => vec![Parcel { at, tells: Tells::Everything, urgent: None }],
        (Delivery::Immediate, None) => immediate(terms, &stories, waiting.last, now),
        (delivery, None) => digest(delivery, terms.to, &stories, now),
    };
    let hour = Hour::new(terms.to.max_per_hour, &waiting.sent, now);
    let departures = hold_up(parcels, terms.to, hour.room(now));
    settle(departures, terms.to, &hour)
}

/// New stories together, each follow-up by itself.
fn immediate(terms: &Terms<'_>, stories: &[Ready], last: Option<Timestamp>, now: Timestamp) -> Vec<Parcel> {
    let last = last.filter(|last| credible(*last, now));
    // Nothing waits longer than `group_wait` for quiet, whatever leaves meanwhile.
    let quiet = |ready: Timestamp| match last {
        Some(last) => ready.max(clock::after(last.min(ready), terms.group_wait)),
        None => ready,
    };
    let at_once = |since| quiet(lapse(since, Duration::ZERO, now));
    let at_last = |since| lapse(since, terms.follow_up_after, now);
    let (together, follow_ups): (Vec<&Ready>, Vec<&Ready>) =
        stories.iter().partition(|story| !story.told || story.first_poll.is_some());
    let mut parcels = Vec::new();
    let gathered = |since| quiet(digest::gathered(since, terms.group_wait, terms.awaited, now));
    let leaves = |story: &&Ready| {
        let times = [story.news.map(at_once), story.first_poll.map(gathered), story.since.map(at_last)];
        times.into_iter().flatten().min()
    };
    if let Some(at) = together.iter().filter_map(leaves).min() {
        let urgent = together.iter().filter_map(|story| Some((at_once(story.urgent?), story.story)));
        let urgent: Vec<_> = urgent.collect();
        let first = urgent.iter().map(|(at, _)| *at).min();
        let urgent = first.map(|first| (first, urgent.into_iter().map(|(_, story)| story).collect()));
        let tells = Tells::Stories(together.iter().map(|story| story.story).collect());
        parcels.push(Parcel { at, tells, urgent });
    }
    for story in follow_ups {
        let times = [story.news.map(at_once), story.since.map(at_last)];
        let urgent = story.urgent.map(|since| (at_once(since), vec![story.story]));
        let tells = Tells::Stories(vec![story.story]);
        parcels.extend(times.into_iter().flatten().min().map(|at| Parcel { at, tells, urgent }));
    }
    parcels
}

/// Everything at its time.
fn digest(delivery: &Delivery, to: &Subscriber, stories: &[Ready], now: Timestamp) -> Vec<Parcel> {
    let first = stories.iter().flat_map(|story| [story.since, story.first_poll]).flatten().min();
    let Some(at) = first.map(|first| digest::due(delivery, &to.timezone, first, now)) else {
        return Vec::new();
    };
    let urgent: Vec<i64> =
        stories.iter().filter(|story| story.urgent.is_some()).map(|story| story.story).collect();
    let urgent = (!urgent.is_empty()).then_some((at, urgent));
    vec![Parcel { at, tells: Tells::Everything, urgent }]
}

/// Nothing leaves before `floor`; what would leave in quiet hours leaves with all else when they end.
fn hold_up(parcels: Vec<Parcel>, to: &Subscriber, floor: Timestamp) -> Vec<Departure> {
    let end = |at| quiet::end(to.quiet_hours?, &to.timezone, at);
    let mut departures = Vec::new();
    for Parcel { at, tells, urgent } in parcels {
        // Also where nobody was there to send it when they ended.
        let before = end(at);
        let at = before.unwrap_or(at).max(floor);
        let after = end(at);
        if before.is_none() && after.is_none() {
            departures.push(Departure { at, tells });
            continue;
        }
        departures.push(Departure { at: after.unwrap_or(at), tells: Tells::Everything });
        departures.extend(
            urgent.map(|(at, stories)| Departure { at: at.max(floor), tells: Tells::Stories(stories) }),
        );
    }
    departures
}

/// In order; what leaves after everything has left is not there any more, and what leaves at one time is
/// one message where the hour has no room for several.
fn settle(mut departures: Vec<Departure>, to: &Subscriber, hour: &Hour) -> Vec<Departure> {
    departures.sort_by_key(|departure| departure.at);
    let everything = |departure: &&Departure| departure.tells == Tells::Everything;
    if let Some(all) = departures.iter().find(everything).cloned() {
        departures.retain(|departure| departure.at < all.at);
        departures.push(all);
    }
    let Some(at) = departures.first().map(|departure| departure.at) else { return departures };
    let together = departures.partition_point(|departure| departure.at == at);
    if together <= hour.free(at) {
        return departures;
    }
    let first: Vec<i64> = departures.drain(..together).flat_map(|departure| departure.tells.ids()).collect();
    // In quiet hours that is what is urgent.
    if to.quiet_hours.is_some_and(|quiet| quiet::end(quiet, &to.timezone, at).is_some()) {
        departures.insert(0, Departure { at, tells: Tells::Stories(first) });
        return departures;
    }
    vec![Departure { at, tells: Tells::Everything }]
}

impl Tells {
    fn ids(self) -> Vec<i64> {
        match self {
            Tells::Everything => Vec::new(),
            Tells::Stories(stories) => stories,
        }
    }
}

/// How many messages the last hour saw, and how many it may see.
struct Hour {
    most: usize,
    /// Ascending.
    sent: Vec<Timestamp>,
}

impl Hour {
    fn new(most: Option<usize>, sent: &[Timestamp], now: Timestamp) -> Hour {
        let mut sent: Vec<_> = sent.iter().copied().filter(|at| credible(*at, now)).collect();
        sent.sort_unstable();
        Hour { most: most.unwrap_or(usize::MAX), sent }
    }

    /// How many messages may leave at a time.
    fn free(&self, at: Timestamp) -> usize {
        let seen = self.sent.iter().filter(|sent| clock::after(**sent, HOUR) > at).count();
        self.most.saturating_sub(seen)
    }

    /// The first moment from now on at which one may.
    fn room(&self, now: Timestamp) -> Timestamp {
        match self.sent.len().checked_sub(self.most) {
            Some(last) => now.max(clock::after(self.sent[last], HOUR)),
            None => now,
        }
    }
}
