//! Gathering: matched entries become stories, held alerts become messages when their subscriber's delivery
//! says so.
//!
//! In come the alerts that polls committed; out go messages whose bytes are fixed in the store.
//! `stories` places entries, `plans` keeps when each subscriber's next messages leave, `pack` makes them.
//! What is not yet due stays held in the store, so that a restart only has to ask it again.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use self::pack::{Packed, pack};
use self::plans::Plans;
use self::stories::Stories;
use super::pulse::{self, Pulse};
use super::standing::{Standing, StoreEnded};
use super::{Active, STORE_PAUSE, Shared, at};
use crate::alert::choices;
use crate::alert::departure::{HOUR, Terms, departures};
use crate::clock;
use crate::config::Subscriber;
use crate::store::{self, Held, Store, Waiting};

mod pack;
mod plans;
mod stories;

/// How long a message that could not be made is left alone; only a reload or a release mends that.
const UNMADE_PAUSE: Duration = Duration::from_mins(10);

/// Gathers until the daemon ends.
pub(super) async fn run<S: Store>(mut shared: Shared<S>, mut pulse: Pulse) {
    let (mut stories, mut plans) = (Stories::default(), Plans::default());
    let mut standing = Standing::new("gathering alerts");
    loop {
        let gathered = pulse::during(&mut pulse, rounds(&shared, &mut stories, &mut plans)).await;
        let wake = match standing.judge(gathered) {
            Ok(Some(())) => plans.earliest(),
            Ok(None) => Some(Instant::now() + STORE_PAUSE),
            Err(StoreEnded) => return,
        };
        tokio::select! {
            () = shared.bells.held.notified() => {}
            () = at(wake) => {}
            () = pulse::answer(&mut pulse) => {}
            _ = shared.active.changed() => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// Gathers what is due without waiting for a group timer; digests and follow-ups keep to their times.
pub(super) async fn once<S: Store>(shared: &Shared<S>) -> store::Result<()> {
    let active = shared.active();
    let all = shared.store.held().await?;
    Stories::default().place(shared, &active).await?;
    if all.iter().any(|held| mutes(&active, &held.subscriber)) {
        shared.store.end_muted().await?;
    }
    for held in all {
        let Some((to, None)) = receives(shared, &active, &held).await? else { continue };
        let held = Held { awaited: 0, ..held };
        let mut made = true;
        while std::mem::take(&mut made) {
            let now = clock::now();
            let mut waiting = waiting(shared, &active, &held, now).await?;
            waiting.last = None;
            let terms = Terms { group_wait: Duration::ZERO, ..terms(&active, &to, &held) };
            let leave = departures(&terms, &waiting, |rule| active.people.audience.severity(rule), now);
            for due in leave.into_iter().filter(|leaves| leaves.at <= now) {
                made |= pack(shared, &active, &to, &due.tells).await? == Packed::Fixed;
            }
        }
    }
    Ok(())
}

/// Looks at what is held until nothing of it is due.
async fn rounds<S: Store>(shared: &Shared<S>, stories: &mut Stories, plans: &mut Plans) -> store::Result<()> {
    while round(shared, stories, plans).await? {}
    Ok(())
}

/// One look at what is held: packs what is due and plans the rest. Whether something was done, after which
/// what is left is looked at anew.
async fn round<S: Store>(
    shared: &Shared<S>,
    stories: &mut Stories,
    plans: &mut Plans,
) -> store::Result<bool> {
    let active = shared.active();
    plans.by(&active);
    // In this order, so that all that is held has its place; what comes meanwhile rings again.
    let held = shared.store.held().await?;
    stories.place(shared, &active).await?;
    plans.keep(&held);
    let mut done = false;
    for held in held {
        let Some((to, paused)) = receives(shared, &active, &held).await? else {
            plans.drop(&held.subscriber);
            continue;
        };
        if !plans.stand(&held, &to) {
            if mutes(&active, &held.subscriber) && shared.store.end_muted().await? > 0 {
                plans.drop(&held.subscriber);
                done = true;
                continue;
            }
            let now = clock::now();
            let waiting = waiting(shared, &active, &held, now).await?;
            let terms = Terms { paused, ..terms(&active, &to, &held) };
            let leave = departures(&terms, &waiting, |rule| active.people.audience.severity(rule), now);
            plans.plan(&held, leave);
        }
        let due = plans.due(&held.subscriber);
        if !due.is_empty() && mutes(&active, &held.subscriber) && shared.store.end_muted().await? > 0 {
            plans.drop(&held.subscriber);
            done = true;
            continue;
        }
        for tells in due {
            match pack(shared, &active, &to, &tells).await? {
                Packed::Fixed => {
                    plans.drop(&held.subscriber);
                    done = true;
                }
                Packed::Nothing => plans.put_off(&held.subscriber, STORE_PAUSE),
                Packed::Unmade => plans.put_off(&held.subscriber, UNMADE_PAUSE),
            }
        }
    }
    Ok(done)
}

/// How somebody is written to now; nothing for who is no subscriber. The one place where gathering asks.
fn standing<'a>(active: &'a Active, name: &str) -> Option<choices::Standing<'a>> {
    active.people.standing(name, clock::now())
}

/// Who is written to, now or after a pause. What is held for others ends, or waits without a time.
async fn receives<'a, S: Store>(
    shared: &Shared<S>,
    active: &'a Active,
    held: &Held,
) -> store::Result<Option<(Cow<'a, Subscriber>, Option<Timestamp>)>> {
    let name = &held.subscriber;
    match standing(active, name) {
        Some(choices::Standing::Receives(to)) => return Ok(Some((to, None))),
        Some(choices::Standing::Paused(until)) => {
            return Ok(active.people.subscriber(name).map(|to| (Cow::Borrowed(to), Some(until))));
        }
        Some(choices::Standing::Suspended) => {}
        Some(choices::Standing::Unsubscribed) => {
            shared.store.end_held(name, choices::UNSUBSCRIBED).await?;
        }
        None => {
            let ended = shared.store.end_held(name, "no longer a subscriber").await?;
            tracing::warn!(
                entries = ended,
                "alerts were held for an address that is no longer a subscriber; they ended"
            );
        }
    }
    Ok(None)
}

/// Whether there is a story that the subscriber wants no more of.
fn mutes(active: &Active, name: &str) -> bool {
    active.people.choices(name).is_some_and(|choices| !choices.muted.is_empty())
}

async fn waiting<S: Store>(
    shared: &Shared<S>,
    active: &Active,
    held: &Held,
    now: Timestamp,
) -> store::Result<Waiting> {
    let hour_ago = clock::before(now, HOUR);
    shared.store.waiting(&held.subscriber, hour_ago, !active.config.stories.enabled).await
}

fn terms<'a>(active: &Active, to: &'a Subscriber, held: &Held) -> Terms<'a> {
    let stories = &active.config.stories;
    Terms {
        to,
        group_wait: active.config.alerts.group_wait,
        follow_up_after: stories.follow_up_after,
        outlets: stories.outlets,
        awaited: held.awaited,
        paused: None,
    }
}
