//! Broken TOML: every mistake named once, and a copy without the broken statements, so that what
//! stands beside them can be read all the same.

use std::ops::Range;

use toml::de::{DeTable, Error};

use super::shifted;
use crate::config::problem::{Found, Problems};

/// Bytes of a piece up to which it is parsed again after each mistake.
const SMALL: usize = 64 << 10;

/// Mistakes named in one piece.
const MISTAKES: usize = 50;

/// Whether a large piece is no TOML at all, told from its first part; its mistakes are added then.
///
/// A megabyte of something else would else be a million mistakes.
pub(super) fn is_hopeless(piece: &str, offset: usize, problems: &mut Problems) -> bool {
    if piece.len() <= SMALL {
        return false;
    }
    let head = &piece[..piece.floor_char_boundary(SMALL)];
    let head = &head[..head.rfind('\n').unwrap_or(head.len())];
    let (_, errors) = DeTable::parse_recoverable(head);
    let hopeless = errors.len() > MISTAKES;
    if hopeless {
        name_each(piece, offset, &errors, problems);
    }
    hopeless
}

/// Adds every mistake of `piece` and gives a copy of equal length in which they are blank.
pub(super) fn mend(piece: &str, offset: usize, errors: Vec<Error>, problems: &mut Problems) -> String {
    let mut copy = piece.to_owned();
    if piece.len() > SMALL {
        name_each(piece, offset, &errors, problems);
        errors.iter().take(MISTAKES).for_each(|error| blank(&mut copy, statement(piece, at(piece, error))));
        return copy;
    }
    let mut errors = errors;
    for _ in 0..MISTAKES {
        let Some(error) = errors.iter().min_by_key(|error| at(&copy, error)) else { break };
        let place = at(&copy, error);
        let broken = statement(&copy, place);
        let unclosed = unclosed_before(&copy, &broken, error);
        let (broken, found) = match unclosed {
            Some(previous) => (previous.clone(), not_closed(&copy, &previous, offset)),
            None => (broken.clone(), found(&copy, broken.start, error, offset)),
        };
        if copy[broken.clone()].trim().is_empty() {
            break; // blank already: what is left cannot be told apart
        }
        problems.push(found);
        blank(&mut copy, broken);
        errors = DeTable::parse_recoverable(&copy).1;
    }
    copy
}

/// One mistake a line; those that follow on the same line come of the first.
fn name_each(piece: &str, offset: usize, errors: &[Error], problems: &mut Problems) {
    let mut last = usize::MAX;
    let mut named = 0;
    for error in errors {
        let place = at(piece, error);
        let line = line_start(piece, place);
        if line != last && named < MISTAKES {
            named += 1;
            problems.push(found(piece, statement_start(piece, line), error, offset));
        }
        last = line;
    }
}

/// Where a mistake is: at the end of a piece, the end of what stands there.
fn at(piece: &str, error: &Error) -> usize {
    let place = error.span().map_or(0, |span| span.start).min(piece.len());
    if piece[piece.floor_char_boundary(place)..].trim().is_empty() {
        return piece.trim_end().len();
    }
    piece.floor_char_boundary(place)
}

fn found(piece: &str, start: usize, error: &Error, offset: usize) -> Found {
    let place = at(piece, error);
    let end = error.span().map_or(place, |span| span.end.max(place));
    let message = error.message();
    let place = shifted(&(place..end.min(piece.len())), offset);
    let quotes = piece[at(piece, error)..].starts_with(['“', '”', '«', '‘', '’', '„']);
    let hint = match message {
        m if m.starts_with("string values must be quoted") && quotes => {
            "write straight quotes, \" or ', around a text"
        }
        m if m.starts_with("string values must be quoted") => {
            "put texts and durations in quotes, such as \"10m\""
        }
        m if m.starts_with("key with no value") => "write it as `key = value`",
        m if m.starts_with("duplicate key") => "keep one of the two",
        m if m.starts_with("missing escaped value") => {
            "write \\\\ for a backslash, or put the text in single quotes"
        }
        m if m.starts_with("invalid basic string") => "close the text with \" on the same line",
        m if m.starts_with("invalid literal string") => "close the text with ' on the same line",
        m if m.starts_with("missing comma") => "put a comma between the values",
        _ => "",
    };
    let found = Found::at(key(piece, start), &place, format!("not valid TOML: {message}"));
    if hint.is_empty() { found } else { found.hint(hint) }
}

/// The statement before `broken`, where what is wrong is that its list never ends.
fn unclosed_before(text: &str, broken: &Range<usize>, error: &Error) -> Option<Range<usize>> {
    let place = at(text, error);
    let line = line_start(text, place);
    let begins_statement = text[line..place].trim().is_empty() && is_statement(&text[line..]);
    let in_list = error.message().contains("array") || error.message().contains("inline table");
    if !(begins_statement && in_list) || broken.start == 0 {
        return None;
    }
    let start = statement_start(text, line_start(text, broken.start - 1));
    Some(start..statement_end(text, start))
}

fn not_closed(text: &str, statement: &Range<usize>, offset: usize) -> Found {
    let mut end = statement.start;
    let mut line_start = statement.start;
    for line in text[statement.clone()].split_inclusive('\n') {
        let written = line.trim_end();
        if !(written.is_empty() || written.trim_start().starts_with('#')) {
            end = line_start + written.len();
        }
        line_start += line.len();
    }
    let message = "not valid TOML: the list or table before this is not closed";
    Found::at(key(text, statement.start), &shifted(&(end..end), offset), message).hint("close it with ] or }")
}

/// The dotted path of the key that a broken statement begins with, as far as it can be told: a word
/// that is no key may be a piece of a secret.
fn key(text: &str, start: usize) -> String {
    let line = text[start..].lines().next().unwrap_or_default();
    if line.trim_start().starts_with('[') {
        return String::new();
    }
    let bare = |name: &&str| {
        (1..=60).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    };
    let header = text[..start].lines().rev().find(|line| line.starts_with('['));
    let name =
        |line: &'_ str| line.trim_start_matches('[').split(']').next().unwrap_or_default().trim().to_owned();
    let section = header.map(name).filter(|name| bare(&name.as_str()));
    let key = line.split_once('=').map(|(key, _)| key.trim()).filter(bare);
    match (section, key) {
        (Some(section), Some(key)) => format!("{section}.{key}"),
        (Some(section), None) => section,
        (None, key) => key.unwrap_or_default().to_owned(),
    }
}

/// The lines of the statement that `place` is in, up to where the next one starts.
fn statement(text: &str, place: usize) -> Range<usize> {
    let line = line_start(text, place);
    if text[line..].trim_start_matches([' ', '\t']).starts_with('#') {
        return line..text[line..].find('\n').map_or(text.len(), |at| line + at);
    }
    let start = statement_start(text, line);
    start..statement_end(text, start)
}

fn line_start(text: &str, place: usize) -> usize {
    text[..place].rfind('\n').map_or(0, |at| at + 1)
}

fn statement_start(text: &str, mut line: usize) -> usize {
    while line > 0 && !is_statement(&text[line..]) {
        line = line_start(text, line - 1);
    }
    line
}

fn statement_end(text: &str, start: usize) -> usize {
    // Keys under a broken header belong to a section that nobody knows.
    let header = text[start..].trim_start().starts_with('[');
    let mut end = start;
    for line in text[start..].split_inclusive('\n') {
        if end > start && (line.trim_start().starts_with('[') || (!header && is_statement(line))) {
            break;
        }
        end += line.len();
    }
    end
}

/// Whether a line begins a statement: a header, `key =`, or a word that may be a key; in a list
/// that goes over lines, each begins with a quote, a digit or a bracket.
fn is_statement(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim_start();
    let key = line.trim_start_matches(|c: char| c.is_alphanumeric() || "_-.\"'".contains(c));
    let word = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let flag = line.starts_with("true") || line.starts_with("false");
    line.starts_with('[') || (word && !flag) || (key.len() < line.len() && key.trim_start().starts_with('='))
}

/// Spaces instead of the text, byte by byte, so that all places stay.
fn blank(text: &mut String, part: Range<usize>) {
    let blank: String = text[part.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(part, &blank);
}
