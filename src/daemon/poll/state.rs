//! How a poll changes what is known of its feed. Pure.

use jiff::Timestamp;
use url::Url;

use crate::config;
use crate::fetch::Validators;
use crate::fetch::schedule::{self, Outcome, Pace, Plan};
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

/// After a document that was read, or 304.
pub(super) fn succeeded(
    state: &FeedState,
    pace: Pace,
    now: Timestamp,
    moved_to: Option<Url>,
    validators: Option<Validators>,
) -> FeedState {
    FeedState {
        moved_to: moved_to.map(String::from).or_else(|| state.moved_to.clone()),
        validators: validators.unwrap_or_else(|| state.validators.clone()),
        error: None,
        last_success: Some(now),
        ..planned(state, Outcome::Success, pace, now)
    }
}

/// After anything else; the validators stay those of the last document that was read.
pub(super) fn failed(
    state: &FeedState,
    pace: Pace,
    now: Timestamp,
    outcome: Outcome,
    error: String,
) -> FeedState {
    FeedState { error: Some(error), ..planned(state, outcome, pace, now) }
}

/// After a poll that broke down on our side.
pub(super) fn broken(state: &FeedState, pace: Pace, now: Timestamp) -> FeedState {
    let failure = Outcome::Failure { retry_after: None };
    failed(state, pace, now, failure, "polling failed unexpectedly".into())
}

fn planned(state: &FeedState, outcome: Outcome, pace: Pace, now: Timestamp) -> FeedState {
    let plan = Plan::after(outcome, state.failures, pace, now, schedule::seed(&state.id, now));
    let Plan { next_poll, hold_until, gone, failures } = plan;
    FeedState { next_poll, hold_until, gone, failures, ..state.clone() }
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
    }
}
