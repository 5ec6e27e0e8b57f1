//! An entry in the making: values as elements gave them in, an [`Entry`] out.
//!
//! Elements come in any order and say the same thing in several ways; each value keeps its best
//! source. What no element said is derived here, in one place for every format.

use std::borrow::Cow;
use std::hash::Hasher;

use jiff::Timestamp;
use memchr::memmem;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::Entry;
use super::names::{ONLY_TEXT, Rank};
use super::notes::Notes;
use crate::text::html;

/// Caps, in bytes: what is longer is cut at a character.
const TITLE: usize = 8 * 1024;
const RICH: usize = 2 * 1024 * 1024;
const SHORT: usize = 1024;
/// How many authors or categories an entry keeps.
pub(super) const MOST: usize = 64;

/// Text that may hold markup.
#[derive(Debug, Clone)]
pub(super) enum Rich<'a> {
    /// HTML.
    Html(Cow<'a, str>),
    /// Plain text, in which nothing is special.
    Plain(Cow<'a, str>),
}

impl Rich<'_> {
    pub(super) fn is_blank(&self) -> bool {
        let (Rich::Html(value) | Rich::Plain(value)) = self;
        value.trim().is_empty()
    }

    /// On one line.
    pub(super) fn title(&self, notes: &mut Notes) -> String {
        let line = match self {
            Rich::Html(value) => html::line(capped(value, RICH, "title", notes)),
            Rich::Plain(value) => html::one_line(value),
        };
        capped(&line, TITLE, "title", notes).trim_end().to_owned()
    }

    /// As HTML, and as plain text.
    fn render(self, name: &str, notes: &mut Notes) -> (String, String) {
        match self {
            Rich::Html(value) => {
                let value = capped(value.trim(), RICH, name, notes);
                (value.to_owned(), html::text(value).into_owned())
            }
            Rich::Plain(value) => {
                let value = capped(value.trim(), RICH, name, notes);
                let escaped = html::escape(value);
                let text = html::text(&escaped).into_owned();
                (escaped.into_owned(), text)
            }
        }
    }
}

/// A value and how good its source is.
#[derive(Debug)]
pub(super) struct Slot<T>(Option<(Rank, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Slot<T> {
        Slot(None)
    }
}

impl<T> Slot<T> {
    /// Keeps `value` unless there is one from a source as good.
    pub(super) fn offer(&mut self, rank: Rank, value: T) {
        if self.0.as_ref().is_none_or(|(kept, _)| rank < *kept) {
            self.0 = Some((rank, value));
        }
    }

    pub(super) fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }

    /// Whether the value kept comes from a source of this rank.
    pub(super) fn has(&self, rank: Rank) -> bool {
        self.rank() == Some(rank)
    }

    fn under(self, limit: Rank) -> Option<T> {
        self.0.filter(|(rank, _)| *rank < limit).map(|(_, value)| value)
    }

    fn rank(&self) -> Option<Rank> {
        self.0.as_ref().map(|(rank, _)| *rank)
    }
}

/// What is known of an entry so far.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub(super) id: Slot<Cow<'a, str>>,
    pub(super) link: Slot<String>,
    pub(super) title: Slot<Rich<'a>>,
    pub(super) summary: Slot<Rich<'a>>,
    pub(super) content: Slot<Rich<'a>>,
    pub(super) published: Slot<Timestamp>,
    pub(super) updated: Slot<Timestamp>,
    pub(super) authors: Slot<Vec<String>>,
    pub(super) categories: Vec<String>,
}

impl Draft<'_> {
    /// Whether nothing was said that makes an entry one.
    pub(super) fn is_empty(&self) -> bool {
        let texts = [&self.title, &self.summary, &self.content];
        self.id.0.is_none() && self.link.0.is_none() && texts.iter().all(|slot| slot.0.is_none())
    }

    /// Adds an author; those from a better source replace the others.
    pub(super) fn author(&mut self, rank: Rank, name: &str) {
        if self.authors.rank() != Some(rank) {
            self.authors.offer(rank, Vec::new());
        }
        if let Some((kept, authors)) = &mut self.authors.0
            && *kept == rank
        {
            add(authors, name);
        }
    }

    pub(super) fn category(&mut self, name: &str) {
        add(&mut self.categories, name);
    }

    /// The entry.
    pub(super) fn finish(self, notes: &mut Notes) -> Entry {
        let title = self.title.take().map(|title| title.title(notes)).unwrap_or_default();
        let summary = match self.content.0 {
            Some(_) => self.summary.under(ONLY_TEXT),
            None => self.summary.take(),
        };
        let (summary, short) = summary.map(|rich| rich.render("summary", notes)).unzip();
        let (content, long) = self.content.take().map(|rich| rich.render("content", notes)).unzip();
        let text = together(short.unwrap_or_default(), long.unwrap_or_default());
        let url = self.link.take();
        let id = self.id.take().map(|id| bounded(id.trim()));
        let id = id.or_else(|| url.clone()).unwrap_or_else(|| digest(&[&title, &text]));
        let entry = Entry {
            id,
            url,
            title,
            summary,
            content,
            text,
            published: self.published.take(),
            updated: self.updated.take(),
            authors: self.authors.take().unwrap_or_default(),
            categories: self.categories,
        };
        if entry.is_blank() {
            notes.add("an entry without title, text and link");
        }
        entry
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    let name = html::one_line(name);
    let mut notes = Notes::default();
    let name = capped(&name, SHORT, "name", &mut notes);
    if !name.is_empty() && names.len() < MOST && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// Summary, then content; once where one contains the other, however their blanks differ.
fn together(summary: String, content: String) -> String {
    if summary.is_empty() || content.is_empty() {
        return summary + &content;
    }
    let (short, long) = (html::one_line(&summary), html::one_line(&content));
    if short.len() <= long.len() {
        if memmem::find(long.as_bytes(), short.as_bytes()).is_some() {
            return content;
        }
    } else if memmem::find(short.as_bytes(), long.as_bytes()).is_some() {
        return summary;
    }
    drop((short, long));
    summary + "\n\n" + &content
}

/// An id as given, or, where it is too long to be one, its beginning and a digest of all of it.
fn bounded(id: &str) -> String {
    let start = &id[..id.floor_char_boundary(SHORT)];
    if start.len() == id.len() { id.to_owned() } else { format!("{start}…{}", digest(&[id])) }
}

/// The same for the same texts, from release to release: SipHash-1-3 with a key of zeros.
fn digest(texts: &[&str]) -> String {
    let mut hasher = SipHasher13::new();
    for text in texts {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xFF); // stands in no text, so that texts cannot run into each other
    }
    format!("{:032x}", hasher.finish128().as_u128())
}

fn capped<'t>(text: &'t str, cap: usize, name: &str, notes: &mut Notes) -> &'t str {
    let end = text.floor_char_boundary(cap);
    if end < text.len() {
        notes.add(format!("a {name} over {cap} bytes is cut"));
    }
    &text[..end]
}
