//! Fetching: a request in, a document or the reason why not out.
//!
//! [`client`] speaks HTTP, [`guard`] alone says which address may be reached, [`host`] keeps to
//! the limits of one host, `file` reads feeds that stand on this machine, [`schedule`] says when
//! to ask again and [`watch`] what deserves a look (both pure). Nothing here reads a feed, and no answer
//! of a server makes it panic, wait for ever or take more memory than the cap.

use std::ops::Deref;
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

mod answer;
mod aside;
pub mod client;
mod failure;
mod file;
pub mod guard;
pub mod host;
pub mod pages;
mod redirect;
pub mod resolve;
mod retry_after;
mod robots;
pub mod schedule;
mod sites;
mod told;
pub mod trace;
pub mod watch;

pub use client::Fetcher;
pub use told::Told;

/// The opaque strings that a server gave with a document, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<Vec<u8>>,
    /// `Last-Modified`; of a local file, what tells one state of it from another.
    pub last_modified: Option<Vec<u8>>,
}

impl Validators {
    /// Whether a request with these is conditional.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// What a server (or a file) answered.
#[derive(Debug)]
pub enum Answer {
    /// 304: as before; the validators that were sent stay good.
    NotModified {
        /// Where a chain of permanent redirects led, if anywhere.
        moved_to: Option<Url>,
        /// What else it said.
        told: Told,
    },
    /// A document, whole and within the cap.
    Document(Document),
}

/// A document as it arrived.
#[derive(Debug)]
pub struct Document {
    /// Decompressed.
    pub body: Body,
    /// As the server said.
    pub content_type: Option<String>,
    /// Where it was found after redirects: the base of relative links. `None` for a file.
    pub url: Option<Url>,
    /// Where a chain of permanent redirects led, if anywhere; to be kept once the document has
    /// been read as a feed.
    pub moved_to: Option<Url>,
    /// To be kept once the document has been read and stored.
    pub validators: Validators,
    /// What else the answer said.
    pub told: Told,
}

/// The bytes of a document. A large one holds one of a few places in memory until it is dropped,
/// so drop it once it has been read.
pub struct Body {
    bytes: Vec<u8>,
    place: Option<OwnedSemaphorePermit>,
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

/// Why there is no document. `Display` is one line that stands on its own behind the feed's id; it
/// names hosts, never a path, a query, a user or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 410 at the feed's own address, or where permanent redirects led.
    #[error(
        "the server says that this feed is gone for good (410); it is not asked again until its address changes"
    )]
    Gone,
    /// Any other status than success, 304 and redirects.
    #[error("{}", status_line(*.status, *.retry_after))]
    Status {
        /// The status code.
        status: u16,
        /// Its Retry-After, if it sent one, at most a day.
        retry_after: Option<Duration>,
    },
    /// The guard refused an address or a scheme, or the request cannot be made as configured.
    #[error("refused: {0}")]
    Refused(String),
    /// Redirects that lead nowhere.
    #[error("the redirects lead nowhere: {0}")]
    Redirects(String),
    /// Over the cap.
    #[error("the document is over {0} bytes, the cap of [fetch] max_body")]
    TooLarge(usize),
    /// The whole request took too long.
    #[error("no whole answer within {0:?}")]
    Timeout(Duration),
    /// Name resolution failed.
    #[error("cannot resolve {0}")]
    Dns(String),
    /// No connection.
    #[error("cannot connect to {0}")]
    Connect(String),
    /// TLS refused.
    #[error("no safe connection to {0}")]
    Tls(String),
    /// The answer broke off or is not HTTP.
    #[error("the answer is broken: {0}")]
    Broken(String),
    /// A local file cannot be read.
    #[error("cannot read the file {0}")]
    File(String),
    /// The HTTP client cannot be built.
    #[error("cannot prepare for HTTP: {0}")]
    Setup(String),
}

fn status_line(status: u16, retry_after: Option<Duration>) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    let wait = retry_after.map(|wait| format!(" and asks to wait {}s", wait.as_secs())).unwrap_or_default();
    format!("the server answered {status}{reason}{wait}")
}
