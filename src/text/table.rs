//! Strings of folded letters by their hash, made so that most questions cost a few instructions.
//!
//! A word of a text is asked for in many parts. [`Sums`] are taken once a word, and the hash of any
//! part follows from two of them; a filter of two bits a string turns nearly all of them away
//! before the table is touched. Strings may be kept as they are spelled ([`fold::plain`] says what
//! they fold to): the table folds them and leaves it to who asks to compare the spelling.

use super::fold::{self, Letter};

/// Sums over the beginnings of a word, from which the hash of any part of it follows.
#[derive(Debug)]
pub(crate) struct Sums {
    /// Of the first 0, 1, 2, … letters, each times the power of its place, as far as they go.
    sums: [u64; Sums::LENGTH],
}

/// Where parts of a word begin: what all their hashes have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Start {
    at: usize,
    sum: u64,
    /// Takes the powers of the places before away; and mixes, so that the upper bits are good ones.
    factor: u64,
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
const MIX: u64 = 0xD6E8_FEB8_6659_FD93;

/// Each times the one before: `first`, `first * base`, …
const fn powers(first: u64, base: u64) -> [u64; Sums::LENGTH] {
    let mut powers = [first; Sums::LENGTH];
    let mut i = 1;
    while i < Sums::LENGTH {
        powers[i] = powers[i - 1].wrapping_mul(base);
        i += 1;
    }
    powers
}

static POWERS: [u64; Sums::LENGTH] = powers(1, BASE);
static FACTORS: [u64; Sums::LENGTH] = powers(MIX, inverse(BASE));

/// What an odd number is multiplied by to give 1: each step doubles the bits that are right (Newton).
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut bits = 3;
    while bits < 64 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
}

impl Default for Sums {
    fn default() -> Sums {
        Sums { sums: [0; Sums::LENGTH] }
    }
}

impl Sums {
    const LENGTH: usize = 64;

    /// Of a word that is about to be asked for.
    #[inline]
    pub(crate) fn read(&mut self, letters: &[Letter]) {
        let mut sum = 0u64;
        for ((&letter, power), known) in letters.iter().zip(&POWERS).zip(&mut self.sums[1..]) {
            sum = sum.wrapping_add(u64::from(letter).wrapping_mul(*power));
            *known = sum;
        }
    }

    /// Of parts that begin at this letter.
    #[inline]
    pub(crate) fn start(&self, at: u8) -> Start {
        let at = usize::from(at) % Sums::LENGTH;
        Start { at, sum: self.sums[at], factor: FACTORS[at] }
    }

    #[inline]
    fn hash(&self, letters: &[Letter], start: Start, end: usize) -> u64 {
        match self.sums.get(end) {
            Some(sum) => sum.wrapping_sub(start.sum).wrapping_mul(start.factor),
            None => hash(&letters[start.at..end]),
        }
    }
}

fn hash(letters: &[Letter]) -> u64 {
    let mut power = MIX;
    letters.iter().fold(0, |sum: u64, &letter| {
        let sum = sum.wrapping_add(u64::from(fold::plain(letter)).wrapping_mul(power));
        power = power.wrapping_mul(BASE);
        sum
    })
}

/// Strings of letters by their hash, each with what is to be said of it.
#[derive(Debug)]
pub(crate) struct Table<T> {
    /// Two bits for every string; a string without its bits is not here.
    filter: Vec<u64>,
    /// Open addressing: an entry's number plus one, and the lower half of its hash.
    slots: Vec<(u32, u32)>,
    entries: Vec<Entry<T>>,
    letters: Vec<Letter>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { filter: Vec::new(), slots: Vec::new(), entries: Vec::new(), letters: Vec::new() }
    }
}

/// A string and what is said of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<T> {
    /// The first letters, folded, which are all for most.
    first: u64,
    start: u32,
    length: u32,
    /// What is said of the string.
    pub(crate) value: T,
}

/// The first eight letters.
#[inline]
fn first(letters: &[Letter]) -> u64 {
    letters.iter().take(8).fold(0, |first, &letter| first << 8 | u64::from(fold::plain(letter)))
}

impl<T: Copy> Table<T> {
    /// Adds a string; [`Table::seal`] must follow before anything is looked up.
    pub(crate) fn add(&mut self, letters: &[Letter], value: T) {
        let start = self.letters.len() as u32;
        self.letters.extend_from_slice(letters);
        let length = letters.len() as u32;
        self.entries.push(Entry { first: first(letters), start, length, value });
    }

    /// Builds the filter and the slots, once everything is added.
    pub(crate) fn seal(&mut self) {
        self.entries.shrink_to_fit();
        self.letters.shrink_to_fit();
        self.filter = vec![0; (self.entries.len() / 5).next_power_of_two()];
        self.slots = vec![(0, 0); (self.entries.len() * 2).next_power_of_two().max(2)];
        for number in 0..self.entries.len() {
            let hash = hash(self.letters_of(&self.entries[number]));
            let word = (hash >> 28) as usize & (self.filter.len() - 1);
            self.filter[word] |= 1 << (hash >> 58) | 1 << (hash >> 52 & 63);
            let mut slot = self.first_slot(hash);
            while self.slots[slot].0 != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = (number as u32 + 1, hash as u32);
        }
    }

    /// Calls `found` with every entry that folds to the letters from `start` to `end`, where `sums` are of the
    /// whole word.
    #[inline]
    pub(crate) fn find(
        &self,
        letters: &[Letter],
        start: Start,
        end: usize,
        sums: &Sums,
        found: impl FnMut(&Entry<T>),
    ) {
        let hash = sums.hash(letters, start, end);
        let bits = self.filter.get((hash >> 28) as usize & self.filter.len().wrapping_sub(1));
        if bits.is_some_and(|bits| bits >> (hash >> 58) & bits >> (hash >> 52 & 63) & 1 != 0) {
            self.probe(&letters[start.at..end], hash, found);
        }
    }

    fn probe(&self, letters: &[Letter], hash: u64, mut found: impl FnMut(&Entry<T>)) {
        let tag = hash as u32;
        let mut slot = self.first_slot(hash);
        while let (number @ 1.., known) = self.slots[slot] {
            if known == tag {
                let entry = &self.entries[number as usize - 1];
                let same = entry.length as usize == letters.len() && entry.first == first(letters);
                if same && (letters.len() <= 8 || self.folds_to(entry, letters)) {
                    found(entry);
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn folds_to(&self, entry: &Entry<T>, letters: &[Letter]) -> bool {
        self.letters_of(entry).iter().map(|&letter| fold::plain(letter)).eq(letters.iter().copied())
    }

    /// The entries in the order in which they were added.
    pub(crate) fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// The letters of an entry, as they were added.
    #[inline]
    pub(crate) fn letters_of(&self, entry: &Entry<T>) -> &[Letter] {
        &self.letters[entry.start as usize..][..entry.length as usize]
    }

    #[inline]
    fn first_slot(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.slots.len() - 1)
    }
}
