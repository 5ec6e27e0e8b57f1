//! The one place that asks the time.
//!
//! Wall time is for people and for the database; [`tokio::time::Instant`] is for waiting, so that
//! a clock that is set while the daemon runs neither stalls nor hurries anything.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The wall clock, cut to milliseconds, which is what the database keeps.
#[allow(clippy::disallowed_methods)] // the one place
pub fn now() -> Timestamp {
    let now = Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH);
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// When to wake for a stored time, at most `ceiling` from now.
///
/// The ceiling keeps a time that was stored under another clock from stalling anything.
pub fn instant_of(due: Timestamp, ceiling: Duration) -> Instant {
    let ahead = Duration::try_from(due.duration_since(now())).unwrap_or(Duration::ZERO);
    Instant::now() + ahead.min(ceiling)
}

/// `time - by`, at the beginning of time where it would overflow.
pub fn before(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// `time + by`, at the end of time where it would overflow.
pub fn after(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
