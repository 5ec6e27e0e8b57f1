//! The schedule: how a poll ended in, when to ask again out. Pure: the time and the seed of what
//! is random are given. A feed's own [`Rhythm`] and the [`Price`] of a request, which all feeds share, make
//! the pace while all is well.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;
use siphasher::sip::SipHasher13;

use super::Error;
use crate::clock;
use crate::config::{self, Source};

mod price;
mod rhythm;

pub use price::{Price, wait};
pub use rhythm::{Rates, Rhythm};

/// A server may ask to be left alone for so long; longer wishes are cut.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);
/// Where the doubling of a backoff ends, unless the feed's own interval is longer.
pub const LONGEST_BACKOFF: Duration = Duration::from_hours(6);
/// Added to a Retry-After: our time is cut to milliseconds, and early by one is early.
const GRACE: Duration = Duration::from_millis(50);
/// Between two overdue feeds of a start, on average.
const OVERDUE_SPACING: Duration = Duration::from_millis(10);
/// All overdue feeds of a start are asked within this.
const OVERDUE_WITHIN: Duration = Duration::from_mins(1);

/// How often a feed is asked while all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between two polls, unless the feed's rhythm says otherwise.
    pub interval: Duration,
    /// No interval is ever shorter, jitter included.
    pub floor: Duration,
    /// No interval by rhythm is longer.
    pub ceiling: Duration,
    /// Whether the rhythm has a say: not where the feed's own `interval` fixes its pace.
    pub adaptive: bool,
}

impl Pace {
    /// The pace of `feed` under these settings.
    pub fn of(feed: &config::Feed, settings: &config::Fetch) -> Self {
        let floor = settings.min_interval;
        let interval = feed.interval.unwrap_or(settings.interval).max(floor);
        let adaptive = feed.interval.is_none() && matches!(feed.source, Source::Web { .. });
        Self { interval, floor, ceiling: settings.max_interval.max(interval), adaptive }
    }
}

/// How a poll ended, as far as the schedule cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A document that is a feed, or 304.
    Success,
    /// Anything else, also a document that is no feed.
    Failure {
        /// What the server asked for.
        retry_after: Option<Duration>,
    },
    /// 410.
    Gone,
}

impl From<&Error> for Outcome {
    fn from(error: &Error) -> Self {
        match error {
            Error::Gone => Self::Gone,
            Error::Status { retry_after, .. } => Self::Failure { retry_after: *retry_after },
            _ => Self::Failure { retry_after: None },
        }
    }
}

/// When a feed is asked again; what is stored of its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// When the schedule asks again.
    pub next_poll: Timestamp,
    /// Until when not even `--once` may ask.
    pub hold_until: Option<Timestamp>,
    /// Never again.
    pub gone: bool,
    /// In a row.
    pub failures: u32,
}

impl Plan {
    /// The plan after a poll that ended well at `now`, to be asked again after `wait`.
    pub fn well(wait: Duration, now: Timestamp) -> Self {
        Self { next_poll: clock::after(now, wait), hold_until: None, gone: false, failures: 0 }
    }

    /// The plan after a poll that ended at `now`, with `failures` before it, at a fixed pace.
    pub fn after(outcome: Outcome, failures: u32, pace: Pace, now: Timestamp, seed: u64) -> Self {
        let hold = |wait, failures| {
            let until = clock::after(now, wait);
            Self { next_poll: until, hold_until: Some(until), gone: false, failures }
        };
        match outcome {
            Outcome::Success => Self::well(around(pace, seed), now),
            Outcome::Failure { retry_after } => {
                let failures = failures.saturating_add(1);
                let wait = longer(backoff(pace, failures), seed);
                let asked = retry_after.map(|asked| asked.min(LONGEST_RETRY_AFTER) + GRACE);
                hold(asked.map_or(wait, |asked| asked.max(wait)), failures)
            }
            Outcome::Gone => Self { gone: true, ..hold(LONGEST_RETRY_AFTER, failures.saturating_add(1)) },
        }
    }

    /// When a feed with this stored plan is asked after a start; `None` for never.
    ///
    /// A plan that is still ahead is kept. What is overdue is spread over `overdue` (see
    /// [`overdue_within`]). A time that no poll could have set under today's settings, because the
    /// clock was wrong or the pace has changed, gives way to some time within one interval. `wait` is
    /// how long a poll that ended well now would wait.
    pub fn resume(
        &self,
        pace: Pace,
        wait: Duration,
        now: Timestamp,
        overdue: Duration,
        seed: u64,
    ) -> Option<Timestamp> {
        if self.gone {
            return None;
        }
        if let Some(until) = self.held(pace, now) {
            return Some(until);
        }
        let farthest = clock::after(now, latest(pace).max(scaled(wait, 1.0 + SPREAD)));
        Some(if self.next_poll <= now {
            clock::after(now, scaled(overdue, unit(seed)))
        } else if self.next_poll > farthest {
            clock::after(now, scaled(pace.interval, unit(seed)))
        } else {
            self.next_poll
        })
    }

    /// Until when not even `--once` may ask, if that is still to come. A hold farther away than
    /// any failure could have set was stored under a wrong clock and does not count.
    pub fn held(&self, pace: Pace, now: Timestamp) -> Option<Timestamp> {
        let longest = LONGEST_RETRY_AFTER.max(scaled(ceiling(pace), 1.0 + SPREAD)).saturating_add(GRACE);
        self.hold_until.filter(|until| *until > now && *until <= clock::after(now, longest))
    }
}

/// Over how long so many overdue feeds are spread after a start, so that it does not stampede.
pub fn overdue_within(feeds: usize) -> Duration {
    let feeds = u32::try_from(feeds).unwrap_or(u32::MAX);
    OVERDUE_SPACING.saturating_mul(feeds).min(OVERDUE_WITHIN)
}

/// The seed of a feed's jitter at `now`: the same for the same feed and time, else unlike.
pub fn seed(feed: &str, now: Timestamp) -> u64 {
    let mut hasher = SipHasher13::new();
    (feed, now.as_millisecond()).hash(&mut hasher);
    hasher.finish()
}

/// How far jitter goes: a tenth.
const SPREAD: f64 = 0.1;

/// The interval with jitter to both sides, so that it holds on average; at the floor to one side.
fn around(pace: Pace, seed: u64) -> Duration {
    soonest(pace).saturating_add(scaled(pace.interval, SPREAD * unit(seed)))
}

fn soonest(pace: Pace) -> Duration {
    scaled(pace.interval, 1.0 - SPREAD / 2.0).max(pace.floor)
}

fn latest(pace: Pace) -> Duration {
    soonest(pace).saturating_add(scaled(pace.interval, SPREAD))
}

/// `wait` with jitter that only lengthens.
fn longer(wait: Duration, seed: u64) -> Duration {
    scaled(wait, 1.0 + SPREAD * unit(seed)).max(wait)
}

/// One interval after the first failure, doubling.
fn backoff(pace: Pace, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    pace.interval.saturating_mul(1 << doublings).min(ceiling(pace))
}

fn ceiling(pace: Pace) -> Duration {
    LONGEST_BACKOFF.max(pace.interval)
}

fn scaled(duration: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * by).unwrap_or(Duration::MAX)
}

/// From 0 up to 1, evenly.
fn unit(seed: u64) -> f64 {
    f64::from((seed >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
}
