//! Delivery: messages that are due go to the relay, and what it answers goes to the store.
//!
//! Messages are taken up in the store some at a time, and recorded as they end, both in the same commits; so
//! a message under way is visible, and commits are few. A few connections are at work at once and
//! each has another subscriber's message: what a slow recipient holds up is their own mail. While the relay
//! cannot be used, one message is tried at a time. Nothing new is sent while an answer could not be
//! recorded, and an accepted message whose record failed is recorded later, not sent again.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{self, JoinError, JoinSet};
use tokio::time::Instant;

use super::pulse::{self, Pulse};
use super::standing::{Standing, StoreEnded};
use super::{Active, STORE_PAUSE, Shared, at};
use crate::alert::outbox::{Relay, Verdict};
use crate::clock;
use crate::mail::transport::Mailer;
use crate::store::{self, Attempt, Message, Outcome, Store, Taken};

mod books;
mod end;
mod standing;

/// Connections that are at work at once.
const CONNECTIONS: usize = 4;

/// After so long a dialogue is slow, and its connection not counted among those any more.
const SLOW: Duration = Duration::from_secs(5);

/// Connections in all, slow ones too.
const MOST_CONNECTIONS: usize = 16;

/// Between two looks whether a relay that could not be reached listens again.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// For so long the same reason to put a message off is said once.
const REPEATED: Duration = Duration::from_mins(1);

/// How long connections without work are kept.
const REST: Duration = Duration::from_secs(20);

/// Delivers until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>, mut pulse: Pulse) {
    let mut active = shared.active.clone();
    let mut outside = shared.store.outside();
    let mut desk = Desk::new(shared);
    let mut standing = Standing::new("sending mail");
    loop {
        let wake = desk.advance();
        let shared = &desk.shared;
        tokio::select! {
            Some(done) = desk.tasks.join_next_with_id() => {
                let done = desk.done(done);
                if let Err(StoreEnded) = standing.judge(done) { return }
            }
            () = shared.bells.due.notified() => desk.dry = false,
            // Somebody may have mended the relay, and asked for its mail.
            Ok(()) = outside.changed() => (desk.dry, desk.resume) = (false, None),
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
        desk.advance();
        match desk.tasks.join_next_with_id().await {
            Some(done) => desk.done(done)?,
            None if desk.idle.is_empty() => return Ok(()),
            None => desk.leave(),
        }
    }
}

struct Desk<S> {
    shared: Shared<S>,
    active: Arc<Active>,
    /// What goes on beside: dialogues, a turn of the store, a look at the relay.
    tasks: JoinSet<Done>,
    /// Taken up, and not begun.
    ready: VecDeque<Message>,
    /// Begun.
    under_way: HashMap<task::Id, UnderWay>,
    books: books::Books,
    /// Whether the store, when it was asked last, had nothing more that is due; a bell that rings while it is
    /// asked counts.
    dry: bool,
    /// When there will be.
    next: Option<Instant>,
    /// The store refused, and is left alone until then.
    refused: Option<Instant>,
    relay: Relay,
    /// The relay is left alone until then.
    resume: Option<Instant>,
    /// When to look whether the relay can be reached again.
    probe: Option<Instant>,
    /// When the relay last failed: dialogues that began before say nothing new of it.
    failed: Option<Instant>,
    /// Why a message was put off, said last then.
    deferral: Option<(String, Instant)>,
    /// Connections without work.
    idle: Vec<Mailer>,
    /// When one of them became so.
    rested: Instant,
    /// Which `[smtp]` the connections belong to; grows when it changes.
    era: u32,
}

struct UnderWay {
    message: Arc<Message>,
    since: Instant,
}

/// What a task brings.
enum Done {
    /// A dialogue has ended.
    Sent { mailer: Box<Mailer>, era: u32, verdict: Verdict },
    /// The store has answered; with when there will be more, where it had less than was asked for.
    Turned(store::Result<(Taken, Option<Instant>)>),
    /// Whether the relay can be reached.
    Probed(bool),
    /// A connection without work is closed.
    Left,
}

impl<S: Store> Desk<S> {
    fn new(shared: Shared<S>) -> Desk<S> {
        Desk {
            active: shared.active(),
            shared,
            tasks: JoinSet::new(),
            ready: VecDeque::new(),
            under_way: HashMap::new(),
            books: books::Books::default(),
            dry: false,
            next: None,
            refused: None,
            relay: Relay::default(),
            resume: None,
            probe: None,
            failed: None,
            deferral: None,
            idle: Vec::new(),
            rested: Instant::now(),
            era: 0,
        }
    }

    /// Begins whatever may begin now; when to look again.
    fn advance(&mut self) -> Option<Instant> {
        let now = Instant::now();
        if let Some(until) = self.refused.filter(|until| *until > now) {
            return Some(until);
        }
        if self.next.is_some_and(|next| next <= now) {
            (self.dry, self.next) = (false, None);
        }
        self.resume = self.resume.filter(|resume| *resume > now);
        let slow = self.begin(now);
        self.turn();
        let probe = self.look_at_relay(now);
        let rest = (!self.idle.is_empty() && self.under_way.is_empty()).then(|| self.rested + REST);
        if rest.is_some_and(|rest| rest <= now) {
            self.leave();
        }
        let rest = rest.filter(|rest| *rest > now);
        [slow, probe, rest, self.resume, self.next].into_iter().flatten().min()
    }

    /// Begins as many dialogues as there is room for; when there may be more room.
    fn begin(&mut self, now: Instant) -> Option<Instant> {
        while self.refused.is_none() && self.resume.is_none() && !self.books.behind() {
            if self.under_way.len() >= MOST_CONNECTIONS {
                return None;
            }
            let slow = self.under_way.values().map(|task| task.since + SLOW).filter(|slow| *slow > now);
            let free = match self.relay.failures() {
                0 => slow.clone().count() < CONNECTIONS,
                // A relay that has failed shows with one message whether it works again.
                _ => self.under_way.is_empty(),
            };
            if !free {
                return slow.min();
            }
            let idle = |message: &Message| {
                !self.under_way.values().any(|task| task.message.subscriber == message.subscriber)
            };
            let message = self.ready.remove(self.ready.iter().position(idle)?)?;
            self.start(message, now);
        }
        None
    }

    fn start(&mut self, message: Message, now: Instant) {
        if let Some(why) = self.active.unwanted(&message.subscriber) {
            tracing::warn!(mail = message.id, why, "the message is not wanted any more; it ended");
            self.note(message.id, Outcome::Failed(why.into()));
            return;
        }
        let mut mailer = match self.idle.pop().map_or_else(|| Mailer::new(&self.active.config.smtp), Ok) {
            Ok(mailer) => mailer,
            Err(error) => return self.judged(&message, &Verdict::RelayRefusesUs(error.to_string())),
        };
        let era = self.era;
        let message = Arc::new(message);
        let sent = Arc::clone(&message);
        let task = self.tasks.spawn(async move {
            let verdict = mailer.send(&sent).await;
            Done::Sent { mailer: Box::new(mailer), era, verdict }
        });
        self.under_way.insert(task.id(), UnderWay { message, since: now });
    }

    /// Takes in what a task brought.
    fn done(&mut self, done: Result<(task::Id, Done), JoinError>) -> store::Result<()> {
        match done {
            Ok((task, Done::Sent { mailer, era, verdict })) => self.sent(task, *mailer, era, &verdict),
            Ok((_, Done::Turned(turned))) => return self.turned(turned),
            Ok((_, Done::Probed(reached))) => self.probed(reached),
            Ok((_, Done::Left)) => {}
            Err(error) => self.broken(&error),
        }
        Ok(())
    }

    fn sent(&mut self, task: task::Id, mailer: Mailer, era: u32, verdict: &Verdict) {
        let Some(UnderWay { message, since }) = self.under_way.remove(&task) else { return };
        self.dry &= !self.books.less_crowded();
        let failed = matches!(verdict, Verdict::RelayUnavailable(_) | Verdict::RelayRefusesUs(_));
        match verdict {
            Verdict::RelayUnavailable(reason) | Verdict::RelayRefusesUs(reason)
                if era != self.era || self.failed.is_some_and(|failed| since < failed) =>
            {
                // Of another relay, or said already.
                self.note(message.id, Outcome::Untaken(reason.clone()));
            }
            verdict => {
                self.judged(&message, verdict);
                if failed {
                    self.failed = Some(Instant::now());
                    self.probe = mailer.unreached().then(|| Instant::now() + PROBE_EVERY);
                }
            }
        }
        if era == self.era {
            self.idle.push(mailer);
            self.rested = Instant::now();
        }
    }

    /// Only a panic ends a task without an answer. A message that causes one waits like one that was put
    /// off, longer each time, and holds up no other.
    fn broken(&mut self, error: &JoinError) {
        tracing::error!("a task of delivery failed unexpectedly; please report it");
        match self.under_way.remove(&error.id()) {
            Some(UnderWay { message, .. }) => {
                let reason = "rasid failed while sending it; please report it";
                self.judged(&message, &Verdict::MessageDeferred(reason.to_owned()));
            }
            None => {
                self.books.refused();
                self.refused = Some(Instant::now() + STORE_PAUSE);
            }
        }
    }

    fn note(&mut self, message: i64, outcome: Outcome) {
        if let Outcome::Deferred { until, .. } = &outcome {
            let until = clock::instant_of(*until, self.longest());
            self.next = Some(self.next.map_or(until, |next| next.min(until)));
        }
        self.books.note(Attempt { message, at: clock::now(), outcome });
    }

    /// Beyond which no message waits, whatever time is stored.
    fn longest(&self) -> Duration {
        self.active.config.smtp.retry_max * 2
    }

    fn reloaded(&mut self) {
        let active = self.shared.active();
        if active.config.smtp != self.active.config.smtp {
            // Another relay, or the same by another door: what the old one did says nothing of it.
            (self.relay, self.resume, self.probe, self.failed) = (Relay::default(), None, None, None);
            self.idle.clear();
            self.era += 1;
        }
        self.active = active;
    }
}
