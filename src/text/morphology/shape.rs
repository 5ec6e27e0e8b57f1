//! Nouns that the lexicon does not know: a word in, the stems that its shape suggests out.
//!
//! What a word ends in says which sound endings it takes, and the shapes of its consonants say a few
//! broken plurals that hardly ever fail (Wright, *A Grammar of the Arabic Language*, 3rd ed., I §304–305: the
//! plurals of four consonants). A guess costs little: a form that is another word of the
//! lexicon is taken for that one.

use super::ending::{Ending, Paradigm, Pronoun, Readings};
use super::noun::{self, Sound};
use super::stems::{
    ALEF, ALONE, DUAL, FEMININE, HAMZA, HEH, MEEM, NOON, POSSESSED, SOUND_FEMININE, SOUND_MASCULINE, Stems,
    TANWIN, TEH, TEH_MARBUTA, WAW, YEH,
};
use crate::text::fold::{Letter, MAQSURA, plain};

const BOTH: Sound = Sound { masculine: true, feminine: true };
const FEMININE_PLURAL: Sound = Sound { masculine: false, feminine: true };

/// The stems of a word without its article, as it is spelled.
pub(super) fn stems(letters: &[Letter], stems: &mut Stems) {
    match letters {
        [nisba @ .., YEH, TEH_MARBUTA] if nisba.len() >= 3 => {
            noun::adjective(&[nisba, &[YEH]].concat(), BOTH, stems);
        }
        [stem @ .., TEH_MARBUTA] if stem.len() >= 2 => noun::singular(letters, FEMININE_PLURAL, stems),
        [stem @ .., MAQSURA] if stem.len() >= 2 => noun::singular(letters, FEMININE_PLURAL, stems),
        [stem @ .., HEH] if stem.len() >= 2 => {
            noun(letters, stems); // وجه
            noun::singular(&[stem, &[TEH_MARBUTA]].concat(), FEMININE_PLURAL, stems); // حكومه, as many write حكومة
        }
        [stem @ .., ALEF, TEH] if stem.len() >= 3 => {
            stems.add(letters, POSSESSED);
            stems.add(stem, FEMININE.or(SOUND_FEMININE));
            if stem.len() >= 5 {
                stems.add(stem, POSSESSED.or(DUAL));
            }
        }
        [nisba @ .., YEH, WAW | YEH, NOON] if nisba.len() >= 3 => {
            noun::adjective(&[nisba, &[YEH]].concat(), BOTH, stems); // عراقيون
            stems.add(letters, ALONE);
        }
        [.., ALEF, HAMZA] if letters.len() >= 4 => noun::singular(letters, FEMININE_PLURAL, stems),
        [.., ALEF] => stems.add(letters, POSSESSED),
        [.., YEH] if letters.len() >= 4 => noun::adjective(letters, BOTH, stems),
        _ => noun(letters, stems),
    }
    let plain: Vec<Letter> = letters.iter().map(|&letter| plain(letter)).collect();
    for plural in broken_plurals(&plain) {
        stems.add(&plural, POSSESSED);
    }
}

fn noun(letters: &[Letter], stems: &mut Stems) {
    let mut readings = POSSESSED.or(TANWIN).or(DUAL).or(SOUND_MASCULINE).or(SOUND_FEMININE);
    if letters.len() >= 4 {
        readings = readings.or(Readings::of(&[Ending::Bare], Pronoun::Me));
    }
    if is_adjective(letters) {
        readings = readings.or(FEMININE);
    }
    stems.push(letters.to_vec(), Paradigm::of(readings).with_future(future(letters)));
}

/// The shapes of adjectives, which have a feminine: مسلح, شامل, كبير. Of other nouns ة makes another
/// noun: كتاب, كتابة.
fn is_adjective(letters: &[Letter]) -> bool {
    matches!(letters, [MEEM, _, _, _, ..] | [_, ALEF, _, _] | [_, _, YEH, _])
}

/// A word with the shape of an imperfect verb may follow the س of the future.
fn future(letters: &[Letter]) -> Readings {
    match letters {
        [.., ALEF, TEH | HAMZA] | [.., YEH, NOON] => Readings::NONE,
        [YEH | TEH | NOON, _, _, ..] => POSSESSED,
        _ => Readings::NONE,
    }
}

/// The plurals of four consonants, or of three and a long vowel, by the shape of the singular.
fn broken_plurals(letters: &[Letter]) -> Vec<Vec<Letter>> {
    let long = |letter: Letter| matches!(letter, ALEF | WAW | YEH);
    match *letters {
        // فاعلة, فواعل: قافلة, قوافل
        [a, ALEF, b, c, TEH_MARBUTA] if !long(a) => vec![vec![a, WAW, ALEF, b, c]],
        // فعيلة, فعالة, فعولة, فعائل: وسيلة, وسائل
        [a, b, ALEF | WAW | YEH, c, TEH_MARBUTA] if a != MEEM => vec![vec![a, b, ALEF, HAMZA, c]],
        // فعلل, مفعل, أفعل and with ة: فندق, فنادق; مدرسة, مدارس
        [a, b, c, d] | [a, b, c, d, TEH_MARBUTA] if ![b, c, d].into_iter().any(long) => {
            vec![vec![a, b, ALEF, c, d]]
        }
        // فعلول, فعليل, فعلال, مفعول, تفعيل: صندوق, صناديق
        [a, b, c, ALEF | WAW | YEH, d] | [a, b, c, ALEF | WAW | YEH, d, TEH_MARBUTA]
            if ![a, b, c, d].into_iter().any(long) =>
        {
            vec![vec![a, b, ALEF, c, YEH, d]]
        }
        _ => Vec::new(),
    }
}
