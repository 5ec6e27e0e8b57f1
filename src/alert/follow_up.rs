//! What of a story is news to a subscriber: what is held of it in, when it deserves a message, out.

use jiff::Timestamp;

use crate::rules::Severity;
use crate::store::{HeldAlert, HeldStory};

/// A story of which something is held, as far as it decides when that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// The id of its first entry.
    pub story: i64,
    /// Whether an earlier message told it.
    pub told: bool,
    /// The oldest alert that is not of a first poll.
    pub since: Option<Timestamp>,
    /// The oldest alert of a first poll.
    pub first_poll: Option<Timestamp>,
    /// The oldest alert, not of a first poll, that says something new.
    pub news: Option<Timestamp>,
    /// The oldest alert of an urgent rule that says something new.
    pub urgent: Option<Timestamp>,
}

/// What decides when a story leaves; `outlets` is how many more independent outlets are news.
pub fn ready(story: &HeldStory, outlets: usize, severity: impl Fn(&str) -> Severity) -> Ready {
    let oldest = |which: &dyn Fn(&HeldAlert) -> bool| {
        story.alerts.iter().filter(|alert| which(alert)).map(|alert| alert.held).min()
    };
    let news = |alert: &HeldAlert| is_news(alert, &story.told, outlets);
    Ready {
        story: story.story,
        told: !story.told.is_empty(),
        since: oldest(&|alert| !alert.first_poll),
        first_poll: oldest(&|alert| alert.first_poll),
        news: oldest(&|alert| !alert.first_poll && news(alert)),
        urgent: oldest(&|alert| news(alert) && severity(&alert.rule) == Severity::Urgent),
    }
}

/// Whether an alert says something new of a story of which the rules `told` were told: all of it where
/// none was; else another rule, a name or number that no earlier entry had, or one more round of
/// independent outlets.
pub fn is_news(alert: &HeldAlert, told: &[String], outlets: usize) -> bool {
    !told.contains(&alert.rule)
        || (!alert.told && (alert.news || alert.outlet.is_some_and(|outlet| is_round(outlet, outlets))))
}

/// Whether the n-th independent outlet completes a round of them.
pub fn is_round(outlet: u32, outlets: usize) -> bool {
    outlet > 1 && usize::try_from(outlet).is_ok_and(|outlet| outlet.is_multiple_of(outlets.max(1)))
}
