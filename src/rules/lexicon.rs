//! Every word that some rule looks for, in one table: folded words of a text in, lexemes out.
//!
//! A lexeme is a word of a rule with all the stems that it stands for. A word of a text is cut by
//! the grammar, each cut's stem is hashed from sums taken once a word, and a small filter turns
//! nearly all of them away before the table is touched: so the cost of a text does not follow the
//! number of rules. What passes is judged by [`super::judge`], for a word may look as if it were cut
//! and be another. Nothing here knows of phrases, rules or meaning.

use super::judge::Judge;
use crate::text::fold::Letter;
use crate::text::morphology::Sense;
use crate::text::morphology::cost::Reading;
use crate::text::morphology::ending::{Grammar, Paradigm, Tail, Tails};
use crate::text::morphology::headwords::Kind;
use crate::text::morphology::proclitic::{Cut, Cuts};
use crate::text::table::{Sums, Table};

/// A word of a rule, by number.
pub(super) type Lexeme = u32;

/// All stems of all rules.
#[derive(Debug)]
pub(super) struct Lexicon {
    grammar: &'static Grammar,
    stems: Table<Held>,
    prefixes: Table<Lexeme>,
    /// Lengths that prefixes have, ascending, no repeats.
    prefix_lengths: Vec<u32>,
    paradigms: Vec<Paradigm>,
}

/// What is known of a stem.
#[derive(Debug, Clone, Copy)]
struct Held {
    lexeme: Lexeme,
    paradigm: u16,
    kind: Kind,
}

impl Default for Lexicon {
    fn default() -> Lexicon {
        Lexicon {
            grammar: Grammar::get(),
            stems: Table::default(),
            prefixes: Table::default(),
            prefix_lengths: Vec::new(),
            paradigms: Vec::new(),
        }
    }
}

impl Lexicon {
    /// Adds one stem of a lexeme. [`Lexicon::seal`] must follow before anything is looked up.
    pub(super) fn add_stem(&mut self, Sense { stem, kind, .. }: &Sense, lexeme: Lexeme) {
        let known = self.paradigms.iter().position(|known| *known == stem.paradigm);
        let paradigm = known.unwrap_or_else(|| {
            self.paradigms.push(stem.paradigm);
            self.paradigms.len() - 1
        });
        self.stems.add(&stem.letters, Held { lexeme, paradigm: paradigm as u16, kind: *kind });
    }

    /// Adds a lexeme that is every word which begins with these letters.
    pub(super) fn add_prefix(&mut self, letters: &[Letter], lexeme: Lexeme) {
        self.prefixes.add(letters, lexeme);
        let length = letters.len() as u32;
        if let Err(place) = self.prefix_lengths.binary_search(&length) {
            self.prefix_lengths.insert(place, length);
        }
    }

    /// Builds the tables, once everything is added.
    pub(super) fn seal(&mut self) {
        self.stems.seal();
        self.prefixes.seal();
    }

    /// Calls `found` with every lexeme that a word of a text may be; one may come more than once.
    #[inline]
    pub(super) fn look_up(
        &self,
        letters: &[Letter],
        maqsura: bool,
        sums: &mut Sums,
        judge: &mut Judge<'_>,
        mut found: impl FnMut(Lexeme),
    ) {
        sums.read(letters);
        let cuts = Cuts::of(letters);
        for tail in Tails::of(letters, maqsura, self.grammar) {
            let end = letters.len() - tail.length;
            for cut in cuts.iter() {
                let start = usize::from(cut.length);
                if end < start + shortest(cut, tail) {
                    break;
                }
                self.stems.find(letters, start, end, sums, |entry| {
                    let paradigm = &self.paradigms[usize::from(entry.value.paradigm)];
                    let readings = paradigm.readings(cut.proclitic).and(tail.readings);
                    if readings.is_empty() {
                        return;
                    }
                    let reading = Reading { cut, tail, readings, stem: self.stems.letters_of(entry) };
                    if judge.accepts(&reading, entry.value.kind, &cuts, sums) {
                        found(entry.value.lexeme);
                    }
                });
            }
        }
        if !self.prefix_lengths.is_empty() {
            self.look_up_prefixes(letters, &cuts, sums, found);
        }
    }

    fn look_up_prefixes(&self, letters: &[Letter], cuts: &Cuts, sums: &Sums, mut found: impl FnMut(Lexeme)) {
        for cut in cuts.iter() {
            let start = usize::from(cut.length);
            let ends = self.prefix_lengths.iter().map(|&length| start + length as usize);
            for end in ends.take_while(|&end| end <= letters.len()) {
                self.prefixes.find(letters, start, end, sums, |entry| found(entry.value));
            }
        }
    }
}

/// A stem that wears something has two letters at least.
#[inline]
fn shortest(cut: Cut, tail: Tail) -> usize {
    if cut.length == 0 && tail.length == 0 { 1 } else { 2 }
}
