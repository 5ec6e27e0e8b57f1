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
    /// ى: stands for a yeh, but never for the pronoun.
    Maqsura,
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

impl Class {
    /// The letter that the character stands for, if it is one.
    #[inline]
    pub fn letter(self) -> Option<Letter> {
        match self {
            Class::Letter(letter) => Some(letter),
            Class::Maqsura => Some(YEH),
            _ => None,
        }
    }
}

/// The Arabic letters that text folds to, in the order of their numbers.
const ALPHABET: [char; 30] = [
    'ء', 'ا', 'ب', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ذ', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع', 'غ', 'ف',
    'ق', 'ك', 'ل', 'م', 'ن', 'ه', 'و', 'ي', 'ة',
];

const ALEF: Letter = letter('ا');
const WAW: Letter = letter('و');
const YEH: Letter = letter('ي');

/// A final yeh that was written without its dots. It never comes out of a fold: the morphology puts
/// it in the place of a last yeh where [`super::word::Word::maqsura`] says so.
pub const MAQSURA: Letter = 31;
/// A letter with its hamza as it is spelled. They never come out of a fold either, only of [`spell`].
pub const ALEF_ABOVE: Letter = 100;
/// إ; see [`ALEF_ABOVE`].
pub const ALEF_BELOW: Letter = 101;
/// آ; see [`ALEF_ABOVE`].
pub const ALEF_MADDA: Letter = 102;
/// ؤ; see [`ALEF_ABOVE`].
pub const WAW_HAMZA: Letter = 103;
/// ئ; see [`ALEF_ABOVE`].
pub const YEH_HAMZA: Letter = 104;
/// No letter: says that letters were added already.
pub(super) const PUSHED: Letter = 0;
const FIRST_DIGIT: Letter = 32;
const FIRST_LATIN: Letter = FIRST_DIGIT + 10;

/// Spellings of one letter: what may be written, and what it folds to.
const SPELLINGS: [(char, char); 27] = [
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

/// Punctuation and signs of Latin and Arabic, from the first to the last of each row.
const SEPARATORS: [(u32, u32); 9] = [
    (0xA1, 0xA9),
    (0xAB, 0xB1),
    (0xB4, 0xB4),
    (0xB6, 0xB8),
    (0xBB, 0xBB),
    (0xBF, 0xBF),
    (0x0600, 0x060F),
    (0x061B, 0x061E),
    (0x066A, 0x066D),
];

/// Combining hamza above: makes a hamza of the waw or yeh under it.
pub(super) const HAMZA_ABOVE: char = '\u{654}';

/// Everything below this, which is what UTF-8 writes in two bytes, is answered by one table.
const TABLE_END: usize = 0x800;

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
    table = fill(table, &SEPARATORS, Class::Separator);
    table = fill(table, &MARKS, Class::Mark);
    // Along the Nile a final yeh is written so too; others write the reverse by mistake.
    table['ى' as usize] = Class::Maqsura;
    table['؟' as usize] = Class::Stop;
    table['۔' as usize] = Class::Stop;
    table[0x85] = Class::Stop;
    table[0xA0] = Class::Space;
    table[0xAD] = Class::Invisible;
    table[0x61C] = Class::Invisible;
    table
}

const fn fill(mut table: [Class; TABLE_END], rows: &[(u32, u32)], class: Class) -> [Class; TABLE_END] {
    let mut i = 0;
    while i < rows.len() {
        let mut c = rows[i].0;
        while c <= rows[i].1 {
            table[c as usize] = class;
            c += 1;
        }
        i += 1;
    }
    table
}

/// The letter that an Arabic character of the alphabet stands for; for tables written in Arabic.
pub(crate) const fn letter(c: char) -> Letter {
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

/// The letters among the characters of two bytes, by those bytes; 0 for the others.
static PAIRS: [Letter; 1 << 16] = {
    let mut pairs = [0; 1 << 16];
    let table = table();
    let mut c = 0x80;
    while c < TABLE_END {
        if let Class::Letter(letter) = table[c] {
            pairs[0xC080 | (c >> 6) << 8 | (c & 0x3F)] = letter;
        }
        c += 1;
    }
    pairs
};

/// Puts letters of two bytes each into `letters`, up to the first character that is anything else, and
/// says how many. Nearly all of an Arabic text passes through here.
#[inline]
pub(super) fn fold_run(text: &[u8], letters: &mut [Letter]) -> usize {
    let mut count = 0;
    for (pair, place) in text.as_chunks().0.iter().zip(letters) {
        let letter = PAIRS[usize::from(u16::from_be_bytes(*pair))];
        if letter == 0 {
            break;
        }
        *place = letter;
        count += 1;
    }
    count
}

/// What a character outside the table is to a word; its letters, if any, go to the end of `letters`.
///
/// The answer is [`Class::Letter`] of [`PUSHED`] where letters were added.
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
        // Two that are whole sentences in one character, and punctuation.
        'ﷺ' | 'ﷻ' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' => return Class::Separator,
        _ if c.is_whitespace() => return Class::Space,
        _ => {}
    }
    let before = letters.len();
    let mut last = Class::Separator;
    decompose_compatible(c, |part| match fold(part) {
        class @ (Class::Letter(_) | Class::Maqsura) => {
            letters.extend(class.letter());
            last = if class == Class::Maqsura { class } else { Class::Letter(PUSHED) };
        }
        Class::Rare if part.is_alphanumeric() => {
            part.to_lowercase().for_each(|c| push_foreign(c, letters));
            last = Class::Letter(PUSHED);
        }
        Class::Mark if letters.len() == before => last = Class::Mark,
        Class::Rare if letters.len() == before && is_combining_mark(part) => last = Class::Mark,
        _ => {}
    });
    last
}

fn push_foreign(c: char, letters: &mut Vec<Letter>) {
    let c = c as u32;
    letters.extend([c >> 14, c >> 7, c].map(|part| 0x80 | (part & 0x7F) as u8));
}

/// What a spelled letter folds to.
#[inline]
pub const fn plain(letter: Letter) -> Letter {
    match letter {
        ALEF_ABOVE | ALEF_BELOW | ALEF_MADDA => self::letter('ا'),
        WAW_HAMZA | YEH_HAMZA => self::letter('ء'),
        MAQSURA => YEH,
        other => other,
    }
}

/// The letters of one word as they are spelled: as many as it folds to, each hamza with its seat,
/// a last yeh without dots as [`MAQSURA`]. `spelled` is cleared first.
pub fn spell(word: &str, spelled: &mut Vec<Letter>) {
    spell_chars(word.chars(), spelled);
}

/// As [`spell`], of characters.
pub(crate) fn spell_chars(word: impl Iterator<Item = char>, spelled: &mut Vec<Letter>) {
    spelled.clear();
    for c in word {
        let last = spelled.last().copied().unwrap_or(PUSHED);
        let known = match c {
            'أ' | 'ٲ' | 'ٵ' => ALEF_ABOVE,
            'إ' | 'ٳ' => ALEF_BELOW,
            'آ' => ALEF_MADDA,
            'ؤ' => WAW_HAMZA,
            'ئ' => YEH_HAMZA,
            'ى' => MAQSURA,
            // A hamza or madda that is a mark of its own.
            HAMZA_ABOVE | '\u{653}' | '\u{655}' => {
                let seated = match (last, c) {
                    (ALEF, HAMZA_ABOVE) => ALEF_ABOVE,
                    (ALEF, '\u{653}') => ALEF_MADDA,
                    (ALEF, '\u{655}') => ALEF_BELOW,
                    (WAW, HAMZA_ABOVE) => WAW_HAMZA,
                    (YEH, HAMZA_ABOVE) => YEH_HAMZA,
                    _ => last,
                };
                if let Some(last) = spelled.last_mut() {
                    *last = seated;
                }
                continue;
            }
            _ => match fold(c) {
                Class::Letter(letter) => letter,
                Class::Rare => {
                    if fold_rare(c, spelled) == Class::Maqsura
                        && let Some(last) = spelled.last_mut()
                    {
                        *last = MAQSURA;
                    }
                    continue;
                }
                _ => continue,
            },
        };
        spelled.push(known);
    }
    if let Some((_, before)) = spelled.split_last_mut() {
        before.iter_mut().filter(|letter| **letter == MAQSURA).for_each(|letter| *letter = YEH);
    }
}

/// Letters written out again, spelled or folded; what a fold took away does not come back.
pub fn written(letters: &[Letter]) -> String {
    let mut text = String::new();
    write(letters, &mut text);
    text
}

/// As [`written`], at the end of a text.
pub fn write(letters: &[Letter], text: &mut String) {
    let mut rest = letters;
    while let [letter, after @ ..] = rest {
        rest = after;
        let c = match *letter {
            ALEF_ABOVE => Some('أ'),
            ALEF_BELOW => Some('إ'),
            ALEF_MADDA => Some('آ'),
            WAW_HAMZA => Some('ؤ'),
            YEH_HAMZA => Some('ئ'),
            MAQSURA => Some('ى'),
            digit @ FIRST_DIGIT..FIRST_LATIN => Some(char::from(b'0' + digit - FIRST_DIGIT)),
            latin @ FIRST_LATIN..ALEF_ABOVE => Some(char::from(b'a' + latin - FIRST_LATIN)),
            first @ 128.. => match *after {
                [second, third, ..] => {
                    rest = &after[2..];
                    let bits = [first, second, third].map(|part| u32::from(part & 0x7F));
                    char::from_u32(bits[0] << 14 | bits[1] << 7 | bits[2])
                }
                _ => None,
            },
            arabic => usize::from(arabic).checked_sub(1).and_then(|at| ALPHABET.get(at).copied()),
        };
        text.extend(c);
    }
}

/// The value of a folded letter that is a digit.
pub(crate) fn digit(letter: Letter) -> Option<u32> {
    (FIRST_DIGIT..FIRST_LATIN).contains(&letter).then(|| u32::from(letter - FIRST_DIGIT))
}

/// Whether a text holds anything that a word could be made of.
pub fn has_letters(text: &str) -> bool {
    text.chars().any(|c| {
        let class = match fold(c) {
            Class::Rare => fold_rare(c, &mut Vec::new()),
            class => class,
        };
        class.letter().is_some()
    })
}

/// Whether a character leaves no trace on paper; such characters hide in what people paste.
pub fn is_invisible(c: char) -> bool {
    match fold(c) {
        Class::Rare => fold_rare(c, &mut Vec::new()) == Class::Invisible,
        class => class == Class::Invisible,
    }
}
