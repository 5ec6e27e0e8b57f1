//! What is shown of one entry: its headline and sentences with their matched words, its time, its link.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::super::bidi::{self, Shown};
use super::super::clean::{self, Place};
use super::super::excerpt::excerpt;
use super::super::phrases::Phrases;
use super::Measure;
use crate::rules::Field;
use crate::store::HeldEntry;

/// The headline with its matched words; how the text begins where there is none.
pub(super) fn title(entry: &HeldEntry, phrases: &Phrases, measure: &Measure) -> Shown {
    let hits = hits(entry, Field::Title);
    let mut hits = hits.iter().peekable();
    let marked = entry.title.chars().enumerate().map(|(at, c)| {
        while hits.next_if(|hit| hit.end <= at).is_some() {}
        (c, hits.peek().is_some_and(|hit| hit.contains(&at)))
    });
    let mut title = clean::marked(marked, Place::Body, measure.title);
    if title.is_empty() {
        title = clean::marked(excerpt(&entry.text, &[], 80).into_iter(), Place::Body, 80);
    }
    if title.is_empty() {
        title = phrases.untitled.chars().map(|c| (c, false)).collect();
    }
    bidi::show(&title, "")
}

/// The sentences of the text that matched, or its beginning where it adds to the headline.
pub(super) fn text(entry: &HeldEntry, measure: &Measure) -> Option<Vec<clean::Marked>> {
    let hits = hits(entry, Field::Body);
    let max = if hits.is_empty() { measure.excerpt * 2 / 3 } else { measure.excerpt };
    // Room for ellipses, so that the cut of the excerpt is the one that counts.
    let text = clean::marked(excerpt(&entry.text, &hits, max).into_iter(), Place::Body, max + 12);
    let repeats = || {
        let plain: String = text.iter().map(|mark| mark.0).collect();
        let title = clean::line(&entry.title, Place::Body, measure.title);
        hits.is_empty()
            && (title.is_empty()
                || plain.trim_end_matches('…').starts_with(&title) && plain.len() < title.len() + 8)
    };
    (!text.is_empty() && !repeats()).then_some(text)
}

/// Where rules matched a field: code points, sorted, disjoint.
fn hits(entry: &HeldEntry, field: Field) -> Vec<Range<usize>> {
    let spans = entry.matches.iter().flat_map(|matched| &matched.spans);
    let spans = spans.filter(|span| span.field == field && span.start < span.end);
    let mut spans: Vec<Range<usize>> = spans.map(|span| span.start as usize..span.end as usize).collect();
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut hits: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match hits.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => hits.push(span),
        }
    }
    hits
}

/// What a feed says of the time is shown unless it lies in the future; it decides nothing.
pub(super) fn time(entry: &HeldEntry) -> (Timestamp, bool) {
    let latest = entry.fetched.checked_add(SignedDuration::from_hours(1)).unwrap_or(entry.fetched);
    match entry.published {
        Some(published) if published <= latest => (published, false),
        _ => (entry.fetched, true),
    }
}

/// An address that may be linked: `http` or `https`, without user and password, percent-encoded.
pub(super) fn link(url: Option<&str>) -> Option<Url> {
    let mut url = Url::parse(url?).ok()?;
    url.host_str().filter(|host| !host.is_empty())?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    Some(url)
}
