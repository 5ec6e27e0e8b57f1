//! When a subscriber's held alerts become a message.
//!
//! Facts of the store and a wall-clock time in, a wall-clock time out; the daemon does the waiting.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::clock;
use crate::config::Delivery;
use crate::store::Held;

/// How far ahead of now a stored time may lie before it is taken for another clock's.
const SKEW: Duration = Duration::from_mins(1);

/// What an article of a first poll may take, and what all of them may.
const PAGE: Duration = Duration::from_secs(2);
const LONGEST_READING: Duration = Duration::from_mins(2);

/// When the alerts that are held for a subscriber leave; `None` where none are held.
///
/// Everything that is held at that moment shares the message.
///
/// - **immediate**: at once, unless the last message left less than `group_wait` ago: then when that
///   has passed. Alerts of a first poll wait `group_wait` from the first of them, so that feeds which
///   finish within it share one message, or the time that its articles take, up to two minutes, so
///   that they share it too. With a `group_wait` of zero, as `run --once` asks for,
///   everything is due as soon as it is held.
/// - **`digest_every`**: so long after the first held entry.
/// - **`digest_at`**: the next of these times of day in the subscriber's zone. A time that a change of
///   clocks skips comes as much later as the clocks jump; one that comes twice counts once, the first time.
///
/// A stored time well ahead of `now` was written before the clock was set back, and says nothing:
/// an entry held then is due, a message sent then holds up nothing.
pub fn due(
    delivery: &Delivery,
    timezone: &TimeZone,
    group_wait: Duration,
    held: &Held,
    last_message: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let first = [held.since, held.first_poll_since].into_iter().flatten().min()?;
    let credible = |time: &Timestamp| *time <= clock::after(now, SKEW);
    if !credible(&first) {
        return Some(now);
    }
    Some(match delivery {
        Delivery::Immediate => {
            let quiet = last_message.filter(credible).map(|last| clock::after(last, group_wait));
            let gather = group_wait.max(reading(held.awaited));
            let gathered = held.first_poll_since.map(|since| clock::after(since, gather));
            let ready = [held.since, gathered].into_iter().flatten().min()?;
            quiet.map_or(ready, |quiet| quiet.max(ready))
        }
        Delivery::DigestEvery(every) => clock::after(first, *every),
        Delivery::DigestAt(times) => next_of(times, timezone, first).unwrap_or(first),
    })
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
