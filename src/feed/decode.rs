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

mod arabic;
mod label;
mod wide;

use wide::Wide;

/// The text of a document.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'a, str> {
    let text = match wide::detect(bytes) {
        Some((Wide::Utf8, rest)) => utf8(rest, notes),
        Some((Wide::Utf16(encoding), rest)) => encoding.decode_without_bom_handling(rest).0,
        Some((Wide::Utf32(order), rest)) => Cow::Owned(wide::utf32(rest, order)),
        None => narrow(bytes, content_type, notes),
    };
    without_controls(text)
}

fn narrow<'a>(bytes: &'a [u8], content_type: Option<&str>, notes: &mut Notes) -> Cow<'a, str> {
    let labels = label::labels(bytes, content_type);
    match std::str::from_utf8(bytes) {
        // Escape sequences are the one way to write letters in ASCII alone.
        Ok(text) if bytes.contains(&0x1B) => labelled(bytes, &labels).unwrap_or(Cow::Borrowed(text)),
        Ok(text) => {
            if !text.is_ascii() {
                note_lie(&labels, UTF_8, notes);
            }
            Cow::Borrowed(text)
        }
        Err(_) if mostly_utf8(bytes) => {
            note_lie(&labels, UTF_8, notes);
            utf8(bytes, notes)
        }
        Err(_) => legacy(bytes, &labels, notes),
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
fn legacy<'a>(bytes: &'a [u8], labels: &[&'static Encoding], notes: &mut Notes) -> Cow<'a, str> {
    let evident = arabic::evident(bytes, labels);
    let honest =
        |label: &&'static Encoding| *label != UTF_8 && evident.is_none_or(|evident| evident == *label);
    let encoding = labels.iter().copied().filter(honest).find(|label| can_be(bytes, label));
    let encoding = encoding.or(evident).unwrap_or_else(|| guess(bytes));
    note_lie(labels, encoding, notes);
    encoding.decode_without_bom_handling(bytes).0
}

fn labelled<'a>(bytes: &'a [u8], labels: &[&'static Encoding]) -> Option<Cow<'a, str>> {
    let label = labels.iter().find(|label| can_be(bytes, label))?;
    Some(label.decode_without_bom_handling(bytes).0)
}

/// Whether a document in this encoding could hold these bytes, a few broken ones aside.
fn can_be(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if !broken {
        return true;
    }
    let replaced = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    replaced * 50 < text.chars().filter(|c| !c.is_ascii()).count()
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
    let suspicious = |block: &[u8]| {
        block
            .iter()
            .fold(false, |any, byte| any | (*byte < 0x20) & !matches!(byte, 9 | 10 | 13) | (*byte == 0x7F))
    };
    let c1 = |text: &str| memchr::memchr_iter(0xC2, text.as_bytes()).any(|at| is_c1(text.as_bytes(), at));
    if !bytes.chunks(256).any(suspicious) && !c1(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().filter_map(|character| match character {
        '\t' | '\n' | '\r' => Some(character),
        '\u{85}' => Some('\n'),
        _ if character.is_control() => None,
        _ => Some(character),
    }));
    Cow::Owned(out)
}

fn is_c1(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|next| *next < 0xA0)
}
