//! How many mails it would have been: entries with the rules that hold for them in, mails by subscriber out.
//!
//! Each entry is held from when it came and leaves as [`departures`] says, with what else is held then. That
//! is what a daemon does but for what it knows of stories: follow-ups that wait share fewer mails than are
//! counted here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Told;
use crate::alert::choices::Standing;
use crate::alert::departure::{HOUR, Terms, departures};
use crate::alert::{self, People};
use crate::clock;
use crate::config::{Config, Stories, Subscriber};
use crate::rules::Severity;
use crate::store::{HeldAlert, HeldStory, Roll, Waiting};

/// What one subscriber would have got.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Mails {
    pub(super) subscriber: String,
    pub(super) mails: u64,
    pub(super) entries: u64,
    pub(super) mails_before: u64,
    pub(super) entries_before: u64,
}

/// What each subscriber would have got by a config, and by what was before.
pub(super) fn compare(
    now: &Config,
    before: Option<&Config>,
    roll: Roll,
    rules: &[String],
    told: &mut [Told],
) -> Vec<Mails> {
    told.sort_unstable_by_key(|told| (told.at, told.entry));
    let roll = Arc::new(roll);
    let mut mails: BTreeMap<String, Mails> = BTreeMap::new();
    for (subscriber, (count, entries)) in count(now, &roll, rules, told, |told| &told.now) {
        let known = mails.entry(subscriber).or_default();
        (known.mails, known.entries) = (count, entries);
    }
    for (subscriber, (count, entries)) in
        count(before.unwrap_or(now), &roll, rules, told, |told| &told.before)
    {
        let known = mails.entry(subscriber).or_default();
        (known.mails_before, known.entries_before) = (count, entries);
    }
    mails.into_iter().map(|(subscriber, mails)| Mails { subscriber, ..mails }).collect()
}

/// Mails and entries by subscriber.
fn count(
    config: &Config,
    roll: &Arc<Roll>,
    rules: &[String],
    told: &[Told],
    holding: impl Fn(&Told) -> &[u32],
) -> BTreeMap<String, (u64, u64)> {
    let severities = alert::severities(&config.matching.rules);
    let people = People::new(&config.subscribers, Arc::clone(roll), severities);
    let today = clock::now();
    let mut boxes: BTreeMap<String, Pending> = BTreeMap::new();
    for told in told {
        let rules = holding(told).iter().filter_map(|rule| rules.get(*rule as usize));
        let mut names: Vec<String> =
            people.audience.of(rules.map(String::as_str)).into_iter().map(|(name, _)| name).collect();
        names.dedup();
        for name in names {
            if let Some(Standing::Receives(subscriber)) = people.standing(&name, today) {
                boxes.entry(name).or_default().add(&subscriber, config.alerts.group_wait, told.at);
            }
        }
    }
    boxes.into_iter().map(|(name, pending)| (name, pending.end())).collect()
}

/// What waits for one subscriber.
#[derive(Default)]
struct Pending {
    since: Option<Timestamp>,
    /// The mails of the last hour, the latest last.
    sent: Vec<Timestamp>,
    mails: u64,
    entries: u64,
}

impl Pending {
    /// An entry came; what was due before it has left.
    fn add(&mut self, subscriber: &Subscriber, group_wait: Duration, at: Timestamp) {
        if let Some(leaves) = self.since.and_then(|since| self.leaves(subscriber, group_wait, since))
            && leaves < at
        {
            self.mails += 1;
            self.since = None;
            self.sent.retain(|sent| clock::after(*sent, HOUR) > leaves);
            self.sent.push(leaves);
        }
        self.since.get_or_insert(at);
        self.entries += 1;
    }

    /// When what waits since then leaves, by itself.
    fn leaves(&self, to: &Subscriber, group_wait: Duration, since: Timestamp) -> Option<Timestamp> {
        let alert = HeldAlert {
            entry: 0,
            rule: String::new(),
            held: since,
            first_poll: false,
            told: false,
            news: false,
            outlet: None,
        };
        let story = HeldStory { story: 0, told: Vec::new(), alerts: vec![alert] };
        let waiting =
            Waiting { stories: vec![story], last: self.sent.last().copied(), sent: self.sent.clone() };
        let Stories { follow_up_after, outlets, .. } = Stories::default();
        let terms = Terms { to, group_wait, follow_up_after, outlets, awaited: 0, paused: None };
        departures(&terms, &waiting, |_| Severity::Normal, since).first().map(|leaves| leaves.at)
    }

    fn end(self) -> (u64, u64) {
        (self.mails + u64::from(self.since.is_some()), self.entries)
    }
}
