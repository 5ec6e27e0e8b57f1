//! The value of one element: everything up to its end, told or implied.

use std::borrow::Cow;

use super::Walk;
use crate::feed::names::{Field, Meaning};
use crate::feed::xml::{Tag, Token};
use crate::text::html;

/// How an element's characters and markup become its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Plain text: markup within is dropped, its text is kept.
    Plain,
    /// Escaped HTML, as in RSS; markup that is not escaped is kept as it is.
    Html,
    /// HTML that is not escaped, as in Atom's `xhtml`.
    Inline,
}

/// The pieces of a value, borrowed while there is only one.
#[derive(Debug, Default)]
struct Pieces<'a>(Cow<'a, str>);

impl<'a> Pieces<'a> {
    fn push(&mut self, piece: Cow<'a, str>) {
        if self.0.trim_ascii().is_empty() {
            self.0 = piece; // blanks before a value say nothing
        } else if !piece.is_empty() {
            self.0.to_mut().push_str(&piece);
        }
    }
}

impl<'a> Walk<'a, '_> {
    /// Reads the value of the element that `tag` opened, and its end. Where the document breaks off
    /// within, the value is what there is. Plain text that turns out to hold markup of its own is read
    /// as HTML, where `field` may be; the answer says how it was read.
    pub(super) fn value(&mut self, tag: &Tag<'a>, field: Field, reading: Reading) -> (Cow<'a, str>, Reading) {
        let mut reading = reading;
        let mut pieces = Pieces::default();
        if tag.empty {
            return (pieces.0, reading);
        }
        let local = tag.local();
        let mut nesting = Nesting::default();
        while let Some(token) = self.tokens.next() {
            let lost = match token {
                Token::Open(next) => self.is_next(&next, field, &nesting),
                Token::Close(end) => {
                    !end.local().eq_ignore_ascii_case(local) && self.ends_more(end.local(), &nesting)
                }
                Token::Text(_) | Token::Section(_) => false,
            };
            if lost {
                self.notes.add(format!("<{}> without its end tag", local.to_ascii_lowercase()));
                self.tokens.give_back(token);
                break;
            }
            match token {
                Token::Text(raw) if reading == Reading::Inline => pieces.push(Cow::Borrowed(raw)),
                Token::Text(raw) if reading == Reading::Html && nesting.depth > 0 => {
                    pieces.push(Cow::Borrowed(raw));
                }
                Token::Text(raw) => pieces.push(html::unescape(raw)),
                Token::Section(text) if reading == Reading::Inline => pieces.push(html::escape(text)),
                Token::Section(text) => pieces.push(Cow::Borrowed(text)),
                Token::Open(inner) => {
                    if reading == Reading::Plain && field.is_rich() {
                        reading = Reading::Html;
                        pieces.0 = Cow::Owned(html::escape(&pieces.0).into_owned());
                    }
                    nesting.open(&inner, local);
                    if reading != Reading::Plain {
                        pieces.push(Cow::Borrowed(inner.markup));
                    }
                }
                Token::Close(end) if nesting.is_end(&end, local) => break,
                Token::Close(end) => {
                    if reading != Reading::Plain && nesting.depth > 0 {
                        pieces.push(Cow::Borrowed(end.markup));
                    }
                    nesting.depth = nesting.depth.saturating_sub(1);
                }
            }
        }
        (pieces.0, reading)
    }

    /// Whether `tag` is not part of the value but what follows it, the end tag being lost.
    fn is_next(&self, tag: &Tag<'a>, field: Field, nesting: &Nesting) -> bool {
        match self.meaning(tag.name) {
            Meaning::Field(next, _) if nesting.depth == 0 && next != field => {
                field == Field::Title || !field.is_rich() || !is_html_too(tag.name)
            }
            Meaning::Item | Meaning::Channel => true,
            _ => false,
        }
    }

    /// Whether an end tag ends an element around the value. Deep in markup of the value's own only
    /// an end of the entry, or of more, is believed.
    fn ends_more(&self, local: &str, nesting: &Nesting) -> bool {
        let ends = |meaning| matches!(meaning, Meaning::Item | Meaning::Channel | Meaning::Root);
        self.innermost(local).is_some_and(|at| nesting.depth == 0 || ends(self.stack[at].meaning))
    }
}

/// Names that are a feed's and HTML's both.
fn is_html_too(name: &str) -> bool {
    ["title", "link", "summary", "body", "xhtml:body", "xhtml:div"]
        .iter()
        .any(|html| name.eq_ignore_ascii_case(html))
}

/// How deep in a value's own markup the walk is.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    /// Open elements of the same name as the one whose value is read.
    alike: usize,
}

impl Nesting {
    fn open(&mut self, tag: &Tag<'_>, local: &str) {
        if tag.empty || is_void(tag.local()) {
            return;
        }
        self.depth += 1;
        self.alike += usize::from(tag.local().eq_ignore_ascii_case(local));
    }

    /// Whether `end` is the end of the value itself.
    fn is_end(&mut self, end: &Tag<'_>, local: &str) -> bool {
        if !end.local().eq_ignore_ascii_case(local) {
            return false;
        }
        let ends = self.alike == 0;
        self.alike = self.alike.saturating_sub(1);
        ends
    }
}

/// HTML elements that have no end tag.
fn is_void(name: &str) -> bool {
    ["br", "img", "hr", "input", "meta", "wbr", "col", "embed", "source", "area", "base", "param", "track"]
        .iter()
        .any(|void| name.eq_ignore_ascii_case(void))
}
