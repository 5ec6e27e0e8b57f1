//! Spelling folds: a character in, the letters that stand for it out.
//!
//! Two spellings that a reader takes for one word fold to the same letters: hamza and its seats,
//! alef maqsura, presentation forms, Persian and loan letters, the digits of three scripts, Latin
//! case and accents. Tashkeel, tatweel and invisible controls fold to nothing. Ta marbuta keeps a
//! letter of its own, because only the morphology knows where it may stand for a heh.
//!
//! A folded letter is a byte: 1 to 30 for Arabic, then digits and `a` to `z`; a letter of any other
//! script is three bytes from 128 up. Nothing here looks at more than one character.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A folded letter.
pub type Letter = u8;

/// What a character is to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It stands for one letter.
    Letter(Letter),
    /// Part of a word without being a letter of it: tashkeel, tatweel.
    Mark,
    /// As if it were not there: bidi controls, joiners, zero-width spaces.
    Invisible,
    /// White space within a line.
    Space,
    /// Ends the word, and may end more: see [`super::sentence`].
    Stop,
    /// Ends the word.
    Separator,
    /// Outside the table; see [`fold_rare`].
    Rare,
}

/// The Arabic letters that text folds to, in the order of their numbers.
const ALPHABET: [char; 30] = [
    'ء', 'ا', 'ب', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ذ', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع', 'غ', 'ف',
    'ق', 'ك', 'ل', 'م', 'ن', 'ه', 'و', 'ي', 'ة',
];

/// A final yeh that was written without its dots. It never comes out of a fold: the morphology puts
/// it in the place of a last yeh where [`super::word::Word::maqsura`] says so.
pub const MAQSURA: Letter = 31;
const FIRST_DIGIT: Letter = 32;
const FIRST_LATIN: Letter = FIRST_DIGIT + 10;

/// Spellings of one letter: what may be written, and what it folds to.
const SPELLINGS: [(char, char); 28] = [
    // Hamza on and under alef, madda, wasla: left out or mistaken more often than any other sign.
    ('أ', 'ا'),
    ('إ', 'ا'),
    ('آ', 'ا'),
    ('ٱ', 'ا'),
    ('ٲ', 'ا'),
    ('ٳ', 'ا'),
    ('ٵ', 'ا'),
    // The seat of a hamza changes with its vowels: أبناؤهم, أبنائهم; and with the country: شؤون, شئون.
    ('ؤ', 'ء'),
    ('ئ', 'ء'),
    ('ٶ', 'ء'),
    ('ٸ', 'ء'),
    // Alef maqsura is written for a final yeh along the Nile, and the reverse by mistake.
    ('ى', 'ي'),
    // Persian, Kurdish and Urdu keyboards.
    ('ی', 'ي'),
    ('ې', 'ي'),
    ('ے', 'ي'),
    ('ک', 'ك'),
    ('ڪ', 'ك'),
    ('ہ', 'ه'),
    ('ھ', 'ه'),
    ('ە', 'ه'),
    ('ۀ', 'ه'),
    ('ۃ', 'ة'),
    // Loan letters and the native neighbour that other writers use: ڤيينا, فيينا.
    ('پ', 'ب'),
    ('چ', 'ج'),
    ('ژ', 'ز'),
    ('ڤ', 'ف'),
    ('ڨ', 'ق'),
    ('گ', 'ك'),
];

/// Marks above and below letters: tashkeel, Quranic signs, combining accents; and tatweel.
const MARKS: [(u32, u32); 9] = [
    (0x0300, 0x036F),
    (0x0610, 0x061A),
    (0x0640, 0x0640),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E4),
    (0x06E7, 0x06E8),
    (0x06EA, 0x06ED),
];

/// Combining hamza above: makes a hamza of the waw or yeh under it.
pub(super) const HAMZA_ABOVE: char = '\u{654}';

/// Everything below this is answered by one table.
const TABLE_END: usize = 0x700;

static TABLE: [Class; TABLE_END] = table();

const fn table() -> [Class; TABLE_END] {
    let mut table = [Class::Rare; TABLE_END];
    let mut i = 0;
    while i < 0x80 {
        let byte = i as u8;
        table[i] = match byte {
            b'0'..=b'9' => Class::Letter(FIRST_DIGIT + byte - b'0'),
            b'a'..=b'z' => Class::Letter(FIRST_LATIN + byte - b'a'),
            b'A'..=b'Z' => Class::Letter(FIRST_LATIN + byte - b'A'),
            b' ' | b'\t' => Class::Space,
            b'.' | b'!' | b'?' | 0x0A..=0x0D => Class::Stop,
            _ => Class::Separator,
        };
        i += 1;
    }
    i = 0;
    while i < ALPHABET.len() {
        table[ALPHABET[i] as usize] = Class::Letter(i as u8 + 1);
        i += 1;
    }
    i = 0;
    while i < SPELLINGS.len() {
        table[SPELLINGS[i].0 as usize] = Class::Letter(letter(SPELLINGS[i].1));
        i += 1;
    }
    i = 0;
    while i < 10 {
        table[0x0660 + i] = Class::Letter(FIRST_DIGIT + i as u8);
        table[0x06F0 + i] = Class::Letter(FIRST_DIGIT + i as u8);
        i += 1;
    }
    i = 0;
    while i < MARKS.len() {
        let mut c = MARKS[i].0;
        while c <= MARKS[i].1 {
            table[c as usize] = Class::Mark;
            c += 1;
        }
        i += 1;
    }
    table['؟' as usize] = Class::Stop;
    table['۔' as usize] = Class::Stop;
    table[0x85] = Class::Stop;
    table[0xA0] = Class::Space;
    table[0xAD] = Class::Invisible;
    table[0x61C] = Class::Invisible;
    table
}

/// The letter that an Arabic character of the alphabet stands for; for tables written in Arabic.
pub(super) const fn letter(c: char) -> Letter {
    let mut i = 0;
    while i < ALPHABET.len() {
        if ALPHABET[i] as u32 == c as u32 {
            return i as u8 + 1;
        }
        i += 1;
    }
    0
}

/// What a character is to a word.
#[inline]
pub fn fold(c: char) -> Class {
    match TABLE.get(c as usize) {
        Some(&class) => class,
        None => Class::Rare,
    }
}

/// What a character outside the table is to a word; its letters, if any, go to the end of `letters`.
///
/// The answer is [`Class::Letter`], with a letter that means nothing, where letters were added.
#[cold]
pub fn fold_rare(c: char, letters: &mut Vec<Letter>) -> Class {
    match c {
        '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}' => return Class::Invisible,
        '…' | '\u{2028}' | '\u{2029}' => return Class::Stop,
        'ﷺ' | 'ﷻ' => return Class::Separator, // whole sentences in one character
        _ if c.is_whitespace() => return Class::Space,
        _ => {}
    }
    let before = letters.len();
    let mut mark = false;
    decompose_compatible(c, |part| match fold(part) {
        Class::Letter(letter) => letters.push(letter),
        Class::Mark => mark = true,
        Class::Rare if part.is_alphanumeric() => part.to_lowercase().for_each(|c| push_foreign(c, letters)),
        Class::Rare if is_combining_mark(part) => mark = true,
        _ => {}
    });
    match (letters.len() > before, mark) {
        (true, _) => Class::Letter(0),
        (false, true) => Class::Mark,
        (false, false) => Class::Separator,
    }
}

fn push_foreign(c: char, letters: &mut Vec<Letter>) {
    let c = c as u32;
    letters.extend([c >> 14, c >> 7, c].map(|part| 0x80 | (part & 0x7F) as u8));
}

/// The value of a folded letter that is a digit.
pub(crate) fn digit(letter: Letter) -> Option<u32> {
    (FIRST_DIGIT..FIRST_LATIN).contains(&letter).then(|| u32::from(letter - FIRST_DIGIT))
}

/// Whether a character leaves no trace on paper; such characters hide in what people paste.
pub fn is_invisible(c: char) -> bool {
    match fold(c) {
        Class::Rare => fold_rare(c, &mut Vec::new()) == Class::Invisible,
        class => class == Class::Invisible,
    }
}
