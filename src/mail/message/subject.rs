//! The subject: how much it matters where it matters more than usual, the headline and its rules, or how many entries there are and for which rules.

use super::clean::{self, Place};
use super::phrases::{self, Phrases};
use super::{Letter, Names};

/// Characters of a headline in a subject.
const HEADLINE: usize = 100;
/// Characters of the rules' titles in a subject.
const RULES: usize = 60;

pub(super) fn subject(letter: &Letter<'_>, names: &Names) -> String {
    let language = letter.to.language;
    let phrases = Phrases::of(language);
    let rules = names.titles_of(letter.entries(), phrases.comma, RULES);
    let mut entries = letter.entries();
    let about = match (entries.next(), entries.count()) {
        (Some(entry), 0) => {
            let headline = clean::line(&entry.title, Place::Header, HEADLINE);
            let beginning = || clean::line(&entry.text, Place::Header, HEADLINE);
            let headline = if headline.is_empty() { beginning() } else { headline };
            let headline = if headline.is_empty() { phrases.untitled.to_owned() } else { headline };
            [headline, rules].join(" — ")
        }
        (_, others) => [phrases::entries(language, others + 1), rules].join(": "),
    };
    let about = match phrases.severity(names.severity_of(letter.entries())) {
        Some(severity) => format!("{severity}: {about}"),
        None => about,
    };
    clean::line(&about, Place::Header, HEADLINE + RULES + 40)
}
