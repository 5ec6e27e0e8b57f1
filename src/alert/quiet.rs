//! Quiet hours: a moment and a subscriber's zone in, when it is quiet and until when, out.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::config::QuietHours;

/// When the quiet hours end in which `at` lies; `None` where it lies in none.
///
/// It is the first moment after `at` whose time of day is without: also where the clocks are changed meanwhile.
pub fn end(quiet: QuietHours, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let is_quiet = |at: &Timestamp| quiet.contains(at.to_zoned_datetime(zone.clone()).time());
    if !is_quiet(&at) {
        return None;
    }
    let today = at.to_zoned_datetime(zone.clone()).date();
    // To the third day, since a zone may skip one; a time of day may come twice in a day.
    let ends = (0..=3).filter_map(|days| today.checked_add(days.days()).ok()).flat_map(|day| {
        let ambiguous = zone.to_ambiguous_timestamp(day.to_datetime(quiet.to));
        [ambiguous.earlier(), ambiguous.later()].into_iter().flatten()
    });
    let latest = at.checked_add(72.hours()).unwrap_or(Timestamp::MAX);
    let changes = zone.following(at).map(|change| change.timestamp()).take_while(|change| *change <= latest);
    ends.chain(changes).filter(|end| *end > at && !is_quiet(end)).min()
}
