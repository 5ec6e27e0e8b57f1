//! Articles a second into stories, with 1,000 to 100,000 in the window. For looking, not a test.
//!
//! `cargo bench --bench story`. A tenth of the articles repeats an earlier one with other words at its end. Peak memory:
//! `/usr/bin/time -v rasid stories group` on as many lines.

#[path = "support/arabic.rs"]
#[allow(dead_code)] // the rules that other benchmarks make
mod arabic;

use std::time::Duration;

use arabic::{Random, Vocabulary};
use divan::counter::ItemsCount;
use jiff::{SignedDuration, Timestamp};
use rasid::story::{Article, Grouper};

const WORDS: usize = 250;
const PLACED: i64 = 500;

fn main() {
    divan::main();
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 3, sample_size = 1)]
fn place(bencher: divan::Bencher<'_, '_>, window: i64) {
    let mut stream = Stream::new();
    let mut grouper = Grouper::new(Duration::from_hours(72));
    let mut key = 0;
    let mut place = |articles: i64| {
        for _ in 0..articles {
            let (title, body) = stream.next();
            let time = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(key * 72 * 3600 / window);
            let outlet = if key % 2 == 0 { "a" } else { "b" };
            divan::black_box(grouper.place(key, &Article { outlet, time, title, body, names: &[] }));
            key += 1;
        }
    };
    place(window);
    bencher.counter(ItemsCount::new(PLACED as u64)).bench_local(|| place(PLACED));
}

/// Articles, made in advance and told again with another headline.
struct Stream {
    articles: Vec<(String, String)>,
    random: Random,
}

impl Stream {
    fn new() -> Stream {
        let mut random = Random(1);
        let vocabulary = Vocabulary::new(60_000, &mut random);
        let mut articles: Vec<(String, String)> = Vec::new();
        for number in 0..5_000 {
            let title = arabic::text(9, &vocabulary, &mut random);
            let mut body = arabic::text(WORDS, &vocabulary, &mut random);
            if number > 0 && random.percent(10) {
                let kept = articles[random.below(number)].1.clone();
                body = format!("{kept} {}", arabic::text(WORDS / 5, &vocabulary, &mut random));
            }
            articles.push((title, body));
        }
        Stream { articles, random }
    }

    /// A headline of one article and the text of another.
    fn next(&mut self) -> (&str, &str) {
        let (title, body) = (self.random.below(self.articles.len()), self.random.below(self.articles.len()));
        (&self.articles[title].0, &self.articles[body].1)
    }
}
