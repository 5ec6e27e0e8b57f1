//! Where secrets stand in a config, told from the text alone, since a file that cannot be parsed is shown too.
//!
//! It would rather hide too much than too little.

use std::ops::Range;

/// Keys whose value is a secret, wherever they stand; compared without case, `-` as `_`.
const SECRET_KEYS: [&str; 13] = [
    "headers",
    "password",
    "passwd",
    "pwd",
    "pass",
    "passphrase",
    "secret",
    "token",
    "auth",
    "authorization",
    "credentials",
    "api_key",
    "cookie",
];

/// The bytes that must not be shown, ascending, without overlaps.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut state = State::Open;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        state = state.read(&text[at..end], at, &mut secrets);
        at += line.len();
    }
    secrets
}

/// What an earlier line says about this one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing.
    Open,
    /// A section in which every value is a header's.
    Headers,
    /// A secret that goes on until this stands in a line.
    Until(&'static str),
}

impl State {
    fn read(self, line: &str, offset: usize, secrets: &mut Vec<Range<usize>>) -> State {
        let mut hide = |part: Range<usize>| {
            if !part.is_empty() {
                secrets.push(offset + part.start..offset + part.end);
            }
        };
        let header = line.trim_start().starts_with('[');
        if let State::Until(end) = self
            && !(header && line.trim_start().starts_with("[["))
        {
            hide(0..line.len());
            return if line.contains(end) { State::Open } else { self };
        }
        if header {
            let headers = line.to_ascii_lowercase().contains(".headers");
            return if headers { State::Headers } else { State::Open };
        }
        let value = match self {
            State::Headers => line.find('=').map(|at| at + 1),
            _ => secret_value(line),
        };
        match value {
            Some(from) => {
                let from = from + (line[from..].len() - line[from..].trim_start().len());
                user_information(&line[..from]).into_iter().for_each(&mut hide);
                hide(from..line.len());
                opened(&line[from..])
                    .map_or(if self == State::Headers { self } else { State::Open }, State::Until)
            }
            None => {
                user_information(line).into_iter().for_each(hide);
                self
            }
        }
    }
}

/// Where the value of a secret key begins, if the line has one.
fn secret_value(line: &str) -> Option<usize> {
    let mut from = 0;
    line.split_inclusive('=').find_map(|part| {
        from += part.len();
        let key = part.strip_suffix('=')?.trim_end().trim_end_matches(['"', '\'']);
        let word = key.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
        let word = key[word.map_or(0, |at| at + key[at..].chars().next().map_or(1, char::len_utf8))..]
            .to_ascii_lowercase()
            .replace('-', "_");
        let secret = SECRET_KEYS.iter().any(|key| word.ends_with(key));
        secret.then_some(from)
    })
}

/// What ends a value that its line does not end.
fn opened(value: &str) -> Option<&'static str> {
    let odd = |quotes: &str| value.matches(quotes).count() % 2 == 1;
    if odd("\"\"\"") {
        return Some("\"\"\"");
    }
    if odd("'''") {
        return Some("'''");
    }
    match value.chars().next() {
        Some('{') if !value.contains('}') => Some("}"),
        Some('[') if !value.contains(']') => Some("]"),
        _ => None,
    }
}

/// What stands before the last `@` of each URL: a password may hold anything, a quote or a slash too.
fn user_information(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = address(line, at) {
        let quote = line[..start].rfind(['"', '\'']).and_then(|quote| line[quote..].chars().next());
        let end =
            start + quote.and_then(|quote| closing(&line[start..], quote)).unwrap_or(line.len() - start);
        if let Some(sign) = line[start..end].rfind('@').filter(|sign| *sign > 0) {
            found.push(start..start + sign);
        }
        at = end;
    }
    found
}

/// Where the next URL begins, behind its `://`; one without a scheme is known by its key.
fn address(line: &str, from: usize) -> Option<usize> {
    let schemed = line[from..].find("://").map(|at| from + at + 3);
    let keyed = || {
        let (key, value) = line[from..].split_once('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let key = key.trim_end().to_ascii_lowercase();
        (key.ends_with("url") || key.ends_with("proxy")).then_some(line.len() - value.len())
    };
    schemed.or_else(keyed)
}

/// Where a string ends: at its quote, if what follows it could follow a string.
fn closing(text: &str, quote: char) -> Option<usize> {
    text.match_indices(quote).map(|(at, _)| at).find(|at| {
        let next = text[at + 1..].chars().next();
        next.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '#'))
    })
}
