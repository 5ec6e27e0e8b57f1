//! What an archive of a million entries costs, and how fast it is searched. For looking, not a test.
//!
//! `cargo bench --bench archive [-- ENTRIES [DIRECTORY]]` fills a database with seeded, invented Arabic, prints
//! entries stored a CPU second and bytes an entry, then runs the built `rasid search` and prints how long the
//! whole command takes. A directory that holds a database already is only searched.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)] // a benchmark that cannot run has nothing to say

#[allow(dead_code)] // other benchmarks make rules, too
#[path = "support/arabic.rs"]
mod arabic;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use arabic::{Random, Vocabulary};
use jiff::Timestamp;
use rasid::feed::Entry;
use rasid::feed::identity::{Facets, Print};
use rasid::fetch::Validators;
use rasid::fetch::schedule::Rhythm;
use rasid::fetch::watch::Watch;
use rasid::store::sqlite::SqliteStore;
use rasid::store::{FeedState, NewEntry, Poll, Store};
use rasid::text::key;

const BATCH: usize = 100;
/// Entries that are made before the clock runs.
const CHUNK: usize = 5_000;
/// One in so many tells of a withdrawal.
const SELDOM: usize = 50_000;

const CONFIG: &str = r#"
[storage]
path = "rasid.db"
[smtp]
url = "file:out"
from = "rasid@example.org"
[[feeds]]
id = "feed-0"
url = "https://news.example/feed"
[[entities]]
id = "forces"
names = ["القوات الأجنبية"]
[[rules]]
id = "withdrawal"
any = ["انسحاب"]
[[subscribers]]
email = "amal@example.org"
rules = ["*"]
"#;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let entries = arguments.first().map_or(1_000_000, |count| count.parse().unwrap());
    let temporary = tempfile::tempdir().unwrap();
    let home = arguments.get(1).map_or(temporary.path(), |directory| Path::new(directory));
    std::fs::create_dir_all(home).unwrap();
    std::fs::write(home.join("config.toml"), CONFIG).unwrap();
    let mut random = Random(1);
    let vocabulary = Vocabulary::new(50_000, &mut random);
    if !home.join("rasid.db").exists() {
        fill(home, entries, &vocabulary, &mut random);
    }
    search(home, &vocabulary);
}

fn fill(home: &Path, entries: usize, vocabulary: &Vocabulary, random: &mut Random) {
    let store = SqliteStore::open(&home.join("rasid.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let (mut spent, mut text, mut stored) = (Duration::ZERO, 0, 0);
    while stored < entries {
        let made: Vec<NewEntry> =
            (stored..stored + CHUNK).map(|number| entry(number, vocabulary, random)).collect();
        text += made.iter().map(|new| new.entry.title.len() + new.entry.text.len()).sum::<usize>();
        let before = cpu();
        let mut made = made.into_iter();
        for _ in 0..CHUNK / BATCH {
            let mut batch: Vec<NewEntry> = made.by_ref().take(BATCH).collect();
            for new in &mut batch {
                new.words = key::of_entry(&new.entry.title, &new.entry.text);
            }
            let feed = format!("feed-{}", stored / BATCH % 1_000);
            let poll = Poll { entries: batch, ..Poll::of_state(state(&feed), at(stored)) };
            runtime.block_on(store.commit(poll)).unwrap();
            stored += BATCH;
        }
        spent += cpu().saturating_sub(before);
    }
    runtime.block_on(store.close()).unwrap();
    let size = std::fs::metadata(home.join("rasid.db")).unwrap().len();
    let (entries, spent) = (stored as f64, spent.as_secs_f64());
    println!("{stored} entries, of {} bytes of text each, in batches of {BATCH}", text / stored);
    println!("stored: {:.0} a CPU second; {:.0} bytes an entry\n", entries / spent, size as f64 / entries);
}

fn search(home: &Path, vocabulary: &Vocabulary) {
    let spoken = |rank: usize| vocabulary.word(rank).to_owned();
    let queries = [
        ("a rare verb, inflected", "انسحب".to_owned()),
        ("a rare noun, inflected", "انسحاب".to_owned()),
        ("a rare noun, exact", "=انسحابا".to_owned()),
        ("a rare phrase", "\"القوات الأجنبية\"".to_owned()),
        ("an entity", "@forces".to_owned()),
        ("a word family", "~انسحاب".to_owned()),
        ("a prefix", "انسحاب*".to_owned()),
        ("a word that nobody writes", "هيدروجيوم".to_owned()),
        ("an invented rare word", spoken(11_900)),
        ("a common word", spoken(5)),
        ("two common words in a sentence", format!("SENTENCE({} {})", spoken(5), spoken(9))),
        ("a common word near a rare one", format!("{} NEAR/3 انسحب", spoken(5))),
    ];
    println!("{:34} {:>9} {:>9} {:>6}", "whole command, --limit 20", "best, ms", "median", "found");
    for (what, query) in queries {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..9 {
            let began = Instant::now();
            let ended = Command::new(env!("CARGO_BIN_EXE_rasid"))
                .args(["search", &query, "--json", "--config"])
                .arg(home.join("config.toml"))
                .stderr(Stdio::inherit())
                .output()
                .unwrap();
            times.push(began.elapsed().as_secs_f64() * 1e3);
            found = ended.stdout.split(|byte| *byte == b'\n').count() - 1;
        }
        times.sort_by(f64::total_cmp);
        println!("{what:34} {:>9.1} {:>9.1} {found:>6}", times[0], times[times.len() / 2]);
    }
}

fn at(number: usize) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::try_from(number).unwrap()).unwrap()
}

fn entry(number: usize, vocabulary: &Vocabulary, random: &mut Random) -> NewEntry {
    let id = random.next();
    let mut text = arabic::text(155 + random.below(301), vocabulary, random);
    if number % SELDOM == SELDOM / 2 {
        text += " وانسحبت القوات الأجنبية من القاعدة الجوية انسحابا كاملا.";
    }
    let entry = Entry {
        id: format!("https://news.example/article/{id:016x}"),
        url: Some(format!("https://news.example/article/{id:016x}")),
        title: arabic::text(9, vocabulary, random),
        summary: None,
        content: None,
        text,
        published: Some(at(number)),
        updated: None,
        authors: vec![],
        categories: vec!["سياسة".into()],
    };
    let facets = Facets { guid: random.next(), link: random.next(), title: random.next() };
    let print = Print { facets, digest: random.next() };
    NewEntry { entry, print, words: String::new(), entities: vec![], matches: vec![], alerts: vec![] }
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

/// The CPU time of all threads of this process so far.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10) // a hundred ticks a second on every Linux
}
