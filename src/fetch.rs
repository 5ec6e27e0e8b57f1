//! Fetching: a request in, a document or the reason why not out.
//!
//! [`client`] speaks HTTP, [`guard`] alone says which address may be reached, [`host`] keeps to
//! the limits of one host, [`schedule`] says when to ask again (pure). Nothing here reads a feed,
//! and no answer of a server makes it panic, wait for ever or take more memory than the cap.

use std::time::Duration;

use url::Url;

pub mod client;
pub mod guard;
pub mod host;
pub mod schedule;

/// The opaque strings that a server gave with a document, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<Vec<u8>>,
    /// `Last-Modified`.
    pub last_modified: Option<Vec<u8>>,
}

/// What a server (or a file) answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// 304: as before. Servers may send new validators with it.
    NotModified {
        /// Where a chain of permanent redirects led, if anywhere.
        moved_to: Option<Url>,
    },
    /// A document, whole and within the cap.
    Document(Document),
}

/// A document as it arrived.
#[derive(Debug, Clone)]
pub struct Document {
    /// Decompressed.
    pub bytes: Vec<u8>,
    /// As the server said.
    pub content_type: Option<String>,
    /// Where it was found after redirects: the base of relative links.
    pub url: String,
    /// Where a chain of permanent redirects led, if anywhere.
    pub moved_to: Option<Url>,
    /// To be kept once the document has been read and stored.
    pub validators: Validators,
}

/// Why there is no document. `Display` is one line that stands on its own behind the feed's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 410.
    #[error(
        "the server says that this feed is gone for good (410); it is not asked again until its address changes"
    )]
    Gone,
    /// Any other status than 200, 304 and redirects.
    #[error("the server answered {status}")]
    Status {
        /// The status code.
        status: u16,
        /// Its Retry-After, if it sent one.
        retry_after: Option<Duration>,
    },
    /// The guard refused an address or a scheme.
    #[error("refused: {0}")]
    Refused(String),
    /// Redirects without end.
    #[error("more than {0} redirects")]
    Redirects(usize),
    /// Over the cap.
    #[error("the document is over {0} bytes")]
    TooLarge(usize),
    /// The whole request took too long.
    #[error("no whole answer within {0:?}")]
    Timeout(Duration),
    /// Name resolution failed.
    #[error("cannot resolve {0}")]
    Dns(String),
    /// No connection.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// TLS refused.
    #[error("TLS: {0}")]
    Tls(String),
    /// The answer broke off or is not HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// A local file cannot be read.
    #[error("cannot read the file: {0}")]
    File(String),
}
