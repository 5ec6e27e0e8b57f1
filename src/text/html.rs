//! HTML to plain text: markup in, paragraphs, lines and words out.
//!
//! One linear scan without a tree and without recursion, so that no nesting, no unclosed tag and no
//! stray quote can make it slow or deep. A block element ends a paragraph (a blank line), `<br>` ends
//! a line, what is never shown (scripts, styles, templates, comments) is left out, references are
//! resolved and whitespace collapses as in a browser. Nothing here sanitises: the answer is text.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

mod blank;
mod element;
mod reference;
mod tag;

pub use reference::{unescape, windows_1252};

use element::Element;
use tag::{Markup, Tags};

/// The plain text of HTML. Paragraphs are divided by a blank line.
///
/// Text without any tag keeps its own line breaks; where it holds no reference either, the answer is
/// the input, trimmed.
pub fn text(html: &str) -> Cow<'_, str> {
    if memchr2(b'<', b'&', html.as_bytes()).is_none() {
        return lines(Cow::Borrowed(html.trim()));
    }
    if tag::none_in(html) {
        return lines(trimmed(unescape(html)));
    }
    Cow::Owned(Scan::new(html, Shape::Paragraphs).run())
}

/// The plain text of HTML on one line, for headlines.
///
/// Only elements that HTML knows count as markup here, since a headline may well speak of `a<b`.
pub fn line(html: &str) -> Cow<'_, str> {
    let html = html.trim();
    if memchr2(b'<', b'&', html.as_bytes()).is_none() {
        return one_line(html);
    }
    Cow::Owned(Scan::new(html, Shape::OneLine).run())
}

/// Plain text as HTML that [`text`] turns back into it.
pub fn escape(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(mut found) = memchr3(b'&', b'<', b'>', bytes) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut from = 0;
    loop {
        out.push_str(&text[from..found]);
        out.push_str(match bytes[found] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        from = found + 1;
        match memchr3(b'&', b'<', b'>', &bytes[from..]) {
            Some(next) => found = from + next,
            None => break,
        }
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// Plain text on one line: every run of whitespace becomes one space.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if blank::irregular(text.as_bytes(), 0) == text.len() {
        return Cow::Borrowed(text);
    }
    let mut scan = Scan::new(text, Shape::OneLine);
    scan.words(text);
    Cow::Owned(scan.out)
}

/// What is kept of the breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Paragraphs,
    OneLine,
}

/// What divides the word before from the word to come; the widest wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Cell,
    Line,
    Paragraph,
}

struct Scan<'a> {
    html: &'a str,
    out: String,
    gap: Gap,
    shape: Shape,
    tags: Tags,
    /// How many `<pre>` are open: there a line break in the source is one in the text.
    preformatted: u32,
}

impl<'a> Scan<'a> {
    fn new(html: &'a str, shape: Shape) -> Scan<'a> {
        let out = String::with_capacity(html.len());
        Scan { html, out, gap: Gap::None, shape, tags: Tags::default(), preformatted: 0 }
    }

    fn run(mut self) -> String {
        let bytes = self.html.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let open = memchr(b'<', &bytes[at..]).map_or(bytes.len(), |found| at + found);
            self.outside_section(&self.html[at..open]);
            at = if open < bytes.len() { self.markup(open) } else { open };
        }
        self.out
    }

    /// Deals with the `<` at `open`; says where to go on.
    fn markup(&mut self, open: usize) -> usize {
        match self.tags.read(self.html, open) {
            Markup::Text => {
                self.put("<");
                open + 1
            }
            Markup::Hidden { end } => end,
            Markup::Tag { name, closing, end } => match Element::named(name) {
                None if self.shape == Shape::OneLine => {
                    self.put("<");
                    open + 1
                }
                None | Some(Element::Inline) => end,
                Some(Element::Hidden(hidden)) if !closing => self.tags.past(self.html, hidden, end),
                Some(element) => {
                    self.breaks(element, closing);
                    end
                }
            },
        }
    }

    fn breaks(&mut self, element: Element, closing: bool) {
        let gap = match element {
            Element::Block => Gap::Paragraph,
            Element::Preformatted => {
                let open = self.preformatted;
                self.preformatted = if closing { open.saturating_sub(1) } else { open.saturating_add(1) };
                Gap::Paragraph
            }
            // Two in a row are how many writers make a paragraph.
            Element::Break if self.gap >= Gap::Line => Gap::Paragraph,
            Element::Break | Element::Line => Gap::Line,
            Element::Cell => Gap::Cell,
            Element::Inline | Element::Hidden(_) => Gap::None,
        };
        self.gap = self.gap.max(gap);
    }

    /// Characters without the `]]>` of sections whose beginning was seen.
    fn outside_section(&mut self, text: &'a str) {
        let mut rest = text;
        while self.tags.in_section
            && let Some((before, after)) = rest.split_once("]]>")
        {
            self.tags.in_section = false;
            self.characters(before);
            rest = after;
        }
        self.characters(rest);
    }

    fn characters(&mut self, text: &'a str) {
        let mut rest = text;
        while let Some(at) = memchr(b'&', rest.as_bytes()) {
            self.words(&rest[..at]);
            rest = &rest[at..];
            let (resolved, length) = reference::resolve(rest).unwrap_or(reference::AMPERSAND);
            self.words(resolved.as_str(&mut [0; 8]));
            rest = &rest[length..];
        }
        self.words(rest);
    }

    /// Words with the blanks between them; whole stretches with single spaces go in as they are.
    fn words(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut start = self.blanks(bytes, 0);
        while start < bytes.len() {
            let stop = blank::irregular(bytes, start);
            self.put(&text[start..stop]);
            start = self.blanks(bytes, stop);
        }
    }

    /// Passes over the blanks at `from`; says where they end.
    fn blanks(&mut self, bytes: &[u8], from: usize) -> usize {
        let (mut end, mut newlines) = (from, 0);
        while let Some(length) = blank::at(bytes, end) {
            newlines += u32::from(bytes[end] == b'\n');
            end += length;
        }
        if end > from {
            self.blank(newlines);
        }
        end
    }

    fn blank(&mut self, newlines: u32) {
        let gap = match (self.preformatted, newlines) {
            (0, _) | (_, 0) => Gap::Space,
            (_, 1) => Gap::Line,
            _ => Gap::Paragraph,
        };
        self.gap = self.gap.max(gap);
    }

    fn put(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push_str(match (self.shape, self.gap) {
                (_, Gap::None) => "",
                (_, Gap::Space) | (Shape::OneLine, _) => " ",
                (_, Gap::Cell) => "\t",
                (_, Gap::Line) => "\n",
                (_, Gap::Paragraph) => "\n\n",
            });
        }
        self.gap = Gap::None;
        self.out.push_str(text);
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Line ends of every kind become `\n`.
fn lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}
