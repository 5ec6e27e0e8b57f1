//! The feeds that a rule is limited to: known by their ids and tags, or by their language.

use std::collections::HashSet;

use super::Known;
use crate::config::keys::nearest;
use crate::config::problem::{Found, Problems, Span};
use crate::config::raw;
use crate::config::raw::Texts;
use crate::config::value;
use crate::rules::Limits;

/// A feed, or a tag of feeds, that a rule names; judged when all are known.
pub(super) struct Reference {
    tag: bool,
    name: String,
    key: String,
    span: Span,
}

/// What feeds are called.
#[derive(Debug, Default)]
pub(in crate::config::check) struct FeedNames<'a> {
    ids: HashSet<&'a str>,
    tags: HashSet<&'a str>,
}

impl<'a> FeedNames<'a> {
    /// Of feeds as written, sound or not.
    pub(in crate::config::check) fn of(feeds: &'a [raw::Feed<'_>]) -> FeedNames<'a> {
        let ids = feeds.iter().filter_map(|feed| feed.id.as_ref());
        let tags = feeds.iter().filter_map(|feed| feed.tags.as_ref()).flat_map(|tags| &tags.value);
        FeedNames {
            ids: ids.map(|id| id.value.as_ref()).collect(),
            tags: tags.map(|tag| tag.value.as_ref()).collect(),
        }
    }
}

impl Known<'_> {
    /// Adds a problem for each feed and tag that a rule is limited to and that does not exist.
    pub(in crate::config::check) fn feeds(&self, feeds: &FeedNames<'_>, problems: &mut Problems) {
        for Reference { tag, name, key, span } in &self.limits {
            let names = if *tag { &feeds.tags } else { &feeds.ids };
            if names.contains(name.as_str()) {
                continue;
            }
            let near = nearest(name, names.iter().copied());
            let (message, hint) = match (tag, near) {
                (false, None) => (format!("there is no feed `{name}`"), "name a feed by its id".to_owned()),
                (true, None) => {
                    let hint = format!(
                        "the tags of a rule are those of the feeds it is for: give a feed tags = [\"{name}\"]"
                    );
                    (format!("no feed has the tag `{name}`"), hint)
                }
                (false, Some(near)) => {
                    (format!("there is no feed `{name}`"), format!("did you mean `{near}`?"))
                }
                (true, Some(near)) => {
                    (format!("no feed has the tag `{name}`"), format!("did you mean `{near}`?"))
                }
            };
            problems.push(Found::at(key, span, message).hint(hint));
        }
    }
}

/// The limits of a rule, if it has any, noted to be checked against the feeds.
pub(super) fn limits(
    raw: &raw::Rule<'_>,
    known: &mut Known<'_>,
    problems: &mut Problems,
) -> Option<Box<Limits>> {
    let mut names = |key: &str, list: &Option<Texts<'_>>, tag: bool| -> Vec<String> {
        let names = list.iter().flat_map(|list| &list.value).enumerate();
        let noted = names.map(|(index, name)| {
            let key = raw.place.key(format_args!("{key}[{index}]"));
            let (name, span) = (name.value.as_ref().to_owned(), name.span.clone());
            known.limits.push(Reference { tag, name: name.clone(), key, span });
            name
        });
        noted.collect()
    };
    let feeds = names("feeds", &raw.feeds, false);
    let tags = names("tags", &raw.tags, true);
    if let Some(id) = &raw.id {
        for tag in &tags {
            known.tags.entry(tag.clone()).or_default().push(id.value.as_ref().to_owned());
        }
    }
    let mut languages = Vec::new();
    for (index, language) in raw.languages.iter().flat_map(|list| &list.value).enumerate() {
        let key = || raw.place.key(format_args!("languages[{index}]"));
        languages.extend(problems.take(value::language(&language.value), key, &language.span));
    }
    let limits = Limits { feeds, tags, languages };
    (!limits.is_empty()).then(|| Box::new(limits))
}
