//! A stem that was found in a word of a text in, whether the word is to be taken so out.
//!
//! Asked after a hit only, so it may look at the text again: at how the word is spelled, and at every
//! other word of the lexicon that it may be. Each is done once a word.

use crate::text::fold::{self, Letter};
use crate::text::morphology::cost::{self, Reading, Spelling};
use crate::text::morphology::headwords::{Headwords, Kind, Verdict};
use crate::text::morphology::proclitic::Cuts;
use crate::text::table::Sums;
use crate::text::word::Words;

/// Judges the words of one text.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    words: &'a Words,
    text: &'a str,
    word: usize,
    buffer: &'a mut Vec<Letter>,
    /// Whether `buffer` holds the word's spelling.
    is_spelled: bool,
    verdict: Option<Verdict>,
    /// See [`Spelling::writes_teh`].
    writes_teh: Option<bool>,
}

impl<'a> Judge<'a> {
    /// Of a text, whose words are among these; the buffer is only to save allocating.
    pub(super) fn new(words: &'a Words, text: &'a str, buffer: &'a mut Vec<Letter>) -> Judge<'a> {
        Judge { words, text, word: 0, buffer, is_spelled: false, verdict: None, writes_teh: None }
    }

    /// Turns to the word with this number.
    #[inline]
    pub(super) fn turn_to(&mut self, word: usize) {
        self.word = word;
        self.is_spelled = false;
        self.verdict = None;
    }

    /// Whether the word, of which these sums were taken, is to be read so, as a word of this kind.
    #[inline]
    pub(super) fn accepts(&mut self, reading: &Reading<'_>, kind: Kind, cuts: &Cuts, sums: &Sums) -> bool {
        self.spell();
        let letters = self.words.letters(self.word);
        let words = self.words;
        let writes_teh = *self.writes_teh.get_or_insert_with(|| words.writes_teh());
        let word = Spelling { letters, spelled: self.buffer, writes_teh };
        let Some(cost) = cost::of(&word, cuts, reading) else { return false };
        if cost == 0 {
            return true;
        }
        let maqsura = self.words.words()[self.word].maqsura;
        let verdict = *self.verdict.get_or_insert_with(|| Headwords::judge(&word, maqsura, sums));
        !verdict.is_another(kind, reading.readings, cost)
    }

    fn spell(&mut self) {
        if !self.is_spelled {
            fold::spell(self.words.text_of(self.word, self.text), self.buffer);
            self.is_spelled = true;
        }
    }
}
