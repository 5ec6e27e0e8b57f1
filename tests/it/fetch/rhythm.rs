//! Pace by rhythm: entries that came in, when to ask again out; and a short form of the simulation that
//! `cargo bench --bench schedule` runs at length.

#![allow(
    dead_code,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap
)] // a simulation's clock

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rasid::feed::{self, Hints};
use rasid::fetch::schedule::{Pace, Price, Rhythm, wait};

#[path = "../../../benches/support/rhythms.rs"]
mod rhythms;

use rhythms::{Found, simulate};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn pace() -> Pace {
    Pace { interval: 10 * MINUTE, floor: MINUTE, ceiling: 360 * MINUTE, adaptive: true }
}

/// Seconds after Monday, 23 November 2026, 00:00 UTC.
fn at(second: i64) -> Timestamp {
    "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

fn minutes(rhythm: &Rhythm, now: Timestamp) -> f64 {
    wait(pace(), rhythm, Price::default(), now, u64::MAX / 2).as_secs_f64() / 60.0
}

/// Watched for a month, with an entry at each of these seconds of every day.
fn daily(seconds: &[i64]) -> Rhythm {
    let mut rhythm = Rhythm::default();
    rhythm.learn(std::iter::empty(), None, at(-30 * DAY));
    for day in -30..0 {
        let dates = seconds.iter().map(|second| Some(at(day * DAY + second)));
        rhythm.learn(dates, Some(at(day * DAY)), at((day + 1) * DAY));
    }
    rhythm
}

#[test]
fn with_as_many_requests_entries_are_found_in_well_under_two_thirds_of_the_time() {
    let [fixed, ours] = simulate(3, 35, 14, 7);
    for (fixed, ours) in fixed.iter().zip(&ours) {
        assert!(ours.quantile(0.5) < 0.9 * fixed.quantile(0.5), "every kind of feed gains");
    }
    let (fixed, ours) = (Found::together(&fixed), Found::together(&ours));
    assert!(ours.requests <= fixed.requests, "{} requests, not {}", ours.requests, fixed.requests);
    let ratio = ours.quantile(0.5) / fixed.quantile(0.5);
    assert!(ratio < 0.6, "a median of {ratio:.2} of that at a fixed pace");
}

#[test]
fn a_feed_is_asked_once_an_interval_until_its_rhythm_is_known() {
    let mut rhythm = Rhythm::default();
    assert!((9.4..10.6).contains(&minutes(&rhythm, at(0))));
    rhythm.learn((0..500).map(|n| Some(at(-n * 60))), None, at(0));
    assert!((9.4..10.6).contains(&minutes(&rhythm, at(0))), "nobody has watched it yet");
    assert!((8.9..10.6).contains(&minutes(&rhythm, at(60))));
    assert!(minutes(&rhythm, at(DAY - HOUR)) < 9.0, "a day later its past is believed");
}

#[test]
fn it_is_asked_often_in_its_hours_and_seldom_in_others() {
    let rhythm = daily(&[6 * HOUR, 6 * HOUR + 600, 6 * HOUR + 1200, 6 * HOUR + 1800]);
    let (awake, asleep) = (minutes(&rhythm, at(6 * HOUR)), minutes(&rhythm, at(14 * HOUR)));
    assert!(3.0 * awake < asleep, "{awake} and {asleep} minutes");
    // A long wait ends early where it runs into a good hour.
    let before = minutes(&rhythm, at(6 * HOUR - 300));
    assert!(before < 5.0 + 2.0 * awake, "{before} minutes");
    // A poll that brought something expects more.
    let mut burst = rhythm.clone();
    burst.learn((0..10).map(|n| Some(at(14 * HOUR - n))), Some(at(14 * HOUR - 600)), at(14 * HOUR));
    assert!(2.0 * minutes(&burst, at(14 * HOUR)) < asleep);
}

#[test]
fn dates_that_cannot_be_true_teach_nothing() {
    let mut rhythm = Rhythm::default();
    let wrong = [at(-4000 * DAY), at(400 * DAY), Timestamp::MIN, Timestamp::MAX];
    rhythm.learn(wrong.iter().map(|date| Some(*date)).chain([None]), None, at(0));
    assert!(rhythm.weight() < 0.01);
    // Later on they came between two polls, whatever they say.
    rhythm.learn(wrong.iter().map(|date| Some(*date)).chain([None]), Some(at(0)), at(600));
    assert!((4.9..5.1).contains(&rhythm.weight()));
}

#[test]
fn what_the_feed_says_of_its_pace_is_heard() {
    let hints = |channel: &str| -> Hints {
        let rss =
            format!("<rss version='2.0'><channel>{channel}<item><title>x</title></item></channel></rss>");
        let input =
            feed::Input { bytes: rss.as_bytes(), content_type: None, base_url: None, max_entries: 10 };
        feed::read(input).unwrap().hints
    };
    let mut rhythm = daily(&[]);
    let silent = minutes(&rhythm, at(0));
    let mut often = Rhythm::default();
    often.learn(std::iter::empty(), None, at(-2 * HOUR));
    let mut seldom = often.clone();
    often.hear(&hints("<ttl>5</ttl>"));
    seldom.hear(&hints("<ttl>1440</ttl>"));
    assert!(minutes(&often, at(0)) < minutes(&seldom, at(0)), "it stands in for what is not known yet");
    rhythm.hear(&hints("<ttl>1</ttl>"));
    assert!(minutes(&rhythm, at(0)) > 0.4 * silent, "what a month has shown weighs more");
    // From 0 to 3 it rests.
    rhythm.hear(&hints("<skipHours><hour>0</hour><hour>1</hour><hour>2</hour></skipHours>"));
    assert!((179.0..=360.0).contains(&minutes(&rhythm, at(60))));
    // One that always rests does not mean it.
    let all = (0..24).map(|hour| format!("<hour>{hour}</hour>")).collect::<Vec<_>>().concat();
    rhythm.hear(&hints(&format!("<skipHours>{all}</skipHours>")));
    assert!((silent - minutes(&rhythm, at(0))).abs() < 1.0);
}

#[test]
fn what_is_fresh_is_not_asked_for_up_to_the_ceiling() {
    let mut rhythm = Rhythm::default();
    for (seconds, expected) in [(0, 10.0), (60, 10.0), (45 * 60, 45.0), (100_000, 360.0)] {
        rhythm.stays_fresh(Some(Duration::from_secs(seconds)), at(0));
        let found = minutes(&rhythm, at(0));
        assert!((found - expected).abs() < 0.6, "{seconds} s: {found} minutes, not {expected}");
    }
    let fixed = Pace { adaptive: false, ..pace() };
    assert!(
        wait(fixed, &rhythm, Price::default(), at(0), 7) < 11 * MINUTE,
        "a fixed pace is the administrator's word"
    );
}

#[test]
fn the_price_makes_all_ask_as_often_as_the_interval_says() {
    let feeds: Vec<Rhythm> =
        (0..30).map(|n| daily(&(0..n).map(|k| k * 2000 % DAY).collect::<Vec<_>>())).collect();
    let price = Price::settle(feeds.iter().map(|rhythm| (pace(), rhythm)), at(0));
    let mut asked = 0;
    for (feed, rhythm) in feeds.iter().enumerate() {
        let mut now = at(feed as i64);
        while now < at(7 * DAY) {
            now += SignedDuration::try_from(wait(pace(), rhythm, price, now, feed as u64)).unwrap();
            asked += 1;
        }
    }
    let fixed = 30 * 7 * 144;
    // Half of each rate is what the last hour brought, and here it brings nothing.
    assert!((fixed * 6 / 10..=fixed).contains(&asked), "{asked} requests, not {fixed}");
    // Nobody to ask, and nobody known.
    assert_eq!(Price::settle(std::iter::empty(), at(0)), Price::default());
}

/// A feed polled as a daemon does it, once a `wait`, under a clock that may be set.
struct Polled {
    pace: Pace,
    rhythm: Rhythm,
    last: Timestamp,
    wait: Duration,
}

impl Polled {
    /// At this pace, for so many polls, every tenth of which brings an entry.
    fn since(pace: Pace, polls: usize) -> Polled {
        let mut rhythm = Rhythm::default();
        rhythm.learn(std::iter::empty(), None, at(0));
        let mut polled = Polled { pace, rhythm, last: at(0), wait: pace.interval };
        polled.go_on(polls);
        polled
    }

    fn go_on(&mut self, polls: usize) {
        for poll in 1..=polls {
            self.poll(0, poll % 10 == 0);
        }
    }

    /// The clock is set by so many seconds before the next poll. Seconds passed over out.
    fn poll(&mut self, set: i64, news: bool) -> i64 {
        let planned = self.last + SignedDuration::try_from(self.wait).unwrap();
        let now = planned + SignedDuration::from_secs(set);
        let unseen = self.rhythm.pass(planned, Some(self.last), now);
        if news {
            let last = self.last + SignedDuration::from_secs(unseen);
            self.rhythm.learn([None].into_iter(), Some(last), now);
        }
        (self.last, self.wait) = (now, wait(self.pace, &self.rhythm, Price::default(), now, u64::MAX / 2));
        unseen
    }
}

#[test]
fn a_clock_that_is_set_is_neither_silence_nor_news() {
    const YEAR: i64 = 365 * DAY;
    let second = Duration::from_secs(1);
    let quick = Pace { interval: second, floor: second, ceiling: 360 * MINUTE, adaptive: true };
    for (pace, polls) in [(quick, 10), (quick, 3000), (pace(), 3000)] {
        for jumps in [&[YEAR][..], &[-DAY], &[2 * HOUR, -DAY, YEAR, -31 * YEAR, 30 * YEAR], &[HOUR], &[-600]]
        {
            let mut polled = Polled::since(pace, polls);
            let (usual, mut silent) = (polled.wait, Polled::since(pace, polls));
            silent.poll(HOUR, false);
            let longest = silent.wait.max(usual * 2);
            for jump in jumps {
                let unseen = polled.poll(*jump, false);
                assert!(unseen == *jump || jump.abs() <= HOUR, "{jump}: {unseen}");
                assert!(polled.wait <= longest, "{jump}: {:?} after {usual:?}", polled.wait);
                assert!(polled.wait * 2 >= usual, "{jump}: {:?} after {usual:?}", polled.wait);
            }
            polled.go_on(20);
            assert!(polled.wait <= longest && polled.wait * 2 >= usual, "{jumps:?}: {:?}", polled.wait);
        }
    }
}

#[test]
fn a_daemon_that_was_stopped_has_seen_no_silence() {
    let mut rhythm = daily(&(0..48).map(|n| n * 1800).collect::<Vec<_>>());
    let usual = minutes(&rhythm, at(0));
    let mut slept = rhythm.clone();
    let unseen = slept.pass(at(600), Some(at(0)), at(7 * DAY));
    assert_eq!(unseen, 7 * DAY - 600);
    assert!((minutes(&slept, at(7 * DAY)) - usual).abs() < 0.5);
    // Late by what waiting for others takes: that time was watched.
    assert_eq!(rhythm.pass(at(600), Some(at(0)), at(HOUR)), 0);
    // Early is a round by hand, unless the clock says that it is before the last one.
    assert_eq!(rhythm.pass(at(600), Some(at(0)), at(60)), 0);
    assert_eq!(rhythm.pass(at(600), Some(at(0)), at(-60)), -660);
    // A feed that is not known has nothing to move.
    assert_eq!(Rhythm::default().pass(at(0), None, at(7 * DAY)), 0);
}

proptest! {
    #[test]
    fn whatever_was_learnt_the_wait_is_within_bounds(
        dates in prop::collection::vec(prop::option::of(-100 * DAY..100 * DAY), 0..50),
        polls in prop::collection::vec(-40 * DAY..40 * DAY, 0..6),
        fresh: u64, every in 1_u32..100_000, hours: u32, days: u8, now in -60 * DAY..60 * DAY, seed: u64,
    ) {
        let mut rhythm = Rhythm::default();
        let mut last = None;
        for poll in polls {
            rhythm.pass(at(last.unwrap_or(0) + 600), last.map(at), at(poll));
            rhythm.learn(dates.iter().map(|date| date.map(at)), last.map(at), at(poll));
            last = Some(poll);
        }
        rhythm.stays_fresh(Some(Duration::from_secs(fresh)), at(now));
        let json = serde_json::to_value(&rhythm).unwrap();
        let mut json = json.as_object().unwrap().clone();
        json.insert("every".into(), every.into());
        json.insert("skip_hours".into(), hours.into());
        json.insert("skip_days".into(), days.into());
        let rhythm: Rhythm = serde_json::from_value(json.into()).unwrap();
        let price = Price::settle([(pace(), &rhythm)].into_iter(), at(now));
        let wait = wait(pace(), &rhythm, price, at(now), seed);
        prop_assert!(wait >= MINUTE && wait <= 360 * MINUTE, "{:?}", wait);
    }
}
