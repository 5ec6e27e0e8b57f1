//! Where sentences and paragraphs end: a mark and what stands around it in, a verdict out.
//!
//! A sentence ends at `. ! ? ؟ … ۔` and at a line break, a paragraph at a blank line. A dot inside
//! a number (`3.5`), inside a name (`bbc.com`) or after an abbreviation (`د.`, `U.S.`) ends
//! nothing, nor do `؛` and `،`. Nothing here knows of words or rules.

use super::fold::{self, Class, Letter};

/// What a mark ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Nothing that has not ended already.
    Nothing,
    /// Only the word.
    Word,
    /// A sentence.
    Sentence,
    /// A line, and with it a sentence.
    Line,
    /// A paragraph.
    Paragraph,
}

/// Latin abbreviations of titles that news copies; one letter alone is one anyway.
const ABBREVIATIONS: [&str; 12] =
    ["mr", "mrs", "ms", "dr", "prof", "gen", "col", "capt", "lt", "sgt", "st", "vs"];

/// What the character at `byte` of `text` ends, which [`fold::fold`] called a stop.
///
/// `word` is the word that ends directly before it, folded; empty where there is none.
pub fn end(text: &str, byte: usize, stop: char, word: &[Letter]) -> End {
    match stop {
        '\n' if text.as_bytes()[..byte].ends_with(b"\r") => End::Nothing, // it came with the CR
        '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' => End::Line,
        '\u{2029}' => End::Paragraph,
        '.' if is_inside(text, byte) || is_abbreviation(word) => End::Word,
        _ => End::Sentence,
    }
}

/// A dot with digits or Latin letters directly on both sides.
fn is_inside(text: &str, dot: usize) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || is_digit(c);
    text[..dot].chars().next_back().is_some_and(joins) && text[dot + 1..].chars().next().is_some_and(joins)
}

fn is_digit(c: char) -> bool {
    matches!(fold::fold(c), Class::Letter(letter) if fold::digit(letter).is_some())
}

fn is_abbreviation(word: &[Letter]) -> bool {
    match word {
        [] => false,
        [only] => fold::digit(*only).is_none(),
        _ => ABBREVIATIONS.iter().any(|known| {
            known.len() == word.len()
                && known.chars().zip(word).all(|(c, &letter)| fold::fold(c) == Class::Letter(letter))
        }),
    }
}
