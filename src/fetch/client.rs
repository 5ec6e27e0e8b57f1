//! The HTTP client: one feed in, its answer out.
//!
//! One request is followed through its redirects under one deadline, every hop behind the
//! [`guard`](super::guard) and within the limits of the host that it leads to. No cookies, no referrer, no
//! proxy of the environment, no retries: when to ask again is for the [`schedule`](super::schedule). A feed's own headers and credentials go to its own
//! origin only, and no more once a redirect has left it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request};
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use self::build::client;
use super::answer::{self, Memory};
use super::aside::Aside;
use super::failure;
use super::file;
use super::guard::{Guard, Network};
use super::host::Turn;
use super::redirect::Trail;
use super::resolve::{Guarded, Lookup, SystemLookup};
use super::trace::Trace;
use super::{Answer, Error, Validators};
use crate::config::{self, Credentials, Feed, Source};

mod build;

pub use build::crypto;

/// Local files read at once.
const MOST_FILES: usize = 16;

/// Fetches feeds. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    guard: Guard,
    /// Where all goes through a proxy, who resolves the names that are handed to it.
    proxied: Option<Arc<Guarded>>,
    deadline: Duration,
    memory: Memory,
    files: Aside,
}

/// What the fetcher takes from its surroundings; the system's own by default.
pub struct World {
    /// Who resolves names.
    pub names: Arc<dyn Lookup>,
    /// Certificate authorities trusted beside the system's, in DER.
    pub authorities: Vec<Vec<u8>>,
    /// Networks that may be reached although they are not public.
    pub allow_networks: Vec<Network>,
}

impl Default for World {
    fn default() -> Self {
        Self { names: Arc::new(SystemLookup::default()), authorities: Vec::new(), allow_networks: Vec::new() }
    }
}

impl Fetcher {
    /// A fetcher with these settings.
    pub fn new(settings: &config::Fetch) -> Result<Self, Error> {
        Self::within(World::default(), settings)
    }

    /// A fetcher with these settings in this world.
    pub fn within(world: World, settings: &config::Fetch) -> Result<Self, Error> {
        crypto();
        let networks = world.allow_networks.iter().chain(&settings.allow_networks).copied().collect();
        let guard = Guard::new(settings.allow_private, networks);
        let names = Arc::new(Guarded { guard: guard.clone(), names: world.names });
        Ok(Self {
            client: client(settings, &names, &world.authorities)?,
            guard,
            proxied: settings.proxy.is_some().then_some(names),
            deadline: settings.timeout,
            memory: Memory::new(settings.max_body),
            files: Aside::new("file", MOST_FILES),
        })
    }

    /// The feed's document, if it has changed since `validators` were given with it.
    ///
    /// `moved_to` is where permanent redirects led before; it is asked instead of the feed's own
    /// address. Dropping the future ends the request.
    pub async fn fetch(
        &self,
        feed: &Feed,
        moved_to: Option<&Url>,
        validators: &Validators,
    ) -> Result<Answer, Error> {
        self.fetch_in_turn(feed, moved_to, validators, &mut Turn::free()).await
    }

    /// As [`fetch`](Fetcher::fetch), each request in its turn among those to its host.
    pub async fn fetch_in_turn(
        &self,
        feed: &Feed,
        moved_to: Option<&Url>,
        validators: &Validators,
        turn: &mut Turn,
    ) -> Result<Answer, Error> {
        self.ask(feed, moved_to, validators, turn, None).await
    }

    /// As [`fetch`](Fetcher::fetch) of a feed that nothing is known of; `trace` keeps what was met on the
    /// way, also where that ends in an error.
    pub async fn look(&self, feed: &Feed, turn: &mut Turn, trace: &mut Trace) -> Result<Answer, Error> {
        self.ask(feed, None, &Validators::default(), turn, Some(trace)).await
    }

    /// The same settings and connections under a lower cap on a body.
    pub(super) fn capped(&self, cap: usize) -> Fetcher {
        Fetcher { memory: Memory::new(cap.min(self.memory.cap)), ..self.clone() }
    }

    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Whether the guard lets this be asked, as far as the address alone tells.
    pub(super) fn check(&self, url: &Url) -> Result<(), Error> {
        self.guard.check(url)
    }

    /// What stands at an address that belongs to no feed.
    pub(super) async fn plain(&self, url: &Url, turn: &mut Turn) -> Result<Answer, Error> {
        self.walk(Trail::start(url, None), &HeaderMap::new(), &Validators::default(), turn, None).await
    }

    async fn ask(
        &self,
        feed: &Feed,
        moved_to: Option<&Url>,
        validators: &Validators,
        turn: &mut Turn,
        trace: Option<&mut Trace>,
    ) -> Result<Answer, Error> {
        match &feed.source {
            Source::Web { url, headers, credentials } => {
                let own = self.own_headers(url, headers, credentials.as_ref())?;
                self.walk(Trail::start(url, moved_to), &own, validators, turn, trace).await
            }
            Source::File(path) => {
                let read = file::read(path, validators, &self.memory, &self.files);
                Box::pin(timeout(self.deadline, read)).await.unwrap_or(Err(Error::Timeout(self.deadline)))
            }
        }
    }

    /// Hop by hop. The deadline is that of all requests together; waiting for one's turn is our own
    /// doing and does not count.
    async fn walk(
        &self,
        mut trail: Trail,
        own: &HeaderMap,
        validators: &Validators,
        turn: &mut Turn,
        mut trace: Option<&mut Trace>,
    ) -> Result<Answer, Error> {
        let mut left = self.deadline;
        loop {
            if let Some(trace) = trace.as_deref_mut() {
                trace.asking(trail.here());
            }
            self.guard.check(trail.here())?;
            turn.at(trail.here()).await;
            let started = Instant::now();
            // Boxed, so that the thousands that wait for their turn are small.
            let step =
                Box::pin(timeout(left, self.step(&mut trail, own, validators, trace.as_deref_mut()))).await;
            match step.unwrap_or(Err(Error::Timeout(self.deadline)))? {
                Some(answer) => return Ok(answer),
                None => left = left.saturating_sub(started.elapsed()),
            }
        }
    }

    /// One request: the answer, unless there is another hop to take.
    pub(super) async fn step(
        &self,
        trail: &mut Trail,
        own: &HeaderMap,
        validators: &Validators,
        trace: Option<&mut Trace>,
    ) -> Result<Option<Answer>, Error> {
        let here = trail.here();
        if let (Some(names), Some(Host::Domain(name))) = (&self.proxied, here.host()) {
            names.addresses(name.to_owned()).await?;
        }
        let mut request = Request::new(Method::GET, here.clone());
        set_validators(request.headers_mut(), validators);
        if trail.is_own() {
            request.headers_mut().extend(own.clone());
        }
        let asked = Instant::now();
        let answer = self.client.execute(request).await;
        if let Some(trace) = trace {
            trace.answered(answer.as_ref().ok(), asked.elapsed());
        }
        let response = answer.map_err(|error| self.sort(&error, here))?;
        if trail.follow(response.status(), response.headers())? {
            return Ok(None);
        }
        answer::read(response, trail, validators, &self.memory).await.map(Some)
    }

    fn sort(&self, error: &reqwest::Error, here: &Url) -> Error {
        match failure::sort(error, here) {
            Error::Connect(why) if self.proxied.is_some() => {
                Error::Connect(format!("{why} (through the proxy)"))
            }
            error => error,
        }
    }

    /// What a feed's own origin is sent beside the rest.
    fn own_headers(
        &self,
        url: &Url,
        headers: &[(String, String)],
        credentials: Option<&Credentials>,
    ) -> Result<HeaderMap, Error> {
        let mut own = HeaderMap::new();
        if let Some(Credentials { user, password }) = credentials {
            let request = self.client.get(url.clone()).basic_auth(user, Some(password)).build();
            own = request.map(|mut request| std::mem::take(request.headers_mut())).unwrap_or_default();
        }
        for (name, value) in headers {
            let unfit = || Error::Refused(format!("the header {name:?} of this feed cannot be sent"));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
            let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unfit())?;
            value.set_sensitive(true);
            own.insert(name, value);
        }
        Ok(own)
    }
}

fn set_validators(headers: &mut HeaderMap, validators: &Validators) {
    let kept =
        [(header::IF_NONE_MATCH, &validators.etag), (header::IF_MODIFIED_SINCE, &validators.last_modified)];
    for (name, value) in kept {
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_bytes) {
            headers.insert(name, value);
        }
    }
}
