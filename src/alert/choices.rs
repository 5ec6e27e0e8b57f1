//! What a subscriber chose, and what befell the address: a subscriber of the config and their choices in,
//! how they are written to, or why not, out.

use std::borrow::Cow;
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::config::{Delivery, Subscriber};
use crate::store::{Choices, Refused};

/// How long permanent refusals go on, with nothing accepted between, before an address is suspended.
pub const SUSPEND_AFTER: Duration = Duration::from_hours(3 * 24);

/// What the link in a mail pauses for.
pub const PAUSE: Duration = Duration::from_hours(24);

/// The longest pause; a stored end beyond it was stored under another clock, and holds up nothing.
pub const LONGEST_PAUSE: Duration = Duration::from_hours(366 * 24);

/// Of the daily digest that a link switches to, in the subscriber's zone.
const DAILY_AT: Time = Time::constant(8, 0, 0, 0);

/// Why a held alert ended that somebody had unsubscribed from.
pub const UNSUBSCRIBED: &str = "unsubscribed";

/// How somebody is written to.
#[derive(Debug, Clone)]
pub enum Standing<'a> {
    /// As the config says, but for what they chose.
    Receives(Cow<'a, Subscriber>),
    /// Not before; what is held then shares one message.
    Paused(Timestamp),
    /// Never; what is held ends.
    Unsubscribed,
    /// Not until the administrator resumes it; what is held stays held.
    Suspended,
}

/// How a subscriber is written to at `now`.
pub fn standing<'a>(subscriber: &'a Subscriber, choices: Option<&Choices>, now: Timestamp) -> Standing<'a> {
    let Some(choices) = choices else { return Standing::Receives(Cow::Borrowed(subscriber)) };
    if choices.unsubscribed.is_some() {
        return Standing::Unsubscribed;
    }
    if choices.suspended.is_some() {
        return Standing::Suspended;
    }
    if let Some(until) = paused(choices, now) {
        return Standing::Paused(until);
    }
    if choices.digest.is_none() {
        return Standing::Receives(Cow::Borrowed(subscriber));
    }
    let delivery = Delivery::DigestAt(vec![DAILY_AT]);
    Standing::Receives(Cow::Owned(Subscriber { delivery, ..subscriber.clone() }))
}

/// Until when somebody is paused, if they are.
pub fn paused(choices: &Choices, now: Timestamp) -> Option<Timestamp> {
    choices.paused_until.filter(|until| *until > now && *until <= clock::after(now, LONGEST_PAUSE))
}

/// What follows from a further permanent refusal: since when they go on, and whether to suspend.
///
/// A first refusal that lies ahead was recorded under another clock, and counts from now.
pub fn refused(before: Option<Timestamp>, at: Timestamp) -> Refused {
    let since = before.filter(|before| *before <= at).unwrap_or(at);
    let longest = SignedDuration::try_from(SUSPEND_AFTER).unwrap_or(SignedDuration::MAX);
    Refused { since, suspend: at.duration_since(since) >= longest }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::config::{Language, Subscription};
    use crate::rules::Severity;
    use crate::store::Suspension;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    fn amal() -> Subscriber {
        Subscriber {
            email: "amal@example.org".parse().unwrap(),
            rules: Subscription::All,
            delivery: Delivery::Immediate,
            timezone: TimeZone::UTC,
            language: Language::Ar,
            quiet_hours: None,
            max_per_hour: None,
            min_severity: Severity::default(),
        }
    }

    fn suspension() -> Suspension {
        Suspension { since: hour(0), reason: "550 no such user".into(), told: None }
    }

    #[test]
    fn what_somebody_chose_wins_over_the_config() {
        let daily = "Receives(DigestAt([08:00:00]))";
        let of = |change: fn(&mut Choices)| {
            let mut choices = Choices::default();
            change(&mut choices);
            choices
        };
        let cases = [
            (of(|_| {}), "Receives(Immediate)"),
            (of(|c| c.digest = Some(hour(-9))), daily),
            (of(|c| c.muted = vec![1]), "Receives(Immediate)"),
            (of(|c| c.paused_until = Some(hour(5))), "Paused(5)"),
            (of(|c| c.paused_until = Some(hour(0))), "Receives(Immediate)"),
            (of(|c| c.paused_until = Some(hour(24 * 400))), "Receives(Immediate)"),
            (of(|c| (c.paused_until, c.digest) = (Some(hour(-1)), Some(hour(-9)))), daily),
            (of(|c| c.suspended = Some(suspension())), "Suspended"),
            (of(|c| (c.suspended, c.unsubscribed) = (Some(suspension()), Some(hour(-1)))), "Unsubscribed"),
            (of(|c| (c.paused_until, c.unsubscribed) = (Some(hour(5)), Some(hour(-1)))), "Unsubscribed"),
        ];
        for (choices, expected) in cases {
            let amal = amal();
            let said = match standing(&amal, Some(&choices), hour(0)) {
                Standing::Receives(subscriber) => format!("Receives({:?})", subscriber.delivery),
                Standing::Paused(until) => {
                    format!("Paused({})", until.duration_since(hour(0)).as_hours())
                }
                other => format!("{other:?}"),
            };
            assert_eq!(said, expected, "{choices:?}");
        }
        assert!(matches!(standing(&amal(), None, hour(0)), Standing::Receives(Cow::Borrowed(_))));
    }

    #[test]
    fn refusals_suspend_after_three_days_and_not_before() {
        let cases = [
            (None, 0, 0, false),
            (Some(0), 1, 0, false),
            (Some(0), 71, 0, false),
            (Some(0), 72, 0, true),
            (Some(0), 24 * 30, 0, true),
            (Some(500), 10, 10, false), // the clock was set back
        ];
        for (before, at, since, suspend) in cases {
            let expected = Refused { since: hour(since), suspend };
            assert_eq!(refused(before.map(hour), hour(at)), expected, "{before:?} {at}");
        }
    }
}
