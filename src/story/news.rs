//! What an entry adds to its story: names and numbers that none before it had, and whether its outlet is a new one.
//!
//! Told are numbers of headline and lead, names of the headline, and configured entities wherever they stand; none of
//! them is new that any earlier entry of the story has anywhere. Years, dates and times of day are no news.

use super::gist::Text;
use super::stem::{self, Sort, Stem};
use super::window::{Entry, Window};
use super::{Article, News, number};
use crate::text::fold::{self, Letter};
use crate::text::word::Words;

/// Facts told of one entry.
const MOST: usize = 8;

/// What may be news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// An entity of the config, by id.
    Entity(String),
    /// A name in the headline, as written, and its key.
    Name(String, u32),
    /// A number in headline or lead, as written, and its key.
    Number(String, u32),
}

/// What of an article may be news: `stems` are of all its words, `headline` and `lead` say how many of them are those.
pub(super) fn facts(
    article: &Article<'_>,
    [title, body]: [&str; 2],
    words: &Words,
    stems: &[Stem],
    headline: usize,
    lead: usize,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = article.names.iter().cloned().map(Fact::Entity).collect();
    for (place, stem) in stems.iter().enumerate().take(headline + lead) {
        let written = || words.text_of(place, if place < headline { title } else { body }).to_owned();
        match stem.sort {
            Sort::Name if place < headline => facts.push(Fact::Name(written(), stem.key)),
            Sort::Number if !is_date(words, place) => facts.push(Fact::Number(written(), stem.key)),
            _ => {}
        }
    }
    facts
}

/// What an entry adds to a story, and how many independent outlets tell it now.
pub(super) fn of(text: &Text, copy: bool, window: &Window, story: i64) -> (News, u32) {
    let before: Vec<&Entry> = window.story(story).collect();
    let Some(newest) = before.first() else {
        return (News { independent: Some(1), ..News::default() }, 1);
    };
    let mut news = News::default();
    for fact in &text.facts {
        match fact {
            Fact::Entity(id) => {
                tell(&mut news.names, id, || before.iter().any(|entry| has_entity(entry, id)));
            }
            Fact::Name(name, key) => {
                tell(&mut news.names, name, || before.iter().any(|entry| has_name(entry, *key)));
            }
            Fact::Number(number, key) => {
                tell(&mut news.numbers, number, || before.iter().any(|entry| has_number(entry, *key)));
            }
        }
    }
    let counts = !before.iter().any(|entry| entry.independent && entry.gist.outlet == text.gist.outlet);
    let outlets = newest.outlets + u32::from(counts && !copy);
    news.independent = (counts && !copy).then_some(outlets);
    (news, outlets)
}

fn tell(told: &mut Vec<String>, fact: &str, is_known: impl FnOnce() -> bool) {
    if told.len() < MOST && !told.iter().any(|known| known == fact) && !is_known() {
        told.push(fact.to_owned());
    }
}

fn has_entity(entry: &Entry, id: &str) -> bool {
    entry.gist.entities.contains(&stem::key(id.as_bytes()))
}

fn has_name(entry: &Entry, key: u32) -> bool {
    entry.gist.term(key).is_some()
}

fn has_number(entry: &Entry, key: u32) -> bool {
    entry.gist.numbers.iter().any(|number| number & number::KEY == key & number::KEY)
}

/// Whether a number is a year, a day of a month or a time of day.
fn is_date(words: &Words, place: usize) -> bool {
    const MONTHS: &str = "يناير فبراير مارس أبريل ابريل نيسان مايو أيار يونيو يونيه حزيران يوليو يوليه تموز أغسطس آب سبتمبر \
        أيلول أكتوبر نوفمبر ديسمبر كانون تشرين شباط آذار محرم صفر ربيع جمادى رجب شعبان رمضان شوال ذو ذي";
    const BEFORE: &str = "عام سنة الساعة موسم العام";
    let is_one_of = |list: &str, letters: &[Letter]| {
        list.split_whitespace().any(|word| {
            let mut folded = word.chars().filter_map(|c| fold::fold(c).letter());
            letters.iter().all(|&letter| folded.next() == Some(letter)) && folded.next().is_none()
        })
    };
    let value = number::value(words.letters(place)).unwrap_or_default();
    let next = place + 1 < words.words().len() && is_one_of(MONTHS, words.letters(place + 1));
    let before = place > 0 && is_one_of(BEFORE, words.letters(place - 1));
    (1900..2100).contains(&value) || (1400..1500).contains(&value) || next || before
}
