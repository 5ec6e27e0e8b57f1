//! A slow, obviously right matcher beside the real one; and what must hold for any text.
//!
//! The reference works on texts made of known words, so it needs no Arabic: a text is a list of
//! tokens whose field, paragraph and sentence are known, and every clause is judged by trying all
//! combinations of places.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rasid::rules::{Condition, Document, Field, Rule, RuleSet, Scratch, Within};

const NOUNS: [&str; 4] = ["قوات", "تحالف", "عراق", "منطقة"];
const FORMS: [[&str; 5]; 4] = [
    ["قوات", "القوات", "وبالقوات", "قواتهم", "لِقواتهـا"],
    ["تحالف", "والتحالف", "تحالفات", "للتّحالف", "بتحالفه"],
    ["عراق", "العراق", "فالعـراق", "كعراق", "بالعراق"],
    ["منطقة", "المنطقة", "منطقتهم", "ومناطقها", "المنطقه"],
];
/// The one form above that is a broken plural, which is not matched yet.
const NOT_YET: &str = "ومناطقها";

/// What separates two words, and how far apart it puts them.
const GAPS: [(&str, Gap); 8] = [
    (" ", Gap::None),
    ("، ", Gap::None),
    (" «", Gap::None),
    (" 🙂\u{200F} ", Gap::None),
    (". ", Gap::Sentence),
    ("؟", Gap::Sentence),
    ("\r\n", Gap::Sentence),
    ("\n \n", Gap::Paragraph),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Gap {
    None,
    Sentence,
    Paragraph,
}

/// A word of a text: which noun it is, if any, and where it stands.
#[derive(Debug, Clone)]
struct Token {
    noun: Option<usize>,
    body: bool,
    sentence: usize,
    paragraph: usize,
    span: (u32, u32),
}

#[derive(Debug, Clone)]
enum Query {
    Phrase(Vec<usize>),
    Not(Box<Query>),
    And(Vec<Query>),
    Or(Vec<Query>),
    Near(Vec<Operand>, Vec<(usize, bool)>),
    AtLeast(usize, Operand),
    Sentence(Box<Query>),
    Paragraph(Box<Query>),
    Field(bool, Box<Query>),
}

/// An OR of phrases, perhaps in one field.
#[derive(Debug, Clone)]
struct Operand {
    phrases: Vec<Vec<usize>>,
    body: Option<bool>,
}

/// First token and the one after the last.
type Place = (usize, usize);

struct Reference<'a> {
    tokens: &'a [Token],
}

impl Reference<'_> {
    fn phrase(&self, nouns: &[usize], scope: &[usize]) -> Vec<Place> {
        let mut places = Vec::new();
        for &start in scope {
            let here: Vec<usize> = (start..start + nouns.len()).filter(|at| scope.contains(at)).collect();
            let stands = here.len() == nouns.len()
                && here.iter().zip(nouns).all(|(&at, &noun)| self.tokens[at].noun == Some(noun))
                && here.iter().all(|&at| self.tokens[at].sentence == self.tokens[start].sentence);
            if stands {
                places.push((start, start + nouns.len()));
            }
        }
        places
    }

    fn operand(&self, operand: &Operand, scope: &[usize]) -> Vec<Place> {
        let scope: Vec<usize> = scope
            .iter()
            .copied()
            .filter(|&at| operand.body.is_none_or(|body| self.tokens[at].body == body))
            .collect();
        operand.phrases.iter().flat_map(|nouns| self.phrase(nouns, &scope)).collect()
    }

    /// The places that make it hold; none where it does not.
    fn judge(&self, query: &Query, denied: bool, scope: &[usize]) -> Option<BTreeSet<Place>> {
        let every = |parts: &[Query]| {
            let all: Option<Vec<_>> = parts.iter().map(|part| self.judge(part, denied, scope)).collect();
            all.map(|all| all.into_iter().flatten().collect())
        };
        let some = |parts: &[Query]| {
            let held: Vec<_> = parts.iter().filter_map(|part| self.judge(part, denied, scope)).collect();
            (!held.is_empty()).then(|| held.into_iter().flatten().collect())
        };
        let positive = match query {
            Query::Not(part) => return self.judge(part, !denied, scope),
            Query::And(parts) => return if denied { some(parts) } else { every(parts) },
            Query::Or(parts) => return if denied { every(parts) } else { some(parts) },
            Query::Field(body, part) => {
                let scope: Vec<usize> =
                    scope.iter().copied().filter(|&at| self.tokens[at].body == *body).collect();
                self.judge(part, false, &scope)
            }
            Query::Phrase(nouns) => non_empty(self.phrase(nouns, scope).into_iter().collect()),
            Query::Near(operands, links) => non_empty(self.near(operands, links, scope)),
            Query::AtLeast(count, operand) => {
                let places = self.operand(operand, scope);
                (disjoint(&places) >= *count).then(|| places.into_iter().collect())
            }
            Query::Sentence(part) => self.parts(part, scope, |token| token.sentence),
            Query::Paragraph(part) => self.parts(part, scope, |token| token.paragraph),
        };
        match (denied, positive) {
            (false, positive) => positive,
            (true, Some(_)) => None,
            (true, None) => Some(BTreeSet::new()),
        }
    }

    fn parts(&self, part: &Query, scope: &[usize], number: fn(&Token) -> usize) -> Option<BTreeSet<Place>> {
        let numbers: BTreeSet<usize> = scope.iter().map(|&at| number(&self.tokens[at])).collect();
        let held: Vec<_> = numbers
            .into_iter()
            .filter_map(|wanted| {
                let scope: Vec<usize> =
                    scope.iter().copied().filter(|&at| number(&self.tokens[at]) == wanted).collect();
                self.judge(part, false, &scope)
            })
            .collect();
        (!held.is_empty()).then(|| held.into_iter().flatten().collect())
    }

    fn near(&self, operands: &[Operand], links: &[(usize, bool)], scope: &[usize]) -> BTreeSet<Place> {
        let mut chains: Vec<Vec<Place>> =
            self.operand(&operands[0], scope).into_iter().map(|place| vec![place]).collect();
        for (operand, &(most, ordered)) in operands[1..].iter().zip(links) {
            let places = self.operand(operand, scope);
            let mut longer = Vec::new();
            for chain in &chains {
                let left = chain[chain.len() - 1];
                for &right in &places {
                    let after = right.0 >= left.1 && right.0 - left.1 <= most;
                    let before = left.0 >= right.1 && left.0 - right.1 <= most;
                    let same_field = self.tokens[left.0].body == self.tokens[right.0].body;
                    if same_field && (after || before && !ordered) {
                        longer.push([&chain[..], &[right]].concat());
                    }
                }
            }
            chains = longer;
        }
        chains.into_iter().flatten().collect()
    }
}

fn non_empty(places: BTreeSet<Place>) -> Option<BTreeSet<Place>> {
    (!places.is_empty()).then_some(places)
}

/// The most places that do not overlap, by trying with and without each.
fn disjoint(places: &[Place]) -> usize {
    let Some((&first, rest)) = places.split_first() else { return 0 };
    let apart: Vec<Place> =
        rest.iter().copied().filter(|place| place.0 >= first.1 || first.0 >= place.1).collect();
    disjoint(rest).max(1 + disjoint(&apart))
}

fn shown(query: &Query) -> String {
    let phrase = |nouns: &[usize]| match nouns {
        [only] => NOUNS[*only].to_owned(),
        _ => format!("\"{}\"", nouns.iter().map(|&noun| NOUNS[noun]).collect::<Vec<_>>().join(" ")),
    };
    let operand = |operand: &Operand| {
        let all: Vec<String> = operand.phrases.iter().map(|nouns| phrase(nouns)).collect();
        let field = operand.body.map_or("", |body| if body { "body:" } else { "title:" });
        format!("{field}({})", all.join(" | "))
    };
    let all = |parts: &[Query], join: &str| parts.iter().map(shown).collect::<Vec<_>>().join(join);
    match query {
        Query::Phrase(nouns) => phrase(nouns),
        Query::Not(part) => format!("NOT ({})", shown(part)),
        Query::And(parts) => format!("({})", all(parts, " ")),
        Query::Or(parts) => format!("({})", all(parts, " OR ")),
        Query::Near(operands, links) => {
            let mut text = operand(&operands[0]);
            for (right, (most, ordered)) in operands[1..].iter().zip(links) {
                let name = if *ordered { "ONEAR" } else { "NEAR" };
                text = format!("{text} {name}/{most} {}", operand(right));
            }
            format!("({text})")
        }
        Query::AtLeast(count, inner) => format!("ATLEAST/{count}({})", operand(inner)),
        Query::Sentence(part) => format!("SENTENCE({})", shown(part)),
        Query::Paragraph(part) => format!("PARAGRAPH({})", shown(part)),
        Query::Field(body, part) => format!("{}:({})", if *body { "body" } else { "title" }, shown(part)),
    }
}

fn phrases() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![4 => proptest::collection::vec(0..NOUNS.len(), 1), 1 => proptest::collection::vec(0..NOUNS.len(), 2..4)]
}

fn operands() -> impl Strategy<Value = Operand> {
    let body = prop_oneof![4 => Just(None), 1 => any::<bool>().prop_map(Some)];
    (proptest::collection::vec(phrases(), 1..3), body).prop_map(|(phrases, body)| Operand { phrases, body })
}

fn queries() -> impl Strategy<Value = Query> {
    let near = proptest::collection::vec(operands(), 2..4).prop_flat_map(|operands| {
        let links = proptest::collection::vec((0..4usize, any::<bool>()), operands.len() - 1);
        (Just(operands), links).prop_map(|(operands, links)| Query::Near(operands, links))
    });
    let leaf = prop_oneof![
        2 => phrases().prop_map(Query::Phrase),
        1 => near,
        1 => (1..4usize, operands()).prop_map(|(count, operand)| Query::AtLeast(count, operand)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let some = proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            2 => some.clone().prop_map(Query::And),
            2 => some.prop_map(Query::Or),
            1 => inner.clone().prop_map(|part| Query::Not(Box::new(part))),
            1 => inner.clone().prop_map(|part| Query::Sentence(Box::new(part))),
            1 => inner.clone().prop_map(|part| Query::Paragraph(Box::new(part))),
            1 => (any::<bool>(), inner).prop_map(|(body, part)| Query::Field(body, Box::new(part))),
        ]
    })
}

/// Words with what follows each; in place of a noun there may be something else.
fn texts(length: usize) -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    let gap = prop_oneof![6 => 0..4usize, 1 => 4..GAPS.len()];
    proptest::collection::vec((0..NOUNS.len() + 1, 0..5usize, gap), 0..length)
}

/// A field's text and its tokens, numbered on from those of the field before.
fn write(words: &[(usize, usize, usize)], body: bool, tokens: &mut Vec<Token>) -> String {
    let after = |number: fn(&Token) -> usize| tokens.last().map_or(0, |last| number(last) + 1);
    let (mut sentence, mut paragraph) = (after(|token| token.sentence), after(|token| token.paragraph));
    let mut text = String::new();
    for &(noun, form, gap) in words {
        let word = FORMS.get(noun).map_or("شيء", |forms| forms[form]);
        let start = text.chars().count() as u32;
        let noun = (noun < NOUNS.len() && word != NOT_YET).then_some(noun);
        let span = (start, start + word.chars().count() as u32);
        tokens.push(Token { noun, body, sentence, paragraph, span });
        text.push_str(word);
        let (gap, ends) = GAPS[gap];
        text.push_str(gap);
        sentence += usize::from(body && ends != Gap::None);
        paragraph += usize::from(body && ends == Gap::Paragraph);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_reference(query in queries(), title in texts(6), body in texts(20), within in 0..3usize) {
        let within = [Within::Document, Within::Paragraph, Within::Sentence][within];
        let Ok(condition) = Condition::from_query(&shown(&query), within) else {
            return Ok(()); // without a positive term
        };
        let mut tokens = Vec::new();
        let (title, body) = (write(&title, false, &mut tokens), write(&body, true, &mut tokens));
        let rule = Rule::new("r", condition);
        super::explain::agrees(std::slice::from_ref(&rule), &[], Document { title: &title, body: &body })?;
        let rules = RuleSet::compile(&[rule], &[]);
        let found: BTreeSet<_> = rules
            .matches(Document { title: &title, body: &body }, &mut Scratch::default())
            .into_iter()
            .flat_map(|found| found.spans)
            .map(|span| (span.field == Field::Body, span.start, span.end))
            .collect();

        let whole = match within {
            Within::Document => query,
            Within::Paragraph => Query::Paragraph(Box::new(query)),
            Within::Sentence => Query::Sentence(Box::new(query)),
        };
        let scope: Vec<usize> = (0..tokens.len()).collect();
        let expected: BTreeSet<_> = Reference { tokens: &tokens }
            .judge(&whole, false, &scope)
            .into_iter()
            .flatten()
            .map(|(start, end)| (tokens[start].body, tokens[start].span.0, tokens[end - 1].span.1))
            .collect();
        prop_assert_eq!(found, expected, "{} on «{}» «{}»", shown(&whole), title, body);
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
