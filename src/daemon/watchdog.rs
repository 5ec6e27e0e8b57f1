//! Tells the service manager that the daemon lives, after proof: a round of every task and an
//! answer of the database, never a mere timer.

use std::time::Duration;

use super::Shared;
use super::pulse::Pulses;
use crate::store::Store;
use crate::systemd;

/// Without a service manager that watches, only waits for the end.
pub(super) async fn run<S: Store>(shared: Shared<S>, pulses: Pulses) {
    let Some(limit) = systemd::watchdog() else { return shared.stop.cancelled().await };
    let pause = limit / 4;
    loop {
        prove(&shared, &pulses, limit / 2).await;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

async fn prove<S: Store>(shared: &Shared<S>, pulses: &Pulses, patience: Duration) {
    if let Err(task) = pulses.beat(patience).await {
        if !shared.stop.is_cancelled() {
            tracing::error!(task, "a task does not answer; the service manager will restart rasid");
        }
        return;
    }
    match tokio::time::timeout(patience, shared.store.ping()).await {
        Ok(Ok(())) => systemd::alive(),
        Ok(Err(error)) => {
            tracing::error!(reason = %error, "the database does not answer; the service manager will restart rasid");
        }
        Err(_) => tracing::error!("the database does not answer; the service manager will restart rasid"),
    }
}
