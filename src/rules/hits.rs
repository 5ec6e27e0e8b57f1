//! Which lexemes stand where in one document: hits in the order of the text in, places by lexeme out.

use std::ops::Range;

use super::lexicon::Lexeme;

/// The hits of one document, kept so that the next one need not allocate.
#[derive(Debug, Default)]
pub(super) struct Hits {
    found: Vec<(Lexeme, u32)>,
    /// The lexemes that were found, in the order in which they first were.
    lexemes: Vec<Lexeme>,
    /// A bit for every lexeme that was found: most questions are about others, and this stays in the cache.
    known: Vec<u64>,
    /// For every lexeme there is: how often it was found, and where its places end in `places`.
    spots: Vec<Spot>,
    places: Vec<u32>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Spot {
    count: u32,
    end: u32,
}

impl Hits {
    /// Forgets the last document; `lexemes` is how many there are.
    pub(super) fn clear(&mut self, lexemes: usize) {
        for &lexeme in &self.lexemes {
            self.spots[lexeme as usize] = Spot::default();
            self.known[lexeme as usize / 64] = 0;
        }
        self.known.resize(lexemes.div_ceil(64), 0);
        self.spots.resize(lexemes, Spot::default());
        self.found.clear();
        self.lexemes.clear();
        self.places.clear();
    }

    /// Notes a lexeme at a word; words come in order, a repeat is ignored.
    #[inline]
    pub(super) fn add(&mut self, lexeme: Lexeme, word: u32) {
        let here = self.found.iter().rev().take_while(|&&(_, at)| at == word);
        if here.into_iter().any(|&(known, _)| known == lexeme) {
            return;
        }
        let spot = &mut self.spots[lexeme as usize];
        if spot.count == 0 {
            self.lexemes.push(lexeme);
            self.known[lexeme as usize / 64] |= 1 << (lexeme % 64);
        }
        spot.count += 1;
        self.found.push((lexeme, word));
    }

    /// Sorts the places by lexeme, once everything is noted.
    pub(super) fn group(&mut self) {
        let mut total = 0;
        for &lexeme in &self.lexemes {
            let spot = &mut self.spots[lexeme as usize];
            spot.end = total;
            total += spot.count;
        }
        self.places.resize(total as usize, 0);
        for &(lexeme, word) in &self.found {
            let spot = &mut self.spots[lexeme as usize];
            self.places[spot.end as usize] = word;
            spot.end += 1;
        }
    }

    /// Every lexeme that was found.
    pub(super) fn lexemes(&self) -> &[Lexeme] {
        &self.lexemes
    }

    /// The words of a stretch that a lexeme was found at, ascending.
    #[inline]
    pub(super) fn places(&self, lexeme: Lexeme, stretch: &Range<u32>) -> &[u32] {
        if self.known[lexeme as usize / 64] & 1 << (lexeme % 64) == 0 {
            return &[];
        }
        let Spot { count, end } = self.spots[lexeme as usize];
        let places = &self.places[(end - count) as usize..end as usize];
        match places {
            [first, .., last] | [first @ last] if *first >= stretch.start && *last < stretch.end => places,
            _ => {
                let first = places.partition_point(|&word| word < stretch.start);
                let length = places[first..].partition_point(|&word| word < stretch.end);
                &places[first..first + length]
            }
        }
    }

    /// Whether a lexeme was found at a word.
    pub(super) fn is_at(&self, lexeme: Lexeme, word: u32) -> bool {
        !self.places(lexeme, &(word..word + 1)).is_empty()
    }
}
