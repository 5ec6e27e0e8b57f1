//! Characters of a term that are not there for the reader or the matcher.

use super::{quoted, warning};
use crate::rules::Problem;
use crate::rules::condition::Place;
use crate::rules::term::{Kind, Term};
use crate::text::fold::{self, Class};

/// Letters of Persian and Urdu keyboards that look like Arabic ones, and those.
const PERSIAN: [(char, char); 6] = [('ی', 'ي'), ('ک', 'ك'), ('ہ', 'ه'), ('ھ', 'ه'), ('ە', 'ه'), ('ۀ', 'ه')];

/// The sign of Form II and of doubled verbs, which the matcher reads.
const SHADDA: char = '\u{651}';

/// One warning at most for each kind of character.
pub(super) fn of_term(term: &Term, place: Place) -> Vec<Problem> {
    if term.kind() == Kind::Entity {
        return Vec::new();
    }
    let text = term.written();
    let mut warnings = Vec::new();
    let mut add = |message: String, hint: &str| warnings.push(warning(place, message, hint));
    if let Some(hidden) = text.chars().find(|&c| fold::is_invisible(c)) {
        let name = format!("U+{:04X}", u32::from(hidden));
        add(
            format!("{} holds a character that nobody sees ({name})", quoted(term)),
            "type the word again; it came along when the word was pasted",
        );
    }
    let persian = PERSIAN.iter().find(|(persian, _)| text.contains(*persian));
    if let Some((persian, arabic)) = persian {
        add(
            format!("`{persian}` in {} is not the Arabic `{arabic}`", quoted(term)),
            "it matches all the same, but who searches this file for the word will not find it",
        );
    }
    if text.chars().any(|c| c == 'ـ') {
        add(format!("the tatweel in {} does nothing", quoted(term)), "leave it out");
    }
    if text.chars().any(|c| c != 'ـ' && c != SHADDA && matches!(fold::fold(c), Class::Mark)) {
        add(
            format!("the tashkeel in {} does nothing", quoted(term)),
            "words are compared without it; leave it out",
        );
    }
    warnings.extend(punctuation(term, place));
    warnings
}

/// Signs in a list that mean something only in a query, or nothing at all.
fn punctuation(term: &Term, place: Place) -> Option<Problem> {
    let text = term.text();
    let listed = !matches!(place, Place::Query(..));
    let is_arabic = text.chars().any(|c| ('\u{620}'..='\u{64A}').contains(&c));
    let (message, hint) = if let Some(comma) = text.chars().find(|c| matches!(c, ',' | ';' | '،' | '؛')) {
        (format!("{} is one phrase, whatever `{comma}` stands in it", quoted(term)), "write two terms")
    } else if listed && is_arabic && text.contains('?') {
        let message = format!("the `?` in {} is punctuation and stands for nothing", quoted(term));
        (message, "leave it out; a query can end a word in `*`, and `؟` is the Arabic question mark")
    } else if listed && text.contains('*') {
        let message = format!("the `*` in {} means nothing in a list", quoted(term));
        (message, "write a `query` to find every word that begins so")
    } else if listed && is_query(text) {
        let message = format!("{} is one phrase: a list knows no operators", quoted(term));
        (message, "write a `query`, or each term as an entry of its own")
    } else if !listed && is_arabic && text.contains('?') {
        (format!("the `?` in {} stands for nothing", quoted(term)), "leave it out, or end the word in `*`")
    } else {
        return None;
    };
    Some(warning(place, message, hint))
}

fn is_query(text: &str) -> bool {
    let operator = |word: &str| {
        let name = word.split('/').next().unwrap_or_default();
        matches!(word, "AND" | "OR" | "NOT" | "&" | "|" | "!")
            || matches!(name, "NEAR" | "ONEAR") && name != word
    };
    text.split_whitespace().skip(1).any(operator)
}
