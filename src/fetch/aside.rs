//! Calls that may hang in the kernel: each on a thread of its own, so many at once, never waited
//! for when the program ends.
//!
//! A name server that does not answer holds `getaddrinfo` for half a minute and a dead network
//! mount holds `read` for ever; on the runtime's own blocking pool they would hold up its end too.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::{Semaphore, oneshot};

/// Where such calls are made. Clones share its places.
#[derive(Clone)]
pub(super) struct Aside {
    name: &'static str,
    places: Arc<Semaphore>,
}

impl Aside {
    pub(super) fn new(name: &'static str, places: usize) -> Self {
        Self { name, places: Arc::new(Semaphore::new(places)) }
    }

    /// The result of `work`, which keeps its place until it ends, whether or not it is awaited.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(io::Error::other)?;
        let (done, result) = oneshot::channel();
        thread::Builder::new().name(self.name.into()).spawn(move || {
            let result = work();
            drop(place);
            let _ = done.send(result); // nobody may be waiting any more
        })?;
        result.await.map_err(io::Error::other)
    }
}
