//! `~word`: a word of a rule in, the stems of its whole family out.
//!
//! The family of a verb is its conjugation, its masdars and its participles, each with all
//! inflections: انسحب, انسحاب, منسحب. A masdar or participle has the family of its verb. A noun
//! without a verb has its nisba and its feminine: نفط, نفطي, نفطية. What a verb is and which nouns it
//! has is [`super::verb`]'s affair.

use super::headwords::Kind;
use super::verb::{self, Source, Verb};
use super::{Level, Sense, Written, expand, letters_of};
use crate::text::fold::Letter;

/// Every stem of the family.
pub(super) fn senses(word: Written<'_>) -> Vec<Sense> {
    let mut senses = expand(word, Level::Inflected);
    let mut verbs: Vec<Verb> = verb::of(word).into_iter().filter(|verb| verb.source.is_sure()).collect();
    let is_verb = !verbs.is_empty();
    verbs.extend(verb::of_noun(word).filter(|verb| !is_verb || verb.source == Source::Lexicon));
    for verb in &verbs {
        let stem = |stem| Sense { stem, kind: Kind::Verb, lemma: "" };
        add(&mut senses, verb.stems().into_iter().map(stem).collect());
        for noun in verb.nouns() {
            add(&mut senses, inflected(&noun));
        }
    }
    if verbs.is_empty() {
        let base = word.text.trim_end_matches('ة');
        for other in ["ي", "ة"] {
            add(&mut senses, inflected(&format!("{base}{other}")));
        }
    }
    senses
}

fn inflected(noun: &str) -> Vec<Sense> {
    let letters: Vec<Letter> = letters_of(noun);
    expand(Written { text: noun, letters: &letters, maqsura: noun.ends_with('ى') }, Level::Inflected)
}

fn add(senses: &mut Vec<Sense>, more: Vec<Sense>) {
    for sense in more {
        if !senses.contains(&sense) {
            senses.push(sense);
        }
    }
}
