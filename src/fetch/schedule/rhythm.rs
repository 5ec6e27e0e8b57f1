//! A feed's own rhythm: when its entries came in, how many are expected at any time out. Pure.
//!
//! The rate at a time is the product of three things that few entries are enough to tell: how many
//! entries come in all, which share of them in this hour of the day, and which on this day of the week.
//! Each is drawn towards "no difference" by a few entries that never were, so that a feed of which
//! little is known is not believed to have habits. Old entries count ever less: half after three weeks.
//! A part of the rate follows the last hour instead, since news comes in bursts.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::feed::Hints;

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;
/// An entry counts half after so long.
const HALF_LIFE: f64 = 21.0 * DAY;
/// Entries dated before this much are no news of the feed's present rhythm.
const MEMORY: i64 = 60 * 24 * 3600;
/// A poll that is later than this was not only kept waiting: the clock was set, or nobody was there.
const LATE: i64 = 3600;
/// How soon a burst is forgotten.
const BURST: f64 = HOUR;
/// The part of the rate that follows the last hour.
const BURST_SHARE: f64 = 0.5;
/// Until so much has been seen, what is usual weighs more: an entry every two hours.
const USUAL_RATE: f64 = 0.5 / HOUR;
const USUAL_FOR: f64 = 12.0 * HOUR;
/// Entries that never were, in each hour and on each day.
const USUAL_HOUR: f64 = 0.5;
const USUAL_DAY: f64 = 1.0;
/// Weights are kept as whole numbers of this part of an entry.
const PART: f64 = 256.0;

/// What is known of a feed's rhythm, small enough to be kept with each feed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Since when its entries are known, in seconds since 1970.
    since: i64,
    /// Since when it is watched, likewise; 0 for never.
    watched: i64,
    /// When the weights were brought up to date.
    at: i64,
    hours: [u32; 24],
    days: [u32; 7],
    /// The last burst, by `at`.
    burst: u32,
    /// How often the feed says that it changes, in seconds; 0 where it does not.
    every: u32,
    skip_hours: u32,
    skip_days: u8,
    /// Until when the server says that asking would bring the same.
    fresh_until: i64,
}

impl Rhythm {
    /// Takes in what the document says of its own pace.
    pub fn hear(&mut self, hints: &Hints) {
        let seconds = hints.every().map_or(0, |every| every.as_secs());
        self.every = u32::try_from(seconds).unwrap_or(u32::MAX);
        (self.skip_hours, self.skip_days) = (hints.skip_hours, hints.skip_days);
    }

    /// Takes in for how long the server says that asking again is of no use.
    pub fn stays_fresh(&mut self, fresh_for: Option<Duration>, now: Timestamp) {
        let seconds = fresh_for.map_or(0, |fresh| i64::try_from(fresh.as_secs()).unwrap_or(i64::MAX));
        self.fresh_until = if seconds == 0 { 0 } else { now.as_second().saturating_add(seconds) };
    }

    /// Takes in that the poll planned for `planned` is made at `now`; `last` is when the feed was last read.
    /// Seconds out that the clock passed over unwatched, less than none where it was set back.
    ///
    /// Waiting is done by another clock than this, so a poll comes about when it was planned. What lies
    /// beyond that, a clock that was set, a machine that slept or a daemon that was stopped, was no silence
    /// of the feed, and what is known moves along as if it had not been.
    pub fn pass(&mut self, planned: Timestamp, last: Option<Timestamp>, now: Timestamp) -> i64 {
        let late = now.as_second() - planned.as_second();
        let set_back = last.is_some_and(|last| now < last);
        if self.watched == 0 || !(late > LATE || set_back && late < 0) {
            return 0;
        }
        for time in [&mut self.since, &mut self.watched, &mut self.at, &mut self.fresh_until] {
            *time = time.saturating_add(late);
        }
        late
    }

    /// Takes in the new entries of a poll at `now`, by the dates that they carry; `last` is when the
    /// feed was last read. Dates only say when to ask: one that cannot be true is not believed.
    pub fn learn(
        &mut self,
        dates: impl Iterator<Item = Option<Timestamp>>,
        last: Option<Timestamp>,
        now: Timestamp,
    ) {
        let now = now.as_second();
        let last = last.map(|last| last.as_second().clamp(now - MEMORY, now));
        self.age(now);
        if self.watched == 0 {
            (self.since, self.watched) = (now, now);
        }
        for date in dates {
            let date = date.map(Timestamp::as_second);
            let came = match (date, last) {
                // What was not there at the last poll came after it, whatever it says.
                (Some(date), Some(last)) => date.clamp(last, now),
                (None, Some(last)) => last + (now - last) / 2,
                (Some(date), None) if (now - MEMORY..=now).contains(&date) => date,
                (_, None) => continue,
            };
            self.since = self.since.min(came);
            self.add(came, now);
        }
    }

    /// Since when the feed is watched.
    pub fn watched_for(&self, now: Timestamp) -> Duration {
        let seconds = if self.watched == 0 { 0 } else { now.as_second() - self.watched };
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }

    /// How much of the entries ever brought still counts.
    pub fn weight(&self) -> f64 {
        self.hours.iter().map(|part| f64::from(*part)).sum::<f64>() / PART
    }

    /// Until when the server says that asking is of no use.
    pub(super) fn fresh_until(&self) -> i64 {
        self.fresh_until
    }

    /// Whether the feed says that it rests in the hour that `second` is in. One that always rests, as
    /// some do, does not mean it.
    pub(super) fn rests(&self, second: i64) -> bool {
        let (hour, day) = slot(second);
        let hours = self.skip_hours & 0xff_ffff;
        let days = self.skip_days & 0x7f;
        (hours >> hour & 1 == 1 && hours != 0xff_ffff) || (days >> day & 1 == 1 && days != 0x7f)
    }

    /// The rates as they stand at `now`.
    pub fn rates(&self, now: Timestamp) -> Rates {
        let now = now.as_second();
        let kept = decay(now - self.at, HALF_LIFE);
        let total = self.weight() * kept;
        let seen = HALF_LIFE / std::f64::consts::LN_2 * (1.0 - decay(now - self.since, HALF_LIFE));
        let usual = if self.every == 0 { USUAL_RATE } else { 1.0 / f64::from(self.every) };
        let rate = (total + usual * USUAL_FOR) / (seen.max(0.0) + USUAL_FOR);
        // Habits are told from chance once a time span has been seen a few times over.
        let share = |part: u32, usual: f64, of: f64, within: f64| {
            let share = of * (f64::from(part) / PART * kept + usual) / (total + usual * of);
            1.0 + (seen / (4.0 * within)).clamp(0.0, 1.0) * (share - 1.0)
        };
        Rates {
            steady: rate,
            hours: self.hours.map(|part| share(part, USUAL_HOUR, 24.0, DAY)),
            days: self.days.map(|part| share(part, USUAL_DAY, 7.0, 7.0 * DAY)),
            burst: f64::from(self.burst) / PART
                * decay(now - self.at, BURST)
                * BURST_SHARE
                * (std::f64::consts::LN_2 / BURST),
            at: now,
            since: self.since,
        }
    }

    fn add(&mut self, came: i64, now: i64) {
        let (hour, day) = slot(came);
        let weight = parts(decay(now - came, HALF_LIFE));
        self.hours[hour] = self.hours[hour].saturating_add(weight);
        self.days[day] = self.days[day].saturating_add(weight);
        self.burst = self.burst.saturating_add(parts(decay(now - came, BURST)));
    }

    /// Lets time pass until `now`.
    fn age(&mut self, now: i64) {
        // A clock that was set back ages nothing.
        let passed = (now - self.at).max(0);
        let kept = decay(passed, HALF_LIFE);
        for part in self.hours.iter_mut().chain(&mut self.days) {
            *part = parts(f64::from(*part) / PART * kept);
        }
        self.burst = parts(f64::from(self.burst) / PART * decay(passed, BURST));
        self.at = now;
        (self.since, self.watched) = (self.since.min(now), self.watched.min(now));
    }
}

/// How many entries a feed is expected to bring a second, hour by hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    steady: f64,
    hours: [f64; 24],
    days: [f64; 7],
    burst: f64,
    at: i64,
    since: i64,
}

impl Rates {
    /// Entries a second at a time, the burst that is on included.
    pub fn at(&self, second: i64) -> f64 {
        let (hour, day) = slot(second);
        (1.0 - BURST_SHARE) * self.usual(hour, day) + self.burst * decay(second - self.at, BURST)
    }

    /// How far back its entries are known.
    pub fn known_for(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.at - self.since).unwrap_or(0))
    }

    /// Entries a second on the whole.
    pub fn mean(&self) -> f64 {
        self.steady
    }

    /// Entries a second in an hour of a day, as far as habit goes.
    pub(super) fn usual(&self, hour: usize, day: usize) -> f64 {
        self.steady * self.hours[hour] * self.days[day]
    }

    /// Entries expected between two times by habit alone.
    pub fn expected(&self, from: i64, to: i64) -> f64 {
        // A week is a whole: only what is left of it is counted hour by hour.
        const WEEK: i64 = 7 * 24 * 3600;
        let weeks = (to - from).max(0) / WEEK;
        #[allow(clippy::cast_precision_loss)] // a few thousand weeks
        let mut sum = self.steady * (weeks * WEEK) as f64;
        let mut at = from + weeks * WEEK;
        while at < to {
            let next = (at - at.rem_euclid(3600) + 3600).min(to);
            let (hour, day) = slot(at);
            #[allow(clippy::cast_precision_loss)] // an hour at most
            let seconds = (next - at) as f64;
            sum += self.usual(hour, day) * seconds;
            at = next;
        }
        sum
    }
}

/// The hour of the day and the day of the week (0 for Monday), by UTC.
fn slot(second: i64) -> (usize, usize) {
    let hour = second.rem_euclid(24 * 3600) / 3600;
    let day = (second.div_euclid(24 * 3600) + 3).rem_euclid(7); // 1 January 1970 was a Thursday
    (usize::try_from(hour).unwrap_or(0), usize::try_from(day).unwrap_or(0))
}

/// What is left of 1 after so many seconds.
#[allow(clippy::cast_precision_loss)] // seconds of a few centuries
fn decay(seconds: i64, half_life: f64) -> f64 {
    (-(seconds.max(0) as f64) / half_life).exp2()
}

#[allow(clippy::cast_sign_loss)] // never negative
fn parts(weight: f64) -> u32 {
    (weight * PART).round() as u32
}
