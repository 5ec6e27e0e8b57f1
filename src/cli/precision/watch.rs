//! Which rules deserve a look: hits by day and judgements in, warnings out. Pure.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::store::sqlite::{Days, Verdicts};

/// The days that are compared with those before.
const RECENT: i32 = 7;
/// Days that there have to be before, lest a rule's first weeks look like a change.
const BEFORE: i32 = 14;
/// A rule runs away at so many times its usual pace, from so many hits on.
const RUNAWAY: u64 = 5;
const MANY: u64 = 20;
/// A rule is silent where so many hits were to be expected and none came.
const EXPECTED: u64 = 5;
/// From so many judgements on a rule that is wrong more often than right is said to be.
const ENOUGH: u64 = 5;

/// What is wrong with a rule, a line each. `first` is the first day of the
/// archive that was looked at.
pub(super) fn warnings(hits: &Days, verdicts: Verdicts, first: Date, today: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    let recent_from = today.checked_sub((RECENT - 1).days()).unwrap_or(today);
    let recent: u64 = hits.range(recent_from..).map(|(_, count)| count).sum();
    let before: u64 = hits.range(..recent_from).map(|(_, count)| count).sum();
    // A rule is younger than the archive: its pace is that since its first hit.
    let since = hits.keys().next().map_or(first, |&begun| begun.max(first));
    let days_before = since.until(recent_from).map_or(0, |span| span.get_days());
    if hits.is_empty() {
        let days = first.until(today).map_or(0, |span| span.get_days()) + 1;
        if days >= BEFORE {
            warnings.push(format!(
                "silent: it matched nothing in {days} days; `rasid rules backtest` tries it on more"
            ));
        }
    } else if days_before >= BEFORE {
        // What would have come in RECENT days at the pace of before.
        let usual = before * u64::from(RECENT.unsigned_abs()) / u64::from(days_before.unsigned_abs());
        if recent >= MANY && recent >= RUNAWAY * usual.max(1) {
            warnings.push(format!(
                "runaway: {recent} hits in {RECENT} days, {usual} are usual; `rasid search` shows what it finds"
            ));
        }
        if recent == 0 && usual >= EXPECTED {
            warnings.push(format!(
                "silent: no hit in {RECENT} days, {usual} are usual; `rasid feeds list` says how its feeds do"
            ));
        }
    }
    if verdicts.judged >= ENOUGH && verdicts.relevant * 2 < verdicts.judged {
        let Verdicts { judged, relevant } = verdicts;
        warnings.push(format!("wrong more often than right: {relevant} of {judged} were relevant"));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(ago: i32) -> Date {
        jiff::civil::date(2026, 11, 25).checked_sub(ago.days()).unwrap()
    }

    /// Hits so many days ago, in ranges, and what is said of them.
    fn says(hits: &[(std::ops::RangeInclusive<i32>, u64)], judged: u64, relevant: u64) -> Vec<String> {
        says_since(60, hits, judged, relevant)
    }

    fn says_since(
        first: i32,
        hits: &[(std::ops::RangeInclusive<i32>, u64)],
        judged: u64,
        relevant: u64,
    ) -> Vec<String> {
        let mut days = Days::new();
        for (range, count) in hits {
            for ago in range.clone() {
                *days.entry(day(ago)).or_default() += count;
            }
        }
        let warnings = warnings(&days, Verdicts { judged, relevant }, day(first), day(0));
        warnings.iter().map(|warning| warning.split(':').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn runaway_silent_and_wrong_rules_are_said_and_no_others() {
        assert_eq!(says(&[], 0, 0), ["silent"]);
        assert_eq!(says_since(13, &[], 0, 0), ["silent"]);
        assert_eq!(says_since(12, &[], 0, 0), [""; 0], "the archive is too young to tell");
        assert_eq!(says(&[(0..=60, 1)], 4, 0), [""; 0], "steady, and judged too seldom");
        assert_eq!(says(&[(7..=60, 1), (0..=6, 10)], 0, 0), ["runaway"]);
        assert_eq!(says(&[(7..=60, 1)], 0, 0), ["silent"]);
        assert_eq!(says(&[(40..=40, 1)], 0, 0), [""; 0], "a rare rule is no silent one");
        assert_eq!(says(&[(0..=6, 100)], 0, 0), [""; 0], "a new rule has no usual pace");
        assert_eq!(says(&[(0..=60, 1)], 10, 4), ["wrong more often than right"]);
        assert_eq!(says(&[(0..=60, 1)], 10, 5), [""; 0]);
    }
}
