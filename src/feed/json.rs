//! JSON Feed: text in, a [`Feed`] out.
//!
//! Read as a stream of members rather than as a tree, so that a document that breaks off keeps the
//! items before the break, and a member of an unexpected type costs only itself.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use url::Url;

use super::draft::{Draft, Rich, Slot};
use super::notes::Notes;
use super::{Entry, Feed, Format, Input, NotAFeed, date, decode, link};

/// Reads a JSON Feed.
pub(super) fn read(source: &str, input: &Input<'_>, notes: &mut Notes) -> Result<Feed, NotAFeed> {
    let mut document = Document {
        base: input.base_url.and_then(|base| Url::parse(base).ok()),
        most: input.max_entries,
        named: false,
        addressed: false,
        items: false,
        channel: Draft::default(),
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
    let title = document.channel.title.take().map(|title| title.title(document.notes));
    Ok(Feed {
        format: Format::Json,
        title: title.filter(|title| !title.is_empty()),
        link: document.channel.link.take(),
        language: document.language,
        entries: document.entries,
    })
}

/// The document's own members as far as they were read.
struct Document<'n> {
    base: Option<Url>,
    most: usize,
    /// Its version is one of JSON Feed.
    named: bool,
    /// It has an address that only JSON Feed has.
    addressed: bool,
    /// It has items.
    items: bool,
    channel: Draft<'static>,
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
                "version" | "title" | "home_page_url" | "feed_url" | "language" => {
                    let value = members.next_value::<Value>()?;
                    self.member(&name, &value);
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl Document<'_> {
    fn member(&mut self, name: &str, value: &Value) {
        let Some(text) = text(value) else { return };
        match name {
            "version" => self.named = text.contains("jsonfeed.org/version"),
            "title" => self.channel.title.offer(0, Rich::Plain(text)),
            "language" => {
                self.language = Some(text.trim().to_owned()).filter(|language| !language.is_empty())
            }
            _ => {
                self.addressed = true;
                if name == "home_page_url"
                    && let Some(address) = link::absolute(&text, self.base.as_ref())
                {
                    self.channel.link.offer(0, address);
                }
            }
        }
    }

    fn item(&mut self, members: &Map<String, Value>) {
        let mut draft = Draft::default();
        let member = |name| members.get(name).and_then(text).filter(|text| !text.trim().is_empty());
        if let Some(id) = member("id") {
            draft.id.offer(0, id);
        }
        for (rank, name) in [(0, "url"), (1, "external_url")] {
            if let Some(address) = member(name).and_then(|raw| link::absolute(&raw, self.base.as_ref())) {
                draft.link.offer(rank, address);
            }
        }
        if let Some(title) = member("title") {
            draft.title.offer(0, Rich::Plain(title));
        }
        if let Some(summary) = member("summary") {
            draft.summary.offer(0, Rich::Plain(summary));
        }
        if let Some(html) = member("content_html") {
            draft.content.offer(0, Rich::Html(html));
        }
        if let Some(plain) = member("content_text") {
            draft.content.offer(1, Rich::Plain(plain));
        }
        self.time(&mut draft.published, member("date_published"));
        self.time(&mut draft.updated, member("date_modified"));
        for name in ["authors", "author"] {
            each(members.get(name), |author| {
                let name = author.get("name").unwrap_or(author);
                draft.author(0, &text(name).unwrap_or_default());
            });
        }
        each(members.get("tags"), |tag| draft.category(&text(tag).unwrap_or_default()));
        self.entries.extend(draft.finish(self.notes));
    }

    fn time(&mut self, slot: &mut Slot<Timestamp>, raw: Option<Cow<'_, str>>) {
        match raw.map(|raw| date::read(&raw)) {
            Some(Some(time)) => slot.offer(0, time),
            Some(None) => self.notes.add("a date that cannot be read"),
            None => {}
        }
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
            match items.next_element::<Value>()? {
                Some(Value::Object(members)) => document.item(&members),
                Some(_) => document.notes.add("an item that is no object"),
                None => return Ok(()),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            document.notes.add(format!("more than {} entries; the rest is left out", document.most));
        }
        Ok(())
    }
}

/// A string, or a number as it is written, without control characters.
fn text(value: &Value) -> Option<Cow<'static, str>> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(Cow::Owned(decode::without_controls(Cow::Owned(text)).into_owned()))
}

/// Calls `take` with each element of a list, or with the one value that stands in its place.
fn each(value: Option<&Value>, mut take: impl FnMut(&Value)) {
    match value {
        Some(Value::Array(values)) => values.iter().for_each(take),
        Some(value) => take(value),
        None => {}
    }
}
