//! Where markup begins and ends, in time linear in the document however broken it is.

use memchr::{memchr, memchr2, memchr3};

use super::element::{Element, Hidden};

/// What a `<` turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Markup<'a> {
    /// A character like any other.
    Text,
    /// A comment, declaration or instruction.
    Hidden { end: usize },
    /// A tag; `end` is one past its `>`.
    Tag { name: &'a str, closing: bool, end: usize },
}

/// Remembers which searches were in vain, so that none of them is made twice.
#[derive(Debug, Default)]
pub(super) struct Tags {
    no_comment_end: bool,
    /// Within a CDATA section, whose `]]>` is no text.
    pub(super) in_section: bool,
    not_closed: [bool; 3],
    stray_quotes: u8,
}

/// After so many tags whose quotes never close, quotes no longer count: each one costs a search
/// to the end of the document.
const STRAY_QUOTES: u8 = 8;

/// Whether `html` holds nothing that could be a tag.
pub(super) fn none_in(html: &str) -> bool {
    let bytes = html.as_bytes();
    memchr::memchr_iter(b'<', bytes)
        .all(|at| !matches!(bytes.get(at + 1), Some(b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!' | b'?')))
}

impl Tags {
    /// Reads the markup whose `<` stands at `open`.
    pub(super) fn read<'a>(&mut self, html: &'a str, open: usize) -> Markup<'a> {
        let bytes = html.as_bytes();
        match bytes.get(open + 1) {
            Some(b'!' | b'?') => self.hidden(html, open),
            Some(b'/') if bytes.get(open + 2).is_some_and(u8::is_ascii_alphabetic) => {
                self.tag(html, open, open + 2, true)
            }
            Some(byte) if byte.is_ascii_alphabetic() => self.tag(html, open, open + 1, false),
            _ => Markup::Text,
        }
    }

    fn hidden<'a>(&mut self, html: &'a str, open: usize) -> Markup<'a> {
        let rest = &html[open..];
        if rest.starts_with("<!--") {
            let end = find(rest, 4, "-->", &mut self.no_comment_end);
            // A comment that never ends hides only its own opening.
            return Markup::Hidden { end: open + end.unwrap_or(4) };
        }
        if rest.starts_with("<![CDATA[") {
            self.in_section = true;
            return Markup::Hidden { end: open + 9 };
        }
        match rest.as_bytes().get(2) {
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'[' => {
                match memchr2(b'>', b'<', &rest.as_bytes()[1..]) {
                    Some(at) if rest.as_bytes()[at + 1] == b'>' => Markup::Hidden { end: open + at + 2 },
                    _ => Markup::Text,
                }
            }
            _ => Markup::Text,
        }
    }

    fn tag<'a>(&mut self, html: &'a str, open: usize, name: usize, closing: bool) -> Markup<'a> {
        let bytes = html.as_bytes();
        let length = bytes[name..]
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<' | b'"' | b'\''))
            .unwrap_or(bytes.len() - name);
        match self.end(bytes, open) {
            Some(end) => Markup::Tag { name: &html[name..name + length], closing, end },
            None if cut(&html[name..], length) => {
                Markup::Tag { name: &html[name..name + length], closing, end: bytes.len() }
            }
            None => Markup::Text,
        }
    }

    /// One past the `>` of the tag at `open`; `None` where another `<` comes first.
    fn end(&mut self, bytes: &[u8], open: usize) -> Option<usize> {
        let stop = open + 1 + memchr2(b'<', b'>', &bytes[open + 1..])?;
        let quoted = memchr2(b'"', b'\'', &bytes[open..stop]).is_some();
        if quoted && self.stray_quotes < STRAY_QUOTES {
            match outside_quotes(bytes, open) {
                Some(end) => return Some(end + 1),
                None => self.stray_quotes += 1,
            }
        }
        (bytes[stop] == b'>').then_some(stop + 1)
    }

    /// One past the end tag of an element that is never shown and whose start tag ends at `from`.
    pub(super) fn past(&mut self, html: &str, hidden: Hidden, from: usize) -> usize {
        let (bytes, name) = (html.as_bytes(), hidden.name());
        let vain = &mut self.not_closed[hidden as usize];
        let mut at = from;
        while !*vain {
            let Some(found) = memchr(b'<', &bytes[at..]) else {
                *vain = true;
                break;
            };
            at += found + 1;
            let is_end = bytes.get(at) == Some(&b'/')
                && bytes
                    .get(at + 1..at + 1 + name.len())
                    .is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
            if is_end {
                return memchr(b'>', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
            }
        }
        from // never closed: showing too much is better than losing the rest
    }
}

/// One past the next `needle` from `from` on.
fn find(text: &str, from: usize, needle: &str, vain: &mut bool) -> Option<usize> {
    if *vain {
        return None;
    }
    let found = text[from..].find(needle).map(|at| from + at + needle.len());
    *vain = found.is_none();
    found
}

/// The first `>` of the tag at `open` that stands outside of quoted attribute values.
fn outside_quotes(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open;
    loop {
        at += memchr3(b'>', b'"', b'\'', &bytes[at..])?;
        let quote = bytes[at];
        if quote == b'>' {
            return Some(at);
        }
        let before = bytes[open..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
        at += 1;
        if before == Some(&b'=') {
            at += memchr(quote, &bytes[at..])? + 1;
        }
    }
}

/// Whether this is a tag that the end of the text cuts, as excerpts do.
fn cut(from_name: &str, length: usize) -> bool {
    let (name, rest) = from_name.split_at(length);
    memchr2(b'<', b'>', rest.as_bytes()).is_none()
        && (rest.is_empty() || rest.contains('='))
        && Element::named(name).is_some()
}
