//! What the parsers in use get wrong, row by row, read right: whole feeds lost over one character,
//! text dropped beside markup, labels believed against the bytes.

use super::{entry, feed_of, read, rss};
use rasid::feed::Format;

#[test]
fn utf8_that_calls_itself_windows_1256() {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"windows-1256\"?>{}",
        rss("<item><title>عاجل</title></item>")
    );
    let reading = read(text.as_bytes());
    assert_eq!(reading.feed.entries[0].title, "عاجل");
    assert!(reading.notes[0].to_string().contains("windows-1256"), "{:?}", reading.notes);
}

#[test]
fn windows_1256_with_and_without_a_declaration() {
    let items = "<item><title>القوات المشتركة تعيد انتشارها</title></item>";
    for declaration in ["", "<?xml version=\"1.0\" encoding=\"windows-1256\"?>"] {
        let text = format!("{declaration}{}", rss(items));
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(&text);
        assert_eq!(read(&bytes).feed.entries[0].title, "القوات المشتركة تعيد انتشارها", "{declaration:?}");
    }
}

#[test]
fn utf16le_with_a_byte_order_mark() {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(rss("<item><title>خبر</title></item>").encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(read(&bytes).feed.entries[0].title, "خبر");
}

#[test]
fn bare_ampersands() {
    let entry = entry("<title>AT&T</title><link>https://a.example/?a=1&b=2</link>");
    assert_eq!((&*entry.title, entry.url.as_deref()), ("AT&T", Some("https://a.example/?a=1&b=2")));
}

#[test]
fn html_entities_in_a_title() {
    assert_eq!(entry("<title>أ&nbsp;ب &raquo; ج</title>").title, "أ ب » ج");
}

#[test]
fn control_characters() {
    assert_eq!(entry("<title>أ\u{B}ب&#8;ج</title>").title, "أبج");
}

#[test]
fn markup_in_a_title() {
    assert_eq!(entry("<title>x <b>ب</b> y</title>").title, "x ب y");
}

#[test]
fn markup_that_is_all_of_a_description() {
    let entry = entry("<description><p>نص</p></description>");
    assert_eq!((entry.summary.as_deref(), &*entry.text), (Some("<p>نص</p>"), "نص"));
}

#[test]
fn mismatched_and_missing_end_tags_and_a_truncated_file() {
    let whole = rss("<item><title>أ</title><guid>1</guid></item><item><title>ب</title><guid>2</guid></item>");
    let cut = &whole[..whole.find("<guid>2").expect("there")];
    let ids = |text: &str| feed_of(text).entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids(cut), ["1"]);
    assert_eq!(ids(&whole.replace("</guid></item><item>", "</giud></itme><item>")), ["1", "2"]);
    assert_eq!(ids(&whole.replace("</item>", "")), ["1", "2"]);
}

#[test]
fn rdf_keeps_about_and_may_have_any_prefix() {
    let text = "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>\
        <channel r:about='https://a.example/'><title>t</title></channel>\
        <item r:about='https://a.example/1'><title>أ</title></item></r:RDF>";
    let feed = feed_of(text);
    assert_eq!((feed.format, &*feed.entries[0].id), (Format::Rss1, "https://a.example/1"));
}

#[test]
fn atom_with_an_unreadable_date_without_dates_and_under_a_prefix() {
    let atom = |entry: &str| {
        feed_of(&format!(
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:id>1</a:id>{entry}</a:entry></a:feed>"
        ))
    };
    assert_eq!(atom("<a:updated>yesterday</a:updated>").entries[0].updated, None);
    assert_eq!(atom("").entries[0].updated, None);
}

#[test]
fn json_feed() {
    let feed = feed_of(
        r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":3,"content_html":"<p>أ</p>"}]}"#,
    );
    assert_eq!((feed.format, &*feed.entries[0].id, &*feed.entries[0].text), (Format::Json, "3", "أ"));
}

#[test]
fn json_of_unexpected_types_costs_only_itself() {
    let feed = feed_of(
        r#"{"x":[[{}]],"version":"https://jsonfeed.org/version/1","title":7,"language":{},"items":[null,1,"x",[],{"id":true,
        "title":["x"],"content_text":"أ\u0008","author":"ب","authors":[{"name":"ج","url":1},{},5],"tags":"د"},{"id":1.5,"tags":[["هـ"]]}]}"#,
    );
    assert_eq!((feed.title.as_deref(), feed.entries.len()), (Some("7"), 2));
    let entry = &feed.entries[0];
    assert_eq!((&*entry.title, &*entry.text, &*entry.authors.join("+")), ("", "أ", "ب+ج+5"));
    assert_eq!(
        (entry.categories.join("+"), feed.entries[1].categories.join("+"), &*feed.entries[1].id),
        ("د".into(), "هـ".into(), "1.5")
    );
}

#[test]
fn rss_without_a_version_or_with_an_odd_one() {
    for (version, format) in [
        ("", Format::Rss2),
        ("0.90", Format::Rss0),
        ("0.93", Format::Rss0),
        ("0.94", Format::Rss0),
        ("2.0.1", Format::Rss2),
    ] {
        let text = rss("<item><title>أ</title></item>").replace("2.0", version);
        let feed = feed_of(&text);
        assert_eq!((feed.format, feed.entries.len()), (format, 1), "{version}");
    }
}

#[test]
fn empty_optional_elements_and_one_bad_byte() {
    let text = rss("<item><title>أ</title><pubDate/><category></category><enclosure/><author/></item>");
    assert_eq!(feed_of(&text).entries[0].title, "أ");
    let mut bytes = text.into_bytes();
    let at = bytes.windows(4).position(|it| it == b"<pub").expect("there");
    bytes.insert(at, 0xE3);
    assert_eq!(read(&bytes).feed.entries[0].title, "أ");
}
