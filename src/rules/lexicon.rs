//! Every word that some rule looks for, in one table: folded words of a text in, lexemes out.
//!
//! A lexeme is a word of a rule with all the stems that it stands for. A word of a text is cut by
//! the grammar, each cut's stem is hashed from sums taken once a word, and a small filter turns
//! nearly all of them away before the table is touched: so the cost of a text does not follow the
//! number of rules. Nothing here knows of phrases, rules or meaning.

use crate::text::fold::Letter;
use crate::text::morphology::clitic::{Cut, Cuts, Grammar, Paradigm, Proclitic, Tail, Tails};
use crate::text::morphology::{self, Stem};

/// A word of a rule, by number.
pub(super) type Lexeme = u32;

/// All stems of all rules.
#[derive(Debug)]
pub(super) struct Lexicon {
    grammar: &'static Grammar,
    stems: Table,
    prefixes: Table,
    /// Lengths that prefixes have, ascending, no repeats.
    prefix_lengths: Vec<u32>,
    paradigms: Vec<Paradigm>,
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
    pub(super) fn add_stem(&mut self, stem: &Stem, lexeme: Lexeme) {
        let paradigm = match self.paradigms.iter().position(|known| *known == stem.paradigm) {
            Some(known) => known,
            None => {
                self.paradigms.push(stem.paradigm);
                self.paradigms.len() - 1
            }
        };
        self.stems.add(&stem.letters, lexeme, paradigm as u16);
    }

    /// Adds a lexeme that is every word which begins with these letters.
    pub(super) fn add_prefix(&mut self, letters: &[Letter], lexeme: Lexeme) {
        self.prefixes.add(letters, lexeme, 0);
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
        mut found: impl FnMut(Lexeme),
    ) {
        sums.read(letters);
        let cuts = Cuts::of(letters);
        let tails = Tails::of(letters, maqsura, self.grammar);
        for cut in cuts.iter() {
            for tail in tails.iter() {
                let end = letters.len() - tail.length;
                if end < cut.length + shortest(cut, tail) {
                    break;
                }
                self.stems.find(letters, cut.length, end, sums, |entry| {
                    let paradigm = &self.paradigms[usize::from(entry.paradigm)];
                    if paradigm.allows(cut.proclitic, tail.readings)
                        && !is_vetoed(letters, cuts.conjunction, cut, tail)
                    {
                        found(entry.lexeme);
                    }
                });
            }
            for &length in &self.prefix_lengths {
                let end = cut.length + length as usize;
                if end > letters.len() {
                    break;
                }
                self.prefixes.find(letters, cut.length, end, sums, |entry| found(entry.lexeme));
            }
        }
    }
}

/// A stem that wears something has two letters at least.
#[inline]
fn shortest(cut: Cut, tail: Tail) -> usize {
    if cut.length == 0 && tail.length == 0 { 1 } else { 2 }
}

/// Whether a cut goes through a word that is one whole: كامل is no ك with أمل.
fn is_vetoed(letters: &[Letter], conjunction: usize, cut: Cut, tail: Tail) -> bool {
    let through_beginning = match cut.proclitic {
        Proclitic::Bare => false,
        Proclitic::Preposition | Proclitic::Future => morphology::is_whole(&letters[conjunction..]),
        Proclitic::Article => {
            // للجنة is ل with لجنة
            cut.length == conjunction + 2 && morphology::is_whole(&letters[conjunction + 1..])
        }
    };
    through_beginning || tail.length > 0 && morphology::is_whole(&letters[cut.length..])
}

/// Sums over the beginnings of a word, from which the hash of any part of it follows.
#[derive(Debug, Default)]
pub(super) struct Sums {
    sums: Vec<u64>,
    powers: Vec<u64>,
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

impl Sums {
    #[inline]
    fn read(&mut self, letters: &[Letter]) {
        while self.powers.len() <= letters.len() {
            let next = self.powers.last().map_or(1, |power| power.wrapping_mul(BASE));
            self.powers.push(next);
        }
        self.sums.clear();
        self.sums.push(0);
        let mut sum = 0u64;
        self.sums.extend(letters.iter().map(|&letter| {
            sum = sum.wrapping_mul(BASE).wrapping_add(u64::from(letter));
            sum
        }));
    }

    #[inline]
    fn hash(&self, start: usize, end: usize) -> u64 {
        mix(self.sums[end].wrapping_sub(self.sums[start].wrapping_mul(self.powers[end - start])))
    }
}

fn hash(letters: &[Letter]) -> u64 {
    mix(letters.iter().fold(0, |sum: u64, &letter| sum.wrapping_mul(BASE).wrapping_add(u64::from(letter))))
}

#[inline]
fn mix(sum: u64) -> u64 {
    let product = sum.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    product ^ (product >> 32)
}

/// Strings of letters by their hash.
#[derive(Debug, Default)]
struct Table {
    /// Two bits for every string; a string without its bits is not here.
    filter: Vec<u64>,
    /// Open addressing: an entry's number plus one, and the upper half of its hash.
    slots: Vec<(u32, u32)>,
    entries: Vec<Entry>,
    letters: Vec<Letter>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    lexeme: Lexeme,
    length: u32,
    paradigm: u16,
}

impl Table {
    fn add(&mut self, letters: &[Letter], lexeme: Lexeme, paradigm: u16) {
        let start = self.letters.len() as u32;
        self.letters.extend_from_slice(letters);
        self.entries.push(Entry { start, lexeme, length: letters.len() as u32, paradigm });
    }

    fn seal(&mut self) {
        self.filter = vec![0; (self.entries.len() / 5).next_power_of_two()];
        self.slots = vec![(0, 0); (self.entries.len() * 2).next_power_of_two().max(2)];
        for number in 0..self.entries.len() {
            let hash = hash(self.letters_of(self.entries[number]));
            let (word, bits) = self.filter_bits(hash);
            self.filter[word] |= bits;
            let mut slot = self.first_slot(hash);
            while self.slots[slot].0 != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = (number as u32 + 1, (hash >> 32) as u32);
        }
    }

    /// Calls `found` with every entry that is `letters[start..end]`.
    #[inline]
    fn find(&self, letters: &[Letter], start: usize, end: usize, sums: &Sums, found: impl FnMut(Entry)) {
        let hash = sums.hash(start, end);
        let (word, bits) = self.filter_bits(hash);
        if self.filter[word] & bits == bits {
            self.probe(&letters[start..end], hash, found);
        }
    }

    fn probe(&self, letters: &[Letter], hash: u64, mut found: impl FnMut(Entry)) {
        let tag = (hash >> 32) as u32;
        let mut slot = self.first_slot(hash);
        while let (number @ 1.., known) = self.slots[slot] {
            let entry = self.entries[number as usize - 1];
            if known == tag && self.letters_of(entry) == letters {
                found(entry);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn letters_of(&self, entry: Entry) -> &[Letter] {
        &self.letters[entry.start as usize..][..entry.length as usize]
    }

    #[inline]
    fn filter_bits(&self, hash: u64) -> (usize, u64) {
        let bits = 1 << (hash & 63) | 1 << (hash >> 6 & 63);
        ((hash >> 12) as usize & (self.filter.len() - 1), bits)
    }

    #[inline]
    fn first_slot(&self, hash: u64) -> usize {
        (hash >> 24) as usize & (self.slots.len() - 1)
    }
}
