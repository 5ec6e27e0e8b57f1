//! Whatever comes: nothing panics, nothing takes long, and every answer points back to what was there.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use rasid::story::{Article, Grouper, Placement};

/// Every story is named by an earlier key of its own, and a copy is in the story of what it repeats.
#[track_caller]
fn check(placed: &[Placement]) {
    let mut stories: HashMap<i64, i64> = HashMap::new();
    for (key, placement) in (0..).zip(placed) {
        assert!(placement.story == key || stories.get(&placement.story) == Some(&placement.story));
        if let Some(copied) = placement.copy_of {
            assert_eq!(stories.get(&copied), Some(&placement.story), "{key} repeats {copied}");
        }
        stories.insert(key, placement.story);
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ابتحدرسعفقلمنهوي]{1,6}",
        "[0-9٠-٩]{1,12}",
        Just("انسحاب القوات من القاعدة".to_owned()),
        Just("\u{202E}.\u{FEFF}".to_owned()),
        any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 0..30).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_texts_at_any_times(
        articles in prop::collection::vec((0u8..4, any::<i32>(), text(), text(), prop::option::of("[a-c]")), 0..20),
        hours in 1u64..100,
    ) {
        let mut grouper = Grouper::new(Duration::from_hours(hours));
        let place = |(key, (outlet, second, title, body, name)): (i64, &(u8, i32, String, String, Option<String>))| {
            let names: Vec<String> = name.iter().cloned().collect();
            let time = Timestamp::from_second(i64::from(*second) * 20).unwrap();
            grouper.place(key, &Article { outlet: &outlet.to_string(), time, title, body, names: &names })
        };
        let placed: Vec<Placement> = (0..).zip(&articles).map(place).collect();
        check(&placed);
    }
}

#[test]
fn the_times_at_both_ends_of_time() {
    let mut grouper = Grouper::new(Duration::MAX);
    let times = [Timestamp::MAX, Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX];
    let place =
        |(key, time)| grouper.place(key, &Article { outlet: "", time, title: "خبر", body: "", names: &[] });
    let placed: Vec<Placement> = (0..).zip(times).map(place).collect();
    check(&placed);
}

#[test]
fn much_of_the_same_and_very_long_texts_stay_cheap() {
    let mut grouper = Grouper::new(Duration::from_hours(72));
    let long = "انسحبت القوات الأجنبية من القاعدة ".repeat(20_000);
    let empty_short_and_long = [("", ""), ("خبر", ""), ("", "خبر"), ("خبر", &long)];
    let (mut placed, mut key) = (Vec::new(), 0);
    for round in 0..500 {
        for (title, body) in empty_short_and_long {
            let body = if round % 100 == 0 { body } else { &body[..body.floor_char_boundary(600)] };
            let article = Article { outlet: "a", time: Timestamp::UNIX_EPOCH, title, body, names: &[] };
            placed.push(grouper.place(key, &article));
            key += 1;
        }
    }
    check(&placed);
}
