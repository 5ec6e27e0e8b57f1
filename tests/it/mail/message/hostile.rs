//! Entries that mean harm, and entries without measure.

use jiff::Timestamp;
use proptest::prelude::*;
use rasid::config::Language;
use rasid::mail::message::MAX_ENTRIES;
use rasid::rules::Field;
use rasid::store::{Match, Span};

use super::{entry, mail, mail_in, read, withdrawal};

#[test]
fn hostile_entries_harm_nobody() {
    let long = "خبر ".repeat(500_000);
    let unbroken = "ش".repeat(1_000_000);
    let emoji = "👩‍👩‍👧‍👦🇮🇶".repeat(200);
    let marks = format!("ب{}", "\u{64b}\u{651}".repeat(500));
    let titles = [
        "خبر\r\nBcc: victim@example.net\r\n\r\nBody",
        "خبر\nX-Injected: 1",
        "=?utf-8?B?QmNjOiB4?= <script>alert(1)</script>",
        "\u{202e}gpj.exe\u{202c} \u{2067}مفتوح",
        "\u{feff}\u{200b}\u{0}\u{7}\u{1b}[31mأحمر\u{9b}",
        "\u{fffd}\u{fffd}",
        "",
        "   ",
        ".",
        "<img src=x onerror=alert(1)>\" onmouseover=\"x",
        "{{ 7 * 7 }} {% for x in y %}",
        &long,
        &unbroken,
        &emoji,
        &marks,
    ];
    let urls = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "https://ina.example/\"><script>alert(1)</script>",
        "https://bank.example@evil.example/",
        "//no-scheme.example/",
        "https://ina.example/خبر\r\nX: y",
        "",
    ];
    for title in titles {
        let mut entry = entry(title, title, &[("coalition", &["خبر", "script", "👩"])]);
        let urls = if title.len() < 5000 { &urls[..] } else { &urls[..1] };
        for &url in urls {
            entry.url = Some(url.into());
            entry.feed_title = Some(title.into());
            entry.feed = "another".into();
            let mail = mail(std::slice::from_ref(&entry));
            assert!(mail.bytes.len() < 40_000, "{} bytes", mail.bytes.len());
            let read = read(&mail);
            let inside = read.html.split_once("</style>").unwrap().1;
            assert!(
                !inside.contains("<script")
                    && !inside.contains("<img")
                    && !inside.contains("javascript:alert(1)\"")
            );
            assert!(!inside.contains("onmouseover=\""), "{inside}");
        }
    }
}

#[test]
fn a_link_shows_where_it_leads() {
    let mut entry = withdrawal();
    entry.url = Some("https://bank.example@evil.example/login".into());
    let first = read(&mail(&[entry.clone()]));
    assert!(
        first.html.contains(r#"href="https://evil.example/login""#)
            && first.html.contains(">evil.example</bdi>")
    );
    entry.url = Some("mailto:someone@example.org".into());
    let second = read(&mail(&[entry]));
    assert!(!second.html.contains("href=") && !second.text.contains("mailto"));
}

#[test]
fn a_time_in_the_future_is_not_believed() {
    let mut entry = withdrawal();
    entry.published = Some("2031-01-01T00:00:00Z".parse().unwrap());
    let future = read(&mail(&[entry.clone()]));
    assert!(future.text.contains("رُصد 23 تشرين الثاني/نوفمبر 2026، 11:06"), "{}", future.text);
    for published in [Timestamp::MAX, Timestamp::MIN, Timestamp::UNIX_EPOCH] {
        entry.published = Some(published);
        entry.fetched = published;
        read(&mail(&[entry.clone()]));
    }
}

#[test]
fn thousands_of_entries_fit_a_relay() {
    // Enough to be shown in the briefest way; what holds for them holds for as many as there may be.
    const ENTRIES: usize = 1_200;
    let text =
        "قالت مصادر إن قوات التحالف الدولي غادرت القاعدة الجوية غرب البلاد صباح اليوم بعد أسابيع من التحضير. "
            .repeat(5);
    let entries: Vec<_> = (0..ENTRIES)
        .map(|n| {
            let mut entry =
                entry(&format!("خبر رقم {n} عن مغادرة القاعدة"), &text, &[("coalition", &["قوات التحالف"])]);
            entry.url = Some(format!(
                "https://ina.example/politics/2026/11/23/story-{n}-withdrawal-of-the-coalition"
            ));
            entry
        })
        .collect();
    let mail = mail(&entries);
    assert!(mail.bytes.len() * MAX_ENTRIES / ENTRIES < 10_000_000, "{} bytes", mail.bytes.len());
    let read = read(&mail);
    assert_eq!(read.text.lines().filter(|line| line.starts_with("https://")).count(), ENTRIES);
    assert!(read.html.matches("<mark").count() >= ENTRIES);
}

#[test]
fn a_subject_is_never_cut_inside_a_character() {
    for character in ["👩‍👩‍👧‍👦", "🇮🇶", "👍🏽", "شّ", "e\u{301}\u{327}", "각", "ی\u{200c}"]
    {
        for before in 0..12 {
            let title = "ب".repeat(before) + &character.repeat(120);
            let subject = read(&mail(&[entry(&title, "", &[("coalition", &["ب"])])])).subject;
            let (headline, _) = subject.split_once('…').expect("an ellipsis");
            let rest = &headline["ب".len() * before..];
            assert_eq!(rest.replace(character, ""), "", "{character:?} after {before} in {subject:?}");
            assert!(rest.len() >= 2 * character.len(), "{subject:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever feeds and rules hold, a mail keeps every promise that `read` looks at.
    #[test]
    fn any_entry_makes_a_sound_mail(
        title in "\\PC{0,60}|[\\x00-\\x{10FFFF}]{0,40}|[ا-ي ]{0,300}",
        text in "[\\x00-\\x{10FFFF}]{0,200}|([ا-ي]{1,9}[ .\\n]){0,200}",
        url in "https?://[a-z.@:/\"<> ا-ي]{0,40}|\\PC{0,30}",
        spans in proptest::collection::vec((any::<bool>(), 0_u32..2000, 0_u32..400), 0..6),
        published in proptest::option::of(-377_705_023_201_i64..253_402_207_200),
        english in any::<bool>(),
    ) {
        let mut entry = entry(&title, &text, &[]);
        entry.url = Some(url);
        entry.published = published.map(|seconds| Timestamp::from_second(seconds).unwrap());
        let spans = spans.into_iter().map(|(title, start, len)| {
            let field = if title { Field::Title } else { Field::Body };
            Span { field, start, end: start + len, term: "x".into() }
        });
        entry.matches = vec![Match { rule: "coalition".into(), spans: spans.collect() }];
        let language = if english { Language::En } else { Language::Ar };
        read(&mail_in(language, &[entry]));
    }
}
