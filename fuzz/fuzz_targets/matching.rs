//! Any rule over any document: no panic, no endless loop, every span lies in its field, and what
//! holds with more to ask for holds with less.
//!
//! The input is a query, a title, a body, a term and a context, apart by NUL. The term is a name of
//! an entity, which the query may call `@e`, and has a weight in a score.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rasid::rules::{Asked, Condition, Document, Entity, Field, Rule, RuleSet, Score, Scratch, Term, Within};

fuzz_target!(|input: &str| {
    let mut parts = input.splitn(5, '\0');
    let mut part = || parts.next().unwrap_or_default();
    let (query, title, body, term, context) = (part(), part(), part(), part(), part());
    let name = Term::name(term).into_iter().collect::<Vec<_>>();
    let context = Term::context(context).into_iter().collect::<Vec<_>>();
    let entities = [
        Entity { needs: context.clone(), ..Entity::new("e", name.clone()) },
        Entity { unless: context, ..Entity::new("f", name) },
    ];
    let weights = [(term, 2), ("@e", 3), ("@f", -1)];
    let score = Score { weights: &weights, threshold: 2 };
    for within in [Within::Document, Within::Paragraph, Within::Sentence] {
        let plain = Asked { query: Some(query), within, ..Asked::default() };
        let asked = [plain, Asked { at_least: 2, ..plain }, Asked { score: Some(score), ..plain }];
        let conditions = asked.map(Condition::new).into_iter().filter_map(Result::ok);
        let rules: Vec<Rule> = conditions.map(|condition| Rule::new("fuzz", condition)).collect();
        let compiled = RuleSet::compile(&rules, &entities);
        let found = compiled.matches(Document { title, body }, &mut Scratch::default());
        assert!(found.is_empty() || found[0].rule == 0);
        for found in found {
            assert!(!found.spans.is_empty() && found.spans.is_sorted_by(|a, b| a < b));
            for span in found.spans {
                let field = if span.field == Field::Title { title } else { body };
                assert!(span.start < span.end && span.end as usize <= field.chars().count());
            }
        }
    }
});
