//! The register: what subscribers chose and who signed up, as it stands in the store, put in force.
//!
//! Whoever keeps a choice in the store asks for it here before saying that it holds; what another process
//! kept is found when the store says so.

use std::sync::Arc;

use tokio::sync::{Mutex, watch};

use super::standing::{Standing, StoreEnded};
use super::{Active, Shared, at};
use crate::store::{self, Store};

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

/// Keeps the register until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>) {
    let mut standing = Standing::new("reading what subscribers chose");
    loop {
        let wake = match standing.judge(shared.register.refresh(&shared.store).await) {
            Ok(Some(())) => None,
            Ok(None) => Some(tokio::time::Instant::now() + super::STORE_PAUSE),
            Err(StoreEnded) => return,
        };
        tokio::select! {
            () = shared.bells.chosen.notified() => {}
            () = at(wake) => {}
            () = shared.stop.cancelled() => return,
        }
    }
}
