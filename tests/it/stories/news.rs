//! What an entry adds to its story.

use std::time::Duration;

use rasid::story::{Article, Grouper, News};

use super::grouped::{hours, placed};
use super::samples::{BRIDGE, BRIDGE_AFTER, BRIDGE_CUT, BRIDGE_TOLD};

fn independent(reports: &[super::samples::Report]) -> Vec<Option<u32>> {
    placed(reports).into_iter().map(|placed| placed.news.independent).collect()
}

#[test]
fn copies_and_the_same_outlet_again_make_no_independent_outlet() {
    assert_eq!(independent(&[BRIDGE, BRIDGE_CUT, BRIDGE_TOLD, BRIDGE_AFTER]), [Some(1), None, Some(2), None]);
}

#[test]
fn of_a_first_entry_nothing_is_listed() {
    let first = placed(&[BRIDGE]).remove(0).news;
    assert_eq!(first, News { independent: Some(1), ..News::default() });
}

#[test]
fn a_number_is_new_once_and_however_it_is_written() {
    let told = ("other", 27.0, "١٧ قتيلا حصيلة انهيار جسر كركوك", BRIDGE_AFTER.3);
    let news: Vec<_> = placed(&[BRIDGE, BRIDGE_TOLD, BRIDGE_AFTER, told])
        .into_iter()
        .map(|placed| (placed.story, placed.news.numbers))
        .collect();
    let none: Vec<String> = Vec::new();
    assert_eq!(news, [(0, none.clone()), (0, none.clone()), (0, vec!["17".to_owned()]), (0, none)]);
}

#[test]
fn an_entity_is_new_where_no_entry_before_named_it() {
    let mut grouper = Grouper::new(Duration::from_hours(72));
    let mut names = |key: i64, (outlet, after, title, body): super::samples::Report, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        grouper.place(key, &Article { outlet, time: hours(after), title, body, names: &names }).news.names
    };
    assert_eq!(names(0, BRIDGE, &["kirkuk"]), [""; 0]);
    assert_eq!(names(1, BRIDGE_CUT, &["kirkuk"]), [""; 0]);
    assert_eq!(names(2, BRIDGE_AFTER, &["mayor", "kirkuk"]), ["mayor"]);
    assert_eq!(names(3, BRIDGE_AFTER, &["mayor"]), [""; 0]);
}
