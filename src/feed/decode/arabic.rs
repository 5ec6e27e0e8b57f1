//! The evidence of the letters: whether bytes that are not UTF-8 are Arabic, and in which encoding.
//!
//! Arabic words are unbroken runs of high bytes in which a few letters make up most of the text.
//! Bytes that would be European letters, or nothing, in the Arabic encodings speak against it.

use encoding_rs::{Encoding, ISO_8859_6, WINDOWS_1256};

/// Letters by their share of Arabic news text, in per cent (rounded; rare letters count one).
const SHARES: [(&str, i64); 12] = [
    ("ا", 14),
    ("ل", 12),
    ("ي", 8),
    ("م", 6),
    ("ن", 6),
    ("و", 6),
    ("ر", 5),
    ("ت", 5),
    ("ةبعهد", 3),
    ("سفقكحأ", 2),
    ("جشصطخضذثزىغظءئإآؤ", 1),
    ("،؛؟«»ـ\u{a0}", 0),
];
/// What a character that Arabic text hardly ever holds weighs.
const FOREIGN: i64 = -12;
/// The alphabet's marks above and below letters, rare in news.
const MARK: i64 = -2;

/// Under this many high bytes there is no evidence.
const FEWEST: usize = 6;
/// A mean weight that Arabic exceeds (about 7) and other scripts do not.
const ARABIC: i64 = 4;

/// The Arabic encoding that the bytes show beyond doubt; where both would do, the one in `labels`.
pub(super) fn evident(bytes: &[u8], labels: &[&'static Encoding]) -> Option<&'static Encoding> {
    let (counts, total, isolated) = high_bytes(bytes);
    // Accented letters of Europe stand alone among ASCII letters.
    if total < FEWEST || isolated * 4 > total {
        return None;
    }
    let total = i64::try_from(total).ok()?;
    let score = |encoding| {
        let weighed = (0x80..=0xFF_u8).zip(&counts).filter(|(_, count)| **count > 0);
        (weighed.map(|(byte, count)| weight(byte, encoding) * count).sum(), encoding)
    };
    let scores: [(i64, _); 2] = [ISO_8859_6, WINDOWS_1256].map(score);
    let (best, encoding) =
        scores.into_iter().max_by_key(|(sum, encoding)| (*sum, labels.contains(encoding)))?;
    (best > ARABIC * total).then_some(encoding)
}

/// How often each high byte stands in the bytes, how many they are, and how many of them have no
/// high byte beside them but an ASCII letter.
fn high_bytes(bytes: &[u8]) -> ([i64; 128], usize, usize) {
    let mut counts = [0; 128];
    let (mut total, mut isolated) = (0, 0);
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| **byte >= 0x80) {
        counts[usize::from(*byte - 0x80)] += 1;
        total += 1;
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let sides = [before, bytes.get(at + 1)];
        let alone = !sides.iter().flatten().any(|side| **side >= 0x80);
        isolated += usize::from(alone && sides.iter().flatten().any(|side| side.is_ascii_alphabetic()));
    }
    (counts, total, isolated)
}

fn weight(byte: u8, encoding: &'static Encoding) -> i64 {
    let bytes = [byte];
    let (character, broken) = encoding.decode_without_bom_handling(&bytes);
    if broken {
        return FOREIGN;
    }
    let share = SHARES.iter().find(|(letters, _)| letters.contains(&*character));
    match (share, character.chars().next()) {
        (Some((_, share)), _) => *share,
        (None, Some('\u{64B}'..='\u{652}')) => MARK,
        // Punctuation of the windows pages, Persian letters.
        (None, Some('\u{2000}'..='\u{20FF}' | '\u{67E}'..='\u{6D2}')) => 0,
        _ => FOREIGN,
    }
}
