//! What a clause means: a clause and a stretch of words in, whether it holds and the places that
//! make it hold out.
//!
//! Every clause is judged in a scope, a stretch of words: the document, a field of it, a paragraph,
//! a sentence. What holds contributes places; what does not contributes none.
//!
//! | clause | holds in a scope where | contributes |
//! | --- | --- | --- |
//! | word, phrase, entity | it stands | each of its places |
//! | OR | one side holds | what the sides that hold contribute |
//! | AND | each part holds | what all parts contribute |
//! | NOT | its part does not hold | nothing |
//! | NEAR, ONEAR | a place of each operand, each within reach of its neighbour's | the places that are part of such a chain |
//! | ATLEAST/n | n of its places do not overlap | all of them |
//! | SENTENCE, PARAGRAPH | its part holds in one of those the scope has | what it contributes in each in which it holds |
//! | score | the weights of its terms that stand, each once, reach the threshold | the places of those that add |
//! | at least n of a rule | it holds, and n of its places do not overlap | the same |
//! | field | its part holds in what the scope has of the field | the same |
//!
//! A denial goes through AND and OR to what is denied: `NOT (a OR NOT b)` is `NOT a AND b`,
//! and `b` contributes. ATLEAST counts places of words, phrases, entities and fields one by one, a
//! NEAR as the stretch from its first to its last word, a SENTENCE as the sentence; `ATLEAST/2(a AND b)`
//! asks for two of each. A phrase stays within a sentence; a NEAR does not have to.

use std::ops::Range;

use super::entity::Named;
use super::hits::Hits;
use super::lexicon::Lexeme;
use super::near;
use super::program::{Children, Clause, Program};
use super::{Field, TermId};
use crate::text::word::Words;

/// Words at which a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) term: TermId,
}

/// One document, against which clauses are judged.
#[derive(Debug)]
pub(super) struct Evaluation<'a> {
    pub(super) program: &'a Program,
    pub(super) words: &'a Words,
    pub(super) hits: &'a Hits,
    pub(super) named: &'a Named,
    /// The first word of the body.
    pub(super) body: u32,
    pub(super) buffers: &'a mut Buffers,
}

/// Kept so that the next document need not allocate.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) near: near::Buffers,
    stretches: Vec<Range<u32>>,
    counted: Vec<Place>,
}

impl Evaluation<'_> {
    /// Whether a clause holds in a scope; only then its places are added to `places`.
    #[inline]
    pub(super) fn holds(&mut self, clause: Clause, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        // Most rules are words, or an OR of words.
        match clause {
            Clause::Word { lexeme, term } => self.word(lexeme, term, scope, places),
            Clause::Or(parts) => {
                let mut any = false;
                for &part in self.program.children(parts) {
                    any |= match part {
                        Clause::Word { lexeme, term } => self.word(lexeme, term, scope, places),
                        _ => self.judge(part, scope, places),
                    };
                }
                any
            }
            _ => self.judge(clause, scope, places),
        }
    }

    #[inline]
    fn word(&self, lexeme: Lexeme, term: TermId, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        let words = self.hits.places(lexeme, scope);
        places.extend(words.iter().map(|&word| Place { start: word, end: word + 1, term }));
        !words.is_empty()
    }

    fn judge(&mut self, clause: Clause, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        let before = places.len();
        match clause {
            Clause::Word { .. } | Clause::Or(_) => self.holds(clause, scope, places),
            Clause::Phrase { .. } | Clause::Entity { .. } => {
                self.each_place(clause, scope, |place| places.push(place));
                places.len() > before
            }
            Clause::Never => false,
            Clause::Not(part) => {
                let holds = self.holds(self.clause(part), scope, places);
                places.truncate(before);
                !holds
            }
            Clause::And(parts) => {
                let program = self.program;
                let all = program.children(parts).iter().all(|&part| self.holds(part, scope, places));
                if !all {
                    places.truncate(before);
                }
                all
            }
            Clause::Near(operands, links) => {
                let found = self.chain(operands, links, scope);
                for segment in &self.buffers.near.segments {
                    places.extend_from_slice(&self.buffers.near.chain[segment.clone()]);
                }
                found
            }
            Clause::AtLeast { count, clause } => {
                let clause = self.clause(clause);
                self.count(clause, scope) >= count && self.holds(clause, scope, places)
            }
            Clause::Field(field, part) => {
                let scope = self.field(field, scope);
                self.holds(self.clause(part), &scope, places)
            }
            Clause::Score(terms, weights) => {
                let holds = self.reaches(terms, weights, scope, places);
                if !holds {
                    places.truncate(before);
                }
                holds
            }
            Clause::Count { count, clause } => {
                let mut holds = self.holds(self.clause(clause), scope, places);
                if holds && self.disjoint(&places[before..]) < count {
                    places.truncate(before);
                    holds = false;
                }
                holds
            }
            Clause::Sentence(part) | Clause::Paragraph(part) => {
                let part = self.clause(part);
                let mut any = false;
                let mut at = if self.may_hold(part, scope) { scope.start } else { scope.end };
                while at < scope.end {
                    let stretch = self.stretch(clause, at, scope);
                    at = stretch.end;
                    any |= self.holds(part, &stretch, places);
                }
                any
            }
        }
    }

    /// Whether the terms of a score that stand add up to its threshold. Only those that add are places.
    fn reaches(&mut self, terms: Children, first: u32, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        let program = self.program;
        let threshold = program.weights[first as usize];
        let mut sum = 0;
        for (&term, &weight) in program.children(terms).iter().zip(&program.weights[first as usize + 1..]) {
            let before = places.len();
            if self.holds(term, scope, places) {
                sum += weight;
            }
            if weight < 0 {
                places.truncate(before);
            }
        }
        sum >= threshold
    }

    /// False where a clause lacks words that it cannot do without: cheaper than to look everywhere.
    fn may_hold(&self, clause: Clause, scope: &Range<u32>) -> bool {
        match clause {
            Clause::Word { lexeme, .. } => !self.hits.places(lexeme, scope).is_empty(),
            Clause::Phrase { phrase, .. } => {
                let lexemes = self.program.words(self.program.phrases[phrase as usize]);
                lexemes.iter().all(|&lexeme| !self.hits.places(lexeme, scope).is_empty())
            }
            Clause::And(parts) | Clause::Near(parts, _) => {
                self.program.children(parts).iter().all(|&part| self.may_hold(part, scope))
            }
            Clause::Or(parts) => self.program.children(parts).iter().any(|&part| self.may_hold(part, scope)),
            Clause::Count { clause, .. } => self.may_hold(self.clause(clause), scope),
            _ => true,
        }
    }

    pub(super) fn clause(&self, number: u32) -> Clause {
        self.program.clauses[number as usize]
    }

    /// The part of a scope that lies in a field.
    pub(super) fn field(&self, field: Field, scope: &Range<u32>) -> Range<u32> {
        match field {
            Field::Title => scope.start.min(self.body)..scope.end.min(self.body),
            Field::Body => scope.start.max(self.body)..scope.end.max(self.body),
        }
    }

    /// The sentence or paragraph that a word stands in, from that word to its end or the scope's.
    pub(super) fn stretch(&self, clause: Clause, word: u32, scope: &Range<u32>) -> Range<u32> {
        let end = if let Clause::Sentence(_) = clause {
            self.words.sentence(self.words.words()[word as usize].sentence as usize).end
        } else {
            self.words.paragraph(self.words.paragraph_of(word)).end
        };
        word..end.min(scope.end)
    }

    /// The places of a word, phrase or entity.
    fn each_place(&self, clause: Clause, scope: &Range<u32>, mut found: impl FnMut(Place)) {
        match clause {
            Clause::Word { lexeme, term } => {
                for &word in self.hits.places(lexeme, scope) {
                    found(Place { start: word, end: word + 1, term });
                }
            }
            Clause::Phrase { phrase, term } => {
                let mut found = |start, end| found(Place { start, end, term });
                self.program.phrase_places(phrase, scope, self.words, self.hits, &mut found);
            }
            Clause::Entity { entity, term } => {
                let in_scope = self.named.places(entity, scope).take_while(|&(start, _)| start < scope.end);
                for (start, end) in in_scope.filter(|&(_, end)| end <= scope.end) {
                    found(Place { start, end, term });
                }
            }
            _ => {}
        }
    }

    /// How many places of a clause do not overlap.
    pub(super) fn count(&mut self, clause: Clause, scope: &Range<u32>) -> u32 {
        let mut stretches = std::mem::take(&mut self.buffers.stretches);
        stretches.clear();
        self.stretches(clause, scope, &mut stretches);
        let count = apart(&mut stretches);
        self.buffers.stretches = stretches;
        count
    }

    /// How many of some places do not overlap.
    pub(super) fn disjoint(&mut self, places: &[Place]) -> u32 {
        let stretches = &mut self.buffers.stretches;
        stretches.clear();
        stretches.extend(places.iter().map(|place| place.start..place.end));
        apart(stretches)
    }

    /// The places of a clause, each as one stretch of words.
    fn stretches(&mut self, clause: Clause, scope: &Range<u32>, stretches: &mut Vec<Range<u32>>) {
        match clause {
            Clause::Or(parts) => {
                for &part in self.program.children(parts) {
                    self.stretches(part, scope, stretches);
                }
            }
            Clause::Field(field, part) => {
                let scope = self.field(field, scope);
                self.stretches(self.clause(part), &scope, stretches);
            }
            Clause::Near(operands, links) => {
                if self.chain(operands, links, scope) {
                    let links = &self.program.links[links as usize..];
                    near::hulls(&self.buffers.near, links, stretches);
                }
            }
            Clause::Sentence(part) | Clause::Paragraph(part) => {
                let part = self.clause(part);
                let mut places = std::mem::take(&mut self.buffers.counted);
                let mut at = scope.start;
                while at < scope.end {
                    let stretch = self.stretch(clause, at, scope);
                    at = stretch.end;
                    places.clear();
                    if self.holds(part, &stretch, &mut places) {
                        stretches.push(stretch);
                    }
                }
                self.buffers.counted = places;
            }
            _ => self.each_place(clause, scope, |place| stretches.push(place.start..place.end)),
        }
    }
}

/// The most of some stretches that do not overlap: always the next one to end.
fn apart(stretches: &mut [Range<u32>]) -> u32 {
    stretches.sort_unstable_by_key(|stretch| (stretch.end, stretch.start));
    let mut end = 0;
    let mut count = 0;
    for stretch in stretches {
        if stretch.start >= end {
            end = stretch.end;
            count += 1;
        }
    }
    count
}

impl Program {
    /// Calls `found` with the first word of each place of a phrase in a scope, and the word after it.
    pub(super) fn phrase_places(
        &self,
        phrase: u32,
        scope: &Range<u32>,
        words: &Words,
        hits: &Hits,
        found: &mut impl FnMut(u32, u32),
    ) {
        let phrase = self.phrases[phrase as usize];
        let lexemes = self.words(phrase);
        for &anchor in hits.places(lexemes[phrase.anchor as usize], scope) {
            let Some(start) = anchor.checked_sub(phrase.anchor) else { continue };
            let end = start + phrase.length;
            let in_scope = scope.start <= start && end <= scope.end;
            if in_scope
                && words.words()[start as usize].sentence == words.words()[end as usize - 1].sentence
                && (start..).zip(lexemes).all(|(word, &lexeme)| hits.is_at(lexeme, word))
            {
                found(start, end);
            }
        }
    }
}
