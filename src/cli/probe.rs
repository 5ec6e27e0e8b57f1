//! One feed asked and read as the daemon would, for commands that look at it: nothing is written.

use std::path::Path;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use super::{Exit, Failure, check};
use crate::config::{self, Config, Feed};
use crate::feed::{self, Input, Reading};
use crate::fetch::host::Turn;
use crate::fetch::schedule::Outcome;
use crate::fetch::trace::Trace;
use crate::fetch::{self, Answer, Document, Fetcher};

/// What asking and reading one feed brought.
pub(super) struct Probe {
    pub(super) trace: Trace,
    pub(super) document: Option<Document>,
    pub(super) reading: Result<Reading, Trouble>,
    /// Until the document was there.
    pub(super) asked: Duration,
    /// To read it.
    pub(super) read: Duration,
}

/// Why there are no entries.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    #[error(transparent)]
    NotAFeed(#[from] feed::NotAFeed),
}

impl Trouble {
    /// What the schedule makes of it.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Trouble::Fetch(error) => Outcome::from(error),
            Trouble::NotAFeed(_) => Outcome::Failure { retry_after: None },
        }
    }
}

/// Asks `feed` with nothing known of it, and reads what comes.
pub(super) async fn probe(fetcher: &Fetcher, feed: &Feed, max_entries: usize) -> Probe {
    in_turn(fetcher, feed, max_entries, &mut Turn::free()).await
}

/// The same, within the limits of hosts.
pub(super) async fn in_turn(fetcher: &Fetcher, feed: &Feed, max_entries: usize, turn: &mut Turn) -> Probe {
    let mut trace = Trace::default();
    let begun = Instant::now();
    let answer = fetcher.look(feed, turn, &mut trace).await;
    let (asked, begun) = (begun.elapsed(), Instant::now());
    let (document, reading) = match answer {
        Ok(Answer::Document(document)) => {
            let reading = read(&document, max_entries).map_err(Trouble::from);
            (Some(document), reading)
        }
        // A request without validators cannot be answered so; `fetch` says it first.
        Ok(Answer::NotModified { .. }) => (None, Err(fetch::Error::Broken("304".into()).into())),
        Err(error) => (None, Err(error.into())),
    };
    Probe { trace, document, reading, asked, read: begun.elapsed() }
}

fn read(document: &Document, max_entries: usize) -> Result<Reading, feed::NotAFeed> {
    let base_url = document.url.as_ref().map(url::Url::as_str);
    let content_type = document.content_type.as_deref();
    feed::read(Input { bytes: &document.body, content_type, base_url, max_entries })
}

/// The config that was named, if one was; its `[fetch]` is what the daemon would go by.
pub(super) fn config(path: Option<&Path>) -> Result<Option<Config>, Failure> {
    path.map(load).transpose()
}

/// A config that must be sound.
pub(super) fn load(path: &Path) -> Result<Config, Failure> {
    config::load(path).map(|loaded| loaded.config).map_err(|report| check::refused(&report))
}

/// `[fetch]` of a config, or what holds without one.
pub(super) fn settings(config: Option<&Config>) -> config::Fetch {
    config.map(|config| config.fetch.clone()).unwrap_or_default()
}

/// The fetcher of these settings.
pub(super) fn fetcher(settings: &config::Fetch) -> Result<Fetcher, Failure> {
    Fetcher::new(settings).map_err(|error| Failure::new(Exit::Software, error.to_string()))
}

/// Threads for a command that asks the network.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let built = Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("rasid").build();
    built.map_err(|error| Failure::new(Exit::Software, format!("cannot start threads: {error}")))
}
