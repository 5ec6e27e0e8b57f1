//! What subscribers chose and who signed up: kept, listed and undone, by the daemon and beside it.

use rasid::config::{Language, Subscription};
use rasid::store::sqlite::{Beside, SqliteStore};
use rasid::store::{Choice, Choices, NewSignup, Roll, SignedUp, SignupLimits, Store, Wish};

use super::words::{AMAL, BASIM, Home, alerting, at, poll};

#[tokio::test]
async fn the_key_is_made_once_and_differs_from_one_installation_to_the_next() {
    let (one, other) = (Home::new(), Home::new());
    let store = one.open();
    let key = store.key().await.unwrap();
    assert_eq!(store.key().await.unwrap(), key);
    store.close().await.unwrap();
    let store = one.open();
    assert_eq!(store.key().await.unwrap(), key, "also after a restart");
    assert_ne!(other.open().key().await.unwrap(), key);
    assert_ne!(key, [0; 32]);
}

#[tokio::test]
async fn a_choice_is_kept_and_choosing_it_twice_is_choosing_it_once() {
    let of = |change: fn(&mut Choices)| {
        let mut choices = Choices::default();
        change(&mut choices);
        choices
    };
    let cases = [
        (vec![Choice::Unsubscribe], of(|c| c.unsubscribed = Some(at(0)))),
        (vec![Choice::Unsubscribe, Choice::Resubscribe], of(|_| {})),
        (vec![Choice::Pause(at(900))], of(|c| c.paused_until = Some(at(900)))),
        (vec![Choice::Pause(at(900)), Choice::Unpause], of(|_| {})),
        (vec![Choice::Digest], of(|c| c.digest = Some(at(0)))),
        (vec![Choice::Digest, Choice::Undigest], of(|_| {})),
        (vec![Choice::Mute(7), Choice::Mute(3)], of(|c| c.muted = vec![3, 7])),
        (vec![Choice::Mute(7), Choice::Mute(3), Choice::Unmute(7)], of(|c| c.muted = vec![3])),
        (
            vec![
                Choice::Unsubscribe,
                Choice::Pause(at(900)),
                Choice::Digest,
                Choice::Mute(7),
                Choice::Resume,
            ],
            of(|_| {}),
        ),
    ];
    for (choices, expected) in cases {
        let home = Home::new();
        let store = home.open();
        for choice in &choices {
            assert!(store.choose(AMAL, *choice, at(0)).await.unwrap(), "{choice:?} changes something");
            assert!(!store.choose(AMAL, *choice, at(5)).await.unwrap(), "{choice:?} again does not");
        }
        assert_eq!(store.roll().await.unwrap().choices[AMAL], expected, "{choices:?}");
        store.close().await.unwrap();
        assert_eq!(home.open().roll().await.unwrap().choices[AMAL], expected, "after a restart");
    }
}

#[tokio::test]
async fn unsubscribing_ends_what_is_held_for_that_subscriber_alone() {
    let home = Home::new();
    let store = home.open();
    let entries = vec![alerting(1, &["troops"], &[AMAL, BASIM])];
    store.commit(poll("ina", 1, entries)).await.unwrap();
    store.choose(AMAL, Choice::Unsubscribe, at(2)).await.unwrap();
    let held: Vec<_> = store.held().await.unwrap().into_iter().map(|held| held.subscriber).collect();
    assert_eq!(held, [BASIM]);
}

#[tokio::test]
async fn a_command_chooses_beside_the_daemon() {
    let home = Home::new();
    let store = home.open();
    let mut outside = store.outside();
    let mut beside = Beside::open(&home.path()).unwrap();
    assert!(beside.choose(AMAL, Choice::Digest, at(1)).unwrap());
    outside.changed().await.unwrap();
    assert_eq!(store.roll().await.unwrap(), beside.roll().unwrap());
    store.choose(AMAL, Choice::Undigest, at(2)).await.unwrap();
    assert_eq!(beside.roll().unwrap().choices[AMAL], Choices::default());
}

const LIMITS: SignupLimits = SignupLimits {
    day: jiff::Timestamp::UNIX_EPOCH,
    of_address: 2,
    hour: jiff::Timestamp::UNIX_EPOCH,
    of_all: 4,
    expired: jiff::Timestamp::UNIX_EPOCH,
};

fn wish(rule: &str) -> Wish {
    let rules = Subscription::Rules(vec![rule.into()]);
    Wish { rules, daily: true, timezone: Some("Asia/Baghdad".into()), language: Language::En }
}

async fn ask(store: &SqliteStore, name: &str, rule: &str, limits: SignupLimits, second: i64) -> SignedUp {
    let signup = NewSignup { name: name.into(), email: name.into(), wish: wish(rule), at: at(second) };
    store.sign_up(signup, limits).await.unwrap()
}

#[tokio::test]
async fn who_signs_up_is_a_subscriber_once_it_is_confirmed() {
    let home = Home::new();
    let store = home.open();
    let SignedUp::Asked(first) = ask(&store, AMAL, "bases", LIMITS, 1).await else { panic!("no room") };
    let asked = Roll { asked: [AMAL.to_owned()].into(), ..Roll::default() };
    assert_eq!(store.roll().await.unwrap(), asked, "nobody yet");
    assert_eq!(store.asked(first, at(0)).await.unwrap(), Some((AMAL.into(), wish("bases"), false)));
    assert_eq!(store.asked(first, at(2)).await.unwrap(), None, "too late");
    assert_eq!(store.asked(first + 1, at(0)).await.unwrap(), None, "never asked");

    assert!(store.confirm(first, at(3)).await.unwrap());
    assert!(!store.confirm(first, at(4)).await.unwrap(), "once");
    let confirmed = Some((AMAL.into(), wish("bases"), true));
    assert_eq!(store.asked(first, at(9)).await.unwrap(), confirmed, "confirmed is confirmed");
    let signups = store.roll().await.unwrap().signups;
    assert_eq!(signups.len(), 1);
    assert_eq!((&signups[0].wish, signups[0].confirmed), (&wish("bases"), at(3)));

    // Who unsubscribes and signs up again is asked anew, and what they ask for now counts.
    store.choose(AMAL, Choice::Unsubscribe, at(5)).await.unwrap();
    assert!(!store.confirm(first, at(6)).await.unwrap());
    assert!(store.roll().await.unwrap().choices[AMAL].unsubscribed.is_some(), "an old link undoes nothing");
    let SignedUp::Asked(second) = ask(&store, AMAL, "troops", LIMITS, 7).await else { panic!("no room") };
    assert!(store.confirm(second, at(8)).await.unwrap());
    let roll = store.roll().await.unwrap();
    assert_eq!(roll.signups.iter().map(|signup| signup.wish.clone()).collect::<Vec<_>>(), [wish("troops")]);
    assert_eq!(roll.choices[AMAL].unsubscribed, None);

    let mut beside = Beside::open(&home.path()).unwrap();
    assert!(beside.forget_signup(AMAL).unwrap());
    assert!(!beside.forget_signup(AMAL).unwrap());
    assert_eq!(beside.roll().unwrap().signups, []);
}

#[tokio::test]
async fn no_address_is_asked_too_often_and_not_too_many_are() {
    let home = Home::new();
    let store = home.open();
    let asked = |signed_up| matches!(signed_up, SignedUp::Asked(_));
    assert!(asked(ask(&store, AMAL, "bases", LIMITS, 1).await));
    assert!(asked(ask(&store, AMAL, "bases", LIMITS, 2).await));
    assert_eq!(ask(&store, AMAL, "bases", LIMITS, 3).await, SignedUp::Enough);
    let later = SignupLimits { day: at(2), ..LIMITS };
    assert!(asked(ask(&store, AMAL, "bases", later, 4).await), "the first is of yesterday");
    assert!(asked(ask(&store, BASIM, "bases", LIMITS, 5).await));
    assert_eq!(ask(&store, "zayd@example.org", "bases", LIMITS, 6).await, SignedUp::Crowded);
    assert_eq!(ask(&store, AMAL, "bases", LIMITS, 6).await, SignedUp::Crowded, "and it does not say who");
    let later = SignupLimits { hour: at(5), ..LIMITS };
    assert!(asked(ask(&store, "zayd@example.org", "bases", later, 7).await));
    let expired = SignupLimits { expired: at(7), ..LIMITS };
    assert!(asked(ask(&store, AMAL, "bases", expired, 8).await), "what was never confirmed is forgotten");
}
