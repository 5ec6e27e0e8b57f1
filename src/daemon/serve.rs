//! The web pages, as the daemon serves them: where it listens, and what they may ask of it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Shared, status};
use crate::config::Http;
use crate::store::Store;
use crate::web::{self, Desk, Front};

/// Where it listens now.
#[derive(Default)]
pub(super) struct Doors {
    open: Option<(SocketAddr, CancellationToken)>,
    serving: TaskTracker,
}

/// A place to listen at that is taken already.
pub(super) struct Door {
    asked: SocketAddr,
    listener: TcpListener,
}

/// Why it cannot listen. `Display` is one line.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {reason}; change `listen` in [http], or stop what listens there")]
pub struct CannotListen {
    address: SocketAddr,
    reason: std::io::Error,
}

impl Doors {
    /// Takes the place that a config names, before it is in force. Nothing where it is open already, or
    /// none is wanted.
    pub(super) async fn take(&self, http: &Http) -> Result<Option<Door>, CannotListen> {
        let open = self.open.as_ref().map(|(address, _)| *address);
        let Some(asked) = http.listen.filter(|asked| open != Some(*asked)) else { return Ok(None) };
        match TcpListener::bind(asked).await {
            Ok(listener) => Ok(Some(Door { asked, listener })),
            Err(reason) => Err(CannotListen { address: asked, reason }),
        }
    }

    /// Serves there instead of where it did, or nowhere where the config in force says so.
    pub(super) fn change<S: Store>(&mut self, door: Option<Door>, shared: &Shared<S>) {
        let wanted = shared.active().config.http.listen;
        if self.open.as_ref().is_some_and(|(address, _)| wanted != Some(*address))
            && let Some((_, stop)) = self.open.take()
        {
            stop.cancel();
        }
        let Some(Door { asked, listener }) = door else { return };
        match listener.local_addr() {
            Ok(address) => tracing::info!(%address, "listening"),
            Err(error) => tracing::debug!(%error, "listening, at an address that the system does not say"),
        }
        let stop = shared.stop.child_token();
        self.serving.spawn(web::serve(listener, web::router(shared.clone()), stop.clone()));
        self.open = Some((asked, stop));
    }

    /// Waits until all who are answered have been.
    pub(super) async fn closed(&self) {
        self.serving.close();
        self.serving.wait().await;
    }
}

impl<S: Store> Desk for Shared<S> {
    type Store = S;

    fn store(&self) -> &S {
        &self.store
    }

    fn front(&self) -> Front {
        let active = self.active();
        Front {
            config: Arc::clone(&active.config),
            links: active.links.clone(),
            people: Arc::clone(&active.people),
            rules: Arc::clone(&active.offered),
            names: Arc::clone(&active.names),
        }
    }

    async fn chosen(&self) {
        if let Err(error) = self.register.refresh(&self.store).await {
            tracing::debug!(%error, "a choice is kept and not in force yet");
            self.bells.chosen.notify_one();
        }
        self.bells.held.notify_one();
    }

    fn due(&self) {
        self.bells.due.notify_one();
    }

    fn problems(&self) -> Vec<String> {
        self.vitals.problems()
    }

    async fn metrics(&self) -> String {
        status::measure(self).await;
        self.vitals.metrics.text()
    }

    fn rules(&self) -> Vec<(String, String)> {
        let active = self.active();
        active.rules.ids().map(|id| (id.to_owned(), active.names.rule(id).to_owned())).collect()
    }
}
