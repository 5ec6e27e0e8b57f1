//! Words of a text: strings in, folded words with their sentence and their place out.
//!
//! A word is a run of letters and digits; marks and invisible controls inside it belong to it. Its
//! place is in code points of the text as given, from its first letter to its last letter or mark.
//! The buffers are kept from one text to the next. Nothing here knows Arabic grammar.

use std::ops::Range;

use super::fold::{self, Class, Letter};
use super::sentence::{self, End};

/// A word and where it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First code point in its text.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Numbered from 0 over everything read since [`Words::clear`].
    pub sentence: u32,
    /// Whether its last letter is a yeh written without dots.
    pub maqsura: bool,
    letters: u32,
    /// Bytes of its text before it.
    byte: u32,
}

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One sentence, whatever stands in it: a title.
    Line,
    /// Sentences and paragraphs.
    Prose,
}

/// The words of one or more texts.
#[derive(Debug, Default)]
pub struct Words {
    all: Vec<Word>,
    letters: Letters,
    sentences: Vec<u32>,
    paragraphs: Vec<u32>,
}

impl Words {
    /// Forgets everything read so far.
    pub fn clear(&mut self) {
        self.all.clear();
        self.letters.used = 0;
        self.sentences.clear();
        self.paragraphs.clear();
    }

    /// Adds the words of a text, which begins a new sentence and paragraph.
    pub fn read(&mut self, text: &str, layout: Layout) {
        let mut open = Open { letters: self.letters.used as u32, ..Open::default() };
        self.letters.make_room(text.len());
        let mut gap = Gap { end: End::Paragraph, blank: false };
        let (mut byte, mut place) = (0, 0u32);
        while byte < text.len() {
            let letters = fold::fold_run(&text.as_bytes()[byte..], self.letters.free());
            if letters > 0 {
                self.letters.used += letters;
                open.extend(byte, place, letters as u32);
                byte += letters * 2;
                place += letters as u32;
            }
            if text.as_bytes().get(byte) == Some(&b' ') {
                self.close(&mut open, &mut gap);
                byte += 1;
                place += 1;
                continue;
            }
            let Some(c) = text[byte..].chars().next() else { break };
            let class = match fold::fold(c) {
                Class::Rare => self.letters.push_rare(c),
                class => class,
            };
            match class {
                Class::Letter(letter) => {
                    if letter != fold::PUSHED {
                        self.letters.push(letter);
                    }
                    open.extend(byte, place, 1);
                }
                Class::Maqsura => {
                    if c == 'ى'
                        && let Some(letter) = class.letter()
                    {
                        self.letters.push(letter);
                    }
                    open.extend(byte, place, 1);
                    open.maqsura = self.letters.used;
                }
                Class::Mark if open.end > 0 => {
                    open.end = place + 1;
                    self.seat_hamza(c);
                }
                Class::Mark | Class::Invisible => {}
                Class::Space => self.close(&mut open, &mut gap),
                Class::Stop => {
                    self.close(&mut open, &mut gap);
                    if layout == Layout::Prose {
                        gap.widen(sentence::end(text, byte, c, self.word_before(place)));
                    }
                }
                Class::Separator | Class::Rare => {
                    self.close(&mut open, &mut gap);
                    gap.blank = false;
                }
            }
            byte += c.len_utf8();
            place += 1;
        }
        self.close(&mut open, &mut gap);
    }

    /// Every word, in order.
    pub fn words(&self) -> &[Word] {
        &self.all
    }

    /// The folded letters of the word with this number.
    #[inline]
    pub fn letters(&self, word: usize) -> &[Letter] {
        let start = self.all[word].letters as usize;
        let end = self.all.get(word + 1).map_or(self.letters.used, |next| next.letters as usize);
        &self.letters.all[start..end]
    }

    /// A word as it was written in the text that was read.
    pub fn text_of<'t>(&self, word: usize, text: &'t str) -> &'t str {
        let Word { start, end, byte, .. } = self.all[word];
        let rest = text.get(byte as usize..).unwrap_or_default();
        let end = rest.char_indices().nth((end - start) as usize).map_or(rest.len(), |(end, _)| end);
        &rest[..end]
    }

    /// Whether a word ends in ة: who writes it anywhere means another letter by ه.
    pub fn writes_teh(&self) -> bool {
        const TEH_MARBUTA: Letter = fold::letter('ة');
        (0..self.all.len()).any(|word| self.letters(word).last() == Some(&TEH_MARBUTA))
    }

    /// The first word of each sentence.
    pub fn sentences(&self) -> impl Iterator<Item = u32> {
        self.sentences.iter().copied()
    }

    /// The words of a sentence, by its number.
    pub fn sentence(&self, number: usize) -> Range<u32> {
        stretch(&self.sentences, number, self.all.len())
    }

    /// The number of the paragraph that a word stands in.
    pub fn paragraph_of(&self, word: u32) -> usize {
        self.paragraphs.partition_point(|&first| first <= word).saturating_sub(1)
    }

    /// The words of a paragraph, by its number.
    pub fn paragraph(&self, number: usize) -> Range<u32> {
        stretch(&self.paragraphs, number, self.all.len())
    }

    #[inline]
    fn close(&mut self, open: &mut Open, gap: &mut Gap) {
        if open.end == 0 {
            return;
        }
        let number = self.all.len() as u32;
        if gap.end > End::Word {
            self.sentences.push(number);
            if gap.end == End::Paragraph {
                self.paragraphs.push(number);
            }
        }
        self.all.push(Word {
            start: open.start,
            end: open.end,
            sentence: self.sentences.len() as u32 - 1,
            maqsura: open.maqsura == self.letters.used,
            letters: open.letters,
            byte: open.byte,
        });
        *open = Open { letters: self.letters.used as u32, ..Open::default() };
        *gap = Gap { end: End::Nothing, blank: false };
    }

    /// The letters of the word that ends directly before this place.
    fn word_before(&self, place: u32) -> &[Letter] {
        match self.all.last() {
            Some(word) if word.end == place => &self.letters.read()[word.letters as usize..],
            _ => &[],
        }
    }

    /// A waw or yeh with a hamza set above it as a mark of its own is the letter ؤ or ئ.
    fn seat_hamza(&mut self, mark: char) {
        const SEATS: [Letter; 2] = [fold::letter('و'), fold::letter('ي')];
        if mark == fold::HAMZA_ABOVE
            && let Some(last) = self.letters.read_mut().last_mut()
            && SEATS.contains(last)
        {
            *last = fold::letter('ء');
        }
    }
}

/// The stretch with this number, where each begins at a word and ends where the next begins.
fn stretch(firsts: &[u32], number: usize, words: usize) -> Range<u32> {
    match firsts.get(number) {
        Some(&first) => first..firsts.get(number + 1).copied().unwrap_or(words as u32),
        None => words as u32..words as u32,
    }
}

/// Letters in room that was made before: nearly all come in runs, which should cost nothing but a move.
#[derive(Debug, Default)]
struct Letters {
    all: Vec<Letter>,
    used: usize,
}

impl Letters {
    /// For a text of so many bytes: no character has more letters than bytes, but for rare ones.
    fn make_room(&mut self, bytes: usize) {
        if self.all.len() < self.used + bytes {
            self.all.resize(self.used + bytes, 0);
        }
    }

    fn free(&mut self) -> &mut [Letter] {
        &mut self.all[self.used..]
    }

    fn read(&self) -> &[Letter] {
        &self.all[..self.used]
    }

    fn read_mut(&mut self) -> &mut [Letter] {
        &mut self.all[..self.used]
    }

    fn push(&mut self, letter: Letter) {
        self.make_room(1);
        self.all[self.used] = letter;
        self.used += 1;
    }

    /// As [`fold::fold_rare`].
    #[cold]
    fn push_rare(&mut self, c: char) -> Class {
        let mut letters = Vec::new();
        let class = fold::fold_rare(c, &mut letters);
        for letter in letters {
            self.push(letter);
        }
        class
    }
}

/// The word being read; none is where it has no end.
#[derive(Default)]
struct Open {
    byte: u32,
    start: u32,
    end: u32,
    letters: u32,
    /// How many letters there were after the last alef maqsura.
    maqsura: usize,
}

impl Open {
    #[inline]
    fn extend(&mut self, byte: usize, place: u32, letters: u32) {
        if self.end == 0 {
            self.start = place;
            self.byte = byte as u32;
        }
        self.end = place + letters;
    }
}

/// What stands between the last word and the next.
struct Gap {
    end: End,
    /// Whether a line ended and nothing but space followed.
    blank: bool,
}

impl Gap {
    fn widen(&mut self, end: End) {
        match end {
            End::Nothing => return,
            End::Line if self.blank => self.end = End::Paragraph,
            End::Line => self.end = self.end.max(End::Sentence),
            End::Word | End::Sentence | End::Paragraph => self.end = self.end.max(end),
        }
        self.blank = matches!(end, End::Line | End::Paragraph);
    }
}
