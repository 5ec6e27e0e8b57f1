//! Verbs that the lexicon does not have, by their shape: a word in, its principal parts out.
//!
//! Derived Forms show in the letters (Wright I, §§ 35–66): استفعل, انفعل, افتعل are verbs, since
//! their masdars have another shape; تفعّل and تفاعل are their own masdars; أفعل may be an elative.

use super::Source;
use super::conjugation::{Parts, SHADDA};

/// The principal parts that a word may have.
pub(super) fn of(text: &str) -> Option<(Parts, Source)> {
    let parts = parts(text);
    source(&parts.perfect, text).map(|source| (parts, source))
}

/// The principal parts of a perfect.
pub(super) fn parts(text: &str) -> Parts {
    let perfect: Vec<char> = text.chars().filter(|&c| c != SHADDA).collect();
    let imperfect = match perfect[..] {
        ['ت', _, _, ..] => prefixed(&perfect), // يتلقى keeps what تلقى ends in
        ['ا' | 'أ', ref body @ ..] if body.len() > 2 => with_kasra(prefixed(body)),
        _ => with_kasra(prefixed(&perfect)),
    };
    Parts {
        imperfect,
        doubled: text.ends_with(SHADDA) || matches!(perfect[..], ['ا', 'س', 'ت', _, _]),
        intransitive: false,
        second: text.trim_end_matches(SHADDA).contains(SHADDA),
        entry: None,
        perfect,
    }
}

fn source(letters: &[char], text: &str) -> Option<Source> {
    const WEAK: [char; 5] = ['ا', 'و', 'ي', 'ى', 'ة'];
    let long = |c: &char| matches!(c, 'ا' | 'ة' | 'و');
    match letters {
        ['ا', 'س', 'ت', a, b] if !long(a) && !long(b) => Some(Source::Shape), // استمر
        ['ا', 'س', 'ت', a, b, c] if !long(a) && *b != 'ي' && !long(c) => Some(Source::Shape), // استنكر, استقال
        ['ا', 'ن', a, b, c] if ![a, b, c].into_iter().any(long) => Some(Source::Shape),       // انسحب
        ['ا', 'ت', b, c] if ![b, c].into_iter().any(|c| WEAK.contains(c)) => Some(Source::Shape), // اتصل
        ['ا', _, 'ت', b, c] if ![b, c].into_iter().any(long) => Some(Source::Shape),          // اقترح
        ['ا', 'ص' | 'ض' | 'ط' | 'ظ', 'ط', b, c] | ['ا', 'ز' | 'د' | 'ذ', 'د', b, c]
            if ![b, c].into_iter().any(long) =>
        {
            Some(Source::Shape) // اصطدم, ازدهر
        }
        ['ا', _, 'ت', 'ا', c] if !WEAK.contains(c) => Some(Source::Guess), // احتاج
        ['أ', b, _, c] if !long(b) && !matches!(c, 'ا' | 'ة' | 'ي') => Some(Source::Guess), // أعلن, أفاد, أعطى
        ['ت', _, 'ا', _, 'ى'] | ['ت', _, _, 'ى'] | [_, 'ا', _, 'ى'] => Some(Source::Shape), // تلقى, نادى
        ['ت', a, 'ا', b, c] if ![a, b, c].into_iter().any(|c| WEAK.contains(c)) => Some(Source::Guess), // تفاوض
        ['ت', a, b, c] if ![a, b, c].into_iter().any(|c| WEAK.contains(c)) => Some(Source::Guess), // تمسك
        [a, b, c] if text.chars().nth(2) == Some(SHADDA) && ![a, b, c].into_iter().any(|c| *c == 'ة') => {
            Some(Source::Shape) // نفّذ
        }
        _ => None,
    }
}

fn prefixed(body: &[char]) -> Vec<char> {
    [&['ي'], body].concat()
}

/// The imperfect has an i in its last syllable, but for Forms V and VI and a hollow VII or VIII.
fn with_kasra(mut imperfect: Vec<char>) -> Vec<char> {
    let length = imperfect.len();
    match imperfect[..] {
        [.., 'ى'] => imperfect[length - 1] = 'ي',
        [_, _, 'ت' | 'ط' | 'د', 'ا', _] => {}           // يختار
        [_, .., 'ا', _] => imperfect[length - 2] = 'ي', // يفيد, يستقيل
        [.., 'أ'] => imperfect[length - 1] = 'ئ',
        _ => {}
    }
    imperfect
}
