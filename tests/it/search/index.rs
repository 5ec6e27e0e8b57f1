//! The index is in step with what is stored, and finds all that a rule accepts.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rasid::rules::{Condition, Document, Need, Rule, RuleSet, Scratch, Within};
use rasid::store::sqlite::Archive;
use rasid::store::{Edit, Store, Stretch};
use rasid::text::word::{Layout, Words};
use rusqlite::Connection;

use super::stored::{TEXTS, archive, new};
use crate::store::words::{Home, at, peek, poll, state};

/// The numbers of the entries that the index offers for a query, the newest first.
fn offered(home: &Home, query: &str) -> Vec<i64> {
    let archive = Archive::open(&home.path()).unwrap();
    let need = Need::of(&Condition::from_query(query, Within::Document).unwrap(), &[]);
    let stretch = Stretch::default();
    let mut found = Vec::new();
    let numbers = archive.numbers(&stretch).unwrap();
    archive
        .look(&need, &stretch, numbers, |entry| {
            found.push(entry.id);
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

fn query_of(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
}

/// Every word of the texts in every way that a query may ask for it, two by two, and its beginnings.
#[tokio::test]
async fn whatever_a_query_accepts_is_offered() {
    let home = archive(&TEXTS).await;
    let mut words = BTreeSet::new();
    let mut queries = Vec::new();
    for (title, text) in TEXTS {
        let whole = format!("{title}\n{text}");
        let mut read = Words::default();
        read.read(&whole, Layout::Prose);
        let all: Vec<&str> = (0..read.words().len()).map(|word| read.text_of(word, &whole)).collect();
        queries.extend(all.windows(2).step_by(3).map(query_of));
        words.extend(all.into_iter().map(str::to_owned));
    }
    for word in &words {
        queries.extend([word.clone(), format!("={word}"), format!("~{word}")]);
        let beginning: String = word.chars().take(3).collect();
        queries.extend(
            (1..=beginning.chars().count())
                .map(|length| format!("{}*", beginning.chars().take(length).collect::<String>())),
        );
    }
    let mut accepted = 0;
    for query in &queries {
        let Ok(condition) = Condition::from_query(query, Within::Document) else { continue };
        let rules = RuleSet::compile(&[Rule::new("r", condition)], &[]);
        let offered = offered(&home, query);
        for (number, (title, body)) in (1..).zip(TEXTS) {
            if !rules.matches(Document { title, body }, &mut Scratch::default()).is_empty() {
                accepted += 1;
                assert!(offered.contains(&number), "{query} accepts {title}; offered are {offered:?}");
            }
        }
    }
    assert!(accepted > 500, "{accepted}");
}

#[tokio::test]
async fn what_is_edited_or_deleted_is_found_as_it_is_now() {
    let home = archive(&TEXTS[..3]).await;
    assert_eq!(offered(&home, "القوات"), [3, 1]);
    assert_eq!(offered(&home, "القوات NOT التحالف"), [3, 1], "a denial is the rules' to judge");
    let store = home.open();
    let mut edited = poll("ina", 100_000, Vec::new());
    edited.edits = vec![Edit {
        entry: 1, new: new(0, "الوزارة تنفي", "لا أنباء عن رحيل أحد")
    }];
    store.commit(edited).await.unwrap();
    store.close().await.unwrap();
    assert_eq!((offered(&home, "القوات"), offered(&home, "رحيل")), (vec![3], vec![1]));
    let db = Connection::open(home.path()).unwrap();
    db.execute("DELETE FROM aliases", []).unwrap();
    db.execute("DELETE FROM versions", []).unwrap();
    db.execute("DELETE FROM entries WHERE id = 1", []).unwrap();
    assert_eq!(offered(&home, "رحيل"), [0; 0]);
    let words = "SELECT count(*) FROM entry_words WHERE entry_words MATCH '\"رحيل\"'";
    assert_eq!(peek::<i64>(&home.path(), words), 0);
}

/// Waits for the background to have added everything.
fn wait_for_index(home: &Home) {
    let began = Instant::now();
    while peek::<i64>(&home.path(), "SELECT count(*) FROM unindexed") > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "the index is built");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn entries_of_an_earlier_schema_are_found_before_they_are_indexed_and_after() {
    let home = archive(&TEXTS).await;
    let db = Connection::open(home.path()).unwrap();
    db.execute_batch("DELETE FROM entry_words; INSERT INTO unindexed VALUES (9)").unwrap();
    drop(db);
    let all: Vec<i64> = (1..=8).rev().collect();
    assert_eq!(offered(&home, "القوات"), all, "all are looked at");
    let store = home.open();
    store.commit(poll("ina", 9_000, vec![new(9, "عودة القوات", "عادت")])).await.unwrap();
    wait_for_index(&home);
    store.close().await.unwrap();
    assert_eq!(offered(&home, "القوات"), [9, 6, 3, 1]);
    assert_eq!(peek::<i64>(&home.path(), "SELECT count(*) FROM entry_words"), 9);
}

#[tokio::test]
async fn a_stretch_of_time_and_a_feed_are_kept_to() {
    let home = archive(&TEXTS).await;
    let store = home.open();
    store.note(state("ina", 1));
    store.close().await.unwrap();
    let archive = Archive::open(&home.path()).unwrap();
    let found = |stretch: &Stretch| {
        let mut found = Vec::new();
        let numbers = archive.numbers(stretch).unwrap();
        archive
            .look(&Need::Nothing, stretch, numbers, |entry| {
                found.push(entry.id);
                if found.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .unwrap();
        found
    };
    let stretch = |since: Option<i64>, until: Option<i64>, feed: Option<&str>| Stretch {
        since: since.map(at),
        until: until.map(at),
        feed: feed.map(str::to_owned),
    };
    assert_eq!(found(&stretch(None, None, None)), [8, 7, 6], "no more than are wanted");
    assert_eq!(found(&stretch(Some(3_600), Some(4_200), None)), [7]);
    assert_eq!(found(&stretch(None, Some(1_200), None)), [2, 1]);
    assert_eq!(found(&stretch(Some(2_000), None, Some("nina"))), [8, 6]);
    assert_eq!(found(&stretch(Some(1_000_000), None, None)), [0; 0]);
}
