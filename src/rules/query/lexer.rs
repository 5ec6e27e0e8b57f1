//! Tokens of a query: text in, tokens with their bytes out; what cannot be a token is a problem.
//!
//! Invisible characters that come with pasted text count as space at the edges of a token. Quotes
//! may be straight, curly or guillemets, and everything between two of them is text.

use std::ops::Range;

use super::Problems;
use crate::rules::Field;
use crate::rules::condition::Link;
use crate::rules::term::{Kind, Term, shown};
use crate::text::fold::{self, Class};

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Term(Term),
    /// A term that was found wrong, so that nothing more is said about it.
    Broken,
    And,
    Or,
    Not,
    Near(Link),
    AtLeast(u32),
    Sentence,
    Paragraph,
    Field(Field),
    Open,
    Close,
}

/// The largest count that NEAR, ONEAR and ATLEAST take.
const LARGEST: u32 = 1_000_000;

/// Cuts a query into tokens.
pub(super) fn tokens(query: &str, problems: &mut Problems) -> Vec<(Token, Range<usize>)> {
    let mut lexer = Lexer { query, at: 0, tokens: Vec::new(), problems };
    while lexer.token() {}
    lexer.tokens
}

struct Lexer<'a> {
    query: &'a str,
    at: usize,
    tokens: Vec<(Token, Range<usize>)>,
    problems: &'a mut Problems,
}

impl Lexer<'_> {
    /// Reads one token; false at the end.
    fn token(&mut self) -> bool {
        let rest = &self.query[self.at..];
        let blank = rest.find(|c: char| !is_blank(c)).unwrap_or(rest.len());
        self.at += blank;
        let rest = &rest[blank..];
        let Some(first) = rest.chars().next() else { return false };
        match first {
            '(' => self.sign(Token::Open, 1),
            ')' => self.sign(Token::Close, 1),
            '!' => self.sign(Token::Not, 1),
            '&' => self.sign(Token::And, if rest.starts_with("&&") { 2 } else { 1 }),
            '|' => self.sign(Token::Or, if rest.starts_with("||") { 2 } else { 1 }),
            '=' | '~' | '@' if rest[1..].starts_with(|c| closing(c).is_some()) => self.phrase(Some(first)),
            _ if closing(first).is_some() => self.phrase(None),
            _ => self.bare(),
        }
        true
    }

    fn sign(&mut self, token: Token, length: usize) {
        self.tokens.push((token, self.at..self.at + length));
        self.at += length;
    }

    /// Everything up to the closing quote, with the sign that stands before the opening one.
    fn phrase(&mut self, sign: Option<char>) {
        let start = self.at;
        let quote = start + sign.map_or(0, char::len_utf8);
        let open = self.query[quote..].chars().next().unwrap_or('"');
        let inside = quote + open.len_utf8();
        let close = closing(open).unwrap_or(&['"']);
        let Some(length) = self.query[inside..].find(close) else {
            let hint = "close it with another quotation mark";
            self.problems.add(start..self.query.len(), "this phrase does not end".to_owned(), hint);
            self.tokens.push((Token::Broken, start..self.query.len()));
            self.at = self.query.len();
            return;
        };
        let content = &self.query[inside..inside + length];
        self.at = inside + length;
        self.at += self.query[self.at..].chars().next().map_or(0, char::len_utf8);
        let range = start..self.at;
        let written = format!("{}{content}", sign.map(String::from).unwrap_or_default());
        match sign {
            _ if content.trim_matches(is_blank).is_empty() => {
                self.broken(
                    range,
                    "this phrase is empty".to_owned(),
                    "write words between the quotation marks",
                );
            }
            Some('=') => self.term(Kind::Exact, &written, range),
            Some('@') => self.term(Kind::Entity, &written, range),
            Some(_) => self.term(Kind::Family, &written, range),
            None => self.term(Kind::Inflected, content, range),
        }
    }

    /// A word with its sign, a keyword, or a field.
    fn bare(&mut self) {
        let rest = &self.query[self.at..];
        if let Some(colon) = field_colon(rest) {
            return self.field(colon);
        }
        let length = rest.find(ends_word).unwrap_or(rest.len());
        let word = rest[..length].trim_end_matches(is_blank);
        let range = self.at..self.at + word.len();
        self.at += length;
        match word {
            "AND" => self.tokens.push((Token::And, range)),
            "OR" => self.tokens.push((Token::Or, range)),
            "NOT" => self.tokens.push((Token::Not, range)),
            "SENTENCE" => self.tokens.push((Token::Sentence, range)),
            "PARAGRAPH" => self.tokens.push((Token::Paragraph, range)),
            _ => match keyword(word) {
                Some((keyword, count)) => self.counted(keyword, count, range),
                None => self.word(word, range),
            },
        }
    }

    fn counted(&mut self, keyword: &str, count: &str, range: Range<usize>) {
        let least = u32::from(keyword == "ATLEAST");
        let Some(number) = number(count) else {
            let message = format!("{keyword} needs a number");
            let hint = match keyword {
                "NEAR" => "say how many words may stand between: NEAR/5",
                "ONEAR" => "say how many words may stand between: ONEAR/5",
                _ => "say how many at least: ATLEAST/2(…)",
            };
            self.problems.add(range.clone(), message, hint);
            return self.tokens.push((counted(keyword, 1), range));
        };
        if !(least..=LARGEST).contains(&number) {
            let message = format!("{keyword}/{number} is out of range");
            let hint = if least == 1 { "from 1 to 1000000" } else { "from 0 to 1000000" };
            self.problems.add(range.clone(), message, hint);
        }
        self.tokens.push((counted(keyword, number.clamp(least, LARGEST)), range));
    }

    fn field(&mut self, colon: usize) {
        let range = self.at..self.at + colon + 1;
        let name = self.query[self.at..self.at + colon].trim_matches(is_blank);
        let field = match name {
            "title" => Field::Title,
            "body" => Field::Body,
            _ => {
                let near = |field: &&str| strsim::damerau_levenshtein(field, &name.to_lowercase()) <= 2;
                let hint = match ["title", "body"].into_iter().find(near) {
                    Some("title") => "did you mean `title:`?",
                    Some(_) => "did you mean `body:`?",
                    None => "the fields are title and body; put a word that has a colon in quotation marks",
                };
                self.problems.add(range.clone(), format!("there is no field `{}`", shown(name)), hint);
                Field::Title
            }
        };
        self.at = range.end;
        self.tokens.push((Token::Field(field), range));
    }

    fn word(&mut self, word: &str, range: Range<usize>) {
        let inner = word.trim_end_matches('*');
        if word.starts_with('@') {
            self.term(Kind::Entity, word, range);
        } else if inner.contains('*') || word.len() - inner.len() > 1 {
            let message = format!("`*` can only end a word, once, not as in `{}`", shown(word));
            self.broken(range, message, "write the beginning of the word and one `*`");
        } else if inner.len() < word.len() && word.starts_with(['=', '~']) {
            let what = if word.starts_with('=') { "exact" } else { "a family" };
            let message = format!("`{}` cannot be both {what} and a prefix", shown(word));
            self.broken(range, message, "leave out its first sign or `*`");
        } else if inner.len() < word.len() {
            self.term(Kind::Prefix, word, range);
        } else if word.starts_with('=') {
            self.term(Kind::Exact, word, range);
        } else if word.starts_with('~') {
            self.term(Kind::Family, word, range);
        } else if let Some((name, _)) = word.split_once('/').filter(|(name, _)| is_keyword_in_small(name)) {
            let capitals = name.to_uppercase();
            let message = format!("`{}` is not an operator", shown(word));
            let hint = format!("operators are written in capitals: {capitals}/5; quote it to find the word");
            self.broken(range, message, &hint);
        } else if word.starts_with('-') && word.len() > 1 {
            let message = format!("`{}` begins with a hyphen, which means nothing here", shown(word));
            self.broken(range, message, "write NOT or `!` before a word that must not stand");
        } else {
            self.term(Kind::Inflected, word, range);
        }
    }

    fn term(&mut self, kind: Kind, written: &str, range: Range<usize>) {
        match Term::new(kind, written, written) {
            Ok(term) => self.tokens.push((Token::Term(term), range)),
            Err((message, hint)) => self.broken(range, message, hint),
        }
    }

    fn broken(&mut self, range: Range<usize>, message: String, hint: &str) {
        self.problems.add(range.clone(), message, hint);
        self.tokens.push((Token::Broken, range));
    }
}

/// The quotation marks that may close what this one opens.
fn closing(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '“' | '”' | '„' => Some(&['”', '“', '"']),
        '«' | '»' => Some(&['»', '«']),
        _ => None,
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || fold::is_invisible(c)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '&' | '|' | '!') || closing(c).is_some()
}

/// Where the colon of `field:` is, where a field begins here; `10:30` has none.
fn field_colon(rest: &str) -> Option<usize> {
    let colon = rest.find(|c: char| c == ':' || ends_word(c)).filter(|&at| rest[at..].starts_with(':'))?;
    let name = rest[..colon].trim_matches(is_blank);
    (!name.is_empty() && name.chars().all(char::is_alphabetic)).then_some(colon)
}

/// A keyword that takes a count, in capitals or with a slash, and what follows the slash.
fn keyword(word: &str) -> Option<(&'static str, &str)> {
    let (name, count) = word.split_once('/').unwrap_or((word, ""));
    ["NEAR", "ONEAR", "ATLEAST"].into_iter().find(|keyword| *keyword == name).map(|keyword| (keyword, count))
}

fn is_keyword_in_small(name: &str) -> bool {
    ["NEAR", "ONEAR", "ATLEAST"].iter().any(|keyword| keyword.eq_ignore_ascii_case(name))
}

fn counted(keyword: &str, count: u32) -> Token {
    match keyword {
        "NEAR" => Token::Near(Link { words: count, ordered: false }),
        "ONEAR" => Token::Near(Link { words: count, ordered: true }),
        _ => Token::AtLeast(count),
    }
}

/// A number in Western, Arabic or Persian digits; beyond what fits, the largest.
fn number(digits: &str) -> Option<u32> {
    let mut value = None;
    for c in digits.chars().filter(|&c| !fold::is_invisible(c)) {
        let digit = match fold::fold(c) {
            Class::Letter(letter) => fold::digit(letter)?,
            _ => return None,
        };
        value = Some(value.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
    }
    value
}
