//! Random rules, entities and texts of a few nouns, for the reference to judge and the program to match.

use proptest::prelude::*;
use rasid::rules::{self, Asked, Condition, Lists, Problem, Score, Term, Within};

use super::judge::{Atom, Entity, Operand, Query, Token};

const NOUNS: [&str; 4] = ["قوات", "تحالف", "عراق", "منطقة"];
const FORMS: [[&str; 5]; 4] = [
    ["قوات", "القوات", "وبالقوات", "قواتهم", "لِقواتهـا"],
    ["تحالف", "والتحالف", "تحالفات", "للتّحالف", "بتحالفه"],
    ["عراق", "العراق", "فالعـراق", "كعراق", "بالعراق"],
    ["منطقة", "المنطقة", "منطقتهم", "ومناطقها", "المنطقه"],
];
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

/// All that a rule may ask for.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    query: Option<Query>,
    any: Vec<Atom>,
    all: Vec<Atom>,
    none: Vec<Atom>,
    score: Option<(Vec<(Atom, i64)>, i64)>,
    at_least: usize,
    within: usize,
}

impl Rule {
    /// For the program; refused where nothing would have to stand.
    pub(super) fn condition(&self) -> Result<Condition, Vec<Problem>> {
        let written = |atoms: &[Atom]| -> Vec<String> { atoms.iter().map(listed).collect() };
        let (any, all, none) = (written(&self.any), written(&self.all), written(&self.none));
        let [any, all, none] =
            [&any, &all, &none].map(|terms| terms.iter().map(String::as_str).collect::<Vec<_>>());
        let (terms, threshold) = self.score.clone().unwrap_or_default();
        let terms: Vec<(String, i64)> = terms.iter().map(|(atom, weight)| (listed(atom), *weight)).collect();
        let weights: Vec<(&str, i64)> = terms.iter().map(|(term, weight)| (term.as_str(), *weight)).collect();
        let query = self.query.as_ref().map(shown);
        Condition::new(Asked {
            query: query.as_deref(),
            lists: Lists { any: &any, all: &all, none: &none },
            score: self.score.as_ref().map(|_| Score { weights: &weights, threshold }),
            at_least: self.at_least as u32,
            within: [Within::Document, Within::Paragraph, Within::Sentence][self.within],
        })
    }

    /// For the reference.
    pub(super) fn meant(&self) -> Query {
        let mut parts: Vec<Query> = self.query.iter().cloned().collect();
        if self.query.is_none() {
            let atoms = |atoms: &[Atom]| atoms.iter().cloned().map(Query::Atom).collect::<Vec<_>>();
            parts.extend((!self.any.is_empty()).then(|| Query::Or(atoms(&self.any))));
            parts.extend(atoms(&self.all));
            parts.extend(atoms(&self.none).into_iter().map(|atom| Query::Not(Box::new(atom))));
        }
        parts.extend(self.score.clone().map(|(terms, threshold)| Query::Score(terms, threshold)));
        let mut whole = Query::And(parts);
        if self.at_least > 1 {
            whole = Query::Count(self.at_least, Box::new(whole));
        }
        match self.within {
            0 => whole,
            1 => Query::Paragraph(Box::new(whole)),
            _ => Query::Sentence(Box::new(whole)),
        }
    }
}

/// For the program: entities `e0`, `e1` and so on.
pub(super) fn entities_of(entities: &[Entity]) -> Vec<rules::Entity> {
    let terms = |phrases: &[Vec<usize>], read: fn(&str) -> Result<Term, Problem>| -> Vec<Term> {
        phrases.iter().map(|nouns| read(&words(nouns)).expect("sound")).collect()
    };
    let entity = |(number, entity): (usize, &Entity)| rules::Entity {
        needs: terms(&entity.needs, Term::context),
        unless: terms(&entity.unless, Term::context),
        ..rules::Entity::new(format!("e{number}"), terms(&entity.names, Term::name))
    };
    entities.iter().enumerate().map(entity).collect()
}

fn words(nouns: &[usize]) -> String {
    nouns.iter().map(|&noun| NOUNS[noun]).collect::<Vec<_>>().join(" ")
}

fn listed(atom: &Atom) -> String {
    match atom {
        Atom::Phrase(nouns) => words(nouns),
        Atom::Entity(entity) => format!("@e{entity}"),
    }
}

fn shown(query: &Query) -> String {
    let atom = |atom: &Atom| match atom {
        Atom::Phrase(nouns) if nouns.len() > 1 => format!("\"{}\"", words(nouns)),
        atom => listed(atom),
    };
    let operand = |operand: &Operand| {
        let all: Vec<String> = operand.atoms.iter().map(atom).collect();
        let field = operand.body.map_or("", |body| if body { "body:" } else { "title:" });
        format!("{field}({})", all.join(" | "))
    };
    let all = |parts: &[Query], join: &str| parts.iter().map(shown).collect::<Vec<_>>().join(join);
    match query {
        Query::Atom(one) => atom(one),
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
        Query::Score(..) | Query::Count(..) => panic!("no query says this"),
    }
}

/// How many entities there are at most.
const ENTITIES: usize = 3;

fn phrases() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![4 => proptest::collection::vec(0..NOUNS.len(), 1), 1 => proptest::collection::vec(0..NOUNS.len(), 2..4)]
}

fn atoms() -> impl Strategy<Value = Atom> {
    prop_oneof![3 => phrases().prop_map(Atom::Phrase), 1 => (0..ENTITIES).prop_map(Atom::Entity)]
}

fn operands() -> impl Strategy<Value = Operand> {
    let body = prop_oneof![4 => Just(None), 1 => any::<bool>().prop_map(Some)];
    (proptest::collection::vec(atoms(), 1..3), body).prop_map(|(atoms, body)| Operand { atoms, body })
}

fn queries() -> impl Strategy<Value = Query> {
    let near = proptest::collection::vec(operands(), 2..4).prop_flat_map(|operands| {
        let links = proptest::collection::vec((0..4usize, any::<bool>()), operands.len() - 1);
        (Just(operands), links).prop_map(|(operands, links)| Query::Near(operands, links))
    });
    let leaf = prop_oneof![
        2 => atoms().prop_map(Query::Atom),
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

/// One in a few entities has a context.
pub(super) fn entities() -> impl Strategy<Value = Vec<Entity>> {
    let few = |most| prop_oneof![2 => Just(Vec::new()), 1 => proptest::collection::vec(phrases(), 1..most)];
    let entity = (proptest::collection::vec(phrases(), 1..4), few(3), few(2))
        .prop_map(|(names, needs, unless)| Entity { names, needs, unless });
    proptest::collection::vec(entity, ENTITIES)
}

/// A query in three of four, else lists; some with a score, some with a count.
pub(super) fn rules() -> impl Strategy<Value = Rule> {
    let query = prop_oneof![3 => queries().prop_map(Some), 1 => Just(None)];
    let list = || proptest::collection::vec(atoms(), 0..3);
    let weight = prop_oneof![4 => 1..4i64, 1 => -2..0i64];
    let score = (proptest::collection::vec((atoms(), weight), 1..5), 1..7i64);
    let score = prop_oneof![3 => Just(None), 1 => score.prop_map(Some)];
    let at_least = prop_oneof![3 => Just(0usize), 1 => 1..5usize];
    (query, list(), list(), list(), score, at_least, 0..3usize).prop_map(
        |(query, any, all, none, score, at_least, within)| {
            let lists = if query.is_some() { [vec![], vec![], vec![]] } else { [any, all, none] };
            let [any, all, none] = lists;
            Rule { query, any, all, none, score, at_least, within }
        },
    )
}

/// Words with what follows each; in place of a noun there may be something else.
pub(super) fn texts(length: usize) -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    let gap = prop_oneof![6 => 0..4usize, 1 => 4..GAPS.len()];
    proptest::collection::vec((0..NOUNS.len() + 1, 0..5usize, gap), 0..length)
}

/// A field's text and its tokens, numbered on from those of the field before.
/// Writes words down and notes where each stands.
pub(super) fn write(words: &[(usize, usize, usize)], body: bool, tokens: &mut Vec<Token>) -> String {
    let after = |number: fn(&Token) -> usize| tokens.last().map_or(0, |last| number(last) + 1);
    let (mut sentence, mut paragraph) = (after(|token| token.sentence), after(|token| token.paragraph));
    let mut text = String::new();
    for &(noun, form, gap) in words {
        let word = FORMS.get(noun).map_or("شيء", |forms| forms[form]);
        let start = text.chars().count() as u32;
        let noun = (noun < NOUNS.len()).then_some(noun);
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
