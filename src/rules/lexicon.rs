//! Every word that some rule looks for, in one table: folded words of a text in, lexemes out.
//!
//! A lexeme is a word of a rule with all the stems that it stands for. A word of a text is cut by
//! the grammar; where no stem begins with the four letters after a cut, that is all. What is left is
//! hashed from sums taken once a word, and a small filter turns nearly all of it away before the table
//! is touched: so the cost of a text does not follow the number of rules. What passes is judged by [`super::judge`], for a word may look as if it were cut
//! and be another. Nothing here knows of phrases, rules or meaning.

use super::judge::Judge;
use crate::text::fold::{self, Letter};
use crate::text::morphology::Sense;
use crate::text::morphology::cost::Reading;
use crate::text::morphology::ending::{Grammar, Paradigm, Paradigms, Tail, Tails};
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
    heads: Heads,
    prefixes: Table<Lexeme>,
    /// Lengths that prefixes have, ascending, no repeats.
    prefix_lengths: Vec<u32>,
    paradigms: Vec<Paradigm>,
    /// Until all stems are added.
    numbers: Paradigms,
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
            heads: Heads(vec![0; Heads::LENGTH]),
            prefixes: Table::default(),
            prefix_lengths: Vec::new(),
            paradigms: Vec::new(),
            numbers: Paradigms::default(),
        }
    }
}

impl Lexicon {
    /// Adds one stem of a lexeme. [`Lexicon::seal`] must follow before anything is looked up.
    pub(super) fn add_stem(&mut self, Sense { stem, kind, .. }: &Sense, lexeme: Lexeme) {
        let paradigm = self.numbers.number(stem.paradigm);
        self.heads.add(&stem.letters);
        self.stems.add(&stem.letters, Held { lexeme, paradigm, kind: *kind });
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
        self.paradigms = std::mem::take(&mut self.numbers).into_all();
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
        if !self.prefix_lengths.is_empty() {
            self.look_up_prefixes(letters, sums, &mut found);
        }
        // Nearly all words of most texts go no further than this.
        if self.heads.may_begin(letters) || Cuts::may_cut(letters) {
            self.look_up_cuts(letters, maqsura, sums, judge, found);
        }
    }

    fn look_up_cuts(
        &self,
        letters: &[Letter],
        maqsura: bool,
        sums: &mut Sums,
        judge: &mut Judge<'_>,
        mut found: impl FnMut(Lexeme),
    ) {
        let cuts = Cuts::of(letters);
        let (mut likely, mut count) = ([Cut::NONE; 4], 0);
        for cut in cuts.iter() {
            if self.heads.may_begin(&letters[usize::from(cut.length)..]) {
                likely[count] = cut;
                count += 1;
            }
        }
        let likely = &likely[..count];
        if likely.is_empty() {
            return;
        }
        sums.read(letters);
        for tail in Tails::of(letters, maqsura, self.grammar) {
            let end = letters.len() - tail.length;
            for &cut in likely {
                if end < usize::from(cut.length) + shortest(cut, tail) {
                    break;
                }
                self.stems.find(letters, sums.start(cut.length), end, sums, |entry| {
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
    }

    fn look_up_prefixes(&self, letters: &[Letter], sums: &mut Sums, mut found: impl FnMut(Lexeme)) {
        sums.read(letters);
        for cut in Cuts::of(letters).iter() {
            let start = sums.start(cut.length);
            let ends = self.prefix_lengths.iter().map(|&length| usize::from(cut.length) + length as usize);
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

/// Which four letters stems begin with: a bit for each, by the lower five bits of their numbers. A stem that is
/// shorter has the bits of all that may follow it.
#[derive(Debug)]
struct Heads(Vec<u32>);

impl Heads {
    const LENGTH: usize = 1 << 15;

    fn add(&mut self, stem: &[Letter]) {
        let mut letters = stem.iter().map(|&letter| usize::from(fold::plain(letter)) % 32);
        let [first, second, third, fourth] = [(); 4].map(|()| letters.next());
        let all = 0..32;
        let each = |letter: Option<usize>| letter.map_or(all.clone(), |letter| letter..letter + 1);
        let bits = fourth.map_or(u32::MAX, |letter| 1 << letter);
        for first in each(first) {
            for second in each(second) {
                for third in each(third) {
                    self.0[first << 10 | second << 5 | third] |= bits;
                }
            }
        }
    }

    /// Whether a stem may stand at the beginning of these letters.
    #[inline]
    fn may_begin(&self, letters: &[Letter]) -> bool {
        let &[first, second, third, ref rest @ ..] = letters else { return true };
        let [first, second, third] = [first, second, third].map(|letter| usize::from(letter) % 32);
        let bits = self.0.get(first << 10 | second << 5 | third).copied().unwrap_or_default();
        match rest {
            [fourth, ..] => bits >> (fourth % 32) & 1 != 0,
            [] => bits != 0,
        }
    }
}
