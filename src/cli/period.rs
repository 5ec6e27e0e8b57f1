//! `--since` and `--until`: how far back a command looks.

use clap::Args;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::clock;
use crate::store::Stretch;

#[derive(Debug, Clone, Args)]
pub(super) struct Period {
    /// Entries that came then or later: `7d`, `12h`, `2026-11-01` or `2026-11-01T08:00:00Z`
    #[arg(long, value_name = "7d|DATE", value_parser = since)]
    since: Option<Timestamp>,
    /// Entries that came before, or on that day; written as for --since
    #[arg(long, value_name = "7d|DATE", value_parser = until)]
    until: Option<Timestamp>,
}

impl Period {
    /// Whether it begins anywhere.
    pub(super) fn is_limited(&self) -> bool {
        self.since.is_some()
    }

    /// The entries that are meant, of one feed or of all.
    pub(super) fn stretch(&self, feed: Option<String>) -> Stretch {
        Stretch { since: self.since, until: self.until, feed }
    }
}

/// The beginning of what a date or a duration before now means; dates are of this machine's time zone.
pub(super) fn since(written: &str) -> Result<Timestamp, String> {
    moment(written, 0)
}

/// The end of it.
pub(super) fn until(written: &str) -> Result<Timestamp, String> {
    moment(written, 1)
}

fn moment(written: &str, days_after: i64) -> Result<Timestamp, String> {
    if let Ok(timestamp) = written.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    if let Ok(date) = written.parse::<Date>() {
        let day = date.checked_add(days_after.days()).map(|date| date.to_datetime(Time::MIN));
        let begins = day.and_then(|day| TimeZone::system().to_ambiguous_timestamp(day).compatible());
        return begins.map_err(|_| "the date is too far away".to_owned());
    }
    let wrong = || "write 7d, 12h or 30m before now, or a date such as 2026-11-01".to_owned();
    let unit_at = written.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (digits, unit) = written.split_at(unit_at);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return Err(wrong()),
    };
    let ago = digits.parse::<i64>().ok().and_then(|number| number.checked_mul(seconds)).ok_or_else(wrong)?;
    clock::now()
        .checked_sub(SignedDuration::from_secs(ago))
        .map_err(|_| "that is longer ago than there are dates".to_owned())
}

/// A time to the minute, for people.
pub(super) fn shown(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
