//! What has to stand in a text for a rule to hold: a condition in, words by their keys and how they come
//! together out.
//!
//! Necessary, never sufficient: order, nearness, fields, denials and everything that the spelling of a word
//! tells are left to the rules themselves. An archive that is searched by a need misses nothing that they
//! accept ([`crate::text::key`] says under which keys a word stands).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::condition::{Node, NodeKind};
use super::term::Kind;
use super::{Condition, Entity, Term};
use crate::text::fold::{self, Letter};
use crate::text::key;
use crate::text::morphology::ending::{self, Readings};
use crate::text::morphology::{self};
use crate::text::word::Words;

/// What has to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing that could be named.
    Nothing,
    /// All of these.
    All(Vec<Need>),
    /// One of these at least; none of no needs.
    Any(Vec<Need>),
    /// A word whose key begins in one of these ways.
    Word(Vec<Beginning>),
}

/// How a key may begin, and what may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// Folded and written out.
    pub text: String,
    /// What of an ending may follow; anything where there is none.
    tails: Option<Readings>,
}

impl Need {
    /// What a condition needs, where these are the entities.
    pub fn of(condition: &Condition, entities: &[Entity]) -> Need {
        let mut needs = Needs { entities, words: Words::default() };
        needs.of_node(&condition.root, false)
    }

    /// One of two at least.
    #[must_use]
    pub fn or(self, other: Need) -> Need {
        any([self, other])
    }
}

impl Beginning {
    /// Whether a key that begins so goes on as it may.
    pub fn admits(&self, key: &str) -> bool {
        let Some(rest) = key.strip_prefix(self.text.as_str()) else { return false };
        let Some(tails) = self.tails else { return true };
        let known = TAILS.get(rest).is_some_and(|readings| !readings.and(tails).is_empty());
        known || key::may_be_cut(key)
    }

    /// Every key that it admits, where they can be counted.
    pub fn keys(&self) -> Option<impl Iterator<Item = String>> {
        let tails = self.tails?;
        let fits = move |(_, readings): &(&String, &Readings)| !readings.and(tails).is_empty();
        Some(TAILS.iter().filter(fits).map(|(tail, _)| format!("{}{tail}", self.text)))
    }
}

static TAILS: LazyLock<HashMap<String, Readings>> = LazyLock::new(ending::tails);

struct Needs<'a> {
    entities: &'a [Entity],
    words: Words,
}

impl Needs<'_> {
    /// What a node needs, or its denial.
    fn of_node(&mut self, node: &Node, denied: bool) -> Need {
        match &node.kind {
            NodeKind::Not(part) => self.of_node(part, !denied),
            NodeKind::And(parts) if !denied => all(parts.iter().map(|part| self.of_node(part, false))),
            NodeKind::Or(parts) if !denied => any(parts.iter().map(|part| self.of_node(part, false))),
            NodeKind::And(parts) => any(parts.iter().map(|part| self.of_node(part, true))),
            NodeKind::Or(parts) => all(parts.iter().map(|part| self.of_node(part, true))),
            _ if denied => Need::Nothing,
            NodeKind::Term(term) => self.of_term(term),
            NodeKind::Near(operands, _) => all(operands.iter().map(|part| self.of_node(part, false))),
            NodeKind::AtLeast(_, part)
            | NodeKind::Count(_, part)
            | NodeKind::Sentence(part)
            | NodeKind::Paragraph(part)
            | NodeKind::Field(_, part) => self.of_node(part, false),
            NodeKind::Score(terms, weights) => {
                // The threshold is 1 at least: something that adds has to stand.
                let adding = terms.iter().zip(&weights.each).filter(|(_, weight)| **weight > 0);
                any(adding.map(|(term, _)| self.of_node(term, false)))
            }
        }
    }

    fn of_term(&mut self, term: &Term) -> Need {
        if term.kind() == Kind::Entity {
            let entities = self.entities;
            let named = entities.iter().find(|entity| entity.id == term.text());
            return any(named.iter().flat_map(|entity| &entity.names).map(|name| self.of_term(name)));
        }
        let mut needs = Vec::new();
        term.each_word(&mut self.words, |kind, written, _| {
            let beginnings: Vec<Beginning> = match kind.level() {
                Some(level) => morphology::expand(written, level)
                    .iter()
                    .flat_map(|sense| beginnings(&sense.stem.letters, Some(sense.stem.paradigm.any())))
                    .collect(),
                None => morphology::prefixes(written.letters)
                    .iter()
                    .flat_map(|letters| beginnings(letters, None))
                    .collect(),
            };
            needs.push(Need::Word(merged(beginnings)));
        });
        if needs.is_empty() { Need::Any(needs) } else { all(needs) }
    }
}

fn beginnings(stem: &[Letter], tails: Option<Readings>) -> impl Iterator<Item = Beginning> {
    let folded: Vec<Letter> = stem.iter().copied().map(fold::plain).collect();
    key::beginnings(&folded).into_iter().map(move |text| Beginning { text, tails })
}

/// In order, each text once with all that may follow it.
fn merged(mut beginnings: Vec<Beginning>) -> Vec<Beginning> {
    beginnings.sort_unstable_by(|one, other| one.text.cmp(&other.text));
    beginnings.dedup_by(|next, kept| {
        let same = next.text == kept.text;
        if same {
            kept.tails = kept.tails.zip(next.tails).map(|(some, more)| some.or(more));
        }
        same
    });
    beginnings
}

fn all(needs: impl IntoIterator<Item = Need>) -> Need {
    let mut parts = Vec::new();
    for need in needs {
        match need {
            Need::Nothing => {}
            Need::All(more) => parts.extend(more),
            other => parts.push(other),
        }
    }
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Need::Nothing,
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Need::All(parts)
        }
    }
}

fn any(needs: impl IntoIterator<Item = Need>) -> Need {
    let mut parts = Vec::new();
    for need in needs {
        match need {
            Need::Nothing => return Need::Nothing,
            Need::Any(more) => parts.extend(more),
            other => parts.push(other),
        }
    }
    Need::Any(parts)
}
