//! Redirects: an answer in, the next address or none out. Pure.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use url::Url;

use super::Error;

/// Redirects that are followed for one request.
const MOST_HOPS: usize = 10;
/// Bytes of an address; longer ones are refused, for they would be kept and sent for ever.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// The way of one request from address to address.
#[derive(Debug)]
pub(super) struct Trail {
    /// Every address asked so far, the current one last.
    asked: Vec<Url>,
    /// Whether every hop so far was permanent and none left https for http.
    permanent: bool,
    /// Whether every address so far was the feed's own origin.
    own: bool,
}

impl Trail {
    /// Starts at the feed's own address, or where a permanent redirect once led.
    pub(super) fn start(own: &Url, moved_to: Option<&Url>) -> Self {
        let mut start = moved_to.unwrap_or(own).clone();
        start.set_fragment(None);
        let own = same_or_safer(own, &start);
        Self { asked: vec![start], permanent: true, own }
    }

    /// The address to ask now.
    pub(super) fn here(&self) -> &Url {
        &self.asked[self.asked.len() - 1]
    }

    /// Whether the feed's own headers and credentials may be sent: nobody but the feed's own
    /// origin has had a word in the way so far.
    pub(super) fn is_own(&self) -> bool {
        self.own
    }

    /// Whether what the current address says, it says for the feed's address.
    pub(super) fn is_permanent(&self) -> bool {
        self.permanent
    }

    /// Where permanent redirects led, if there were any and no other ones.
    pub(super) fn moved_to(&self) -> Option<Url> {
        (self.permanent && self.asked.len() > 1).then(|| self.here().clone())
    }

    /// Takes one more hop if the answer asks for it.
    pub(super) fn follow(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<bool, Error> {
        let permanent = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT => true,
            StatusCode::FOUND | StatusCode::SEE_OTHER | StatusCode::TEMPORARY_REDIRECT => false,
            _ => return Ok(false),
        };
        let Some(location) = headers.get(LOCATION).filter(|location| !location.is_empty()) else {
            return Ok(false);
        };
        let next = target(self.here(), location.as_bytes())?;
        if self.asked.contains(&next) {
            let host = next.host_str().unwrap_or_default();
            return Err(Error::Redirects(format!("they run in a circle at {host}")));
        }
        if self.asked.len() > MOST_HOPS {
            return Err(Error::Redirects(format!("there are more than {MOST_HOPS}")));
        }
        let downgraded = self.here().scheme() == "https" && next.scheme() == "http";
        self.permanent &= permanent && !downgraded;
        self.own &= same_or_safer(self.here(), &next);
        self.asked.push(next);
        Ok(true)
    }
}

/// Where a `Location` points, without fragment and userinfo: the server does not choose our
/// credentials.
fn target(base: &Url, location: &[u8]) -> Result<Url, Error> {
    if location.len() > LONGEST_ADDRESS {
        return Err(Error::Redirects(format!("an address of over {LONGEST_ADDRESS} bytes")));
    }
    let location = match std::str::from_utf8(location) {
        Ok(location) => location.to_owned(),
        Err(_) => escaped(location),
    };
    let mut next = base
        .join(&location)
        .map_err(|error| Error::Redirects(format!("{} names no address: {error}", host_of(base))))?;
    next.set_fragment(None);
    // Only addresses without a host have no userinfo to set, and the guard refuses those.
    let _ = next.set_username("").and_then(|()| next.set_password(None));
    if next.as_str().len() > LONGEST_ADDRESS {
        return Err(Error::Redirects(format!("an address of over {LONGEST_ADDRESS} bytes")));
    }
    Ok(next)
}

/// Bytes in a legacy charset, as the percent escapes that a browser on that page would send.
fn escaped(location: &[u8]) -> String {
    let escape = |&byte: &u8| match byte {
        0..0x80 => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    location.iter().map(escape).collect()
}

/// The same origin, or the same host on https instead of http, both on their usual ports.
fn same_or_safer(from: &Url, to: &Url) -> bool {
    let usual = |url: &Url| url.port().is_none();
    from.origin() == to.origin()
        || (from.scheme() == "http"
            && to.scheme() == "https"
            && from.host() == to.host()
            && usual(from)
            && usual(to))
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}
