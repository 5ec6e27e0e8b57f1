//! What follows from an attempt to send.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use rasid::alert::outbox::{Policy, Relay, RelayStep, Verdict};
use rasid::store::{Message, Outcome};

const POLICY: Policy = Policy {
    retry_min: Duration::from_secs(10),
    retry_max: Duration::from_hours(1),
    give_up: Duration::from_hours(5 * 24),
};

fn message(attempts: u32) -> Message {
    Message {
        id: 7,
        subscriber: "amal@example.org".into(),
        message_id: "1@rasid.example".into(),
        bytes: Vec::new(),
        created: "2026-11-23T09:00:00Z".parse().unwrap(),
        attempts,
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn unavailable() -> Verdict {
    Verdict::RelayUnavailable("relay:25: connection refused".into())
}

fn refuses_us() -> Verdict {
    Verdict::RelayRefusesUs("relay:25: 535 5.7.8 no".into())
}

/// After so many `attempts`, `verdict` at 09:01 is recorded as `expected` and leaves the relay in use.
#[track_caller]
fn recorded(attempts: u32, verdict: &Verdict, expected: &Outcome) {
    let consequence =
        POLICY.after(verdict, &message(attempts), &mut Relay::default(), at("2026-11-23T09:01:00Z"), 0);
    assert_eq!((consequence.record.as_ref(), consequence.relay), (Some(expected), RelayStep::GoOn));
}

#[test]
fn what_a_relay_says_of_a_message_concerns_that_message() {
    recorded(3, &Verdict::Accepted("250 ok".into()), &Outcome::Sent("250 ok".into()));
    recorded(0, &Verdict::MessageRefused("550 no".into()), &Outcome::Refused("550 no".into()));
    let later = Verdict::MessageDeferred("450 later".into());
    for (attempts, until) in [
        (0, "2026-11-23T09:01:10Z"),
        (1, "2026-11-23T09:01:20Z"),
        (5, "2026-11-23T09:06:20Z"),
        (9, "2026-11-23T10:01:00Z"),
        (u32::MAX, "2026-11-23T10:01:00Z"),
    ] {
        recorded(attempts, &later, &Outcome::Deferred { until: at(until), reason: "450 later".into() });
    }
}

#[test]
fn a_relay_backs_off_as_one_and_starts_anew_when_it_answers() {
    let mut relay = Relay::default();
    let now = at("2026-11-23T09:01:00Z");
    let mut waits = Vec::new();
    for failures in 1..=12 {
        let consequence = POLICY.after(&unavailable(), &message(0), &mut relay, now, 0);
        assert_eq!(consequence.record, None, "no message is the worse for it");
        let RelayStep::Wait { wait, failures: so_far, alarm, .. } = consequence.relay else {
            panic!("no wait")
        };
        assert_eq!((so_far, alarm), (failures, false));
        waits.push(wait.as_secs());
    }
    assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
    // Any answer to a message shows that the relay works.
    for verdict in [
        Verdict::Accepted("250".into()),
        Verdict::MessageDeferred("450".into()),
        Verdict::MessageRefused("550".into()),
    ] {
        let mut relay = relay.clone();
        assert_eq!(POLICY.after(&verdict, &message(0), &mut relay, now, 0).relay, RelayStep::Recovered(12));
        assert_eq!(relay, Relay::default());
    }
}

#[test]
fn a_person_is_called_once_for_each_reason() {
    let mut relay = Relay::default();
    let alarms =
        [refuses_us(), refuses_us(), unavailable(), refuses_us(), Verdict::RelayRefusesUs("other".into())]
            .map(|verdict| {
                let consequence =
                    POLICY.after(&verdict, &message(0), &mut relay, at("2026-11-23T09:01:00Z"), 0);
                assert_eq!(consequence.record, None);
                matches!(consequence.relay, RelayStep::Wait { alarm: true, .. })
            });
    assert_eq!(alarms, [true, false, false, false, true]);
}

#[test]
fn an_old_message_ends_with_the_last_reason() {
    let (day_five, day_six) = (at("2026-11-28T09:00:00Z"), at("2026-11-28T09:00:01Z"));
    let later = Verdict::MessageDeferred("450 later".into());
    let ended = |verdict: &Verdict, attempts, relay: &mut Relay, now| match POLICY
        .after(verdict, &message(attempts), relay, now, 0)
        .record
    {
        Some(Outcome::Failed(reason)) => Some(reason),
        _ => None,
    };
    assert_eq!(ended(&later, 40, &mut Relay::default(), day_five), None);
    assert_eq!(ended(&later, 40, &mut Relay::default(), day_six).unwrap(), "gave up after 5d: 450 later");
    // The first attempt of all is never the last: the host may have been off for a week, or its clock wrong.
    assert_eq!(ended(&later, 0, &mut Relay::default(), day_six), None);
    let mut relay = Relay::default();
    assert_eq!(ended(&unavailable(), 0, &mut relay, day_six), None);
    assert_eq!(POLICY.outlived(&relay, "down", day_six), None);
    assert_eq!(
        ended(&unavailable(), 0, &mut relay, day_six).unwrap(),
        "gave up after 5d: relay:25: connection refused"
    );
    let behind = POLICY.outlived(&relay, "down", day_six);
    assert_eq!(behind, Some((at("2026-11-23T09:00:01Z"), "gave up after 5d: down".into())));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// Waits lie between the shortest and the longest, but for a tenth of jitter, and never shrink.
    #[test]
    fn waits_grow_and_are_bounded(
        min in 1_u32..100_000, max in 1_u32..1_000_000, attempts in 0_u32..200, jitter in any::<u8>(),
    ) {
        let policy = Policy { retry_min: Duration::from_secs(min.into()), retry_max: Duration::from_secs(max.into()), ..POLICY };
        let now = at("2026-11-23T09:01:00Z");
        let wait = |attempts, jitter| {
            let later = Verdict::MessageDeferred("450".into());
            let record = policy.after(&later, &message(attempts), &mut Relay::default(), now, jitter).record;
            let Some(Outcome::Deferred { until, .. }) = record else { panic!("{record:?}") };
            until.duration_since(now).as_secs_f64()
        };
        let longest = f64::from(max.max(min));
        prop_assert!(wait(attempts, 0) >= f64::from(min) && wait(attempts, 0) <= longest);
        prop_assert!(wait(attempts, jitter) >= wait(attempts, 0) && wait(attempts, jitter) <= wait(attempts, 0) * 1.1);
        prop_assert!(wait(attempts + 1, 0) >= wait(attempts, 0));
    }
}
