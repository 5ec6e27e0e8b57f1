//! Where secrets stand in a config, told from the text alone, since a file that cannot be parsed is shown too.
//!
//! It would rather hide too much than too little.

use std::ops::Range;

/// Keys whose value is a secret, wherever they stand; compared without case, `-` as `_`.
const SECRET_KEYS: [&str; 13] = [
    "header",
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
    /// A secret that was cut in two by a line break.
    Next,
}

impl State {
    fn read(self, line: &str, offset: usize, secrets: &mut Vec<Range<usize>>) -> State {
        let mut hide = |part: Range<usize>| {
            if !part.is_empty() {
                secrets.push(offset + part.start..offset + part.end);
            }
        };
        if let State::Until(end) = self
            && !line.trim_start().starts_with("[[")
        {
            hide(0..line.len());
            return if line.contains(end) { State::Open } else { self };
        }
        if self == State::Next && !line.contains('=') {
            hide(0..line.len());
            return State::Open;
        }
        let value = match self {
            State::Headers => line.find('=').map(|at| at + 1),
            _ => secret_value(line),
        };
        let open = &line[..value.unwrap_or(line.len())];
        user_information(open).into_iter().for_each(&mut hide);
        if let Some(from) = value {
            let value = line[from..].trim_start();
            hide(line.len() - value.len()..line.len());
            return opened(value).unwrap_or(self.without_end());
        }
        if let Some((_, value)) = url_value(line)
            && let Some(State::Next) = opened(value)
        {
            return State::Next;
        }
        // What looks like a header counts as one, even if it is broken.
        let looks = line.trim_start().starts_with('[') || line.to_ascii_lowercase().contains("header");
        match looks && !line.contains('=') {
            true if line.to_ascii_lowercase().contains("header") => State::Headers,
            true => State::Open,
            false => self.without_end(),
        }
    }

    /// The same, but for a secret that is over.
    fn without_end(self) -> State {
        if self == State::Headers { self } else { State::Open }
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
        let secret = SECRET_KEYS.iter().any(|key| word.contains(key)) && !word.ends_with("_file");
        secret.then_some(from)
    })
}

/// What a value that its line does not end says of the next ones.
fn opened(value: &str) -> Option<State> {
    let odd = |quotes: &str| value.matches(quotes).count() % 2 == 1;
    if odd("\"\"\"") {
        return Some(State::Until("\"\"\""));
    }
    if odd("'''") {
        return Some(State::Until("'''"));
    }
    match value.chars().next() {
        Some('{') if !value.contains('}') => Some(State::Until("}")),
        Some('[') if !value.contains(']') => Some(State::Until("]")),
        Some(quote @ ('"' | '\'')) if value.matches(quote).count() == 1 => Some(State::Next),
        // Nothing stands where the secret should: it may be the next line.
        None => Some(State::Until("")),
        _ => None,
    }
}

/// What stands before the last `@` of each address: a password may hold anything, a quote or a slash too.
fn user_information(line: &str) -> Vec<Range<usize>> {
    if let Some(broken) = without_slashes(line) {
        return vec![broken];
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = line[at..].find("://").map(|scheme| at + scheme + 3) {
        found.extend(without_scheme(line, at..start));
        let quote = line[..start].rfind(['"', '\'']).and_then(|quote| line[quote..].chars().next());
        let end =
            start + quote.and_then(|quote| closing(&line[start..], quote)).unwrap_or(line.len() - start);
        match line[start..end].rfind('@') {
            Some(sign) if sign > 0 => found.push(start..start + sign),
            Some(_) => {}
            None => found.extend(without_sign(&line[start..end]).map(|end| start..start + end)),
        }
        at = end;
    }
    found.extend(without_scheme(line, at..line.len()));
    found
}

/// What stands before the last `@` of a key that holds a URL, where no `://` announces it.
fn without_slashes(line: &str) -> Option<Range<usize>> {
    let (start, value) = url_value(line).filter(|_| !line.contains("://"))?;
    let start = start + (value.len() - value.trim_start_matches(['"', '\'']).len());
    line.rfind('@').filter(|sign| *sign > start).map(|sign| start..sign)
}

/// The value of a key that holds a URL, and where it begins.
fn url_value(line: &str) -> Option<(usize, &str)> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim_end().to_ascii_lowercase(), value.trim_start());
    (key.ends_with("url") || key.ends_with("proxy")).then_some((line.len() - value.len(), value))
}

/// `user:password@` where no `://` announces it, in the words of a part of the line.
fn without_scheme(line: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = part.start;
    for word in line[part].split_inclusive([' ', '\t', ',', '"', '\'']) {
        if let (Some(colon), Some(sign)) = (word.find(':'), word.rfind('@'))
            && colon + 1 < sign
        {
            found.push(at..at + sign);
        }
        at += word.len();
    }
    found
}

/// Where `user:password` ends, if its `@` was forgotten: what follows the colon is no port.
fn without_sign(address: &str) -> Option<usize> {
    let host = &address[..address.find(['/', '?', '#']).unwrap_or(address.len())];
    let (_, port) = host.split_once(':').filter(|_| !host.starts_with('['))?;
    (!port.bytes().all(|b| b.is_ascii_digit())).then_some(host.len())
}

/// Where a string ends: at its quote, if what follows it could follow a string.
fn closing(text: &str, quote: char) -> Option<usize> {
    text.match_indices(quote).map(|(at, _)| at).find(|at| {
        let next = text[at + 1..].chars().next();
        next.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '#'))
    })
}
