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
    /// Of a word that is about to be asked for.
    pub(crate) fn read(&mut self, letters: &[Letter]) {
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
    mix(letters
        .iter()
        .fold(0, |sum: u64, &letter| sum.wrapping_mul(BASE).wrapping_add(u64::from(fold::plain(letter)))))
}

/// The upper bits are the good ones.
#[inline]
fn mix(sum: u64) -> u64 {
    sum.wrapping_mul(0xD6E8_FEB8_6659_FD93)
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
            let (word, bits) = self.filter_bits(hash);
            self.filter[word] |= bits;
            let mut slot = self.first_slot(hash);
            while self.slots[slot].0 != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = (number as u32 + 1, hash as u32);
        }
    }

    /// Calls `found` with every entry that folds to `letters[start..end]`, of whose whole `sums` were taken.
    #[inline]
    pub(crate) fn find(
        &self,
        letters: &[Letter],
        start: usize,
        end: usize,
        sums: &Sums,
        found: impl FnMut(&Entry<T>),
    ) {
        let hash = sums.hash(letters, start, end);
        let (word, bits) = self.filter_bits(hash);
        if self.filter[word] & bits == bits {
            self.probe(&letters[start..end], hash, found);
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
    fn filter_bits(&self, hash: u64) -> (usize, u64) {
        let bits = 1 << (hash >> 58) | 1 << (hash >> 52 & 63);
        ((hash >> 28) as usize & (self.filter.len() - 1), bits)
    }

    #[inline]
    fn first_slot(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.slots.len() - 1)
    }
}
