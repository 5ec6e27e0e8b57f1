//! Tolerant XML: text in, borrowed tokens out, until the text ends.
//!
//! quick-xml reads the markup, with every check off; this file decides what is markup at all, so that
//! a bare `<` or `&` is text, and what an unclosed construct means, so that nothing after it is lost.
//! Comments, instructions and declarations are left out: no entity of a document's own is ever known.
//! Every byte is looked at a bounded number of times, whatever the document does.

use std::io::BufRead;

use memchr::{memchr, memchr2};
use quick_xml::Reader;
use quick_xml::events::Event;

mod tag;

pub(super) use tag::{Tag, split, value};

/// What a document is made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    /// Characters, references unresolved.
    Text(&'a str),
    /// Characters in which nothing is special.
    Section(&'a str),
    /// A start tag, or an empty-element tag.
    Open(Tag<'a>),
    /// An end tag.
    Close(Tag<'a>),
}

/// The tokens of a document, in order.
pub(super) struct Tokens<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where in the source the reader began.
    base: usize,
    /// A token that was read and given back.
    given_back: Option<Token<'a>>,
    /// How often a construct of each kind was found never to end.
    unclosed: [u8; 4],
}

/// What a `<` begins, as far as looking for its end goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Construct {
    Tag,
    Section,
    Comment,
    Declaration,
}

impl Construct {
    /// How often the end of such a construct may be looked for in vain. For all but tags, whose end
    /// depends on quotes, one search in vain shows that no other will succeed.
    const fn patience(self) -> u8 {
        match self {
            Construct::Tag => 8,
            _ => 1,
        }
    }
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str) -> Tokens<'a> {
        Tokens { source, reader: reader(source), base: 0, given_back: None, unclosed: [0; 4] }
    }

    /// Makes `token` the next one again.
    pub(super) fn give_back(&mut self, token: Token<'a>) {
        self.given_back = Some(token);
    }

    /// The next token; `None` at the end of the document.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        if let Some(token) = self.given_back.take() {
            return Some(token);
        }
        loop {
            let from = self.position();
            let rest = self.source.get(from..)?;
            let characters = until_markup(rest);
            if characters > 0 {
                self.reader.stream().consume(characters);
                return Some(Token::Text(&rest[..characters]));
            }
            if rest.is_empty() {
                return None;
            }
            if let Some(length) = plain_tag(rest) {
                self.reader.stream().consume(length);
                let tag = Tag::new(&rest[..length]);
                return Some(if rest.starts_with("</") { Token::Close(tag) } else { Token::Open(tag) });
            }
            if let Some(token) = self.markup(from) {
                return Some(token);
            }
        }
    }

    fn position(&self) -> usize {
        self.base + self.reader.buffer_position() as usize
    }

    /// Reads the markup at `from`; `None` where it is nothing to tell of.
    fn markup(&mut self, from: usize) -> Option<Token<'a>> {
        let construct = construct(&self.source[from..]);
        if self.unclosed[construct as usize] >= construct.patience() {
            return self.mend(from, construct);
        }
        let event = self.reader.read_event();
        let markup = self.source.get(from..self.position()).unwrap_or_default();
        match event {
            Ok(Event::Start(_) | Event::Empty(_)) => Some(Token::Open(Tag::new(markup))),
            Ok(Event::End(_)) => Some(Token::Close(Tag::new(markup))),
            Ok(Event::CData(_)) => {
                Some(Token::Section(&markup["<![CDATA[".len()..markup.len() - "]]>".len()]))
            }
            Ok(_) => None,
            Err(_) => {
                let count = &mut self.unclosed[construct as usize];
                *count = count.saturating_add(1);
                self.mend(from, construct)
            }
        }
    }

    /// What never ends is taken for as little as it can be.
    fn mend(&mut self, from: usize, construct: Construct) -> Option<Token<'a>> {
        let rest = &self.source[from..];
        let length = match construct {
            Construct::Section => "<![CDATA[".len(),
            Construct::Comment => "<!--".len(),
            Construct::Tag | Construct::Declaration => {
                memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1)
            }
        };
        self.base = from + length;
        self.reader = reader(&self.source[self.base..]);
        let markup = &rest[..length];
        match construct {
            Construct::Tag if markup.starts_with("</") => Some(Token::Close(Tag::new(markup))),
            Construct::Tag => Some(Token::Open(Tag::new(markup))),
            _ => None,
        }
    }
}

fn reader(source: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

fn construct(rest: &str) -> Construct {
    let bytes = rest.as_bytes();
    match bytes.get(1) {
        Some(b'!') if bytes.starts_with(b"<![CDATA[") => Construct::Section,
        Some(b'!') if bytes.starts_with(b"<!--") => Construct::Comment,
        Some(b'!' | b'?') => Construct::Declaration,
        _ => Construct::Tag,
    }
}

/// The length of the tag that `rest` begins with, where nothing in it needs a second look: most tags
/// have no attributes, and so no quotes.
fn plain_tag(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let slash = usize::from(bytes.get(1) == Some(&b'/'));
    if !begins_name(*bytes.get(1 + slash)?) {
        return None;
    }
    let end = bytes
        .iter()
        .position(|byte| matches!(byte, b'>' | b'"' | b'\''))
        .filter(|end| bytes[*end] == b'>')?;
    Some(end + 1)
}

/// How many bytes of characters stand before the next markup.
fn until_markup(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        if is_markup(&bytes[at..]) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Whether the `<` that `bytes` begin with is markup rather than a character.
fn is_markup(bytes: &[u8]) -> bool {
    match (bytes.get(1), bytes.get(2)) {
        (Some(b'!'), Some(b'-' | b'[' | b'a'..=b'z' | b'A'..=b'Z')) => true,
        (Some(b'?'), Some(next)) => next.is_ascii_alphabetic(),
        (Some(b'/'), Some(next)) | (Some(next), _) => begins_name(*next) && ends(bytes),
        (None, _) => false,
    }
}

/// Names of feeds are ASCII; `<عاجل>` in a headline is no tag.
fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Whether a tag ends before the next one begins; within quotes a `<` may stand.
fn ends(bytes: &[u8]) -> bool {
    match memchr2(b'<', b'>', &bytes[1..]) {
        Some(at) if bytes[at + 1] == b'>' => true,
        Some(at) => memchr2(b'"', b'\'', &bytes[1..=at]).is_some(),
        None => false,
    }
}
