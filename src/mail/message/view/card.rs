//! One story: its first entry in full, what is new of it, who told it first and who else did.

use jiff::Timestamp;
use serde::Serialize;

use super::super::bidi::{self, Label, Shown};
use super::super::clean::{self, Place};
use super::super::phrases;
use super::{Showing, shown};
use crate::alert::telling::{News, Sighting, Telling};
use crate::store::HeldEntry;

/// Names, and numbers, that a follow-up says are new.
const NEWS: usize = 8;

/// One story.
#[derive(Debug, Serialize)]
pub(in crate::mail::message) struct Card {
    /// How much it matters, in a word, where that is more than usual.
    pub severity: Option<&'static str>,
    /// What its entries add to what was told; empty for a story that is new.
    pub news: Vec<Fact>,
    /// The headline of the first entry with its matched words.
    pub title: Shown,
    /// Its sentences that matched.
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
    /// The titles of the rules that hold for some entry, the first of them where there are many.
    pub rules: Vec<Label>,
    /// Who told the story first, where there is more than one entry.
    pub first: Option<Origin>,
    /// How many independent outlets tell it, in words, where they are several.
    pub outlets: Option<String>,
    /// The other entries that this message tells.
    pub also: Vec<Mention>,
    /// Who told it in earlier messages; an entry itself is told once.
    pub earlier: Vec<Origin>,
    /// How many of those are not listed, in words.
    pub more: Option<String>,
    /// Mutes the story.
    pub mute: Option<String>,
    /// Say that the first entry was worth an alert, and that it was not.
    pub judge: Option<[String; 2]>,
    #[serde(skip)]
    pub at: Timestamp,
}

/// One kind of news.
#[derive(Debug, Serialize)]
pub(in crate::mail::message) struct Fact {
    /// What kind.
    pub label: &'static str,
    /// What is new.
    pub items: Vec<Label>,
}

/// Who told a story, and when.
#[derive(Debug, Serialize)]
pub(in crate::mail::message) struct Origin {
    pub outlet: Label,
    pub time: String,
    /// Whether the text repeats another's.
    pub copy: bool,
}

/// An entry that is listed.
#[derive(Debug, Serialize)]
pub(in crate::mail::message) struct Mention {
    /// The headline with its matched words.
    pub title: Shown,
    /// The same as plain text, fit to stand in a line.
    pub plain: String,
    /// Where the article is: `http` or `https`.
    pub url: Option<String>,
    /// The host of `url`.
    pub host: Option<String>,
    /// Who published it.
    pub outlet: Label,
    /// When; without a date where that is the first entry's.
    pub time: String,
    /// Whether its text repeats another's.
    pub copy: bool,
}

impl Card {
    /// What is new, as one line.
    pub(super) fn news_in_a_line(&self, comma: &str) -> String {
        let line = |fact: &Fact| {
            let items: Vec<&str> = fact.items.iter().map(|item| item.plain.as_str()).collect();
            format!("{} {}", fact.label, items.join(comma))
        };
        self.news.iter().map(line).collect::<Vec<_>>().join(" · ")
    }
}

/// A story as it is shown; nothing of one without entries.
pub(super) fn card(story: &Telling, showing: &Showing<'_>) -> Option<Card> {
    let (lead, others) = story.entries.split_first()?;
    let (phrases, measure) = (showing.phrases, &showing.measure);
    let (at, seen) = shown::time(lead);
    let link = shown::link(lead.url.as_deref());
    let single = others.is_empty() && story.followed.is_empty() && story.first.is_none();
    let listed = story.followed.len().min(measure.earlier);
    // The latest are nearest to what is told now.
    let (unlisted, earlier) = story.followed.split_at(story.followed.len() - listed);
    Some(Card {
        severity: phrases.severity(showing.names.severity_of(&story.entries)),
        news: if story.told_before { facts(&story.news, showing) } else { Vec::new() },
        title: shown::title(lead, phrases, measure),
        excerpt: shown::text(lead, measure).map(|text| bidi::show(&text, "*")),
        host: link.as_ref().and_then(|url| url.host_str()).map(str::to_owned),
        url: link.filter(|url| url.as_str().len() <= measure.url).map(String::from),
        outlet: showing.outlet(&lead.feed, lead.feed_title.as_deref()),
        time: showing.time(at),
        seen,
        rules: showing.rules(&story.entries, 12),
        first: (!single).then(|| first(story, lead, at, showing)),
        outlets: (story.outlets > 1).then(|| phrases::outlets(showing.language(), story.outlets as usize)),
        also: others.iter().map(|entry| another(entry, at, showing)).collect(),
        earlier: earlier.iter().map(|sighting| origin(sighting, at, showing)).collect(),
        more: (!unlisted.is_empty()).then(|| phrases::others(showing.language(), unlisted.len())),
        mute: showing
            .letter
            .links
            .filter(|_| !measure.brief)
            .map(|links| links.mute(&showing.subscriber, story.story)),
        judge: showing
            .letter
            .links
            .filter(|_| !measure.brief)
            .map(|links| [true, false].map(|relevant| links.judge(&showing.subscriber, lead.id, relevant))),
        at,
    })
}

/// The story's first entry, which may be the one that is told in full.
fn first(story: &Telling, lead: &HeldEntry, at: Timestamp, showing: &Showing<'_>) -> Origin {
    match &story.first {
        Some(sighting) => origin(sighting, at, showing),
        None => Origin {
            outlet: showing.outlet(&lead.feed, lead.feed_title.as_deref()),
            time: phrases::time_beside(showing.language(), at, at, &showing.letter.to.timezone),
            copy: false,
        },
    }
}

fn origin(sighting: &Sighting, beside: Timestamp, showing: &Showing<'_>) -> Origin {
    Origin {
        outlet: showing.outlet(&sighting.feed, sighting.feed_title.as_deref()),
        time: phrases::time_beside(showing.language(), sighting.time, beside, &showing.letter.to.timezone),
        copy: sighting.copy,
    }
}

fn facts(news: &News, showing: &Showing<'_>) -> Vec<Fact> {
    let words = &showing.phrases.news;
    let dir = showing.phrases.dir;
    let cleaned = |written: &[String]| {
        let lines = written.iter().map(|text| clean::line(text, Place::Body, 60));
        lines.filter(|line| !line.is_empty()).take(NEWS).map(|line| bidi::label(&line, dir)).collect()
    };
    let rules = news.rules.iter().map(|id| showing.rule(id));
    let facts = [
        Fact { label: words.rules, items: rules.take(NEWS).collect() },
        Fact { label: words.names, items: cleaned(&news.names) },
        Fact { label: words.numbers, items: cleaned(&news.numbers) },
        Fact {
            label: words.outlets,
            items: cleaned(&news.outlets.map(|count| count.to_string()).into_iter().collect::<Vec<_>>()),
        },
    ];
    facts.into_iter().filter(|fact| !fact.items.is_empty()).collect()
}

/// A further entry of this message.
fn another(entry: &HeldEntry, beside: Timestamp, showing: &Showing<'_>) -> Mention {
    let link = shown::link(entry.url.as_deref());
    let (at, _) = shown::time(entry);
    let title = shown::title(entry, showing.phrases, &showing.measure);
    Mention {
        plain: title.within(showing.phrases.dir),
        title,
        host: link.as_ref().and_then(|url| url.host_str()).map(str::to_owned),
        url: link.filter(|url| url.as_str().len() <= showing.measure.url).map(String::from),
        outlet: showing.outlet(&entry.feed, entry.feed_title.as_deref()),
        time: phrases::time_beside(showing.language(), at, beside, &showing.letter.to.timezone),
        copy: entry.copy_of.is_some(),
    }
}
