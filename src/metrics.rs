//! What a running rasid counts: what happened in, a text in OpenMetrics out.
//!
//! Counting is an atomic add and never waits for who reads. Labels are few: outcomes are enums, and behind so
//! many rules or feeds the rest share one. What stands in the store is asked for when somebody reads.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::fetch;

/// Rules, or feeds, that have a line of their own.
pub const MOST_LINES: usize = 1_000;

/// The label of those behind.
const OTHERS: &str = "(others)";

/// The time of rules is taken in one document of so many.
const SAMPLED: u32 = 32;

/// Seconds: a lag is anything from an instant to a day.
const LAGS: [f64; 14] =
    [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0];

/// All that is counted. The gauges are set by the daemon's status task, a few seconds old at most.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Polls, by how they ended.
    fetches: Family<Ended, Counter>,
    /// Entries that were new.
    pub entries: Counter,
    matches: Family<OfRule, Counter>,
    /// That were matched.
    documents: AtomicU32,
    /// The rules that have a line of their own.
    named: Mutex<HashSet<String>>,
    rule_seconds: Family<OfRule, Counter<f64, AtomicU64>>,
    lags: Family<OfStep, Histogram, fn() -> Histogram>,
    attempts: Family<OfAttempt, Counter>,
    /// In the config.
    pub feeds: Gauge,
    /// Whose last poll failed.
    pub feeds_failing: Gauge,
    feed_silence: Family<OfFeed, Gauge>,
    /// Alerts that no message holds yet.
    pub held: Gauge,
    outbox: Family<OfState, Gauge>,
    /// Seconds.
    pub oldest: Gauge,
    /// In a row; 0 where the relay works.
    pub relay_failures: Gauge,
    reloads: Family<OfReload, Counter>,
    files: Family<OfFile, Gauge>,
    /// Bytes.
    pub memory: Gauge,
}

/// How a poll ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(missing_docs)] // as in `fetch::Error`
pub enum Fetch {
    Document,
    NotModified,
    NotAFeed,
    Gone,
    Status,
    Refused,
    Redirects,
    TooLarge,
    Timeout,
    Dns,
    Connect,
    Tls,
    Broken,
    File,
    Setup,
}

impl From<&fetch::Error> for Fetch {
    fn from(error: &fetch::Error) -> Fetch {
        use fetch::Error;
        match error {
            Error::Gone => Fetch::Gone,
            Error::Status { .. } => Fetch::Status,
            Error::Refused(_) => Fetch::Refused,
            Error::Redirects(_) => Fetch::Redirects,
            Error::TooLarge(_) => Fetch::TooLarge,
            Error::Timeout(_) => Fetch::Timeout,
            Error::Dns(_) => Fetch::Dns,
            Error::Connect(_) => Fetch::Connect,
            Error::Tls(_) => Fetch::Tls,
            Error::Broken(_) => Fetch::Broken,
            Error::File(_) => Fetch::File,
            Error::Setup(_) => Fetch::Setup,
        }
    }
}

/// A step of an alert's way, of which the time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Step {
    /// From the date of an entry to its poll; not of first polls, and not where the date is to come.
    Detected,
    /// From there to the message that tells it.
    Queued,
    /// From there to the relay's 250.
    Accepted,
}

/// How an attempt to send a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(missing_docs)] // as in `store::Outcome`
pub enum Attempt {
    Accepted,
    Deferred,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: Fetch,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRule {
    rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStep {
    step: Step,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAttempt {
    outcome: Attempt,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFeed {
    feed: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfReload {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFile {
    file: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

impl Metrics {
    /// Of a daemon that started then.
    pub fn new(started: Timestamp) -> Metrics {
        let lag: fn() -> Histogram = || Histogram::new(LAGS);
        let mut metrics = Metrics {
            registry: Registry::with_prefix("rasid"),
            fetches: Family::default(),
            entries: Counter::default(),
            matches: Family::default(),
            documents: AtomicU32::new(0),
            named: Mutex::default(),
            rule_seconds: Family::default(),
            lags: Family::new_with_constructor(lag),
            attempts: Family::default(),
            feeds: Gauge::default(),
            feeds_failing: Gauge::default(),
            feed_silence: Family::default(),
            held: Gauge::default(),
            outbox: Family::default(),
            oldest: Gauge::default(),
            relay_failures: Gauge::default(),
            reloads: Family::default(),
            files: Family::default(),
            memory: Gauge::default(),
        };
        metrics.register(started);
        metrics
    }

    fn register(&mut self, started: Timestamp) {
        let r = &mut self.registry;
        r.register("build", "What runs", Info::new(Build { version: env!("CARGO_PKG_VERSION") }));
        let since = Gauge::<i64>::default();
        since.set(started.as_second());
        r.register_with_unit("start_time", "When it started, since 1970", Unit::Seconds, since);
        r.register_with_unit("memory", "Resident memory", Unit::Bytes, self.memory.clone());
        r.register("fetches", "Polls, by how they ended", self.fetches.clone());
        r.register("entries", "Entries that were new", self.entries.clone());
        r.register("matches", "Entries for which a rule held", self.matches.clone());
        let spent = "Time spent on a rule, estimated from some documents";
        r.register_with_unit("rule", spent, Unit::Seconds, self.rule_seconds.clone());
        let lag = "How long a step of an alert's way took";
        r.register_with_unit("lag", lag, Unit::Seconds, self.lags.clone());
        r.register("mail_attempts", "Attempts to send a message, by how they ended", self.attempts.clone());
        r.register("feeds", "Feeds of the config", self.feeds.clone());
        r.register("feeds_failing", "Feeds whose last poll failed", self.feeds_failing.clone());
        let silence = "Since a feed last brought a new entry";
        r.register_with_unit("feed_silence", silence, Unit::Seconds, self.feed_silence.clone());
        r.register("alerts_held", "Alerts that no message holds yet", self.held.clone());
        r.register("outbox_messages", "Messages that wait", self.outbox.clone());
        let oldest = "Age of the oldest message that waits";
        r.register_with_unit("outbox_oldest", oldest, Unit::Seconds, self.oldest.clone());
        r.register("relay_failures", "Failures of the relay in a row", self.relay_failures.clone());
        r.register("config_reloads", "Reloads, by how they ended", self.reloads.clone());
        r.register_with_unit("database", "Size of a file", Unit::Bytes, self.files.clone());
    }

    /// A poll ended.
    pub fn fetched(&self, outcome: Fetch) {
        self.fetches.get_or_create(&Ended { outcome }).inc();
    }

    /// A rule held for an entry that is kept.
    pub fn matched(&self, rule: &str) {
        self.matches.get_or_create(&self.rule(rule)).inc();
    }

    /// Whether the time that the rules take of this document is to be taken; of one in so many.
    pub fn is_sample(&self) -> bool {
        self.documents.fetch_add(1, Ordering::Relaxed).is_multiple_of(SAMPLED)
    }

    /// So much time was spent on a rule in a sample.
    pub fn spent(&self, rule: &str, time: Duration) {
        let estimate = time.as_secs_f64() * f64::from(SAMPLED);
        self.rule_seconds.get_or_create(&self.rule(rule)).inc_by(estimate);
    }

    /// A step began and ended then; nothing where the clock was set between.
    pub fn took(&self, step: Step, from: Timestamp, to: Timestamp) {
        let seconds = to.duration_since(from).as_secs_f64();
        if seconds >= 0.0 {
            self.lags.get_or_create(&OfStep { step }).observe(seconds);
        }
    }

    /// An attempt to send a message ended.
    pub fn attempted(&self, outcome: Attempt) {
        self.attempts.get_or_create(&OfAttempt { outcome }).inc();
    }

    /// A reload ended.
    pub fn reloaded(&self, accepted: bool) {
        let outcome = if accepted { "accepted" } else { "refused" };
        self.reloads.get_or_create(&OfReload { outcome }).inc();
    }

    /// Messages that wait.
    pub fn waiting(&self, due: usize, deferred: usize) {
        for (state, count) in [("due", due), ("deferred", deferred)] {
            self.outbox.get_or_create(&OfState { state }).set(gauge(count));
        }
    }

    /// The database's files, in bytes.
    pub fn sizes(&self, sizes: &[(&'static str, u64)]) {
        for &(file, size) in sizes {
            self.files.get_or_create(&OfFile { file }).set(i64::try_from(size).unwrap_or(i64::MAX));
        }
    }

    /// How long feeds have been silent, all at once; the first of them, where there are very many.
    pub fn silences<'a>(&self, feeds: impl Iterator<Item = (&'a str, Duration)>) {
        self.feed_silence.clear(); // a feed that is gone has no silence
        for (feed, silence) in feeds.take(MOST_LINES) {
            let seconds = i64::try_from(silence.as_secs()).unwrap_or(i64::MAX);
            self.feed_silence.get_or_create(&OfFeed { feed: feed.to_owned() }).set(seconds);
        }
    }

    /// All of it, as `application/openmetrics-text; version=1.0.0; charset=utf-8`.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let _ = text::encode(&mut out, &self.registry); // a String takes everything
        out
    }

    /// Reloads bring new ids all the time, and none is forgotten.
    fn rule(&self, id: &str) -> OfRule {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let own = named.contains(id) || (named.len() < MOST_LINES && named.insert(id.to_owned()));
        OfRule { rule: if own { id } else { OTHERS }.to_owned() }
    }
}

/// A count as a gauge has it.
pub fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
