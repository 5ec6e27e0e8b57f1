//! A feed that was found: what was asked and read in, what is listed out. Pure.

use std::collections::HashSet;

use serde::Serialize;
use url::Url;

use super::candidate::{Candidate, How};
use crate::cli::feeds::ids::Ids;
use crate::cli::feeds::written::Written;
use crate::cli::probe::Probe;
use crate::feed::Format;

#[derive(Debug, Serialize)]
pub(super) struct Found {
    /// Where it is for good.
    pub(super) url: String,
    pub(super) how: How,
    pub(super) format: Format,
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) entries: usize,
    /// Of the entries that have a date.
    pub(super) newest: Option<String>,
    /// How much the reader had to mend.
    pub(super) notes: usize,
    /// The id under which the config has it.
    pub(super) known: Option<String>,
    /// What was asked.
    #[serde(skip)]
    asked: Url,
    /// Where that led.
    #[serde(skip)]
    here: Option<Url>,
    /// The ids of its entries, with which two addresses of one feed are known.
    #[serde(skip)]
    ids: Vec<String>,
}

impl Found {
    /// Nothing where there is no feed.
    pub(super) fn of(candidate: &Candidate, probe: &Probe) -> Option<Found> {
        let (reading, document) = (probe.reading.as_ref().ok()?, probe.document.as_ref()?);
        let feed = &reading.feed;
        let newest = feed.entries.iter().filter_map(|entry| entry.published.or(entry.updated)).max();
        Some(Found {
            url: document.moved_to.as_ref().unwrap_or(&candidate.url).to_string(),
            how: candidate.how,
            format: feed.format,
            title: feed.title.clone(),
            language: feed.language.clone(),
            entries: feed.entries.len(),
            newest: newest.map(|newest| newest.to_string()),
            notes: reading.notes.len(),
            known: None,
            asked: candidate.url.clone(),
            here: document.url.clone(),
            ids: feed.entries.iter().map(|entry| entry.id.clone()).collect(),
        })
    }

    /// Whether this is one of its addresses.
    pub(super) fn is_at(&self, address: &str) -> bool {
        let here = self.here.as_ref().map(Url::as_str);
        self.url == address || self.asked.as_str() == address || here == Some(address)
    }

    /// As it is written into a config.
    pub(super) fn written(&self, ids: &mut Ids) -> Written {
        Written {
            id: ids.make(self.title.as_deref(), &self.url),
            url: self.url.clone(),
            title: self.title.clone(),
            tags: Vec::new(),
            note: self.known.as_ref().map(|known| format!("the config has it already as {known:?}")),
            off: false,
        }
    }
}

/// The likeliest first, each once: two addresses that lead to one, or bring the same entries, are one.
pub(super) fn distinct(feeds: &mut Vec<Found>) {
    feeds.sort_by(|a, b| (a.how, b.entries, &a.url).cmp(&(b.how, a.entries, &b.url)));
    let (mut places, mut contents) = (HashSet::new(), HashSet::new());
    feeds.retain(|feed| {
        let place = feed.here.as_ref().map_or_else(|| feed.url.clone(), Url::to_string);
        // An empty feed says nothing of which it is.
        let content = (feed.title.clone(), feed.ids.clone());
        let fresh = feed.ids.is_empty() || contents.insert(content);
        places.insert(place) && fresh
    });
}
