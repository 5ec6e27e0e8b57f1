//! Delivery: messages that are due go to the relay, and what it answers goes to the store.
//!
//! A few messages are under way at once, so that a slow recipient holds up no other; while the
//! relay cannot be used, one is tried at a time. Nothing new is sent while an answer could not be
//! recorded, and an accepted message whose record failed is recorded later, not sent again.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::pulse::{self, Pulse};
use super::standing::{Standing, StoreEnded};
use super::{Active, STORE_PAUSE, Shared, at};
use crate::alert::outbox::{Policy, Relay, RelayStep, Verdict};
use crate::clock;
use crate::logging::{self, safe};
use crate::mail::transport::Mailer;
use crate::store::{self, Attempt, Message, Outcome, Store};

/// Messages under way at once.
const CONNECTIONS: usize = 4;

/// Messages looked at together for their age, oldest first; each is held in memory meanwhile.
const EXPIRED_AT_ONCE: usize = 100;

/// How long a dialogue that has begun may go on when the daemon is asked to end.
const FINISH: Duration = Duration::from_secs(3);

/// Delivers until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>, mut pulse: Pulse) {
    let mut active = shared.active.clone();
    let mut desk = Desk::new(shared);
    loop {
        let Ok(wake) = pulse::during(&mut pulse, desk.work()).await else { return };
        let shared = &desk.shared;
        tokio::select! {
            Some(ended) = desk.sending.join_next() => desk.ended(ended),
            () = shared.bells.due.notified() => {}
            () = at(wake) => {}
            () = pulse::answer(&mut pulse) => {}
            _ = active.changed() => desk.reloaded(),
            () = shared.stop.cancelled() => return desk.finish().await,
        }
    }
}

/// Tries what is due once, and leaves what the relay cannot take now.
pub(super) async fn once<S: Store>(shared: &Shared<S>) -> store::Result<()> {
    let mut desk = Desk::new(shared.clone());
    loop {
        desk.record().await?;
        if desk.resume.is_none() {
            desk.fill().await?;
        }
        match desk.sending.join_next().await {
            Some(ended) => desk.ended(ended),
            None => return Ok(()),
        }
    }
}

struct Desk<S> {
    shared: Shared<S>,
    active: Arc<Active>,
    relay: Relay,
    /// The relay is left alone until then.
    resume: Option<Instant>,
    /// Why, until the messages that have grown too old behind it have ended.
    outliving: Option<String>,
    /// Connections without work.
    idle: Vec<Mailer>,
    /// Which `[smtp]` the connections belong to; grows when it changes.
    era: u32,
    sending: JoinSet<Ended>,
    under_way: HashSet<i64>,
    /// Answers that the store has not taken yet.
    unrecorded: Vec<Attempt>,
    standing: Standing,
}

/// What comes back of a message that was handed to the relay.
struct Ended {
    mailer: Mailer,
    era: u32,
    message: Message,
    verdict: Verdict,
}

impl<S: Store> Desk<S> {
    fn new(shared: Shared<S>) -> Desk<S> {
        Desk {
            active: shared.active(),
            shared,
            relay: Relay::default(),
            resume: None,
            outliving: None,
            idle: Vec::new(),
            era: 0,
            sending: JoinSet::new(),
            under_way: HashSet::new(),
            unrecorded: Vec::new(),
            standing: Standing::new("sending mail"),
        }
    }

    /// Records what was answered, then sends what may be sent; when to look again.
    async fn work(&mut self) -> Result<Option<Instant>, StoreEnded> {
        let worked = async {
            self.record().await?;
            self.expire().await?;
            match self.resume.filter(|resume| *resume > Instant::now()) {
                Some(resume) => Ok(Some(resume)),
                None => self.fill().await,
            }
        };
        let worked = worked.await;
        Ok(self.standing.judge(worked)?.unwrap_or_else(|| Some(Instant::now() + STORE_PAUSE)))
    }

    /// Starts as many messages as there is room for; when the next deferred one may be tried.
    async fn fill(&mut self) -> store::Result<Option<Instant>> {
        loop {
            // A relay that has failed shows with one message whether it works again.
            let room = if self.relay.failures() > 0 { 1 } else { CONNECTIONS };
            let free = room.saturating_sub(self.under_way.len());
            if free == 0 {
                return Ok(None);
            }
            let under_way: Vec<_> = self.under_way.iter().copied().collect();
            let now = clock::now();
            let due = self.shared.store.due(now, &under_way, free).await?;
            if due.is_empty() {
                let next = self.shared.store.next_attempt(now).await?;
                return Ok(next.map(|next| clock::instant_of(next, self.active.config.smtp.retry_max * 2)));
            }
            for message in due {
                self.start(message);
            }
            self.record().await?;
        }
    }

    /// Ends what has waited too long for a relay that cannot be used.
    async fn expire(&mut self) -> store::Result<()> {
        let Some(reason) = self.outliving.clone() else { return Ok(()) };
        let policy = Policy::new(&self.active.config.smtp);
        loop {
            let (now, under_way) = (clock::now(), self.under_way.iter().copied().collect::<Vec<_>>());
            let due = self.shared.store.due(now, &under_way, EXPIRED_AT_ONCE).await?;
            for message in &due {
                if let Some(outcome) = policy.outlived(message, &self.relay, &reason, now) {
                    log_outcome(message, &outcome);
                    self.note(message.id, outcome);
                }
            }
            if self.unrecorded.is_empty() {
                self.outliving = None;
                return Ok(());
            }
            self.record().await?;
        }
    }

    fn start(&mut self, message: Message) {
        if !self.active.writes_to(&message.subscriber) {
            tracing::warn!(
                mail = message.id,
                "the message is for an address that is no longer a subscriber; it ended"
            );
            self.note(message.id, Outcome::Failed("no longer a subscriber".into()));
            return;
        }
        let mut mailer = match self.idle.pop().map_or_else(|| Mailer::new(&self.active.config.smtp), Ok) {
            Ok(mailer) => mailer,
            Err(error) => return self.judged(&message, &Verdict::RelayRefusesUs(error.to_string())),
        };
        let era = self.era;
        self.under_way.insert(message.id);
        self.sending.spawn(async move {
            let verdict = mailer.send(&message).await;
            Ended { mailer, era, message, verdict }
        });
    }

    fn ended(&mut self, ended: Result<Ended, JoinError>) {
        let Ok(Ended { mailer, era, message, verdict }) = ended else {
            // Only a panic ends a task without a verdict; its message stays due and is tried again.
            tracing::error!("sending a message failed unexpectedly; please report it");
            self.resume = Some(Instant::now() + STORE_PAUSE);
            self.under_way.clear();
            return;
        };
        if era == self.era {
            self.idle.push(mailer);
        }
        self.under_way.remove(&message.id);
        self.judged(&message, &verdict);
    }

    fn judged(&mut self, message: &Message, verdict: &Verdict) {
        let policy = Policy::new(&self.active.config.smtp);
        let consequence = policy.after(verdict, message, &mut self.relay, clock::now(), jitter());
        if let Some(outcome) = consequence.record {
            log_outcome(message, &outcome);
            self.note(message.id, outcome);
        }
        self.follow(consequence.relay);
    }

    fn follow(&mut self, step: RelayStep) {
        match step {
            RelayStep::GoOn => self.resume = None,
            RelayStep::Recovered(failures) => {
                tracing::info!(failures, "the relay works again");
                self.resume = None;
            }
            RelayStep::Wait { wait, failures, reason, alarm } => {
                self.resume = Some(Instant::now() + wait);
                self.outliving = Some(reason.clone());
                let (reason, retry_in_seconds) = (safe(&reason), wait.as_secs());
                if alarm {
                    tracing::error!(%reason, failures, retry_in_seconds, "the relay refuses rasid; mail waits in the outbox");
                } else if failures == 1 {
                    tracing::warn!(%reason, retry_in_seconds, "the relay cannot be used; mail waits in the outbox");
                } else {
                    tracing::debug!(%reason, failures, retry_in_seconds, "the relay still cannot be used");
                }
            }
        }
    }

    fn note(&mut self, message: i64, outcome: Outcome) {
        self.unrecorded.push(Attempt { message, at: clock::now(), outcome });
    }

    async fn record(&mut self) -> store::Result<()> {
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        self.shared.store.record(self.unrecorded.clone()).await?;
        self.unrecorded.clear();
        Ok(())
    }

    fn reloaded(&mut self) {
        let active = self.shared.active();
        if active.config.smtp != self.active.config.smtp {
            // Another relay, or the same by another door: what the old one did says nothing of it.
            (self.relay, self.resume) = (Relay::default(), None);
            self.idle.clear();
            self.era += 1;
        }
        self.active = active;
    }

    /// Lets the dialogues that have begun come to their end, for a while, and records it.
    async fn finish(mut self) {
        let dialogues = async {
            while let Some(ended) = self.sending.join_next().await {
                self.ended(ended);
            }
        };
        let _ = tokio::time::timeout(FINISH, dialogues).await;
        let farewells: JoinSet<()> =
            self.idle.drain(..).map(|mut mailer| async move { mailer.close().await }).collect();
        if let Err(error) = self.record().await {
            tracing::error!(%error, "accepted messages could not be recorded and will be sent again, the same to the byte");
        }
        farewells.join_all().await;
    }
}

fn log_outcome(message: &Message, outcome: &Outcome) {
    let (mail, attempts) = (message.id, message.attempts + 1);
    match outcome {
        Outcome::Sent(_) => tracing::info!(mail, attempts, "message accepted"),
        Outcome::Deferred { until, reason } => {
            tracing::warn!(mail, attempts, until = logging::time(*until), reason = %safe(reason), "message deferred");
        }
        Outcome::Failed(reason) => {
            tracing::error!(mail, attempts, reason = %safe(reason), "message failed for good");
        }
    }
}

/// A random byte.
fn jitter() -> u8 {
    uuid::Uuid::new_v4().as_bytes()[0]
}
