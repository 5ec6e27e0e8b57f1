//! Who is told of what, and when held alerts leave.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rasid::alert::digest::due;
use rasid::alert::{Audience, name, severities};
use rasid::config::{Delivery, Language, Subscriber, Subscription};
use rasid::rules::{Condition, Rule, Severity, Within};
use rasid::store::Held;

const GROUP_WAIT: Duration = Duration::from_secs(30);

fn subscriber(email: &str, rules: &[&str]) -> Subscriber {
    let rules = match rules {
        ["*"] => Subscription::All,
        ids => Subscription::Rules(ids.iter().map(|id| (*id).to_owned()).collect()),
    };
    Subscriber {
        email: email.parse().unwrap(),
        rules,
        delivery: Delivery::Immediate,
        timezone: TimeZone::UTC,
        language: Language::Ar,
        quiet_hours: None,
        max_per_hour: None,
        min_severity: Severity::Low,
    }
}

#[test]
fn each_subscriber_is_told_of_what_they_asked_for_once() {
    let audience = Audience::new(
        &[
            subscriber("amal@Example.org", &["coalition", "sovereignty"]),
            subscriber("zain@example.org", &["*"]),
            subscriber("noor@example.org", &["sovereignty", "sovereignty"]),
        ],
        severities(&[]),
    );
    let check = |rules: &[&str], expected: &[(&str, &str)]| {
        let told = audience.of(rules.iter().copied());
        let told: Vec<_> = told.iter().map(|(who, rule)| (who.as_str(), rule.as_str())).collect();
        assert_eq!(told, expected);
    };
    check(&[], &[]);
    check(&["elsewhere"], &[("zain@example.org", "elsewhere")]);
    check(&["coalition"], &[("amal@example.org", "coalition"), ("zain@example.org", "coalition")]);
    check(
        &["sovereignty", "coalition"],
        &[
            ("amal@example.org", "sovereignty"),
            ("amal@example.org", "coalition"),
            ("zain@example.org", "sovereignty"),
            ("zain@example.org", "coalition"),
            ("noor@example.org", "sovereignty"),
        ],
    );
}

#[test]
fn a_rule_below_the_least_severity_alerts_nobody() {
    let rule = |id: &str, severity| Rule {
        id: id.into(),
        title: None,
        condition: Condition::from_query("خبر", Within::Document).unwrap(),
        limits: None,
        severity,
    };
    let rules =
        [rule("low", Severity::Low), rule("normal", Severity::Normal), rule("urgent", Severity::Urgent)];
    let with = |least| Subscriber { min_severity: least, ..subscriber("amal@example.org", &["*"]) };
    let check = |least: Severity, expected: &[&str]| {
        let audience = Audience::new(&[with(least)], severities(&rules));
        let told = audience.of(["low", "normal", "unknown", "urgent"]);
        assert_eq!(told.iter().map(|(_, rule)| rule.as_str()).collect::<Vec<_>>(), expected);
    };
    check(Severity::Low, &["low", "normal", "unknown", "urgent"]);
    check(Severity::Normal, &["normal", "unknown", "urgent"]);
    check(Severity::High, &["urgent"]);
    check(Severity::Urgent, &["urgent"]);
}

#[test]
fn a_subscriber_keeps_their_name_when_the_domain_changes_case() {
    assert_eq!(name(&"Amal@EXAMPLE.org".parse().unwrap()), "Amal@example.org");
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn held(since: Option<&str>, first_poll_since: Option<&str>) -> Held {
    Held {
        subscriber: "amal@example.org".into(),
        since: since.map(at),
        first_poll_since: first_poll_since.map(at),
        awaited: 0,
        entries: 1,
    }
}

/// What is held since `since` or, of a first poll, `first`, after a message at `last`, leaves at `expected`.
#[track_caller]
fn leaves(delivery: &Delivery, since: Option<&str>, first: Option<&str>, last: Option<&str>, expected: &str) {
    let held = held(since, first);
    let now = [held.since, held.first_poll_since, last.map(at)].into_iter().flatten().max().unwrap();
    let due = due(delivery, &TimeZone::UTC, GROUP_WAIT, &held, last.map(at), now);
    assert_eq!(due, Some(at(expected)));
}

#[test]
fn immediate_alerts_leave_at_once_after_quiet() {
    let now = Some("2026-11-23T09:00:00Z");
    let immediate = &Delivery::Immediate;
    leaves(immediate, now, None, None, "2026-11-23T09:00:00Z");
    leaves(immediate, now, None, Some("2026-11-23T08:59:30Z"), "2026-11-23T09:00:00Z");
    leaves(immediate, now, None, Some("2026-11-23T08:59:31Z"), "2026-11-23T09:00:01Z");
    leaves(immediate, now, None, Some("2026-11-23T09:00:00Z"), "2026-11-23T09:00:30Z");
    // First polls gather; what else is held takes them along.
    leaves(immediate, None, now, None, "2026-11-23T09:00:30Z");
    leaves(immediate, Some("2026-11-23T09:00:10Z"), now, None, "2026-11-23T09:00:10Z");
    leaves(immediate, None, now, Some("2026-11-23T08:59:59Z"), "2026-11-23T09:00:30Z");
}

#[test]
fn a_first_poll_waits_for_its_articles_but_not_for_ever() {
    let now = at("2026-11-23T09:00:00Z");
    let leaves = |since, articles| {
        let held = Held { awaited: articles, ..held(since, Some("2026-11-23T09:00:00Z")) };
        due(&Delivery::Immediate, &TimeZone::UTC, GROUP_WAIT, &held, None, now).unwrap() - now
    };
    for (articles, seconds) in [(0, 30), (1, 30), (14, 30), (20, 42), (5_000, 120), (usize::MAX, 120)] {
        assert_eq!(leaves(None, articles), SignedDuration::from_secs(seconds), "{articles}");
    }
    assert_eq!(leaves(Some("2026-11-23T09:00:00Z"), 20), SignedDuration::ZERO, "news waits for nothing");
}

#[test]
fn nothing_leaves_where_nothing_is_held() {
    let held = held(None, None);
    assert_eq!(
        due(&Delivery::Immediate, &TimeZone::UTC, GROUP_WAIT, &held, None, at("2026-11-23T09:00:00Z")),
        None
    );
}

#[test]
fn once_waits_for_no_group_timer_but_for_digests() {
    let (since, first) = (Some("2026-11-23T09:00:00Z"), Some("2026-11-23T09:00:00Z"));
    let now = at("2026-11-23T09:00:01Z");
    let due = |delivery: &Delivery, held: Held| {
        due(delivery, &TimeZone::UTC, Duration::ZERO, &held, Some(now), now)
    };
    assert!(due(&Delivery::Immediate, held(since, None)) <= Some(now));
    assert!(due(&Delivery::Immediate, held(None, first)) <= Some(now));
    let digest = Delivery::DigestEvery(Duration::from_hours(1));
    assert_eq!(due(&digest, held(since, first)), Some(at("2026-11-23T10:00:00Z")));
}

#[test]
fn a_digest_counts_from_the_first_held_entry() {
    let digest = &Delivery::DigestEvery(Duration::from_hours(6));
    let (nine, ten) = (Some("2026-11-23T09:00:00Z"), Some("2026-11-23T10:00:00Z"));
    leaves(digest, nine, None, None, "2026-11-23T15:00:00Z");
    leaves(digest, nine, ten, None, "2026-11-23T15:00:00Z");
    leaves(digest, ten, nine, None, "2026-11-23T15:00:00Z");
    leaves(digest, None, nine, nine, "2026-11-23T15:00:00Z");
}

/// A digest at `times` in `zone` with an entry held since `since` leaves at `expected`.
#[track_caller]
fn digest_at(zone: &str, times: &[&str], since: &str, expected: &str) {
    let times = times.iter().map(|time| time.parse().unwrap()).collect();
    let zone = TimeZone::get(zone).unwrap();
    let due = due(&Delivery::DigestAt(times), &zone, GROUP_WAIT, &held(Some(since), None), None, at(since));
    assert_eq!(due.unwrap(), at(expected), "{}", due.unwrap());
}

#[test]
fn a_digest_leaves_at_its_times_of_day() {
    let baghdad = |since, expected| digest_at("Asia/Baghdad", &["08:00", "17:30"], since, expected);
    baghdad("2026-11-23T00:00:00Z", "2026-11-23T05:00:00Z");
    baghdad("2026-11-23T04:59:59Z", "2026-11-23T05:00:00Z");
    baghdad("2026-11-23T05:00:00Z", "2026-11-23T14:30:00Z");
    baghdad("2026-11-23T14:30:00Z", "2026-11-24T05:00:00Z");
    baghdad("2026-12-31T22:30:00Z", "2027-01-01T05:00:00Z");
    // Twenty-four hours are not a day where the clocks change: Berlin, 29 March and 25 October 2026.
    let berlin = |time, since, expected| digest_at("Europe/Berlin", &[time], since, expected);
    berlin("08:00", "2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z");
    berlin("08:00", "2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z");
    // 02:30 is skipped, and comes as 03:30; half an hour before, it has not yet come.
    berlin("02:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z");
    berlin("02:30", "2026-03-29T01:29:59Z", "2026-03-29T01:30:00Z");
    // 02:30 comes twice, and counts the first time.
    berlin("02:30", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z");
    berlin("02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    // Midnight does not exist where the clocks jump at midnight: Cairo, 24 April 2026.
    digest_at("Africa/Cairo", &["00:00"], "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z");
    // Samoa had no 30 December 2011.
    digest_at("Pacific/Apia", &["08:00"], "2011-12-29T20:00:00Z", "2011-12-30T18:00:00Z");
}

#[test]
fn a_clock_that_was_set_back_stalls_nothing() {
    let now = at("2026-11-23T09:00:00Z");
    let tomorrow = Some("2026-11-24T09:00:00Z");
    let due = |delivery: &Delivery, since, last| {
        due(delivery, &TimeZone::UTC, GROUP_WAIT, &held(since, None), last, now).unwrap()
    };
    let every = Delivery::DigestEvery(Duration::from_hours(1));
    let daily = Delivery::DigestAt(vec!["08:00".parse().unwrap()]);
    for delivery in [&Delivery::Immediate, &every, &daily] {
        assert_eq!(due(delivery, tomorrow, None), now);
    }
    assert_eq!(
        due(&Delivery::Immediate, Some("2026-11-23T08:59:59Z"), tomorrow.map(at)),
        at("2026-11-23T08:59:59Z")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// What is held leaves, never before its time, and no later than promised.
    #[test]
    fn held_alerts_leave_in_time(
        since in 0_i64..4_000_000_000,
        later in 0_i64..100_000,
        first_poll in any::<bool>(),
        last in proptest::option::of(0_i64..100_000),
        every in 1_i64..100_000,
        times in proptest::collection::vec((0_i8..24, 0_i8..60), 1..4),
        zone in proptest::sample::select(vec!["Asia/Baghdad", "Africa/Cairo", "Asia/Gaza", "Europe/London", "Pacific/Apia"]),
    ) {
        let since = Timestamp::from_second(since).unwrap();
        let now = since + SignedDuration::from_secs(later);
        let last = last.map(|before| now - SignedDuration::from_secs(before));
        let held = Held {
            subscriber: "amal@example.org".into(),
            since: (!first_poll).then_some(since),
            first_poll_since: first_poll.then_some(since),
            awaited: 0,
            entries: 3,
        };
        let zone = TimeZone::get(zone).unwrap();
        let wait = SignedDuration::try_from(GROUP_WAIT).unwrap();
        let leaves = |delivery| due(&delivery, &zone, GROUP_WAIT, &held, last, now).unwrap();

        let immediate = leaves(Delivery::Immediate);
        prop_assert!(immediate >= since && immediate <= now + wait + wait);
        prop_assert!(last.is_none_or(|last| immediate >= last + wait));

        let digest = leaves(Delivery::DigestEvery(Duration::from_secs(every.unsigned_abs())));
        prop_assert_eq!(digest - since, SignedDuration::from_secs(every));

        let times = times.into_iter().map(|(hour, minute)| jiff::civil::time(hour, minute, 0, 0)).collect();
        let daily = leaves(Delivery::DigestAt(times));
        prop_assert!(daily > since && daily <= since + SignedDuration::from_hours(49), "{} {}", since, daily);
    }
}
