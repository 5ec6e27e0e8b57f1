//! What a request met on its way from address to address, for people who look for why a feed
//! fails. Values only; nothing here asks.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderMap;
use url::Url;

/// Headers that are kept of one answer; a server may send thousands.
const MOST_HEADERS: usize = 100;

/// The hops of one request, in order.
#[derive(Debug, Default)]
pub struct Trace {
    /// The first is the address that was asked for.
    pub hops: Vec<Hop>,
}

/// One address that was asked.
#[derive(Debug)]
pub struct Hop {
    /// The address.
    pub url: Url,
    /// What it answered; `None` where there was no answer, or it was not even asked.
    pub status: Option<u16>,
    /// The address that was really connected.
    pub peer: Option<SocketAddr>,
    /// As they came, without those of a compression that has been undone.
    pub headers: HeaderMap,
    /// Until the head of the answer was there, connecting included.
    pub took: Duration,
}

impl Trace {
    /// An address is about to be asked.
    pub(super) fn asking(&mut self, url: &Url) {
        let url = url.clone();
        self.hops.push(Hop {
            url,
            status: None,
            peer: None,
            headers: HeaderMap::new(),
            took: Duration::ZERO,
        });
    }

    /// It answered, or did not.
    pub(super) fn answered(&mut self, response: Option<&Response>, took: Duration) {
        let Some(hop) = self.hops.last_mut() else { return };
        hop.took = took;
        let Some(response) = response else { return };
        hop.status = Some(response.status().as_u16());
        hop.peer = response.remote_addr();
        let headers = response.headers().iter().take(MOST_HEADERS);
        hop.headers = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
    }
}
