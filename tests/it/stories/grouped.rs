//! What belongs together and what repeats what.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rasid::story::{Article, Grouper, Placement};

use super::samples::{
    BRIDGE, BRIDGE_AFTER, BRIDGE_CUT, BRIDGE_LONGER, BRIDGE_TOLD, MEETING, OTHER_BRIDGE, OTHER_MEETING,
    Report,
};

const WINDOW: Duration = Duration::from_hours(72);

/// So many hours after some morning.
pub(super) fn hours(after: f64) -> Timestamp {
    let first: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
    first + SignedDuration::from_secs((after * 3600.0) as i64)
}

/// Places reports with their numbers as keys.
pub(super) fn placed(reports: &[Report]) -> Vec<Placement> {
    let mut grouper = Grouper::new(WINDOW);
    let place = |(key, &(outlet, after, title, body)): (i64, &Report)| {
        grouper.place(key, &Article { outlet, time: hours(after), title, body, names: &[] })
    };
    (0..).zip(reports).map(place).collect()
}

/// The story of each, and what it is a copy of.
#[track_caller]
fn check(reports: &[Report], expected: &[(i64, Option<i64>)]) {
    let said: Vec<_> = placed(reports).into_iter().map(|placed| (placed.story, placed.copy_of)).collect();
    assert_eq!(said, expected);
}

#[test]
fn copies_with_other_headlines_cut_or_longer() {
    check(&[BRIDGE, BRIDGE_CUT], &[(0, None), (0, Some(0))]);
    check(&[BRIDGE, BRIDGE_LONGER], &[(0, None), (0, Some(0))]);
    check(&[BRIDGE_CUT, BRIDGE], &[(0, None), (0, Some(0))]);
}

#[test]
fn an_independent_report_and_a_follow_up_are_no_copies() {
    check(&[BRIDGE, BRIDGE_TOLD, BRIDGE_AFTER], &[(0, None), (0, None), (0, None)]);
}

#[test]
fn two_events_in_the_same_words_are_two_stories() {
    check(&[BRIDGE, OTHER_BRIDGE], &[(0, None), (1, None)]);
    check(&[MEETING, OTHER_MEETING], &[(0, None), (1, None)]);
}

#[test]
fn the_same_words_about_other_names_are_no_copy() {
    let names = ["الكاميرون", "باراغواي", "سلوفينيا", "النرويج", "تنزانيا", "منغوليا", "بيرو", "الفلبين"];
    let congratulate = |name: &str| {
        (
            format!("القيادة تهنئ رئيس {name} باليوم الوطني"),
            format!(
                "بعث خادم الحرمين الشريفين برقية تهنئة إلى رئيس {name} بمناسبة ذكرى اليوم الوطني لبلاده، وأعرب باسمه واسم شعب \
                 المملكة وحكومتها عن أصدق التهاني وأطيب التمنيات بالصحة والسعادة ولحكومة {name} وشعبها الصديق اطراد التقدم."
            ),
        )
    };
    let mut grouper = Grouper::new(WINDOW);
    for (key, name) in (0i32..).zip(names) {
        let (title, body) = congratulate(name);
        let article = Article {
            outlet: "a",
            time: hours(f64::from(key) * 20.0),
            title: &title,
            body: &body,
            names: &[],
        };
        let placed = grouper.place(i64::from(key), &article);
        assert_eq!(placed.copy_of, None, "{name}");
        assert!(placed.story == i64::from(key) || !placed.news.names.is_empty(), "{name}: {placed:?}");
    }
}

#[test]
fn stories_side_by_side() {
    check(
        &[BRIDGE, BRIDGE_CUT, BRIDGE_TOLD, MEETING, OTHER_MEETING, OTHER_BRIDGE, BRIDGE_AFTER],
        &[(0, None), (0, Some(0)), (0, None), (3, None), (4, None), (5, None), (0, None)],
    );
}

#[test]
fn short_texts_that_differ_in_a_number_are_never_swallowed() {
    let report = |number: u32| {
        let title = format!("خبر {number} عن انسحاب القوات");
        (title, format!("نص الخبر {number} عن انسحاب القوات من القاعدة."))
    };
    let mut grouper = Grouper::new(WINDOW);
    for number in 1..50 {
        let (title, body) = report(number);
        let article = Article { outlet: "a", time: hours(0.0), title: &title, body: &body, names: &[] };
        let placed = grouper.place(i64::from(number), &article);
        let alone = placed.story == i64::from(number);
        assert!(alone || !placed.news.numbers.is_empty(), "{number}: {placed:?}");
    }
}

#[test]
fn what_left_the_window_is_forgotten() {
    let (outlet, _, title, body) = BRIDGE;
    let late = ("daily", 73.0, title, body);
    check(&[(outlet, 0.0, title, body), late], &[(0, None), (1, None)]);
    check(&[(outlet, 0.0, title, body), ("daily", 71.0, title, body)], &[(0, None), (0, Some(0))]);
}

#[test]
fn a_restored_grouper_goes_on_where_it_was() {
    let reports = [BRIDGE, BRIDGE_CUT, MEETING, BRIDGE_TOLD, OTHER_MEETING, BRIDGE_AFTER];
    let whole = placed(&reports);
    let mut grouper = Grouper::new(WINDOW);
    for ((key, &(outlet, after, title, body)), whole) in (0..).zip(&reports).zip(&whole) {
        let article = Article { outlet, time: hours(after), title, body, names: &[] };
        if key < 4 {
            grouper.restore(key, &article, whole.story, whole.copy_of);
        } else {
            assert_eq!(grouper.place(key, &article), *whole);
        }
    }
}
