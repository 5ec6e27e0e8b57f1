//! Any query over any document: no panic, no endless loop, and every span lies in its field.
//!
//! The input is a query, a title and a body, apart by NUL.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rasid::rules::{Condition, Document, Field, Rule, RuleSet, Scratch, Within};

fuzz_target!(|input: &str| {
    let mut parts = input.splitn(3, '\0');
    let mut part = || parts.next().unwrap_or_default();
    let (query, title, body) = (part(), part(), part());
    for within in [Within::Document, Within::Paragraph, Within::Sentence] {
        let Ok(condition) = Condition::from_query(query, within) else { return };
        let rules = RuleSet::compile(&[Rule::new("fuzz", condition)], &[]);
        for found in rules.matches(Document { title, body }, &mut Scratch::default()) {
            assert!(!found.spans.is_empty() && found.spans.is_sorted_by(|a, b| a < b));
            for span in found.spans {
                let field = if span.field == Field::Title { title } else { body };
                assert!(span.start < span.end && span.end as usize <= field.chars().count());
            }
        }
    }
});
