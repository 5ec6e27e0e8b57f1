//! Rules: what analysts wrote in, which entries match and where out.
//!
//! A [`Rule`] and an [`Entity`] are what was meant, already parsed; [`RuleSet::compile`] turns all
//! of them into one index, so that the cost of a document grows with its hits and not with the
//! number of rules. Nothing here reads a file or a clock, and no text makes it fail.

mod anchor;
mod asked;
mod candidates;
mod compile;
mod condition;
mod entity;
mod evaluate;
pub mod expand;
pub mod explain;
mod hits;
mod judge;
mod lexicon;
pub mod limit;
pub mod lint;
mod near;
mod need;
mod program;
mod query;
mod term;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::text::fold::Letter;
use crate::text::table::Sums;
use crate::text::word::{Layout, Words};
pub use asked::{Asked, Lists, Score};
pub use condition::Condition;
use evaluate::{Evaluation, Place};
use judge::Judge;
pub use limit::Limits;
pub use need::{Beginning, Need};
pub use term::Term;

/// A field of a document that rules look into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The headline: one sentence, one paragraph.
    Title,
    /// Everything else.
    Body,
}

/// The stretch of text in which all of a rule has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Within {
    /// Title and body together.
    #[default]
    Document,
    /// One paragraph.
    Paragraph,
    /// One sentence.
    Sentence,
}

/// What is matched against.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Plain text.
    pub title: &'a str,
    /// Plain text; a blank line ends a paragraph.
    pub body: &'a str,
}

/// One rule as meant.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Unique among the rules.
    pub id: String,
    /// What people read; the id where absent.
    pub title: Option<String>,
    /// What has to hold.
    pub condition: Condition,
    /// Whose entries it is meant for, unless everybody's; what holds is the same everywhere.
    pub limits: Option<Box<Limits>>,
    /// How much it matters that it holds.
    pub severity: Severity,
}

impl Rule {
    /// A rule that is no more than its condition.
    pub fn new(id: impl Into<String>, condition: Condition) -> Rule {
        Rule { id: id.into(), title: None, condition, limits: None, severity: Severity::default() }
    }
}

/// How much it matters that a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Severity {
    /// Good to know.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Said so in the mail.
    High,
    /// Said so in the mail, and nothing may hold it up.
    Urgent,
}

/// One entity as meant: a thing with names, referred to as `@id`.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Unique among the entities.
    pub id: String,
    /// Such as `organisation` or `person`; free text.
    pub kind: Option<String>,
    /// Never empty.
    pub names: Vec<Term>,
    /// A name counts only in a sentence in which one of these stands, if there are any.
    pub needs: Vec<Term>,
    /// A name does not count in a sentence in which one of these stands.
    pub unless: Vec<Term>,
    /// Such as `Q42`.
    pub wikidata: Option<String>,
}

impl Entity {
    /// An entity that is no more than its names.
    pub fn new(id: impl Into<String>, names: Vec<Term>) -> Entity {
        Entity { id: id.into(), kind: None, names, needs: vec![], unless: vec![], wikidata: None }
    }
}

/// What is wrong with a rule or a name, and where in what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: At,
    /// What happened, lower case, no full stop.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// A place in a rule as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The rule as a whole.
    Rule,
    /// Bytes of the query.
    Query(Range<usize>),
    /// An entry of `any`.
    Any(usize),
    /// An entry of `all`.
    All(usize),
    /// An entry of `none`.
    None(usize),
    /// A term of `score`.
    Score(usize),
    /// `threshold`.
    Threshold,
}

impl Term {
    /// Parses a name of an entity: a word, a phrase or `=exact`.
    pub fn name(written: &str) -> Result<Term, Problem> {
        let refused = |shown| (format!("`{shown}` is no name"), "a name is a word or a phrase");
        Term::but_for(&[term::Kind::Entity, term::Kind::Family], written, refused)
    }

    /// Parses what has to stand, or must not, beside the names of an entity.
    pub fn context(written: &str) -> Result<Term, Problem> {
        let refused = |shown| (format!("`{shown}` is an entity itself"), "write a word or a phrase");
        Term::but_for(&[term::Kind::Entity], written, refused)
    }

    fn but_for(
        kinds: &[term::Kind],
        written: &str,
        refused: impl FnOnce(String) -> term::Fault,
    ) -> Result<Term, Problem> {
        let term = Term::listed(written).and_then(|term| {
            if kinds.contains(&term.kind()) { Err(refused(term::shown(written))) } else { Ok(term) }
        });
        term.map_err(|fault| condition::problem(condition::Place::Rule, fault))
    }
}

/// All rules as one index. Cheap to share behind an `Arc`; matching takes `&self`.
#[derive(Debug)]
pub struct RuleSet {
    compiled: compile::Compiled,
}

/// Reused between documents so that matching need not allocate.
#[derive(Debug, Default)]
pub struct Scratch {
    words: Words,
    sums: Sums,
    spelled: Vec<Letter>,
    hits: hits::Hits,
    named: entity::Named,
    candidates: candidates::Candidates,
    buffers: evaluate::Buffers,
    places: Vec<Place>,
    spans: Vec<Span>,
    /// For each rule that holds its number and where its spans end.
    held: Vec<(u32, u32)>,
}

/// The rules that hold for a document, in the order of the config; borrowed from a [`Scratch`].
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    held: &'a [(u32, u32)],
    spans: &'a [Span],
    named: &'a entity::Named,
    words: &'a Words,
}

impl<'a> Found<'a> {
    /// The words of the document.
    pub fn words(&self) -> &'a Words {
        self.words
    }

    /// The place in the config of each entity that the document names, whatever rules ask for.
    pub fn entities(&self) -> impl Iterator<Item = usize> + use<'a> {
        let mut last = None;
        let first = move |entity: &u32| last.replace(*entity) != Some(*entity);
        self.named.entities().filter(first).map(|entity| entity as usize)
    }

    /// Each rule's place in the config and its spans, as in [`Match`].
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'a [Span])> + use<'a> {
        let (held, spans) = (self.held, self.spans);
        let starts = std::iter::once(0).chain(held.iter().map(|&(_, end)| end));
        starts
            .zip(held)
            .map(move |(start, &(rule, end))| (rule as usize, &spans[start as usize..end as usize]))
    }
}

/// A rule that holds, with the places that make it hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The rule's place in the config.
    pub rule: usize,
    /// Sorted by field, start, end; no repeats; never empty.
    pub spans: Vec<Span>,
}

/// Where a term stands, in code points of the field as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which field.
    pub field: Field,
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// See [`RuleSet::term`].
    pub term: TermId,
}

/// A term as written, by number; see [`RuleSet::term`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

impl RuleSet {
    /// Compiles rules and entities. References must have been checked; an unknown one never matches.
    pub fn compile(rules: &[Rule], entities: &[Entity]) -> RuleSet {
        RuleSet { compiled: compile::compile(rules, entities) }
    }

    /// The rules that hold for a document, in the order of the config.
    pub fn matches(&self, document: Document<'_>, scratch: &mut Scratch) -> Vec<Match> {
        let found = self.find(document, scratch);
        found.iter().map(|(rule, spans)| Match { rule, spans: spans.to_vec() }).collect()
    }

    /// As [`RuleSet::matches`], without allocating.
    pub fn find<'s>(&self, document: Document<'_>, scratch: &'s mut Scratch) -> Found<'s> {
        self.find_by_laps(document, scratch, |_| ())
    }

    /// As [`RuleSet::find`], for who wants to know what each rule costs: `lap` is called once the document
    /// has been read, and with a rule's place in the config each time that one was evaluated.
    pub fn find_by_laps<'s>(
        &self,
        document: Document<'_>,
        scratch: &'s mut Scratch,
        mut lap: impl FnMut(Option<usize>),
    ) -> Found<'s> {
        let body = self.read(document, scratch);
        let Scratch { words, hits, named, candidates, buffers, places, spans, held, .. } = scratch;
        let program = &self.compiled.program;
        spans.clear();
        held.clear();
        candidates.clear(program.roots.len());
        for &lexeme in hits.lexemes() {
            candidates.add(program.rules_by_lexeme.of(lexeme));
        }
        for entity in named.entities() {
            candidates.add(program.rules_by_entity.of(entity));
        }
        let all = 0..words.words().len() as u32;
        let mut evaluation = Evaluation { program, words, hits, named, body, buffers };
        lap(None);
        candidates.drain(|rule| {
            places.clear();
            if evaluation.holds(program.roots[rule as usize], &all, places) {
                let first = spans.len();
                spans.extend(places.iter().map(|place| span(words, body, place)));
                tidy(spans, first);
                held.push((rule, spans.len() as u32));
            }
            lap(Some(rule as usize));
        });
        Found { held, spans, named, words }
    }

    /// A term as its rule wrote it; `@id` for an entity.
    pub fn term(&self, id: TermId) -> &str {
        self.compiled.terms.get(id)
    }

    /// Reads a document into words, hits and entities; the answer is the first word of the body.
    fn read(&self, document: Document<'_>, scratch: &mut Scratch) -> u32 {
        let Scratch { words, sums, spelled, hits, named, .. } = scratch;
        words.clear();
        words.read(document.title, Layout::Line);
        let body = words.words().len() as u32;
        words.read(document.body, Layout::Prose);
        hits.clear(self.compiled.lexemes);
        let all = words.words().len();
        for (text, range) in [(document.title, 0..body as usize), (document.body, body as usize..all)] {
            let mut judge = Judge::new(words, text, spelled);
            for (number, word) in range.clone().zip(&words.words()[range]) {
                judge.turn_to(number);
                let found = |lexeme| hits.add(lexeme, number as u32);
                self.compiled.lexicon.look_up(words.letters(number), word.maqsura, sums, &mut judge, found);
            }
        }
        hits.group();
        named.find(&self.compiled.program, words, hits);
        body
    }
}

fn span(words: &Words, body: u32, place: &Place) -> Span {
    Span {
        field: if place.start < body { Field::Title } else { Field::Body },
        start: words.words()[place.start as usize].start,
        end: words.words()[place.end as usize - 1].end,
        term: place.term,
    }
}

/// Sorts the spans from `first` on and drops repeats.
fn tidy(spans: &mut Vec<Span>, first: usize) {
    if spans[first..].is_sorted_by(|a, b| a < b) {
        return;
    }
    spans[first..].sort_unstable();
    let mut kept = first;
    for number in first..spans.len() {
        if kept == first || spans[kept - 1] != spans[number] {
            spans[kept] = spans[number];
            kept += 1;
        }
    }
    spans.truncate(kept);
}
