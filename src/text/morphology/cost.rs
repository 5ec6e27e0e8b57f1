//! What a reading of a word costs: a cut of a word of a text in, a small number out; the cheapest is the likeliest.
//!
//! A written Arabic word is often two: كامل is "whole" and "like a hope". Readers take the reading
//! that cuts least: a word that stands in the dictionary as it is written, before one with an
//! ending, before one with clitics, before one with a rare clitic (Buckwalter's analyser leaves
//! the choice open; Habash, *Introduction to Arabic Natural Language Processing*, 2010, §5.1, says how large it is).
//! The numbers below put that order into sums. They were set on news, not word by word.

use super::ending::{Ending, Pronoun, Readings, Tail};
use super::proclitic::{Cut, Cuts, Proclitic};
use super::stems::{ALEF, BEH, HEH, LAM, WAW, YEH};
use crate::text::fold::{ALEF_ABOVE, ALEF_BELOW, ALEF_MADDA, Letter, MAQSURA};

/// A word of a text as it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Spelling<'a> {
    /// Folded.
    pub letters: &'a [Letter],
    /// As [`crate::text::fold::spell`] gives them; as many.
    pub spelled: &'a [Letter],
    /// Whether its text writes a final ة anywhere: then a final ه is likely to be one.
    pub writes_teh: bool,
}

/// A stem within a word, and what it is read to wear.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Where the stem begins.
    pub cut: Cut,
    /// Where it ends.
    pub tail: Tail,
    /// What the stem may wear of what the tail may be.
    pub readings: Readings,
    /// The stem as it is spelled in a rule or the lexicon.
    pub stem: &'a [Letter],
}

/// What a reading costs; none where the word spells a hamza that the stem spells otherwise.
pub fn of(word: &Spelling<'_>, cuts: &Cuts, reading: &Reading<'_>) -> Option<u8> {
    let start = usize::from(reading.cut.length);
    let end = word.letters.len() - reading.tail.length;
    let spelling = spelling(reading.stem, word.spelled.get(start..end).unwrap_or(reading.stem))?;
    Some(spelling + proclitics(word.letters, cuts, reading.cut) + ending(word, reading))
}

fn proclitics(letters: &[Letter], cuts: &Cuts, cut: Cut) -> u8 {
    if cut.length == 0 {
        return 0;
    }
    let conjunction = match (cuts.conjunction, letters[0]) {
        (0, _) => 0,
        (_, WAW) => 1,
        _ => 2, // ف is rarer
    };
    let rest = &letters[usize::from(cuts.conjunction)..usize::from(cut.length)];
    let preposition = match rest {
        [] | [ALEF, LAM] => 0,
        [BEH | LAM, ..] if cut.proclitic != Proclitic::Future => 2,
        _ => 3,
    };
    match cut.proclitic {
        Proclitic::Article => conjunction + preposition + 1,
        Proclitic::Future => conjunction + 1,
        _ => conjunction + preposition,
    }
}

/// The cheapest way to read the tail.
fn ending(word: &Spelling<'_>, reading: &Reading<'_>) -> u8 {
    let last = word.letters.last().copied().unwrap_or_default();
    let maqsura = word.spelled.last() == Some(&MAQSURA);
    let one = |(ending, pronoun): (Ending, Pronoun)| {
        let written = match (ending, pronoun) {
            (Ending::Ta, Pronoun::None) if last == HEH => {
                if word.writes_teh {
                    3
                } else {
                    2
                }
            }
            (Ending::ConstructI | Ending::ConstructTi, Pronoun::None) if maqsura => 1,
            _ => 0,
        };
        written + of_ending(ending) + of_pronoun(pronoun, word.letters, reading.tail.length)
    };
    reading.readings.pairs().map(one).min().unwrap_or_default()
}

const fn of_ending(ending: Ending) -> u8 {
    match ending {
        Ending::Bare | Ending::Ta | Ending::At | Ending::Maqsura | Ending::She => 0,
        Ending::Un | Ending::They | Ending::We | Ending::Rare => 1,
        Ending::In
        | Ending::An
        | Ending::Tan
        | Ending::Tin
        | Ending::Accusative
        | Ending::ConstructU
        | Ending::ConstructI
        | Ending::ConstructA
        | Ending::ConstructTa
        | Ending::ConstructTi
        | Ending::Both
        | Ending::BothWomen => 2,
        Ending::Women => 3,
        Ending::YouAll | Ending::YouTwo | Ending::YouWomen | Ending::YouWoman => 4,
    }
}

/// News speaks of third persons.
fn of_pronoun(pronoun: Pronoun, letters: &[Letter], tail: usize) -> u8 {
    const KAF: Letter = crate::text::fold::letter('ك');
    match pronoun {
        Pronoun::None => 0,
        Pronoun::Any if letters[letters.len() - tail.min(3)..].contains(&KAF) => 4,
        Pronoun::Any | Pronoun::Me => 2,
        Pronoun::My => 5,
    }
}

/// How far a stem and a stretch of a text, which fold alike, are spelled alike.
fn spelling(stem: &[Letter], text: &[Letter]) -> Option<u8> {
    let mut cost = 0;
    for (place, (&stem, &letter)) in stem.iter().zip(text).enumerate() {
        cost += match (stem, letter) {
            _ if stem == letter => 0,
            // ألغاز without its hamza is الغاز
            (ALEF_ABOVE | ALEF_BELOW | ALEF_MADDA, ALEF) if place == 0 && text.get(1) == Some(&LAM) => 1,
            (ALEF, ALEF_BELOW) | (ALEF_ABOVE | ALEF_BELOW, ALEF) if place == 0 => 0, // left out by most
            (ALEF_MADDA, ALEF) => 1,
            (ALEF_ABOVE | ALEF_BELOW, ALEF) => 2,
            (ALEF, ALEF_ABOVE | ALEF_BELOW | ALEF_MADDA) => 1 + u8::from(place > 0),
            (ALEF_ABOVE, ALEF_MADDA) if place > 0 && place + 1 == text.len() => 0, // بدأ, بدآ
            (ALEF_ABOVE | ALEF_BELOW | ALEF_MADDA, ALEF_ABOVE | ALEF_BELOW | ALEF_MADDA) => return None,
            (MAQSURA, YEH) | (YEH, MAQSURA) => 1,
            _ => 0, // the seats of a hamza within a word
        };
    }
    Some(cost)
}
