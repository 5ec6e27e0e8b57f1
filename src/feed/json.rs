//! JSON Feed: text in, a [`Feed`] out.
//!
//! Read as a stream of members rather than as a tree, so that a document that breaks off keeps the
//! items before the break, what nobody asked for takes no memory, and a member of an unexpected type
//! costs only itself.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::draft::{Draft, Rich};
use super::notes::Notes;
use super::{Entry, Feed, Format, Input, NotAFeed, link};

mod item;
mod value;

use item::Item;
use value::Scalar;

/// Reads a JSON Feed.
pub(super) fn read(source: &str, input: &Input<'_>, notes: &mut Notes) -> Result<Feed, NotAFeed> {
    let mut document = Document {
        base: input.base_url.and_then(|base| Url::parse(base).ok()),
        most: input.max_entries,
        named: false,
        addressed: false,
        items: false,
        title: None,
        link: None,
        language: None,
        entries: Vec::new(),
        notes,
    };
    let read = document.deserialize(&mut serde_json::Deserializer::from_str(source));
    if !document.items || !(document.named || document.addressed) {
        let why =
            if read.is_ok() { "it is JSON, but no JSON Feed" } else { "it begins like JSON, but is none" };
        return Err(NotAFeed(why.into()));
    }
    if read.is_err() {
        document.notes.add("the document breaks off, or is no JSON from some place on");
    }
    let title = document.title.map(|title| Rich::Plain(title.into()).title(document.notes));
    Ok(Feed {
        format: Format::Json,
        title: title.filter(|title| !title.is_empty()),
        link: document.link,
        language: document.language,
        entries: document.entries,
    })
}

/// The document as far as it was read.
struct Document<'n> {
    base: Option<Url>,
    most: usize,
    /// Its version is one of JSON Feed.
    named: bool,
    /// It has an address of its own, as only JSON Feed calls it.
    addressed: bool,
    /// It has items.
    items: bool,
    title: Option<String>,
    link: Option<String>,
    language: Option<String>,
    entries: Vec<Entry>,
    notes: &'n mut Notes,
}

impl<'de> DeserializeSeed<'de> for &mut Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            match &*name {
                "items" => members.next_value_seed(Items(self))?,
                "version" => {
                    let Scalar(version) = members.next_value()?;
                    self.named = version.is_some_and(|version| version.contains("jsonfeed.org/version"));
                }
                "title" => Scalar(self.title) = members.next_value()?,
                "language" => Scalar(self.language) = members.next_value()?,
                "home_page_url" | "feed_url" => {
                    let Scalar(raw) = members.next_value()?;
                    self.addressed = true;
                    if name == "home_page_url" {
                        self.link = raw.and_then(|raw| link::absolute(&raw, self.base.as_ref()));
                    }
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The member `items`, whose elements are read one by one.
struct Items<'d, 'n>(&'d mut Document<'n>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let document = self.0;
        document.items = true;
        while document.entries.len() < document.most {
            let mut draft = Draft::default();
            let item = Item { draft: &mut draft, base: document.base.as_ref(), notes: document.notes };
            if items.next_element_seed(item)?.is_none() {
                return Ok(());
            }
            if !draft.is_empty() {
                document.entries.push(draft.finish(document.notes));
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            document.notes.add(format!("more than {} entries; the rest is left out", document.most));
        }
        Ok(())
    }
}
