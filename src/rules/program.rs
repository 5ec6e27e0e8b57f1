//! Compiled rules: flat arrays of clauses that refer to each other by number, and what wakes them.
//!
//! A clause stands for a part of a condition. A rule is looked at only when one of its anchors was
//! found: words or entities of which one at least has to stand wherever the rule holds.

use super::lexicon::Lexeme;
use super::{Field, TermId};
use crate::rules::condition::Link;

/// A part of a condition. Children lie side by side in [`Program::clauses`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Clause {
    /// A lexeme stands.
    Word { lexeme: Lexeme, term: TermId },
    /// The lexemes of a phrase stand in a row.
    Phrase { phrase: u32, term: TermId },
    /// A name of an entity stands.
    Entity { entity: u32, term: TermId },
    /// An entity that nobody defined.
    Never,
    /// The clause does not hold.
    Not(u32),
    /// All of them hold.
    And(Children),
    /// One of them holds.
    Or(Children),
    /// Places of each operand, each near its neighbour's; the links begin at this number.
    Near(Children, u32),
    /// So many places of the clause do not overlap.
    AtLeast { count: u32, clause: u32 },
    /// The clause holds in one sentence.
    Sentence(u32),
    /// The clause holds in one paragraph.
    Paragraph(u32),
    /// The clause holds in one field.
    Field(Field, u32),
    /// The weights of those that hold reach a threshold; that and the weights begin at this number.
    Score(Children, u32),
    /// The clause holds, and so many of its places do not overlap.
    Count { count: u32, clause: u32 },
}

impl Clause {
    /// The term of a word, a phrase or an entity.
    pub(super) fn term(self) -> Option<TermId> {
        match self {
            Clause::Word { term, .. } | Clause::Phrase { term, .. } | Clause::Entity { term, .. } => {
                Some(term)
            }
            _ => None,
        }
    }
}

/// Clauses side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Children {
    pub(super) first: u32,
    pub(super) length: u32,
}

/// Lexemes in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrase {
    /// In [`Program::phrase_words`].
    pub(super) first: u32,
    pub(super) length: u32,
    /// The one of them that is looked for first.
    pub(super) anchor: u32,
}

/// A name of an entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) entity: u32,
    pub(super) target: Target,
}

/// What has to stand in a sentence with a name of an entity, and what must not: two stretches of
/// [`Program::context_targets`], one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    pub(super) first: u32,
    pub(super) needs: u32,
    pub(super) unless: u32,
}

/// A word or a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Word(Lexeme),
    Phrase(u32),
}

/// All rules and entities.
#[derive(Debug)]
pub(super) struct Program {
    /// One a rule.
    pub(super) roots: Vec<Clause>,
    pub(super) clauses: Vec<Clause>,
    pub(super) links: Vec<Link>,
    /// For each score its threshold, then its weights.
    pub(super) weights: Vec<i64>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) phrase_words: Vec<Lexeme>,
    pub(super) names: Vec<Name>,
    /// One an entity; empty where no entity has any.
    pub(super) contexts: Vec<Context>,
    pub(super) context_targets: Vec<Target>,
    /// The names to look at where a lexeme was found.
    pub(super) names_by_lexeme: Lists,
    /// The rules to look at where a lexeme was found.
    pub(super) rules_by_lexeme: Lists,
    /// The rules to look at where an entity was found.
    pub(super) rules_by_entity: Lists,
}

impl Program {
    /// The clauses of a list.
    #[inline]
    pub(super) fn children(&self, children: Children) -> &[Clause] {
        &self.clauses[children.first as usize..][..children.length as usize]
    }

    /// The lexemes of a phrase.
    pub(super) fn words(&self, phrase: Phrase) -> &[Lexeme] {
        &self.phrase_words[phrase.first as usize..][..phrase.length as usize]
    }
}

/// Lists of numbers, one for each key, in two arrays.
#[derive(Debug, Default)]
pub(super) struct Lists {
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// Gathers pairs of a key below `keys` and an item; items keep their order.
    pub(super) fn gather(keys: usize, pairs: &[(u32, u32)]) -> Lists {
        let mut ends = vec![0u32; keys];
        for &(key, _) in pairs {
            ends[key as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            let count = std::mem::replace(end, total);
            total += count;
        }
        let mut items = vec![0; pairs.len()];
        for &(key, item) in pairs {
            items[ends[key as usize] as usize] = item;
            ends[key as usize] += 1;
        }
        Lists { ends, items }
    }

    /// The items of a key.
    #[inline]
    pub(super) fn of(&self, key: u32) -> &[u32] {
        let key = key as usize;
        let start = if key == 0 { 0 } else { self.ends[key - 1] };
        &self.items[start as usize..self.ends[key] as usize]
    }
}
