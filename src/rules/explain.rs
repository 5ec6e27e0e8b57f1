//! Why a rule holds for a document, or what kept it from holding: values in, a tree of findings out.
//!
//! The tree follows the compiled clauses and asks the evaluator itself for every verdict, so that an
//! explanation cannot disagree with a match. What holds carries its places, each word of them taken
//! apart; what does not carries a reason. Nothing here prints: `cli` draws the tree, and its JSON is
//! what these types serialise to.

mod because;
mod leaf;
mod near;
mod shown;
mod unit;
mod walk;
mod word;

use std::collections::HashMap;

use serde::Serialize;

pub use because::{Because, Reason, Standing, Unit};
pub use word::Anatomy;

use super::evaluate::Evaluation;
use super::program::Clause;
use super::term::Kind;
use super::{Document, Entity, Field, Rule, RuleSet, Scratch, TermId, compile};

/// All rules, with what an explanation needs beside the index.
#[derive(Debug)]
pub struct Explainer {
    rules: RuleSet,
    /// One a lexeme.
    keywords: Vec<Keyword>,
    /// What each term asks for; see [`super::TermId`].
    leaves: HashMap<TermId, Clause>,
    /// The ids of the entities, and their names in the order of the program's.
    entities: Vec<String>,
    names: Vec<String>,
}

/// A word of a rule, as it was written.
#[derive(Debug, Clone)]
pub(super) struct Keyword {
    pub(super) kind: Kind,
    pub(super) text: Box<str>,
}

/// What was found out about one rule and one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The rule's place in the config.
    #[serde(skip)]
    pub rule: usize,
    /// Whether anything that the rule asks for stands in the document.
    #[serde(skip)]
    pub touched: bool,
    /// The whole condition.
    #[serde(flatten)]
    pub root: Finding,
}

/// What was found out about one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The clause as a query would write it.
    pub clause: String,
    /// The same for people: of a long OR the first sides.
    #[serde(skip)]
    pub brief: String,
    /// What kind of clause it is.
    pub kind: ClauseKind,
    /// Whether it holds.
    pub holds: bool,
    /// Where its terms stand, if it is a term or a NEAR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Hit>,
    /// Why it does not hold, unless its parts say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// Its parts; those of an OR that say nothing new are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Finding>,
    /// What it adds to the score of which it is a part, where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// How much of what it asks for is there, from 0 to 1000.
    #[serde(skip)]
    pub progress: u32,
}

/// The kinds of clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// A word, a phrase, a prefix.
    Term,
    /// `@id`
    Entity,
    /// All of its parts.
    And,
    /// One of its parts.
    Or,
    /// Its part may not hold.
    Not,
    /// NEAR and ONEAR.
    Near,
    /// ATLEAST.
    AtLeast,
    /// The `score` of a rule.
    Score,
    /// The `at_least` of a rule.
    Count,
    /// In one sentence.
    Sentence,
    /// In one paragraph.
    Paragraph,
    /// In one field.
    Field,
}

/// A place where a term stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Which field.
    pub field: Field,
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// The first word, counted over the whole document.
    #[serde(skip)]
    pub word: u32,
    /// The term as the rule writes it.
    pub term: String,
    /// The words as the document writes them.
    pub text: String,
    /// The name that was found, for an entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The sentence's number in its field, from 1.
    pub sentence: u32,
    /// Each word, taken apart.
    pub words: Vec<Anatomy>,
}

impl Explainer {
    /// Compiles rules and entities as [`RuleSet::compile`] does.
    pub fn new(rules: &[Rule], entities: &[Entity]) -> Explainer {
        let (compiled, keywords) = compile::with_keywords(rules, entities);
        let names = entities.iter().flat_map(|entity| &entity.names);
        let program = &compiled.program;
        let clauses = program.clauses.iter().chain(&program.roots);
        let leaves = clauses.filter_map(|&clause| Some((clause.term()?, clause))).collect();
        Explainer {
            leaves,
            rules: RuleSet { compiled },
            keywords,
            entities: entities.iter().map(|entity| entity.id.clone()).collect(),
            names: names.map(|name| name.written().to_owned()).collect(),
        }
    }

    /// The rules themselves.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Why the rule with this place in the config holds for a document, or does not.
    pub fn explain(&self, rule: usize, document: Document<'_>, scratch: &mut Scratch) -> Option<Explanation> {
        let program = &self.rules.compiled.program;
        let root = *program.roots.get(rule)?;
        let body = self.rules.read(document, scratch);
        let Scratch { words, hits, named, buffers, .. } = scratch;
        let (words, hits, named) = (&*words, &*hits, &*named);
        let all = 0..words.words().len() as u32;
        let evaluation = Evaluation { program, words, hits, named, body, buffers };
        let mut walk = walk::Walk::new(self, evaluation, document);
        let root = walk.finding(root, &all);
        Some(Explanation { rule, touched: walk.touched, root })
    }
}

impl Explanation {
    /// The places that make the rule hold, as [`RuleSet::find`] gives them but for their terms'
    /// numbers: sorted, without repeats.
    pub fn places(&self) -> Vec<(Field, u32, u32, &str)> {
        let mut places = Vec::new();
        self.root.places(&mut places);
        places.sort_unstable();
        places.dedup();
        places
    }
}

impl Finding {
    fn places<'a>(&'a self, places: &mut Vec<(Field, u32, u32, &'a str)>) {
        let against = self.weight.is_some_and(|weight| weight < 0);
        if !self.holds || self.kind == ClauseKind::Not || against {
            return;
        }
        places.extend(self.hits.iter().map(|hit| (hit.field, hit.start, hit.end, hit.term.as_str())));
        self.parts.iter().for_each(|part| part.places(places));
    }
}
