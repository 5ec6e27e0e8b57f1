//! One TOML table read key by key: typed values with their places out, a problem for every key
//! that is missing, of another type, or not known.

use std::borrow::Cow;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Text, Written, shifted};
use super::keys;
use super::problem::{Found, Problems, Span};

mod kind;

pub(super) use kind::Kind;

/// Which table it is, as a dotted path begins: `smtp`, `feeds.ina`, `feeds[2]`.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) section: &'static str,
    /// From 0, among the items of its kind.
    pub(super) index: Option<usize>,
    /// What the item calls itself.
    pub(super) name: Option<Cow<'a, str>>,
}

impl Place<'_> {
    /// The dotted path of a key of this table.
    pub(super) fn key(&self, key: impl fmt::Display) -> String {
        format!("{self}.{key}")
    }

    /// The path by number, for the key that holds the name.
    pub(super) fn numbered(&self, key: &str) -> String {
        Place { name: None, ..self.clone() }.key(key)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.section)?;
        match (&self.name, self.index) {
            (Some(name), _) if is_bare(name) => write!(f, ".{name}"),
            (Some(name), _) if can_be_quoted(name) => write!(f, ".\"{name}\""),
            (_, Some(index)) => write!(f, "[{index}]"),
            _ => Ok(()),
        }
    }
}

/// A whole number; one that no `i64` holds is its end.
fn whole(value: &DeValue<'_>) -> Option<i64> {
    let DeValue::Integer(number) = value else { return None };
    let digits = number.as_str();
    let end = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(i64::from_str_radix(digits, number.radix()).unwrap_or(end))
}

fn can_be_quoted(name: &str) -> bool {
    (1..=60).contains(&name.chars().count()) && !name.contains(|c: char| c.is_control() || c == '"')
}

fn is_bare(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    (1..=60).contains(&name.chars().count()) && name.chars().all(plain)
}

/// A table that is being read.
pub(super) struct Table<'a, 'p> {
    pub(super) place: Place<'a>,
    /// Its header.
    pub(super) span: Span,
    entries: Vec<(Text<'a>, Spanned<DeValue<'a>>)>,
    offset: usize,
    /// Whether a key that is not there was never written.
    whole: bool,
    problems: &'p mut Problems,
}

impl<'a, 'p> Table<'a, 'p> {
    /// `name_key` is the key by which an item is called in problems.
    pub(super) fn new(
        place: Place<'a>,
        table: DeTable<'a>,
        span: Span,
        (offset, whole): (usize, bool),
        problems: &'p mut Problems,
    ) -> Table<'a, 'p> {
        let entries = table
            .into_iter()
            .map(|(key, value)| {
                let span = shifted(&key.span(), offset);
                (Written { value: key.into_inner(), span }, value)
            })
            .collect();
        let mut table = Table { place, span, entries, offset, whole, problems };
        table.place.name = keys::name_of(table.place.section).and_then(|key| table.peek(key));
        table
    }

    /// A text; control characters and line breaks are refused unless its kind allows them.
    pub(super) fn text(&mut self, key: &'static str, kind: Kind) -> Option<Text<'a>> {
        let (value, span) = self.remove(key)?;
        self.as_text(value, span, kind, |place| place.key(key))
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, key: &'static str, kind: Kind) -> Option<Text<'a>> {
        self.require(key);
        self.text(key, kind)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.switch(key).map(|flag| flag.value)
    }

    /// The same, with its place.
    pub(super) fn switch(&mut self, key: &'static str) -> Option<Written<bool>> {
        match self.remove(key)? {
            (DeValue::Boolean(value), span) => Some(Written { value, span }),
            (other, span) => self.mismatch(Kind::Flag, &other, &span, key),
        }
    }

    /// A whole number.
    pub(super) fn number(&mut self, key: &'static str) -> Option<Written<i64>> {
        let (value, span) = self.remove(key)?;
        match whole(&value) {
            Some(value) => Some(Written { value, span }),
            None => self.mismatch(Kind::Number, &value, &span, key),
        }
    }

    /// A list of texts; an item of another type is a problem of its own and left out.
    pub(super) fn texts(&mut self, key: &'static str, kind: Kind) -> Option<Written<Vec<Text<'a>>>> {
        let (items, span) = match self.remove(key)? {
            (DeValue::Array(items), span) => (items, span),
            (other, span) => return self.mismatch(Kind::List(&kind), &other, &span, key),
        };
        let empty = items.is_empty();
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let span = shifted(&item.span(), self.offset);
            let key = |place: &Place<'_>| place.key(format_args!("{key}[{index}]"));
            texts.extend(self.as_text(item.into_inner(), span, kind, key));
        }
        (empty || !texts.is_empty()).then_some(Written { value: texts, span })
    }

    /// Names and texts.
    pub(super) fn pairs(&mut self, key: &'static str) -> Vec<(Text<'a>, Text<'a>)> {
        let table = match self.remove(key) {
            None => return Vec::new(),
            Some((DeValue::Table(table), _)) => table,
            Some((other, span)) => {
                self.mismatch::<()>(Kind::Table, &other, &span, key);
                return Vec::new();
            }
        };
        let mut pairs = Vec::new();
        for (name, value) in table {
            let span = shifted(&value.span(), self.offset);
            let name = Written { span: shifted(&name.span(), self.offset), value: name.into_inner() };
            let path = |place: &Place<'_>| place.key(format_args!("{key}.{}", name.value));
            let value = self.as_text(value.into_inner(), span, Kind::Text, path);
            pairs.extend(value.map(|value| (name, value)));
        }
        pairs
    }

    /// Terms and whole numbers, in the order of the file.
    pub(super) fn weights(&mut self, key: &'static str) -> Option<Written<Vec<(Text<'a>, i64)>>> {
        let (table, span) = match self.remove(key)? {
            (DeValue::Table(table), span) => (table, span),
            (other, span) => return self.mismatch(Kind::Weights, &other, &span, key),
        };
        let mut weights = Vec::new();
        for (term, value) in table {
            let place = shifted(&value.span(), self.offset);
            let term = Written { span: shifted(&term.span(), self.offset), value: term.into_inner() };
            let path = self.place.key(format_args!("{key}.{}", term.value));
            match whole(value.get_ref()) {
                Some(weight) => weights.push((term, weight)),
                None => self.problems.push(Kind::Number.mismatch(value.get_ref()).at(path, &place)),
            }
        }
        weights.sort_unstable_by_key(|(term, _)| term.span.start);
        Some(Written { value: weights, span })
    }

    /// Whether a key stands there, whatever it holds.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.value == key)
    }

    /// Whether all that was written could be read.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// How many problems there are so far.
    pub(super) fn problems(&self) -> usize {
        self.problems.len()
    }

    /// Adds a problem.
    pub(super) fn problem(&mut self, found: Found) {
        self.problems.push(found);
    }

    /// What is left is known to nobody.
    pub(super) fn finish(self) {
        for (key, _) in &self.entries {
            let hint = keys::unknown_key(self.place.section, &key.value);
            let path = self.place.key(&key.value);
            let message = format!("`{}` is not a key of {}", key.value, keys::header(self.place.section));
            self.problems.push(Found::at(path, &key.span, message).maybe_hint(hint));
        }
    }

    /// A problem where a key is not there.
    pub(super) fn require(&mut self, key: &'static str) {
        if self.whole && !self.has(key) {
            let message = format!("`{key}` is missing");
            let found = Found::at(self.place.key(key), &self.span, message);
            self.problems.push(found.maybe_hint(keys::example(self.place.section, key)));
        }
    }

    fn peek(&self, key: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.entries.iter().find(|(name, _)| name.value == key)?;
        match value.get_ref() {
            DeValue::String(name) => Some(name.clone()),
            _ => None,
        }
    }

    fn remove(&mut self, key: &str) -> Option<(DeValue<'a>, Span)> {
        let index = self.entries.iter().position(|(name, _)| name.value == key)?;
        let (_, value) = self.entries.swap_remove(index);
        let span = shifted(&value.span(), self.offset);
        Some((value.into_inner(), span))
    }

    fn as_text(
        &mut self,
        value: DeValue<'a>,
        span: Span,
        kind: Kind<'_>,
        key: impl FnOnce(&Place<'_>) -> String,
    ) -> Option<Text<'a>> {
        let found = match value {
            DeValue::String(text) => match kind.refuses(&text) {
                None => return Some(Written { value: text, span }),
                Some(wrong) => wrong.at(key(&self.place), &span),
            },
            other => kind.mismatch(&other).at(key(&self.place), &span),
        };
        self.problems.push(found);
        None
    }

    fn mismatch<T>(&mut self, kind: Kind<'_>, value: &DeValue<'_>, span: &Span, key: &str) -> Option<T> {
        self.problems.push(kind.mismatch(value).at(self.place.key(key), span));
        None
    }
}
