//! Polls: all of one or nothing of it, and nothing twice.

use rasid::feed::identity::Facets;
use rasid::store::sqlite::Archive;
use rasid::store::{Committed, Error, Store};

use super::words::{AMAL, BASIM, Home, alerting, at, entry, facets, peek, poll, state};

#[tokio::test]
async fn a_poll_is_kept_with_all_that_it_brought() {
    let home = Home::new();
    let store = home.open();
    let brought =
        poll("ina", 1, vec![alerting(1, &["troops", "bases"], &[AMAL, BASIM]), entry(2, &["troops"])]);
    assert_eq!(store.commit(brought).await.unwrap(), Committed { entries: 2, alerts: 4 });
    store.close().await.unwrap();

    let store = home.open();
    assert_eq!(store.feeds().await.unwrap(), [state("ina", 1)]);
    let held = store.held_for(AMAL, 10).await.unwrap();
    let [told] = held.as_slice() else { panic!("{held:?}") };
    assert_eq!((told.feed.as_str(), told.feed_title.as_deref()), ("ina", Some("وكالة ina")));
    assert_eq!((told.title.as_str(), told.url.as_deref()), ("الخبر رقم 1", Some("https://news.example/1")));
    assert_eq!((told.published, told.fetched), (Some(at(0)), at(1)));
    assert_eq!(told.text, entry(1, &[]).entry.text);
    let mut rules: Vec<_> = told.matches.clone();
    rules.sort_by(|a, b| b.rule.cmp(&a.rule));
    assert_eq!(rules, entry(1, &["troops", "bases"]).matches);
}

#[tokio::test]
async fn an_entry_that_is_stored_is_left_alone_with_its_matches_and_alerts() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["troops"], &[AMAL])])).await.unwrap();
    let mut again = alerting(1, &["troops", "bases"], &[AMAL, BASIM]);
    again.entry.text = "نص آخر".into();
    let brought = poll("ina", 2, vec![again, alerting(2, &["troops"], &[AMAL])]);
    assert_eq!(store.commit(brought).await.unwrap(), Committed { entries: 1, alerts: 1 });
    let held = store.held_for(AMAL, 10).await.unwrap();
    assert_eq!(held.iter().map(|entry| entry.matches.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(held[0].text, entry(1, &[]).entry.text);
    assert_eq!(store.held_for(BASIM, 10).await.unwrap().len(), 0);

    let other_feed = poll("nina", 2, vec![alerting(1, &["troops"], &[AMAL])]);
    assert_eq!(store.commit(other_feed).await.unwrap().entries, 1, "another feed's entry is another");
}

#[tokio::test]
async fn a_poll_that_fails_leaves_nothing_and_those_beside_it_whole() {
    let home = Home::new();
    let store = home.open();
    let mut bad = alerting(3, &["troops"], &[AMAL]);
    bad.alerts.push((AMAL.into(), "a rule that does not hold".into()));
    let bad = poll("bad", 1, vec![entry(1, &[]), bad, entry(4, &[])]);
    let (one, refused, two) = tokio::join!(
        store.commit(poll("one", 1, vec![entry(1, &[])])),
        store.commit(bad),
        store.commit(poll("two", 1, vec![entry(1, &[])])),
    );
    assert_eq!((one.unwrap().entries, two.unwrap().entries), (1, 1));
    assert!(matches!(refused, Err(Error::Failed { .. })), "{refused:?}");
    assert_eq!(peek::<i64>(&home.path(), "SELECT count(*) FROM entries"), 2);
    let mut feeds: Vec<_> = store.feeds().await.unwrap().into_iter().map(|state| state.id).collect();
    feeds.sort();
    assert_eq!(feeds, ["one", "two"]);
}

#[tokio::test]
async fn known_entries_are_those_that_share_a_guid_or_a_link() {
    let home = Home::new();
    let store = home.open();
    let by = |guid, link, title| Facets { guid, link, title };
    let stored = [by(1, 10, 100), by(2, 20, 200), by(3, 20, 300), by(u64::MAX, u64::MAX, u64::MAX)];
    let entries = stored.iter().map(|names| {
        let mut new = entry(0, &[]);
        new.print.facets = *names;
        new
    });
    store.commit(poll("ina", 1, entries.collect())).await.unwrap();
    let known = async |feed: &str, asked: &[Facets]| {
        let known = store.known(feed, asked).await.unwrap();
        let mut known: Vec<_> = known.into_iter().map(|known| known.print.facets).collect();
        known.sort_by_key(|names| (names.guid, names.link, names.title));
        known
    };
    // Each is asked twice: the second answer comes from memory.
    for _ in 0..2 {
        assert_eq!(known("ina", &[by(1, 0, 0)]).await, [stored[0]]);
        assert_eq!(known("ina", &[by(0, 20, 0)]).await, [stored[1], stored[2]]);
        assert_eq!(known("ina", &[by(2, 10, 0)]).await, [stored[0], stored[1]]);
        // Where nothing else is known, a title.
        assert_eq!(known("ina", &[by(0, 0, 100)]).await, [stored[0]]);
        assert_eq!(known("ina", &[by(0, 0, 0)]).await, []);
        assert_eq!(known("ina", &[by(0, 0, 100), by(2, 0, 0)]).await, [stored[1]]);
        assert_eq!(known("ina", &[stored[3], by(1, 10, 100)]).await, [stored[0], stored[3]]);
        assert_eq!(known("other", &[by(1, 10, 100)]).await, []);
        assert_eq!(known("ina", &[]).await, []);
    }
}

#[tokio::test]
async fn what_is_known_changes_with_every_commit() {
    let home = Home::new();
    let store = home.open();
    let document: Vec<_> = (0..3).map(facets).collect();
    for number in 0..3 {
        assert_eq!(store.known("ina", &document).await.unwrap().len(), number);
        assert_eq!(store.known("ina", &document).await.unwrap().len(), number);
        store.commit(poll("ina", 1, vec![entry(number as u64, &[])])).await.unwrap();
    }
    assert_eq!(store.known("ina", &document).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_link_that_all_entries_share_does_not_bring_them_all() {
    let home = Home::new();
    let store = home.open();
    let without_link = |number: u64| {
        let mut new = entry(number, &[]);
        (new.print.facets.guid, new.print.facets.link) = (7, 0);
        new
    };
    store.commit(poll("ina", 1, (0..3000).map(without_link).collect())).await.unwrap();
    let document: Vec<_> = (2000..2030).map(|number| without_link(number).print.facets).collect();
    let known = store.known("ina", &document).await.unwrap();
    assert!(
        document.iter().all(|names| known.iter().any(|known| known.print.facets == *names)),
        "those that agree wholly are there"
    );
    assert!(known.len() < 300, "{} entries", known.len());
}

#[tokio::test]
async fn notes_are_kept_with_the_next_commit_and_at_close() {
    let home = Home::new();
    let store = home.open();
    store.note(state("ina", 1));
    store.note(state("ina", 2));
    assert_eq!(store.feeds().await.unwrap(), [state("ina", 2)], "also before it is on disk");
    store.commit(poll("nina", 3, vec![])).await.unwrap();
    let sql = "SELECT last_success FROM feeds WHERE name = 'ina'";
    assert_eq!(peek::<i64>(&home.path(), sql), at(2).as_millisecond());
    store.note(state("ina", 4));
    store.close().await.unwrap();
    assert_eq!(peek::<i64>(&home.path(), sql), at(4).as_millisecond());
}

#[tokio::test]
async fn notes_are_kept_within_ten_seconds() {
    let home = Home::new();
    let store = home.open();
    store.note(state("ina", 1));
    let kept = async {
        while peek::<i64>(&home.path(), "SELECT count(*) FROM feeds") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), kept).await.expect("kept in time");
}

#[tokio::test]
async fn a_commit_replaces_what_was_noted_before_it_and_yields_to_what_is_noted_after() {
    let home = Home::new();
    let store = home.open();
    store.note(state("ina", 1));
    store.commit(poll("ina", 2, vec![])).await.unwrap();
    store.commit(poll("nina", 3, vec![])).await.unwrap();
    assert_eq!(store.feeds().await.unwrap()[0], state("ina", 2));
    let other = rusqlite::Connection::open(home.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap(); // so that the commit is still under way below
    let (committed, ()) = tokio::join!(store.commit(poll("ina", 4, vec![])), async {
        store.ping().await.unwrap();
        store.note(state("ina", 5));
        other.execute_batch("ROLLBACK").unwrap();
    });
    committed.unwrap();
    store.close().await.unwrap();
    assert_eq!(home.open().feeds().await.unwrap()[0], state("ina", 5));
}

#[tokio::test]
async fn the_archive_is_read_beside_a_running_store_newest_first() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, (0..5).map(|number| entry(number, &["troops"])).collect())).await.unwrap();
    store.commit(poll("nina", 2, vec![entry(9, &["bases"]), entry(5, &["troops", "bases"])])).await.unwrap();
    let archive = Archive::open(&home.path()).unwrap();
    let ids = |before, limit| {
        let page = archive.matches("troops", before, limit).unwrap();
        page.into_iter().map(|matched| (matched.title, matched.id)).collect::<Vec<_>>()
    };
    let titles = |page: &[(String, i64)]| page.iter().map(|(title, _)| title.clone()).collect::<Vec<_>>();
    let first = ids(None, 2);
    assert_eq!(titles(&first), ["الخبر رقم 5", "الخبر رقم 4"]);
    let rest = ids(Some(first[1].1), 100);
    assert_eq!(titles(&rest), ["الخبر رقم 3", "الخبر رقم 2", "الخبر رقم 1", "الخبر رقم 0"]);
    let newest = &archive.matches("bases", None, 1).unwrap()[0];
    assert_eq!((newest.feed.as_str(), newest.source.as_str()), ("nina", "https://nina.example/rss"));
    assert_eq!((newest.facets, newest.fetched), (facets(5), at(2)));
    assert!(archive.matches("none", None, 10).unwrap().is_empty());
    store.close().await.unwrap();
    assert_eq!(Archive::open(&home.path()).unwrap().matches("troops", None, 100).unwrap().len(), 6);
}

#[tokio::test]
async fn an_entry_is_known_by_every_name_it_had_but_not_by_endless_ones() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![entry(1, &[]), entry(2, &[])])).await.unwrap();
    let one = store.known("ina", &[facets(1)]).await.unwrap()[0].entry;
    let renamed = |n: u64| Facets { guid: 900 + n, ..facets(1) };
    for n in 0..50 {
        let aliases = vec![(one, renamed(n))];
        store.commit(rasid::store::Poll { aliases, ..poll("ina", 2, vec![]) }).await.unwrap();
        let known = store.known("ina", &[Facets { guid: 900 + n, link: 5, title: 5 }]).await.unwrap();
        assert_eq!(
            known.iter().map(|known| (known.entry, known.print.facets)).collect::<Vec<_>>(),
            [(one, renamed(n))]
        );
    }
    assert!(peek::<u32>(&home.path(), "SELECT count(*) FROM aliases") <= 16);
    assert!(
        store.known("ina", &[facets(1)]).await.unwrap().iter().any(|known| known.print.facets == facets(1))
    );
}

#[tokio::test]
async fn an_edit_keeps_what_was_said_and_alerts_once_for_each_rule() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![alerting(1, &["troops"], &[AMAL])])).await.unwrap();
    let id = store.held_for(AMAL, 9).await.unwrap()[0].id;
    for turn in 0..30 {
        let mut new = alerting(1, &["bases"], &[AMAL]);
        new.entry.text = format!("انسحبت من القاعدة. الصيغة {turn}");
        new.print.digest = 100 + turn;
        let edits = vec![rasid::store::Edit { entry: id, new }];
        let committed = store.commit(rasid::store::Poll { edits, ..poll("ina", 2, vec![]) }).await.unwrap();
        assert_eq!(committed, Committed { entries: 0, alerts: usize::from(turn == 0) });
    }
    let held = store.held_for(AMAL, 9).await.unwrap();
    assert_eq!((held.len(), held[0].text.as_str()), (1, "انسحبت من القاعدة. الصيغة 29"));
    let spans: Vec<_> =
        held[0].matches.iter().map(|found| (found.rule.as_str(), found.spans.is_empty())).collect();
    assert_eq!(spans, [("bases", false), ("troops", true)]);
    let content = store.contents(vec![id, 999]).await.unwrap();
    assert_eq!((content.len(), content[0].rules.len()), (1, 2));
    assert_eq!(peek::<u32>(&home.path(), "SELECT count(*) FROM versions"), 20);
    assert_eq!(store.known("ina", &[facets(1)]).await.unwrap()[0].print.digest, 129);
}

#[tokio::test]
async fn a_warning_is_told_once_until_it_is_another() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![])).await.unwrap();
    store.commit(poll("nina", 1, vec![])).await.unwrap();
    let (untold, last) = store.untold().await.unwrap();
    assert_eq!((untold.len(), last, untold[0].title.as_deref()), (2, None, Some("وكالة ina")));
    let report = rasid::store::NewMessage {
        subscriber: "admin@example.org".into(),
        message_id: "report.1@x".into(),
        subject: "rasid: 1 feed deserves a look".into(),
        bytes: b"\r\n".to_vec(),
        tells: vec![],
        created: at(5),
    };
    store.report(report.clone(), untold.clone()).await.unwrap();
    store.commit(poll("ina", 6, vec![])).await.unwrap();
    assert_eq!(store.untold().await.unwrap(), (vec![], Some(at(5))));
    assert_eq!(store.due(at(9), 9).await.unwrap()[0].message_id, "report.1@x");
    let mut other = poll("ina", 7, vec![]);
    other.state.warning.as_mut().unwrap().kind = "empty".into();
    store.commit(other).await.unwrap();
    assert_eq!(store.untold().await.unwrap().0[0].feed, "ina");
    // Told of what stood there before: the other is still untold.
    store
        .report(rasid::store::NewMessage { message_id: "report.2@x".into(), ..report }, untold)
        .await
        .unwrap();
    assert_eq!(store.untold().await.unwrap().0[0].warning.kind, "empty");
}
