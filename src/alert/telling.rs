//! What a message tells: stories, each with what is new of it and who told it before. Pure values,
//! drawn up by whoever gathers and written out by [`crate::mail::message`].

use jiff::{SignedDuration, Timestamp};

use super::follow_up::is_round;
use crate::store::{HeldEntry, Member, Story};

/// One story, as a message tells it.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The id of the story's first entry.
    pub story: i64,
    /// What this message tells, never empty: the first in full, the others listed.
    pub entries: Vec<HeldEntry>,
    /// The story's first entry, where that is not the first of `entries`.
    pub first: Option<Sighting>,
    /// Independent outlets so far; copies count once.
    pub outlets: u32,
    /// Those of the story that this subscriber was told of before, oldest first.
    pub followed: Vec<Sighting>,
    /// Whether an earlier message told the story to this subscriber.
    pub told_before: bool,
    /// What the entries add to what was told.
    pub news: News,
}

/// What a follow-up adds to its story, as written, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Names that no earlier entry had.
    pub names: Vec<String>,
    /// Numbers that no earlier entry had.
    pub numbers: Vec<String>,
    /// Ids of rules that this subscriber was not told of yet.
    pub rules: Vec<String>,
    /// How many independent outlets tell it by now, where that is news.
    pub outlets: Option<u32>,
}

/// An entry of a story that is only mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The feed's id.
    pub feed: String,
    /// The title that the feed gives itself.
    pub feed_title: Option<String>,
    /// When it was published, or had where that is not to be believed.
    pub time: Timestamp,
    /// Its headline.
    pub title: String,
    /// Where it is.
    pub url: Option<String>,
    /// Whether its text repeats an earlier entry's.
    pub copy: bool,
}

/// The mails to which a message belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Message-IDs without angle brackets, the first first; never empty.
    pub references: Vec<String>,
    /// The subject of the first of them.
    pub subject: String,
}

impl Telling {
    /// An entry that stands alone.
    pub fn alone(entry: HeldEntry) -> Telling {
        Telling {
            story: entry.id,
            entries: vec![entry],
            first: None,
            outlets: 1,
            followed: Vec::new(),
            told_before: false,
            news: News::default(),
        }
    }

    /// What is held of a story, in the order in which it came and never empty, as a message tells it: what
    /// is news first, of that the latest; `outlets` is how many more independent outlets are news.
    pub fn of(story: &Story, mut entries: Vec<HeldEntry>, outlets: usize) -> Telling {
        let told_before = !story.told.is_empty();
        let member = |id: i64| story.entries.iter().find(|member| member.entry == id);
        let is_round = |n: &u32| is_round(*n, outlets);
        let news = if told_before { news(story, &entries, is_round) } else { News::default() };
        let is_news = |entry: &HeldEntry| {
            let added = |member: &Member| {
                let novelty = &member.novelty;
                let says = !novelty.names.is_empty() || !novelty.numbers.is_empty();
                !member.told && (says || novelty.outlet.as_ref().is_some_and(is_round))
            };
            entry.matches.iter().any(|found| !story.told.contains(&found.rule))
                || member(entry.id).is_some_and(added)
        };
        if told_before {
            entries.sort_by_cached_key(|entry| if is_news(entry) { (0, -entry.id) } else { (1, entry.id) });
        } else {
            entries.sort_by_key(|entry| (entry.copy_of.is_some(), entry.id));
        }
        let first = story.entries.first().filter(|first| first.entry == story.story);
        let first = first.filter(|first| !entries.iter().any(|entry| entry.id == first.entry));
        let first = first.map(Sighting::of);
        // Not what nobody told them: rules may be limited to some outlets.
        let before = |member: &&Member| member.told && !entries.iter().any(|entry| entry.id == member.entry);
        let followed = story.entries.iter().filter(before).map(Sighting::of).collect();
        let counted = story.entries.iter().filter_map(|member| member.novelty.outlet).max();
        let story = story.story;
        Telling { story, entries, first, outlets: counted.unwrap_or(1).max(1), followed, told_before, news }
    }
}

/// What the entries add to a story that was told.
fn news(story: &Story, entries: &[HeldEntry], is_round: impl Fn(&u32) -> bool) -> News {
    let mut news = News::default();
    let mut add = |list: fn(&mut News) -> &mut Vec<String>, what: &str| {
        let list = list(&mut news);
        if !list.iter().any(|known| known == what) {
            list.push(what.to_owned());
        }
    };
    let new: Vec<&Member> = (story.entries.iter())
        .filter(|member| !member.told && entries.iter().any(|entry| entry.id == member.entry))
        .collect();
    for Member { novelty, .. } in &new {
        novelty.names.iter().for_each(|name| add(|news| &mut news.names, name));
        novelty.numbers.iter().for_each(|number| add(|news| &mut news.numbers, number));
    }
    let rules = entries.iter().flat_map(|entry| &entry.matches).map(|found| &found.rule);
    rules.filter(|rule| !story.told.contains(rule)).for_each(|rule| add(|news| &mut news.rules, rule));
    news.outlets = new.iter().filter_map(|member| member.novelty.outlet).filter(is_round).max();
    news
}

impl Sighting {
    fn of(member: &Member) -> Sighting {
        Sighting {
            feed: member.feed.clone(),
            feed_title: member.feed_title.clone(),
            time: time(member.published, member.fetched),
            title: member.title.clone(),
            url: member.url.clone(),
            copy: member.copy,
        }
    }
}

/// What a feed says of the time, unless it lies in the future.
fn time(published: Option<Timestamp>, fetched: Timestamp) -> Timestamp {
    let latest = fetched.checked_add(SignedDuration::from_hours(1)).unwrap_or(fetched);
    published.filter(|published| *published <= latest).unwrap_or(fetched)
}

/// Message-IDs that a mail refers to at most: the first, and the latest.
const REFERENCES: usize = 20;

impl Thread {
    /// The mails that told a story; `None` where none did.
    pub fn of(story: &Story) -> Option<Thread> {
        let mut references = story.messages.clone();
        if references.len() > REFERENCES {
            references.drain(1..=references.len() - REFERENCES);
        }
        let first = story.entries.first().map(|member| member.title.clone());
        let subject = story.subject.clone().or(first).unwrap_or_default();
        (!references.is_empty()).then_some(Thread { references, subject })
    }
}
