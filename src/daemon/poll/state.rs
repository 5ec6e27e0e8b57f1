//! How a poll changes what is known of its feed. Pure.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::sift::{self, Sifted};
use crate::config;
use crate::feed::Reading;
use crate::fetch::schedule::{self, Outcome, Pace, Plan, Price, Rhythm};
use crate::fetch::watch::{Seen, Watch};
use crate::fetch::{Told, Validators};
use crate::store::FeedState;

/// A feed as it stands at a start or after a reload: what is stored of it, as far as that still
/// belongs to its address.
pub(super) fn resumed(feed: &config::Feed, stored: Option<FeedState>, now: Timestamp) -> FeedState {
    let source = feed.source.address();
    match stored {
        Some(state) if state.source == source => state,
        // The id is the feed: entries and the first poll belong to it. The rest belonged to the address.
        Some(state) => {
            FeedState { last_success: state.last_success, title: state.title, ..fresh(feed, source, now) }
        }
        None => fresh(feed, source, now),
    }
}

/// The schedule's part of a state.
pub(super) fn plan(state: &FeedState) -> Plan {
    let FeedState { next_poll, hold_until, gone, failures, .. } = *state;
    Plan { next_poll, hold_until, gone, failures }
}

/// After a document that was read, or 304: what is known of the feed, in the making.
pub(super) struct Well<'s> {
    before: &'s FeedState,
    next: FeedState,
    pace: Pace,
    price: Price,
    /// Seconds before `now` that nobody watched.
    unseen: i64,
    now: Timestamp,
}

impl Well<'_> {
    pub(super) fn new(before: &FeedState, pace: Pace, price: Price, now: Timestamp) -> Well<'_> {
        let mut next = before.clone();
        let unseen = next.rhythm.pass(before.next_poll, before.last_success, now);
        Well { before, next, pace, price, unseen, now }
    }

    pub(super) fn moved_to(&mut self, moved_to: Option<Url>) -> &mut Self {
        if let Some(moved_to) = moved_to {
            self.next.moved_to = Some(moved_to.into());
        }
        self
    }

    pub(super) fn told(&mut self, told: Told) -> &mut Self {
        self.next.rhythm.stays_fresh(told.fresh_for, self.now);
        self
    }

    pub(super) fn validators(&mut self, validators: Validators) -> &mut Self {
        self.next.validators = validators;
        self
    }

    /// What the document says of itself, and when its new entries came.
    pub(super) fn document(&mut self, reading: &Reading, sifted: &Sifted) -> &mut Self {
        let last = self.before.last_success;
        let next = &mut self.next;
        next.title = reading.feed.title.clone().or(next.title.take());
        next.rhythm.hear(&reading.hints);
        if last.is_none() || !sifted.new.is_empty() {
            let unseen = SignedDuration::from_secs(self.unseen);
            let since = last.map(|last| last.checked_add(unseen).unwrap_or(self.now));
            // What came while nobody watched says nothing of how often entries come.
            let watched = |date: &Option<Timestamp>| self.unseen <= 0 || *date >= since;
            next.rhythm.learn(sift::dates(reading, &sifted.new).filter(watched), since, self.now);
            next.watch.learn(sift::dates(reading, &sifted.new), last.is_none(), self.now);
        }
        self
    }

    /// The state, with the next poll planned and what deserves a look.
    pub(super) fn state(self, seen: Seen) -> FeedState {
        let Well { before, mut next, pace, price, now, .. } = self;
        let wait = schedule::wait(pace, &next.rhythm, price, now, schedule::seed(&next.id, now));
        let Plan { next_poll, hold_until, gone, failures } = Plan::well(wait, now);
        let rates = next.rhythm.rates(now);
        next.warning = next.watch.judge(seen, &rates, before.warning.as_ref(), now);
        FeedState { error: None, last_success: Some(now), next_poll, hold_until, gone, failures, ..next }
    }
}

/// After anything else; the validators stay those of the last document that was read.
pub(super) fn failed(
    state: &FeedState,
    pace: Pace,
    now: Timestamp,
    outcome: Outcome,
    error: String,
    seen: Seen,
) -> FeedState {
    let mut next = FeedState { error: Some(error), ..planned(state, outcome, pace, now) };
    let seen = if next.gone { Seen::Failed { gone: true, last_success: next.last_success } } else { seen };
    next.warning = next.watch.judge(seen, &next.rhythm.rates(now), state.warning.as_ref(), now);
    next
}

/// After a poll that broke down on our side.
pub(super) fn broken(state: &FeedState, pace: Pace, now: Timestamp) -> FeedState {
    let failure = Outcome::Failure { retry_after: None };
    let seen = Seen::Failed { gone: false, last_success: state.last_success };
    failed(state, pace, now, failure, "polling failed unexpectedly".into(), seen)
}

fn planned(state: &FeedState, outcome: Outcome, pace: Pace, now: Timestamp) -> FeedState {
    let plan = Plan::after(outcome, state.failures, pace, now, schedule::seed(&state.id, now));
    let Plan { next_poll, hold_until, gone, failures } = plan;
    let mut rhythm = state.rhythm.clone();
    rhythm.pass(state.next_poll, state.last_success, now);
    FeedState { next_poll, hold_until, gone, failures, rhythm, ..state.clone() }
}

fn fresh(feed: &config::Feed, source: String, now: Timestamp) -> FeedState {
    FeedState {
        id: feed.id.clone(),
        source,
        moved_to: None,
        validators: Validators::default(),
        next_poll: now,
        hold_until: None,
        gone: false,
        failures: 0,
        error: None,
        last_success: None,
        title: None,
        rhythm: Rhythm::default(),
        watch: Watch::default(),
        warning: None,
    }
}
