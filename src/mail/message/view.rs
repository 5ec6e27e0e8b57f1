//! What the templates are given: stories in their sections, every text already cut, cleaned and
//! split into runs.

use jiff::Timestamp;
use serde::Serialize;

use super::bidi::{self, Label};
use super::clean::{self, Place};
use super::phrases::{self, Phrases};
use super::{Letter, Names};
use crate::alert;
use crate::config::{Delivery, Language};
use crate::store::HeldEntry;

mod card;
mod shown;

use card::Card;

/// Everything that the templates of an alert may use.
#[derive(Debug, Serialize)]
pub(super) struct View {
    /// The mail's own words.
    pub phrases: &'static Phrases,
    /// The subject.
    pub subject: String,
    /// What a list of mails shows beside the subject.
    pub preheader: String,
    /// Whether it only shows how a message looks, in words.
    pub trial: Option<&'static str>,
    /// How many stories there are, or that it goes on with one; nothing over a single new one.
    pub heading: Option<String>,
    /// One for each rule under which stories stand.
    pub sections: Vec<Section>,
    /// Whether the sections need their titles: there are several.
    pub titled: bool,
    /// Whether there are so many entries that each is shown in brief.
    pub brief: bool,
    /// The titles of the rules that matched, the first of them where there are many.
    pub rules: Vec<Label>,
    /// The IANA name of the zone in which times are written, if it has one.
    pub zone: Option<String>,
    /// What the subscriber may do about these mails; empty where there are no links.
    pub controls: Vec<Control>,
    /// Whom to write to instead.
    pub leave: Option<String>,
}

/// Stories under one rule.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    /// The rule's title.
    pub title: Label,
    /// How many stories, in words.
    pub count: String,
    /// Newest first.
    pub cards: Vec<Card>,
    #[serde(skip)]
    order: (usize, String),
}

/// A link to something that the subscriber may do.
#[derive(Debug, Serialize)]
pub(super) struct Control {
    /// What it does.
    pub label: &'static str,
    /// `http` or `https`.
    pub url: String,
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
    /// How many entries of a story are listed that were told before or never asked for.
    earlier: usize,
    /// Without a card of its own.
    brief: bool,
}

impl Measure {
    fn of(entries: usize) -> Measure {
        match entries {
            0..=10 => Measure { title: 240, excerpt: 300, url: 1000, earlier: 10, brief: false },
            11..=100 => Measure { title: 240, excerpt: 300, url: 1000, earlier: 3, brief: false },
            101..=1000 => Measure { title: 200, excerpt: 200, url: 1000, earlier: 0, brief: true },
            _ => Measure { title: 140, excerpt: 140, url: 400, earlier: 0, brief: true },
        }
    }
}

/// What a letter's stories are shown with.
struct Showing<'a> {
    letter: &'a Letter<'a>,
    names: &'a Names,
    phrases: &'static Phrases,
    measure: Measure,
    /// The name by which links know the subscriber.
    subscriber: String,
}

impl Showing<'_> {
    fn language(&self) -> Language {
        self.letter.to.language
    }

    fn time(&self, time: Timestamp) -> String {
        phrases::time(self.language(), time, &self.letter.to.timezone)
    }

    /// The name of an outlet, fit to stand in a line.
    fn outlet(&self, feed: &str, feed_title: Option<&str>) -> Label {
        let name = clean::line(self.names.outlet(feed, feed_title), Place::Body, 80);
        bidi::label(&name, self.phrases.dir)
    }

    /// A rule's title, fit to stand in a line; also that of a rule which the config no longer knows.
    fn rule(&self, id: &str) -> Label {
        bidi::label(&clean::line(self.names.rule(id), Place::Body, 80), self.phrases.dir)
    }

    /// The titles of at most `max` of the rules that hold for some of the entries.
    fn rules<'e>(&self, entries: impl IntoIterator<Item = &'e HeldEntry>, max: usize) -> Vec<Label> {
        let ids = self.names.ids_of(entries);
        let more = (ids.len() > max).then(|| bidi::label("…", self.phrases.dir));
        ids.iter().take(max).map(|id| self.rule(id)).chain(more).collect()
    }
}

pub(super) fn view(letter: &Letter<'_>, names: &Names, subject: String) -> View {
    let language = letter.to.language;
    let phrases = Phrases::of(language);
    let entries = letter.entries().count();
    let measure = Measure::of(entries);
    let showing = Showing { letter, names, phrases, measure, subscriber: alert::name(&letter.to.email) };
    let sections = sections(&showing);
    View {
        phrases,
        subject,
        preheader: preheader(letter, &sections, phrases),
        trial: letter.trial.then_some(phrases.trial_says),
        heading: heading(letter, entries, phrases),
        titled: sections.len() > 1,
        sections,
        brief: showing.measure.brief,
        rules: showing.rules(letter.entries(), 50),
        zone: letter.to.timezone.iana_name().map(str::to_owned),
        controls: controls(&showing),
        leave: letter.links.is_none().then(|| letter.from.email.to_string()),
    }
}

fn sections(showing: &Showing<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for story in showing.letter.stories {
        let Some(card) = card::card(story, showing) else { continue };
        let order = showing.names.first_rule(&story.entries);
        match sections.binary_search_by(|section| section.order.cmp(&order)) {
            Ok(at) => sections[at].cards.push(card),
            Err(at) => {
                let title = showing.rule(&order.1);
                sections.insert(at, Section { title, count: String::new(), cards: vec![card], order });
            }
        }
    }
    for section in &mut sections {
        section.count = phrases::stories(showing.language(), section.cards.len());
        section.cards.sort_by_key(|card| std::cmp::Reverse(card.at));
    }
    sections
}

/// Over one story that is new there is nothing to say that the headline does not.
fn heading(letter: &Letter<'_>, entries: usize, phrases: &Phrases) -> Option<String> {
    match letter.stories {
        [story] if story.told_before => Some(phrases.follow_up.to_owned()),
        [_] => None,
        stories => Some(phrases::heading(letter.to.language, stories.len(), entries)),
    }
}

/// What is new of a story, what is said of a new one, or the first headlines of many.
fn preheader(letter: &Letter<'_>, sections: &[Section], phrases: &Phrases) -> String {
    let mut cards = sections.iter().flat_map(|section| &section.cards);
    match (letter.stories, cards.next()) {
        (_, None) => String::new(),
        ([_], Some(card)) => {
            let news = letter.follow_up().map(|_| card.news_in_a_line(phrases.comma));
            let news = news.filter(|news| !news.is_empty());
            news.or_else(|| card.excerpt.as_ref().map(bidi::Shown::unmarked)).unwrap_or_default()
        }
        (_, Some(first)) => {
            let headlines = std::iter::once(first).chain(cards).take(3);
            headlines.map(|card| card.title.unmarked()).collect::<Vec<_>>().join(" · ")
        }
    }
}

/// Pause, one mail a day instead of many, the end of it.
fn controls(showing: &Showing<'_>) -> Vec<Control> {
    let Some(links) = showing.letter.links else { return Vec::new() };
    let (who, phrases) = (&showing.subscriber, showing.phrases);
    let digest = matches!(showing.letter.to.delivery, Delivery::Immediate)
        .then(|| Control { label: phrases.digest, url: links.digest(who) });
    let mut controls = vec![Control { label: phrases.pause, url: links.pause(who) }];
    controls.extend(digest);
    controls.push(Control { label: phrases.unsubscribe, url: links.unsubscribe(who) });
    controls
}
