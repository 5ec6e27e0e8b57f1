//! Blanks: what divides words, and the search for those that need a hand.

/// How many bytes are looked at together; the compiler makes SIMD of it.
const BLOCK: usize = 32;

/// How many bytes of blank stand at `at`, if any: ASCII blanks, a no-break space, or one of Unicode's
/// own line ends.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b' ' | b'\t'..=b'\r' => Some(1),
        0xC2 if bytes.get(at + 1) == Some(&0xA0) => Some(2),
        0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => Some(3),
        _ => None,
    }
}

/// The first blank from `from` on that is more than one space between two words; the end where there
/// is none.
pub(super) fn irregular(bytes: &[u8], from: usize) -> usize {
    let mut here = from;
    loop {
        while bytes.get(here..=here + BLOCK).is_some_and(is_regular) {
            here += BLOCK;
        }
        let stop = bytes.len().min(here + BLOCK);
        while here < stop {
            if is_irregular(bytes, here) {
                return here;
            }
            here += 1;
        }
        if here == bytes.len() {
            return here;
        }
    }
}

/// Whether the blanks of a block, and the byte after it, are single spaces beyond doubt.
#[allow(clippy::needless_bitwise_bool)] // a jump would keep it from being SIMD
fn is_regular(block: &[u8]) -> bool {
    let pairs = block.iter().zip(&block[1..]);
    let suspicious = |(byte, next): (&u8, &u8)| {
        (*byte < b' ') | (*byte == 0xC2) | (*byte == 0xE2) | ((*byte == b' ') & (*next <= b' '))
    };
    !pairs.fold(false, |any, pair| any | suspicious(pair))
}

fn is_irregular(bytes: &[u8], here: usize) -> bool {
    match at(bytes, here) {
        None => false,
        Some(1) if bytes[here] == b' ' => here + 1 == bytes.len() || at(bytes, here + 1).is_some(),
        Some(_) => true,
    }
}
