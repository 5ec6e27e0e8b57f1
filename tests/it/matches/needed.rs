//! What a rule needs stands wherever it holds, under the keys that the archive has for it.

use std::collections::HashSet;

use rasid::rules::{Condition, Document, Entity, Need, Within};
use rasid::text::key;

/// Whether a text has what is needed.
pub(crate) fn is_met(need: &Need, keys: &HashSet<&str>) -> bool {
    match need {
        Need::Nothing => true,
        Need::All(needs) => needs.iter().all(|need| is_met(need, keys)),
        Need::Any(needs) => needs.iter().any(|need| is_met(need, keys)),
        Need::Word(beginnings) => beginnings.iter().any(|begins| keys.iter().any(|key| begins.admits(key))),
    }
}

/// Whether a document has what a condition needs; where the condition holds, it has.
pub(crate) fn has(document: Document<'_>, condition: &Condition, entities: &[Entity]) -> bool {
    let keys = key::of_entry(document.title, document.body);
    is_met(&Need::of(condition, entities), &keys.split(' ').collect())
}

#[test]
fn a_text_without_what_is_needed_is_told_without_reading_it() {
    let cases = [
        ("انسحاب", "وبانسحابهم", "سحب القوات"),
        ("انسحب", "سينسحبون", "انسحاب"),
        ("~انسحاب", "المنسحبة", "القاعدة"),
        ("=قوات", "والقوات", "قوة"),
        ("قوات التحالف", "التحالف وقواته", "قوات كثيرة"),
        ("قوات NEAR/2 التحالف", "التحالف وقواته", "قوات كثيرة"),
        ("تحال*", "بتحالفهم", "حليف"),
        ("SENTENCE(قوات AND NOT التحالف)", "القوات", "التحالف"),
        ("ATLEAST/2(قوات) OR تحالف", "القوات", "حلف"),
        ("(قوات OR تحالف) NOT (قاعدة OR NOT جسر)", "القوات عند الجسر", "القوات"),
        ("title:قوات", "القوات", "حلف"),
    ];
    for (query, with, without) in cases {
        let condition = Condition::from_query(query, Within::Document).unwrap();
        for (text, expected) in [(with, true), (without, false)] {
            let document = Document { title: "", body: text };
            assert_eq!(has(document, &condition, &[]), expected, "{query} in {text}");
        }
    }
}
