//! Bytes to text: what labels say, in both directions, and what the bytes show.

use encoding_rs::{Encoding, ISO_8859_6, UTF_8, WINDOWS_1251, WINDOWS_1252, WINDOWS_1256};
use rasid::feed::{self, Input};

use super::{input, read};

const TITLE: &str = "القوات المشتركة تعيد انتشارها شمال المدينة، والبرلمان يناقش قانون السيادة؟";
const SHORT: &str = "عاجل من بغداد";

fn document(declared: Option<&str>, title: &str) -> String {
    let declaration = declared.map(|name| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>\n"));
    let feed = format!("<rss version=\"2.0\"><channel><item><title>{title}</title></item></channel></rss>");
    declaration.unwrap_or_default() + &feed
}

fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable, "{text}");
    bytes.into_owned()
}

#[track_caller]
fn check(bytes: &[u8], http: Option<&str>, title: &str) {
    let content_type = http.map(|charset| format!("application/rss+xml; charset=\"{charset}\""));
    let reading =
        feed::read(Input { content_type: content_type.as_deref(), ..input(bytes) }).expect("a feed");
    assert_eq!(reading.feed.entries[0].title, title, "HTTP says {http:?}");
}

/// Every pair of what it is and what is said of it.
#[test]
fn arabic_is_read_whatever_its_labels_say() {
    let labels = [
        "utf-8",
        "windows-1256",
        "iso-8859-6",
        "iso-8859-1",
        "windows-1252",
        "us-ascii",
        "utf-16",
        "x-nonsense",
        "",
    ];
    for truth in [UTF_8, WINDOWS_1256, ISO_8859_6] {
        for title in [TITLE, SHORT] {
            for declared in labels.map(Some).into_iter().chain([None]) {
                let bytes = encoded(truth, &document(declared, title));
                for http in labels.map(Some).into_iter().chain([None]) {
                    check(&bytes, http, title);
                }
            }
        }
    }
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(order).collect()
}

#[test]
fn utf16_with_and_without_a_mark_and_utf32() {
    for declared in [None, Some("utf-16"), Some("utf-8"), Some("windows-1256")] {
        let text = document(declared, TITLE);
        for mark in [true, false] {
            check(&utf16(&text, u16::to_le_bytes, mark), None, TITLE);
            check(&utf16(&text, u16::to_be_bytes, mark), Some("utf-8"), TITLE);
        }
        let units: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        check(&units, None, TITLE);
    }
}

#[test]
fn utf8_with_a_mark_or_a_few_bad_bytes() {
    check(
        &[b"\xEF\xBB\xBF", document(Some("iso-8859-6"), TITLE).as_bytes()].concat(),
        Some("windows-1256"),
        TITLE,
    );
    let mut bytes = document(None, TITLE).into_bytes();
    let at = bytes.windows(7).position(|it| it == b"</title").expect("there");
    bytes.insert(at, 0xD8); // cut within a letter
    check(&bytes, Some("windows-1256"), &format!("{TITLE}\u{FFFD}"));
}

#[test]
fn labels_of_other_languages_are_believed() {
    let check =
        |encoding, title: &str, label| check(&encoded(encoding, &document(None, title)), label, title);
    check(WINDOWS_1252, "Élections à Téhéran: l’accord signé", Some("iso-8859-1"));
    check(WINDOWS_1252, "Élections à Téhéran: l’accord signé", None);
    check(WINDOWS_1251, "Войска покидают город после переговоров", Some("windows-1251"));
    check(encoding_rs::EUC_KR, "군대가 도시를 떠난다", Some("euc-kr"));
    check(encoding_rs::SHIFT_JIS, "軍隊が街を去る", Some("shift_jis"));
    check(encoding_rs::GBK, "军队离开城市", Some("gb2312"));
}

#[test]
fn the_http_charset_wins_over_the_declaration_where_both_could_be() {
    let bytes = encoded(WINDOWS_1251, &document(Some("koi8-r"), "мир"));
    check(&bytes, Some("windows-1251"), "мир");
}

#[test]
fn a_lie_is_noted() {
    let bytes = encoded(WINDOWS_1256, &document(Some("utf-8"), TITLE));
    let notes = read(&bytes).notes;
    assert!(notes.iter().any(|note| note.to_string().contains("UTF-8")), "{notes:?}");
    assert_eq!(read(document(Some("utf-8"), TITLE).as_bytes()).notes, []);
}

#[test]
fn pages_of_dos_the_old_mac_and_mainframes() {
    let page = |label: &str, title: &[u8]| {
        let (before, after) =
            ("<?xml version=\"1.0\" encoding=\"", "\"?><rss version=\"2.0\"><channel><item><title>");
        [before.as_bytes(), label.as_bytes(), after.as_bytes(), title, b"</title></item></channel></rss>"]
            .concat()
    };
    check(&page("ibm437", b"\x80a va"), None, "Ça va");
    check(&page("CP850", b"se\xA4or"), None, "señor");
    check(&page("cp720", b"\xE7\xE3\xE8\xE5"), None, "قعكف");
    check(&page("x-mac-greek", b"\xE1"), None, "α");
    check(&page("windows_1251", b"\xEC\xE8\xF0"), None, "мир");
    check(&page("ms-arab", b"\xDA\xC7\xCC\xE1"), None, "عاجل");
    // <?xml version="1.0" encoding="cp500"?><rss><channel><item><title>Hi!</title></item></channel></rss>
    let mainframe = b"\x4c\x6f\xa7\x94\x93\x40\xa5\x85\x99\xa2\x89\x96\x95\x7e\x7f\xf1\x4b\xf0\x7f\x40\x85\x95\x83\x96\x84\x89\x95\x87\x7e\x7f\x83\x97\xf5\xf0\xf0\x7f\x6f\x6e\x4c\x99\xa2\xa2\x6e\x4c\x83\x88\x81\x95\x95\x85\x93\x6e\x4c\x89\xa3\x85\x94\x6e\x4c\xa3\x89\xa3\x93\x85\x6e\xc8\x89\x4f\x4c\x61\xa3\x89\xa3\x93\x85\x6e\x4c\x61\x89\xa3\x85\x94\x6e\x4c\x61\x83\x88\x81\x95\x95\x85\x93\x6e\x4c\x61\x99\xa2\xa2\x6e";
    check(mainframe, None, "Hi!");
}

/// What a reader that took UTF-8 for `encoding` would have written.
fn encoded_twice(text: &str, encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

#[test]
fn text_that_was_encoded_twice() {
    for encoding in [WINDOWS_1252, WINDOWS_1256] {
        check(document(None, &encoded_twice(TITLE, encoding)).as_bytes(), None, TITLE);
    }
    // Speaking of the fault is not having it.
    let about = "لماذا تظهر الحروف العربية هكذا Ø§Ù„ على بعض الشاشات";
    check(document(None, about).as_bytes(), None, about);
}

#[test]
fn punctuation_of_windows_left_as_control_characters() {
    check(document(None, "L\u{92}accord \u{96} sign\u{E9}\u{85}").as_bytes(), None, "L’accord – signé…");
}
