//! Names, nisbas and function words of the lexicon: what is written in, stems out.
//!
//! A name wears clitics and nothing else. A nisba is an adjective (Ryding 2005, ch. 10 §5).

use super::ending::{Ending, Paradigm, Pronoun, Readings};
use super::noun::{self, Sound};
use super::stems::{ALONE, Stems, TEH_MARBUTA};
use crate::text::fold::{Letter, spell};

/// A name in each of its spellings. Where it begins with an article it is kept without, for the article is cut
/// off in texts; ألمانيا has none, though some write المانيا.
pub(super) fn stems(spellings: impl Iterator<Item = &'static str>, stems: &mut Stems) {
    let (mut letters, mut has_article) = (Vec::new(), None);
    for spelling in spellings {
        spell(spelling, &mut letters);
        let rest = super::without_article(&letters);
        match rest.filter(|_| *has_article.get_or_insert(rest.is_some())) {
            Some([stem @ .., TEH_MARBUTA]) => stems.add(stem, TA),
            Some(rest) => {
                stems.push(rest.to_vec(), Paradigm::of(ALONE).definite_only());
                stems.add(rest, Readings::of(&[Ending::Rare], Pronoun::None));
            }
            None => {
                has_article.get_or_insert(false);
                name(&letters, stems);
            }
        }
    }
}

const TA: Readings = Readings::of(&[Ending::Ta], Pronoun::None);

fn name(letters: &[Letter], stems: &mut Stems) {
    match letters {
        [stem @ .., TEH_MARBUTA] => stems.add(stem, TA),
        _ => stems.add(letters, ALONE),
    }
}

/// The nisba of a name.
pub(super) fn nisba(written: &str, stems: &mut Stems) {
    let mut letters = Vec::new();
    spell(written, &mut letters);
    noun::adjective(&letters, Sound { masculine: true, feminine: true }, stems);
}

/// A function word.
pub(super) fn particle(written: &str, stems: &mut Stems) {
    let mut letters = Vec::new();
    spell(written, &mut letters);
    stems.add(&letters, ALONE);
}
