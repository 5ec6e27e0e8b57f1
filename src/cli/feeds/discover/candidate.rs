//! Where a feed may be: a page in, addresses out, the likeliest first. Pure.

use serde::Serialize;
use url::Url;

use super::page;
use crate::cli::probe::Probe;
use crate::config::{Feed, Source};

/// Where sites have their feeds: the common systems, then what Arabic outlets use.
const PATHS: [&str; 16] = [
    "feed",
    "rss.xml",
    "rss",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feeds",
    "feed.json",
    "rss/ar",
    "ar/rss",
    "ar/rss.xml",
    "arabic/rss",
    "rss/all",
    "?feed=rss2",
    "feeds/posts/default",
    "index.rdf",
];

/// Why an address is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    /// It was typed.
    Itself,
    /// The page names it as its feed.
    Declared,
    /// The page links to it, and it looks like a feed.
    Linked,
    /// Many sites have one there.
    Guessed,
}

/// An address that may be a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) url: Url,
    pub(super) how: How,
}

impl Candidate {
    pub(super) fn feed(&self) -> Feed {
        Feed {
            id: self.url.to_string(),
            source: Source::Web { url: self.url.clone(), headers: Vec::new(), credentials: None },
            title: None,
            interval: None,
            tags: Vec::new(),
            full_text: false,
        }
    }
}

/// What a page says, then what is usual on its site.
pub(super) fn of_page(probe: &Probe, asked: &Url) -> Vec<Candidate> {
    let mut candidates = links(probe, asked);
    let here = probe.document.as_ref().and_then(|document| document.url.as_ref()).unwrap_or(asked);
    candidates.extend(guesses(here));
    candidates
}

/// What a page says.
pub(super) fn links(probe: &Probe, asked: &Url) -> Vec<Candidate> {
    let Some(document) = &probe.document else { return Vec::new() };
    let html = crate::feed::page(&document.body, document.content_type.as_deref());
    page::candidates(&html, document.url.as_ref().unwrap_or(asked))
}

/// What is usual: beside the page where that is not the front page, then on the whole site.
pub(super) fn guesses(page: &Url) -> Vec<Candidate> {
    let Ok(root) = page.join("/") else { return Vec::new() };
    let mut beside = page.clone();
    beside.set_query(None);
    beside.set_fragment(None);
    if !beside.path().ends_with('/') {
        beside.set_path(&format!("{}/", beside.path()));
    }
    let below = if beside.path() == "/" { &PATHS[..0] } else { &PATHS[..4] };
    let guessed = below.iter().map(|path| beside.join(path)).chain(PATHS.iter().map(|path| root.join(path)));
    guessed.flatten().map(|url| Candidate { url, how: How::Guessed }).collect()
}
