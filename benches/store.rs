//! What storing costs: batches of entries, judging what is known, the outbox.
//!
//! First a table of figures per CPU second of the whole process (all threads), which a busy machine
//! does not distort, then divan's wall times.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)] // a benchmark that cannot run has nothing to say

use std::path::PathBuf;
use std::time::{Duration, Instant};

use divan::Bencher;
use jiff::Timestamp;
use rasid::feed::Entry;
use rasid::feed::identity::{Facets, Print};
use rasid::fetch::Validators;
use rasid::fetch::schedule::Rhythm;
use rasid::fetch::watch::Watch;
use rasid::rules::Field;
use rasid::store::sqlite::SqliteStore;
use rasid::store::{Attempt, FeedState, Match, NewEntry, NewMessage, Outcome, Poll, Span, Store};
use rasid::text::key;
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[allow(dead_code)] // other benchmarks make rules, too
#[path = "support/arabic.rs"]
mod arabic;

use arabic::{Random, Vocabulary};

const SUBSCRIBER: &str = "amal@example.org";

fn main() {
    figures();
    divan::main();
}

struct Bench {
    home: TempDir,
    store: SqliteStore,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Bench {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&home.path().join("rasid.db")).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        Bench { home, store, runtime }
    }

    fn file(&self) -> PathBuf {
        self.home.path().join("rasid.db")
    }

    fn commit(&self, poll: Poll) {
        self.runtime.block_on(self.store.commit(poll)).unwrap();
    }

    /// Finds the words of each entry, as matching does on its way, and stores it.
    fn store_all(&self, polls: Vec<Poll>) -> usize {
        let entries = polls.iter().map(|poll| poll.entries.len()).sum();
        for mut poll in polls {
            for new in &mut poll.entries {
                new.words = key::of_entry(&new.entry.title, &new.entry.text);
            }
            self.commit(poll);
        }
        entries
    }

    fn known(&self, feed: &str, document: &[Facets]) -> usize {
        self.runtime.block_on(self.store.known(feed, document)).unwrap().len()
    }

    /// Packs a message of 3 KB for each held entry and records that all were sent, in batches of 50.
    fn deliver(&self) -> usize {
        self.runtime.block_on(async {
            let held = self.store.held_for(SUBSCRIBER, usize::MAX).await.unwrap();
            for batch in held.chunks(50) {
                let messages = batch.iter().map(|entry| NewMessage {
                    subscriber: SUBSCRIBER.into(),
                    message_id: format!("{}@bench", entry.id),
                    subject: "خبر".into(),
                    bytes: vec![b'x'; 3000],
                    tells: vec![(entry.id, vec!["troops".into()])],
                    created: at(2),
                });
                let packing: Vec<_> = messages
                    .map(|message| {
                        let store = self.store.clone();
                        tokio::spawn(async move { store.enqueue(message).await })
                    })
                    .collect();
                for packed in packing {
                    assert!(packed.await.unwrap().unwrap());
                }
                let due = self.store.due(at(3), 100).await.unwrap();
                let sent = due.iter().map(|message| Attempt {
                    message: message.id,
                    at: at(3),
                    outcome: Outcome::Sent("250 2.0.0 Ok: queued".into()),
                });
                self.store.record(sent.collect()).await.unwrap();
            }
            held.len()
        })
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// Seeded, so that every run stores the same.
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    }

    /// Arabic letters in 155 to 455 words, some 3 KB of UTF-8 on average.
    fn text(&mut self) -> String {
        let letters: Vec<char> = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي".chars().collect();
        let mut text = String::new();
        for _ in 0..155 + self.next() % 301 {
            for _ in 0..3 + self.next() % 4 {
                text.push(letters[(self.next() % letters.len() as u64) as usize]);
            }
            text.push(' ');
        }
        text
    }

    fn entry(&mut self) -> NewEntry {
        let number = self.next();
        let entry = Entry {
            id: format!("https://news.example/article/{number:016x}"),
            url: Some(format!("https://news.example/article/{number:016x}")),
            title: self.text().chars().take(60).collect(),
            summary: None,
            content: None,
            text: self.text(),
            published: Some(at(0)),
            updated: None,
            authors: vec![],
            categories: vec!["سياسة".into()],
        };
        let facets = Facets { guid: self.next(), link: self.next(), title: self.next() };
        NewEntry {
            entry,
            words: String::new(),
            print: Print { facets, digest: self.next() },
            entities: vec![],
            matches: vec![],
            alerts: vec![],
        }
    }

    /// A hundred entries of words that come again.
    fn spoken_poll(&mut self, number: usize, spoken: &Vocabulary, random: &mut Random) -> Poll {
        let mut poll = self.poll(&format!("feed-{}", number % 50));
        for new in &mut poll.entries {
            new.entry.title = arabic::text(10, spoken, random);
            new.entry.text = arabic::text(155 + random.below(301), spoken, random);
        }
        poll
    }

    /// A hundred entries, one in ten of which a rule holds for and someone asked for.
    fn poll(&mut self, feed: &str) -> Poll {
        let mut entries: Vec<_> = (0..100).map(|_| self.entry()).collect();
        for new in entries.iter_mut().step_by(10) {
            let span =
                |start| Span { field: Field::Body, start, end: start + 6, term: "انسحاب".into() };
            new.matches = vec![Match { rule: "troops".into(), spans: vec![span(3), span(40)] }];
            new.alerts = vec![(SUBSCRIBER.into(), "troops".into())];
        }
        Poll { entries, ..Poll::of_state(state(feed), at(1)) }
    }
}

fn state(feed: &str) -> FeedState {
    FeedState {
        id: feed.into(),
        source: format!("https://news.example/{feed}"),
        moved_to: None,
        validators: Validators::default(),
        next_poll: at(600),
        hold_until: None,
        gone: false,
        failures: 0,
        error: None,
        last_success: Some(at(1)),
        title: None,
        rhythm: Rhythm::default(),
        watch: Watch::default(),
        warning: None,
    }
}

fn facets(poll: &Poll) -> Vec<Facets> {
    poll.entries.iter().map(|new| new.print.facets).collect()
}

/// The CPU time of all threads of this process so far.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10) // a hundred ticks a second on every Linux
}

fn figures() {
    let bench = Bench::new();
    let mut words = Words(1);
    let polls: Vec<_> = (0..200).map(|number| words.poll(&format!("feed-{}", number % 50))).collect();
    let text: usize = polls.iter().flat_map(|poll| &poll.entries).map(|new| new.entry.text.len()).sum();
    let text = text / 20_000;
    let last: Vec<_> =
        polls.iter().rev().take(50).map(|poll| (poll.state.id.clone(), facets(poll))).collect();
    measured("entries stored, batches of 100, a new word at every turn", || bench.store_all(polls));
    let mut random = Random(7);
    let spoken = Vocabulary::new(50_000, &mut random);
    let polls = (200..400).map(|number| words.spoken_poll(number, &spoken, &mut random)).collect();
    measured("entries stored, batches of 100, as news repeats its words", || bench.store_all(polls));
    let known = |rounds: usize| {
        (0..rounds).flat_map(|_| &last).map(|(feed, document)| bench.known(feed, document)).sum()
    };
    measured("entries judged as seen, each document changed", || {
        let turn = |document: &[Facets], by| [&document[by..], &document[..by]].concat();
        (0..60)
            .flat_map(|by| last.iter().map(move |(feed, document)| (feed, turn(document, by))))
            .map(|(feed, document)| bench.known(feed, &document))
            .sum()
    });
    measured("entries judged as seen, documents unchanged", || known(2000));
    measured("messages of 3 KB packed and recorded", || bench.deliver());
    bench.runtime.block_on(bench.store.close()).unwrap();
    let stored = std::fs::metadata(bench.file()).unwrap().len() / 40_000;
    println!("bytes an entry: {stored}, of which text {text}\n");
}

fn measured(what: &str, work: impl FnOnce() -> usize) {
    let (before, began) = (cpu(), Instant::now());
    let done = work() as f64;
    let (spent, took) = (cpu().saturating_sub(before).as_secs_f64(), began.elapsed().as_secs_f64());
    println!("{what}: {:.0} a CPU second, {:.0} a second", done / spent, done / took);
}

#[divan::bench]
fn commit_100_entries(bencher: Bencher) {
    let bench = Bench::new();
    let mut words = Words(2);
    bencher
        .counter(100_usize)
        .with_inputs(|| words.poll("feed"))
        .bench_local_values(|poll| bench.commit(poll));
}

#[divan::bench(args = [10, 100])]
fn known_unchanged(bencher: Bencher, entries: usize) {
    let bench = Bench::new();
    let poll = Words(3).poll("feed");
    let document = facets(&poll)[..entries].to_vec();
    bench.commit(poll);
    bencher.counter(entries).bench_local(|| bench.known("feed", &document));
}

#[divan::bench]
fn note(bencher: Bencher) {
    let bench = Bench::new();
    let state = state("feed");
    bencher.with_inputs(|| state.clone()).bench_local_values(|state| bench.store.note(state));
}
