//! The schedule: when a feed is asked again, without a clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rasid::config;
use rasid::fetch::Error;
use rasid::fetch::schedule::{LONGEST_RETRY_AFTER, Outcome, Pace, Plan, overdue_within, seed};

use super::{settings, web};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn pace(interval: Duration) -> Pace {
    Pace { interval, floor: Duration::from_secs(1), ceiling: 6 * HOUR, adaptive: false }
}

fn wait(plan: &Plan) -> Duration {
    Duration::try_from(plan.next_poll.duration_since(now())).unwrap()
}

fn at(ahead: Duration) -> Timestamp {
    now() + SignedDuration::try_from(ahead).unwrap()
}

fn failed(failures: u32, retry_after: Option<Duration>, pace: Pace, seed: u64) -> Plan {
    Plan::after(Outcome::Failure { retry_after }, failures, pace, now(), seed)
}

#[test]
fn the_pace_is_the_feeds_own_but_never_under_the_floor() {
    let settings = settings();
    let own = |interval| Pace::of(&config::Feed { interval, ..web("http://a.example/") }, &settings).interval;
    assert_eq!(own(None), 10 * MINUTE);
    assert_eq!(own(Some(5 * MINUTE)), 5 * MINUTE);
    assert_eq!(own(Some(Duration::from_secs(5))), MINUTE);
    // A feed's own interval is fixed; a file costs nobody anything and keeps the usual one.
    let adaptive = |feed: &config::Feed| Pace::of(feed, &settings).adaptive;
    assert!(adaptive(&web("http://a.example/")) && !adaptive(&super::local("a.xml")));
    assert!(!adaptive(&config::Feed { interval: Some(HOUR), ..web("http://a.example/") }));
}

#[test]
fn failures_double_the_wait_up_to_six_hours() {
    let minutes = [10, 20, 40, 80, 160, 320, 360, 360];
    for (failures, expected) in minutes.into_iter().enumerate() {
        let failures = u32::try_from(failures).unwrap();
        let plan = failed(failures, None, pace(10 * MINUTE), 0);
        assert_eq!((wait(&plan), plan.failures), (expected * MINUTE, failures + 1));
        assert_eq!(plan.hold_until, Some(plan.next_poll), "not even --once asks before");
    }
    // A feed that is asked once a day is not asked more often because it fails.
    assert_eq!(wait(&failed(9, None, pace(24 * HOUR), 0)), 24 * HOUR);
}

#[test]
fn a_success_forgets_the_failures() {
    let plan = Plan::after(Outcome::Success, 7, pace(10 * MINUTE), now(), 1);
    assert_eq!((plan.failures, plan.hold_until, plan.gone), (0, None, false));
}

#[test]
fn what_is_gone_is_never_asked_again() {
    let plan = Plan::after(Outcome::from(&Error::Gone), 0, pace(MINUTE), now(), 1);
    assert!(plan.gone);
    assert_eq!(plan.resume(pace(MINUTE), MINUTE, at(10_000 * HOUR), MINUTE, 1), None);
}

#[test]
fn outcomes_follow_from_errors() {
    let asked = Some(MINUTE);
    let cases = [
        (Error::Gone, Outcome::Gone),
        (Error::Status { status: 503, retry_after: asked }, Outcome::Failure { retry_after: asked }),
        (Error::Dns("a".into()), Outcome::Failure { retry_after: None }),
        (Error::Timeout(MINUTE), Outcome::Failure { retry_after: None }),
    ];
    for (error, outcome) in cases {
        assert_eq!(Outcome::from(&error), outcome);
    }
}

#[test]
fn a_start_keeps_plans_spreads_what_is_overdue_and_distrusts_wrong_clocks() {
    let plan = |next_poll, hold_until| Plan { next_poll, hold_until, gone: false, failures: 0 };
    let resume =
        |plan: Plan| plan.resume(pace(10 * MINUTE), 10 * MINUTE, now(), MINUTE, seed("a", now())).unwrap();
    // Ahead: kept to the millisecond. A hold too, though it is longer than any interval.
    assert_eq!(resume(plan(at(7 * MINUTE), None)), at(7 * MINUTE));
    assert_eq!(resume(plan(at(20 * HOUR), Some(at(20 * HOUR)))), at(20 * HOUR));
    // Overdue, by however much, also where a hold has passed: soon, spread.
    for late in [now(), Timestamp::UNIX_EPOCH, now() - SignedDuration::from_secs(1)] {
        assert!((now()..at(MINUTE)).contains(&resume(plan(late, None))));
        assert!((now()..at(MINUTE)).contains(&resume(plan(late, Some(late)))));
    }
    // Farther than any poll would have set: within an interval.
    for wrong in [at(HOUR), at(24 * HOUR), Timestamp::MAX] {
        assert!((now()..at(10 * MINUTE)).contains(&resume(plan(wrong, None))), "{wrong}");
    }
    for wrong in [at(25 * HOUR), Timestamp::MAX] {
        let plan = plan(wrong, Some(wrong));
        assert_eq!(plan.held(pace(10 * MINUTE), now()), None);
        assert!((now()..at(10 * MINUTE)).contains(&resume(plan)), "{wrong}");
    }
    assert_eq!(overdue_within(0), Duration::ZERO);
    assert!(overdue_within(20) < Duration::from_secs(1), "a small start is felt at once");
    assert_eq!(overdue_within(usize::MAX), MINUTE);
}

#[test]
fn seeds_spread_feeds_that_start_together() {
    let mut waits: Vec<_> = (0..1000)
        .map(|feed| {
            wait(&Plan::after(Outcome::Success, 0, pace(10 * MINUTE), now(), seed(&feed.to_string(), now())))
        })
        .collect();
    waits.sort_unstable();
    let mean: Duration = waits.iter().sum::<Duration>() / 1000;
    assert!(mean.abs_diff(10 * MINUTE) < Duration::from_secs(3), "{mean:?}");
    let widest = waits.windows(2).map(|pair| pair[1].abs_diff(pair[0])).max().unwrap();
    assert!(widest < Duration::from_secs(2), "a gap of {widest:?} in a minute");
    assert_eq!(seed("a", now()), seed("a", now()));
    assert_ne!(seed("a", now()), seed("b", now()));
}

proptest! {
    #[test]
    fn a_success_is_asked_again_in_about_an_interval(seconds in 1_u64..1_000_000, floor in 1_u64..1000, seed: u64) {
        let pace = Pace { floor: Duration::from_secs(floor), ..pace(Duration::from_secs(seconds.max(floor))) };
        let wait = wait(&Plan::after(Outcome::Success, 0, pace, now(), seed));
        prop_assert!(wait >= pace.floor);
        prop_assert!(wait >= pace.interval * 9 / 10 && wait <= pace.interval * 11 / 10);
        // A restart keeps it.
        let plan = Plan::after(Outcome::Success, 0, pace, now(), seed);
        prop_assert_eq!(plan.resume(pace, pace.interval, now(), MINUTE, !seed), Some(plan.next_poll));
    }

    #[test]
    fn a_failure_never_hurries(seconds in 1_u64..1_000_000, failures: u32, seed: u64) {
        let pace = pace(Duration::from_secs(seconds));
        let wait = wait(&failed(failures, None, pace, seed));
        prop_assert!(wait >= pace.interval.min(6 * HOUR) && wait <= pace.interval.max(6 * HOUR) * 11 / 10);
    }

    #[test]
    fn a_server_that_asks_for_time_gets_it(asked: u64, failures in 0_u32..20, seed: u64) {
        let asked = Duration::from_secs(asked);
        let plan = failed(failures, Some(asked), pace(MINUTE), seed);
        prop_assert!(wait(&plan) >= asked.min(LONGEST_RETRY_AFTER));
        prop_assert!(wait(&plan) <= LONGEST_RETRY_AFTER + Duration::from_secs(1));
        // A restart keeps it.
        prop_assert_eq!(plan.resume(pace(MINUTE), MINUTE, now(), MINUTE, seed), Some(plan.next_poll));
        prop_assert_eq!(plan.held(pace(MINUTE), now()), Some(plan.next_poll));
    }

    #[test]
    fn nothing_overflows(interval: u64, failures: u32, next: i32, seed: u64) {
        let pace = pace(Duration::from_secs(interval));
        for outcome in [Outcome::Success, Outcome::Gone, Outcome::Failure { retry_after: Some(Duration::MAX) }] {
            let plan = Plan::after(outcome, failures, pace, now(), seed);
            prop_assert!(plan.next_poll > now());
            let then = Timestamp::from_second(i64::from(next)).unwrap();
            prop_assert!(plan.resume(pace, Duration::MAX, then, Duration::MAX, seed).is_none_or(|at| at >= then));
        }
    }
}
