//! When a digest is due, and how long a first poll gathers.
//!
//! Facts of the store and a wall-clock time in, a wall-clock time out; the daemon does the waiting. A
//! stored time well ahead of now was written before the clock was set back, and holds up nothing.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::clock;
use crate::config::Delivery;

/// How far ahead of now a stored time may lie before it is taken for another clock's.
const SKEW: Duration = Duration::from_mins(1);

/// What an article of a first poll may take, and what all of them may.
const PAGE: Duration = Duration::from_secs(2);
const LONGEST_READING: Duration = Duration::from_mins(2);

/// When a digest leaves whose first entry was held at `first`; an immediate one does not wait.
///
/// - **`digest_every`**: so long after the first held entry.
/// - **`digest_at`**: the next of these times of day in the subscriber's zone. A time that a change of
///   clocks skips comes as much later as the clocks jump; one that comes twice counts once, the first time.
pub fn due(delivery: &Delivery, timezone: &TimeZone, first: Timestamp, now: Timestamp) -> Timestamp {
    match delivery {
        Delivery::Immediate => lapse(first, Duration::ZERO, now),
        Delivery::DigestEvery(every) => lapse(first, *every, now),
        Delivery::DigestAt(_) if !credible(first, now) => now,
        Delivery::DigestAt(times) => next_of(times, timezone, first).unwrap_or(first),
    }
}

/// When a first poll that began to be held at `since` has gathered: `group_wait` later, so that feeds which
/// finish within it share one message, or after the time that its articles take, up to two minutes.
pub(super) fn gathered(since: Timestamp, group_wait: Duration, awaited: usize, now: Timestamp) -> Timestamp {
    lapse(since, group_wait.max(reading(awaited)), now)
}

/// When `wait` has passed since a stored time; now, where that is not to be believed.
pub(super) fn lapse(since: Timestamp, wait: Duration, now: Timestamp) -> Timestamp {
    if credible(since, now) { clock::after(since, wait) } else { now }
}

/// Whether a stored time may have been written by the clock that says `now`.
pub(super) fn credible(time: Timestamp, now: Timestamp) -> bool {
    time <= clock::after(now, SKEW)
}

/// How long so many articles may take, at a page a second and as much again.
fn reading(articles: usize) -> Duration {
    match u32::try_from(articles) {
        Ok(0) => Duration::ZERO,
        Ok(articles) => (PAGE.saturating_mul(articles) + PAGE).min(LONGEST_READING),
        Err(_) => LONGEST_READING,
    }
}

/// The first of these times of day after `since`, or `None` where there is none.
fn next_of(times: &[Time], timezone: &TimeZone, since: Timestamp) -> Option<Timestamp> {
    let date = since.to_zoned_datetime(timezone.clone()).date();
    // From the day before, since a skipped time comes later, to the second next, since a zone may skip a day.
    let days = (-1..=2).filter_map(|offset| date.checked_add(i64::from(offset).days()).ok());
    days.flat_map(|day| times.iter().map(move |time| day.to_datetime(*time)))
        .filter_map(|at| timezone.to_ambiguous_timestamp(at).compatible().ok())
        .filter(|at| *at > since)
        .min()
}
