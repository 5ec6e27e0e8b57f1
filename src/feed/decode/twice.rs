//! Text that was encoded twice: UTF-8 that somebody read as windows-1252 or windows-1256 and wrote as
//! UTF-8 again, so that «ا» became `Ø§` or `ط§`. Text in, the text that was meant out.
//!
//! Only runs that are valid UTF-8 again are changed, and only where such runs are most of what is not
//! ASCII, so that a text which speaks of the fault stays as it is.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252, WINDOWS_1256};
use memchr::memchr_iter;

use crate::feed::notes::Notes;

/// Under this many letters there is no evidence.
const FEWEST: usize = 8;

/// The text with its second encoding undone.
pub(super) fn undone<'a>(text: Cow<'a, str>, notes: &mut Notes) -> Cow<'a, str> {
    let Some(encoding) = trace(text.as_bytes()) else { return text };
    match undo(&text, &upper_half(encoding)) {
        Some(meant) => {
            notes.add(format!("UTF-8 was taken for {} and encoded again", encoding.name()));
            Cow::Owned(meant)
        }
        None => text,
    }
}

/// The encoding that UTF-8 was taken for, by what became of alef, the commonest letter: `Ø§` or `ط§`.
/// Both end in a byte that Arabic text hardly has, so that one quick search answers for all.
fn trace(bytes: &[u8]) -> Option<&'static Encoding> {
    memchr_iter(0xC2, bytes).find_map(|at| match bytes.get(at.checked_sub(2)?..at + 2)? {
        [0xC3, 0x98, _, 0xA7] => Some(WINDOWS_1252),
        [0xD8, 0xB7, _, 0xA7] => Some(WINDOWS_1256),
        _ => None,
    })
}

fn undo(text: &str, upper: &[char; 128]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut run = Run { bytes: Vec::new(), start: 0 };
    let (mut restored, mut kept) = (0, 0);
    let mut end_run = |run: &mut Run, end: usize, out: &mut String| {
        match std::str::from_utf8(&run.bytes) {
            Ok(letters) => {
                restored += letters.chars().filter(|c| is_arabic(*c)).count();
                out.push_str(letters);
            }
            Err(_) => {
                kept += run.bytes.len();
                out.push_str(&text[run.start..end]);
            }
        }
        run.bytes.clear();
    };
    for (at, character) in text.char_indices() {
        match byte_of(character, upper) {
            Some(byte) => {
                if run.bytes.is_empty() {
                    run.start = at;
                }
                run.bytes.push(byte);
            }
            None => {
                end_run(&mut run, at, &mut out);
                out.push(character);
            }
        }
    }
    end_run(&mut run, text.len(), &mut out);
    (restored >= FEWEST && restored > kept).then_some(out)
}

/// Characters that were bytes of one run.
struct Run {
    bytes: Vec<u8>,
    start: usize,
}

/// The byte above ASCII that a character was.
fn byte_of(character: char, upper: &[char; 128]) -> Option<u8> {
    if character.is_ascii() {
        return None;
    }
    let at = upper.iter().position(|known| *known == character)?;
    Some(0x80 | at as u8)
}

/// What an encoding makes of the bytes above ASCII.
fn upper_half(encoding: &'static Encoding) -> [char; 128] {
    let mut upper = [char::REPLACEMENT_CHARACTER; 128];
    for (byte, slot) in (0x80..=0xFF_u8).zip(&mut upper) {
        let bytes = [byte];
        *slot = encoding.decode_without_bom_handling(&bytes).0.chars().next().unwrap_or(*slot);
    }
    upper
}

fn is_arabic(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{6D5}')
}
