//! What the rooms of the morphology share: stems as they gather, and the readings that words have in common.

use super::Stem;
use super::ending::Ending::{
    Accusative, An, At, Bare, ConstructA, ConstructI, ConstructTa, ConstructTi, ConstructU, In, Ta, Tan, Tin,
    Un,
};
use super::ending::{Paradigm, Pronoun, Readings};
use crate::text::fold::{Letter, letter};

pub(super) const HAMZA: Letter = letter('ء');
pub(super) const ALEF: Letter = letter('ا');
pub(super) const BEH: Letter = letter('ب');
pub(super) const TEH: Letter = letter('ت');
pub(super) const SEEN: Letter = letter('س');
pub(super) const LAM: Letter = letter('ل');
pub(super) const MEEM: Letter = letter('م');
pub(super) const NOON: Letter = letter('ن');
pub(super) const HEH: Letter = letter('ه');
pub(super) const WAW: Letter = letter('و');
pub(super) const YEH: Letter = letter('ي');
pub(super) const TEH_MARBUTA: Letter = letter('ة');

/// Nothing after the stem.
pub(super) const ALONE: Readings = Readings::of(&[Bare], Pronoun::None);
/// A pronoun at most.
pub(super) const POSSESSED: Readings =
    ALONE.or(Readings::of(&[Bare], Pronoun::Any)).or(Readings::of(&[Bare], Pronoun::My));
/// The ا of an indefinite accusative.
pub(super) const TANWIN: Readings = Readings::of(&[Accusative], Pronoun::None);
/// ان, ين, and without their ن before another noun or a pronoun: طرفان, طرفي النزاع, طرفاه.
pub(super) const DUAL: Readings = Readings::of(&[An, In, ConstructA, ConstructI], Pronoun::None)
    .or(Readings::of(&[ConstructA, ConstructI], Pronoun::Any));
/// ون, ين, and without their ن: مهندسو الشركة, مهندسوها.
pub(super) const SOUND_MASCULINE: Readings = Readings::of(&[Un, In, ConstructU, ConstructI], Pronoun::None)
    .or(Readings::of(&[ConstructU, ConstructI], Pronoun::Any));
/// ات.
pub(super) const SOUND_FEMININE: Readings = Readings::of(&[At], Pronoun::None)
    .or(Readings::of(&[At], Pronoun::Any))
    .or(Readings::of(&[At], Pronoun::My));
/// ة, ت before a pronoun, تان, تين, تا, تي.
pub(super) const FEMININE: Readings = Readings::of(&[Ta, Tan, Tin, ConstructTa, ConstructTi], Pronoun::None)
    .or(Readings::of(&[Ta, ConstructTa, ConstructTi], Pronoun::Any))
    .or(Readings::of(&[Ta], Pronoun::My));

/// Stems as they gather; none comes twice.
#[derive(Debug, Default)]
pub(super) struct Stems(pub(super) Vec<Stem>);

impl Stems {
    /// These letters, which may wear this; nothing where there are no letters.
    pub(super) fn add(&mut self, letters: &[Letter], readings: Readings) {
        self.push(letters.to_vec(), Paradigm::of(readings));
    }

    /// As [`Stems::add`], of two pieces.
    pub(super) fn add_joined(&mut self, letters: &[Letter], last: &[Letter], readings: Readings) {
        self.push([letters, last].concat(), Paradigm::of(readings));
    }

    pub(super) fn push(&mut self, letters: Vec<Letter>, paradigm: Paradigm) {
        let stem = Stem { letters, paradigm };
        if !stem.letters.is_empty() && !self.0.contains(&stem) {
            self.0.push(stem);
        }
    }
}
