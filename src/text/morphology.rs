//! Arabic morphology: a word of a rule in, every stem it stands for and what each may wear out.
//!
//! The work is done when a rule is compiled. [`expand`] turns a word into stems, each with a
//! [`Paradigm`]; a word of a text is only cut by the grammar of [`proclitic`] and [`ending`], and looked up.
//! A word that the lexicon knows ([`headwords`]), in whichever form, stands for all forms of its lemma (`noun`,
//! `name`); the forms of another are suggested by its shape (`shape`). What was found by cutting is
//! weighed against the other words it may be ([`cost`]). Nothing here looks at a neighbouring word.

pub mod analysis;
pub mod cost;
pub mod ending;
mod family;
pub mod headwords;
mod name;
mod noun;
pub mod proclitic;
mod shape;
mod stems;
pub mod verb;

use super::fold::{self, Letter};
use ending::{Ending, Paradigm, Pronoun, Readings};
use headwords::{Headwords, Kind, Lemma};
use proclitic::Proclitic;
use stems::{ALEF, ALONE, FEMININE, HEH, LAM, POSSESSED, SOUND_FEMININE, Stems, TEH_MARBUTA, WAW, YEH};

/// How far a word of a rule reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// `=word`: this form, with و ف ب ك ل ال and their combinations.
    Exact,
    /// A bare word: its inflections too.
    Inflected,
    /// `~word`: the inflections of its whole family.
    Loose,
}

/// Letters that a word stands for, and what they may wear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// As [`fold::spell`] gives them, or folded where the spelling is not known; never empty.
    pub letters: Vec<Letter>,
    /// What may stand around them.
    pub paradigm: Paradigm,
}

/// A word as a rule writes it.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// As written.
    pub text: &'a str,
    /// Folded.
    pub letters: &'a [Letter],
    /// As in [`super::word::Word`].
    pub maqsura: bool,
}

/// A stem that a word of a rule stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sense {
    /// What is looked for.
    pub stem: Stem,
    /// What sort of word it belongs to.
    pub kind: Kind,
    /// The citation form of that word; empty where the lexicon has none.
    pub lemma: &'static str,
}

/// Every stem that a word of a rule stands for.
pub fn expand(word: Written<'_>, level: Level) -> Vec<Sense> {
    if level == Level::Loose {
        return family::senses(word);
    }
    let mut spelled = Vec::new();
    fold::spell(word.text, &mut spelled);
    let headwords = Headwords::get();
    let verb = verb::of(word);
    // تلقى is not تلقي, though some write one for the other where there is no such verb.
    let is_sure = verb.as_ref().is_some_and(|verb| verb.source.is_sure());
    let lemmas = headwords.senses(word, !(word.maqsura && is_sure));
    let mut senses = Vec::new();
    for &lemma in &lemmas {
        let mut stems = Stems::default();
        itself(&spelled, level, article_of(&spelled, Some(lemma)), &mut stems);
        if level == Level::Inflected {
            let forms: Vec<Stem> = headwords.stems(lemma).collect();
            let people = headwords.kind(lemma) == Kind::Adjective && is_broken_plural(&spelled, &forms);
            let lost = if people { FEMININE.or(SOUND_FEMININE) } else { Readings::NONE };
            let kept = forms.into_iter().map(|form| Stem { paradigm: form.paradigm.without(lost), ..form });
            stems.0.extend(kept);
        }
        gather(stems.0, headwords.kind(lemma), headwords.citation(lemma), &mut senses);
    }
    // Who writes أشرف or حلب means the name; of the longer مارس both may be meant.
    let is_name = lemmas.iter().any(|&lemma| headwords.kind(lemma) == Kind::Name);
    let verb = verb.filter(|_| !is_name || spelled.len() >= 4 && spelled[0] != fold::ALEF_ABOVE);
    if lemmas.is_empty() {
        let mut stems = Stems::default();
        let is_verb = verb.is_some() && is_sure;
        if is_verb && level == Level::Inflected {
            stems.push(spelled.clone(), Paradigm::verb(ALONE));
        } else {
            itself(&spelled, level, article_of(&spelled, None), &mut stems);
        }
        if level == Level::Inflected && !is_verb {
            shape::stems(without_article(&spelled).unwrap_or(&spelled), &mut stems);
        }
        gather(stems.0, if is_verb { Kind::Verb } else { Kind::Unknown }, "", &mut senses);
    }
    if let Some(verb) = verb.filter(|_| level == Level::Inflected) {
        // Of a word that is a noun too the forms that no noun has are added: تعرض beside عرض and عروض.
        let is_noun = lemmas.iter().any(|&lemma| headwords.kind(lemma) != Kind::Particle);
        let stems = if is_noun || !verb.source.is_sure() { verb.unmistakable() } else { verb.stems() };
        gather(stems, Kind::Verb, "", &mut senses);
    }
    senses
}

/// Whether a word is the broken plural of an adjective whose forms these are. It means people, and not
/// what the feminine may belong to: عرب is not الدول العربية.
fn is_broken_plural(spelled: &[Letter], forms: &[Stem]) -> bool {
    let bare = without_article(spelled).unwrap_or(spelled);
    let same = |form: &&Stem| {
        form.letters.iter().copied().map(fold::plain).eq(bare.iter().copied().map(fold::plain))
    };
    let mut same = forms.iter().filter(same).peekable();
    same.peek().is_some() && same.all(|form| form.paradigm.readings(Proclitic::Bare).and(FEMININE).is_empty())
}

/// Adds stems to senses, each also as it is spelled without the seats of its hamza.
fn gather(stems: Vec<Stem>, kind: Kind, lemma: &'static str, senses: &mut Vec<Sense>) {
    for stem in stems {
        senses.extend(seatless(&stem).map(|stem| Sense { stem, kind, lemma }));
        senses.push(Sense { stem, kind, lemma });
    }
}

/// The letters that a word may begin with where a rule says `letters*`.
pub fn prefixes(letters: &[Letter]) -> Vec<Vec<Letter>> {
    match letters {
        [stem @ .., TEH_MARBUTA | HEH] => [TEH_MARBUTA, HEH].map(|last| [stem, &[last]].concat()).to_vec(),
        _ => vec![letters.to_vec()],
    }
}

/// What a word that begins with ال has after it, where that is the article.
fn article_of(spelled: &[Letter], lemma: Option<Lemma>) -> Option<&[Letter]> {
    let headwords = Headwords::get();
    let whole = lemma.is_some_and(|lemma| match headwords.kind(lemma) {
        Kind::Particle => true,
        Kind::Name => false,
        _ => headwords.citation(lemma).starts_with("ال"),
    });
    without_article(spelled).filter(|_| !whole)
}

/// The form that was written, with and without the article that it was written with.
fn itself(spelled: &[Letter], level: Level, article: Option<&[Letter]>, stems: &mut Stems) {
    let whole = Paradigm::of(ALONE);
    match (level, article) {
        (Level::Exact, Some(rest)) => form(rest, whole.definite_only(), stems),
        (Level::Inflected | Level::Loose, Some(rest)) => form(rest, whole, stems),
        _ => {}
    }
    match level {
        // التزام is no تزام with an article
        Level::Inflected | Level::Loose if article.is_some() => stems.add(spelled, POSSESSED),
        _ => form(spelled, whole, stems),
    }
    if let [ALEF, rest @ ..] = spelled
        && is_god(spelled)
    {
        stems.add(rest, ALONE); // لله
    }
    if let (None, Some(rest)) = (article, without_article(spelled)) {
        form(rest, whole.definite_only(), stems); // للذين: ال loses its alef after ل
    }
}

/// One form; a last ة or ه is the ending.
fn form(letters: &[Letter], paradigm: Paradigm, stems: &mut Stems) {
    const TA: Readings = Readings::of(&[Ending::Ta], Pronoun::None);
    match letters {
        [stem @ .., TEH_MARBUTA | HEH] if !stem.is_empty() => {
            if let [.., HEH] = letters {
                stems.push(letters.to_vec(), paradigm); // وجه
            }
            let ta = Paradigm::of(TA);
            stems.push(stem.to_vec(), if paradigm == Paradigm::of(ALONE) { ta } else { ta.definite_only() });
        }
        _ => stems.push(letters.to_vec(), paradigm),
    }
}

/// What follows ال in a word that begins with it, unless its alef has a hamza. الله is one word.
fn without_article(spelled: &[Letter]) -> Option<&[Letter]> {
    match spelled {
        _ if is_god(spelled) => None,
        [ALEF, LAM, rest @ ..] if rest.len() >= 2 => Some(rest),
        _ => None,
    }
}

/// الله, which is written as no other word with an article.
fn is_god(letters: &[Letter]) -> bool {
    letters == [ALEF, LAM, LAM, HEH]
}

/// The spelling without a hamza on the seats that some leave bare: مسوول, رييس.
fn seatless(stem: &Stem) -> Option<Stem> {
    let bare = |&letter: &Letter| match letter {
        fold::WAW_HAMZA => WAW,
        fold::YEH_HAMZA => YEH,
        other => other,
    };
    let letters: Vec<Letter> = stem.letters.iter().map(bare).collect();
    (letters != stem.letters).then_some(Stem { letters, paradigm: stem.paradigm })
}

fn letters_of(text: &str) -> Vec<Letter> {
    text.chars().filter_map(|c| fold::fold(c).letter()).collect()
}
