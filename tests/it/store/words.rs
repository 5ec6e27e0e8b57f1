//! The words that the tests speak: feeds, entries and polls of little content.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rasid::feed::Entry;
use rasid::feed::identity::{Facets, Print};
use rasid::fetch::Validators;
use rasid::fetch::schedule::Rhythm;
use rasid::fetch::watch::{Warning, Watch};
use rasid::rules::Field;
use rasid::store::sqlite::SqliteStore;
use rasid::store::{FeedState, HeldEntry, Match, NewEntry, NewMessage, Poll, Span, Store};
use rasid::text::key;
use tempfile::TempDir;

pub(crate) const AMAL: &str = "amal@example.org";
pub(crate) const BASIM: &str = "basim@example.org";

/// A directory with room for one database.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("rasid.db")
    }

    pub(crate) fn beside(&self, suffix: &str) -> PathBuf {
        self.0.path().join(format!("rasid.db{suffix}"))
    }

    pub(crate) fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path()).unwrap()
    }
}

/// A second pair of eyes: what stands in the file, read without the store.
pub(crate) fn peek<T: rusqlite::types::FromSql>(path: &Path, sql: &str) -> T {
    let db = rusqlite::Connection::open(path).unwrap();
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(crate) fn state(feed: &str, second: i64) -> FeedState {
    FeedState {
        id: feed.into(),
        source: format!("https://{feed}.example/rss"),
        moved_to: None,
        validators: Validators { etag: Some(b"\"\xd8\xff\"".to_vec()), last_modified: None },
        next_poll: at(second + 600),
        hold_until: None,
        gone: false,
        failures: 0,
        error: None,
        last_success: Some(at(second)),
        title: Some(format!("وكالة {feed}")),
        rhythm: learnt(second),
        watch: Watch::default(),
        warning: Some(Warning {
            kind: "quiet".into(),
            reason: format!("صامتة منذ {second}"),
            since: at(second),
        }),
    }
}

fn learnt(second: i64) -> Rhythm {
    let mut rhythm = Rhythm::default();
    rhythm.learn([Some(at(second - 5))].into_iter(), Some(at(0)), at(second));
    rhythm
}

pub(crate) fn facets(number: u64) -> Facets {
    // Half of them have the top bit set, which a signed column must bring back.
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Facets { guid: spread, link: spread ^ 1, title: spread ^ 2 }
}

/// Entry `number`, for which `rules` hold.
pub(crate) fn entry(number: u64, rules: &[&str]) -> NewEntry {
    let entry = Entry {
        id: format!("guid-{number}"),
        url: Some(format!("https://news.example/{number}")),
        title: format!("الخبر رقم {number}"),
        summary: None,
        content: None,
        text: format!("انسحبت القوات من القاعدة رقم {number}."),
        published: Some(at(0)),
        updated: None,
        authors: vec!["مراسل".into()],
        categories: vec![],
    };
    let matches = rules.iter().map(|rule| holds(rule)).collect();
    NewEntry {
        words: key::of_entry(&entry.title, &entry.text),
        entry,
        print: Print { facets: facets(number), digest: number + 1 },
        entities: vec![],
        matches,
        alerts: vec![],
    }
}

/// The same, and these people asked for all of them.
pub(crate) fn alerting(number: u64, rules: &[&str], subscribers: &[&str]) -> NewEntry {
    let mut new = entry(number, rules);
    for subscriber in subscribers {
        new.alerts.extend(rules.iter().map(|rule| ((*subscriber).to_owned(), (*rule).to_owned())));
    }
    new
}

pub(crate) fn holds(rule: &str) -> Match {
    let span = Span { field: Field::Body, start: 0, end: 6, term: "انسحب".into() };
    Match { rule: rule.into(), spans: vec![span] }
}

pub(crate) fn poll(feed: &str, second: i64, entries: Vec<NewEntry>) -> Poll {
    Poll { entries, ..Poll::of_state(state(feed, second), at(second)) }
}

/// A message that tells all of `entries`.
pub(crate) fn message(subscriber: &str, message_id: &str, entries: &[HeldEntry], second: i64) -> NewMessage {
    let rules = |entry: &HeldEntry| entry.matches.iter().map(|found| found.rule.clone()).collect();
    NewMessage {
        subscriber: subscriber.into(),
        message_id: message_id.into(),
        subject: format!("موضوع {message_id}"),
        bytes: format!("Message-ID: <{message_id}>\r\n\r\n{} entries\r\n", entries.len()).into_bytes(),
        tells: entries.iter().map(|entry| (entry.id, rules(entry))).collect(),
        created: at(second),
    }
}

/// Packs all that a subscriber is owed into one message.
pub(crate) async fn pack(store: &SqliteStore, subscriber: &str, message_id: &str, second: i64) -> bool {
    let held = store.held_for(subscriber, 1000).await.unwrap();
    store.enqueue(message(subscriber, message_id, &held, second)).await.unwrap()
}
