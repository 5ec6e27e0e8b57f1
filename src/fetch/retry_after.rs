//! Retry-After: a header in, a time to wait out. Pure.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

use super::schedule::LONGEST_RETRY_AFTER;

/// How long a `Retry-After` asks to wait, at most a day; `None` where it cannot be read.
///
/// A date is counted from the server's own `Date` where it sent one, so that a clock that is
/// wrong here (or there) changes nothing; else from `now`.
pub(super) fn parse(value: &[u8], date: Option<&[u8]>, now: Timestamp) -> Option<Duration> {
    let value = value.trim_ascii();
    if !value.is_empty() && value.iter().all(u8::is_ascii_digit) {
        let digits = std::str::from_utf8(value).ok()?;
        // Digits that overflow are a very long time.
        let seconds = digits.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
    }
    let until = http_date(value)?;
    let now = date.and_then(http_date).unwrap_or(now);
    let wait = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// A date in any of the three layouts of RFC 9110, 5.6.7.
pub(super) fn http_date(value: &[u8]) -> Option<Timestamp> {
    let value = value.trim_ascii();
    if let Ok(time) = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value) {
        return Some(time);
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].iter().find_map(|layout| {
        let date = strtime::parse(layout, value).ok()?.to_datetime().ok()?;
        TimeZone::UTC.to_timestamp(date).ok()
    })
}
