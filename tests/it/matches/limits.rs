//! Limits: whose entries a rule is meant for.

use rasid::rules::Limits;
use rasid::rules::limit::Origin;

const ARABIC: &str =
    "أعلن الوزير سحب القوات من القاعدة الجوية، وقال إن الاتفاق يحفظ سيادة البلاد. كلم BBC ونشر.";
const PERSIAN: &str =
    "وزیر خارجه گفت که نیروهای خارجی از کشور خارج می‌شوند و این توافق پس از چند ماه گفتگو به دست آمد";
const URDU: &str =
    "وزیر خارجہ نے کہا ہے کہ غیر ملکی فوجیں ملک سے نکل جائیں گی اور یہ معاہدہ کئی ماہ کی بات چیت کے بعد ہوا";
const ENGLISH: &str =
    "The minister said that foreign troops would leave the base; التحالف was not mentioned.";
const RUSSIAN: &str = "Министр заявил о выводе иностранных войск";

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

#[track_caller]
fn check_language(languages: &[&str], declared: Option<&str>, text: &str, expected: bool) {
    let limits = Limits { languages: list(languages), ..Limits::default() };
    let origin = Origin { feed: "ina", tags: &[], language: declared, title: "", text };
    assert_eq!(limits.admit(&origin), expected, "{languages:?} {declared:?} {text}");
}

#[test]
fn the_feed_says_its_language() {
    for declared in ["ar", "AR", "ar-IQ", "ar_SA", " ar", "ara"] {
        check_language(&["ar"], Some(declared), ARABIC, true);
    }
    check_language(&["fa"], Some("ar"), ARABIC, false);
    check_language(&["en", "ar"], Some("ar"), ARABIC, true);
    check_language(&["de"], Some("de"), ENGLISH, true);
    check_language(&["en"], Some("de"), ENGLISH, false);
    check_language(&["fa"], Some("fa"), PERSIAN, true);
    check_language(&["ru"], Some("ru"), RUSSIAN, true);
    check_language(&["ar"], Some("ar"), "", true);
}

#[test]
fn letters_tell_where_the_feed_does_not() {
    check_language(&["ar"], None, ARABIC, true);
    check_language(&["fa"], None, ARABIC, false);
    check_language(&["fa"], None, PERSIAN, true);
    check_language(&["ar"], None, PERSIAN, false);
    check_language(&["ur"], None, URDU, true);
    check_language(&["fa"], None, URDU, false);
    check_language(
        &["ar"],
        None,
        "جاك شيراك وكريستيان چ وغيرهما في بيان طويل بلا حروف أخرى من لغات الجوار",
        true,
    );
    check_language(&["en"], None, ENGLISH, true);
    check_language(&["tr"], None, ENGLISH, true);
    check_language(&["ar"], None, ENGLISH, false);
    check_language(&["ar"], None, "", false);
    check_language(&["en"], None, RUSSIAN, false);
}

#[test]
fn a_language_that_is_not_written_in_these_letters_is_not_believed() {
    check_language(&["ar"], Some("en-us"), ARABIC, true);
    check_language(&["en"], Some("en-us"), ARABIC, false);
    check_language(&["fa"], Some("en"), PERSIAN, true);
    check_language(&["en"], Some("ar"), ENGLISH, true);
    check_language(&["ar"], Some(""), ARABIC, true);
}

#[test]
fn feeds_and_tags() {
    let tags = list(&["iraq", "agency"]);
    let origin = Origin { feed: "ina", tags: &tags, language: Some("ar"), title: "", text: ARABIC };
    for (feeds, limit, languages, expected) in [
        (&[][..], &[][..], &[][..], true),
        (&["ina"], &[], &[], true),
        (&["bbc", "ina"], &[], &[], true),
        (&["bbc"], &[], &[], false),
        (&[], &["agency"], &[], true),
        (&[], &["x", "iraq"], &[], true),
        (&[], &["x"], &[], false),
        (&["ina"], &["x"], &[], false),
        (&["bbc"], &["iraq"], &[], false),
        (&["ina"], &["iraq"], &["ar"], true),
        (&["ina"], &["iraq"], &["fa"], false),
    ] {
        let limits = Limits { feeds: list(feeds), tags: list(limit), languages: list(languages) };
        assert_eq!(limits.admit(&origin), expected, "{limits:?}");
        assert_eq!(limits.is_empty(), feeds.len() + limit.len() + languages.len() == 0);
    }
}
