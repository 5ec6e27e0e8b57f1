//! Every word of the lexicon with all its forms in one table: a word out of a rule or a text in, lemmas out.
//!
//! Two questions are asked of it. Of a word of a rule: which lemmas is it a form of ([`Headwords::senses`])?
//! Of a word of a text in which a stem was found by cutting: is it more likely another word
//! ([`Headwords::judge`])? The second is asked after a hit only, and may take its time.

use std::sync::LazyLock;

use super::cost::{self, Reading, Spelling};
use super::ending::{Ending, Grammar, Paradigm, Paradigms, Pronoun, Readings, Tails};
use super::proclitic::{Cut, Cuts, Proclitic};
use super::stems::{Stems, YEH};
use super::{Stem, Written, name, noun, verb};
use crate::text::fold::{self, Letter};
use crate::text::lexicon::{names, nouns, particles};
use crate::text::table::{Sums, Table};

/// A word of the lexicon, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lemma(u16);

/// What sort of word a lemma is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A noun that has no feminine.
    Noun,

    /// An adjective, or a noun whose feminine is the same word.
    Adjective,
    /// A proper name.
    Name,
    /// A function word.
    Particle,
    /// A verb.
    Verb,
    /// None that the lexicon knows.
    Unknown,
}

impl Kind {
    /// What a reading costs for what sort of word it is: a name is rarer than a word of the same letters, and the
    /// plural of an adjective's feminine than a noun that has it.
    pub fn rarity(self, readings: Readings) -> u8 {
        const AT: Readings =
            Readings::of(&[Ending::At], Pronoun::None).or(Readings::of(&[Ending::At], Pronoun::Any));
        match self {
            Kind::Name => 1,
            Kind::Adjective => u8::from(readings.and(AT) == readings),
            Kind::Noun | Kind::Particle | Kind::Verb | Kind::Unknown => 0,
        }
    }
}

/// The table.
#[derive(Debug)]
pub struct Headwords {
    grammar: &'static Grammar,
    stems: Table<Held>,
    paradigms: Vec<Paradigm>,
    lemmas: Vec<Known>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    lemma: Lemma,
    paradigm: u16,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    citation: &'static str,
    kind: Kind,
    /// Its stems in the table begin here and end where the next one's begin.
    first: u32,
}

/// How near a word of a rule is to a lemma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Its citation form.
    Citation,
    /// The same, with a hamza left out on one side: اعلان.
    Folded,
    /// A form, at this cost.
    Form(u8),
}

/// One reading of a word.
#[derive(Debug, Clone, Copy)]
struct Found {
    lemma: Lemma,
    cut: Cut,
    readings: Readings,
    /// All that the stem may wear.
    plural: Readings,
    cost: u8,
    /// Whether the word ends with its stem, and that with a ي.
    yeh: bool,
}

/// The cheapest reading of a word; the first of those that cost as little.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    cost: u8,
    citation: &'static str,
    kind: Kind,
}

impl Verdict {
    /// Whether the word is rather another word than one of this kind, read so at this cost. What the lexicon
    /// knows comes before what a shape suggests. A word's own forms never come before each other, for the
    /// cheapest is asked about too; and who asks for a name does not mind that it is rare.
    pub fn is_another(&self, kind: Kind, readings: Readings, cost: u8) -> bool {
        let cost = if kind == Kind::Name { cost } else { cost + kind.rarity(readings) };
        self.cost < cost || kind == Kind::Unknown && self.cost == cost
    }

    /// The citation form of the word that it is read as; empty where the lexicon has none.
    pub fn citation(&self) -> &'static str {
        self.citation
    }

    /// What sort of word it is read as.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl Headwords {
    /// Nouns, names and particles, of which words of rules may be forms.
    pub fn get() -> &'static Headwords {
        static HEADWORDS: LazyLock<Headwords> = LazyLock::new(Headwords::nominal);
        &HEADWORDS
    }

    /// Verbs, of which words of texts may be forms: conjugated when the first rule is compiled.
    fn verbs() -> &'static Headwords {
        static HEADWORDS: LazyLock<Headwords> = LazyLock::new(Headwords::verbal);
        &HEADWORDS
    }

    /// Makes both tables, so that no text has to wait for them.
    pub fn prepare() {
        Headwords::get();
        Headwords::verbs();
    }

    fn nominal() -> Headwords {
        let mut builder = Builder::default();
        for word in particles::all() {
            builder.lemma(word, Kind::Particle, |stems| name::particle(word, stems));
        }
        for line in names::all() {
            let citation = line.spellings().next().unwrap_or_default();
            builder.lemma(citation, Kind::Name, |stems| name::stems(line.spellings(), stems));
            if let Some(citation) = line.nisbas().next() {
                builder.lemma(citation, Kind::Adjective, |stems| {
                    line.nisbas().for_each(|nisba| name::nisba(nisba, stems));
                });
            }
        }
        for line in nouns::all() {
            let kind = if line.feminine.is_some() { Kind::Adjective } else { Kind::Noun };
            builder.lemma(line.lemma, kind, |stems| noun::stems(&line, stems));
        }
        builder.finish()
    }

    fn verbal() -> Headwords {
        let mut builder = Builder::default();
        for (citation, conjugation) in verb::all() {
            builder.lemma(citation, Kind::Verb, |stems| stems.0 = conjugation);
        }
        builder.finish()
    }

    /// The stems of a lemma.
    pub fn stems(&self, lemma: Lemma) -> impl Iterator<Item = Stem> {
        let bound = |number: usize| self.lemmas.get(number).map(|known| known.first as usize);
        let first = bound(usize::from(lemma.0)).unwrap_or_default();
        let end = bound(usize::from(lemma.0) + 1).unwrap_or(self.stems.entries().len());
        self.stems.entries()[first..end].iter().map(|entry| Stem {
            letters: self.stems.letters_of(entry).to_vec(),
            paradigm: self.paradigms[usize::from(entry.value.paradigm)],
        })
    }

    /// The citation form of a lemma.
    pub fn citation(&self, lemma: Lemma) -> &'static str {
        self.lemmas.get(usize::from(lemma.0)).map_or("", |known| known.citation)
    }

    /// What sort of word a lemma is.
    pub fn kind(&self, lemma: Lemma) -> Kind {
        self.lemmas.get(usize::from(lemma.0)).map_or(Kind::Unknown, |known| known.kind)
    }

    /// The lemmas that a word of a rule is a form of: those whose citation form it is, or else those
    /// that it is read as with the least effort; an article is the only clitic that it may wear. `dotless` says that a last ى may stand for a ي.
    pub fn senses(&self, word: Written<'_>, dotless: bool) -> Vec<Lemma> {
        let mut found: Vec<(Rank, Lemma)> = Vec::new();
        let mut spelled = Vec::new();
        fold::spell(word.text, &mut spelled);
        let spelling = Spelling { letters: word.letters, spelled: &spelled, writes_teh: false };
        let (mut citation, mut sums) = (Vec::new(), Sums::default());
        sums.read(word.letters);
        self.readings(&spelling, word.maqsura, &sums, |found_as| {
            let Found { lemma, cut, readings, plural, cost, yeh } = found_as;
            if yeh && word.maqsura && !dotless {
                return;
            }
            let article = cut.proclitic == Proclitic::Article && cut.length == 2;
            let is_name = self.kind(lemma) == Kind::Name; // العراق may be asked for as عراق
            if cut.length > 0 && !article || !is_name && !is_inflection(readings, plural) {
                return;
            }
            fold::spell(self.citation(lemma), &mut citation);
            let written = &spelled[usize::from(cut.length)..];
            let is_alike =
                |(&a, &b): (&Letter, &Letter)| a == b || a == fold::plain(b) || fold::plain(a) == b;
            let rank = if written == citation || spelled == citation {
                Rank::Citation
            } else if written.len() == citation.len() && written.iter().zip(&citation).all(is_alike) {
                Rank::Folded
            } else {
                Rank::Form(cost)
            };
            found.push((rank, lemma));
        });
        let best = found.iter().map(|&(rank, _)| rank).min();
        found.retain(|&(rank, _)| Some(rank) == best);
        let mut lemmas: Vec<Lemma> = found.into_iter().map(|(_, lemma)| lemma).collect();
        // Who writes a person's name means the person and not the noun that it once was: عمر. A name with an
        // article is a place or a thing, and may well be meant as the noun.
        if lemmas
            .iter()
            .any(|&lemma| self.kind(lemma) == Kind::Name && !self.citation(lemma).starts_with("ال"))
        {
            lemmas.retain(|&lemma| self.kind(lemma) == Kind::Name);
        }
        lemmas.sort_unstable();
        lemmas.dedup();
        lemmas
    }

    /// How a word of a text is best read, by all words of the lexicon; `sums` are of the word.
    pub(crate) fn judge(word: &Spelling<'_>, maqsura: bool, sums: &Sums) -> Verdict {
        let mut verdict = Verdict { cost: u8::MAX, citation: "", kind: Kind::Unknown };
        for headwords in [Headwords::get, Headwords::verbs] {
            if verdict.cost == 0 {
                break; // nothing costs less
            }
            let headwords = headwords();
            headwords.readings(word, maqsura, sums, |found| {
                if found.cost < verdict.cost {
                    let (citation, kind) = (headwords.citation(found.lemma), headwords.kind(found.lemma));
                    verdict = Verdict { cost: found.cost, citation, kind };
                }
            });
        }
        verdict
    }

    /// Calls `found` with each reading.
    fn readings(&self, word: &Spelling<'_>, maqsura: bool, sums: &Sums, mut found: impl FnMut(Found)) {
        let cuts = Cuts::of(word.letters);
        for tail in Tails::of(word.letters, maqsura, self.grammar) {
            let end = word.letters.len() - tail.length;
            for cut in cuts.iter().take_while(|cut| usize::from(cut.length) < end) {
                self.stems.find(word.letters, sums.start(cut.length), end, sums, |entry| {
                    let paradigm = &self.paradigms[usize::from(entry.value.paradigm)];
                    let readings = paradigm.readings(cut.proclitic).and(tail.readings);
                    let reading = Reading { cut, tail, readings, stem: self.stems.letters_of(entry) };
                    if !readings.is_empty()
                        && let Some(cost) = cost::of(word, &cuts, &reading)
                    {
                        let cost = cost + self.kind(entry.value.lemma).rarity(readings);
                        let plural = paradigm.readings(Proclitic::Bare);
                        let yeh = tail.length == 0 && reading.stem.last() == Some(&YEH);
                        found(Found { lemma: entry.value.lemma, cut, readings, plural, cost, yeh });
                    }
                });
            }
        }
    }
}

/// Whether a word of a rule that is read so is a form of another: not a possessed one, nor a dual, which a
/// name may look like (حسين is no dual of حس).
fn is_inflection(readings: Readings, plural: Readings) -> bool {
    const FORMS: [Ending; 6] = [Ending::Bare, Ending::Ta, Ending::At, Ending::Un, Ending::Tan, Ending::Tin];
    const OBLIQUE: Readings = Readings::of(&[Ending::In], Pronoun::None);
    const PLURAL: Readings = Readings::of(&[Ending::Un], Pronoun::None);
    !readings.and(Readings::of(&FORMS, Pronoun::None)).is_empty()
        || !readings.and(OBLIQUE).is_empty() && !plural.and(PLURAL).is_empty()
}

/// A table as it gathers.
#[derive(Default)]
struct Builder {
    stems: Table<Held>,
    paradigms: Paradigms,
    lemmas: Vec<Known>,
}

impl Builder {
    fn lemma(&mut self, citation: &'static str, kind: Kind, gather: impl FnOnce(&mut Stems)) {
        let mut stems = Stems::default();
        gather(&mut stems);
        let lemma = Lemma(self.lemmas.len() as u16);
        self.lemmas.push(Known { citation, kind, first: self.stems.entries().len() as u32 });
        for stem in stems.0 {
            let paradigm = self.paradigms.number(stem.paradigm);
            self.stems.add(&stem.letters, Held { lemma, paradigm });
        }
    }

    fn finish(mut self) -> Headwords {
        self.stems.seal();
        self.lemmas.shrink_to_fit();
        let Builder { stems, paradigms, lemmas } = self;
        Headwords { grammar: Grammar::get(), stems, paradigms: paradigms.into_all(), lemmas }
    }
}
