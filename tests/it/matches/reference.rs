//! A slow, obviously right matcher beside the real one; and what must hold for any text.
//!
//! The reference, [`judge`], works on texts made of known words, which [`generate`] makes, so it
//! needs no Arabic.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rasid::rules::{Condition, Document, Field, Rule, RuleSet, Scratch, Within};

use generate::{entities, entities_of, rules, texts, write};
use judge::Reference;

mod generate;
mod judge;

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_reference(rule in rules(), entities in entities(), title in texts(6), body in texts(20)) {
        let Ok(condition) = rule.condition() else {
            return Ok(()); // without a positive term
        };
        let mut tokens = Vec::new();
        let (title, body) = (write(&title, false, &mut tokens), write(&body, true, &mut tokens));
        let (written, document) = (entities_of(&entities), Document { title: &title, body: &body });
        let needed = super::needed::has(document, &condition, &written);
        let compiled = [Rule::new("r", condition)];
        super::explain::agrees(&compiled, &written, document)?;
        let found: BTreeSet<_> = RuleSet::compile(&compiled, &written)
            .matches(document, &mut Scratch::default())
            .into_iter()
            .flat_map(|found| found.spans)
            .map(|span| (span.field == Field::Body, span.start, span.end))
            .collect();

        let scope: Vec<usize> = (0..tokens.len()).collect();
        let expected: BTreeSet<_> = Reference::new(&tokens, &entities)
            .judge(&rule.meant(), false, &scope)
            .into_iter()
            .flatten()
            .map(|(start, end)| (tokens[start].body, tokens[start].span.0, tokens[end - 1].span.1))
            .collect();
        prop_assert!(needed || found.is_empty(), "{:?} needs more than stands in «{}» «{}»", rule, title, body);
        prop_assert_eq!(found, expected, "{:?} with {:?} on «{}» «{}»", rule, entities, title, body);
    }

    /// Several rules find together what each finds alone, whatever wakes them.
    #[test]
    fn rules_do_not_disturb_each_other(
        rules in proptest::collection::vec(rules(), 1..6),
        entities in entities(),
        texts in proptest::collection::vec(texts(20), 1..4),
    ) {
        let conditions = rules.iter().filter_map(|rule| rule.condition().ok());
        let rules: Vec<Rule> = conditions.map(|condition| Rule::new("r", condition)).collect();
        let entities = entities_of(&entities);
        let together = RuleSet::compile(&rules, &entities);
        let mut scratch = Scratch::default();
        for text in texts {
            let body = write(&text, true, &mut Vec::new());
            let document = Document { title: "", body: &body };
            let found = together.matches(document, &mut scratch);
            for (number, rule) in rules.iter().enumerate() {
                let alone = RuleSet::compile(std::slice::from_ref(rule), &entities);
                let alone = alone.matches(document, &mut Scratch::default());
                let places = |spans: &[rasid::rules::Span]| -> Vec<_> {
                    spans.iter().map(|span| (span.field, span.start, span.end)).collect()
                };
                let here = found.iter().find(|found| found.rule == number).map(|found| places(&found.spans));
                prop_assert_eq!(here, alone.first().map(|found| places(&found.spans)), "on «{}»", body);
            }
        }
    }

    /// Any text and any rule: no panic, and spans lie within their field, sorted, without repeats.
    #[test]
    fn any_text_is_survived(query in "\\PC{0,40}", title in "\\PC{0,20}", body in any::<String>(), words in "[وال]{0,3}[\u{600}-\u{6FF}]{1,6}[\n .]") {
        let _ = Condition::from_query(&query, Within::Document);
        let term: &str = &words;
        let Ok(condition) = Condition::from_lists(
            rasid::rules::Lists { any: &[term, "ا", "a"], ..Default::default() }, Within::Document,
        ) else { return Ok(()) };
        let rules = RuleSet::compile(&[Rule::new("r", condition)], &[]);
        let body = format!("{body} {words} {body}");
        let (in_title, in_body) = (title.chars().count() as u32, body.chars().count() as u32);
        for found in rules.matches(Document { title: &title, body: &body }, &mut Scratch::default()) {
            prop_assert!(found.spans.is_sorted_by(|a, b| a < b));
            for span in found.spans {
                let length = if span.field == Field::Title { in_title } else { in_body };
                prop_assert!(span.start < span.end && span.end <= length);
            }
        }
    }

    /// What a list looks for is found in any text that holds it between spaces, whole.
    #[test]
    fn a_word_is_found_wherever_it_stands(before in any::<String>(), word in "[ابتجحدرسعفقكلمنهوي]{2,9}", after in any::<String>()) {
        let condition = Condition::from_lists(
            rasid::rules::Lists { any: &[&word], ..Default::default() }, Within::Document,
        ).unwrap();
        let rules = RuleSet::compile(&[Rule::new("r", condition)], &[]);
        let body = format!("{before} {word} {after}");
        let start = before.chars().count() as u32 + 1;
        let end = start + word.chars().count() as u32;
        let found = rules.matches(Document { title: "", body: &body }, &mut Scratch::default());
        let spans: Vec<_> = found.iter().flat_map(|found| &found.spans).map(|span| (span.start, span.end)).collect();
        prop_assert!(spans.contains(&(start, end)), "{word} in {spans:?}");
    }
}
