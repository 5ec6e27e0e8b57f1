//! Reading feeds: bytes in, a [`Feed`] of plain values and [`Note`]s out.
//!
//! Every format (RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, JSON Feed) yields the same shape. A broken
//! document yields what could be read and notes of what was mended; only input that is no feed at
//! all is an error. Nothing here fetches, asks the time, or expands an entity of the document's own.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

pub use hints::Hints;
use notes::Notes;
pub use page::page;

pub mod article;
pub mod edit;
pub mod identity;

mod date;
mod decode;
mod draft;
mod hints;
mod json;
mod link;
mod names;
mod notes;
mod page;
mod scope;
mod walk;
mod xml;

/// What arrived, and what its carrier said of it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The document, decompressed, as it came.
    pub bytes: &'a [u8],
    /// The HTTP `Content-Type`, whose charset is a hint and whose media type is ignored.
    pub content_type: Option<&'a str>,
    /// Where the document came from; relative links resolve against it.
    pub base_url: Option<&'a str>,
    /// Entries past this number are dropped with a note.
    pub max_entries: usize,
}

/// A feed as it was read: the JSON that `rasid parse` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// The family of the format.
    pub format: Format,
    /// Plain text on one line.
    pub title: Option<String>,
    /// The web page that the feed belongs to.
    pub link: Option<String>,
    /// As declared, such as `ar` or `ar-iq`.
    pub language: Option<String>,
    /// In document order.
    pub entries: Vec<Entry>,
}

/// One item or entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The guid or id; else the link; else a digest of the text. Never empty.
    pub id: String,
    /// The article's address, absolute, `http` or `https`.
    pub url: Option<String>,
    /// Plain text on one line, possibly empty.
    pub title: String,
    /// HTML.
    pub summary: Option<String>,
    /// HTML.
    pub content: Option<String>,
    /// Plain text of summary, then content; once where one contains the other.
    pub text: String,
    /// When the document says that it was published.
    #[serde(serialize_with = "rfc3339")]
    pub published: Option<Timestamp>,
    /// When the document says that it was changed.
    #[serde(serialize_with = "rfc3339")]
    pub updated: Option<Timestamp>,
    /// Names of people, as given.
    pub authors: Vec<String>,
    /// Categories, tags and subjects, as given.
    pub categories: Vec<String>,
}

impl Entry {
    /// Whether there is nothing to match and nothing to show: no title, no text, no address.
    pub fn is_blank(&self) -> bool {
        self.title.is_empty() && self.text.is_empty() && self.url.is_none()
    }
}

/// The family of a feed's format; the JSON names are the contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0.
    Rss2,
    /// RSS 1.0, an RDF document.
    Rss1,
    /// RSS 0.90 to 0.94.
    Rss0,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed 1.x.
    Json,
}

/// A feed and what had to be mended to read it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What could be read.
    pub feed: Feed,
    /// What the feed says of its own pace.
    pub hints: Hints,
    /// What was wrong, in document order, bounded in number.
    pub notes: Vec<Note>,
}

/// One thing that was wrong with a document and was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(pub String);

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The input is no feed; the message says what it looks like instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a feed: {0}")]
pub struct NotAFeed(pub String);

/// Reads a document of any of the formats.
pub fn read(input: Input<'_>) -> Result<Reading, NotAFeed> {
    let mut notes = Notes::default();
    let decoded = decode::decode(input.bytes, input.content_type, &mut notes);
    let text = decoded.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let (feed, hints) = match text.as_bytes().first() {
        None => return Err(NotAFeed("it is empty".into())),
        Some(b'{' | b'[') => (json::read(text, &input, &mut notes)?, Hints::default()),
        Some(_) => walk::read(text, &input, &mut notes)?,
    };
    Ok(Reading { feed, hints, notes: notes.into_vec() })
}

#[allow(clippy::ref_option)] // the shape that serde asks for
fn rfc3339<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    time.as_ref().map(ToString::to_string).serialize(serializer)
}
