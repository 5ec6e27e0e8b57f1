//! What a written word may carry after its stem: endings of inflection, then a pronoun.
//!
//! Folded letters in, the tails that the grammar allows out, each with the ways it may be read;
//! a stem's [`Paradigm`] says which of them it may wear. Nothing here knows a single word.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::proclitic::Proclitic;
use crate::text::fold::{self, Letter, letter};

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
    /// ون: sound masculine plural, nominative; of verbs, imperfect, "they" and "you" of several.
    Un,
    /// ين: sound masculine plural or dual, oblique; of verbs, imperfect, "you" of a woman.
    In,
    /// ان: dual, nominative; of verbs, imperfect.
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
    /// ى: the third radical of a defective stem, where it is written ا before a pronoun and ي elsewhere.
    Maqsura,
    /// ت: perfect, "she", "I" and "you".
    She,
    /// نا: perfect, "we".
    We,
    /// تم: perfect, "you" of several; تمو before a pronoun.
    YouAll,
    /// تما: perfect, "you two".
    YouTwo,
    /// تن: perfect, "you" of several women.
    YouWomen,
    /// وا: perfect and jussive, "they"; و before a pronoun.
    They,
    /// ا: perfect and jussive, "the two".
    Both,
    /// تا: perfect, "the two" of women.
    BothWomen,
    /// ن: "the women".
    Women,
    /// ي: jussive, "you" of a woman.
    YouWoman,
    /// Nothing, in a form that is rarer than others: قاضٍ, whose ي a tanwin has taken; عراق without its article.
    Rare,
}

/// Each ending, in the order of their numbers: how it is written last in a word, and how before a pronoun,
/// where one may follow.
const ENDINGS: [(Ending, &[&str], Option<&str>); 26] = [
    (Ending::Bare, &[""], Some("")),
    (Ending::Ta, &["ة", "ه"], Some("ت")),
    (Ending::At, &["ات"], Some("ات")),
    (Ending::Un, &["ون"], Some("ون")),
    (Ending::In, &["ين"], Some("ين")),
    (Ending::An, &["ان"], Some("ان")),
    (Ending::Tan, &["تان"], None),
    (Ending::Tin, &["تين"], None),
    (Ending::Accusative, &["ا"], None),
    (Ending::ConstructU, &["و"], Some("و")),
    (Ending::ConstructI, &["ي", "ى"], Some("ي")),
    (Ending::ConstructA, &["ا"], Some("ا")),
    (Ending::ConstructTa, &["تا"], Some("تا")),
    (Ending::ConstructTi, &["تي", "تى"], Some("تي")),
    (Ending::Maqsura, &["ى"], None),
    (Ending::She, &["ت"], Some("ت")),
    (Ending::We, &["نا"], Some("نا")),
    (Ending::YouAll, &["تم"], Some("تمو")),
    (Ending::YouTwo, &["تما"], Some("تما")),
    (Ending::YouWomen, &["تن"], None),
    (Ending::They, &["وا"], Some("و")),
    (Ending::Both, &["ا"], Some("ا")),
    (Ending::BothWomen, &["تا"], Some("تا")),
    (Ending::Women, &["ن"], Some("ن")),
    (Ending::YouWoman, &["ي"], Some("ي")),
    (Ending::Rare, &[""], None),
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

impl Ending {
    /// How it is written last in a word.
    pub fn written(self) -> &'static str {
        ENDINGS.iter().find(|row| row.0 == self).map_or("", |row| row.1[0])
    }

    /// How it is written before a pronoun, where one may follow.
    pub fn before_pronoun(self) -> Option<&'static str> {
        ENDINGS.iter().find(|row| row.0 == self).and_then(|row| row.2)
    }
}

/// A set of ways to read what follows a stem: pairs of an ending and a pronoun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Readings(u128);

impl Readings {
    /// No way.
    pub const NONE: Readings = Readings(0);

    /// These endings, each with this pronoun.
    pub const fn of(endings: &[Ending], pronoun: Pronoun) -> Readings {
        let mut bits = 0;
        let mut i = 0;
        while i < endings.len() {
            bits |= 1 << (pronoun as u32 * 32 + endings[i] as u32);
            i += 1;
        }
        Readings(bits)
    }

    /// These and those.
    #[must_use]
    pub const fn or(self, other: Readings) -> Readings {
        Readings(self.0 | other.0)
    }

    /// Those of these that are among the others.
    #[must_use]
    pub const fn and(self, other: Readings) -> Readings {
        Readings(self.0 & other.0)
    }

    /// Those of these that are not among the others.
    #[must_use]
    pub const fn without(self, other: Readings) -> Readings {
        Readings(self.0 & !other.0)
    }

    /// Each way: an ending and the pronoun after it.
    pub fn pairs(self) -> impl Iterator<Item = (Ending, Pronoun)> {
        const PRONOUNS: [Pronoun; 4] = [Pronoun::None, Pronoun::Any, Pronoun::My, Pronoun::Me];
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros() as usize; // ending and pronoun as `Readings::of` laid them
            rest &= rest.wrapping_sub(1);
            (bit < 128).then(|| (ENDINGS[bit % 32].0, PRONOUNS[bit / 32]))
        })
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What a definite noun may wear: no pronoun, no construct state, no indefinite accusative.
const DEFINITE: Readings = Readings::of(
    &[Ending::Bare, Ending::Ta, Ending::At, Ending::Un, Ending::In, Ending::An, Ending::Tan, Ending::Tin],
    Pronoun::None,
);

/// What a stem may wear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Paradigm {
    /// Alone or after a conjunction.
    bare: Readings,
    /// After ب and ك.
    preposition: Readings,
    /// After ل, which stands before verbs too.
    lam: Readings,
    definite: Readings,
    future: Readings,
}

impl Paradigm {
    /// These readings; with the article those of them that a definite noun has.
    pub const fn of(readings: Readings) -> Paradigm {
        let definite = readings.and(DEFINITE);
        Paradigm { bare: readings, preposition: readings, lam: readings, definite, future: Readings::NONE }
    }

    /// These readings of a verb: no preposition but ل, no article.
    pub const fn verb(readings: Readings) -> Paradigm {
        let none = Readings::NONE;
        Paradigm { bare: readings, preposition: none, lam: readings, definite: none, future: none }
    }

    /// Only with the article.
    #[must_use]
    pub const fn definite_only(self) -> Paradigm {
        let none = Readings::NONE;
        Paradigm { bare: none, preposition: none, lam: none, ..self }
    }

    /// Also with these readings after the س of the future.
    #[must_use]
    pub const fn with_future(self, future: Readings) -> Paradigm {
        Paradigm { future, ..self }
    }

    /// Whether the س of the future may stand before it: an imperfect.
    pub const fn has_future(self) -> bool {
        !self.future.is_empty()
    }

    /// The same but for these readings.
    #[must_use]
    pub const fn without(self, readings: Readings) -> Paradigm {
        Paradigm {
            bare: self.bare.without(readings),
            preposition: self.preposition.without(readings),
            lam: self.lam.without(readings),
            definite: self.definite.without(readings),
            future: self.future.without(readings),
        }
    }

    /// What a stem may wear after this proclitic.
    #[inline]
    pub fn readings(&self, proclitic: Proclitic) -> Readings {
        match proclitic {
            Proclitic::Bare => self.bare,
            Proclitic::Preposition => self.preposition,
            Proclitic::Lam => self.lam,
            Proclitic::Article => self.definite,
            Proclitic::Future => self.future,
        }
    }

    /// What a stem may wear after one proclitic or another.
    pub fn any(&self) -> Readings {
        let Paradigm { bare, preposition, lam, definite, future } = self;
        bare.or(*preposition).or(*lam).or(*definite).or(*future)
    }

    /// How many letters of a tail, read in one of these ways, are the pronoun; none where it can be
    /// read without one.
    pub fn pronoun_length(&self, tail: &[Letter], readings: Readings, proclitic: Proclitic) -> usize {
        let may = |pronoun| {
            let with = |ending| {
                !self.readings(proclitic).and(readings).and(Readings::of(&[ending], pronoun)).is_empty()
            };
            ENDINGS.iter().any(|&(ending, ..)| with(ending))
        };
        if may(Pronoun::None) {
            return 0;
        }
        let fits = |written: &str, pronoun: Pronoun| {
            let length = written.chars().count();
            let rest = tail.len().checked_sub(length).map(|at| tail.split_at(at));
            let ending =
                |form: &str, letters: &[Letter]| form.chars().map(letter).eq(letters.iter().copied());
            may(pronoun)
                && rest.is_some_and(|(before, after)| {
                    let endings = ENDINGS.iter().filter_map(|&(_, _, before_pronoun)| before_pronoun);
                    ending(written, after) && endings.into_iter().any(|form| ending(form, before))
                })
        };
        let fitting = PRONOUNS.iter().filter(|&&(written, pronoun)| fits(written, pronoun));
        fitting.map(|(written, _)| written.chars().count()).max().unwrap_or_default()
    }
}

/// The paradigms of many stems, each once: there are some hundreds.
#[derive(Debug, Default)]
pub(crate) struct Paradigms {
    all: Vec<Paradigm>,
    numbers: HashMap<Paradigm, u16, BuildHasherDefault<Quick>>,
}

impl Paradigms {
    /// The number of a paradigm.
    pub(crate) fn number(&mut self, paradigm: Paradigm) -> u16 {
        *self.numbers.entry(paradigm).or_insert_with(|| {
            self.all.push(paradigm);
            self.all.len() as u16 - 1
        })
    }

    /// The paradigms in the order of their numbers.
    pub(crate) fn into_all(self) -> Vec<Paradigm> {
        self.all
    }
}

/// Hashes what nobody outside has a say in.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, part: u64) {
        self.0 = (self.0.rotate_left(5) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u128(&mut self, part: u128) {
        self.write_u64(part as u64);
        self.write_u64((part >> 64) as u64);
    }
}

/// Every tail that the grammar allows, folded and written out, with what it may be read as.
pub fn tails() -> HashMap<String, Readings> {
    let mut tails = HashMap::new();
    let mut add = |tail: String, readings: Readings| {
        let known: &mut Readings = tails.entry(tail.replace('ى', "ي")).or_default();
        *known = known.or(readings);
    };
    for (ending, last, before_pronoun) in ENDINGS {
        for form in last {
            add((*form).to_owned(), Readings::of(&[ending], Pronoun::None));
        }
        for (written, pronoun) in PRONOUNS {
            if let Some(form) = before_pronoun {
                add(format!("{form}{written}"), Readings::of(&[ending], pronoun));
            }
        }
    }
    tails
}

/// Letters at the end of a word that may follow its stem.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tail {
    /// How many.
    pub length: usize,
    /// As what they may be read.
    pub readings: Readings,
}

/// Every tail that the grammar allows on a word, the empty one first.
#[derive(Debug)]
pub struct Tails<'a> {
    grammar: &'a Grammar,
    letters: &'a [Letter],
    maqsura: bool,
    length: usize,
    state: u8,
}

impl<'a> Tails<'a> {
    /// Of a word; `maqsura` as in [`crate::text::word::Word`].
    #[inline]
    pub fn of(letters: &'a [Letter], maqsura: bool, grammar: &'a Grammar) -> Tails<'a> {
        Tails { grammar, letters, maqsura, length: 0, state: Grammar::START }
    }
}

impl Iterator for Tails<'_> {
    type Item = Tail;

    #[inline]
    fn next(&mut self) -> Option<Tail> {
        while self.state != 0 {
            let tail = Tail { length: self.length, readings: self.grammar.readings[usize::from(self.state)] };
            let (letter, rest) = self.letters.split_last().unwrap_or((&0, &[]));
            let letter = if self.maqsura && self.length == 0 { fold::MAQSURA } else { *letter };
            self.state = self.grammar.next(self.state, letter);
            self.letters = rest;
            self.length += 1;
            if !tail.readings.is_empty() {
                return Some(tail);
            }
        }
        None
    }
}

/// [`ENDINGS`] and [`PRONOUNS`] as an automaton that reads a word from its end.
#[derive(Debug)]
pub struct Grammar {
    /// By state and letter; 0 where it cannot go on.
    next: [u8; 256 * Grammar::LETTERS],
    readings: [Readings; 256],
    states: u8,
}

impl Grammar {
    const LETTERS: usize = 32;
    const START: u8 = 1;

    /// The one grammar there is.
    pub fn get() -> &'static Grammar {
        static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::build);
        &GRAMMAR
    }

    #[inline]
    fn next(&self, state: u8, letter: Letter) -> u8 {
        if usize::from(letter) < Grammar::LETTERS {
            self.next[usize::from(state) * Grammar::LETTERS + usize::from(letter)]
        } else {
            0
        }
    }

    fn build() -> Grammar {
        let mut grammar = Grammar {
            next: [0; 256 * Grammar::LETTERS],
            readings: [Readings::NONE; 256],
            states: Grammar::START + 1,
        };
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
        let mut state = Grammar::START;
        for c in ending.chars().chain(pronoun.chars()).rev() {
            let letter = if c == 'ى' { fold::MAQSURA } else { letter(c) };
            let next = &mut self.next[usize::from(state) * Grammar::LETTERS + usize::from(letter)];
            if *next == 0 {
                *next = self.states;
                self.states += 1;
            }
            state = *next;
        }
        let known = &mut self.readings[usize::from(state)];
        *known = known.or(readings);
    }
}
