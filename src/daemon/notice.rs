//! Notices what other processes write into the database (`rasid outbox retry`, `subscribers resume`,
//! `rules rescan` …) and rings every bell, so that each task looks at what is its own.

use super::Shared;
use crate::store::Store;

/// Rings until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>) {
    let mut outside = shared.store.outside();
    loop {
        tokio::select! {
            changed = outside.changed() => match changed {
                Ok(()) => {
                    tracing::debug!("another process has written to the database");
                    shared.bells.all();
                }
                Err(_) => return, // the store has ended
            },
            () = shared.stop.cancelled() => return,
        }
    }
}
