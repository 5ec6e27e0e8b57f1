//! `should_match` and `should_not_match`: the tests that stand inside the rules, run on the rules as
//! compiled. A sample is a text; with a blank line in it, a headline and a text.

use crate::config::document::Text;
use crate::config::problem::{Found, Problems};
use crate::config::raw::{self, Texts};
use crate::config::table::Place;
use crate::rules::explain::{ClauseKind, Explainer, Finding};
use crate::rules::{Document, Entity, Field, Rule, RuleSet, Scratch, Span};
use crate::text::fold;

/// Characters of a clause that does not hold.
const CLAUSE: usize = 60;

/// Places named of a sample that matches.
const SHOWN: usize = 3;

/// The samples of one rule.
pub(in crate::config::check) struct Samples<'a> {
    place: Place<'a>,
    should_match: Option<Texts<'a>>,
    should_not_match: Option<Texts<'a>>,
}

impl<'a> Samples<'a> {
    /// Those of a rule, if it has any.
    pub(in crate::config::check) fn take(raw: &mut raw::Rule<'a>) -> Option<Samples<'a>> {
        let (should_match, should_not_match) = (raw.should_match.take(), raw.should_not_match.take());
        let place = raw.place.clone();
        (should_match.is_some() || should_not_match.is_some()).then_some(Samples {
            place,
            should_match,
            should_not_match,
        })
    }

    /// Whether there is one that should match.
    pub(in crate::config::check) fn are_positive(&self) -> bool {
        self.should_match.as_ref().is_some_and(|list| !list.value.is_empty())
    }

    fn each(&self) -> impl Iterator<Item = (&'static str, usize, &Text<'a>)> {
        [("should_match", &self.should_match), ("should_not_match", &self.should_not_match)]
            .into_iter()
            .flat_map(|(key, list)| {
                list.iter().flat_map(|list| &list.value).enumerate().map(move |(i, text)| (key, i, text))
            })
    }
}

/// Adds a problem for each sample on which its rule, by its place among `rules`, does otherwise.
pub(in crate::config::check) fn run(
    samples: &[(usize, Samples<'_>)],
    rules: &[Rule],
    entities: &[Entity],
    problems: &mut Problems,
) {
    if samples.is_empty() {
        return;
    }
    let tested: Vec<Rule> = samples.iter().map(|&(rule, _)| rules[rule].clone()).collect();
    let explainer = Explainer::new(&tested, entities);
    let compiled = explainer.rules();
    let mut scratch = Scratch::default();
    for (number, (_, samples)) in samples.iter().enumerate() {
        for (key, index, text) in samples.each() {
            let document = document(&text.value);
            let found = compiled.find(document, &mut scratch);
            let spans = found.iter().find(|&(rule, _)| rule == number).map(|(_, spans)| spans);
            let key_of = || samples.place.key(format_args!("{key}[{index}]"));
            match (key, spans) {
                ("should_match", None) => {
                    let explained = explainer.explain(number, document, &mut scratch);
                    let why = explained.map_or_else(String::new, |explained| why(&explained.root));
                    let message = format!("the rule does not match this: {why}");
                    problems.push(Found::at(key_of(), &text.span, message));
                }
                ("should_not_match", Some(spans)) => {
                    let message = format!("the rule matches this: {}", matched(compiled, document, spans));
                    problems.push(Found::at(key_of(), &text.span, message));
                }
                _ => {}
            }
        }
    }
}

/// A headline and a text where a blank line follows the first, else a text.
fn document(sample: &str) -> Document<'_> {
    let mut end = 0;
    let mut lines = sample.split_inclusive('\n');
    let headline = lines.next().unwrap_or_default();
    end += headline.len();
    match lines.next() {
        Some(blank) if blank.trim().is_empty() && !headline.trim().is_empty() => {
            end += blank.len();
            Document { title: headline.trim(), body: &sample[end..] }
        }
        _ => Document { title: "", body: sample },
    }
}

/// The part that fails, down to where it is said why; of an OR the side that came nearest.
fn why(finding: &Finding) -> String {
    let failing = finding.parts.iter().filter(|part| !part.holds);
    let part = match (&finding.because, finding.kind) {
        (Some(because), _) => {
            // What isolates Arabic within a line of a terminal would be shown as a stray character.
            let text: String = because.text.chars().filter(|&c| !fold::is_invisible(c)).collect();
            return format!("`{}`: {text}", shortened(&finding.clause));
        }
        (None, ClauseKind::Or) => failing.max_by_key(|part| part.progress),
        (None, _) => failing.min_by_key(|part| part.progress),
    };
    part.map_or_else(|| format!("`{}` does not hold", shortened(&finding.clause)), why)
}

fn shortened(clause: &str) -> String {
    match clause.char_indices().nth(CLAUSE) {
        Some((end, _)) => format!("{}…", &clause[..end]),
        None => clause.to_owned(),
    }
}

/// What stands where, of the first few places.
fn matched(rules: &RuleSet, document: Document<'_>, spans: &[Span]) -> String {
    let place = |span: &Span| {
        let field = if span.field == Field::Title { document.title } else { document.body };
        let words = field.chars().skip(span.start as usize).take((span.end - span.start) as usize);
        format!("`{}` stands as «{}»", rules.term(span.term), words.collect::<String>())
    };
    spans.iter().take(SHOWN).map(place).collect::<Vec<_>>().join(", ")
}
