//! Alerts: who is to be told of what, when their held alerts leave, and what follows from an
//! attempt to send. Pure.
//!
//! In come matches, subscriptions, what is held and what a relay said; out come instructions and
//! times. Nothing here renders, sends, stores or asks the time.

use std::collections::HashMap;
use std::sync::Arc;

use lettre::Address;

use crate::config::{Subscriber, Subscription};
use crate::rules::{Rule, Severity};

pub mod choices;
pub mod departure;
pub mod digest;
pub mod follow_up;
pub mod outbox;
mod people;
pub mod quiet;
pub mod telling;

pub use people::People;

/// How much rules matter, by id; those that matter as usual are left out.
pub type Severities = Arc<HashMap<String, Severity>>;

/// Who asked for which rules, looked up by rule.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// By place: the order of the config.
    names: Vec<String>,
    /// Places of those who asked for every rule.
    all: Vec<usize>,
    /// Places of those who asked for the rule by its id.
    by_rule: HashMap<String, Vec<usize>>,
    /// By place: what a rule must matter at least.
    least: Vec<Severity>,
    /// Of the rules that matter more or less than usual.
    severities: Severities,
}

impl Audience {
    /// Indexes the subscriptions, so that an entry costs what it matches and not how many subscribe.
    pub fn new(subscribers: &[Subscriber], severities: Severities) -> Audience {
        let mut audience = Audience { severities, ..Audience::default() };
        for (place, subscriber) in subscribers.iter().enumerate() {
            audience.names.push(name(&subscriber.email));
            audience.least.push(subscriber.min_severity);
            match &subscriber.rules {
                Subscription::All => audience.all.push(place),
                Subscription::Rules(ids) => {
                    for id in ids {
                        audience.by_rule.entry(id.clone()).or_default().push(place);
                    }
                }
            }
        }
        audience
    }

    /// Who is to be told of an entry for which these rules hold: subscriber and rule, each pair
    /// once, subscribers as in the config, rules as given. A rule that matters less than somebody's
    /// `min_severity` alerts them of nothing.
    pub fn of<'r>(&self, rules: impl IntoIterator<Item = &'r str>) -> Vec<(String, String)> {
        let mut told = Vec::new();
        for (order, rule) in rules.into_iter().enumerate() {
            let by_rule = self.by_rule.get(rule).map_or(&[][..], Vec::as_slice);
            let severity = self.severity(rule);
            let asked = self.all.iter().chain(by_rule).filter(|&&place| self.least[place] <= severity);
            told.extend(asked.map(|&place| (place, order, rule)));
        }
        told.sort_unstable();
        told.dedup_by_key(|&mut (place, _, rule)| (place, rule));
        told.into_iter().map(|(place, _, rule)| (self.names[place].clone(), rule.to_owned())).collect()
    }

    /// How much it matters that a rule holds; as usual where the config no longer knows it.
    pub fn severity(&self, rule: &str) -> Severity {
        self.severities.get(rule).copied().unwrap_or_default()
    }
}

/// Of the rules that matter more or less than usual: how much.
pub fn severities(rules: &[Rule]) -> Severities {
    let unusual = rules.iter().filter(|rule| rule.severity != Severity::default());
    Arc::new(unusual.map(|rule| (rule.id.clone(), rule.severity)).collect())
}

/// The name under which the store knows a subscriber: the address with its domain in lower case,
/// so that a change of case in the config orphans nothing.
pub fn name(email: &Address) -> String {
    format!("{}@{}", email.user(), email.domain().to_lowercase())
}
