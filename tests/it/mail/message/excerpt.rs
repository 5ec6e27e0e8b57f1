//! What is shown of a text.

use super::{entry, mail, read};

/// The excerpt of a text around `terms`, as plain text.
#[track_caller]
fn check_excerpt(text: &str, terms: &[&str], expected: &str) {
    let read = read(&mail(&[entry("عنوان", text, &[("coalition", terms)])]));
    let excerpt = read.text.lines().nth(1).unwrap_or_default().trim_matches('\u{200f}');
    assert_eq!(excerpt, expected, "{}", read.text);
}

#[test]
fn an_excerpt_is_the_sentences_that_matched() {
    let filler = "هذه جملة طويلة لا شأن لها بما يبحث عنه أحد وتملأ المكان فقط ولا غير";
    check_excerpt("قال تحالف كذا. ثم سكت.", &["تحالف"], "قال *تحالف* كذا.");
    check_excerpt("بدأ. قال تحالف كذا؟ ثم سكت.", &["تحالف"], "قال *تحالف* كذا؟");
    check_excerpt("سطر أول\nسطر تحالف\nسطر ثالث", &["تحالف"], "سطر *تحالف*");
    check_excerpt("بلغ 3.5 تحالف. نعم.", &["تحالف"], "بلغ \u{2068}3.5\u{2069} *تحالف*.");
    check_excerpt("قال د. علي إن تحالف كذا. نعم.", &["تحالف"], "قال د. علي إن *تحالف* كذا.");
    check_excerpt("تحالف أول. تحالف ثان. ثالث.", &["تحالف"], "*تحالف* أول. *تحالف* ثان.");
    check_excerpt("تحالف أول. وسط. تحالف ثان. ثالث.", &["تحالف"], "*تحالف* أول. … *تحالف* ثان.");
    check_excerpt(
        &format!("{filler}. {filler}. {filler}. {filler}. {filler}"),
        &[],
        &format!("{filler}. {filler}."),
    );
    check_excerpt("أول. ثان.", &[], "أول. ثان.");
    check_excerpt("", &[], "وكالة الأنباء العراقية · 23 تشرين الثاني/نوفمبر 2026، 11:05");
}

#[test]
fn an_excerpt_of_an_endless_sentence_is_whole_words() {
    let words: Vec<String> = (0..100_000).map(|n| format!("كلمة{}", "ت".repeat(n % 7))).collect();
    let text = format!("{} تحالف {}", words.join(" "), words.join(" "));
    let read = read(&mail(&[entry("عنوان", &text, &[("coalition", &["تحالف"])])]));
    let excerpt = read.text.lines().nth(1).unwrap().trim_matches('\u{200f}');
    assert!(
        excerpt.starts_with("… ") && excerpt.ends_with('…') && excerpt.contains(" *تحالف* "),
        "{excerpt}"
    );
    assert!((200..=320).contains(&excerpt.chars().count()), "{}", excerpt.chars().count());
    let inner = excerpt.trim_matches('…').trim();
    assert!(
        inner.split(' ').all(|word| word == "*تحالف*" || words[..7].iter().any(|whole| whole == word)),
        "{inner}"
    );
}
