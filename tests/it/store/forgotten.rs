//! Forgetting: what is too old goes in its order, what is still to be told never, and nothing comes back.

use rasid::feed::identity::{Facets, Print};
use rasid::store::sqlite::{Archive, SqliteStore};
use rasid::store::{Attempt, Bounds, Edit, Outcome, Poll, Pruned, Store};

use super::words::{AMAL, Home, alerting, at, entry, facets, pack, peek, poll, state};

/// Nothing goes.
const NOTHING: Bounds = Bounds {
    entries: None,
    matches: None,
    messages: None,
    size: u64::MAX,
    spared: jiff::Timestamp::UNIX_EPOCH,
};

async fn forget(store: &SqliteStore, bounds: Bounds) -> Pruned {
    let mut all = Pruned::default();
    loop {
        all += store.prune(bounds).await.unwrap();
        if !all.more {
            return all;
        }
    }
}

async fn send_all(store: &SqliteStore, second: i64) {
    let due = store.due(at(second), 1000).await.unwrap();
    let sent = |message: &rasid::store::Message| Attempt {
        message: message.id,
        at: at(second),
        outcome: Outcome::Sent("250".into()),
    };
    store.record(due.iter().map(sent).collect()).await.unwrap();
}

fn count(home: &Home, table: &str) -> i64 {
    peek(&home.path(), &format!("SELECT count(*) FROM {table}"))
}

fn is_sound(home: &Home) {
    assert_eq!(peek::<String>(&home.path(), "PRAGMA integrity_check"), "ok");
    assert_eq!(count(home, "pragma_foreign_key_check"), 0);
}

/// Entries 1 to 4 of second 1: 1 matched and told, 2 matched nothing, 3 matched and is held, 4 matched and
/// stands in a message that waits. Entry 9 is of second 50.
async fn archive(home: &Home) -> SqliteStore {
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["a"], &[AMAL]), entry(2, &[])])).await.unwrap();
    assert!(pack(&store, AMAL, "one@x", 2).await);
    send_all(&store, 3).await;
    store.commit(poll("ina", 1, vec![alerting(4, &["a"], &[AMAL])])).await.unwrap();
    assert!(pack(&store, AMAL, "two@x", 4).await);
    store.commit(poll("ina", 1, vec![alerting(3, &["a"], &[AMAL])])).await.unwrap();
    store.commit(poll("ina", 50, vec![entry(9, &[])])).await.unwrap();
    store
}

#[tokio::test]
async fn what_is_young_or_still_to_be_told_stays() {
    let home = Home::new();
    let store = archive(&home).await;
    assert_eq!(forget(&store, NOTHING).await, Pruned::default());
    let old = Bounds { entries: Some(at(1)), matches: Some(at(1)), messages: Some(at(2)), ..NOTHING };
    assert_eq!(forget(&store, old).await, Pruned::default());
    let all = Bounds { entries: Some(at(99)), matches: Some(at(99)), messages: Some(at(99)), ..NOTHING };
    forget(&store, all).await;
    let held = store.held_for(AMAL, 9).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(
        (held[0].text.as_str(), held[0].matches[0].spans.len()),
        ("انسحبت القوات من القاعدة رقم 3.", 1)
    );
    let due = store.due(at(99), 9).await.unwrap();
    assert_eq!(due.len(), 1);
    assert!(due[0].bytes.starts_with(b"Message-ID: <two@x>"));
    assert_eq!(count(&home, "alerts"), 2);
    is_sound(&home);
    // Told at last, they go as well; only the last entry stays for its number's sake.
    assert!(pack(&store, AMAL, "three@x", 60).await);
    send_all(&store, 61).await;
    forget(&store, all).await;
    assert_eq!((count(&home, "entries"), count(&home, "alerts"), count(&home, "matches")), (1, 0, 0));
    assert_eq!((count(&home, "tombstones"), count(&home, "messages")), (4, 1));
    is_sound(&home);
}

#[tokio::test]
async fn a_match_outlives_the_text_of_its_entry() {
    let home = Home::new();
    let store = archive(&home).await;
    let bounds = Bounds { entries: Some(at(40)), messages: Some(at(40)), ..NOTHING };
    let Pruned { stripped, buried, messages, .. } = forget(&store, bounds).await;
    assert_eq!((stripped, buried, messages), (1, 1, 1));
    let matches = Archive::open(&home.path()).unwrap().matches("a", None, 9).unwrap();
    let told = matches.last().unwrap();
    assert_eq!(matches.len(), 3);
    assert_eq!((told.title.as_str(), told.text.as_str()), ("الخبر رقم 1", ""));
    assert_eq!((told.url.as_deref(), told.feed.as_str()), (Some("https://news.example/1"), "ina"));
    assert_eq!((told.fetched, told.published), (at(1), Some(at(0))));
    assert_eq!(peek::<i64>(&home.path(), "SELECT length(bytes) FROM messages WHERE message_id = 'one@x'"), 0);
    assert_eq!(forget(&store, bounds).await, Pruned::default());
    // Found by its title alone now; the one that went is not found at all.
    let found = |word: &str| count(&home, &format!("entry_words('{word}')"));
    assert_eq!((found("خبر"), found("من")), (4, 3));
    is_sound(&home);
}

#[tokio::test]
async fn what_was_forgotten_does_not_come_back() {
    let home = Home::new();
    let store = archive(&home).await;
    let alias = Facets { guid: 77, ..facets(2) };
    let named = Poll { aliases: vec![(2, alias)], ..poll("ina", 1, vec![]) };
    store.commit(named).await.unwrap();
    forget(&store, Bounds { entries: Some(at(40)), ..NOTHING }).await;
    let mut again = vec![alerting(1, &["a"], &[AMAL]), alerting(2, &["a"], &[AMAL])];
    again[1].print.digest = 1234;
    let known = store.known("ina", &[facets(1), facets(2), alias]).await.unwrap();
    let names: Vec<_> = known.iter().map(|known| (known.entry, known.print.facets)).collect();
    assert!(
        [(1, facets(1)), (2, facets(2)), (2, alias)].iter().all(|name| names.contains(name)),
        "{names:?}"
    );
    // A rotated guid, and a feed that has moved: link and title, and title and text, are still known.
    let rotated = Facets { guid: 5, ..facets(2) };
    assert!(!store.known("ina", &[rotated]).await.unwrap().is_empty());
    let moved = Facets { guid: 5, link: 6, ..facets(2) };
    let by_title = store.known("ina", &[moved]).await.unwrap();
    let print = Print { facets: facets(2), digest: 3 };
    assert!(by_title.iter().any(|known| known.print == print), "{by_title:?}");
    // Even a daemon that does not ask first stores nothing anew.
    let committed = store.commit(poll("ina", 60, again.clone())).await.unwrap();
    assert_eq!((committed.entries, committed.alerts), (0, 0));
    // A new name or an edit of what is gone is no reason to refuse a poll.
    assert_eq!(store.contents(vec![1, 2]).await.unwrap(), []);
    let late = Poll {
        aliases: vec![(2, rotated)],
        edits: again.into_iter().zip(1..).map(|(new, entry)| Edit { entry, new }).collect(),
        ..Poll::of_state(state("ina", 61), at(61))
    };
    assert_eq!(store.commit(late).await.unwrap().alerts, 0);
    let known = store.known("ina", &[rotated]).await.unwrap();
    assert!(known.iter().any(|known| known.print.facets == rotated), "{known:?}");
    is_sound(&home);
}

#[tokio::test]
async fn a_database_that_is_too_large_loses_what_is_oldest() {
    let home = Home::new();
    let store = home.open();
    for second in 1..=40_i64 {
        let mut new: Vec<_> = (0..20).map(|n| entry(second.unsigned_abs() * 100 + n, &[])).collect();
        for new in &mut new {
            new.entry.text = "خبر طويل لا يهم أحدا. ".repeat(200);
        }
        store.commit(poll("ina", second, new)).await.unwrap();
    }
    let before = store.space().await.unwrap();
    let size = before.used() / 2;
    forget(&store, Bounds { size, spared: at(100), ..NOTHING }).await;
    let after = store.space().await.unwrap();
    assert!(after.used() <= size, "{after:?}");
    assert!(after.used() > size - 200_000, "and no more than it has to: {after:?}");
    let oldest: i64 = peek(&home.path(), "SELECT min(fetched) FROM entries");
    assert!(oldest > at(10).as_millisecond(), "the oldest went first");
    while store.give_back().await.unwrap() {}
    let given = store.space().await.unwrap();
    assert_eq!((given.free, given.file < before.file), (0, true), "{given:?}");
    is_sound(&home);
    // What is spared stays, and a step has an end.
    let small = Bounds { size: 1, spared: at(1), ..NOTHING };
    assert_eq!(forget(&store, small).await, Pruned::default());
}
