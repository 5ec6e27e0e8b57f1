//! The last answer of a request: a response in, a whole document, "as before" or the reason why
//! not out. The body is read chunk by chunk and counted as it is decompressed.

use std::sync::Arc;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::coop::consume_budget;

use super::redirect::Trail;
use super::{Answer, Body, Document, Error, Told, Validators, failure, retry_after};
use crate::clock;

/// Bodies up to this size need no place: nearly all feeds.
const SMALL: usize = 512 * 1024;
/// What all large bodies may take together.
const LARGE_TOGETHER: usize = 48 * 1024 * 1024;
/// Large bodies at once, however low the cap of one is.
const MOST_LARGE: usize = 8;
/// Bytes of a validator; a longer one is not kept, for it would be sent with every request.
const LONGEST_VALIDATOR: usize = 4 * 1024;
/// Bytes of a `Content-Type`.
const LONGEST_TYPE: usize = 1024;
/// Codings that make a body unreadable unless they are undone.
const CODINGS: &[&str] = &["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"];

/// How much memory bodies may take. Clones share the places of large ones.
#[derive(Clone)]
pub(super) struct Memory {
    /// Bytes of one body.
    pub(super) cap: usize,
    large: Arc<Semaphore>,
}

impl Memory {
    pub(super) fn new(cap: usize) -> Self {
        let places = (LARGE_TOGETHER / cap.max(1)).clamp(1, MOST_LARGE);
        Self { cap, large: Arc::new(Semaphore::new(places)) }
    }

    /// An empty body that is going to be of about `expected` bytes.
    pub(super) async fn body(&self, expected: usize) -> Result<Body, Error> {
        let mut body = Body { bytes: Vec::new(), place: None };
        self.admit(&mut body, expected).await?;
        Ok(body)
    }

    /// Lets `body` grow to `length` bytes.
    pub(super) async fn admit(&self, body: &mut Body, length: usize) -> Result<(), Error> {
        if length > self.cap {
            return Err(Error::TooLarge(self.cap));
        }
        if length > SMALL && body.place.is_none() {
            body.place = self.place().await;
        }
        if length > body.bytes.capacity() {
            // Doubling would go past the cap.
            let capacity = (2 * body.bytes.capacity()).clamp(length, self.cap);
            body.bytes.reserve_exact(capacity - body.bytes.len());
        }
        Ok(())
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.large).acquire_owned().await.ok() // never closed
    }
}

/// What the response at the end of `trail` says to a request that sent `sent`.
pub(super) async fn read(
    response: Response,
    trail: &Trail,
    sent: &Validators,
    memory: &Memory,
) -> Result<Answer, Error> {
    match response.status() {
        StatusCode::NOT_MODIFIED if sent.is_empty() => {
            Err(Error::Broken("it says 304 Not Modified, but the request was not conditional".into()))
        }
        StatusCode::NOT_MODIFIED => {
            let told = Told::of(response.headers(), clock::now());
            Ok(Answer::NotModified { moved_to: trail.moved_to(), told })
        }
        StatusCode::GONE if trail.is_permanent() => Err(Error::Gone),
        status if status.is_success() && status != StatusCode::PARTIAL_CONTENT => {
            document(response, trail, memory).await.map(Answer::Document)
        }
        status => {
            let headers = response.headers();
            let date = headers.get(header::DATE).map(HeaderValue::as_bytes);
            let asked = headers.get(header::RETRY_AFTER);
            let wait = asked.and_then(|value| retry_after::parse(value.as_bytes(), date, clock::now()));
            Err(Error::Status { status: status.as_u16(), retry_after: wait })
        }
    }
}

async fn document(mut response: Response, trail: &Trail, memory: &Memory) -> Result<Document, Error> {
    let headers = response.headers();
    refuse_coding(headers)?;
    let validators = Validators {
        etag: validator(headers, &header::ETAG),
        last_modified: validator(headers, &header::LAST_MODIFIED),
    };
    let told = Told::of(headers, clock::now());
    let content_type = headers.get(header::CONTENT_TYPE).filter(|value| value.len() <= LONGEST_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Ok(Document {
        body: body(&mut response, trail, memory).await?,
        content_type,
        url: Some(trail.here().clone()),
        moved_to: trail.moved_to(),
        validators,
        told,
    })
}

async fn body(response: &mut Response, trail: &Trail, memory: &Memory) -> Result<Body, Error> {
    // What the server says is good for a refusal at once, and for nothing else.
    let said = response.content_length().unwrap_or(0);
    let said = usize::try_from(said).unwrap_or(usize::MAX);
    if said > memory.cap {
        return Err(Error::TooLarge(memory.cap));
    }
    let mut body = memory.body(said.min(SMALL)).await?;
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::sort(&error, trail.here()))? {
        let length = body.len() + chunk.len();
        memory.admit(&mut body, length).await?;
        body.bytes.extend_from_slice(&chunk);
        // Chunks that are all there already must not keep a thread from other feeds.
        consume_budget().await;
    }
    Ok(body)
}

/// A coding that is left was not asked for. Other words there, such as `utf-8`, are mistakes that
/// harm nobody.
fn refuse_coding(headers: &HeaderMap) -> Result<(), Error> {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let left = codings
        .flat_map(|value| value.split(','))
        .find_map(|word| CODINGS.iter().find(|coding| coding.eq_ignore_ascii_case(word.trim())));
    match left {
        Some(coding) => {
            Err(Error::Broken(format!("it is compressed in a way that was not asked for, {coding}")))
        }
        None => Ok(()),
    }
}

fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<u8>> {
    let value = headers.get(name)?.as_bytes();
    (!value.is_empty() && value.len() <= LONGEST_VALIDATOR).then(|| value.to_vec())
}
