//! Values of JSON as writers leave them: a number for a string, one for a list, an object for a name.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::feed::decode::without_controls;
use crate::feed::draft::MOST;

/// A string, or a number as it is written; nothing where it is blank or of another type.
pub(super) struct Scalar(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        let Names(names) = deserializer.deserialize_any(Lenient { names: false })?;
        Ok(Scalar(names.into_iter().next()))
    }
}

/// Strings, or the `name` of objects: a list of them or one alone.
pub(super) struct Names(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        deserializer.deserialize_any(Lenient { names: true })
    }
}

/// Takes every type, and passes over what it was not asked for.
struct Lenient {
    /// Whether lists and objects count.
    names: bool,
}

impl<'de> Visitor<'de> for Lenient {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Names, E> {
        // Escapes such as `\u0008` come to light only here.
        let text = without_controls(Cow::Borrowed(text));
        Ok(Names(if text.trim().is_empty() { Vec::new() } else { vec![text.into_owned()] }))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Names, E> {
        Ok(Names(vec![number.to_string()]))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Names, E> {
        Ok(Names(vec![number.to_string()]))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Names, E> {
        Ok(Names(vec![number.to_string()]))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_unit<E: Error>(self) -> Result<Names, E> {
        Ok(Names(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while self.names && names.len() < MOST {
            match list.next_element::<Names>()? {
                Some(Names(more)) => names.extend(more),
                None => return Ok(Names(names)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Names(names))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if self.names && name == "name" {
                Names(names) = members.next_value()?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Names(names))
    }
}
