//! Proof of life: the watchdog asks each task, and a task answers between two pieces of work and
//! while one waits.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

/// A task's end: what the watchdog asks.
pub(super) type Pulse = mpsc::Receiver<oneshot::Sender<()>>;

/// The watchdog's end.
pub(super) struct Pulses {
    wires: Vec<(&'static str, mpsc::Sender<oneshot::Sender<()>>)>,
}

/// One wire to each of the tasks that the daemon cannot do without.
pub(super) fn wires() -> (Pulses, [Pulse; 4]) {
    let mut wires = Vec::new();
    let pulses = ["polling", "fetching articles", "gathering", "delivering"].map(|task| {
        let (sender, receiver) = mpsc::channel(1);
        wires.push((task, sender));
        receiver
    });
    (Pulses { wires }, pulses)
}

impl Pulses {
    /// Asks every task; the name of the first that does not answer within `patience`.
    pub(super) async fn beat(&self, patience: Duration) -> Result<(), &'static str> {
        for (task, wire) in &self.wires {
            let (answer, answered) = oneshot::channel();
            let ask = async {
                wire.send(answer).await.map_err(drop)?;
                answered.await.map_err(drop)
            };
            match tokio::time::timeout(patience, ask).await {
                Ok(Ok(())) => {}
                _ => return Err(task),
            }
        }
        Ok(())
    }
}

/// Does a piece of work, and answers meanwhile: to wait for a database that a backup has locked is
/// no reason to be restarted.
pub(super) async fn during<T>(pulse: &mut Pulse, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = answer(pulse) => {}
        }
    }
}

/// Answers one question of the watchdog; a task selects on this between pieces of work.
pub(super) async fn answer(pulse: &mut Pulse) {
    match pulse.recv().await {
        Some(asked) => {
            let _ = asked.send(()); // a watchdog that no longer waits has its answer
        }
        // Without a watchdog there is nothing to answer, ever.
        None => std::future::pending().await,
    }
}
