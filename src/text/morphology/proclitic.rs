//! What a written word may carry before its stem.
//!
//! ```text
//! word = [و|ف] [ب|ك|ل | ال|بال|كال|لل | س] stem ending [pronoun]
//! ```
//!
//! Folded letters in, the cuts that the grammar allows out. Which cut is right for a stem is the
//! stem's own affair: see [`super::ending::Paradigm`]. Nothing here knows a single word.

use crate::text::fold::{Letter, letter};

const ALEF: Letter = letter('ا');
const BEH: Letter = letter('ب');
const SEEN: Letter = letter('س');
const FEH: Letter = letter('ف');
const KAF: Letter = letter('ك');
const LAM: Letter = letter('ل');
const WAW: Letter = letter('و');

/// The last proclitic before a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proclitic {
    /// None, or a conjunction: و ف.
    Bare,
    /// A preposition that only a noun follows: ب ك.
    Preposition,
    /// ل, "for" before a noun, "to" before a verb.
    Lam,
    /// ال, alone or joined to a preposition: بال كال لل.
    Article,
    /// س of the future.
    Future,
}

impl Proclitic {
    /// All of them.
    pub const ALL: [Proclitic; 5] =
        [Proclitic::Bare, Proclitic::Preposition, Proclitic::Lam, Proclitic::Article, Proclitic::Future];
}

/// A place where a stem may begin.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Letters before it.
    pub length: u8,
    /// What they end with.
    pub proclitic: Proclitic,
}

impl Cut {
    /// Nothing before the stem.
    pub const NONE: Cut = Cut { length: 0, proclitic: Proclitic::Bare };
}

/// The places where the stem of a word may begin; at most four.
#[derive(Debug)]
pub struct Cuts {
    places: [Cut; 4],
    count: u8,
    /// Letters of the conjunction, 0 or 1.
    pub conjunction: u8,
}

impl Cuts {
    /// Whether a word begins with a letter that may be a proclitic.
    #[inline]
    pub fn may_cut(letters: &[Letter]) -> bool {
        matches!(letters, [ALEF | BEH | SEEN | FEH | KAF | LAM | WAW, ..])
    }

    /// Cuts a word by the grammar.
    #[inline]
    pub fn of(letters: &[Letter]) -> Cuts {
        let mut cuts = Cuts { places: [Cut::NONE; 4], count: 1, conjunction: 0 };
        let mut rest = letters;
        if let [WAW | FEH, after @ ..] = letters
            && !after.is_empty()
        {
            cuts.conjunction = 1;
            cuts.push(0, Proclitic::Bare);
            rest = after;
        }
        match rest {
            [ALEF, LAM, _, ..] => cuts.push(2, Proclitic::Article),
            [BEH | KAF, ALEF, LAM, _, ..] => {
                cuts.push(1, Proclitic::Preposition);
                cuts.push(3, Proclitic::Article);
            }
            [LAM, LAM, _, ..] => {
                cuts.push(1, Proclitic::Lam);
                cuts.push(2, Proclitic::Article);
            }
            [LAM, _, ..] => cuts.push(1, Proclitic::Lam),
            [BEH | KAF, _, ..] => cuts.push(1, Proclitic::Preposition),
            [SEEN, _, ..] => cuts.push(1, Proclitic::Future),
            _ => {}
        }
        cuts
    }

    /// The cuts, the shortest first.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Cut> {
        self.places.iter().take(usize::from(self.count)).copied()
    }

    /// So many letters after the conjunction.
    #[inline]
    fn push(&mut self, length: u8, proclitic: Proclitic) {
        if let Some(cut) = self.places.get_mut(usize::from(self.count)) {
            *cut = Cut { length: self.conjunction + length, proclitic };
            self.count += 1;
        }
    }
}
