//! What the templates are given: entries in their sections, every text already cut, cleaned and
//! split into runs.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use url::Url;

use super::bidi::{self, Label, Shown};
use super::clean::{self, Place};
use super::excerpt::excerpt;
use super::phrases::{self, Phrases};
use super::{Letter, Names};
use crate::rules::Field;
use crate::store::HeldEntry;

/// Everything a template may use.
#[derive(Debug, Serialize)]
pub(super) struct View {
    /// The mail's own words.
    pub phrases: &'static Phrases,
    /// The subject.
    pub subject: String,
    /// How many entries there are, in words.
    pub heading: String,
    /// One for each rule under which entries stand.
    pub sections: Vec<Section>,
    /// Whether the sections need their titles: there are several.
    pub titled: bool,
    /// Whether there are so many entries that each is shown in brief.
    pub brief: bool,
    /// The titles of the rules that matched, the first of them where there are many.
    pub rules: Vec<Label>,
    /// The IANA name of the zone in which times are written, if it has one.
    pub zone: Option<String>,
}

/// Entries under one rule.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    /// The rule's title.
    pub title: Label,
    /// How many entries, in words.
    pub count: String,
    /// Newest first.
    pub cards: Vec<Card>,
    #[serde(skip)]
    order: (usize, String),
}

/// One entry.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    /// How much it matters, in a word, where that is more than usual.
    pub severity: Option<&'static str>,
    /// The headline with its matched words.
    pub title: Shown,
    /// The sentences that matched.
    pub excerpt: Option<Shown>,
    /// Where the article is: `http` or `https`.
    pub url: Option<String>,
    /// The host of `url`.
    pub host: Option<String>,
    /// Who published it.
    pub outlet: Label,
    /// When it was published, or when it was had.
    pub time: String,
    /// Whether `time` is when rasid had it.
    pub seen: bool,
    /// The titles of the rules that hold, the first of them where there are many.
    pub rules: Vec<Label>,
    #[serde(skip)]
    at: Timestamp,
}

/// How much of each entry is shown: the more entries, the less, so that a message which names
/// thousands stays under what relays accept.
struct Measure {
    /// Characters of a headline.
    title: usize,
    /// Characters of an excerpt.
    excerpt: usize,
    /// Bytes of an address that is linked; what is longer is hardly an article's.
    url: usize,
    /// Without a card of its own.
    brief: bool,
}

impl Measure {
    fn of(entries: usize) -> Measure {
        match entries {
            0..=100 => Measure { title: 240, excerpt: 300, url: 1000, brief: false },
            101..=1000 => Measure { title: 200, excerpt: 200, url: 1000, brief: true },
            _ => Measure { title: 140, excerpt: 140, url: 400, brief: true },
        }
    }
}

pub(super) fn view(letter: &Letter<'_>, names: &Names, subject: String) -> View {
    let language = letter.to.language;
    let phrases = Phrases::of(language);
    let measure = Measure::of(letter.entries().count());
    let mut sections: Vec<Section> = Vec::new();
    for entry in letter.entries() {
        let order = names.first_rule(entry);
        let card = card(entry, letter, names, &measure);
        match sections.binary_search_by(|section| section.order.cmp(&order)) {
            Ok(at) => sections[at].cards.push(card),
            Err(at) => {
                let title = bidi::label(names.rule(&order.1), phrases.dir);
                sections.insert(at, Section { title, count: String::new(), cards: vec![card], order });
            }
        }
    }
    for section in &mut sections {
        section.count = phrases::entries(language, section.cards.len());
        section.cards.sort_by_key(|card| std::cmp::Reverse(card.at));
    }
    View {
        phrases,
        subject,
        heading: phrases::heading(language, letter.entries().count()),
        titled: sections.len() > 1,
        sections,
        brief: measure.brief,
        rules: rules(letter.entries(), names, phrases, 50),
        zone: letter.to.timezone.iana_name().map(str::to_owned),
    }
}

fn card(entry: &HeldEntry, letter: &Letter<'_>, names: &Names, measure: &Measure) -> Card {
    let phrases = Phrases::of(letter.to.language);
    let (at, seen) = shown_time(entry);
    let link = link(entry.url.as_deref());
    Card {
        severity: phrases.severity(names.severity_of(std::slice::from_ref(entry))),
        title: title(entry, phrases, measure),
        excerpt: text(entry, measure).map(|text| bidi::show(&text, "*")),
        host: link.as_ref().and_then(|url| url.host_str()).map(str::to_owned),
        url: link.filter(|url| url.as_str().len() <= measure.url).map(String::from),
        outlet: bidi::label(&clean::line(names.outlet(entry), Place::Body, 80), phrases.dir),
        time: phrases::time(letter.to.language, at, &letter.to.timezone),
        seen,
        rules: rules(std::slice::from_ref(entry), names, phrases, 12),
        at,
    }
}

/// The titles of at most `max` of the rules that hold for some of the entries.
fn rules<'a>(
    entries: impl IntoIterator<Item = &'a HeldEntry>,
    names: &Names,
    phrases: &Phrases,
    max: usize,
) -> Vec<Label> {
    let ids = names.ids_of(entries);
    let more = (ids.len() > max).then(|| bidi::label("…", phrases.dir));
    ids.iter().take(max).map(|id| bidi::label(names.rule(id), phrases.dir)).chain(more).collect()
}

/// The headline with its matched words; how the text begins where there is none.
fn title(entry: &HeldEntry, phrases: &Phrases, measure: &Measure) -> Shown {
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
fn text(entry: &HeldEntry, measure: &Measure) -> Option<Vec<clean::Marked>> {
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
fn shown_time(entry: &HeldEntry) -> (Timestamp, bool) {
    let latest = entry.fetched.checked_add(SignedDuration::from_hours(1)).unwrap_or(entry.fetched);
    match entry.published {
        Some(published) if published <= latest => (published, false),
        _ => (entry.fetched, true),
    }
}

/// An address that may be linked: `http` or `https`, without user and password, percent-encoded.
fn link(url: Option<&str>) -> Option<Url> {
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
