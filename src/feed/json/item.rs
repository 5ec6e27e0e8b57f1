//! One item of a JSON Feed: members in, a draft filled.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::value::{Names, Scalar};
use crate::feed::draft::{Draft, Rich};
use crate::feed::notes::Notes;
use crate::feed::{date, link};

/// Where an item is read to.
pub(super) struct Item<'d> {
    pub(super) draft: &'d mut Draft<'static>,
    pub(super) base: Option<&'d Url>,
    pub(super) notes: &'d mut Notes,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    // What is no object says nothing.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            match &*name {
                "authors" | "author" => {
                    let Names(names) = members.next_value()?;
                    for name in names {
                        self.draft.author(0, &name);
                    }
                }
                "tags" => {
                    let Names(names) = members.next_value()?;
                    for name in names {
                        self.draft.category(&name);
                    }
                }
                "id" | "url" | "external_url" | "title" | "summary" | "content_html" | "content_text"
                | "date_published" | "date_modified" => {
                    let Scalar(value) = members.next_value()?;
                    if let Some(value) = value {
                        self.member(&name, value);
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

impl Item<'_> {
    fn member(&mut self, name: &str, value: String) {
        let draft = &mut *self.draft;
        match name {
            "id" => draft.id.offer(0, value.into()),
            "title" => draft.title.offer(0, Rich::Plain(value.into())),
            "summary" => draft.summary.offer(0, Rich::Plain(value.into())),
            "content_html" => draft.content.offer(0, Rich::Html(value.into())),
            "content_text" => draft.content.offer(1, Rich::Plain(value.into())),
            "url" | "external_url" => match link::absolute(&value, self.base) {
                Some(address) => draft.link.offer(u8::from(name != "url"), address),
                None => self.notes.add("a link that is no web address"),
            },
            _ => match date::read(&value) {
                Some(time) if name == "date_published" => draft.published.offer(0, time),
                Some(time) => draft.updated.offer(0, time),
                None => self.notes.add("a date that cannot be read"),
            },
        }
    }
}
