//! What a term accepts, so that two can be compared: each word as the stems that it stands for.

use std::collections::HashSet;

use crate::rules::term::{Kind, Term};
use crate::text::fold::Letter;
use crate::text::morphology::{self, Level, Stem, Written};
use crate::text::word::{Layout, Words};

/// The stems of each word of a term.
#[derive(Debug)]
pub(super) struct Forms {
    words: Vec<Vec<Stem>>,
    /// Of an exact term, what it would stand for without its sign: that holds all its forms.
    inflected: Option<Vec<Vec<Stem>>>,
}

impl Forms {
    /// Of words and phrases; a prefix and an entity are not made of words that are known here.
    pub(super) fn of(term: &Term) -> Option<Forms> {
        let level = match term.kind() {
            Kind::Exact => Level::Exact,
            Kind::Inflected => Level::Inflected,
            Kind::Family => Level::Loose,
            Kind::Prefix | Kind::Entity => return None,
        };
        let words = stems(term.text(), level);
        let inflected = (level == Level::Exact).then(|| stems(term.text(), Level::Inflected));
        (!words.is_empty()).then_some(Forms { words, inflected })
    }

    /// Whether every form of the other is one of these, too.
    pub(super) fn contain(&self, other: &Forms) -> bool {
        match (&self.inflected, &other.inflected) {
            (None, Some(inflected)) => contain(&self.words, inflected),
            (Some(_), None) => false,
            _ => contain(&self.words, &other.words),
        }
    }

    /// The letters of what the first word stands for: terms with none in common share no form.
    pub(super) fn keys(&self) -> HashSet<&[Letter]> {
        self.words.first().into_iter().flatten().map(|stem| stem.letters.as_slice()).collect()
    }
}

fn contain(these: &[Vec<Stem>], those: &[Vec<Stem>]) -> bool {
    let contains = |(these, those): (&Vec<Stem>, &Vec<Stem>)| those.iter().all(|stem| these.contains(stem));
    these.len() == those.len() && these.iter().zip(those).all(contains)
}

fn stems(text: &str, level: Level) -> Vec<Vec<Stem>> {
    let mut words = Words::default();
    words.read(text, Layout::Line);
    let chars: Vec<char> = text.chars().collect();
    let stems = |number: usize| {
        let word = words.words()[number];
        let text: String = chars[word.start as usize..word.end as usize].iter().collect();
        let written = Written { text: &text, letters: words.letters(number), maqsura: word.maqsura };
        morphology::expand(written, level).into_iter().map(|sense| sense.stem).collect()
    };
    (0..words.words().len()).map(stems).collect()
}
