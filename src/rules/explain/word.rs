//! One word of a text taken apart: what was cut off it, and what its spelling was folded to.

use std::fmt;

use serde::Serialize;

use super::because::isolated;
use crate::text::fold::{self, Class, Letter};
use crate::text::morphology::analysis;
use crate::text::morphology::proclitic::{Cut, Cuts, Proclitic};
use crate::text::morphology::{Level, Sense};

/// A written word, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Anatomy {
    /// As written.
    pub written: String,
    /// و ف, then ب ك ل, then ال, or س: as they are called, so that لل is ل and ال.
    pub proclitics: Vec<&'static str>,
    /// What the term stands for, as written here but for its marks.
    pub stem: String,
    /// What inflection put after it.
    pub ending: String,
    /// ه ها هم …
    pub pronoun: String,
    /// What in its spelling was passed over.
    pub folded: Vec<String>,
}

impl fmt::Display for Anatomy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A reader takes the ة, and the ت that it becomes, for part of the word.
        let joined = match self.ending.as_str() {
            "ة" | "ه" => true,
            "ت" => !self.pronoun.is_empty(),
            _ => false,
        };
        let (stem, ending) = if joined {
            (format!("{}{}", self.stem, self.ending), "")
        } else {
            (self.stem.clone(), self.ending.as_str())
        };
        let rest = [stem.as_str(), ending, &self.pronoun];
        let parts = self.proclitics.iter().copied().chain(rest).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.collect();
        f.write_str(&isolated(&parts.join(" + ")))
    }
}

/// A character of a word and the letters that it folds to.
struct Glyph {
    written: char,
    letters: usize,
}

/// A word of a rule, ready to be compared with words of a text.
pub(super) struct Sought<'k> {
    keyword: &'k str,
    senses: Vec<Sense>,
}

impl<'k> Sought<'k> {
    pub(super) fn new(keyword: &'k str, level: Level) -> Sought<'k> {
        Sought { keyword, senses: analysis::senses(keyword, level) }
    }

    /// How a word of a text is read as this one, and the word that it rather is, by its citation form.
    pub(super) fn read(
        &self,
        written: &str,
        letters: &[Letter],
        writes_teh: bool,
    ) -> Option<(Anatomy, Option<&'static str>)> {
        let found = analysis::analyse(written, &self.senses, writes_teh)?;
        let stem = usize::from(found.cut.length);
        let ending = stem + found.stem;
        let places = [stem, ending, ending + found.ending];
        let anatomy = anatomy(written, letters, found.cut, places, self.keyword);
        Some((anatomy, found.instead))
    }
}

/// A word of which nothing is cut, such as one that a prefix found.
pub(super) fn uncut(written: &str, letters: &[Letter], keyword: &str) -> Anatomy {
    let cut = Cut { length: 0, proclitic: Proclitic::Bare };
    anatomy(written, letters, cut, [0, letters.len(), letters.len()], keyword)
}

/// Takes a word apart where its stem, its ending and its pronoun begin.
fn anatomy(
    written: &str,
    letters: &[Letter],
    cut: Cut,
    [stem, ending, pronoun]: [usize; 3],
    keyword: &str,
) -> Anatomy {
    let glyphs = glyphs(written);
    Anatomy {
        written: harmless(written),
        proclitics: proclitics(letters, cut),
        stem: slice(&glyphs, stem, ending),
        ending: slice(&glyphs, ending, pronoun),
        pronoun: slice(&glyphs, pronoun, letters.len()),
        folded: folded(written, &glyphs, stem, keyword),
    }
}

/// Text without what a terminal obeys or nobody sees.
pub(super) fn harmless(text: &str) -> String {
    text.chars().filter(|&c| !fold::is_invisible(c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn glyphs(written: &str) -> Vec<Glyph> {
    let mut letters = Vec::new();
    let glyph = |c: char| {
        letters.clear();
        let count = match fold::fold(c) {
            Class::Rare => {
                fold::fold_rare(c, &mut letters);
                letters.len()
            }
            class => usize::from(class.letter().is_some()),
        };
        Glyph { written: c, letters: count }
    };
    written.chars().map(glyph).filter(|glyph| glyph.letters > 0).collect()
}

/// The characters that stand for the letters from one place to another.
fn slice(glyphs: &[Glyph], from: usize, to: usize) -> String {
    let mut at = 0;
    let mut text = String::new();
    for glyph in glyphs {
        if at >= from && at < to {
            text.push(glyph.written);
        }
        at += glyph.letters;
    }
    text
}

/// و or ف; then ب, ك, ل or س, or ال with one of them or alone; لل is ل and ال.
fn proclitics(letters: &[Letter], cut: Cut) -> Vec<&'static str> {
    let conjunction = usize::from(Cuts::of(letters).conjunction).min(usize::from(cut.length));
    let (first, rest) = letters[..usize::from(cut.length)].split_at(conjunction);
    let name = |letter: &Letter| {
        let known = ["و", "ف", "ب", "ك", "ل", "س"];
        known.into_iter().find(|name| name.chars().all(|c| fold::fold(c).letter() == Some(*letter)))
    };
    let mut named: Vec<&str> = first.iter().filter_map(name).collect();
    named.extend(rest.first().and_then(name));
    named.extend((rest.len() > 1).then_some("ال"));
    named
}

/// What the reader passed over: marks, what cannot be seen, and letters written otherwise than in the rule.
fn folded(written: &str, glyphs: &[Glyph], stem: usize, keyword: &str) -> Vec<String> {
    let mut folded = Vec::new();
    let mut note = |text: String| {
        if !folded.contains(&text) {
            folded.push(text);
        }
    };
    for c in written.chars() {
        match fold::fold(c) {
            Class::Mark if c == 'ـ' => note("without tatweel".to_owned()),
            Class::Mark => note("without tashkeel".to_owned()),
            _ if fold::is_invisible(c) => note("without an invisible character".to_owned()),
            _ => {}
        }
    }
    let mut at = 0;
    let in_stem = glyphs.iter().filter(|glyph| {
        at += glyph.letters;
        at > stem
    });
    let in_stem: Vec<&Glyph> = in_stem.collect();
    let keyword = self::glyphs(keyword);
    let is_article = |first: Option<&Glyph>, second: Option<&Glyph>| {
        first.zip(second).is_some_and(|(first, second)| (first.written, second.written) == ('ا', 'ل'))
    };
    let with_article = is_article(keyword.first(), keyword.get(1))
        && !is_article(in_stem.first().copied(), in_stem.get(1).copied());
    let keyword = &keyword[if with_article { 2 } else { 0 }..];
    for (here, there) in in_stem.into_iter().zip(keyword) {
        if !same_letter(here.written, there.written) {
            break;
        }
        if here.written != there.written {
            note(format!("{} for {}", here.written, there.written));
        }
    }
    folded
}

fn same_letter(one: char, other: char) -> bool {
    let letters = |c: char| {
        let mut letters = Vec::new();
        match fold::fold(c) {
            Class::Rare => {
                fold::fold_rare(c, &mut letters);
            }
            class => letters.extend(class.letter()),
        }
        letters
    };
    letters(one) == letters(other)
}
