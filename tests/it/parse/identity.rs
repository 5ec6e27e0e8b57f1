//! Which entries of a document are new.

use proptest::prelude::*;
use rasid::feed::Entry;
use rasid::feed::edit::is_material;
use rasid::feed::identity::{Facets, Print, Verdict, fresh, recognise};

use super::feed_of;

/// An entry as guid, link and title; a link of "" is none, a guid of "" is missing and so the link.
fn entry((guid, link, title): (&str, &str, &str)) -> Entry {
    let atom = format!(
        "<rss version='2.0'><channel><item>{}{}<title>{title}</title></item></channel></rss>",
        if guid.is_empty() { String::new() } else { format!("<guid isPermaLink='false'>{guid}</guid>") },
        if link.is_empty() { String::new() } else { format!("<link>https://a.example/{link}</link>") },
    );
    feed_of(&atom).entries.remove(0)
}

fn facets(entries: &[(&str, &str, &str)]) -> Vec<Facets> {
    entries.iter().map(|it| Facets::of(&entry(*it))).collect()
}

#[track_caller]
fn check(known: &[(&str, &str, &str)], document: &[(&str, &str, &str)], expected: &[usize]) {
    assert_eq!(fresh(&facets(document), &facets(known)), expected);
}

const STORED: [(&str, &str, &str); 5] =
    [("1", "a", "أ"), ("2", "b", "ب"), ("3", "c", "ج"), ("4", "d", "د"), ("5", "e", "هـ")];

/// The stored entries with some of them changed.
fn edited<'a>(changes: &[(usize, (&'a str, &'a str, &'a str))]) -> Vec<(&'a str, &'a str, &'a str)> {
    let mut document = STORED.to_vec();
    for (at, change) in changes {
        document[*at] = *change;
    }
    document
}

#[test]
fn a_first_document_is_all_new_and_the_same_one_again_is_not() {
    check(&[], &STORED, &[0, 1, 2, 3, 4]);
    check(&STORED, &STORED, &[]);
}

#[test]
fn items_of_one_document_are_one_only_where_all_three_agree() {
    check(
        &[],
        &[("1", "a", "أ"), ("1", "a", "أ"), ("1", "a", "ب"), ("1", "b", "أ"), ("2", "a", "أ")],
        &[0, 2, 3, 4],
    );
}

#[test]
fn new_entries_among_known_ones_are_new() {
    let mut document = vec![("6", "f", "و"), ("7", "g", "ز")];
    document.extend(STORED);
    check(&STORED, &document, &[0, 1]);
    // Also where they repeat a stored title, or lead to a stored page.
    check(
        &STORED,
        &[("6", "f", "أ"), ("7", "a", "ز"), ("8", "b", "ب"), STORED[2], STORED[3], STORED[4]],
        &[0, 1, 2],
    );
}

#[test]
fn an_edited_title_or_link_is_no_new_entry() {
    check(&STORED, &edited(&[(0, ("1", "a", "أ معدل"))]), &[]);
    check(&STORED, &edited(&[(0, ("1", "a2", "أ"))]), &[]);
    check(&STORED[..1], &[("1", "a", "أ معدل")], &[]);
}

#[test]
fn title_and_link_edited_at_once_is_no_new_entry_where_guids_can_be_relied_on() {
    let stored: Vec<(String, String, String)> =
        (0..20).map(|n| (format!("g{n}"), format!("l{n}"), format!("t{n}"))).collect();
    let mut stored: Vec<_> = stored.iter().map(|(g, l, t)| (&**g, &**l, &**t)).collect();
    let known = stored.clone();
    stored[3] = ("g3", "other", "آخر");
    check(&known, &stored, &[]);
    // A feed of one entry shows nothing of its guids: better told twice than never.
    check(&[("live", "a", "أ")], &[("live", "b", "ب")], &[0]);
}

#[test]
fn one_guid_for_all_says_nothing() {
    let known = [("x", "a", "أ"), ("x", "b", "ب"), ("x", "c", "ج")];
    check(&[], &known, &[0, 1, 2]);
    check(&known, &known, &[]);
    check(&known, &[("x", "d", "د"), ("x", "a", "أ"), ("x", "b", "ب"), ("x", "c", "ج")], &[0]);
    // An edited title, the links being their own; one page for all, where the titles are all there is.
    check(&known, &[("x", "a", "أ معدل"), ("x", "b", "ب"), ("x", "c", "ج")], &[]);
    let page = [("x", "p", "أ"), ("x", "p", "ب"), ("x", "p", "ج")];
    check(&page, &[("x", "p", "د"), ("x", "p", "أ"), ("x", "p", "ب")], &[0]);
}

#[test]
fn guids_that_only_number_the_places_say_nothing() {
    let known = [("1", "a", "أ"), ("2", "b", "ب"), ("3", "c", "ج"), ("4", "d", "د")];
    check(&known, &[("1", "n", "جديد"), ("2", "a", "أ"), ("3", "b", "ب"), ("4", "c", "ج")], &[0]);
}

#[test]
fn guids_that_all_change_at_once_alert_only_what_is_new() {
    let rotated = [("r1", "a", "أ"), ("r2", "b", "ب"), ("r3", "c", "ج"), ("r4", "d", "د"), ("r5", "e", "هـ")];
    check(&STORED, &rotated, &[]);
    check(&STORED, &[("r0", "n", "جديد"), rotated[0], rotated[1], rotated[2], rotated[3]], &[0]);
    // One of them edited as well.
    check(&STORED, &[("r1", "a", "أ معدل"), rotated[1], rotated[2], rotated[3], rotated[4]], &[]);
    // All lead to one page: the titles decide.
    let page = [("1", "p", "أ"), ("2", "p", "ب"), ("3", "p", "ج")];
    check(&page, &[("r0", "p", "جديد"), ("r1", "p", "أ"), ("r2", "p", "ب")], &[0]);
}

#[test]
fn a_page_that_is_written_on_is_new_each_time() {
    check(&[("1", "live", "أ")], &[("2", "live", "ب"), ("1", "live", "أ")], &[0]);
    check(
        &[("1", "live", "أ"), ("2", "live", "ب")],
        &[("3", "live", "ج"), ("2", "live", "ب"), ("1", "live", "أ")],
        &[0],
    );
    check(&[("1", "live", "أ")], &[("2", "live", "ب")], &[0]);
}

#[test]
fn without_guids_links_are_ids() {
    let known = [("", "a", "أ"), ("", "b", "ب"), ("", "c", "ج")];
    check(&known, &known, &[]);
    check(&known, &[("", "a", "أ معدل"), ("", "b", "ب"), ("", "d", "د")], &[2]);
    // One page for all: the titles decide.
    let page = [("", "p", "أ"), ("", "p", "ب")];
    check(&page, &[("", "p", "ج"), ("", "p", "أ"), ("", "p", "ب")], &[0]);
}

#[test]
fn without_links_guids_and_titles_are_all_there_is() {
    let known = [("1", "", "أ"), ("2", "", "ب")];
    check(&known, &known, &[]);
    check(&known, &[("3", "", "أ"), ("1", "", "أ"), ("2", "", "ب")], &[0]);
    check(&[("x", "", "أ"), ("x", "", "ب")], &[("x", "", "ج"), ("x", "", "أ"), ("x", "", "ب")], &[0]);
}

#[test]
fn what_only_tracks_readers_is_no_part_of_an_address() {
    let plain = entry(("1", "", "عنوان"));
    let facets = |url: &str| {
        let it = Entry { id: url.into(), url: Some(url.into()), ..plain.clone() };
        (Facets::of(&it).guid, Facets::of(&it).link)
    };
    let same = facets("https://a.example/news?id=7&lang=ar");
    for url in [
        "http://a.example/news?id=7&lang=ar",
        "https://www.a.example/news?id=7&lang=ar",
        "https://a.example/news?id=7&utm_source=rss&utm_medium=feed&lang=ar",
        "https://a.example/news?id=7&lang=ar&fbclid=xyz",
        "HTTP://a.example/news?UTM_CAMPAIGN=x&id=7&lang=ar",
    ] {
        assert_eq!(facets(url), same, "{url}");
    }
    for url in [
        "https://a.example/news?id=8&lang=ar",
        "https://b.example/news?id=7&lang=ar",
        "https://a.example/news?id=7&lang=ar#part",
        "https://a.example/news",
    ] {
        assert_ne!(facets(url), same, "{url}");
    }
    assert_eq!(facets("https://a.example/a?utm_source=x"), facets("https://a.example/a"));
    assert_ne!(facets("tag:a.example,2026:1?utm_a=1"), facets("tag:a.example,2026:1"), "no address");
}

fn print(number: u64, digest: u64) -> Print {
    Print { facets: Facets { guid: number, link: number + 1000, title: number % 1000 + 2000 }, digest }
}

#[test]
fn a_feed_that_moved_is_known_by_what_it_says() {
    // Other guids and links, the same titles and texts, and two entries that are new.
    let known: Vec<_> = (1..=8).map(|n| print(n, n)).collect();
    let mut document: Vec<_> = (1..=8).map(|n| print(10_000 + n, n)).collect();
    document.push(print(10_500, 500));
    document.push(print(10_501, 501));
    let found = recognise(&document, &known);
    let expected = (0..8).map(Verdict::Stored).chain([Verdict::New, Verdict::New]);
    assert_eq!(found.verdicts, expected.collect::<Vec<_>>());
    assert!(found.moved);
    // The same headlines over other texts, as bulletins have them every day, are new.
    let bulletins: Vec<_> = (1..=8).map(|n| print(10_000 + n, 100 + n)).collect();
    assert!(recognise(&bulletins, &known).verdicts.iter().all(|verdict| *verdict == Verdict::New));
    // One that repeats itself word for word among others does so on purpose.
    let mut repeated: Vec<_> = (2..=8).map(|n| print(n, n)).collect();
    repeated.push(print(10_001, 1));
    assert_eq!(recognise(&repeated, &known).verdicts[7], Verdict::New);
}

#[test]
fn guids_that_changed_once_stay_known_while_new_entries_push_the_old_ones_out() {
    let old: Vec<_> = (1..=10).map(|n| print(n, n)).collect();
    let rotated = |n: u64| Print { facets: Facets { guid: 50_000 + n, ..print(n, n).facets }, digest: n };
    let mut known = old.clone();
    let mut new = 0;
    for turn in 0..10 {
        let document: Vec<_> =
            (11..=10 + turn).rev().map(rotated).chain((turn + 1..=10).map(rotated)).collect();
        let found = recognise(&document, &known);
        new += found.verdicts.iter().filter(|verdict| **verdict == Verdict::New).count();
        // What the store does: new entries, and new names of known ones.
        known.extend(&document);
    }
    assert_eq!(new, 9, "each new entry once, and none of the old ones");
}

#[test]
fn an_edit_is_material_where_it_says_something_else() {
    let text = "قال المتحدث باسم الوزارة إن الوفد وصل إلى العاصمة صباح اليوم وسيغادرها مساء غد بعد لقاء المسؤولين فيها";
    let cases = [
        ("عنوان", text, "عنوان", text, false),
        ("عنوان", text, "عنوان آخر", text, true),
        ("عنوان 1", text, "عنوان 2", text, false),
        ("عنوان", text, "عنوان.", text, false),
        ("عنوان", text, "عنوان", &format!("{text} (1250 قراءة)"), false),
        ("عنوان", text, "عنوان", &format!("{text} وأضاف أن القوات ستنسحب من القاعدة"), true),
        ("عنوان", text, "عنوان", "", true),
        ("عنوان", "", "عنوان", "كلمتان اثنتان", true),
        ("عنوان", &text.repeat(20), "عنوان", &(text.repeat(20) + " إعلان قصير هنا أيضا"), false),
    ];
    for (old_title, old, title, new, expected) in cases {
        assert_eq!(is_material((old_title, old), (title, new)), expected, "{title}: {new}");
    }
}

/// Stored hashes outlive releases: these values never change.
#[test]
fn facets_are_pinned() {
    let facets = Facets::of(&entry(("nahr-101", "101", "عنوان")));
    let (guid, link, title) =
        (11_036_090_697_476_239_202, 14_808_605_543_358_580_801, 1_385_576_896_362_585_062);
    assert_eq!(facets, Facets { guid, link, title });
    let bare = Facets::of(&entry(("nahr-101", "", "")));
    assert_eq!(bare, Facets { guid, link: 0, title: 0 });
}

fn any_facets() -> impl Strategy<Value = Facets> {
    (1..6_u64, 0..6_u64, 0..6_u64).prop_map(|(guid, link, title)| Facets { guid, link, title })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn promises_for_any_document(document in prop::collection::vec(any_facets(), 0..12), known in prop::collection::vec(any_facets(), 0..12)) {
        let new = fresh(&document, &known);
        prop_assert!(new.is_sorted() && new.iter().all(|index| *index < document.len()));
        for (index, facets) in document.iter().enumerate() {
            let first = document.iter().position(|it| it == facets) == Some(index);
            let shares = known.iter().any(|it| it.guid == facets.guid || (it.link != 0 && it.link == facets.link));
            // What is stored is never new; what shares nothing with anything stored always is, once.
            prop_assert!(!(known.contains(facets) && new.contains(&index)));
            prop_assert!(shares || new.contains(&index) == first);
            prop_assert!(first || !new.contains(&index));
        }
    }

    /// Storing what is new makes it known: no document alerts twice.
    #[test]
    fn the_same_document_again_brings_nothing(document in prop::collection::vec(any_facets(), 0..12)) {
        let stored: Vec<_> = fresh(&document, &[]).into_iter().map(|index| document[index]).collect();
        prop_assert_eq!(fresh(&document, &stored), Vec::<usize>::new());
    }

    #[test]
    fn order_says_nothing(document in prop::collection::vec(any_facets(), 0..10), known in prop::collection::vec(any_facets(), 0..10)) {
        let of = |document: &[Facets]| {
            let mut new: Vec<_> = fresh(document, &known).into_iter().map(|index| document[index]).collect();
            new.sort_by_key(|it| (it.guid, it.link, it.title));
            new
        };
        let reversed: Vec<_> = document.iter().rev().copied().collect();
        prop_assert_eq!(of(&document), of(&reversed));
    }
}
