//! A page cut to a shape that a tree builder cannot be hurt by: any HTML in, well-nested HTML out, in
//! time linear in the page.

use std::cell::RefCell;

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::text::html::escape;

/// Elements within one another; pages that people read have some forty.
const DEEPEST: usize = 80;
/// Elements of a page.
pub(super) const MOST_ELEMENTS: usize = 12_000;
/// Bytes of text.
const MOST_TEXT: usize = 2 << 20;
/// Bytes of an attribute's value.
const LONGEST_VALUE: usize = 300;
/// Attributes by which an article is told from what stands around it.
const TELLING: [&str; 8] = ["class", "id", "role", "itemprop", "href", "style", "hidden", "aria-hidden"];
/// Elements that are closed by the next of their kind.
const CLOSED_BY_ITSELF: [&str; 8] = ["p", "li", "dt", "dd", "tr", "td", "th", "option"];

/// What stands for `&`, `<` and `>` in text: the extractor takes quadratic time to escape them.
const MASKS: [(char, char); 3] = [('&', '\u{E000}'), ('<', '\u{E001}'), ('>', '\u{E002}')];

fn masked(character: char) -> Option<char> {
    match MASKS.iter().find(|(plain, mask)| character == *plain || character == *mask) {
        Some((plain, mask)) => (character == *plain).then_some(*mask),
        None => Some(character),
    }
}

/// Text that came out of a shaped page, as it was.
pub(super) fn restored(text: &str) -> String {
    let plain =
        |character| MASKS.iter().find(|(_, mask)| *mask == character).map_or(character, |(plain, _)| *plain);
    text.chars().map(plain).collect()
}

/// The page, well nested and bounded.
pub(super) fn shaped(page: &str) -> String {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(page));
    let tokenizer = Tokenizer::new(Shape::default(), TokenizerOpts::default());
    // Scripts hand control back; nothing is to be done with them.
    while let html5ever::TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

#[derive(Default)]
struct Shape(RefCell<Cut>);

#[derive(Default)]
struct Cut {
    out: String,
    /// Elements that were written and not closed yet.
    open: Vec<LocalName>,
    elements: usize,
    text: usize,
    /// Within an element whose content is no text of the page, and how deep.
    hidden: Option<(LocalName, usize)>,
}

impl TokenSink for Shape {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut cut = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                cut.start(&tag);
                match &*tag.name {
                    "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                    "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => {}
                }
            }
            Token::TagToken(tag) => cut.end(&tag.name),
            Token::CharacterTokens(text) => cut.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Cut {
    fn start(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if let Some((hidden, depth)) = &mut self.hidden {
            *depth += usize::from(*hidden == tag.name && !tag.self_closing);
            return;
        }
        match kind(name) {
            Kind::Hidden if !tag.self_closing => self.hidden = Some((tag.name.clone(), 1)),
            Kind::Hidden | Kind::Formatting => {}
            Kind::Void => self.write(tag),
            Kind::Usual => {
                if CLOSED_BY_ITSELF.contains(&name) && self.open.last() == Some(&tag.name) {
                    self.close();
                }
                if self.open.len() < DEEPEST && self.elements < MOST_ELEMENTS {
                    self.write(tag);
                    self.open.push(tag.name.clone());
                }
            }
        }
    }

    fn end(&mut self, name: &LocalName) {
        if let Some((hidden, depth)) = &mut self.hidden {
            if hidden == name {
                *depth -= 1;
                if *depth == 0 {
                    self.hidden = None;
                }
            }
            return;
        }
        // An end without a start, or whose start was left out, ends nothing.
        if self.open.contains(name) {
            while self.open.last().is_some_and(|open| open != name) {
                self.close();
            }
            self.close();
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_none() && self.text < MOST_TEXT {
            self.text += text.len();
            self.out.extend(text.chars().filter_map(masked));
        }
    }

    fn write(&mut self, tag: &Tag) {
        if self.elements >= MOST_ELEMENTS {
            return;
        }
        self.elements += 1;
        self.out.push('<');
        self.out.push_str(&tag.name);
        for attribute in &tag.attrs {
            let value = &*attribute.value;
            if TELLING.contains(&&*attribute.name.local) && value.len() <= LONGEST_VALUE {
                let value = escape(value).replace('"', "&quot;");
                self.out.push(' ');
                self.out.push_str(&attribute.name.local);
                self.out.push_str("=\"");
                self.out.push_str(&value);
                self.out.push('"');
            }
        }
        self.out.push('>');
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
    }

    fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }
}

enum Kind {
    Usual,
    /// It has no content.
    Void,
    /// A tree builder opens these anew in every paragraph until they are closed.
    Formatting,
    /// Its content is no text of the page.
    Hidden,
}

fn kind(name: &str) -> Kind {
    match name {
        "br" | "hr" | "wbr" => Kind::Void,
        "img" | "input" | "meta" | "link" | "base" | "area" | "col" | "embed" | "source" | "track"
        | "param" | "frame" | "image" => Kind::Formatting,
        "b" | "i" | "u" | "s" | "em" | "strong" | "small" | "big" | "font" | "code" | "strike" | "tt"
        | "nobr" | "html" | "body" | "head" | "form" => Kind::Formatting,
        "script" | "style" | "template" | "svg" | "math" | "iframe" | "object" | "applet" | "noscript"
        | "select" | "textarea" | "button" | "canvas" | "audio" | "video" | "frameset" | "noembed"
        | "noframes" | "xmp" | "plaintext" | "title" => Kind::Hidden,
        _ => Kind::Usual,
    }
}
