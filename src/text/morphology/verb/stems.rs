//! The stems of one verb as they are put together: spelled stems with their readings in, [`Stem`]s as they are spelled out.
//!
//! A hamza inside or at the end of a stem has several spellings; each becomes a stem of its own
//! where the fold does not make them one. Nothing here knows which endings a class of verbs takes.

use crate::text::fold::{self, Letter};
use crate::text::morphology::Stem;
use crate::text::morphology::ending::Ending::{
    self, An, Bare, Both, BothWomen, In, Maqsura, She, They, Un, We, Women, YouAll, YouTwo, YouWoman,
    YouWomen,
};
use crate::text::morphology::ending::{Paradigm, Pronoun, Readings};

/// These endings alone.
pub(super) const fn alone(endings: &[Ending]) -> Readings {
    Readings::of(endings, Pronoun::None)
}

/// These endings with an object pronoun.
pub(super) const fn with_object(endings: &[Ending]) -> Readings {
    Readings::of(endings, Pronoun::Any).or(Readings::of(endings, Pronoun::Me))
}

/// These endings, with and without.
pub(super) const fn any(endings: &[Ending]) -> Readings {
    alone(endings).or(with_object(endings))
}

/// Which endings each person of the imperfect takes (Ryding, ch. 21.2): ي and ت those of several
/// persons, أ and ن none.
const PERSONS: [(char, Readings); 4] = [
    ('ي', any(&[Bare, Un, They, Women]).or(alone(&[An, Both, Maqsura]))),
    ('ت', any(&[Bare, Un, They, Women, In]).or(alone(&[An, Both, Maqsura, YouWoman]))),
    ('أ', any(&[Bare]).or(alone(&[Maqsura]))),
    ('ن', any(&[Bare]).or(alone(&[Maqsura]))),
];

/// What a hamza at the end of a stem is written on ي or و or nothing before.
const AFTER_HAMZA: Readings = any(&[They, Un, In]).or(with_object(&[Bare]));
/// Everything that a perfect stem can take.
const PERFECT: Readings =
    any(&[Bare, She, We, YouAll, They, Women]).or(alone(&[YouTwo, YouWomen, Both, BothWomen, Maqsura]));

/// Perfect or imperfect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    Perfect,
    Imperfect,
    /// The shorter stem that some verbs have in the jussive, which no future has.
    Jussive,
}

/// Stems of one verb, or of all verbs that are spelled alike.
#[derive(Debug, Default)]
pub(super) struct Stems(Vec<(Vec<Letter>, Tense, Readings)>);

impl Stems {
    /// A stem of the perfect.
    pub(super) fn perfect(&mut self, stem: &[char], readings: Readings) {
        self.spell(stem, Tense::Perfect, readings.and(PERFECT));
    }

    /// A stem of the imperfect from what follows the prefix of its person; `keep` may refuse a form.
    pub(super) fn imperfect(
        &mut self,
        tense: Tense,
        body: &[char],
        readings: Readings,
        keep: impl Fn(char, &[char]) -> bool,
    ) {
        for (prefix, possible) in PERSONS {
            let stem = match body {
                ['أ', rest @ ..] if prefix == 'أ' => [&['آ'], rest].concat(),
                _ => [&[prefix], body].concat(),
            };
            if keep(prefix, &stem) {
                self.spell(&stem, tense, readings.and(possible));
            }
        }
    }

    /// The stems of another, joined to particles.
    pub(super) fn add_after(&mut self, particles: &[&str], others: &Stems) {
        for particle in particles {
            let particle: Vec<char> = particle.chars().collect();
            for (letters, tense, readings) in &others.0 {
                self.add([&spelled(&particle), &letters[..]].concat(), *tense, *readings);
            }
        }
    }

    /// The stems with their paradigms.
    pub(super) fn finish(self) -> Vec<Stem> {
        let stem = |(letters, tense, readings): (Vec<Letter>, Tense, Readings)| {
            let paradigm = Paradigm::verb(readings);
            let future = if tense == Tense::Imperfect { readings } else { Readings::NONE };
            Stem { letters, paradigm: paradigm.with_future(future) }
        };
        self.0.into_iter().map(stem).collect()
    }

    /// All spellings of a stem. The seat of a final hamza follows the vowels around it (Wright I,
    /// §§ 131–140): قرأ but قرؤوا or قرأوا, ينشئ or ينشىء; the seat alone is written for a hamza by
    /// many: يوكد for يؤكد.
    fn spell(&mut self, stem: &[char], tense: Tense, readings: Readings) {
        let letters = spelled(stem);
        let Some((&last, before)) = stem.split_last() else { return };
        match last {
            'ا' if before.ends_with(&['أ']) => return self.add(spelled(before), tense, readings), // رآ
            'أ' => self.add([spelled(before), spelled(&['ء'])].concat(), tense, readings.and(AFTER_HAMZA)),
            'ئ' => {
                let alone = readings.and(alone(&[Bare]));
                self.add([spelled(before), spelled(&['ي', 'ء'])].concat(), tense, alone);
                self.add([spelled(before), spelled(&['ي'])].concat(), tense, alone);
            }
            'ء' if before.ends_with(&['ي']) => {
                self.add(
                    spelled(&[&before[..before.len() - 1], &['ء']].concat()),
                    tense,
                    readings.and(alone(&[Bare])),
                );
            }
            _ if before.iter().any(|c| matches!(c, 'ؤ' | 'ئ')) => {
                let seat = |&c: &char| match c {
                    'ؤ' => 'و',
                    'ئ' => 'ي',
                    c => c,
                };
                self.add(spelled(&stem.iter().map(seat).collect::<Vec<_>>()), tense, readings);
            }
            _ => {}
        }
        self.add(letters, tense, readings);
    }

    fn add(&mut self, letters: Vec<Letter>, tense: Tense, readings: Readings) {
        if letters.len() < 2 || readings.is_empty() {
            return;
        }
        match self.0.iter_mut().find(|(known, of, _)| *of == tense && *known == letters) {
            Some((_, _, known)) => *known = known.or(readings),
            None => self.0.push((letters, tense, readings)),
        }
    }
}

/// The letters of these characters, each hamza with its seat.
fn spelled(chars: &[char]) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(chars.len());
    fold::spell_chars(chars.iter().copied(), &mut letters);
    letters
}

/// The letters that these characters fold to.
pub(super) fn fold(chars: &[char]) -> Vec<Letter> {
    chars.iter().filter_map(|&c| fold::fold(c).letter()).collect()
}
