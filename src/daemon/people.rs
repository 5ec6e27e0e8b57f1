//! The register: what subscribers chose and who signed up, as it stands in the store, put in force.
//!
//! Whoever keeps a choice in the store asks for it here before saying that it holds; what another process
//! kept is found when the store says so.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;
use uuid::Uuid;

use super::standing::{Standing, StoreEnded};
use super::{Active, STORE_PAUSE, Shared, at};
use crate::config::Language;
use crate::logging::safe;
use crate::mail::message::{self, Notice, Occasion, Rendered};
use crate::store::{self, NewMessage, Store};
use crate::{alert, clock};

/// Within so long, so many mails of suspended addresses at most.
const NOTICES: (Duration, usize) = (Duration::from_hours(1), 5);

/// What is in force, and the one door to changing it.
pub(super) struct Register {
    in_force: watch::Sender<Arc<Active>>,
    /// Who reads the store later must not be overtaken by who read it earlier.
    turn: Mutex<()>,
}

impl Register {
    /// With what is in force at the start.
    pub(super) fn new(active: Active) -> (Register, watch::Receiver<Arc<Active>>) {
        let (in_force, receiver) = watch::channel(Arc::new(active));
        (Register { in_force, turn: Mutex::default() }, receiver)
    }

    /// Puts a new config in force, by what subscribers chose meanwhile.
    pub(super) fn replace(&self, new: &Active) {
        self.in_force.send_modify(|active| *active = Arc::new(new.with(Arc::clone(&active.people.roll))));
    }

    /// Puts in force what stands in the store.
    pub(super) async fn refresh(&self, store: &impl Store) -> store::Result<()> {
        let _turn = self.turn.lock().await;
        let roll = store.roll().await?;
        self.in_force.send_if_modified(|active| {
            let changed = *active.people.roll != roll;
            if changed {
                *active = Arc::new(active.with(Arc::new(roll)));
            }
            changed
        });
        Ok(())
    }
}

/// Keeps the register until the daemon ends, and tells the operator of addresses that are suspended.
pub(super) async fn run<S: Store>(shared: Shared<S>) {
    let mut standing = Standing::new("reading what subscribers chose");
    let mut notices = Notices::default();
    loop {
        let round = async {
            shared.register.refresh(&shared.store).await?;
            notices.tell(&shared).await
        };
        let wake = match standing.judge(round.await) {
            Ok(Some(wake)) => wake,
            Ok(None) => Some(Instant::now() + STORE_PAUSE),
            Err(StoreEnded) => return,
        };
        tokio::select! {
            () = shared.bells.chosen.notified() => {}
            () = at(wake) => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// The operator's mails of suspended addresses: where a relay refuses everybody, not one for each at once.
#[derive(Default)]
struct Notices {
    /// When the latest were made.
    made: Vec<Instant>,
}

impl Notices {
    /// Says of each suspended address that it is, once; when to go on where there are too many.
    async fn tell<S: Store>(&mut self, shared: &Shared<S>) -> store::Result<Option<Instant>> {
        let active = shared.active();
        for (name, choices) in &active.people.roll.choices {
            let Some(suspension) = choices.suspended.as_ref().filter(|known| known.told.is_none()) else {
                continue;
            };
            self.made.retain(|made| made.elapsed() < NOTICES.0);
            if self.made.len() >= NOTICES.1 {
                return Ok(self.made.first().map(|first| *first + NOTICES.0));
            }
            let created = clock::now();
            let message = notice(&active, name, &suspension.reason, created);
            let mailed = message.is_some();
            shared.store.tell_suspended(name, message, created).await?;
            tracing::error!(
                reason = %safe(&suspension.reason),
                "a subscriber's address was refused for good over three days and is suspended; `rasid subscribers list` names it"
            );
            if mailed {
                self.made.push(Instant::now());
                shared.bells.due.notify_one();
            }
        }
        Ok(None)
    }
}

/// The mail that tells the operator, if there is one.
fn notice(active: &Active, name: &str, reply: &str, created: Timestamp) -> Option<NewMessage> {
    let to = active.config.alerts.operator.as_ref()?;
    let address = name.parse().ok()?;
    let notice = Notice {
        from: &active.config.smtp.from,
        to,
        language: active
            .people
            .subscriber(&alert::name(to))
            .map_or(Language::En, |operator| operator.language),
        occasion: Occasion::Suspended { address: &address, reply },
        created,
        id: Uuid::new_v4(),
    };
    match message::notice(&notice, &active.config.mail.templates) {
        Ok(Rendered { message_id, subject, bytes, flaws }) => {
            super::tell_flaws(&flaws);
            let subscriber = alert::name(to);
            Some(NewMessage { subscriber, message_id, subject, bytes, tells: Vec::new(), created })
        }
        Err(error) => {
            tracing::error!(reason = %safe(&error.to_string()), "the message to the operator could not be made");
            None
        }
    }
}
