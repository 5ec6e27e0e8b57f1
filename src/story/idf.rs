//! How much a word says: learnt from the entries that went by, begun with what news is known to be like.
//!
//! The less often a word stands in entries, the more it says that two of them share it: the logarithm of how
//! many entries there are for each that has it. A text that is repeated forty times counts once. Counts fade, so
//! that the words of last month's affairs become rare again. Nothing here looks at texts.

use std::collections::HashMap;

use super::stem::{Sort, Stem};

/// As if so many entries had been seen before the first.
const SEEN_BEFORE: f32 = 300.0;
/// Of those, so many had a given word of the lexicon, a given name, a given number.
const COMMON_BEFORE: f32 = 3.0;
const NAME_BEFORE: f32 = 0.7;
const NUMBER_BEFORE: f32 = 1.5;
/// After so many entries all counts are halved.
const FADE_AFTER: u32 = 60_000;

/// Counts of entries by word.
#[derive(Debug, Default)]
pub struct Frequencies {
    entries: u32,
    with: HashMap<u32, u32>,
}

impl Frequencies {
    /// What a word says, from 0 up to about 12.
    pub fn idf(&self, Stem { key, sort }: Stem) -> f32 {
        let before = match sort {
            Sort::Function => return 0.0,
            Sort::Common => COMMON_BEFORE,
            Sort::Name | Sort::Unknown => NAME_BEFORE,
            Sort::Number => NUMBER_BEFORE,
        };
        let with = self.with.get(&key).copied().unwrap_or_default();
        ((self.entries as f32 + SEEN_BEFORE) / (with as f32 + before)).ln().max(0.0)
    }

    /// As if this share of the entries before the first had had a word.
    pub fn expect(&mut self, key: u32, share: f32) {
        self.with.insert(key, (SEEN_BEFORE * share) as u32);
    }

    /// Counts an entry that has these words, each once.
    pub fn learn(&mut self, keys: impl Iterator<Item = u32>) {
        self.entries += 1;
        for key in keys {
            *self.with.entry(key).or_default() += 1;
        }
        if self.entries >= FADE_AFTER {
            self.entries /= 2;
            self.with.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
    }
}
