//! Every word that some rule looks for, in one table: folded words of a text in, lexemes out.
//!
//! A lexeme is a word of a rule with all the stems that it stands for. A word of a text is cut by
//! the grammar, each cut's stem is hashed from sums taken once a word, and a small filter turns
//! nearly all of them away before the table is touched: so the cost of a text does not follow the
//! number of rules. Nothing here knows of phrases, rules or meaning.

use crate::text::fold::Letter;
use crate::text::morphology::ending::{Grammar, Paradigm, Tail, Tails};
use crate::text::morphology::proclitic::{Cut, Cuts, Proclitic};
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
        let known = self.paradigms.iter().position(|known| *known == stem.paradigm);
        let paradigm = known.unwrap_or_else(|| {
            self.paradigms.push(stem.paradigm);
            self.paradigms.len() - 1
        });
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
        for tail in Tails::of(letters, maqsura, self.grammar) {
            let end = letters.len() - tail.length;
            for cut in cuts.iter() {
                let start = usize::from(cut.length);
                if end < start + shortest(cut, tail) {
                    break;
                }
                self.stems.find(letters, start, end, sums, |entry| {
                    let paradigm = &self.paradigms[usize::from(entry.paradigm)];
                    if paradigm.allows(cut.proclitic, tail.readings) && !is_vetoed(letters, &cuts, cut, tail)
                    {
                        found(entry.lexeme);
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
                self.prefixes.find(letters, start, end, sums, |entry| found(entry.lexeme));
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
pub(super) fn is_vetoed(letters: &[Letter], cuts: &Cuts, cut: Cut, tail: Tail) -> bool {
    let conjunction = usize::from(cuts.conjunction);
    let whole_from = |start: usize| morphology::is_whole(&letters[start..]);
    let through_beginning = match cut.proclitic {
        Proclitic::Bare => cut.length > 0 && whole_from(0),
        Proclitic::Preposition | Proclitic::Lam | Proclitic::Future => whole_from(conjunction),
        // للجنة is ل with لجنة
        Proclitic::Article => whole_from(conjunction) || whole_from(conjunction + 1),
    };
    through_beginning || tail.length > 0 && whole_from(usize::from(cut.length))
}

/// Sums over the beginnings of a word, from which the hash of any part of it follows.
#[derive(Debug)]
pub(super) struct Sums {
    /// Of the first 0, 1, 2, … letters, as far as they go.
    sums: [u64; Sums::LENGTH],
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The powers of [`BASE`].
static POWERS: [u64; Sums::LENGTH] = {
    let mut powers = [1u64; Sums::LENGTH];
    let mut i = 1;
    while i < Sums::LENGTH {
        powers[i] = powers[i - 1].wrapping_mul(BASE);
        i += 1;
    }
    powers
};

impl Default for Sums {
    fn default() -> Sums {
        Sums { sums: [0; Sums::LENGTH] }
    }
}

impl Sums {
    const LENGTH: usize = 64;

    #[inline]
    fn read(&mut self, letters: &[Letter]) {
        let mut sum = 0u64;
        for (&letter, place) in letters.iter().zip(1..) {
            let Some(known) = self.sums.get_mut(place) else { break };
            sum = sum.wrapping_mul(BASE).wrapping_add(u64::from(letter));
            *known = sum;
        }
    }

    #[inline]
    fn hash(&self, letters: &[Letter], start: usize, end: usize) -> u64 {
        if end >= Sums::LENGTH || start > end {
            return hash(&letters[start..end]);
        }
        mix(self.sums[end].wrapping_sub(self.sums[start].wrapping_mul(POWERS[end - start])))
    }
}

fn hash(letters: &[Letter]) -> u64 {
    mix(letters.iter().fold(0, |sum: u64, &letter| sum.wrapping_mul(BASE).wrapping_add(u64::from(letter))))
}

/// The upper bits are the good ones.
#[inline]
fn mix(sum: u64) -> u64 {
    sum.wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// Strings of letters by their hash.
#[derive(Debug, Default)]
struct Table {
    /// Two bits for every string; a string without its bits is not here.
    filter: Vec<u64>,
    /// Open addressing: an entry's number plus one, and the lower half of its hash.
    slots: Vec<(u32, u32)>,
    entries: Vec<Entry>,
    letters: Vec<Letter>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The first letters, which are all for most.
    first: u64,
    start: u32,
    length: u32,
    lexeme: Lexeme,
    paradigm: u16,
}

/// The first eight letters.
#[inline]
fn first(letters: &[Letter]) -> u64 {
    letters.iter().take(8).fold(0, |first, &letter| first << 8 | u64::from(letter))
}

impl Table {
    fn add(&mut self, letters: &[Letter], lexeme: Lexeme, paradigm: u16) {
        let start = self.letters.len() as u32;
        self.letters.extend_from_slice(letters);
        let length = letters.len() as u32;
        self.entries.push(Entry { first: first(letters), start, length, lexeme, paradigm });
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
            self.slots[slot] = (number as u32 + 1, hash as u32);
        }
    }

    /// Calls `found` with every entry that is `letters[start..end]`.
    #[inline]
    fn find(&self, letters: &[Letter], start: usize, end: usize, sums: &Sums, found: impl FnMut(Entry)) {
        let hash = sums.hash(letters, start, end);
        let (word, bits) = self.filter_bits(hash);
        if self.filter[word] & bits == bits {
            self.probe(&letters[start..end], hash, found);
        }
    }

    fn probe(&self, letters: &[Letter], hash: u64, mut found: impl FnMut(Entry)) {
        let tag = hash as u32;
        let mut slot = self.first_slot(hash);
        while let (number @ 1.., known) = self.slots[slot] {
            if known == tag {
                let entry = self.entries[number as usize - 1];
                let same = entry.length as usize == letters.len() && entry.first == first(letters);
                if same && (letters.len() <= 8 || self.letters_of(entry) == letters) {
                    found(entry);
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn letters_of(&self, entry: Entry) -> &[Letter] {
        &self.letters[entry.start as usize..][..entry.length as usize]
    }

    #[inline]
    fn filter_bits(&self, hash: u64) -> (usize, u64) {
        let bits = 1 << (hash >> 58) | 1 << (hash >> 52 & 63);
        ((hash >> 28) as usize & (self.filter.len() - 1), bits)
    }

    #[inline]
    fn first_slot(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.slots.len() - 1)
    }
}
