//! Kills, full disks and locks of other programs: nothing is lost, nothing half-kept, and it goes on.

use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

use rasid::store::{Attempt, Error, Outcome, Store};
use rusqlite::Connection;
use tokio::time::timeout;

use super::child::{Played, command};
use super::words::{AMAL, Home, alerting, at, entry, pack, peek, poll, state};

fn is_sound(home: &Home) {
    assert_eq!(peek::<String>(&home.path(), "PRAGMA integrity_check"), "ok");
    assert_eq!(peek::<i64>(&home.path(), "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

#[tokio::test]
async fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    let home = Home::new();
    let mut acknowledged = HashSet::new();
    let mut sent = HashSet::new();
    let mut begun = 0;
    for after in [1, 2, 3, 4, 5, 17, 40, 61] {
        let mut child = Played::of("works", &home.path());
        for _ in 0..after {
            let said = child.says().expect("it works until it is killed");
            match said.split_once(' ').unwrap() {
                ("polled", number) => drop(acknowledged.insert(number.parse::<i64>().unwrap())),
                ("sending", _) => begun += 1,
                ("sent", id) => assert!(sent.insert(id.to_owned()), "{id} is sent again"),
                other => panic!("{other:?}"),
            }
        }
        child.kill();
        is_sound(&home);
        let entries: i64 = peek(&home.path(), "SELECT count(*) FROM entries");
        let alerts: i64 = peek(&home.path(), "SELECT count(*) FROM alerts");
        assert_eq!((entries % 3, alerts), (0, entries), "each poll is there whole or not at all");
        let oldest_missing = entries;
        assert!(acknowledged.iter().all(|number| *number < oldest_missing), "what was acknowledged is there");
    }
    assert!(begun >= sent.len());
    let store = home.open();
    let open = store.due(at(9), 1000).await.unwrap();
    assert!(open.len() <= 1, "only what the kill interrupted is sent once more");
    assert!(open.iter().all(|message| !sent.contains(&message.message_id)), "what was acknowledged never is");
}

#[tokio::test]
async fn a_full_disk_refuses_whole_polls_and_is_forgotten_when_there_is_room() {
    let home = Home::new();
    let (program, arguments, (key, value)) = command("fills", &home.path());
    let mut limited = Command::new("prlimit");
    // What is over the limit comes as a signal that ends a process, unless it is ignored.
    limited.args(["--fsize=1200000:unlimited", "sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    limited.arg(program).args(arguments).env(key, value);
    let mut child = Played::start(limited);
    let full = child.says().expect("it says when it is full");
    let before: i64 = full.strip_prefix("full after ").expect(&full).parse().unwrap();
    assert!(before > 0);
    assert_eq!(child.says().as_deref(), Some("kept"));
    is_sound(&home);
    assert_eq!(peek::<i64>(&home.path(), "SELECT count(*) FROM entries"), before + 2);
}

#[tokio::test]
async fn a_program_that_locks_the_database_is_waited_for() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["a"], &[AMAL])])).await.unwrap();
    let backup = Connection::open(home.path()).unwrap();
    backup.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = store.commit(poll("ina", 2, vec![entry(2, &[])]));
    tokio::pin!(waiting);
    assert!(timeout(Duration::from_millis(1200), &mut waiting).await.is_err(), "it waits");
    assert_eq!(store.held_for(AMAL, 9).await.unwrap().len(), 1, "and reads meanwhile");
    backup.execute_batch("COMMIT").unwrap();
    assert_eq!(waiting.await.unwrap().entries, 1);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_program_that_locks_the_database() {
    let home = Home::new();
    let store = home.open();
    let backup = Connection::open(home.path()).unwrap();
    backup.execute_batch("BEGIN IMMEDIATE").unwrap();
    let polls = (0..100).map(|number| poll(&format!("feed-{number}"), 1, vec![entry(1, &[])]));
    let waiting: Vec<_> = polls
        .map(|poll| {
            let store = store.clone();
            tokio::spawn(async move { store.commit(poll).await })
        })
        .collect();
    tokio::task::yield_now().await;
    store.note(state("noted", 1));
    let closed = timeout(Duration::from_secs(4), store.close()).await.expect("it ends in time");
    assert!(closed.is_err(), "and says that what was noted is not kept");
    for end in waiting {
        assert!(end.await.unwrap().is_err());
    }
    drop(backup);
    assert_eq!(home.open().feeds().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_queued_together_is_made_durable_together() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![])).await.unwrap();
    let before = commits(&home);
    let backup = Connection::open(home.path()).unwrap();
    backup.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting: Vec<_> = (0..50)
        .map(|number| {
            let store = store.clone();
            let brought = poll(&format!("feed-{number}"), 1, vec![alerting(number, &["a"], &[AMAL])]);
            tokio::spawn(async move { store.commit(brought).await })
        })
        .collect();
    // Tasks run in turn, so that all have queued up behind the lock once another question is answered.
    assert_eq!(store.feeds().await.unwrap().len(), 1);
    backup.execute_batch("COMMIT").unwrap();
    for end in waiting {
        assert_eq!(end.await.unwrap().unwrap().alerts, 1);
    }
    let made = commits(&home) - before;
    assert!((1..=3).contains(&made), "{made} commits");
}

/// Counts the commits in the write-ahead log: frames that say how large the database is after them.
fn commits(home: &Home) -> usize {
    let wal = std::fs::read(home.beside("-wal")).unwrap();
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let page = number(&wal[8..12]) as usize;
    wal[32..].chunks_exact(24 + page).filter(|frame| number(&frame[4..8]) > 0).count()
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["a"], &[AMAL])])).await.unwrap();
    store.close().await.unwrap();
    assert!(!home.beside("-wal").exists(), "all is in the one file");
    let sent = Attempt { message: 1, at: at(1), outcome: Outcome::Sent(String::new()) };
    assert!(matches!(store.commit(poll("ina", 1, vec![])).await, Err(Error::Closed)));
    assert!(matches!(store.record(vec![sent]).await, Err(Error::Closed)));
    assert!(matches!(store.held().await, Err(Error::Closed)));
    assert!(matches!(store.ping().await, Err(Error::Closed)));
    assert!(matches!(store.close().await, Err(Error::Closed)));
    let again = home.open();
    again.ping().await.unwrap();
    assert!(pack(&again, AMAL, "one@x", 2).await);
}
