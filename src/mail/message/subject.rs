//! The subject: how much it matters where that is more than usual, the headline and its rules, or how
//! many stories there are and for which rules.
//!
//! The headline comes first, since a locked phone shows some forty characters and they should be news;
//! the rule's title follows, short. All of it is about what a line of a mail client holds.

use super::clean::{self, Place};
use super::phrases::{self, Phrases};
use super::{Letter, Names};

/// Between a headline and its rules.
const DASH: &str = " — ";
/// Characters of a subject.
const LONGEST: usize = 78;
/// Characters that the rules' titles have at least, where they need them.
const RULES: usize = 30;

pub(super) fn subject(letter: &Letter<'_>, names: &Names) -> String {
    let phrases = Phrases::of(letter.to.language);
    let first = letter.thread.map(|thread| clean::line(&thread.subject, Place::Header, LONGEST));
    let first = first.as_deref().map(|first| first.trim_start_matches("Re: ")).map(|first| match first {
        "Re:" => "",
        first => first,
    });
    let subject = match first.filter(|first| !first.is_empty()) {
        Some(first) => format!("Re: {first}"),
        None => {
            let severity = phrases.severity(names.severity_of(letter.entries()));
            let severity = severity.map(|severity| format!("{severity}: ")).unwrap_or_default();
            let left = LONGEST - severity.chars().count();
            severity + &about(letter, names, phrases, left)
        }
    };
    if letter.trial { format!("{}: {subject}", phrases.trial) } else { subject }
}

fn about(letter: &Letter<'_>, names: &Names, phrases: &Phrases, max: usize) -> String {
    let rules = |max| names.titles_of(letter.entries(), phrases.comma, max);
    let [story] = letter.stories else {
        let count = phrases::stories(letter.to.language, letter.stories.len()) + ": ";
        let left = max - count.chars().count();
        return count + &rules(left);
    };
    let headline =
        headline(story.entries.first().map_or(("", ""), |entry| (&entry.title, &entry.text)), phrases);
    let left = max.saturating_sub(headline.chars().count() + DASH.chars().count());
    let rules = rules(left.max(RULES));
    let left = max.saturating_sub(rules.chars().count() + DASH.chars().count());
    [clean::line(&headline, Place::Header, left), rules].join(DASH)
}

/// The title, how the text begins where there is none, or words for neither.
fn headline((title, text): (&str, &str), phrases: &Phrases) -> String {
    let written = [title, text].map(|text| clean::line(text, Place::Header, LONGEST));
    let headline = written.into_iter().find(|line| !line.is_empty());
    headline.unwrap_or_else(|| phrases.untitled.to_owned())
}
