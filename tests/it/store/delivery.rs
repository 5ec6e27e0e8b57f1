//! Alerts and messages: held until told, fixed before sent, ended once.

use jiff::Timestamp;
use rasid::store::sqlite::SqliteStore;
use rasid::store::{Article, Attempt, Backlog, Edit, Held, Outcome, Owed, Owes, Page, Store, Taken, Turn};

use super::words::{AMAL, BASIM, Home, alerting, at, entry, holds, message, pack, peek, poll};

const LATER: Timestamp = Timestamp::MAX;

#[tokio::test]
async fn who_is_owed_what_since_when() {
    let home = Home::new();
    let store = home.open();
    assert_eq!(store.held().await.unwrap(), []);
    store.commit(poll("ina", 5, vec![alerting(1, &["a", "b"], &[AMAL, BASIM])])).await.unwrap();
    let mut first = poll("nina", 3, vec![alerting(2, &["a"], &[AMAL]), alerting(3, &["a"], &[AMAL])]);
    first.first = true;
    store.commit(first).await.unwrap();
    let mut held = store.held().await.unwrap();
    held.sort_by(|a, b| a.subscriber.cmp(&b.subscriber));
    assert_ne!(held[0].fingerprint, held[1].fingerprint);
    for held in &mut held {
        held.fingerprint = 0;
    }
    let amal = Held {
        subscriber: AMAL.into(),
        since: Some(at(5)),
        first_poll_since: Some(at(3)),
        awaited: 0,
        entries: 3,
        fingerprint: 0,
    };
    let basim = Held {
        subscriber: BASIM.into(),
        since: Some(at(5)),
        first_poll_since: None,
        awaited: 0,
        entries: 1,
        fingerprint: 0,
    };
    assert_eq!(held, [amal, basim]);
    assert_eq!(store.backlog().await.unwrap(), Backlog { held: 6, ..Backlog::default() });
}

#[tokio::test]
async fn articles_of_a_first_poll_are_awaited_until_they_were_asked_for() {
    let home = Home::new();
    let store = home.open();
    let mut first = poll("ina", 3, vec![alerting(1, &["a"], &[AMAL]), alerting(2, &["a"], &[BASIM])]);
    (first.first, first.owes) = (true, Some(Owes::default()));
    store.commit(first).await.unwrap();
    store.commit(poll("nina", 5, vec![alerting(3, &["a"], &[AMAL])])).await.unwrap();
    let awaited = async || store.held().await.unwrap().iter().map(|held| held.awaited).collect::<Vec<_>>();
    assert_eq!(awaited().await, [2, 2]);
    let later = Page::Later { until: at(9), reason: "503".into() };
    let entry = store.owed(at(4), &[]).await.unwrap().ready[0].entry;
    store.settle(vec![Article { entry, at: at(4), page: later }]).await.unwrap();
    assert_eq!(awaited().await, [1, 1]);
}

#[tokio::test]
async fn an_article_whose_entry_was_edited_meanwhile_is_owed_again() {
    let home = Home::new();
    let store = home.open();
    let mut first = poll("ina", 3, vec![entry(1, &["a"])]);
    (first.first, first.owes) = (true, Some(Owes::default()));
    store.commit(first).await.unwrap();
    let had = |owed: &Owed| Page::Had {
        title: owed.title.clone(),
        before: owed.text.clone(),
        text: format!("{}\n\nالمقال.", owed.text),
        words: "المقال".into(),
        entities: Vec::new(),
        matches: vec![holds("b")],
        alerts: vec![(AMAL.into(), "b".into())],
    };
    let owed = store.owed(at(4), &[]).await.unwrap().ready.remove(0);
    let mut new = entry(1, &["a"]);
    new.entry.title = "عنوان آخر".into();
    let mut edit = poll("ina", 100_000, Vec::new());
    edit.edits = vec![Edit { entry: owed.entry, new }];
    store.commit(edit.clone()).await.unwrap();
    let settled =
        store.settle(vec![Article { entry: owed.entry, at: at(5), page: had(&owed) }]).await.unwrap();
    assert_eq!(settled.alerts, 0, "its places would be those of another title");
    let owed = store.owed(at(5), &[]).await.unwrap().ready.remove(0);
    assert_eq!(owed.title, "عنوان آخر");
    store.settle(vec![Article { entry: owed.entry, at: at(6), page: had(&owed) }]).await.unwrap();
    assert_eq!(store.held_for(AMAL, 9).await.unwrap()[0].matches, [holds("b")]);

    // An edit long after that has a day of its own for its article.
    store.commit(edit).await.unwrap();
    let owed = store.owed(at(100_000), &[]).await.unwrap().ready.remove(0);
    assert_eq!((owed.since, owed.attempts, owed.first), (at(100_000), 0, false));
}

#[tokio::test]
async fn a_message_tells_its_alerts_once() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["a", "b"], &[AMAL, BASIM])])).await.unwrap();
    let held = store.held_for(AMAL, 10).await.unwrap();
    store.commit(poll("ina", 2, vec![alerting(2, &["a"], &[AMAL])])).await.unwrap();

    assert!(store.enqueue(message(AMAL, "one@x", &held, 3)).await.unwrap());
    let rest = store.held_for(AMAL, 10).await.unwrap();
    assert_eq!(rest.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["الخبر رقم 2"]);
    // Neither all of it again, nor a mixture of told and held.
    assert!(!store.enqueue(message(AMAL, "two@x", &held, 4)).await.unwrap());
    let mixture = [rest[0].clone(), held[0].clone()];
    assert!(!store.enqueue(message(AMAL, "three@x", &mixture, 4)).await.unwrap());
    assert_eq!(store.held_for(AMAL, 10).await.unwrap().len(), 1);
    assert_eq!(store.held_for(BASIM, 10).await.unwrap().len(), 1, "another's alerts are another's");

    store.close().await.unwrap();
    let due = home.open().due(at(5), 10).await.unwrap();
    assert_eq!(due.iter().map(|m| (m.message_id.as_str(), m.attempts)).collect::<Vec<_>>(), [("one@x", 0)]);
    assert_eq!(due[0].bytes, message(AMAL, "one@x", &held, 3).bytes);
    assert_eq!((due[0].subscriber.as_str(), due[0].created), (AMAL, at(3)));
}

#[tokio::test]
async fn held_entries_come_oldest_first_up_to_the_limit_each_whole() {
    let home = Home::new();
    let store = home.open();
    let entries = (1..=5).map(|number| alerting(number, &["a", "b", "c"], &[AMAL])).collect();
    store.commit(poll("ina", 1, entries)).await.unwrap();
    let two = store.held_for(AMAL, 2).await.unwrap();
    assert_eq!(
        two.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(),
        ["الخبر رقم 1", "الخبر رقم 2"]
    );
    assert!(two.iter().all(|entry| entry.matches.len() == 3));
    assert_eq!(store.held_for(AMAL, 0).await.unwrap().len(), 0);
}

#[tokio::test]
async fn alerts_that_are_ended_are_neither_held_nor_told() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["a", "b"], &[AMAL, BASIM])])).await.unwrap();
    let held = store.held_for(AMAL, 10).await.unwrap();
    assert_eq!(store.end_held(AMAL, "no longer a subscriber").await.unwrap(), 2);
    assert_eq!(store.end_held(AMAL, "again").await.unwrap(), 0);
    assert!(!store.enqueue(message(AMAL, "one@x", &held, 2)).await.unwrap());
    assert_eq!(store.held().await.unwrap().len(), 1);
    let why = "SELECT DISTINCT ended FROM alerts WHERE ended IS NOT NULL";
    assert_eq!(peek::<String>(&home.path(), why), "no longer a subscriber");
}

#[tokio::test]
async fn messages_wait_and_end_as_their_attempts_say() {
    let home = Home::new();
    let store = home.open();
    let mut ids = Vec::new();
    for number in 0..4 {
        store.commit(poll("ina", 1, vec![alerting(number, &["a"], &[AMAL])])).await.unwrap();
        assert!(pack(&store, AMAL, &format!("{number}@x"), 10).await);
        ids = store.due(at(10), 10).await.unwrap().iter().map(|message| message.id).collect();
    }
    let due = async |second, limit| -> Vec<i64> {
        store.due(at(second), limit).await.unwrap().iter().map(|message| message.id).collect()
    };
    assert_eq!(due(10, 2).await, ids[..2]);
    assert_eq!(due(0, 9).await, ids, "a clock that is set back does not hold up what is due");

    let end = |message, outcome| Attempt { message, at: at(20), outcome };
    let wait = |second| Outcome::Deferred { until: at(second), reason: "451 later".into() };
    let attempts = vec![
        end(ids[0], Outcome::Sent("250 ok".into())),
        end(ids[1], wait(50)),
        end(ids[2], Outcome::Refused("550 no such user".into())),
        end(ids[3], wait(40)),
    ];
    store.record(attempts).await.unwrap();
    assert_eq!(due(39, 9).await, [] as [i64; 0]);
    assert_eq!(store.next_attempt(at(39)).await.unwrap(), Some(at(40)));
    assert_eq!(due(40, 9).await, [ids[3]]);
    assert_eq!(store.next_attempt(at(40)).await.unwrap(), Some(at(50)), "what is due is not waited for");
    assert_eq!(due(50, 9).await, [ids[1], ids[3]]);
    assert_eq!(store.next_attempt(at(50)).await.unwrap(), None);
    assert_eq!(due(19, 9).await, [ids[1], ids[3]], "deferred under a clock that was set back since");
    assert_eq!(
        store.backlog().await.unwrap(),
        Backlog { deferred: 2, oldest: Some(at(10)), ..Backlog::default() }
    );
    assert_eq!(store.due(at(60), 9).await.unwrap()[0].attempts, 1);

    // An end is an end, whatever is recorded after it; but what a relay has taken over is sent.
    store.record(vec![end(ids[0], wait(0)), end(ids[2], wait(0))]).await.unwrap();
    let ended: Vec<i64> = store.due(LATER, 9).await.unwrap().iter().map(|message| message.id).collect();
    assert_eq!(ended, [ids[1], ids[3]]);
    let reply = format!("SELECT state || ': ' || reply FROM messages WHERE id = {}", ids[2]);
    assert_eq!(peek::<String>(&home.path(), &reply), "failed: 550 no such user");
    store.record(vec![end(ids[2], Outcome::Sent("250 ok".into()))]).await.unwrap();
    assert_eq!(peek::<String>(&home.path(), &reply), "sent: 250 ok");
}

/// `messages` for AMAL and BASIM by turns, made at second 10.
async fn queue(store: &SqliteStore, messages: u64) {
    for number in 0..messages {
        let who = [AMAL, BASIM][number as usize % 2];
        store.commit(poll("ina", 1, vec![alerting(number, &["a"], &[who])])).await.unwrap();
        assert!(pack(store, who, &format!("{number}@x"), 10).await);
    }
}

fn names(taken: &Taken) -> Vec<&str> {
    taken.messages.iter().map(|message| message.message_id.as_str()).collect()
}

#[tokio::test]
async fn a_turn_records_what_ended_and_takes_up_more() {
    let home = Home::new();
    let store = home.open();
    queue(&store, 6).await;
    let take = |take, except: &[&str]| {
        let except = except.iter().map(|who| (*who).to_owned()).collect();
        Turn { take, except, ..Turn::default() }
    };
    let taken = store.turn(at(11), take(2, &[])).await.unwrap();
    assert_eq!(names(&taken), ["0@x", "1@x"]);
    let others = store.turn(at(11), take(2, &[AMAL])).await.unwrap();
    assert_eq!(names(&others), ["3@x", "5@x"]);
    let state = "SELECT group_concat(state, ' ') FROM (SELECT state FROM messages ORDER BY id)";
    assert_eq!(peek::<String>(&home.path(), state), "sending sending due sending due sending");

    let end = |message, outcome| Attempt { message, at: at(12), outcome };
    let turn = Turn {
        ended: vec![
            end(taken.messages[0].id, Outcome::Sent("250 ok".into())),
            end(taken.messages[1].id, Outcome::Untaken("421 busy".into())),
        ],
        back: vec![others.messages[1].id],
        ..take(9, &[])
    };
    let taken = store.turn(at(12), turn).await.unwrap();
    assert_eq!(names(&taken), ["1@x", "2@x", "4@x", "5@x"], "what is under way is not taken up twice");
    assert_eq!(taken.messages[0].attempts, 0, "what the relay said of itself is no attempt of the message");
    assert_eq!(
        store.backlog().await.unwrap(),
        Backlog { due: 5, oldest: Some(at(10)), ..Backlog::default() }
    );
    assert_eq!(names(&store.turn(at(12), take(9, &[])).await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn what_was_under_way_is_due_at_the_next_start_and_waits_where_that_happens_again_and_again() {
    let home = Home::new();
    let first = |take| Turn { first: true, take, ..Turn::default() };
    let store = home.open();
    queue(&store, 2).await;
    store.turn(at(20), first(1)).await.unwrap();
    store.close().await.unwrap();
    let mut waits = Vec::new();
    for start in 1..=5 {
        let store = home.open();
        let now = at(1000 * start);
        let taken = store.turn(now, first(1)).await.unwrap();
        assert_eq!(taken.interrupted, 1);
        match store.next_attempt(now).await.unwrap() {
            None => assert_eq!(names(&taken), ["0@x"]),
            Some(next) => {
                assert_eq!(names(&taken), ["1@x"], "the rest goes on");
                waits.push(next.duration_since(now).as_secs());
                let back = taken.messages.iter().map(|message| message.id).collect();
                let taken = store.turn(next, Turn { back, take: 1, ..Turn::default() }).await.unwrap();
                assert_eq!(names(&taken), ["0@x"]);
            }
        }
        store.close().await.unwrap();
    }
    assert_eq!(waits, [10, 20, 40]);
    let history = "SELECT group_concat(outcome, ' ') FROM attempts";
    assert_eq!(peek::<String>(&home.path(), history), ["interrupted"; 5].join(" "));
}

#[tokio::test]
async fn what_grows_too_old_behind_a_relay_ends() {
    let home = Home::new();
    let store = home.open();
    queue(&store, 3).await;
    let turn = |before| Turn { outlived: Some((at(before), "gave up".into())), ..Turn::default() };
    assert_eq!(store.turn(at(20), turn(10)).await.unwrap().outlived, 0);
    assert_eq!(store.turn(at(20), turn(11)).await.unwrap().outlived, 3);
    assert_eq!(store.turn(at(20), turn(11)).await.unwrap().outlived, 0);
    let reply = "SELECT DISTINCT state || ': ' || reply FROM messages";
    assert_eq!(peek::<String>(&home.path(), reply), "failed: gave up");
}

#[tokio::test]
async fn a_message_remembers_its_last_attempts() {
    let home = Home::new();
    let store = home.open();
    queue(&store, 1).await;
    let message = store.due(at(11), 1).await.unwrap()[0].id;
    for second in 0..60 {
        let outcome = Outcome::Deferred { until: at(0), reason: format!("451 {second}") };
        store.record(vec![Attempt { message, at: at(second), outcome }]).await.unwrap();
    }
    let kept = "SELECT count(*) || ' ' || min(number) || ' ' || max(reply) FROM attempts";
    assert_eq!(peek::<String>(&home.path(), kept), "50 11 451 59");
}
