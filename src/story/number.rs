//! Numbers of a text: folded words in, values out, whether written in digits or spelled.
//!
//! `20`, `٢٠`, `عشرون` and `العشرين` are one number; `3 آلاف` is 3, for what matters is that two texts
//! say the same. One and two are left out where they are spelled, as they are said of everything.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::fold::{self, Letter};

/// The bits of a kept number that say which it is.
pub const KEY: u32 = u32::MAX >> 1;
/// Set where it stands in the headline.
pub const TITLE: u32 = !KEY;

/// Spelled numbers as lemmas of the lexicon or as they are written, and what they say.
const SPELLED: [(&str, u32); 46] = [
    ("ثلاث", 3),
    ("ثلاثة", 3),
    ("أربع", 4),
    ("أربعة", 4),
    ("خمس", 5),
    ("خمسة", 5),
    ("ست", 6),
    ("ستة", 6),
    ("سبع", 7),
    ("سبعة", 7),
    ("ثمان", 8),
    ("ثماني", 8),
    ("ثمانية", 8),
    ("تسع", 9),
    ("تسعة", 9),
    ("عشر", 10),
    ("عشرة", 10),
    ("عشرون", 20),
    ("عشرين", 20),
    ("ثلاثون", 30),
    ("ثلاثين", 30),
    ("أربعون", 40),
    ("أربعين", 40),
    ("خمسون", 50),
    ("خمسين", 50),
    ("ستون", 60),
    ("ستين", 60),
    ("سبعون", 70),
    ("سبعين", 70),
    ("ثمانون", 80),
    ("ثمانين", 80),
    ("تسعون", 90),
    ("تسعين", 90),
    ("مئة", 100),
    ("مائة", 100),
    ("مئتا", 200),
    ("مئتي", 200),
    ("مئتين", 200),
    ("مائتين", 200),
    ("مئتان", 200),
    ("ثلاثمئة", 300),
    ("ثلاثمائة", 300),
    ("أربعمئة", 400),
    ("أربعمائة", 400),
    ("خمسمئة", 500),
    ("خمسمائة", 500),
];

/// The value of a word, if it is a number; digits of any length, kept modulo 2³².
pub fn value(letters: &[Letter]) -> Option<u32> {
    static BY_LETTERS: LazyLock<HashMap<Vec<Letter>, u32>> = LazyLock::new(|| {
        let folded = |word: &str| word.chars().filter_map(|c| fold::fold(c).letter()).collect();
        SPELLED.iter().map(|&(word, value)| (folded(word), value)).collect()
    });
    const ARTICLE: [Letter; 2] = [fold::letter('ا'), fold::letter('ل')];
    let bare = letters.strip_prefix(&ARTICLE).unwrap_or(letters);
    let digits = || bare.iter().map(|&letter| fold::digit(letter));
    if digits().next().flatten().is_some() {
        return digits().try_fold(0u32, |value, digit| Some(value.wrapping_mul(10).wrapping_add(digit?)));
    }
    let spelled = bare.strip_prefix(&[fold::letter('و')]).filter(|rest| rest.len() > 2).unwrap_or(bare);
    BY_LETTERS
        .get(bare)
        .or_else(|| BY_LETTERS.get(spelled.strip_prefix(&ARTICLE).unwrap_or(spelled)))
        .copied()
}
