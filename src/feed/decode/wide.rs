//! Encodings that show without a label: by a byte order mark, or by where their zero bytes stand.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// What the first bytes give away.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wide {
    Utf8,
    Utf16(&'static Encoding),
    Utf32(Order),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// The encoding that the first bytes give away, and the bytes without their mark.
pub(super) fn detect(bytes: &[u8]) -> Option<(Wide, &[u8])> {
    const MARKS: [(&[u8], Wide); 5] = [
        (b"\xEF\xBB\xBF", Wide::Utf8),
        (b"\xFF\xFE\0\0", Wide::Utf32(Order::Little)),
        (b"\0\0\xFE\xFF", Wide::Utf32(Order::Big)),
        (b"\xFF\xFE", Wide::Utf16(UTF_16LE)),
        (b"\xFE\xFF", Wide::Utf16(UTF_16BE)),
    ];
    for (mark, wide) in MARKS {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return Some((wide, rest));
        }
    }
    // Every document begins with markup, which is ASCII: the zeros stand on one side of it.
    let head: [u8; 8] = bytes.get(..8)?.try_into().ok()?;
    let wide = match head.map(|byte| byte == 0) {
        [true, true, true, false, true, true, true, false] => Wide::Utf32(Order::Big),
        [false, true, true, true, false, true, true, true] => Wide::Utf32(Order::Little),
        [true, false, true, false, ..] => Wide::Utf16(UTF_16BE),
        [false, true, false, true, ..] => Wide::Utf16(UTF_16LE),
        _ => return None,
    };
    Some((wide, bytes))
}

/// Decodes UTF-32, which no browser and so no library reads any more.
pub(super) fn utf32(bytes: &[u8], order: Order) -> String {
    let units = bytes.chunks_exact(4).map(|unit| match *unit {
        [a, b, c, d] if order == Order::Little => u32::from_le_bytes([a, b, c, d]),
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    });
    units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
