//! Names to addresses: a host's name in, the addresses that the [`guard`](super::guard) admits out.
//!
//! The HTTP client connects to what leaves here and to nothing else, so that nothing can be
//! rebound between check and use.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Error;
use super::aside::Aside;
use super::guard::Guard;

/// Addresses of one name that are tried; a hostile zone may list hundreds.
const MOST_ADDRESSES: usize = 16;
/// Lookups under way at once, those whose caller has given up included.
const MOST_LOOKUPS: usize = 128;

/// The addresses of a name; the system's resolver, or one of a test.
pub trait Lookup: Send + Sync + 'static {
    /// All of them, in the order in which they are to be tried.
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The resolver of the operating system.
pub struct SystemLookup(Aside);

impl Default for SystemLookup {
    fn default() -> Self {
        Self(Aside::new("resolver", MOST_LOOKUPS))
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let (aside, name) = (self.0.clone(), name.to_owned());
        Box::pin(async move {
            let found = aside.run(move || (name.as_str(), 0).to_socket_addrs()).await??;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The resolver of the HTTP client: only admitted addresses leave it.
pub(super) struct Guarded {
    pub(super) guard: Guard,
    pub(super) names: Arc<dyn Lookup>,
}

impl Guarded {
    /// The addresses of a name that may be connected; why there is none.
    pub(super) fn addresses(
        &self,
        name: String,
    ) -> impl Future<Output = Result<Vec<SocketAddr>, Error>> + Send + 'static {
        let (guard, found) = (self.guard.clone(), self.names.lookup(&name));
        async move {
            let addresses = found.await.map_err(|error| Error::Dns(unresolved(&name, &error)))?;
            admitted(&guard, &name, &addresses)
        }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.addresses(name.as_str().to_owned());
        Box::pin(async move { Ok(Box::new(addresses.await?.into_iter()) as Addrs) })
    }
}

fn admitted(guard: &Guard, name: &str, addresses: &[IpAddr]) -> Result<Vec<SocketAddr>, Error> {
    let mut refused = None;
    let mut admitted = Vec::new();
    for &address in addresses {
        match guard.admit(address) {
            Ok(()) => admitted.push(SocketAddr::new(address, 0)),
            Err(what) => refused = refused.or(Some((address, what))),
        }
    }
    admitted.truncate(MOST_ADDRESSES);
    match refused {
        Some((address, what)) if admitted.is_empty() => {
            Err(Error::Refused(format!("{name} is at {address}, {what}")))
        }
        _ if admitted.is_empty() => Err(Error::Dns(format!("{name}: it has no address"))),
        _ => Ok(admitted),
    }
}

fn unresolved(name: &str, error: &io::Error) -> String {
    let text = error.to_string();
    let why = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
    format!("{name}: {why}")
}
