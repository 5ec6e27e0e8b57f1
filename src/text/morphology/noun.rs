//! Nouns and adjectives of the lexicon: a line in, the stems of all their forms out.
//!
//! What a noun ends in says how its stem changes before an ending or a pronoun; which plurals it
//! has is the lexicon's word. The rules are those of Ryding, *A Reference Grammar of Modern
//! Standard Arabic* (2005), ch. 5 (inflection by declension) and 7 (number), each named where it stands.

use super::ending::Ending::{An, Bare, In, Rare, Ta};
use super::ending::{Pronoun, Readings};
use super::stems::{
    ALEF, ALONE, DUAL, FEMININE, HAMZA, MEEM, NOON, POSSESSED, SEEN, SOUND_FEMININE, SOUND_MASCULINE, Stems,
    TANWIN, TEH, TEH_MARBUTA, WAW, YEH,
};
use crate::text::fold::{ALEF_ABOVE, Letter, MAQSURA, YEH_HAMZA, letter, spell};
use crate::text::lexicon::nouns::Noun;

/// The sound plurals that a word has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    /// ون.
    pub(super) masculine: bool,
    /// ات.
    pub(super) feminine: bool,
}

impl Sound {
    fn readings(self) -> Readings {
        let masculine = if self.masculine { SOUND_MASCULINE } else { Readings::NONE };
        let feminine = if self.feminine { SOUND_FEMININE } else { Readings::NONE };
        masculine.or(feminine)
    }
}

/// The stems of a noun and of its plurals.
pub(super) fn stems(noun: &Noun, stems: &mut Stems) {
    let mut letters = Vec::new();
    let mut sound = Sound { masculine: false, feminine: false };
    for plural in noun.plurals() {
        match plural {
            "ون" => sound.masculine = true,
            "ات" => sound.feminine = true,
            _ => {
                spell(plural, &mut letters);
                broken(&letters, stems);
            }
        }
    }
    spell(noun.lemma, &mut letters);
    sound.feminine |= noun.plurals().next().is_none() && is_derived_masdar(&letters);
    match noun.feminine {
        Some("ة") => adjective(&letters, sound, stems),
        Some(feminine) => {
            singular(&letters, sound, stems);
            spell(feminine, &mut letters);
            singular(&letters, Sound { masculine: false, feminine: true }, stems);
        }
        None => singular(&letters, sound, stems),
    }
}

/// A noun in the singular, with its dual and its sound plurals.
pub(super) fn singular(letters: &[Letter], sound: Sound, stems: &mut Stems) {
    let plural = sound.readings();
    match letters {
        [stem @ .., TEH_MARBUTA] => ta(stem, sound.feminine, stems),
        [stem @ .., MAQSURA] => maqsura(stem, sound.feminine, stems),
        [stem @ .., ALEF, HAMZA] => {
            stems.add(letters, POSSESSED.or(DUAL).or(plural));
            // The hamza of a feminine is a waw in the dual and the plural: صحراوات (§7 3.1.2).
            let long = Readings::of(&[An, In], Pronoun::None);
            stems.add_joined(stem, &[ALEF, WAW], if sound.feminine { long.or(SOUND_FEMININE) } else { long });
        }
        [stem @ .., ALEF] => {
            stems.add(letters, POSSESSED.or(plural));
            if sound.feminine {
                stems.add(stem, SOUND_FEMININE); // دراما, درامات
            }
        }
        [stem @ .., YEH] => {
            stems.add(letters, POSSESSED.or(TANWIN).or(DUAL).or(plural));
            if is_defective(letters) {
                defective(stem, sound, stems);
            }
        }
        [stem @ .., last] => {
            stems.add(letters, POSSESSED.or(TANWIN).or(DUAL).or(plural));
            seats(stem, *last, stems);
            if is_one_of_five(letters) {
                for long in [WAW, ALEF, YEH] {
                    stems.add_joined(letters, &[long], POSSESSED);
                }
            }
        }
        [] => {}
    }
}

/// An adjective, whose feminine is the same word: كبير, كبيرة, كبيرات.
pub(super) fn adjective(letters: &[Letter], sound: Sound, stems: &mut Stems) {
    let both = POSSESSED.or(TANWIN).or(DUAL).or(FEMININE).or(SOUND_FEMININE);
    match letters {
        // A nisba always has the sound plurals (§7 3.2); so has a participle that ends in ي.
        [stem @ .., YEH] => {
            stems.add(letters, both.or(SOUND_MASCULINE));
            if is_defective(letters) && !is_likely_nisba(letters) {
                defective(stem, Sound { masculine: true, ..sound }, stems);
            }
        }
        [stem @ .., last] => {
            stems.add(letters, both.or(sound.readings()));
            seats(stem, *last, stems);
        }
        [] => {}
    }
}

/// A broken plural: a stem of its own.
fn broken(letters: &[Letter], stems: &mut Stems) {
    match letters {
        [stem @ .., TEH_MARBUTA] => stems.add(stem, TA_ONLY),
        [stem @ .., MAQSURA] => maqsura_forms(stem, stems),
        [.., ALEF, TEH] | [.., ALEF] => stems.add(letters, POSSESSED),
        [stem @ .., YEH] => {
            stems.add(letters, POSSESSED.or(TANWIN));
            if stem.len() >= 4 && stem[stem.len() - 2] == ALEF {
                stems.add(stem, DROPPED); // أراضٍ, ليالٍ (§5 5.4.3)
            }
        }
        [stem @ .., last] => {
            stems.add(letters, POSSESSED.or(TANWIN));
            seats(stem, *last, stems);
        }
        [] => {}
    }
}

/// ة, which is ت before a pronoun, and nothing that comes of it.
const TA_ONLY: Readings = Readings::of(&[Ta], Pronoun::None)
    .or(Readings::of(&[Ta], Pronoun::Any))
    .or(Readings::of(&[Ta], Pronoun::My));

/// A defective noun without its ي, as it stands indefinite: قاضٍ.
const DROPPED: Readings = Readings::of(&[Rare], Pronoun::None);

/// A noun in ة (§7 2.1 and 3.1): دولة, دولتان, دولتها.
fn ta(stem: &[Letter], plural: bool, stems: &mut Stems) {
    stems.add(stem, if plural { FEMININE.or(SOUND_FEMININE) } else { FEMININE });
    if let [root @ .., ALEF] = stem
        && plural
    {
        for third in [WAW, YEH] {
            stems.add_joined(root, &[third], SOUND_FEMININE); // قنوات, مباريات
        }
    }
}

/// A noun in ى (§5 5.4.4): مستشفى, مستشفاهم, مستشفيات, مستشفيان.
fn maqsura(stem: &[Letter], plural: bool, stems: &mut Stems) {
    maqsura_forms(stem, stems);
    let long = Readings::of(&[An, In], Pronoun::None);
    stems.add_joined(stem, &[YEH], if plural { long.or(SOUND_FEMININE) } else { long });
}

fn maqsura_forms(stem: &[Letter], stems: &mut Stems) {
    stems.add_joined(stem, &[MAQSURA], ALONE);
    stems.add_joined(
        stem,
        &[ALEF],
        Readings::of(&[Bare], Pronoun::Any).or(Readings::of(&[Bare], Pronoun::My)),
    );
}

/// قاضي without its ي: قاضٍ; محامون, محامين (§5 5.4.3).
fn defective(stem: &[Letter], sound: Sound, stems: &mut Stems) {
    stems.add(stem, if sound.masculine { DROPPED.or(SOUND_MASCULINE) } else { DROPPED });
}

/// Other seats that a last hamza has: before a pronoun, and in other presses than one's own.
fn seats(stem: &[Letter], last: Letter, stems: &mut Stems) {
    match (stem, last) {
        // شاطئ, شاطىء
        (_, YEH_HAMZA) => stems.add_joined(stem, &[YEH, HAMZA], ALONE),
        // شيء, شئ
        ([before @ .., YEH], HAMZA) => stems.add_joined(before, &[YEH_HAMZA], ALONE),
        // مبدأ, مبدئه
        (_, ALEF_ABOVE) => stems.add_joined(stem, &[HAMZA], Readings::of(&[Bare], Pronoun::Any)),
        _ => {}
    }
}

/// أب, أخ, حم, whose case shows as a long vowel before another noun or a pronoun (§5 5.4.1): أبو, أبا, أبي.
fn is_one_of_five(letters: &[Letter]) -> bool {
    const FATHER: [Letter; 2] = [ALEF_ABOVE, letter('ب')];
    const BROTHER: [Letter; 2] = [ALEF_ABOVE, letter('خ')];
    letters == FATHER || letters == BROTHER
}

/// Whether a final ي is the third radical of a participle or a masdar, which a tanwin takes away: the
/// shapes فاعي, مفاعي, متفاعي, مفتعي, منفعي, مستفعي, تفاعي, تفعّي.
fn is_defective(letters: &[Letter]) -> bool {
    let [before @ .., YEH] = letters else { return false };
    matches!(
        before,
        [_, ALEF, _]
            | [MEEM | TEH, _, ALEF, _]
            | [MEEM, TEH, _, ALEF, _]
            | [MEEM, TEH | NOON, _, _]
            | [MEEM, _, TEH, _]
            | [MEEM, SEEN, TEH, _, _]
            | [TEH, _, _]
    )
}

/// Whether a noun has the shape of a masdar of a derived Form, which has ات where it has a plural at all (§7 3.2).
fn is_derived_masdar(letters: &[Letter]) -> bool {
    use crate::text::fold::ALEF_BELOW;
    matches!(
        letters,
        [TEH, _, _, YEH] | [TEH, _, _, YEH, _] | [TEH, _, ALEF, _, _] // تحدي, تحديد, تعاون
            | [ALEF_BELOW, _, _, ALEF, _]
            | [ALEF, _, _, _, ALEF, _]
            | [ALEF, _, _, _, _, ALEF, _]
    )
}

/// An adjective that could be a masdar by its shape is a nisba: تقني.
fn is_likely_nisba(letters: &[Letter]) -> bool {
    matches!(letters, [TEH, ..])
}
