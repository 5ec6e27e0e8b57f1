//! Character references: `&amp;`, `&nbsp;`, `&#1576;`, `&#x628;`, as HTML resolves them.

use std::borrow::Cow;

use memchr::memchr;
use web_atoms::NAMED_ENTITIES;

/// Text with its references resolved once. What is no reference stays as it is, so that a bare `&`
/// and `?a=1&b=2` survive; entities that a document declares itself are never expanded.
pub fn unescape(text: &str) -> Cow<'_, str> {
    let Some(mut at) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (resolved, length) = resolve(rest).unwrap_or(AMPERSAND);
        match resolved {
            Resolved::Character(character) => out.push(character),
            other => out.push_str(other.as_str(&mut [0; 8])),
        }
        rest = &rest[length..];
        match memchr(b'&', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What a reference stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolved {
    Character(char),
    /// The few names that stand for a letter and a mark on it.
    Pair(char, char),
    /// A control character, which is nothing in text.
    Nothing,
}

/// An `&` that begins no reference.
pub(super) const AMPERSAND: (Resolved, usize) = (Resolved::Character('&'), 1);

impl Resolved {
    pub(super) fn as_str(self, buffer: &mut [u8; 8]) -> &str {
        match self {
            Resolved::Pair(first, second) => {
                let middle = first.encode_utf8(buffer).len();
                let end = middle + second.encode_utf8(&mut buffer[middle..]).len();
                std::str::from_utf8(&buffer[..end]).unwrap_or_default()
            }
            Resolved::Character(character) => character.encode_utf8(buffer),
            Resolved::Nothing => "",
        }
    }
}

/// Resolves the reference at the `&` that `text` begins with; also says how long it is.
pub(super) fn resolve(text: &str) -> Option<(Resolved, usize)> {
    match text.as_bytes() {
        // Nearly all there are.
        [_, b'l', b't', b';', ..] => Some((Resolved::Character('<'), 4)),
        [_, b'g', b't', b';', ..] => Some((Resolved::Character('>'), 4)),
        [_, b'a', b'm', b'p', b';', ..] => Some((Resolved::Character('&'), 5)),
        [_, b'q', b'u', b'o', b't', b';', ..] => Some((Resolved::Character('"'), 6)),
        [_, b'n', b'b', b's', b'p', b';', ..] => Some((Resolved::Character('\u{a0}'), 6)),
        [_, b'#', ..] => numbered(text),
        [_, b'a'..=b'z' | b'A'..=b'Z', ..] => named(text),
        _ => None,
    }
}

/// Names are at most 31 letters long; a `;` is required, or `&copy=1` in an address would not survive.
fn named(text: &str) -> Option<(Resolved, usize)> {
    let semicolon = text.bytes().take(33).position(|byte| byte == b';')?;
    let resolved = match *NAMED_ENTITIES.get(&text[1..=semicolon])? {
        (0, _) => return None, // the beginning of a name only
        (first, 0) => Resolved::Character(char::from_u32(first)?),
        (first, second) => Resolved::Pair(char::from_u32(first)?, char::from_u32(second)?),
    };
    Some((resolved, semicolon + 1))
}

fn numbered(text: &str) -> Option<(Resolved, usize)> {
    let (code, length) = number(text)?;
    if (0xD800..0xDC00).contains(&code)
        && let Some((low, more)) = text[length..].starts_with("&#").then(|| number(&text[length..])).flatten()
        && (0xDC00..0xE000).contains(&low)
    {
        // Two halves of one character, as writers that think in UTF-16 leave them.
        let code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        return Some((character(code), length + more));
    }
    Some((character(code), length))
}

/// The number of a numeric reference and the length of all of it; the `;` may be missing.
fn number(text: &str) -> Option<(u32, usize)> {
    let (radix, from) = match text.as_bytes().get(2)? {
        b'x' | b'X' => (16, 3),
        _ => (10, 2),
    };
    let digits = text.as_bytes()[from..].iter().take(9);
    let count = digits.take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let code = u32::from_str_radix(&text[from..from + count], radix).ok()?;
    let semicolon = usize::from(text.as_bytes().get(from + count) == Some(&b';'));
    Some((code, from + count + semicolon))
}

fn character(code: u32) -> Resolved {
    let code = match code {
        0x80..=0x9F => WINDOWS_1252[(code - 0x80) as usize],
        _ => code,
    };
    match char::from_u32(code) {
        Some(blank @ ('\t' | '\n' | '\r')) => Resolved::Character(blank),
        Some('\u{FFFE}' | '\u{FFFF}') => Resolved::Nothing,
        Some(control) if control.is_control() => Resolved::Nothing,
        Some(character) => Resolved::Character(character),
        None => Resolved::Character(char::REPLACEMENT_CHARACTER),
    }
}

/// What a writer means by a control character of the upper row, if that is anything.
pub fn windows_1252(control: char) -> Option<char> {
    let at = (control as usize).checked_sub(0x80)?;
    char::from_u32(*WINDOWS_1252.get(at)?)
}

/// What writers mean by 0x80 to 0x9F (WHATWG HTML, "numeric character reference end state").
const WINDOWS_1252: [u32; 32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
    0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
    0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
];
