//! Tells the service manager that the daemon lives, after proof: a round of every task and an
//! answer of the database, never a mere timer.

use std::time::Duration;

use super::Shared;
use super::pulse::Pulses;
use crate::store::Store;
use crate::systemd;

/// Without a service manager that watches, others may ask: `/readyz`, `rasid status`.
const LIMIT: Duration = Duration::from_secs(20);

/// Proves until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>, pulses: Pulses) {
    let limit = systemd::watchdog().unwrap_or(LIMIT);
    let pause = limit / 4;
    let mut trouble = None;
    loop {
        let now = prove(&shared, &pulses, limit / 2).await.err();
        tell(&shared, trouble.as_ref(), now.as_ref());
        trouble = now;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// What does not answer.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    Task(&'static str),
    /// What it says, if it says something.
    Database(Option<String>),
}

/// Feeds the service manager after proof. Trouble is said once, and so is its end.
fn tell<S>(shared: &Shared<S>, before: Option<&Trouble>, now: Option<&Trouble>) {
    if now.is_none() {
        shared.vitals.proved();
        systemd::alive();
    }
    if before == now || shared.stop.is_cancelled() {
        return;
    }
    match now {
        None => tracing::info!("tasks and database answer again"),
        Some(Trouble::Task(task)) => {
            tracing::error!(task, "a task does not answer; a service manager that watches restarts rasid");
        }
        Some(Trouble::Database(reason)) => {
            tracing::error!(
                reason,
                "the database does not answer; a service manager that watches restarts rasid"
            );
        }
    }
}

async fn prove<S: Store>(shared: &Shared<S>, pulses: &Pulses, patience: Duration) -> Result<(), Trouble> {
    pulses.beat(patience).await.map_err(Trouble::Task)?;
    match tokio::time::timeout(patience, shared.store.ping()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Trouble::Database(Some(error.to_string()))),
        Err(_) => Err(Trouble::Database(None)),
    }
}
