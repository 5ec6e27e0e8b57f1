//! A date as words, numbers and marks, in one spelling.

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// Digits, and how many.
    Number { value: u64, digits: u8 },
    /// Letters; zones keep their `/` and `_`.
    Word(&'t str),
    /// Anything else but blanks.
    Mark(char),
}

/// One spelling: Western digits, lower case, Arabic letters without hamza seats and marks, no
/// invisible characters.
pub(super) fn normal(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().filter_map(normal_char).collect()
}

fn normal_char(c: char) -> Option<char> {
    Some(match c {
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ئ' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        '،' => ',',
        '٫' => '.',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        // Tatweel, vowel marks, bidi controls and other invisible characters.
        '\u{640}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{61C}'
        | '\u{AD}'
        | '\u{FEFF}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' => return None,
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
    })
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or('0')
}

/// Cuts a normal text.
pub(super) fn tokens(normal: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(20);
    let mut rest = normal;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\t'..='\r' => 1,
            '0'..='9' => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                let value = rest[..digits].parse().unwrap_or(u64::MAX);
                tokens.push(Token::Number { value, digits: u8::try_from(digits).unwrap_or(u8::MAX) });
                digits
            }
            c if c.is_alphabetic() => {
                let length = word_length(rest);
                tokens.push(Token::Word(&rest[..length]));
                length
            }
            mark => {
                tokens.push(Token::Mark(mark));
                mark.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// Letters, with `/` and `_` between Latin letters, as in `asia/baghdad`.
fn word_length(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let joins =
            matches!(c, '/' | '_') && characters.peek().is_some_and(|(_, next)| next.is_ascii_alphabetic());
        if !c.is_alphabetic() && !joins {
            return at;
        }
    }
    text.len()
}
