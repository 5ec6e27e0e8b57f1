//! Entities in a document: names that were hit in, the names that count out.
//!
//! First the context is judged: a name counts only where one of the entity's `needs` stands in the
//! same sentence, if it has any, and none of its `unless`; what stands within the name is in its
//! sentence, too. Then, among all entities of the config, the longest name wins: where two names share a word, the one of
//! more words counts, then the one that covers more of the text, then the one that begins first. Two
//! entities with the same name at the same place both count.

use std::ops::Range;

use super::hits::Hits;
use super::program::{Context, Program, Target};
use crate::text::word::Words;

/// The entities named in one document, kept so that the next one need not allocate.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// By entity, then place.
    places: Vec<Place>,
    candidates: Vec<Place>,
    /// For every word, the number of the candidate that took it, plus one.
    owners: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    entity: u32,
    start: u32,
    end: u32,
}

/// Whether names stand where they mean their entity.
struct Contexts<'a> {
    program: &'a Program,
    words: &'a Words,
    hits: &'a Hits,
    /// The last verdict, with its entity and sentence: names come entity by entity.
    last: Option<(u32, u32, bool)>,
}

impl Contexts<'_> {
    fn admit(&mut self, entity: u32, word: u32) -> bool {
        let Some(&context) = self.program.contexts.get(entity as usize) else { return true };
        if context.needs + context.unless == 0 {
            return true;
        }
        let sentence = self.words.words()[word as usize].sentence;
        match self.last {
            Some((last, within, verdict)) if (last, within) == (entity, sentence) => verdict,
            _ => {
                let verdict = self.judge(context, sentence);
                self.last = Some((entity, sentence, verdict));
                verdict
            }
        }
    }

    fn judge(&self, context: Context, sentence: u32) -> bool {
        let sentence = self.words.sentence(sentence as usize);
        let targets = &self.program.context_targets[context.first as usize..];
        let (needs, unless) = targets.split_at(context.needs as usize);
        let stands = |&target: &Target| match target {
            Target::Word(lexeme) => !self.hits.places(lexeme, &sentence).is_empty(),
            Target::Phrase(phrase) => {
                let mut stands = false;
                let mut found = |_, _| stands = true;
                self.program.phrase_places(phrase, &sentence, self.words, self.hits, &mut found);
                stands
            }
        };
        (needs.is_empty() || needs.iter().any(stands))
            && !unless[..context.unless as usize].iter().any(stands)
    }
}

impl Named {
    /// Finds the entities of a document from its hits.
    pub(super) fn find(&mut self, program: &Program, words: &Words, hits: &Hits) {
        self.places.clear();
        self.candidates.clear();
        if program.names.is_empty() {
            return;
        }
        let all = 0..words.words().len() as u32;
        let mut contexts = Contexts { program, words, hits, last: None };
        for &lexeme in hits.lexemes() {
            for &name in program.names_by_lexeme.of(lexeme) {
                let name = program.names[name as usize];
                let mut add = |start, end| {
                    if contexts.admit(name.entity, start) {
                        self.candidates.push(Place { entity: name.entity, start, end });
                    }
                };
                match name.target {
                    Target::Word(lexeme) => {
                        hits.places(lexeme, &all).iter().for_each(|&word| add(word, word + 1));
                    }
                    Target::Phrase(phrase) => program.phrase_places(phrase, &all, words, hits, &mut add),
                }
            }
        }
        if !self.candidates.is_empty() {
            self.choose(words);
        }
    }

    /// The entities that were found, ascending, each as often as it was found.
    pub(super) fn entities(&self) -> impl Iterator<Item = u32> {
        self.places.iter().map(|place| place.entity)
    }

    /// Where an entity is named in a stretch of words, in order.
    pub(super) fn places(&self, entity: u32, stretch: &Range<u32>) -> impl Iterator<Item = (u32, u32)> {
        let first =
            self.places.partition_point(|place| (place.entity, place.start) < (entity, stretch.start));
        self.places[first..]
            .iter()
            .take_while(move |place| place.entity == entity)
            .map(|place| (place.start, place.end))
    }

    /// The entities that are named in words which these words overlap.
    pub(super) fn over(&self, stretch: &Range<u32>) -> impl Iterator<Item = u32> {
        let overlaps = |place: &&Place| place.start < stretch.end && stretch.start < place.end;
        self.places.iter().filter(overlaps).map(|place| place.entity)
    }

    fn choose(&mut self, words: &Words) {
        let letters = |place: &Place| {
            words.words()[place.end as usize - 1].end - words.words()[place.start as usize].start
        };
        self.candidates.sort_unstable_by(|a, b| {
            let longest_first = (b.end - b.start).cmp(&(a.end - a.start)).then(letters(b).cmp(&letters(a)));
            longest_first.then(a.start.cmp(&b.start)).then(a.entity.cmp(&b.entity))
        });
        self.owners.clear();
        self.owners.resize(words.words().len(), 0);
        for (number, place) in self.candidates.iter().enumerate() {
            let taken = &mut self.owners[place.start as usize..place.end as usize];
            match taken.iter().copied().find(|&owner| owner != 0) {
                None => taken.fill(number as u32 + 1),
                Some(owner) => {
                    let owner = self.candidates[owner as usize - 1];
                    if (owner.start, owner.end) != (place.start, place.end) {
                        continue;
                    }
                }
            }
            self.places.push(*place);
        }
        self.places.sort_unstable();
        self.places.dedup();
    }
}
