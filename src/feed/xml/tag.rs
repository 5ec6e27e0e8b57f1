//! Tags: name and attributes as they are written, in whatever quotes or none.

use std::borrow::Cow;

use crate::text::html;

/// Attributes past this number are not looked at.
const MOST_ATTRIBUTES: usize = 64;

/// A start or end tag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    /// All of it, with its angle brackets.
    pub(crate) markup: &'a str,
    /// With its prefix.
    pub(crate) name: &'a str,
    /// Whether it ends itself.
    pub(crate) empty: bool,
}

impl<'a> Tag<'a> {
    pub(super) fn new(markup: &'a str) -> Tag<'a> {
        let inner = markup.strip_prefix("</").or(markup.strip_prefix('<')).unwrap_or(markup);
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        Tag { markup, name: &inner[..name_length(inner)], empty: inner.ends_with('/') }
    }

    /// The start tag that `text` begins with.
    pub(crate) fn first(text: &'a str) -> Option<Tag<'a>> {
        let end = text.starts_with('<').then(|| text.find('>')).flatten()?;
        Some(Tag::new(&text[..=end]))
    }

    /// The name without its prefix.
    pub(crate) fn local(&self) -> &'a str {
        split(self.name).1
    }

    /// Name and raw value of each attribute of a start tag; a value is empty where there is none.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let inner = &self.markup[1 + self.name.len()..];
        Attributes { rest: inner.strip_suffix('>').unwrap_or(inner) }.take(MOST_ATTRIBUTES)
    }
}

/// The value of an attribute: references resolved, no blanks around.
pub(crate) fn value(raw: &str) -> Cow<'_, str> {
    html::unescape(raw.trim())
}

/// Prefix and local name.
pub(crate) fn split(name: &str) -> (&str, &str) {
    match name.bytes().position(|byte| byte == b':') {
        Some(colon) => (&name[..colon], &name[colon + 1..]),
        None => ("", name),
    }
}

fn name_length(inner: &str) -> usize {
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'"' | b'\'' | b'=');
    inner.bytes().position(ends).unwrap_or(inner.len())
}

struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let between = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\'' | '=');
        let rest = self.rest.trim_start_matches(between);
        if rest.is_empty() {
            return None;
        }
        let (name, rest) = rest.split_at(name_length(rest).max(1).min(rest.len()));
        let Some(after) = rest.trim_ascii_start().strip_prefix('=') else {
            self.rest = rest;
            return Some((name, ""));
        };
        let after = after.trim_ascii_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            None => after.split_at(after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len())),
        };
        self.rest = rest;
        Some((name, value))
    }
}
