//! When held alerts leave, and in which messages.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rasid::alert::departure::{Departure, Tells, Terms, departures};
use rasid::alert::{digest, quiet};
use rasid::config::{Delivery, Language, QuietHours, Subscriber, Subscription};
use rasid::rules::Severity;
use rasid::store::{HeldAlert, HeldStory, Waiting};

const GROUP_WAIT: Duration = Duration::from_secs(30);
const FOLLOW_UP_AFTER: Duration = Duration::from_hours(1);

fn subscriber() -> Subscriber {
    Subscriber {
        email: "amal@example.org".parse().unwrap(),
        rules: Subscription::All,
        delivery: Delivery::Immediate,
        timezone: TimeZone::UTC,
        language: Language::Ar,
        quiet_hours: None,
        max_per_hour: None,
        min_severity: Severity::Low,
    }
}

fn terms(to: &Subscriber) -> Terms<'_> {
    Terms {
        to,
        group_wait: GROUP_WAIT,
        follow_up_after: FOLLOW_UP_AFTER,
        outlets: 3,
        awaited: 0,
        paused: None,
    }
}

/// A moment on 23 November 2026, `"09:00:00"`, or on a day of that month, `"24T09:00:00"`.
fn at(time: &str) -> Timestamp {
    let (day, time) = time.split_once('T').unwrap_or(("23", time));
    format!("2026-11-{day}T{time}Z").parse().unwrap()
}

/// `"09:00:00 first urgent known news"`: since when an alert is held; `first` of a first poll, by the rule
/// `urgent`, by a rule that was told (`known`), with something new in it (`news`), by the `n`th outlet (`=3`).
fn alert(entry: i64, written: &str) -> HeldAlert {
    let mut words = written.split(' ');
    let held = at(words.next().unwrap());
    let mut alert = HeldAlert {
        entry,
        rule: "new".into(),
        held,
        first_poll: false,
        told: false,
        news: false,
        outlet: None,
    };
    for word in words {
        match word {
            "first" => alert.first_poll = true,
            "urgent" => alert.rule = "urgent".into(),
            "known" => alert.rule = "known".into(),
            "told" => alert.told = true,
            "news" => alert.news = true,
            outlet => alert.outlet = Some(outlet.trim_start_matches('=').parse().unwrap()),
        }
    }
    alert
}

/// A story: `told` where its rule `known` was told, and what is held of it.
fn story(id: i64, told: bool, alerts: &[&str]) -> HeldStory {
    let told = if told { vec!["known".into()] } else { Vec::new() };
    let alerts = (id..).zip(alerts).map(|(entry, written)| alert(entry, written)).collect();
    HeldStory { story: id, told, alerts }
}

fn new(id: i64, alerts: &[&str]) -> HeldStory {
    story(id, false, alerts)
}

fn told(id: i64, alerts: &[&str]) -> HeldStory {
    story(id, true, alerts)
}

fn severity(rule: &str) -> Severity {
    if rule == "urgent" { Severity::Urgent } else { Severity::Normal }
}

fn sent(times: &[&str]) -> Vec<Timestamp> {
    times.iter().map(|time| at(time)).collect()
}

fn waiting(stories: &[HeldStory], times: &[&str]) -> Waiting {
    let sent = sent(times);
    Waiting { stories: stories.to_vec(), last: sent.iter().max().copied(), sent }
}

/// As it is told: `"09:00:30 1,2"`, `"07:00:00 *"`.
fn drawn(departures: &[Departure]) -> String {
    let drawn = departures.iter().map(|Departure { at, tells }| {
        let at = at.strftime("%dT%H:%M:%S").to_string();
        let at = at.strip_prefix("23T").unwrap_or(&at).to_owned();
        match tells {
            Tells::Everything => format!("{at} *"),
            Tells::Stories(stories) => {
                let stories: Vec<_> = stories.iter().map(ToString::to_string).collect();
                format!("{at} {}", stories.join(","))
            }
        }
    });
    drawn.collect::<Vec<_>>().join("; ")
}

/// What is held after messages at `times` leaves as `expected`, asked at `now`.
#[track_caller]
fn leaves(to: &Subscriber, stories: &[HeldStory], times: &[&str], now: &str, expected: &str) {
    let leave = departures(&terms(to), &waiting(stories, times), severity, at(now));
    assert_eq!(drawn(&leave), expected);
}

#[test]
fn new_stories_leave_together_at_once_after_quiet() {
    let leaves = |stories: &[HeldStory], times: &[&str], expected: &str| {
        leaves(&subscriber(), stories, times, "09:00:00", expected);
    };
    leaves(&[], &["08:00:00"], "");
    leaves(&[new(1, &["09:00:00"])], &[], "09:00:00 1");
    leaves(&[new(1, &["09:00:00"])], &["08:59:30"], "09:00:00 1");
    leaves(&[new(1, &["09:00:00"])], &["08:59:31"], "09:00:01 1");
    leaves(&[new(1, &["09:00:00"]), new(2, &["08:59:50"])], &["08:59:40"], "09:00:10 1,2");
    // What left meanwhile puts nothing off again and again.
    leaves(&[new(1, &["08:59:50"])], &["08:59:40", "08:59:59"], "09:00:20 1");
    // First polls gather; what else is held takes them along.
    leaves(&[new(1, &["09:00:00 first"])], &[], "09:00:30 1");
    leaves(&[new(1, &["09:00:00 first"])], &["08:59:59"], "09:00:30 1");
    leaves(&[new(1, &["08:59:40 first"]), new(2, &["08:59:50"])], &["08:59:50"], "09:00:20 1,2");
    leaves(&[new(1, &["09:00:00 first"]), new(2, &["09:00:00"])], &[], "09:00:00 1,2");
    leaves(&[told(1, &["09:00:00 first known"]), new(2, &["09:00:00 first"])], &[], "09:00:30 1,2");
    leaves(&[told(1, &["09:00:00 first known", "09:00:00 known news"])], &[], "09:00:00 1");
}

#[test]
fn a_follow_up_leaves_at_once_only_for_something_new() {
    let leaves = |alerts: &[&str], expected: &str| {
        leaves(&subscriber(), &[told(1, alerts)], &["08:00:00"], "09:00:00", expected);
    };
    leaves(&["09:00:00"], "09:00:00 1"); // another rule
    leaves(&["09:00:00 told"], "09:00:00 1"); // another rule of an entry that was told
    leaves(&["09:00:00 known news"], "09:00:00 1");
    leaves(&["09:00:00 known =3"], "09:00:00 1");
    leaves(&["09:00:00 known =6"], "09:00:00 1");
    for nothing_new in ["known", "known =2", "known =4", "known told news", "known told =3"] {
        leaves(&[&format!("09:00:00 {nothing_new}")], "10:00:00 1");
    }
    leaves(&["08:10:00 known", "08:50:00 known", "09:00:00 known"], "09:10:00 1");
    leaves(&["08:10:00 known", "09:00:00 known news"], "09:00:00 1");
    leaves(&["07:00:00 known"], "09:00:00 1");
}

#[test]
fn each_follow_up_is_a_message_of_its_own() {
    let stories = [
        told(1, &["09:00:00 known news"]),
        new(2, &["09:00:00"]),
        new(3, &["09:00:00"]),
        told(4, &["09:00:00"]),
        told(5, &["08:30:00 known"]),
    ];
    leaves(
        &subscriber(),
        &stories,
        &["08:00:00"],
        "09:00:00",
        "09:00:00 2,3; 09:00:00 1; 09:00:00 4; 09:30:00 5",
    );
    leaves(
        &subscriber(),
        &stories,
        &["08:59:59"],
        "09:00:00",
        "09:00:29 2,3; 09:00:29 1; 09:00:29 4; 09:30:00 5",
    );
}

#[test]
fn nothing_waits_for_a_timer_that_waits_for_nothing() {
    let to = subscriber();
    let now = at("09:00:00");
    let once = |stories: &[HeldStory]| {
        let terms = Terms { group_wait: Duration::ZERO, ..terms(&to) };
        let waiting = Waiting { last: None, ..waiting(stories, &["09:00:00"]) };
        drawn(&departures(&terms, &waiting, severity, now))
    };
    assert_eq!(once(&[new(1, &["09:00:00 first"]), told(2, &["09:00:00"])]), "09:00:00 1; 09:00:00 2");
    assert_eq!(once(&[told(1, &["08:30:00 known"])]), "09:30:00 1", "a follow-up keeps to its time");
}

#[test]
fn a_first_poll_waits_for_its_articles_but_not_for_ever() {
    let to = subscriber();
    let now = at("09:00:00");
    let leaves = |stories: &[HeldStory], awaited| {
        let leave = departures(&Terms { awaited, ..terms(&to) }, &waiting(stories, &[]), severity, now);
        leave[0].at - now
    };
    for (articles, seconds) in [(0, 30), (1, 30), (14, 30), (20, 42), (5_000, 120), (usize::MAX, 120)] {
        let waits = leaves(&[new(1, &["09:00:00 first"])], articles);
        assert_eq!(waits, SignedDuration::from_secs(seconds), "{articles}");
    }
    let news = [new(1, &["09:00:00 first"]), new(2, &["09:00:00"])];
    assert_eq!(leaves(&news, 20), SignedDuration::ZERO, "news waits for nothing");
}

fn quiet_hours(from: &str, to: &str) -> QuietHours {
    QuietHours { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

#[test]
fn quiet_hours_hold_up_all_but_what_is_urgent() {
    let quiet = Subscriber { quiet_hours: Some(quiet_hours("22:00", "07:00")), ..subscriber() };
    let leaves =
        |stories: &[HeldStory], now: &str, expected: &str| leaves(&quiet, stories, &[], now, expected);
    leaves(&[new(1, &["21:59:59"])], "21:59:59", "21:59:59 1");
    leaves(&[new(1, &["22:00:00"])], "22:00:00", "24T07:00:00 *");
    leaves(&[new(1, &["21:59:59"])], "22:00:01", "24T07:00:00 *");
    leaves(&[new(1, &["21:59:45 first"])], "21:59:45", "24T07:00:00 *");
    leaves(&[new(1, &["22:10:00"]), told(2, &["22:20:00 known"])], "23:00:00", "24T07:00:00 *");
    leaves(&[told(1, &["21:30:00 known"])], "21:30:00", "24T07:00:00 *");
    leaves(&[told(1, &["20:30:00 known"]), new(2, &["21:00:00"])], "21:00:00", "21:00:00 2; 21:30:00 1");
    // Urgent breaks through, alone; but not what says nothing new.
    leaves(&[new(1, &["22:00:00"]), new(2, &["22:10:00 urgent"])], "22:10:00", "22:10:00 2; 24T07:00:00 *");
    leaves(&[told(1, &["22:00:00 urgent"]), new(2, &["22:00:00"])], "22:10:00", "22:10:00 1; 24T07:00:00 *");
    let urgent = HeldStory { told: vec!["urgent".into()], ..told(1, &["22:00:00 urgent"]) };
    leaves(&[urgent], "22:10:00", "24T07:00:00 *");
    // When they end everything is one message, also where nobody was there to send it then.
    let stories = [new(1, &["23:00:00"]), told(2, &["23:00:00"]), new(3, &["23:30:00 urgent"])];
    leaves(&stories, "24T07:00:00", "24T07:00:00 *");
    leaves(&stories, "24T09:00:00", "24T09:00:00 *");
    leaves(&stories, "24T22:30:00", "24T22:30:00 3; 25T07:00:00 *");
    // So is a digest.
    let every = Delivery::DigestEvery(Duration::from_hours(2));
    let digest = Subscriber { delivery: every, ..quiet.clone() };
    let leaves = |stories: &[HeldStory], now: &str, expected: &str| {
        super::departure::leaves(&digest, stories, &[], now, expected);
    };
    leaves(&[new(1, &["21:00:00"])], "21:00:00", "24T07:00:00 *");
    leaves(&[new(1, &["19:00:00"])], "21:00:00", "21:00:00 *");
    leaves(&[new(1, &["21:00:00"]), told(2, &["22:30:00 urgent"])], "22:30:00", "23:00:00 2; 24T07:00:00 *");
}

/// It is quiet at `at` until `expected`.
#[track_caller]
fn is_quiet(zone: &str, hours: (&str, &str), moment: &str, expected: Option<&str>) {
    let (zone, hours) = (TimeZone::get(zone).unwrap(), quiet_hours(hours.0, hours.1));
    let end = quiet::end(hours, &zone, moment.parse().unwrap());
    assert_eq!(end, expected.map(|time| time.parse().unwrap()));
}

#[test]
fn quiet_hours_are_those_of_the_subscribers_zone() {
    let baghdad = |moment, expected| is_quiet("Asia/Baghdad", ("22:00", "07:00"), moment, expected);
    baghdad("2026-11-23T18:59:59Z", None);
    baghdad("2026-11-23T19:00:00Z", Some("2026-11-24T04:00:00Z"));
    baghdad("2026-11-24T03:59:59Z", Some("2026-11-24T04:00:00Z"));
    baghdad("2026-11-24T04:00:00Z", None);
    is_quiet("UTC", ("12:00", "13:00"), "2026-11-23T12:30:00Z", Some("2026-11-23T13:00:00Z"));
    is_quiet("UTC", ("12:00", "13:00"), "2026-11-23T13:00:00Z", None);
    // Berlin, 29 March: there is no 02:30; 25 October: it comes twice.
    let berlin = |hours, moment, expected| is_quiet("Europe/Berlin", hours, moment, expected);
    berlin(("22:00", "07:00"), "2026-03-28T22:00:00Z", Some("2026-03-29T05:00:00Z"));
    berlin(("01:00", "02:30"), "2026-03-29T00:30:00Z", Some("2026-03-29T01:00:00Z"));
    berlin(("02:10", "02:50"), "2026-03-29T01:20:00Z", None);
    berlin(("01:00", "02:30"), "2026-10-25T00:10:00Z", Some("2026-10-25T00:30:00Z"));
    berlin(("01:00", "02:30"), "2026-10-25T01:10:00Z", Some("2026-10-25T01:30:00Z"));
    is_quiet("Pacific/Apia", ("22:00", "07:00"), "2011-12-30T09:30:00Z", Some("2011-12-30T17:00:00Z"));
}

#[test]
fn more_messages_than_an_hour_may_see_become_one() {
    let three = Subscriber { max_per_hour: Some(3), ..subscriber() };
    let leaves = |stories: &[HeldStory], times: &[&str], now: &str, expected: &str| {
        leaves(&three, stories, times, now, expected);
    };
    let stories =
        [new(1, &["09:00:00"]), told(2, &["09:00:00"]), told(3, &["09:00:00"]), told(4, &["08:30:00 known"])];
    leaves(&stories[..3], &[], "09:00:00", "09:00:00 1; 09:00:00 2; 09:00:00 3");
    leaves(&stories, &["08:10:00"], "09:00:00", "09:00:00 *");
    leaves(&stories[..1], &["08:10:00", "08:20:00"], "09:00:00", "09:00:00 1");
    leaves(&stories[..1], &["08:10:00", "08:20:00", "08:30:00"], "09:00:00", "09:10:00 1");
    leaves(&stories, &["08:10:00", "08:20:00", "08:30:00"], "09:00:00", "09:10:00 *");
    leaves(&stories[..1], &["08:00:00", "08:20:00", "08:30:00"], "09:00:00", "09:00:00 1");
    leaves(
        &stories[..1],
        &["08:01:00", "08:02:00", "08:03:00", "08:04:00", "08:05:00"],
        "09:00:00",
        "09:03:00 1",
    );
    leaves(&stories[3..], &["08:40:00", "08:41:00", "08:42:00"], "09:00:00", "09:40:00 4");
    // In quiet hours that one message holds what is urgent.
    let quiet = Subscriber {
        quiet_hours: Some(quiet_hours("08:00", "12:00")),
        max_per_hour: Some(1),
        ..subscriber()
    };
    let urgent = [new(1, &["09:00:00"]), told(2, &["09:00:00 urgent"]), told(3, &["09:00:00 urgent"])];
    super::departure::leaves(&quiet, &urgent, &[], "09:00:00", "09:00:00 2,3; 12:00:00 *");
    super::departure::leaves(&quiet, &urgent, &["08:30:00"], "09:00:00", "09:30:00 2,3; 12:00:00 *");
    // A digest is a message, too.
    let digest = Subscriber { delivery: Delivery::DigestEvery(Duration::from_mins(1)), ..three.clone() };
    super::departure::leaves(
        &digest,
        &stories,
        &["08:29:00", "08:30:00", "08:40:00"],
        "09:00:00",
        "09:29:00 *",
    );
}

#[test]
fn a_pause_holds_up_everything_and_ends_in_one_message() {
    let to = subscriber();
    let stories = [new(1, &["09:00:00 urgent"]), told(2, &["09:00:00"])];
    let terms = Terms { paused: Some(at("24T08:30:00")), ..terms(&to) };
    let leave = departures(&terms, &waiting(&stories, &[]), severity, at("09:00:00"));
    assert_eq!(drawn(&leave), "24T08:30:00 *");
}

#[test]
fn a_digest_counts_from_the_first_held_entry() {
    let every = Delivery::DigestEvery(Duration::from_hours(6));
    let digest = Subscriber { delivery: every, ..subscriber() };
    let leaves =
        |stories: &[HeldStory], expected: &str| leaves(&digest, stories, &["08:59:59"], "10:00:00", expected);
    leaves(&[new(1, &["09:00:00"])], "15:00:00 *");
    leaves(&[new(1, &["09:00:00"]), told(2, &["10:00:00"])], "15:00:00 *");
    leaves(&[new(1, &["10:00:00"]), new(2, &["09:00:00 first"])], "15:00:00 *");
    leaves(&[new(1, &["03:00:00"])], "10:00:00 *");
}

/// A digest at `times` in `zone` with an entry held since `since` leaves at `expected`.
#[track_caller]
fn digest_at(zone: &str, times: &[&str], since: &str, expected: &str) {
    let times = times.iter().map(|time| time.parse().unwrap()).collect();
    let (zone, since) = (TimeZone::get(zone).unwrap(), since.parse().unwrap());
    let due = digest::due(&Delivery::DigestAt(times), &zone, since, since);
    assert_eq!(due, expected.parse().unwrap());
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
    let every = Delivery::DigestEvery(Duration::from_hours(1));
    let daily = Delivery::DigestAt(vec!["08:00".parse().unwrap()]);
    for delivery in [Delivery::Immediate, every, daily] {
        let to = Subscriber { delivery: delivery.clone(), ..subscriber() };
        let leave =
            departures(&terms(&to), &waiting(&[new(1, &["24T09:00:00"])], &[]), severity, at("09:00:00"));
        assert_eq!(
            leave.iter().map(|leaves| leaves.at).collect::<Vec<_>>(),
            [at("09:00:00")],
            "{delivery:?}"
        );
    }
    let one = Subscriber { max_per_hour: Some(1), ..subscriber() };
    leaves(&one, &[new(1, &["08:59:59"])], &["24T09:00:00"], "09:00:00", "09:00:00 1");
    leaves(&one, &[told(1, &["24T09:00:00 known"])], &["24T09:00:00"], "09:00:00", "09:00:00 1");
}

fn any_alert() -> impl Strategy<Value = HeldAlert> {
    let flags = any::<[bool; 5]>();
    (0_i64..9, 0_i64..8_000, flags, prop::option::of(1_u32..7)).prop_map(|(entry, before, flags, outlet)| {
        let [known, urgent, first_poll, told, news] = flags;
        let rule = if known {
            "known"
        } else if urgent {
            "urgent"
        } else {
            "new"
        };
        let held = at("09:00:00") - SignedDuration::from_secs(before);
        HeldAlert { entry, rule: rule.into(), held, first_poll, told, news, outlet }
    })
}

fn any_stories() -> impl Strategy<Value = Vec<HeldStory>> {
    let story = (any::<bool>(), prop::collection::vec(any_alert(), 1..4));
    prop::collection::vec(story, 1..6).prop_map(|stories| {
        let held = |(id, (known, alerts)): (i64, (bool, Vec<HeldAlert>))| {
            let told = if known { vec!["known".to_owned()] } else { Vec::new() };
            HeldStory { story: id, told, alerts }
        };
        (1..).zip(stories).map(held).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// Everything that is held leaves, not before it may and no later than promised, whatever is asked when.
    #[test]
    fn what_is_held_leaves_in_time(
        stories in any_stories(),
        last in prop::collection::vec(0_i64..4_000, 0..6),
        most in prop::option::of(1_usize..4),
        hours in prop::option::of((0_i8..24, 1_i8..24)),
    ) {
        let now = at("09:00:00");
        let hour = |hour: i8| jiff::civil::time(hour % 24, 0, 0, 0);
        let quiet_hours = hours.map(|(from, length)| QuietHours { from: hour(from), to: hour(from + length) });
        let to = Subscriber { quiet_hours, max_per_hour: most, ..subscriber() };
        let mut sent: Vec<_> = last.iter().map(|before| now - SignedDuration::from_secs(*before)).collect();
        sent.sort();
        let waiting = Waiting { stories: stories.clone(), last: sent.last().copied(), sent: sent.clone() };
        let leave = departures(&terms(&to), &waiting, severity, now);

        prop_assert!(leave.is_sorted_by_key(|leaves| leaves.at));
        prop_assert!(leave.iter().all(|leaves| leaves.at >= now));
        for story in &stories {
            let tells = |leaves: &&Departure| match &leaves.tells {
                Tells::Everything => true,
                Tells::Stories(told) => told.contains(&story.story),
            };
            let leaves = leave.iter().find(tells);
            prop_assert!(leaves.is_some(), "story {} never leaves: {}", story.story, drawn(&leave));
            let at = leaves.unwrap().at;
            let mut latest = now + SignedDuration::from_hours(1) + SignedDuration::from_secs(30);
            if most.is_some() { latest += SignedDuration::from_hours(1); }
            if quiet_hours.is_some() { latest += SignedDuration::from_hours(24); }
            prop_assert!(at <= latest, "{at}");
        }
        // What leaves first, the hour has room for.
        let first = leave[0].at;
        let together = leave.iter().filter(|leaves| leaves.at == first).count();
        let seen = sent.iter().filter(|sent| first - **sent < SignedDuration::from_hours(1)).count();
        prop_assert!(most.is_none_or(|most| seen + together <= most), "{seen} and {}", drawn(&leave));
        // In quiet hours only what is urgent leaves.
        for Departure { at, tells } in &leave {
            if quiet_hours.is_some_and(|quiet| quiet.contains(at.to_zoned_datetime(TimeZone::UTC).time())) {
                let Tells::Stories(told) = tells else { panic!("everything in quiet hours: {}", drawn(&leave)) };
                for story in stories.iter().filter(|story| told.contains(&story.story)) {
                    prop_assert!(story.alerts.iter().any(|alert| alert.rule == "urgent"), "{}", drawn(&leave));
                }
            }
        }
        // Asked again before something leaves, the same leaves at the same time: a restart begins no timer anew.
        let later = now + SignedDuration::try_from(Duration::try_from(first - now).unwrap() / 2).unwrap();
        prop_assert_eq!(departures(&terms(&to), &waiting, severity, later)[0].clone(), leave[0].clone());
    }

    /// Quiet hours end at the first moment that is not quiet.
    #[test]
    fn quiet_hours_end_when_they_say(
        moment in 0_i64..4_000_000_000,
        from in (0_i8..24, 0_i8..60),
        to in (0_i8..24, 0_i8..60),
        zone in prop::sample::select(vec!["Asia/Baghdad", "Africa/Cairo", "Asia/Gaza", "Europe/London", "Pacific/Apia"]),
    ) {
        prop_assume!(from != to);
        let time = |(hour, minute)| jiff::civil::time(hour, minute, 0, 0);
        let hours = QuietHours { from: time(from), to: time(to) };
        let zone = TimeZone::get(zone).unwrap();
        let moment = Timestamp::from_second(moment - moment % 60).unwrap();
        let is_quiet = |at: Timestamp| hours.contains(at.to_zoned_datetime(zone.clone()).time());
        let minutes = (0..60 * 49).map(|minute| moment + SignedDuration::from_mins(minute));
        let first = minutes.into_iter().find(|at| !is_quiet(*at)).unwrap();
        prop_assert_eq!(quiet::end(hours, &zone, moment), is_quiet(moment).then_some(first));
    }

    /// A digest leaves after its first entry was held, and no later than promised.
    #[test]
    fn a_digest_leaves_in_time(
        since in 0_i64..4_000_000_000,
        later in 0_i64..100_000,
        every in 1_i64..100_000,
        times in prop::collection::vec((0_i8..24, 0_i8..60), 1..4),
        zone in prop::sample::select(vec!["Asia/Baghdad", "Africa/Cairo", "Asia/Gaza", "Europe/London", "Pacific/Apia"]),
    ) {
        let since = Timestamp::from_second(since).unwrap();
        let now = since + SignedDuration::from_secs(later);
        let zone = TimeZone::get(zone).unwrap();
        let leaves = |delivery| digest::due(&delivery, &zone, since, now);
        let digest = leaves(Delivery::DigestEvery(Duration::from_secs(every.unsigned_abs())));
        prop_assert_eq!(digest - since, SignedDuration::from_secs(every));
        let times = times.into_iter().map(|(hour, minute)| jiff::civil::time(hour, minute, 0, 0)).collect();
        let daily = leaves(Delivery::DigestAt(times));
        prop_assert!(daily > since && daily <= since + SignedDuration::from_hours(49), "{} {}", since, daily);
    }
}
