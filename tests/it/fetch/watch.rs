//! The silence watch: what polls saw, and what deserves a look.

use jiff::{SignedDuration, Timestamp};
use rasid::fetch::Told;
use rasid::fetch::schedule::Rhythm;
use rasid::fetch::watch::{Page, Seen, Warning, Watch};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Seconds after Monday, 23 November 2026, 00:00 UTC.
fn at(second: i64) -> Timestamp {
    "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

/// A feed as it was watched.
#[derive(Default)]
struct Watched {
    rhythm: Rhythm,
    watch: Watch,
    warning: Option<Warning>,
    last: Option<i64>,
}

impl Watched {
    /// A poll that brought an entry of each of these times.
    fn news(&mut self, came: &[i64], now: i64) {
        let dates = || came.iter().map(|came| Some(at(*came)));
        self.rhythm.learn(dates(), self.last.map(at), at(now));
        self.watch.learn(dates(), self.last.is_none(), at(now));
        self.last = Some(now);
    }

    fn sees(&mut self, seen: Seen, now: i64) -> Option<&str> {
        let rates = self.rhythm.rates(at(now));
        self.warning = self.watch.judge(seen, &rates, self.warning.as_ref(), at(now));
        self.warning.as_ref().map(|warning| warning.kind.as_str())
    }

    /// How long after the last news it is called silent, looked at every hour.
    fn silent_after(&mut self, last: i64) -> i64 {
        (0..10_000)
            .map(|hour| last + hour * HOUR)
            .find(|now| self.sees(Seen::Unchanged(Told::default()), *now) == Some("quiet"))
            .unwrap()
            - last
    }
}

fn document(entries: usize) -> Seen {
    Seen::Document { entries, characters: (1000, 0), latest: None, told: Told::default() }
}

#[test]
fn each_feed_is_silent_by_its_own_measure() {
    // An entry every quarter of an hour by day; four at six in the morning; three on Thursdays.
    let wire = |day: i64| (5 * 4..20 * 4).map(|quarter| day * DAY + quarter * 900).collect::<Vec<_>>();
    let daily = |day: i64| (0..4).map(|n| day * DAY + 6 * HOUR + n * 600).collect();
    let weekly = |day: i64| {
        if day.rem_euclid(7) == 3 {
            (0..3).map(|n| day * DAY + 10 * HOUR + n * 900).collect()
        } else {
            vec![]
        }
    };
    let silent_after = |rhythm: &dyn Fn(i64) -> Vec<i64>| {
        let mut feed = Watched::default();
        feed.news(&rhythm(-60), -59 * DAY);
        let mut last = 0;
        for second in rhythm_of(rhythm) {
            assert_eq!(feed.sees(document(30), second + 30), None, "not while it goes on, at {second}");
            feed.news(&[second], second + 60);
            last = second;
        }
        feed.silent_after(last)
    };
    let (wire, daily, weekly) = (silent_after(&wire), silent_after(&daily), silent_after(&weekly));
    assert!((12 * HOUR..2 * DAY).contains(&wire), "{} hours", wire / HOUR);
    assert!((DAY..6 * DAY).contains(&daily), "{} hours", daily / HOUR);
    assert!((8 * DAY..40 * DAY).contains(&weekly), "{} days", weekly / DAY);
}

fn rhythm_of(rhythm: &dyn Fn(i64) -> Vec<i64>) -> Vec<i64> {
    (-59..0).flat_map(rhythm).collect()
}

#[test]
fn the_past_that_a_first_document_tells_is_enough() {
    let mut feed = Watched::default();
    let hourly: Vec<_> = (0..72).map(|n| -3 * DAY - n * HOUR).collect();
    feed.news(&hourly, 0);
    assert_eq!(feed.sees(document(72), 0), Some("quiet"));
    assert!(
        feed.warning.as_ref().unwrap().reason.starts_with("nothing new for 3 days"),
        "{:?}",
        feed.warning
    );
    // News ends it; and a feed of which little is known is never silent.
    feed.news(&[60], 60);
    assert_eq!(feed.sees(document(72), 60), None);
    let mut young = Watched::default();
    young.news(&[-20 * DAY, -21 * DAY, -23 * DAY], 0);
    assert_eq!(young.sees(document(3), 0), None);
}

#[test]
fn documents_are_looked_at() {
    let ahead = |hours: i64| Seen::Document {
        entries: 3,
        characters: (1000, 0),
        latest: Some(at(hours * HOUR)),
        told: Told::default(),
    };
    let garbled =
        |lost| Seen::Document { entries: 3, characters: (10_000, lost), latest: None, told: Told::default() };
    let clock = |hours| Told { clock_ahead: Some(SignedDuration::from_hours(hours)), fresh_for: None };
    let failed = |last: i64, gone| Seen::Failed { gone, last_success: Some(at(last)) };
    let cases = [
        (document(3), None),
        (document(0), Some("empty")),
        (ahead(20), None),
        (ahead(50), Some("dated-ahead")),
        (garbled(20), None),
        (garbled(80), Some("undecodable")),
        (Seen::Unchanged(clock(0)), None),
        (Seen::Unchanged(clock(5)), Some("clock")),
        (Seen::Unchanged(clock(-5)), Some("clock")),
        (Seen::NoFeed(Page::Html), Some("html")),
        (Seen::NoFeed(Page::Captcha), Some("captcha")),
        (Seen::NoFeed(Page::Other), None),
        (failed(-HOUR, false), None),
        (failed(-2 * DAY, false), Some("failing")),
        (failed(-HOUR, true), Some("gone")),
    ];
    for (seen, expected) in cases {
        assert_eq!(Watched::default().sees(seen, 0), expected, "{seen:?}");
    }
}

#[test]
fn a_warning_stays_one_until_it_ends() {
    let mut feed = Watched::default();
    assert_eq!(feed.sees(document(0), 0), Some("empty"));
    // A 304 says that the document is as it was.
    assert_eq!(feed.sees(Seen::Unchanged(Told::default()), 60), Some("empty"));
    assert_eq!(feed.sees(Seen::Failed { gone: false, last_success: Some(at(60)) }, 90), Some("empty"));
    assert_eq!(feed.sees(document(0), 120), Some("empty"));
    assert_eq!(feed.warning.as_ref().unwrap().since, at(0));
    assert_eq!(feed.sees(document(1), 180), None);
    assert_eq!(feed.sees(document(0), 240), Some("empty"));
    assert_eq!(feed.warning.as_ref().unwrap().since, at(240));
}

#[test]
fn a_share_of_garbled_text_that_is_usual_is_no_news() {
    let seen =
        |lost| Seen::Document { entries: 3, characters: (10_000, lost), latest: None, told: Told::default() };
    let mut feed = Watched::default();
    for poll in 0..60 {
        assert_eq!(feed.sees(seen(45), poll), None);
    }
    assert_eq!(feed.sees(seen(100), 60), None);
    assert_eq!(feed.sees(seen(300), 61), Some("undecodable"));
    assert_eq!(feed.warning.as_ref().unwrap().reason, "3.00 % of its characters cannot be decoded");
}

#[test]
fn pages_are_told_from_captchas() {
    let cases = [
        ("<!DOCTYPE html><title>Just a moment...</title>", Page::Captcha),
        ("<HTML><body>Please solve the CAPTCHA", Page::Captcha),
        ("<html><body>تسجيل الدخول</body></html>", Page::Html),
        ("{\"error\": \"captcha\"}", Page::Other),
        ("", Page::Other),
    ];
    for (page, expected) in cases {
        assert_eq!(Page::of(page.as_bytes()), expected, "{page}");
    }
}
