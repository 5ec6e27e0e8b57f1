//! What a word is to a story: a folded word in, a number that all its forms share out.
//!
//! A word that the lexicon knows stands for its lemma; of another the article and the commonest endings
//! are taken away, for such words are nearly all names, and of those it matters only that two texts
//! come to the same letters. Forms are read once and remembered. Nothing here looks at a neighbouring word.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use siphasher::sip::SipHasher13;

use super::number;
use crate::text::fold::{self, Letter, letter};
use crate::text::lexicon::names;
use crate::text::morphology::cost::Spelling;
use crate::text::morphology::headwords::{Headwords, Kind};
use crate::text::morphology::proclitic::{Cuts, Proclitic};
use crate::text::table::Sums;

/// Forms remembered at once: a year of news has fewer, and a stranger cannot make it more.
const MOST_FORMS: usize = 200_000;

/// What a form stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stem {
    /// The same for all forms of a word.
    pub key: u32,
    /// What it may say about a story.
    pub sort: Sort,
}

/// What a word may say about a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Nothing: a function word.
    Function,
    /// Any word of the lexicon.
    Common,
    /// A name of the lexicon, or what is called after it: لبنان and لبناني say the same place.
    Name,
    /// A word that the lexicon does not know, most likely a name too.
    Unknown,
    /// A number, in digits or spelled: see [`number`].
    Number,
}

/// Forms and what they stand for.
#[derive(Debug)]
pub struct Stems {
    /// By the hash of the form, of which no two words of a language have the same.
    known: HashMap<u64, Stem, BuildHasherDefault<Hashed>>,
    /// The name that each nisba is of.
    namesakes: HashMap<&'static str, u32>,
    spelled: Vec<Letter>,
    sums: Sums,
}

impl Default for Stems {
    fn default() -> Stems {
        let namesake = |name: names::Name| {
            let (nisba, name) = (name.nisbas().next()?, name.spellings().next()?);
            Some((nisba, of_citation(name)))
        };
        Stems {
            known: HashMap::default(),
            namesakes: names::all().filter_map(namesake).collect(),
            spelled: Vec::new(),
            sums: Sums::default(),
        }
    }
}

impl Stems {
    /// Of a word; `written` is how it stands in its text, asked for only where the form is new.
    pub fn of<'t>(&mut self, letters: &[Letter], maqsura: bool, written: impl FnOnce() -> &'t str) -> Stem {
        let form = hash(letters);
        if let Some(&stem) = self.known.get(&form) {
            return stem;
        }
        let stem = self.read(letters, maqsura, written());
        if self.known.len() >= MOST_FORMS {
            self.known.clear();
        }
        self.known.insert(form, stem);
        stem
    }

    fn read(&mut self, letters: &[Letter], maqsura: bool, written: &str) -> Stem {
        if let Some(value) = number::value(letters) {
            return Stem { key: key(&value.to_le_bytes()), sort: Sort::Number };
        }
        fold::spell(written, &mut self.spelled);
        self.sums.read(letters);
        let spelling = Spelling { letters, spelled: &self.spelled, writes_teh: true };
        let verdict = Headwords::judge(&spelling, maqsura, &self.sums);
        let sort = match verdict.kind() {
            Kind::Particle => Sort::Function,
            Kind::Name => Sort::Name,
            Kind::Unknown => Sort::Unknown,
            Kind::Noun | Kind::Adjective | Kind::Verb => Sort::Common,
        };
        if verdict.citation().is_empty() {
            return Stem { key: key(bare(letters)), sort };
        }
        match self.namesakes.get(verdict.citation()) {
            Some(&key) => Stem { key, sort: Sort::Name },
            None => Stem { key: of_citation(verdict.citation()), sort },
        }
    }
}

/// Without the article, alone or joined to a preposition, and without the ending of a plural or a nisba.
fn bare(letters: &[Letter]) -> &[Letter] {
    const TEH_MARBUTA: Letter = letter('ة');
    const HEH: Letter = letter('ه');
    const ENDINGS: [&[Letter]; 6] = [
        &[letter('ي'), TEH_MARBUTA],
        &[letter('ا'), letter('ت')],
        &[letter('و'), letter('ن')],
        &[letter('ي'), letter('ن')],
        &[TEH_MARBUTA],
        &[HEH],
    ];
    let cuts = Cuts::of(letters);
    let article = cuts.iter().find(|cut| cut.proclitic == Proclitic::Article);
    let stem = article.map_or(letters, |cut| &letters[usize::from(cut.length)..]);
    let ending = ENDINGS.iter().find(|ending| stem.ends_with(ending) && stem.len() >= ending.len() + 3);
    ending.map_or(stem, |ending| &stem[..stem.len() - ending.len()])
}

fn of_citation(citation: &str) -> u32 {
    let mut spelled = Vec::new();
    fold::spell(citation, &mut spelled);
    key(&spelled)
}

/// A number for a string of letters, the same in every run.
pub(super) fn key(letters: &[Letter]) -> u32 {
    hash(letters) as u32
}

fn hash(letters: &[Letter]) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(letters);
    hasher.finish()
}

/// Takes what is a hash already as it is.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
