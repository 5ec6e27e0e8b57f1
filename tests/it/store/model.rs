//! Random sequences of polls, packs and attempts, against a model that anyone can read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use rasid::store::sqlite::SqliteStore;
use rasid::store::{Attempt, Outcome, Store};

use super::words::{AMAL, BASIM, Home, alerting, at, facets, message, poll, state};

const FEEDS: [&str; 2] = ["ina", "nina"];
const RULES: [&str; 2] = ["a", "b"];
const PEOPLE: [&str; 2] = [AMAL, BASIM];

#[derive(Debug, Clone)]
enum Step {
    /// A poll of a feed with these entries, for each of which some rules hold that some asked for.
    Poll(usize, Vec<(u64, usize, usize)>),
    Note(usize),
    /// Packs up to so many entries; twice over where the last says so.
    Pack(usize, usize, bool),
    /// Ends an attempt to send the n-th open message: 0 sent, 1 failed, else deferred so long.
    Attempt(usize, i64),
    EndHeld(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let entries = prop::collection::vec((0..12_u64, 0..=2_usize, 0..=2_usize), 0..6);
    prop_oneof![
        4 => (0..2_usize, entries).prop_map(|(feed, entries)| Step::Poll(feed, entries)),
        1 => (0..2_usize).prop_map(Step::Note),
        3 => (0..2_usize, 1..5_usize, any::<bool>()).prop_map(|(who, limit, twice)| Step::Pack(who, limit, twice)),
        3 => (0..4_usize, 0..30_i64).prop_map(|(which, end)| Step::Attempt(which, end)),
        1 => (0..2_usize).prop_map(Step::EndHeld),
        1 => Just(Step::Reopen),
    ]
}

#[derive(Default)]
struct Model {
    now: i64,
    feeds: BTreeMap<String, i64>,
    /// Feed and number of every entry.
    entries: BTreeSet<(String, u64)>,
    /// Who is held what, in the order in which entries came.
    held: BTreeMap<String, Vec<(String, BTreeSet<String>)>>,
    /// Open messages in order: Message-ID, bytes, not before.
    open: Vec<(String, Vec<u8>, i64)>,
    last: BTreeMap<String, Timestamp>,
    messages: usize,
}

impl Model {
    fn poll(&mut self, feed: &str, entries: &[(u64, usize, usize)]) -> (usize, usize) {
        let mut added = (0, 0);
        self.feeds.insert(feed.into(), self.now);
        for (number, rules, people) in entries {
            if !self.entries.insert((feed.into(), *number)) {
                continue;
            }
            added.0 += 1;
            added.1 += rules * people;
            for who in PEOPLE.iter().take(*people).filter(|_| *rules > 0) {
                let rules = RULES.iter().take(*rules).map(|rule| (*rule).to_owned()).collect();
                self.held.entry((*who).into()).or_default().push((format!("الخبر رقم {number}"), rules));
            }
        }
        added
    }

    async fn agrees(&self, store: &SqliteStore) {
        let feeds = store.feeds().await.unwrap().into_iter();
        let feeds: BTreeMap<_, _> = feeds.map(|state| (state.id, state.last_success)).collect();
        let expected = self.feeds.iter().map(|(feed, when)| (feed.clone(), Some(at(*when))));
        assert_eq!(feeds, expected.collect());
        for feed in FEEDS {
            let document: Vec<_> = (0..12).map(facets).collect();
            let known = store.known(feed, &document).await.unwrap();
            assert_eq!(known.len(), self.entries.iter().filter(|(of, _)| of == feed).count());
        }
        let owed = store.held().await.unwrap();
        let owed: BTreeMap<_, _> = owed.into_iter().map(|held| (held.subscriber, held.entries)).collect();
        let expected = self.held.iter().filter(|(_, held)| !held.is_empty());
        assert_eq!(owed, expected.map(|(who, held)| (who.clone(), held.len())).collect());
        for (who, expected) in &self.held {
            let held = store.held_for(who, 100).await.unwrap().into_iter();
            let rules = |matches: Vec<rasid::store::Match>| matches.into_iter().map(|m| m.rule).collect();
            let held: Vec<_> = held.map(|entry| (entry.title, rules(entry.matches))).collect();
            assert_eq!(&held, expected);
        }
        let due = store.due(at(self.now), 100).await.unwrap().into_iter();
        let due: Vec<_> = due.map(|message| (message.message_id, message.bytes)).collect();
        let (ready, waiting): (Vec<_>, Vec<_>) = self.open.iter().partition(|(.., not)| *not <= self.now);
        assert_eq!(due, ready.iter().map(|(id, bytes, _)| (id.clone(), bytes.clone())).collect::<Vec<_>>());
        let next = waiting.iter().map(|(.., not)| at(*not)).min();
        assert_eq!(store.next_attempt(at(self.now)).await.unwrap(), next);
        for who in PEOPLE {
            let waiting = store.waiting(who, at(0), true).await.unwrap();
            assert_eq!(waiting.last, self.last.get(who).copied());
            assert_eq!(waiting.stories.len(), self.held.get(who).map_or(0, Vec::len));
        }
    }
}

async fn take(step: Step, model: &mut Model, home: &Home, store: &mut SqliteStore) {
    model.now += 5;
    let now = model.now;
    match step {
        Step::Poll(feed, entries) => {
            let brought = entries
                .iter()
                .map(|(number, rules, people)| alerting(*number, &RULES[..*rules], &PEOPLE[..*people]));
            let committed = store.commit(poll(FEEDS[feed], now, brought.collect())).await.unwrap();
            let added = model.poll(FEEDS[feed], &entries);
            assert_eq!((committed.entries, committed.alerts), added);
        }
        Step::Note(feed) => {
            store.note(state(FEEDS[feed], now));
            model.feeds.insert(FEEDS[feed].into(), now);
        }
        Step::Pack(who, limit, twice) => {
            let held = store.held_for(PEOPLE[who], limit).await.unwrap();
            model.messages += 1;
            let fixed = message(PEOPLE[who], &format!("{}@x", model.messages), &held, now);
            assert!(store.enqueue(fixed.clone()).await.unwrap());
            if twice && !held.is_empty() {
                let again = message(PEOPLE[who], "again@x", &held, now);
                assert!(!store.enqueue(again).await.unwrap());
            }
            model.held.entry(PEOPLE[who].into()).or_default().drain(..held.len());
            model.open.push((fixed.message_id, fixed.bytes, 0));
            model.last.insert(PEOPLE[who].into(), at(now));
        }
        Step::Attempt(which, end) => {
            let due = store.due(at(now), 100).await.unwrap();
            let Some(sent) = due.get(which) else { return };
            let place = model.open.iter().position(|(id, ..)| *id == sent.message_id).unwrap();
            let outcome = match end {
                0 => Outcome::Sent("250 ok".into()),
                1 => Outcome::Failed("550 no".into()),
                wait => Outcome::Deferred { until: at(now + wait), reason: "451 later".into() },
            };
            store.record(vec![Attempt { message: sent.id, at: at(now), outcome }]).await.unwrap();
            if end < 2 {
                model.open.remove(place);
            } else {
                model.open[place].2 = now + end;
            }
        }
        Step::EndHeld(who) => {
            let ended = store.end_held(PEOPLE[who], "gone").await.unwrap();
            let held = model.held.remove(PEOPLE[who]).unwrap_or_default();
            assert_eq!(ended, held.iter().map(|(_, rules)| rules.len()).sum::<usize>());
        }
        Step::Reopen => {
            store.close().await.unwrap();
            *store = home.open();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_is_its_model(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let home = Home::new();
            let (mut model, mut store) = (Model::default(), home.open());
            for step in steps {
                take(step, &mut model, &home, &mut store).await;
                model.agrees(&store).await;
            }
            store.close().await.unwrap();
        });
    }
}
