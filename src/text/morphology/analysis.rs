//! What the tables know, for people: a word of a rule in, its forms out; a word of a text beside it, how it was cut.
//!
//! Both are slow and for showing. They ask the same tables in the same way as the matcher does.

use super::cost::{self, Reading, Spelling};
use super::ending::{Ending, Grammar, Paradigm, Pronoun, Readings, Tails};
use super::headwords::Headwords;
use super::proclitic::{Cut, Cuts, Proclitic};
use super::{Level, Sense, Stem, Written, expand};
use crate::text::fold;
use crate::text::table::Sums;
use crate::text::word::{Layout, Words};

/// All forms of one stem of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The citation form of the lemma that the stem belongs to; empty where the lexicon has none.
    pub lemma: &'static str,
    /// Without anything around it; hamza as the lexicon spells it.
    pub stem: String,
    /// In the order of [`Ending`].
    pub forms: Vec<Form>,
}

/// A stem with an ending, and what may stand around both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The stem with the ending; as it is before a pronoun where it never stands without one.
    pub text: String,
    /// The ending.
    pub ending: Ending,
    /// Which proclitics may stand before it, apart from و and ف, which always may.
    pub proclitics: Vec<Proclitic>,
    /// Which pronouns may follow; [`Pronoun::None`] where it may stand without one.
    pub pronouns: Vec<Pronoun>,
}

/// How a word of a text is read as a form of a word of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Analysis {
    /// Where the stem begins, and after what.
    pub cut: Cut,
    /// Letters of the stem.
    pub stem: usize,
    /// Letters of the ending.
    pub ending: usize,
    /// Letters of the pronoun.
    pub pronoun: usize,
    /// The citation form of the lemma; empty where the lexicon has none.
    pub lemma: &'static str,
    /// What the word is rather, by its citation form: then it is no match.
    pub instead: Option<&'static str>,
}

/// Every form that a word of a rule accepts, by stem.
pub fn forms(word: &str, level: Level) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for Sense { stem, lemma, .. } in senses(word, level) {
        let family = Family { lemma, stem: fold::written(&stem.letters), forms: forms_of(&stem) };
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

/// How a word of a text is best read as one of these senses; none where it is none of them.
///
/// `writes_teh` as in [`Spelling`].
pub fn analyse(text: &str, senses: &[Sense], writes_teh: bool) -> Option<Analysis> {
    let (words, mut spelled) = (read(text), Vec::new());
    let (first, letters) = (words.words().first()?, words.letters(0));
    fold::spell(text, &mut spelled);
    let word = Spelling { letters, spelled: &spelled, writes_teh };
    let mut sums = Sums::default();
    sums.read(letters);
    let verdict = Headwords::judge(&word, first.maqsura, &sums);
    let cuts = Cuts::of(letters);
    let mut best: Option<((bool, u8), Analysis)> = None;
    for Sense { stem, kind, lemma } in senses {
        for tail in Tails::of(letters, first.maqsura, Grammar::get()) {
            let end = letters.len() - tail.length;
            for cut in cuts.iter().filter(|cut| usize::from(cut.length) < end) {
                let middle = &letters[usize::from(cut.length)..end];
                let readings = stem.paradigm.readings(cut.proclitic).and(tail.readings);
                let same = middle.iter().copied().eq(stem.letters.iter().map(|&letter| fold::plain(letter)));
                let reading = Reading { cut, tail, readings, stem: &stem.letters };
                let Some(cost) = cost::of(&word, &cuts, &reading).filter(|_| same && !readings.is_empty())
                else {
                    continue;
                };
                let is_another = cost > 0 && verdict.is_another(*kind, readings, cost);
                if best.as_ref().is_none_or(|best| (is_another, cost) < best.0) {
                    let pronoun = stem.paradigm.pronoun_length(&letters[end..], tail.readings, cut.proclitic);
                    let instead = is_another.then(|| verdict.citation());
                    let (stem, ending) = (middle.len(), tail.length - pronoun);
                    best =
                        Some(((is_another, cost), Analysis { cut, stem, ending, pronoun, lemma, instead }));
                }
            }
        }
    }
    best.map(|(_, analysis)| analysis)
}

/// The senses of the first word of what is written.
pub fn senses(word: &str, level: Level) -> Vec<Sense> {
    let words = read(word);
    words.words().first().map_or_else(Vec::new, |first| {
        expand(Written { text: word, letters: words.letters(0), maqsura: first.maqsura }, level)
    })
}

fn read(text: &str) -> Words {
    let mut words = Words::default();
    words.read(text, Layout::Line);
    words
}

fn forms_of(stem: &Stem) -> Vec<Form> {
    let all = Proclitic::ALL.into_iter().map(|proclitic| stem.paradigm.readings(proclitic));
    let readings = all.fold(Readings::NONE, Readings::or);
    let mut forms: Vec<Form> = Vec::new();
    for (ending, pronoun) in readings.pairs() {
        match forms.iter_mut().find(|form| form.ending == ending) {
            Some(form) => form.pronouns.push(pronoun),
            None => {
                let proclitics = proclitics(stem.paradigm, ending);
                forms.push(Form { text: String::new(), ending, proclitics, pronouns: vec![pronoun] });
            }
        }
    }
    for form in &mut forms {
        let alone = form.pronouns.contains(&Pronoun::None);
        let ending = if alone { Some(form.ending.written()) } else { form.ending.before_pronoun() };
        form.text = fold::written(&stem.letters) + ending.unwrap_or_default();
    }
    forms.sort_by_key(|form| form.ending as u8);
    forms
}

fn proclitics(paradigm: Paradigm, ending: Ending) -> Vec<Proclitic> {
    let wears =
        |&proclitic: &Proclitic| paradigm.readings(proclitic).pairs().any(|(possible, _)| possible == ending);
    Proclitic::ALL.into_iter().filter(wears).collect()
}
