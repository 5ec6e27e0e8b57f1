//! The limits of one host, and of all together: who may start a request now. Nothing is asked here.
//! A redirect that leads to another host waits there anew, as a [`Turn`].
//!
//! A request waits for its host's place first and for one of all places last, so that a host that
//! is slow, dead or spaced out keeps nobody else waiting. Feeds whose last poll failed may hold
//! half of the places at most, of a host and of all, so that those that hang leave room for those
//! that answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use url::Url;

use crate::config;

/// How a feed has done lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its last poll brought an answer, or it was never polled.
    Good,
    /// Its last poll failed.
    Failing,
}

impl Standing {
    /// The standing of a feed with so many failures in a row.
    pub fn of(failures: u32) -> Self {
        if failures == 0 { Self::Good } else { Self::Failing }
    }
}

/// All hosts. Clones share them.
#[derive(Clone)]
pub struct Hosts {
    all: Places,
    per_host: usize,
    spacing: Duration,
    known: Arc<Mutex<Known>>,
}

/// The right to one request; dropping it makes room for the next.
#[must_use = "the place is free again when this is dropped"]
pub struct Permit {
    _lanes: [Place; 2],
    _seats: [Place; 2],
    /// While it is held, the host is not forgotten.
    host: Arc<Host>,
}

/// One feed's way through the hosts that its requests go to: a place in one of them at a time.
#[derive(Default)]
pub struct Turn {
    hosts: Option<(Hosts, Standing)>,
    held: Option<(String, Permit)>,
    /// Whether the place was waited for and not yet used.
    ahead: bool,
}

impl Turn {
    /// A way that nobody limits.
    pub fn free() -> Turn {
        Turn::default()
    }

    /// A way within the limits of these hosts.
    pub fn among(hosts: Hosts, standing: Standing) -> Turn {
        Turn { hosts: Some((hosts, standing)), ..Turn::default() }
    }

    /// Waits until a request to `url` may start. The place at the host before is given up first, so
    /// that two feeds that lead to each other's hosts never wait for one another.
    pub async fn at(&mut self, url: &Url) {
        let Some((hosts, standing)) = &self.hosts else { return };
        let key = key(url);
        let ahead = std::mem::take(&mut self.ahead);
        match &self.held {
            Some((held, _)) if ahead && *held == key => {}
            Some((held, permit)) if *held == key => hosts.space(permit).await,
            _ => {
                self.held = None;
                self.held = Some((key, hosts.enter(url, *standing).await));
            }
        }
    }

    /// Waits as [`Turn::at`] does for a request that follows. A task that waits here is small; one that
    /// waits amid its request holds all that a request needs, and thousands may wait.
    pub async fn ahead(&mut self, url: &Url) {
        self.at(url).await;
        self.ahead = true;
    }
}

struct Host {
    places: Places,
    /// When the next request may start. Locked while somebody waits for that, so that the others
    /// of this host wait in line.
    next_start: AsyncMutex<Instant>,
}

struct Known {
    hosts: HashMap<String, Arc<Host>>,
    /// The number of hosts at which unused ones are looked for.
    sweep_at: usize,
}

const FIRST_SWEEP: usize = 64;

impl Hosts {
    /// Limits as these settings say.
    pub fn new(settings: &config::Fetch) -> Self {
        Self {
            all: Places::new(settings.concurrency),
            per_host: settings.per_host,
            spacing: settings.host_spacing,
            known: Arc::new(Mutex::new(Known { hosts: HashMap::new(), sweep_at: FIRST_SWEEP })),
        }
    }

    /// Waits until a request to `url` may start. Dropping the future gives up its place in line.
    pub async fn enter(&self, url: &Url, standing: Standing) -> Permit {
        let host = self.host(key(url));
        let lanes = [host.places.lane(standing).await, self.all.lane(standing).await];
        let seat = host.places.seat().await;
        let of_all = if self.spacing.is_zero() {
            self.all.seat().await
        } else {
            let mut next_start = host.next_start.lock().await;
            // The timer rounds up, also what is past.
            if *next_start > Instant::now() {
                sleep_until(*next_start).await;
            }
            let of_all = self.all.seat().await;
            *next_start = Instant::now() + self.spacing;
            of_all
        };
        Permit { _lanes: lanes, _seats: [seat, of_all], host }
    }

    /// Waits until one who has a place already may start its next request.
    async fn space(&self, permit: &Permit) {
        if !self.spacing.is_zero() {
            let mut next_start = permit.host.next_start.lock().await;
            if *next_start > Instant::now() {
                sleep_until(*next_start).await;
            }
            *next_start = Instant::now() + self.spacing;
        }
    }

    /// How many hosts are remembered.
    pub fn remembered(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).hosts.len()
    }

    fn host(&self, key: String) -> Arc<Host> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.hosts.len() >= known.sweep_at {
            known.hosts.retain(|_, host| in_use(host));
            known.sweep_at = (2 * known.hosts.len()).max(FIRST_SWEEP);
        }
        let host = known.hosts.entry(key).or_insert_with(|| Arc::new(Host::new(self.per_host)));
        Arc::clone(host)
    }
}

impl Host {
    fn new(places: usize) -> Self {
        Self { places: Places::new(places), next_start: AsyncMutex::new(Instant::now()) }
    }
}

/// Whether forgetting `host` would forget somebody's place or its spacing.
fn in_use(host: &Arc<Host>) -> bool {
    let waiting = |host: &Host| host.next_start.try_lock().map_or(true, |next| *next > Instant::now());
    Arc::strong_count(host) > 1 || waiting(host)
}

/// A host and the port that its servers share: 80 and 443 are one host.
fn key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        None | Some(80 | 443) => host.to_owned(),
        Some(port) => format!("{host}:{port}"),
    }
}

/// So many places, of which failing feeds may hold half, but at least one.
#[derive(Clone)]
struct Places {
    any: Arc<Semaphore>,
    failing: Arc<Semaphore>,
}

/// `None` only where none is needed: the semaphores are never closed.
type Place = Option<OwnedSemaphorePermit>;

impl Places {
    fn new(places: usize) -> Self {
        let places = places.clamp(1, Semaphore::MAX_PERMITS);
        Self { any: Arc::new(Semaphore::new(places)), failing: Arc::new(Semaphore::new((places / 2).max(1))) }
    }

    async fn seat(&self) -> Place {
        Arc::clone(&self.any).acquire_owned().await.ok()
    }

    async fn lane(&self, standing: Standing) -> Place {
        match standing {
            Standing::Good => None,
            Standing::Failing => Arc::clone(&self.failing).acquire_owned().await.ok(),
        }
    }
}
