//! Stories: placed once, in order; what of them waits for whom.

use rasid::store::{Novelty, Place, Placed, Store};

use super::words::{AMAL, BASIM, Home, alerting, at, entry, message, pack, peek, poll};

fn placed(entry: i64, story: i64, copy_of: Option<i64>, names: &[&str]) -> Placed {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    let novelty = Novelty { names, numbers: Vec::new(), outlet: (copy_of.is_none()).then_some(1) };
    Placed { entry, place: Place { story, copy_of }, novelty }
}

#[tokio::test]
async fn matched_entries_want_a_place_and_keep_it() {
    let home = Home::new();
    let store = home.open();
    let entries = vec![entry(1, &[]), entry(2, &["a"]), alerting(3, &["a"], &[AMAL]), entry(4, &["b"])];
    store.commit(poll("ina", 1, entries)).await.unwrap();
    let wants = async |limit| -> Vec<i64> {
        store.unplaced(limit).await.unwrap().iter().map(|entry| entry.entry).collect()
    };
    assert_eq!(wants(9).await, [2, 3, 4], "nobody is told of what matches nothing");
    assert_eq!(wants(2).await, [2, 3]);
    store.place(vec![placed(2, 2, None, &[]), placed(3, 2, Some(2), &[])], at(10)).await.unwrap();
    assert_eq!(wants(9).await, [4]);
    store.place(vec![placed(3, 3, None, &[]), placed(4, 4, None, &[])], at(20)).await.unwrap();
    let places = async |since, after| -> Vec<(i64, Option<Place>)> {
        let placed = store.placed(at(since), after, 9).await.unwrap();
        placed.iter().map(|entry| (entry.entry, entry.place)).collect()
    };
    let [two, three] = [None, Some(2)].map(|copy_of| Some(Place { story: 2, copy_of }));
    let four = Some(Place { story: 4, copy_of: None });
    assert_eq!(places(0, 0).await, [(2, two), (3, three), (4, four)], "a place is for ever");
    assert_eq!(places(15, 0).await, [(4, four)]);
    assert_eq!(places(0, 2).await, [(3, three), (4, four)]);
    // What is matched later wants its place then.
    let rules = "SELECT count(*) FROM placements WHERE story IS NULL";
    assert_eq!(peek::<i64>(&home.path(), rules), 0);
    store.close().await.unwrap();
    assert_eq!(home.open().unplaced(9).await.unwrap(), []);
}

#[tokio::test]
async fn what_waits_is_told_story_by_story() {
    let home = Home::new();
    let store = home.open();
    store
        .commit(poll("ina", 1, vec![alerting(1, &["a"], &[AMAL, BASIM]), alerting(2, &["a"], &[AMAL])]))
        .await
        .unwrap();
    store.place(vec![placed(1, 1, None, &[]), placed(2, 2, None, &[])], at(1)).await.unwrap();
    let waiting = store.waiting(AMAL, at(0), false).await.unwrap();
    assert_eq!(
        waiting.stories.iter().map(|held| (held.story, held.told.len())).collect::<Vec<_>>(),
        [(1, 0), (2, 0)]
    );
    assert_eq!((waiting.last, waiting.sent.len()), (None, 0));

    let first = store.held_of(AMAL, vec![1], 9).await.unwrap();
    assert_eq!(first.iter().map(|entry| (entry.id, entry.copy_of)).collect::<Vec<_>>(), [(1, None)]);
    assert!(store.enqueue(message(AMAL, "one@x", &first, 5)).await.unwrap());
    store.commit(poll("nina", 9, vec![alerting(3, &["a", "b"], &[AMAL, BASIM])])).await.unwrap();
    store.place(vec![placed(3, 1, Some(1), &["كركوك"])], at(9)).await.unwrap();
    let waiting = store.waiting(AMAL, at(5), false).await.unwrap();
    assert_eq!((waiting.last, waiting.sent.len()), (Some(at(5)), 0));
    let [one, two] = &waiting.stories[..] else { panic!("{waiting:?}") };
    assert_eq!((one.story, &one.told[..], two.story), (1, &["a".to_owned()][..], 2));
    let alerts: Vec<_> =
        one.alerts.iter().map(|alert| (alert.entry, alert.rule.as_str(), alert.news, alert.told)).collect();
    assert_eq!(alerts, [(3, "a", true, false), (3, "b", true, false)]);
    let alone = store.waiting(AMAL, at(0), true).await.unwrap();
    assert_eq!(alone.stories.iter().map(|held| held.story).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(alone.sent, [at(5)]);

    let stories = store.stories(AMAL, vec![1, 2]).await.unwrap();
    assert_eq!(stories[0].messages, ["one@x"]);
    assert_eq!(stories[0].subject.as_deref(), Some("موضوع one@x"));
    let entries: Vec<_> =
        stories[0].entries.iter().map(|entry| (entry.entry, entry.copy, entry.told)).collect();
    assert_eq!(entries, [(1, false, true), (3, true, false)]);
    assert_eq!(stories[0].entries[1].novelty.names, ["كركوك"]);
    assert_eq!((stories[1].told.len(), stories[1].messages.len()), (0, 0));
    assert_eq!(
        store.stories(BASIM, vec![1]).await.unwrap()[0].messages.len(),
        0,
        "another's mails are another's"
    );
    assert!(pack(&store, AMAL, "two@x", 12).await);
    assert_eq!(store.stories(AMAL, vec![1]).await.unwrap()[0].messages, ["one@x", "two@x"]);
}

#[tokio::test]
async fn a_muted_story_ends_with_all_its_entries() {
    let home = Home::new();
    let store = home.open();
    let entries = (1..=3).map(|number| alerting(number, &["a"], &[AMAL, BASIM])).collect();
    store.commit(poll("ina", 1, entries)).await.unwrap();
    store
        .place(vec![placed(1, 1, None, &[]), placed(2, 1, Some(1), &[]), placed(3, 3, None, &[])], at(1))
        .await
        .unwrap();
    store.choose(AMAL, rasid::store::Choice::Mute(1), at(2)).await.unwrap();
    assert_eq!(store.end_muted().await.unwrap(), 2);
    let held: Vec<_> = store.held_for(AMAL, 9).await.unwrap().iter().map(|entry| entry.id).collect();
    assert_eq!((held, store.held_for(BASIM, 9).await.unwrap().len()), (vec![3], 3));
}
