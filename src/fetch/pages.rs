//! Pages of articles: an address in, the document or why not out.
//!
//! As feeds are asked, behind the same guard and within the same limits of hosts, and politer: one page of
//! a host at a time with a pause between two, and only what its robots.txt lets robots have, at every hop.
//! A feed's headers and credentials never go to a page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use tokio::time::{Instant, timeout};
use url::Url;

use super::client::Fetcher;
use super::host::{Hosts, Standing, Turn};
use super::redirect::Trail;
use super::robots::{self, Robots};
use super::sites::{Asks, Sites, Unreached};
use super::{Answer, Document, Error, Validators};
use crate::config;

/// Bytes of a page, unpacked, unless `max_body` of the section fetch is less.
const LARGEST: usize = 3_000_000;
/// Pages asked for at once.
const AT_ONCE: usize = 8;
/// Between two pages of one host, unless `host_spacing` of the section fetch is more.
const SPACING: Duration = Duration::from_secs(1);

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Asking failed.
    #[error(transparent)]
    Fetch(#[from] Error),
    /// The site does not want it.
    #[error("the robots.txt of {0} does not let robots have it")]
    Robots(String),
    /// The site's robots.txt could not be had, so that nothing may be asked for now.
    #[error("the robots.txt of {0} cannot be had: {1}")]
    Unknown(String, Error),
    /// It is something else than a page.
    #[error("it is no web page but {0}")]
    NotAPage(String),
}

impl Missing {
    /// Whether trying again later may help.
    pub fn may_pass(&self) -> bool {
        match self {
            Missing::Fetch(Error::Status { status, .. }) => matches!(status, 408 | 425 | 429 | 500..),
            Missing::Fetch(error) => {
                matches!(
                    error,
                    Error::Timeout(_) | Error::Dns(_) | Error::Connect(_) | Error::Tls(_) | Error::Broken(_)
                )
            }
            Missing::Unknown(..) => true,
            Missing::Robots(_) | Missing::NotAPage(_) => false,
        }
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Missing::Fetch(Error::Status { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}

/// Fetches pages. Clones share their limits and what is known of robots.
#[derive(Clone)]
pub struct Pages {
    fetcher: Fetcher,
    /// Those of feeds, since a host does not care what is asked of it.
    hosts: Hosts,
    /// One page of a host at a time.
    lanes: Hosts,
    headers: Arc<HeaderMap>,
    agent: Arc<str>,
    sites: Arc<Mutex<Sites>>,
}

impl Pages {
    /// Pages by these settings, within the limits of these hosts.
    pub fn new(fetcher: &Fetcher, hosts: Hosts, settings: &config::Fetch) -> Pages {
        let lanes = config::Fetch {
            concurrency: AT_ONCE,
            per_host: 1,
            host_spacing: settings.host_spacing.max(SPACING),
            ..settings.clone()
        };
        let accept = HeaderValue::from_static("text/html, application/xhtml+xml, */*;q=0.1");
        Pages {
            fetcher: fetcher.capped(LARGEST),
            hosts,
            lanes: Hosts::new(&lanes),
            headers: Arc::new(HeaderMap::from_iter([(ACCEPT, accept)])),
            agent: robots::product(&settings.user_agent).into(),
            sites: Arc::default(),
        }
    }

    /// The page at `url`, wherever redirects lead.
    pub async fn get(&self, url: &Url) -> Result<Document, Missing> {
        let mut url = url.clone();
        // An entry does not choose our credentials; addresses without a host are refused below.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        let _lane = self.lanes.enter(&url, Standing::Good).await;
        let mut trail = Trail::start(&url, None);
        let mut left = self.fetcher.deadline();
        let unknown = Validators::default();
        loop {
            let here = trail.here().clone();
            self.fetcher.check(&here)?;
            self.permitted(&here).await?;
            // A turn of its own at each hop: two that lead to each other's hosts never wait for one another.
            let mut turn = Turn::among(self.hosts.clone(), Standing::Good);
            turn.at(&here).await;
            let started = Instant::now();
            let step = self.fetcher.step(&mut trail, &self.headers, &unknown, None);
            match timeout(left, step).await.unwrap_or(Err(Error::Timeout(self.fetcher.deadline())))? {
                Some(Answer::Document(document)) => return page(document),
                Some(Answer::NotModified { .. }) => return Err(Error::Broken("304 unasked".into()).into()),
                None => left = left.saturating_sub(started.elapsed()),
            }
        }
    }

    async fn permitted(&self, url: &Url) -> Result<(), Missing> {
        let host = || url.host_str().unwrap_or_default().to_owned();
        match self.robots(url).await {
            // What the guard refuses stays refused.
            Err(Unreached(error @ Error::Refused(_))) => Err(error.into()),
            Err(Unreached(error)) => Err(Missing::Unknown(host(), error)),
            Ok(robots) if robots.allow(url) => Ok(()),
            Ok(_) => Err(Missing::Robots(host())),
        }
    }

    async fn robots(&self, url: &Url) -> Asks {
        let origin = url.origin().ascii_serialization();
        if let Some(believed) = self.sites().get(&origin) {
            return believed;
        }
        let asks = self.ask(url).await.map(Arc::new).map_err(Unreached);
        self.sites().put(origin, asks.clone());
        asks
    }

    /// RFC 9309, 2.3.1: what is not there forbids nothing, what cannot be reached forbids all.
    async fn ask(&self, url: &Url) -> Result<Robots, Error> {
        let mut place = url.clone();
        place.set_path("/robots.txt");
        place.set_query(None);
        let mut turn = Turn::among(self.hosts.clone(), Standing::Good);
        match self.fetcher.plain(&place, &mut turn).await {
            Ok(Answer::Document(document)) => Ok(Robots::parse(&document.body, &self.agent)),
            Ok(Answer::NotModified { .. }) => Err(Error::Broken("304 unasked".into())),
            Err(error @ Error::Status { status: 429 | 500.., .. }) => Err(error),
            // A chain that leads nowhere is as a file that is not there; so is one larger than any.
            Err(Error::Status { .. } | Error::Gone | Error::Redirects(_) | Error::TooLarge(_)) => {
                Ok(Robots::default())
            }
            Err(error) => Err(error),
        }
    }

    fn sites(&self) -> std::sync::MutexGuard<'_, Sites> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What says that it is something else is not read as a page.
fn page(document: Document) -> Result<Document, Missing> {
    let kind = document.content_type.as_deref().unwrap_or("text/html").to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let readable = kind.is_empty() || kind.contains("html") || kind.contains("xml") || kind == "text/plain";
    if readable { Ok(document) } else { Err(Missing::NotAPage(kind.chars().take(80).collect())) }
}
