//! Verbs: a word of a rule in, the stems of its whole conjugation out.
//!
//! A verb is cited as third person masculine singular of the perfect, as dictionaries do. The
//! [lexicon](crate::text::lexicon::verbs) gives its imperfect; [`shape`] guesses it for a word with
//! the shape of a derived verb. [`conjugation`] makes the stems. A word written without vowels may
//! be several verbs (كلف and كلّف): then it is all of them.

mod conjugation;
mod derived;
mod passive;
mod shape;
mod stems;

use super::{Stem, Written};
use crate::text::fold::{self, Class, Letter};
use crate::text::lexicon::verbs::{self, Entry};
use conjugation::{Parts, Reach, SHADDA};
use stems::Stems;

/// A word that is a verb, or may be one.
#[derive(Debug, Clone)]
pub struct Verb {
    /// More than one pair where verbs are spelled alike.
    parts: Vec<Parts>,
    /// How it is known.
    pub source: Source,
}

/// How a verb is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The lexicon has it; a noun may have the same letters.
    Lexicon,
    /// Only verbs have this shape.
    Shape,
    /// Verbs have this shape, and nouns do too.
    Guess,
}

impl Verb {
    /// Its masdars and participles, as they are spelled.
    pub fn nouns(&self) -> Vec<String> {
        self.parts.iter().flat_map(derived::nouns).collect()
    }

    /// Every stem of the conjugation.
    pub fn stems(&self) -> Vec<Stem> {
        conjugate(&self.parts, Reach::Whole)
    }

    /// The stems without the rare forms and those that a noun with the same letters has too.
    pub fn unmistakable(&self) -> Vec<Stem> {
        conjugate(&self.parts, Reach::Unmistakable)
    }
}

impl Source {
    /// Whether it is more than a guess.
    pub fn is_sure(self) -> bool {
        self != Source::Guess
    }
}

/// The verb that a word is.
pub fn of(word: Written<'_>) -> Option<Verb> {
    let is_not = Parts::is_not();
    if word.letters == stems::fold(&is_not.perfect) {
        return Some(Verb { parts: vec![is_not], source: Source::Lexicon });
    }
    let entries = entries(word);
    if !entries.is_empty() {
        return Some(Verb { parts: entries.iter().map(Parts::from).collect(), source: Source::Lexicon });
    }
    let (parts, source) = shape::of(&marked(word.text))?;
    Some(Verb { parts: vec![parts], source })
}

/// The verb that a noun is masdar or participle of.
pub fn of_noun(word: Written<'_>) -> Option<Verb> {
    let article = word.text.strip_prefix("ال").filter(|rest| rest.chars().count() > 2);
    let mut nouns = [Some(word.text), article].into_iter().flatten().map(marked);
    nouns.find_map(|noun| of_spelled_noun(&noun))
}

fn of_spelled_noun(noun: &str) -> Option<Verb> {
    let chars: Vec<char> = noun.chars().collect();
    let known = verbs::by_derived(&stems::fold(&chars), |entry| derived::nouns(&Parts::from(entry)));
    let known: Vec<Parts> = known.iter().map(Parts::from).collect();
    if !known.is_empty() {
        return Some(Verb { parts: known, source: Source::Lexicon });
    }
    let perfects = derived::verbs_of(&chars);
    let listed = |perfect: &String| -> Vec<Entry> {
        let entries = verbs::by_perfect(&stems::fold(&perfect.chars().collect::<Vec<_>>())).collect();
        best(perfect, entries, |entry| entry.perfect)
    };
    let parts = perfects.iter().flat_map(|perfect| match &listed(perfect)[..] {
        [] => vec![shape::parts(perfect)],
        entries => entries.iter().map(Parts::from).collect(),
    });
    let parts: Vec<Parts> = parts.collect();
    (!parts.is_empty()).then_some(Verb { parts, source: Source::Shape })
}

/// The conjugations of all verbs of the lexicon without rare forms, each with its citation form.
pub fn all() -> impl Iterator<Item = (&'static str, Vec<Stem>)> {
    let listed = verbs::all().map(|entry| (entry.perfect, Parts::from(&entry)));
    let parts = listed.chain([("ليس", Parts::is_not())]);
    parts.map(|(citation, parts)| (citation, conjugate(&[parts], Reach::Likely)))
}

/// The verbs of the lexicon that a word cites, by its perfect or else its imperfect.
fn entries(word: Written<'_>) -> Vec<Entry> {
    let text = marked(word.text);
    let perfects: Vec<Entry> = verbs::by_perfect(word.letters)
        .filter(|entry| word.maqsura || !entry.perfect.ends_with('ى')) // رأي is not رأى
        .collect();
    if !perfects.is_empty() {
        return best(&text, perfects, |entry| entry.perfect);
    }
    best(&text, verbs::by_imperfect(word.letters).collect(), |entry| entry.imperfect)
}

/// Of verbs that fold alike those that are written alike: بدأ is not بدا, and كلّف not كلف.
fn best(text: &str, entries: Vec<Entry>, form: fn(&Entry) -> &'static str) -> Vec<Entry> {
    let unmarked = text.replace(SHADDA, "");
    let same: [&dyn Fn(&Entry) -> bool; 2] =
        [&|entry| text.contains(SHADDA) && form(entry) == text, &|entry| {
            form(entry).replace(SHADDA, "") == unmarked
        }];
    for same in same {
        let best: Vec<Entry> = entries.iter().copied().filter(same).collect();
        if !best.is_empty() {
            return best;
        }
    }
    entries
}

/// A word without its vowel signs, but with its shadda.
fn marked(text: &str) -> String {
    text.chars()
        .filter(|&c| c == SHADDA || !matches!(fold::fold(c), Class::Mark | Class::Invisible))
        .collect()
}

fn conjugate(parts: &[Parts], reach: Reach) -> Vec<Stem> {
    let mut stems = Stems::default();
    for parts in parts {
        let is_other = |letters: &[Letter]| is_other_word(parts, letters);
        conjugation::conjugate(parts, reach, &mut stems, &is_other);
        if parts.is_negated() {
            let mut own = Stems::default();
            conjugation::conjugate(parts, reach, &mut own, &is_other);
            stems.add_after(&["ما", "لا"], &own);
        }
    }
    stems.finish()
}

/// Whether a rare form of a verb has the letters of a word that is commoner: نقل is not "we say".
fn is_other_word(verb: &Parts, letters: &[Letter]) -> bool {
    let mut perfects = verbs::by_perfect(letters).map(|entry| Parts::from(&entry).perfect);
    perfects.any(|perfect| perfect != verb.perfect) || verbs::by_masdar(letters).next().is_some()
}
