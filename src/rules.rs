//! Rules: what analysts wrote in, which entries match and where out.
//!
//! A [`Rule`] and an [`Entity`] are what was meant, already parsed; [`RuleSet::compile`] turns all
//! of them into one index, so that the cost of a document grows with its hits and not with the
//! number of rules. Nothing here reads a file or a clock, and no text makes it fail.

use std::ops::Range;

use serde::{Deserialize, Serialize};

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
}

/// A condition of a rule, known to be sound apart from its references to entities.
#[derive(Debug, Clone)]
pub struct Condition;

/// A word, a phrase, `=exact` or `@entity`, as one entry of a list.
#[derive(Debug, Clone)]
pub struct Term;

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
}

/// The lists of a rule, as written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lists<'a> {
    /// At least one must stand.
    pub any: &'a [&'a str],
    /// Each must stand.
    pub all: &'a [&'a str],
    /// None may stand.
    pub none: &'a [&'a str],
}

impl Condition {
    /// Parses a query in the language of the contract.
    pub fn from_query(_query: &str, _within: Within) -> Result<Condition, Vec<Problem>> {
        Ok(Condition)
    }

    /// Builds the condition that `any`, `all` and `none` state; all problems at once.
    pub fn from_lists(_lists: Lists<'_>, _within: Within) -> Result<Condition, Vec<Problem>> {
        Ok(Condition)
    }

    /// Every entity the condition refers to, with the place of the reference.
    pub fn entities(&self) -> Vec<(String, At)> {
        Vec::new()
    }
}

impl Term {
    /// Parses a name of an entity: a word, a phrase or `=exact`.
    pub fn name(_written: &str) -> Result<Term, Problem> {
        Ok(Term)
    }
}

/// All rules as one index. Cheap to share behind an `Arc`; matching takes `&self`.
#[derive(Debug)]
pub struct RuleSet;

/// Reused between documents so that matching need not allocate.
#[derive(Debug, Default)]
pub struct Scratch;

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
    pub fn compile(_rules: &[Rule], _entities: &[Entity]) -> RuleSet {
        RuleSet
    }

    /// The rules that hold for a document, in the order of the config.
    pub fn matches(&self, _document: Document<'_>, _scratch: &mut Scratch) -> Vec<Match> {
        Vec::new()
    }

    /// A term as its rule wrote it; `@id` for an entity.
    pub fn term(&self, _id: TermId) -> &str {
        ""
    }
}
