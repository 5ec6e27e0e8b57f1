//! The daemon: a checked config and a store in, polls and mail out, until it is asked to end.
//!
//! One task each polls ([`poll`]), fetches whole articles ([`articles`]), gathers held alerts into messages
//! ([`gather`]), tells the operator of feeds that deserve a look ([`report`]), delivers messages
//! ([`deliver`]), notices what other processes write ([`notice`]), puts in force what subscribers chose
//! ([`people`]), forgets what is too old ([`upkeep`]), says how all is ([`status`]) and proves to the service manager that the others
//! live ([`watchdog`]). They share nothing but the store and the config in force, and
//! wake one another by [`Bells`]; whatever one of them has not committed when it ends has not happened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::logging::safe;
use crate::mail::message::Flaw;
use crate::store::Store;
use crate::systemd;

mod active;
mod articles;
mod deliver;
mod findings;
mod gather;
mod notice;
mod people;
mod poll;
mod pulse;
mod reload;
mod report;
mod serve;
mod signals;
mod standing;
mod status;
mod upkeep;
mod vitals;
mod watchdog;

pub use active::Active;
pub use findings::{Findings, Rules};
pub use serve::CannotListen;
pub use signals::Signals;
pub use status::Status;

/// How long to leave a store alone that refused.
const STORE_PAUSE: Duration = Duration::from_secs(5);

/// How long the tasks may take to let go when the daemon is asked to end.
const GRACE: Duration = Duration::from_secs(4);

/// What every task works with.
#[derive(Clone)]
struct Shared<S> {
    store: S,
    active: watch::Receiver<Arc<Active>>,
    register: Arc<people::Register>,
    bells: Arc<Bells>,
    vitals: vitals::Vitals,
    stop: CancellationToken,
}

impl<S: Store> Shared<S> {
    async fn new(store: S, active: Active) -> crate::store::Result<Shared<S>> {
        let active = active.with(Arc::new(store.roll().await?)).signing(Some(store.key().await?));
        let (register, active) = people::Register::new(active);
        let (register, bells, stop) = (Arc::new(register), Arc::default(), CancellationToken::new());
        let vitals = vitals::Vitals::new();
        Ok(Shared { store, active, register, bells, vitals, stop })
    }
}

impl<S> Shared<S> {
    fn active(&self) -> Arc<Active> {
        Arc::clone(&self.active.borrow())
    }
}

/// Says that templates of an administrator failed; the messages left all the same.
fn tell_flaws(flaws: &[Flaw]) {
    for flaw in flaws {
        let reason = flaw.to_string();
        tracing::error!(reason = %safe(&reason), "a mail template failed, and rasid's own took its place; mend it and reload");
    }
}

/// How one task wakes another. A bell that rings while nobody waits is heard by the next who does,
/// and each waker commits before it rings, so that no work is missed.
#[derive(Default)]
struct Bells {
    /// Alerts are held.
    held: Notify,
    /// Messages are due.
    due: Notify,
    /// Entries owe their articles.
    owed: Notify,
    /// A feed deserves a look.
    warned: Notify,
    /// Subscribers chose something, or a relay refused one.
    chosen: Notify,
}

impl Bells {
    /// Rings every bell.
    fn all(&self) {
        let Bells { held, due, owed, warned, chosen } = self;
        [held, due, owed, warned, chosen].into_iter().for_each(Notify::notify_one);
    }
}

/// Why the daemon ended other than by being asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused at the start.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// The web pages cannot be served.
    #[error(transparent)]
    Listen(#[from] serve::CannotListen),
    /// A task ended by itself, which none may.
    #[error("the {0} task ended unexpectedly; please report it")]
    Task(&'static str),
}

/// Polls and delivers until a signal asks to end; a hang-up reads the config at `path` again.
pub async fn run<S: Store>(store: S, active: Active, path: &Path, mut signals: Signals) -> Result<(), Error> {
    let shared = Shared::new(store, active).await?;
    let mut doors = serve::Doors::default();
    let door = doors.take(&shared.active().config.http).await?;
    let (pulses, [polling, fetching, gathering, delivering]) = pulse::wires();

    let mut tasks = JoinSet::new();
    let poller = poll::Poller::start(shared.clone()).await?;
    tasks.spawn(named("polling", poller.run(polling)));
    tasks.spawn(named("fetching articles", articles::run(shared.clone(), fetching)));
    tasks.spawn(named("gathering", gather::run(shared.clone(), gathering)));
    tasks.spawn(named("noticing", notice::run(shared.clone())));
    tasks.spawn(named("keeping the register", people::run(shared.clone())));
    tasks.spawn(named("reporting", report::run(shared.clone())));
    tasks.spawn(named("delivering", deliver::run(shared.clone(), delivering)));
    tasks.spawn(named("upkeep", upkeep::run(shared.clone())));
    tasks.spawn(named("watchdog", watchdog::run(shared.clone(), pulses)));
    doors.change(door, &shared);
    systemd::ready();
    tasks.spawn(named("telling the status", status::run(shared.clone())));

    let ended = loop {
        tokio::select! {
            signal = signals.next() => match signal {
                signals::Signal::End(name) => {
                    tracing::info!(signal = name, "ending");
                    break Ok(());
                }
                signals::Signal::Reload => reload::reload(path, &shared, &mut doors).await,
            },
            task = tasks.join_next() => break Err(Error::Task(task.and_then(Result::ok).unwrap_or("broken"))),
        }
    };
    systemd::stopping();
    shared.stop.cancel();
    doors.closed().await;
    end(shared, tasks).await;
    ended
}

/// Polls every feed once, delivers what is due, and ends; a signal ends it earlier.
pub async fn once<S: Store>(store: S, active: Active, mut signals: Signals) -> Result<(), Error> {
    let shared = Shared::new(store, active).await?;
    let round = async {
        poll::Poller::start(shared.clone()).await?.round().await?;
        // Entries and what their articles add share a message.
        let fetched = articles::once(&shared).await;
        gather::once(&shared).await?;
        report::once(&shared).await?;
        deliver::once(&shared).await?;
        upkeep::once(&shared).await?;
        fetched?;
        Ok::<(), crate::store::Error>(())
    };
    let ended = tokio::select! {
        ended = round => ended.map_err(Error::from),
        () = signals.end() => Ok(()),
    };
    end(shared, JoinSet::new()).await;
    ended
}

async fn end<S: Store>(shared: Shared<S>, mut tasks: JoinSet<&'static str>) {
    shared.stop.cancel();
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!(
            "a task did not end in time; what it had not committed is done again at the next start"
        );
        tasks.abort_all();
    }
    if let Err(error) = shared.store.close().await {
        tracing::error!(%error, "the database could not be closed in order");
    }
}

/// Waits for an instant; for ever where there is none.
async fn at(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}

async fn named(name: &'static str, task: impl Future<Output = ()>) -> &'static str {
    task.await;
    name
}
