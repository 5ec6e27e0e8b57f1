//! All that one poll met, as values: the JSON that `rasid fetch --format json` prints.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::Serialize;
use url::Url;

use super::advice;
use crate::cli::probe::Probe;
use crate::config::Feed;
use crate::feed;
use crate::fetch::schedule::Plan;
use crate::fetch::trace::Hop;

/// Headers that say something about a feed, in the order in which they are shown.
const TELLING: [&str; 15] = [
    "location",
    "content-type",
    "content-length",
    "content-encoding",
    "etag",
    "last-modified",
    "cache-control",
    "expires",
    "age",
    "date",
    "retry-after",
    "www-authenticate",
    "server",
    "via",
    "link",
];

#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The id in the config, or the address.
    pub(super) feed: String,
    /// The address or the path.
    pub(super) source: String,
    pub(super) hops: Vec<Asked>,
    /// Unpacked; `null` where there is no document.
    pub(super) bytes: Option<usize>,
    pub(super) fetch_ms: u64,
    pub(super) read_ms: u64,
    /// Where permanent redirects led, which the daemon would remember.
    pub(super) moved_to: Option<String>,
    /// Whether the next request could ask for changes alone.
    pub(super) conditional: bool,
    pub(super) format: Option<feed::Format>,
    pub(super) title: Option<String>,
    pub(super) link: Option<String>,
    pub(super) language: Option<String>,
    /// What the reader mended.
    pub(super) notes: Vec<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) schedule: Schedule,
    pub(super) error: Option<String>,
    pub(super) advice: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Asked {
    pub(super) url: String,
    pub(super) status: Option<u16>,
    /// The address that was connected.
    pub(super) peer: Option<String>,
    pub(super) ms: u64,
    pub(super) headers: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) title: String,
    pub(super) published: Option<String>,
    pub(super) updated: Option<String>,
    /// Characters of its text.
    pub(super) text: usize,
}

/// What the schedule concludes, were this the feed's first poll.
#[derive(Debug, Serialize)]
pub(super) struct Schedule {
    pub(super) next_poll: Option<String>,
    pub(super) wait_s: Option<u64>,
    pub(super) gone: bool,
    /// How often the feed says that it changes.
    pub(super) every_s: Option<u64>,
    /// How long the answer stays fresh, by its headers.
    pub(super) fresh_s: Option<u64>,
    /// How far the server's clock is ahead of ours.
    pub(super) clock_ahead_s: Option<i64>,
}

impl Report {
    pub(super) fn of(feed: &Feed, probe: &Probe, plan: Plan, now: Timestamp) -> Report {
        let Probe { trace, document, reading, asked, read } = probe;
        let found = reading.as_ref().ok();
        let trouble = reading.as_ref().err();
        let of_feed = |field: fn(&feed::Feed) -> Option<String>| found.and_then(|found| field(&found.feed));
        let moved_to = document.as_ref().and_then(|document| document.moved_to.as_ref());
        Report {
            feed: feed.id.clone(),
            source: feed.source.address(),
            hops: trace.hops.iter().map(Asked::of).collect(),
            bytes: document.as_ref().map(|document| document.body.len()),
            fetch_ms: millis(*asked),
            read_ms: millis(*read),
            moved_to: moved_to.filter(|_| found.is_some()).map(Url::to_string),
            conditional: document.as_ref().is_some_and(|document| !document.validators.is_empty()),
            format: found.map(|found| found.feed.format),
            title: of_feed(|feed| feed.title.clone()),
            link: of_feed(|feed| feed.link.clone()),
            language: of_feed(|feed| feed.language.clone()),
            notes: found
                .map(|found| found.notes.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            entries: found
                .map(|found| found.feed.entries.iter().map(Entry::of).collect())
                .unwrap_or_default(),
            schedule: Schedule::of(plan, now, probe),
            error: trouble.map(ToString::to_string),
            advice: trouble.map(advice::advice),
        }
    }
}

impl Asked {
    fn of(hop: &Hop) -> Asked {
        Asked {
            url: hop.url.to_string(),
            status: hop.status,
            peer: hop.peer.map(|peer| peer.to_string()),
            ms: millis(hop.took),
            headers: telling(&hop.headers),
        }
    }
}

impl Entry {
    fn of(entry: &feed::Entry) -> Entry {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Entry {
            id: entry.id.clone(),
            url: entry.url.clone(),
            title: entry.title.clone(),
            published: time(entry.published),
            updated: time(entry.updated),
            text: entry.text.chars().count(),
        }
    }
}

impl Schedule {
    fn of(plan: Plan, now: Timestamp, probe: &Probe) -> Schedule {
        let next = (!plan.gone).then_some(plan.next_poll);
        let wait =
            |next: Timestamp| Duration::try_from(next.duration_since(now)).unwrap_or_default().as_secs();
        let told = probe.document.as_ref().map(|document| document.told).unwrap_or_default();
        let every = probe.reading.as_ref().ok().and_then(|reading| reading.hints.every());
        Schedule {
            next_poll: next.map(|next| next.to_string()),
            wait_s: next.map(wait),
            gone: plan.gone,
            every_s: every.map(|every| every.as_secs()),
            fresh_s: told.fresh_for.map(|fresh| fresh.as_secs()),
            clock_ahead_s: told.clock_ahead.map(|ahead| ahead.as_secs()),
        }
    }
}

fn telling(headers: &HeaderMap) -> Vec<(String, String)> {
    let rows = TELLING.iter().flat_map(|name| headers.get_all(*name).iter().map(move |value| (*name, value)));
    rows.map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
