//! Feeds that break off, nest without end, repeat without end, or are no text at all.

use std::fmt::Write as _;

use proptest::prelude::*;
use rasid::feed::{self, Input, Reading};

use super::{entry, feed_of, input, read, rss};

const SMALL: [&str; 3] = [
    include_str!("../../fixtures/feed/clean-rss2.xml"),
    include_str!("../../fixtures/feed/clean-atom.xml"),
    include_str!("../../fixtures/feed/clean-feed.json"),
];

/// Every prefix of a feed keeps the entries whose end it holds, unharmed.
#[test]
fn a_feed_cut_anywhere_keeps_what_came_before() {
    for whole in SMALL {
        let full = feed_of(whole);
        let mut most = 0;
        for end in 0..whole.len() {
            let Ok(Reading { feed, .. }) = feed::read(input(&whole.as_bytes()[..end])) else {
                assert_eq!(most, 0, "an entry was lost at byte {end}");
                continue;
            };
            assert!(feed.entries.len() >= most, "an entry was lost at byte {end}");
            most = feed.entries.len();
            assert_eq!(feed.entries, full.entries[..most], "cut at byte {end}");
        }
        assert_eq!(most, full.entries.len());
    }
}

#[test]
fn a_cut_feed_says_so() {
    let notes = |text: &str| read(text.as_bytes()).notes.into_iter().map(|note| note.0).collect::<Vec<_>>();
    assert_eq!(notes(SMALL[0]), Vec::<String>::new());
    assert!(notes(&SMALL[0][..SMALL[0].len() - 30])[0].contains("breaks off"));
    assert!(notes(&SMALL[2][..SMALL[2].len() - 100])[0].contains("breaks off"));
}

#[test]
fn nesting_without_end() {
    let nested =
        |tag: &str, depth| format!("<{tag}>").repeat(depth) + "نص" + &format!("</{tag}>").repeat(depth);
    let deep = |tag: &str| nested(tag, if tag == "x" { 200_000 } else { 5000 });
    let titles = |text: &str| feed_of(text).entries.into_iter().map(|entry| entry.title).collect::<Vec<_>>();
    for tag in ["x", "div", "media:group", "description", "author"] {
        let items = format!("<item><title>أ</title>{}</item><item><title>ب</title></item>", deep(tag));
        assert_eq!(titles(&rss(&items)), ["أ", "ب"], "{tag}");
    }
    for tag in ["item", "channel", "rss", "title", "b"] {
        let _ = feed::read(input(deep(tag).as_bytes()));
        feed_of(&rss(&deep(tag)));
    }
    let never_ends = format!("<rss><channel><item><title>أ</title><description>{}", "<p>".repeat(50_000));
    assert_eq!(titles(&never_ends), Vec::<String>::new());
}

/// Each would take minutes if anything were searched for again and again.
#[test]
fn hostile_constructs_cost_linear_time() {
    let size = 60_000;
    for piece in [
        "<",
        "<a",
        "<a ",
        "<a \"",
        "<a \">\" ",
        "<a '>",
        "<!",
        "<!--",
        "<![CDATA[",
        "<?x",
        "<!DOCTYPE x [",
        "</",
        "</x>",
        "&",
        "&a",
        "<item>",
        "<item a='1'>",
        "<title>",
        "<x xmlns:a='b'>",
        "<x xml:base='/a/'>",
        "<![if x]>",
        "]]>",
        "<description>",
        "<a b=c ",
    ] {
        let text = rss(&format!(
            "<item><title>أ</title></item>{}<item><title>ب</title></item>",
            piece.repeat(size / piece.len())
        ));
        let feed = feed_of(&text);
        assert_eq!(feed.entries[0].title, "أ", "{piece}");
        let within = rss(&format!(
            "<item><guid>1</guid><description>{}</description></item>",
            piece.repeat(size / piece.len())
        ));
        feed_of(&within);
    }
    let attributes = rss(&format!("<item {}><title>أ</title></item>", "a='1' ".repeat(size / 6)));
    assert_eq!(feed_of(&attributes).entries[0].title, "أ");
}

#[test]
fn values_without_end_are_cut() {
    let huge = "خ".repeat(400_000);
    let entry = entry(&format!(
        "<title>{huge}</title><guid>{huge}</guid><link>https://a.example/{huge}</link><description>{huge}{huge}{huge}</description><category>{huge}</category><author>{huge}</author><pubDate>{huge}</pubDate>"
    ));
    assert!(entry.title.len() <= 8 * 1024 && entry.title.starts_with("خخ"), "{}", entry.title.len());
    assert!(entry.id.len() <= 2 * 1024, "{}", entry.id.len());
    assert!(entry.text.len() <= 2 << 20, "{}", entry.text.len());
    assert!(entry.categories[0].len() <= 1024 && entry.authors[0].len() <= 1024);
    assert_eq!((entry.url, entry.published), (None, None));
}

#[test]
fn long_ids_that_differ_late_stay_different() {
    let long = "x".repeat(100_000);
    let feed = feed_of(&rss(&format!("<item><guid>{long}1</guid></item><item><guid>{long}2</guid></item>")));
    assert_ne!(feed.entries[0].id, feed.entries[1].id);
}

#[test]
fn lists_without_end_are_cut() {
    let mut categories = String::new();
    for number in 0..10_000 {
        write!(categories, "<category>{number}</category><author>{number}</author>").expect("a string");
    }
    let entry = entry(&format!("<title>أ</title>{categories}"));
    assert!(entry.categories.len() <= 64 && entry.authors.len() <= 64);
    let faults = "<item><link>x:</link><pubDate>?</pubDate><title>".repeat(3000);
    assert!(read(rss(&faults).as_bytes()).notes.len() <= 51);
}

#[test]
fn entries_past_the_cap_are_left_out_and_noted() {
    let mut items = String::new();
    for number in 0..60 {
        write!(items, "<item><guid>{number}</guid><title>خبر</title></item>").expect("a string");
    }
    let json = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}]}}",
        (0..60)
            .map(|number| format!("{{\"id\":\"{number}\",\"title\":\"خبر\"}}"))
            .collect::<Vec<_>>()
            .join(",")
    );
    for text in [rss(&items), json] {
        for (most, kept, notes) in [(50, 50, 1), (60, 60, 0), (100, 60, 0), (0, 0, 1)] {
            let reading = feed::read(Input { max_entries: most, ..input(text.as_bytes()) }).expect("a feed");
            assert_eq!(
                (reading.feed.entries.len(), reading.notes.len()),
                (kept, notes),
                "{:?}",
                reading.notes
            );
            assert!(
                reading.feed.entries.iter().zip(0..).all(|(entry, number)| entry.id == number.to_string())
            );
        }
    }
}

#[test]
fn links_are_web_addresses_or_none() {
    for link in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "http://",
        "mailto:a@b",
        "  ",
        "ja\nvascript:1",
        "http://[::1",
        "blob:https://a.example/1",
    ] {
        let entry = entry(&format!("<title>أ</title><link>{link}</link><guid>{link}</guid>"));
        assert!(
            entry.url.as_deref().is_none_or(|url| url.starts_with("https://base.example/")),
            "{link}: {:?}",
            entry.url
        );
    }
    assert_eq!(
        entry("<title>أ</title><link> https://a.example/خبر?x=1 </link>").url.as_deref(),
        Some("https://a.example/خبر?x=1")
    );
}

#[test]
fn ids_are_never_empty_and_the_same_each_time() {
    for item in [
        "<title>أ</title>",
        "<guid> </guid><title>أ</title>",
        "<description>نص</description>",
        "<guid/><link/><title>أ</title>",
    ] {
        let once = entry(item).id;
        assert!(!once.trim().is_empty(), "{item}");
        assert_eq!(once, entry(item).id);
    }
    assert_ne!(entry("<title>أ</title>").id, entry("<title>ب</title>").id);
    assert_ne!(entry("<title>أ</title><description>ب</description>").id, entry("<title>أب</title>").id);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = feed::read(input(&bytes));
    }

    /// Feeds with anything in any place.
    #[test]
    fn any_damage_gives_an_answer(which in 0..3_usize, at in 0.0..1.0_f64, length in 0..40_usize, damage in prop::collection::vec(any::<u8>(), 0..12)) {
        let mut bytes = SMALL[which].as_bytes().to_vec();
        #[allow(clippy::cast_sign_loss, clippy::cast_precision_loss)] // a place within the document
        let from = (at * bytes.len() as f64) as usize;
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, damage);
        if let Ok(reading) = feed::read(input(&bytes)) {
            for entry in reading.feed.entries {
                prop_assert!(!entry.id.is_empty());
                prop_assert!(!entry.title.contains(char::is_control));
                prop_assert!(!entry.text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
                prop_assert!(entry.url.is_none_or(|url| url.starts_with("http")));
            }
        }
    }

    #[test]
    fn any_markup_gives_an_answer(soup in "(<(/)?(item|title|link|description|entry|content:encoded|b|x)( xmlns:[a-z]=\"[a-z]\")?(/)?>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|&|<|\"|\u{628}){0,60}") {
        let feed = feed_of(&rss(&soup));
        prop_assert!(feed.entries.len() <= 60);
    }
}
