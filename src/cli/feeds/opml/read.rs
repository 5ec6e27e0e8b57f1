//! OPML in, the feeds it lists out. Pure.
//!
//! It is cut into tags by the tokenizer of HTML, which minds neither bare `&`, nor missing quotes or ends,
//! nor the case of names, and knows no entities but those of HTML: nothing is fetched and nothing of the
//! document's own is expanded. No tree is built, so that no depth and no length costs more than its bytes.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::cli::screen::clean;

/// Feeds of one file.
const MOST_FEEDS: usize = 50_000;
/// Folders within one another whose names count.
const DEEPEST: usize = 64;
/// Tags of one feed, and characters of one.
const MOST_TAGS: usize = 8;
const LONGEST_TAG: usize = 60;

/// What a file lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::cli::feeds) struct Reading {
    pub(in crate::cli::feeds) feeds: Vec<Listed>,
    /// Feeds beyond those that are read of one file.
    pub(in crate::cli::feeds) beyond: usize,
}

/// A feed as a file lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::feeds) struct Listed {
    /// As written.
    pub(in crate::cli::feeds) url: String,
    pub(in crate::cli::feeds) title: Option<String>,
    /// The folders that it lies in, outermost first, then its categories.
    pub(in crate::cli::feeds) tags: Vec<String>,
    /// Its id, where rasid wrote the file.
    pub(in crate::cli::feeds) id: Option<String>,
}

/// Nothing where this is no OPML.
pub(in crate::cli::feeds) fn read(text: &str) -> Option<Reading> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    let tokenizer = Tokenizer::new(Outlines::default(), TokenizerOpts::default());
    // The sink never asks for it.
    while let html5ever::TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    let Outlines { seen, reading, .. } = tokenizer.sink;
    seen.get().then(|| reading.into_inner())
}

#[derive(Default)]
struct Outlines {
    /// Whether there was an `<opml>` or an `<outline>`.
    seen: Cell<bool>,
    /// The name of each open outline, where it is a folder.
    open: RefCell<Vec<Option<String>>>,
    /// Open outlines beyond the deepest.
    deeper: Cell<usize>,
    reading: RefCell<Reading>,
}

impl TokenSink for Outlines {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token {
            match &*tag.name {
                "opml" => self.seen.set(true),
                "outline" if tag.kind == TagKind::EndTag => self.close(),
                "outline" => self.start(&tag),
                _ => {}
            }
        }
        TokenSinkResult::Continue
    }
}

impl Outlines {
    fn start(&self, tag: &Tag) {
        self.seen.set(true);
        let title = attribute(tag, "title").or_else(|| attribute(tag, "text")).map(|title| clean(&title));
        let title = title.filter(|title| !title.is_empty());
        let url = address(tag);
        if let Some(url) = &url {
            self.add(tag, url, title.clone());
        }
        if tag.self_closing {
            return;
        }
        let mut open = self.open.borrow_mut();
        if open.len() < DEEPEST {
            open.push(title.filter(|_| url.is_none()));
        } else {
            self.deeper.set(self.deeper.get() + 1);
        }
    }

    fn close(&self) {
        match self.deeper.get() {
            0 => drop(self.open.borrow_mut().pop()),
            deeper => self.deeper.set(deeper - 1),
        }
    }

    fn add(&self, tag: &Tag, url: &str, title: Option<String>) {
        let mut reading = self.reading.borrow_mut();
        if reading.feeds.len() == MOST_FEEDS {
            reading.beyond += 1;
            return;
        }
        let mut tags: Vec<String> = Vec::new();
        let folders = self.open.borrow();
        let categories = attribute(tag, "category").unwrap_or_default();
        let categories = categories.split([',', '/']).map(clean);
        for tag in folders.iter().flatten().cloned().chain(categories) {
            let fits = !tag.is_empty() && tag.chars().count() <= LONGEST_TAG && tags.len() < MOST_TAGS;
            if fits && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let id = attribute(tag, "rasid:id").map(|id| clean(&id)).filter(|id| !id.is_empty());
        reading.feeds.push(Listed { url: url.to_owned(), title, tags, id });
    }
}

/// Where the feed of an outline is, if it is one.
fn address(tag: &Tag) -> Option<String> {
    let rss = || matches!(attribute(tag, "type").as_deref(), Some("rss" | "atom"));
    let url = attribute(tag, "xmlurl").or_else(|| attribute(tag, "url").filter(|_| rss()))?;
    let url = url.trim();
    // A scheme of its own that readers once gave to feeds.
    let url = match url.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => url.to_owned(),
    };
    (!url.is_empty()).then_some(url)
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string())
}
