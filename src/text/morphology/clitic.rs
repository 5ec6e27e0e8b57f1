//! What a written word may carry around its stem: proclitics before it, endings and pronouns after.
//!
//! ```text
//! word      = [و|ف] [ب|ك|ل | ال|بال|كال|لل | س] stem ending [pronoun]
//! ```
//!
//! Folded letters in, the cuts that the grammar allows out. Which cut is right for a stem is the
//! stem's own affair: see [`Paradigm`]. Nothing here knows a single word.

use std::sync::LazyLock;

use crate::text::fold::{self, Letter, letter};

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
    /// A preposition: ب ك ل.
    Preposition,
    /// ال, alone or joined to a preposition: بال كال لل.
    Article,
    /// س of the future.
    Future,
}

/// A place where a stem may begin.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Letters before it.
    pub length: usize,
    /// What they end with.
    pub proclitic: Proclitic,
}

/// The places where the stem of a word may begin; at most four.
#[derive(Debug)]
pub struct Cuts {
    cuts: [Cut; 4],
    length: usize,
    /// Letters of the conjunction, 0 or 1.
    pub conjunction: usize,
}

impl Cuts {
    /// Cuts a word by the grammar.
    #[inline]
    pub fn of(letters: &[Letter]) -> Cuts {
        let mut cuts = Cuts {
            cuts: [Cut { length: 0, proclitic: Proclitic::Bare }; 4],
            length: 1,
            conjunction: 0,
        };
        if let [WAW | FEH, _, ..] = letters {
            cuts.conjunction = 1;
            cuts.push(1, Proclitic::Bare);
        }
        match letters.get(cuts.conjunction..).unwrap_or_default() {
            [ALEF, LAM, _, ..] => cuts.push(2, Proclitic::Article),
            [BEH | KAF, ALEF, LAM, _, ..] => {
                cuts.push(1, Proclitic::Preposition);
                cuts.push(3, Proclitic::Article);
            }
            [LAM, LAM, _, ..] => {
                cuts.push(1, Proclitic::Preposition);
                cuts.push(2, Proclitic::Article);
            }
            [BEH | KAF | LAM, _, ..] => cuts.push(1, Proclitic::Preposition),
            [SEEN, _, ..] => cuts.push(1, Proclitic::Future),
            _ => {}
        }
        cuts
    }

    /// The cuts, the shortest first.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Cut> {
        self.cuts[..self.length].iter().copied()
    }

    #[inline]
    fn push(&mut self, length: usize, proclitic: Proclitic) {
        let length = if proclitic == Proclitic::Bare { length } else { length + self.conjunction };
        self.cuts[self.length] = Cut { length, proclitic };
        self.length += 1;
    }
}

/// What inflection puts after a stem, before any pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Ending {
    /// Nothing.
    Bare,
    /// ة, often written ه; ت before a pronoun.
    Ta,
    /// ات: sound feminine plural.
    At,
    /// ون: sound masculine plural, nominative.
    Un,
    /// ين: sound masculine plural or dual, oblique.
    In,
    /// ان: dual, nominative.
    An,
    /// تان: feminine dual, nominative.
    Tan,
    /// تين: feminine dual, oblique.
    Tin,
    /// ا: accusative of an indefinite noun.
    Accusative,
    /// و: ون in the construct state.
    ConstructU,
    /// ي: ين in the construct state.
    ConstructI,
    /// ا: ان in the construct state.
    ConstructA,
    /// تا: تان in the construct state.
    ConstructTa,
    /// تي: تين in the construct state.
    ConstructTi,
}

/// Each ending: how it is written last in a word, and how before a pronoun, where one may follow.
const ENDINGS: [(Ending, &[&str], Option<&str>); 14] = [
    (Ending::Bare, &[""], Some("")),
    (Ending::Ta, &["ة", "ه"], Some("ت")),
    (Ending::At, &["ات"], Some("ات")),
    (Ending::Un, &["ون"], None),
    (Ending::In, &["ين"], None),
    (Ending::An, &["ان"], None),
    (Ending::Tan, &["تان"], None),
    (Ending::Tin, &["تين"], None),
    (Ending::Accusative, &["ا"], None),
    (Ending::ConstructU, &["و"], Some("و")),
    (Ending::ConstructI, &["ي", "ى"], Some("ي")),
    (Ending::ConstructA, &["ا"], Some("ا")),
    (Ending::ConstructTa, &["تا"], Some("تا")),
    (Ending::ConstructTi, &["تي", "تى"], Some("تي")),
];

/// Which pronoun follows an ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Pronoun {
    /// None.
    None,
    /// ه ها هم هن هما ك كم كما كن نا.
    Any,
    /// ي, "my": on a noun it looks like the nisba.
    My,
    /// ني, "me": only on verbs.
    Me,
}

const PRONOUNS: [(&str, Pronoun); 12] = [
    ("ه", Pronoun::Any),
    ("ها", Pronoun::Any),
    ("هم", Pronoun::Any),
    ("هن", Pronoun::Any),
    ("هما", Pronoun::Any),
    ("ك", Pronoun::Any),
    ("كم", Pronoun::Any),
    ("كما", Pronoun::Any),
    ("كن", Pronoun::Any),
    ("نا", Pronoun::Any),
    ("ي", Pronoun::My),
    ("ني", Pronoun::Me),
];

/// A set of ways to read what follows a stem: pairs of an ending and a pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Readings(u64);

impl Readings {
    /// No way.
    pub const NONE: Readings = Readings(0);

    /// These endings, each with this pronoun.
    pub const fn of(endings: &[Ending], pronoun: Pronoun) -> Readings {
        let mut bits = 0;
        let mut i = 0;
        while i < endings.len() {
            bits |= 1 << (pronoun as u32 * 16 + endings[i] as u32);
            i += 1;
        }
        Readings(bits)
    }

    /// These and those.
    pub const fn or(self, other: Readings) -> Readings {
        Readings(self.0 | other.0)
    }

    /// Those of these that are among the others.
    pub const fn and(self, other: Readings) -> Readings {
        Readings(self.0 & other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What a definite noun may wear: no pronoun, no construct state, no indefinite accusative.
const DEFINITE: Readings = Readings::of(
    &[
        Ending::Bare,
        Ending::Ta,
        Ending::At,
        Ending::Un,
        Ending::In,
        Ending::An,
        Ending::Tan,
        Ending::Tin,
    ],
    Pronoun::None,
);

/// What a stem may wear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Paradigm {
    indefinite: Readings,
    definite: Readings,
    future: Readings,
}

impl Paradigm {
    /// These readings; with the article those of them that a definite noun has.
    pub const fn of(readings: Readings) -> Paradigm {
        Paradigm { indefinite: readings, definite: readings.and(DEFINITE), future: Readings::NONE }
    }

    /// Only with the article.
    pub const fn definite_only(self) -> Paradigm {
        Paradigm { indefinite: Readings::NONE, ..self }
    }

    /// Also with these readings after the س of the future.
    pub const fn with_future(self, future: Readings) -> Paradigm {
        Paradigm { future, ..self }
    }

    /// Whether a stem may stand between this proclitic and what is read in one of these ways.
    #[inline]
    pub fn allows(&self, proclitic: Proclitic, readings: Readings) -> bool {
        let allowed = match proclitic {
            Proclitic::Bare | Proclitic::Preposition => self.indefinite,
            Proclitic::Article => self.definite,
            Proclitic::Future => self.future,
        };
        !allowed.and(readings).is_empty()
    }
}

/// Letters at the end of a word that may follow its stem.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tail {
    /// How many.
    pub length: usize,
    /// As what they may be read.
    pub readings: Readings,
}

/// The tails of a word, the empty one first; at most [`Tails::MOST`].
#[derive(Debug)]
pub struct Tails {
    tails: [Tail; Tails::MOST],
    length: usize,
}

impl Tails {
    const MOST: usize = 8;

    /// Every tail that the grammar allows on a word; `maqsura` as in [`crate::text::word::Word`].
    #[inline]
    pub fn of(letters: &[Letter], maqsura: bool, grammar: &Grammar) -> Tails {
        let mut tails = Tails { tails: [Tail::default(); Tails::MOST], length: 0 };
        let mut state = 0;
        tails.push(0, grammar.readings[state]);
        for (length, &letter) in (1..Tails::MOST).zip(letters.iter().rev()) {
            let letter = if maqsura && length == 1 { fold::MAQSURA } else { letter };
            state = match grammar.next[state].get(usize::from(letter)) {
                Some(&state) if state != 0 => usize::from(state),
                _ => break,
            };
            if !grammar.readings[state].is_empty() {
                tails.push(length, grammar.readings[state]);
            }
        }
        tails
    }

    /// The tails, the shortest first.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Tail> {
        self.tails[..self.length].iter().copied()
    }

    #[inline]
    fn push(&mut self, length: usize, readings: Readings) {
        self.tails[self.length] = Tail { length, readings };
        self.length += 1;
    }
}

/// [`ENDINGS`] and [`PRONOUNS`] as an automaton that reads a word from its end.
#[derive(Debug)]
pub struct Grammar {
    next: Vec<[u8; 32]>,
    readings: Vec<Readings>,
}

impl Grammar {
    /// The one grammar there is.
    pub fn get() -> &'static Grammar {
        static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::build);
        &GRAMMAR
    }

    fn build() -> Grammar {
        let mut grammar = Grammar { next: vec![[0; 32]], readings: vec![Readings::NONE] };
        for (ending, last, before_pronoun) in ENDINGS {
            for form in last {
                grammar.add(form, "", Readings::of(&[ending], Pronoun::None));
            }
            for (written, pronoun) in PRONOUNS {
                if let Some(form) = before_pronoun {
                    grammar.add(form, written, Readings::of(&[ending], pronoun));
                }
            }
        }
        grammar
    }

    fn add(&mut self, ending: &str, pronoun: &str, readings: Readings) {
        let mut state = 0;
        for c in ending.chars().chain(pronoun.chars()).rev() {
            let letter = if c == 'ى' { fold::MAQSURA } else { letter(c) };
            let known = self.next[state][usize::from(letter)];
            state = if known == 0 {
                let new = self.next.len();
                self.next[state][usize::from(letter)] = new as u8;
                self.next.push([0; 32]);
                self.readings.push(Readings::NONE);
                new
            } else {
                usize::from(known)
            };
        }
        self.readings[state] = self.readings[state].or(readings);
    }
}
