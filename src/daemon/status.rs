//! The status: what waits and what is wrong in, one line for the service manager and a file for `rasid status`
//! out, every few seconds.
//!
//! The file lies beside the database and is a help for people: whatever fails about it is left.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::Shared;
use super::vitals::Vitals;
use crate::clock;
use crate::logging::{self, safe};
use crate::metrics::gauge;
use crate::store::{Backlog, FeedState, Store};
use crate::systemd;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);

/// The file is written anew so often though nothing has changed, so that it shows that somebody writes it.
const BEAT: Duration = Duration::from_secs(10);

/// What a daemon says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The process.
    pub pid: u32,
    /// Of the program.
    pub version: String,
    /// When it started.
    pub started: Timestamp,
    /// When this was so.
    pub at: Timestamp,
    /// Feeds of the config.
    pub feeds: usize,
    /// Those whose last poll failed.
    pub failing: usize,
    /// Alerts that no message holds yet.
    pub held: usize,
    /// Messages that wait, apart from those put off.
    pub due: usize,
    /// Messages that were put off.
    pub deferred: usize,
    /// Since when the oldest of both waits.
    pub oldest: Option<Timestamp>,
    /// Why the relay cannot be used.
    pub relay: Option<String>,
    /// When a config was refused, and what is wrong with it first.
    pub refused: Option<(Timestamp, String)>,
    /// For how many seconds tasks and database have not proved that they work.
    pub unproved: u64,
}

impl Status {
    /// Where the daemon that uses this database leaves it.
    pub fn path(database: &Path) -> PathBuf {
        let mut path = database.as_os_str().to_owned();
        path.push(".status");
        path.into()
    }

    /// In a line.
    pub fn line(&self) -> String {
        let mut line = format!("{}, {} failing", count(self.feeds, "feed"), self.failing);
        let mut add = |part: String| {
            line.push_str("; ");
            line.push_str(&part);
        };
        add(format!("{} held", count(self.held, "alert")));
        add(format!("{} waiting", count(self.due + self.deferred, "mail")));
        if let Some(oldest) = self.oldest {
            add(format!("the oldest since {}", logging::time(oldest)));
        }
        if let Some(reason) = &self.relay {
            add(format!("the relay cannot be used: {}", safe(reason)));
        }
        if let Some((at, problem)) = &self.refused {
            add(format!("config refused at {}: {}", logging::time(*at), safe(problem)));
        }
        line
    }

    fn of(vitals: &Vitals, backlog: Backlog) -> Status {
        let number = |gauge: i64| usize::try_from(gauge).unwrap_or_default();
        let Backlog { held, due, deferred, oldest } = backlog;
        Status {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started: vitals.started,
            at: clock::now(),
            feeds: number(vitals.metrics.feeds.get()),
            failing: number(vitals.metrics.feeds_failing.get()),
            held,
            due,
            deferred,
            oldest,
            relay: vitals.relay_trouble(),
            refused: vitals.refused(),
            unproved: vitals.unproved().as_secs(),
        }
    }

    /// Whether it says the same, whenever it did.
    fn says(&self, other: &Status) -> bool {
        Status { at: other.at, unproved: other.unproved, ..self.clone() } == *other
    }
}

fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Tells until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>) {
    let path = Status::path(&shared.active().config.storage.path);
    let mut told: Option<(Status, Instant)> = None;
    loop {
        // A database that does not answer is the watchdog's to report.
        if let Ok(backlog) = shared.store.backlog().await {
            let status = Status::of(&shared.vitals, backlog);
            count_waiting(&shared.vitals, &status);
            let same = told.as_ref().is_some_and(|(told, _)| status.says(told));
            let beat = told.as_ref().is_none_or(|(_, at)| Instant::now() - *at >= BEAT);
            if !same {
                systemd::status(&status.line());
            }
            if !same || beat {
                keep(path.clone(), &status).await;
                told = Some((status, Instant::now()));
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = shared.stop.cancelled() => break,
        }
    }
    // Nobody says anything any more. Where this fails, the process is gone all the same.
    let _ = std::fs::remove_file(path);
}

/// Measured by one thread at a time, whoever asks: a disk that hangs holds one.
static MEASURING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(1)));

/// Sets what is only measured when somebody asks.
pub(super) async fn measure<S: Store>(shared: &Shared<S>) {
    let (metrics, active) = (&shared.vitals.metrics, shared.active());
    let path = active.config.storage.path.clone();
    let place = Arc::clone(&MEASURING).acquire_owned().await;
    let measured = tokio::task::spawn_blocking(move || {
        let _place = place;
        let size = |suffix: &str| {
            let mut file = path.clone().into_os_string();
            file.push(suffix);
            std::fs::metadata(file).map_or(0, |about| about.len())
        };
        ([("database", size("")), ("journal", size("-wal"))], memory())
    });
    if let Ok((sizes, memory)) = measured.await {
        metrics.sizes(&sizes);
        metrics.memory.set(i64::try_from(memory).unwrap_or_default());
    }
    if let Ok(states) = shared.store.feeds().await {
        let now = clock::now();
        let silence = |state: &FeedState| {
            let silence = now.duration_since(state.watch.last_news()?);
            active
                .feed(&state.id)
                .map(|feed| (feed.id.clone(), Duration::try_from(silence).unwrap_or_default()))
        };
        let silences: Vec<_> = states.iter().filter_map(silence).collect();
        metrics.silences(silences.iter().map(|(feed, silence)| (feed.as_str(), *silence)));
    }
}

/// Resident bytes of this process; 0 where the system does not say.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    resident.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn count_waiting(vitals: &Vitals, status: &Status) {
    let metrics = &vitals.metrics;
    metrics.held.set(gauge(status.held));
    metrics.waiting(status.due, status.deferred);
    let age = status.oldest.map(|oldest| status.at.duration_since(oldest).as_secs().max(0));
    metrics.oldest.set(age.unwrap_or_default());
}

/// Writes the file whole or not at all.
async fn keep(path: PathBuf, status: &Status) {
    let Ok(json) = serde_json::to_vec(status) else { return };
    let kept = tokio::task::spawn_blocking(move || {
        let mut new = path.clone().into_os_string();
        new.push(".new");
        private(Path::new(&new))?.write_all(&json)?;
        std::fs::rename(&new, &path)
    });
    if let Ok(Err(error)) = kept.await {
        tracing::debug!(%error, "the status file could not be written");
    }
}

/// What is wrong with a config may quote it.
fn private(path: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}
