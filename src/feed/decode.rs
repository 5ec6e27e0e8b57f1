//! Bytes to text: a document as it came in, UTF-8 without control characters out.
//!
//! The bytes are believed before any label, since labels lie in both directions: a byte order mark,
//! the pattern of UTF-16, valid multi-byte UTF-8, then what HTTP and the XML declaration say, as far
//! as the bytes do not contradict it, then the evidence of the letters. Nothing here fails: what cannot
//! be decoded becomes U+FFFD.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::notes::Notes;
use crate::text::html;

mod arabic;
mod label;
mod page;
mod twice;
mod wide;

use page::Page;
use wide::Wide;

/// The text of a document.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'a, str> {
    let text = match wide::detect(bytes) {
        Some((Wide::Utf8, rest)) => utf8(rest, notes),
        Some((Wide::Utf16(encoding), rest)) => encoding.decode_without_bom_handling(rest).0,
        Some((Wide::Utf32(order), rest)) => Cow::Owned(wide::utf32(rest, order)),
        None => match Page::of_ebcdic(bytes) {
            Some(page) => Cow::Owned(page.decode(bytes)),
            None => narrow(bytes, content_type, notes),
        },
    };
    without_controls(twice::undone(text, notes))
}

fn narrow<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'a, str> {
    let labels = label::labels(bytes, content_type);
    // encoding_rs validates Arabic faster than the standard library does.
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        // Escape sequences are the one way to write letters in ASCII alone.
        Some(text) if memchr::memchr(0x1B, bytes).is_some() => {
            labels.iter().find_map(|label| sound(bytes, label)).unwrap_or(text)
        }
        Some(text) => {
            if !text.is_ascii() {
                note_lie(&labels, UTF_8, notes);
            }
            text
        }
        None if mostly_utf8(bytes) => {
            note_lie(&labels, UTF_8, notes);
            utf8(bytes, notes)
        }
        None => legacy(bytes, content_type, &labels, notes),
    }
}

fn utf8<'a>(bytes: &'a [u8], notes: &mut Notes) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, Cow::Owned(_)) {
        notes.add("some bytes are no UTF-8 and became U+FFFD");
    }
    text
}

/// Bytes that are not UTF-8: the letters may contradict a label, and a label may contradict itself.
fn legacy<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    labels: &[&'static Encoding],
    notes: &mut Notes,
) -> Cow<'a, str> {
    // Nobody writes such a label by mistake.
    if labels.iter().all(|label| *label == UTF_8)
        && let Some(page) = label::page(bytes, content_type)
    {
        return Cow::Owned(page.decode(bytes));
    }
    let evident = arabic::evident(bytes, labels);
    let honest =
        |label: &&&'static Encoding| **label != UTF_8 && evident.is_none_or(|evident| evident == **label);
    let labelled = labels.iter().filter(honest).find_map(|label| Some((*label, sound(bytes, label)?)));
    let (encoding, text) = labelled.unwrap_or_else(|| {
        let encoding = evident.unwrap_or_else(|| guess(bytes));
        (encoding, encoding.decode_without_bom_handling(bytes).0)
    });
    note_lie(labels, encoding, notes);
    text
}

/// The text, where a document in this encoding could hold these bytes, a few broken ones aside.
fn sound<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Option<Cow<'a, str>> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let replaced = || text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let foreign = || text.chars().filter(|c| !c.is_ascii()).count();
    (!broken || replaced() * 50 < foreign()).then_some(text)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// A UTF-8 document with a few bad bytes, as when an excerpt was cut within a letter. Text in
/// another encoding almost never forms valid sequences.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    valid > 2 * invalid
}

fn note_lie(labels: &[&'static Encoding], truth: &'static Encoding, notes: &mut Notes) {
    if let Some(lie) = labels.iter().find(|label| **label != truth) {
        notes.add(format!("labelled {}, but the bytes are {}", lie.name(), truth.name()));
    }
}

/// Without the characters that XML forbids and terminals, mail and logs must never see.
pub(super) fn without_controls(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // Folded over blocks without an early exit, so that the compiler makes it SIMD.
    let suspicious = |block: &[u8]| block.iter().fold(false, |any, byte| any | is_c0(*byte));
    let c1 = |text: &str| memchr::memchr_iter(0xC2, text.as_bytes()).any(|at| is_c1(text.as_bytes(), at));
    if !bytes.chunks(256).any(suspicious) && !c1(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().filter_map(|character| match character {
        '\t' | '\n' | '\r' => Some(character),
        // Writers that think in windows-1252 leave its punctuation as it is: ’ as U+0092.
        '\u{80}'..='\u{9F}' => html::windows_1252(character).filter(|meant| !meant.is_control()),
        _ if character.is_control() => None,
        _ => Some(character),
    }));
    Cow::Owned(out)
}

const fn is_c0(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0x7F)
}

fn is_c1(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|next| *next < 0xA0)
}
