//! Upkeep: what is too old is forgotten, and the database is copied once a day.
//!
//! Both yield to everything else: forgetting goes by small steps with pauses between them, a copy reads
//! beside the writer. What was done last stands in the store by the wall clock, so that a restart
//! neither repeats nor misses it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::standing::{Standing, StoreEnded};
use super::{Active, STORE_PAUSE, Shared};
use crate::clock;
use crate::config::Backups;
use crate::store::{self, Bounds, Error, Pruned, Space, Store, Work};

/// What a start brings comes first.
const AFTER_START: Duration = Duration::from_secs(3);
/// Between two looks for what is too old.
const EVERY: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// Steps take a fifth of the writer's time at most.
const PAUSES: u32 = 4;
/// Forgetting within `run --once` ends after so long; the next run goes on.
const ONCE: Duration = Duration::from_secs(2);
/// So long without a look, and the clock deserves no trust: it may have been set wrongly.
const GAP: Duration = Duration::from_hours(30 * 24);
/// Free room below which giving it back is not worth the work, unless `max_size` asks for it.
const SLACK: u64 = 64 << 20;

/// Keeps the store in order until the daemon ends.
pub(super) async fn run<S: Store>(mut shared: Shared<S>) {
    let mut upkeep = Upkeep::default();
    let mut standing = Standing::new("keeping the database in order");
    let mut next = Instant::now() + AFTER_START;
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(next) => {}
            // A reload may keep less, or name a directory that is there.
            _ = shared.active.changed() => {}
            () = shared.stop.cancelled() => return,
        }
        let round = tokio::select! {
            round = upkeep.round(&shared) => round,
            () = shared.stop.cancelled() => return,
        };
        next = match standing.judge(round) {
            Ok(Some(backup)) => backup.map_or(Instant::now() + EVERY, |due| due.min(Instant::now() + EVERY)),
            Ok(None) => Instant::now() + 12 * STORE_PAUSE,
            Err(StoreEnded) => return,
        };
    }
}

/// A little of both, as part of `run --once`.
pub(super) async fn once<S: Store>(shared: &Shared<S>) -> store::Result<()> {
    let mut upkeep = Upkeep { until: Some(Instant::now() + ONCE), ..Upkeep::default() };
    upkeep.round(shared).await.map(drop)
}

/// What a run remembers.
#[derive(Default)]
struct Upkeep {
    /// Forgotten and not told of yet.
    pruned: Pruned,
    told: Option<Instant>,
    /// Until when the clock is not trusted.
    doubted: Option<Instant>,
    /// Whether the operator knows that `max_size` cannot be held, and that copies fail.
    over: bool,
    failing: bool,
    /// When a round has to end.
    until: Option<Instant>,
}

impl Upkeep {
    /// Forgets what may go, copies where a day has passed; when the next copy is due.
    async fn round<S: Store>(&mut self, shared: &Shared<S>) -> store::Result<Option<Instant>> {
        let active = shared.active();
        let now = clock::now();
        if self.trusts(shared.store.last_done(Work::Prune).await?, now) {
            self.forget(shared, &active, now).await?;
            shared.store.done(Work::Prune, now).await?;
        }
        self.tell(shared.store.space().await?);
        match &active.config.storage.backups {
            Some(backups) => self.back_up(shared, backups).await.map(Some),
            None => Ok(None),
        }
    }

    /// A clock that is years ahead would have the whole archive forgotten: after a long gap, a day must
    /// pass on the machine's own count first.
    fn trusts(&mut self, last: Option<Timestamp>, now: Timestamp) -> bool {
        if let Some(until) = self.doubted {
            return until <= Instant::now();
        }
        if last.is_none_or(|last| now < clock::after(last, GAP)) {
            return true;
        }
        tracing::warn!(
            "the clock is more than a month past the last run; in case it is wrong, nothing is forgotten for a day"
        );
        self.doubted = Some(Instant::now() + DAY);
        false
    }

    async fn forget<S: Store>(
        &mut self,
        shared: &Shared<S>,
        active: &Active,
        now: Timestamp,
    ) -> store::Result<()> {
        let keep = &active.config.storage.keep;
        let mut bounds = bounds(active, now);
        let over = shared.store.space().await?.used() > keep.size;
        // A little further, so that the next poll does not exceed it again.
        bounds.size = if over { keep.size / 20 * 19 } else { keep.size };
        while !self.is_late() {
            let begun = Instant::now();
            let step = shared.store.prune(bounds).await?;
            self.pruned += step;
            if !step.more {
                break;
            }
            self.pause(begun).await;
        }
        let Space { file, free } = shared.store.space().await?;
        self.say_if_over(over && file - free > keep.size);
        if file <= keep.size && free < SLACK.max(file / 4) {
            return Ok(()); // what comes next fills it
        }
        while !self.is_late() {
            let begun = Instant::now();
            if !shared.store.give_back().await? {
                break;
            }
            self.pause(begun).await;
        }
        Ok(())
    }

    fn is_late(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }

    /// Leaves the writer to others for longer than the last step took.
    async fn pause(&self, begun: Instant) {
        if self.until.is_none() {
            tokio::time::sleep(begun.elapsed() * PAUSES).await;
        }
    }

    fn say_if_over(&mut self, over: bool) {
        if over && !self.over {
            tracing::warn!(
                "the database is over max_size, and what is left of it is too young to go; raise storage.max_size"
            );
        }
        self.over = over;
    }

    /// Once a day, and at first what the start found.
    fn tell(&mut self, space: Space) {
        let Pruned { stripped, buried, messages, .. } = self.pruned;
        let due = self.told.is_none_or(|told| told + DAY <= Instant::now());
        if due && stripped + buried + messages > 0 {
            tracing::info!(
                texts = stripped,
                entries = buried,
                messages,
                megabytes = space.used() / 1_000_000,
                "what was too old is forgotten"
            );
            self.pruned = Pruned::default();
            self.told = Some(Instant::now());
        }
    }

    /// Copies the database where the last copy is a day old; when the next is due.
    async fn back_up<S: Store>(&mut self, shared: &Shared<S>, backups: &Backups) -> store::Result<Instant> {
        let now = clock::now();
        let last = shared.store.last_done(Work::Backup).await?;
        // A copy of the future was made under another clock.
        let next = last.filter(|last| *last <= now).map(|last| clock::after(last, DAY));
        if let Some(next) = next.filter(|next| *next > now) {
            return Ok(clock::instant_of(next, DAY));
        }
        match shared.store.back_up(backups.directory.clone(), backups.keep, now).await {
            Ok(file) => {
                shared.store.done(Work::Backup, now).await?;
                self.failing = false;
                tracing::info!(file = %file.display(), "the database is copied");
                Ok(Instant::now() + DAY)
            }
            Err(Error::Closed) => Err(Error::Closed),
            Err(error) => {
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::error!(reason = %error, "the daily copy of the database failed; trying again every hour");
                }
                Ok(Instant::now() + EVERY)
            }
        }
    }
}

/// What may go now. Stories need their entries for as long as another may join them.
fn bounds(active: &Active, now: Timestamp) -> Bounds {
    let config = &active.config;
    let stories = config.stories.window + config.stories.follow_up_after;
    let ago = |age: Duration| clock::before(now, age.max(stories));
    let keep = &config.storage.keep;
    Bounds {
        entries: keep.entries.map(ago),
        matches: keep.matches.map(ago),
        messages: keep.messages.map(ago),
        size: keep.size,
        spared: ago(DAY),
    }
}
