//! Texts that say too little to be compared: of them only a repeat, word for word, by another outlet counts.
//!
//! A headline of a few words is like many others («التحالف الدولي يعلن»); taken for a report of the same event it
//! would keep somebody waiting for news.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Article;

/// So many different words are enough.
const ENOUGH: usize = 12;

/// Texts remembered at most; the oldest leave first.
const MOST: usize = 50_000;

/// Whether an article says too little to be compared.
pub fn is_short(article: &Article<'_>) -> bool {
    let mut seen = HashSet::new();
    words(article).all(|word| {
        seen.insert(word);
        seen.len() < ENOUGH
    })
}

/// The short texts within a window.
#[derive(Debug)]
pub struct Repeats {
    window: SignedDuration,
    hasher: RandomState,
    /// By a hash of their words.
    first: HashMap<u64, First>,
    /// The same, in the order in which they came.
    order: VecDeque<u64>,
}

#[derive(Debug)]
struct First {
    key: i64,
    outlet: String,
    time: Timestamp,
}

impl Repeats {
    /// None yet.
    pub fn new(window: Duration) -> Repeats {
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        Repeats { window, hasher: RandomState::new(), first: HashMap::new(), order: VecDeque::new() }
    }

    /// The key of the article that another outlet published in the same words, within the window; else this
    /// one is remembered.
    pub fn place(&mut self, key: i64, article: &Article<'_>) -> Option<i64> {
        let hash = self.hasher.hash_one(words(article).collect::<Vec<_>>());
        let first = self.first.get(&hash);
        let first = first.filter(|first| article.time.duration_since(first.time).abs() <= self.window);
        if let Some(First { key, outlet, .. }) = first {
            return (outlet != article.outlet).then_some(*key);
        }
        let first = First { key, outlet: article.outlet.to_owned(), time: article.time };
        if self.first.insert(hash, first).is_none() {
            self.order.push_back(hash);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.first.remove(&oldest);
        }
        None
    }
}

fn words<'a>(article: &Article<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let split = |text: &'a str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    split(article.title).chain(split(article.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str =
        "أعلنت وزارة الصحة وفاة سبعة عشر شخصا في حادث سير على الطريق السريع جنوب العاصمة مساء أمس.";

    fn article<'a>(outlet: &'a str, hour: i64, title: &'a str, body: &'a str) -> Article<'a> {
        let time = Timestamp::from_second(1_790_000_000 + hour * 3600).unwrap();
        Article { outlet, time, title, body, names: &[] }
    }

    #[test]
    fn a_few_words_are_too_few() {
        let cases = [
            ("", "", true),
            ("التحالف الدولي يعلن البيان رقم 7", "نص البيان رقم 7.", true),
            ("عاجل", "عاجل عاجل عاجل عاجل عاجل عاجل عاجل عاجل عاجل عاجل عاجل عاجل عاجل", true),
            ("حادث سير", FULL, false),
            (FULL, "", false),
        ];
        for (title, body, expected) in cases {
            assert_eq!(is_short(&article("a", 0, title, body)), expected, "{title} {body}");
        }
    }

    #[test]
    fn another_outlet_in_the_same_words_repeats() {
        let mut repeats = Repeats::new(Duration::from_hours(72));
        let mut check = |key, outlet, hour, title, expected| {
            assert_eq!(repeats.place(key, &article(outlet, hour, title, "نص.")), expected, "{key}");
        };
        check(1, "a", 0, "التحالف الدولي يجتمع", None);
        check(2, "a", 0, "التحالف الدولي ثانية", None);
        check(3, "b", 1, "التحالف الدولي يجتمع", Some(1));
        check(4, "c", 1, "«التحالف الدولي» يجتمع!", Some(1));
        check(5, "a", 2, "التحالف الدولي يجتمع", None);
        check(6, "b", 80, "التحالف الدولي يجتمع", None);
        check(7, "c", 81, "التحالف الدولي يجتمع", Some(6));
    }
}
