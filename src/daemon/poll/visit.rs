//! One poll of one feed: fetch, read, tell new from known, match, commit.

use std::cell::RefCell;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::state;
use crate::clock;
use crate::config;
use crate::daemon::active::Findings;
use crate::daemon::{Active, Bells};
use crate::feed::identity::{self, Facets};
use crate::feed::{self, Entry, Reading};
use crate::fetch::host::{Hosts, Standing, Turn};
use crate::fetch::schedule::{Outcome, Pace};
use crate::fetch::{Answer, Document};
use crate::logging::{self, safe};
use crate::rules::Scratch;
use crate::rules::limit::Origin;
use crate::store::{self, FeedState, NewEntry, Owes, Poll, Store};

/// A document up to this size is read where the task runs; a larger one on a thread of its own,
/// since it would hold up the tasks beside it.
const READ_HERE: usize = 64 * 1024;

/// All that a visit needs; it shares nothing that changes.
pub(super) struct Visit<S> {
    pub(super) store: S,
    pub(super) active: Arc<Active>,
    pub(super) bells: Arc<Bells>,
    pub(super) hosts: Hosts,
    pub(super) feed: config::Feed,
    pub(super) state: FeedState,
}

impl<S: Store> Visit<S> {
    /// The feed's state afterwards, which the store has taken. An error is the store's: then
    /// nothing of this visit was kept, and the old state stands.
    pub(super) async fn run(self) -> store::Result<FeedState> {
        // A new address that fails gives way to the configured one.
        let moved_to = self.state.moved_to.as_deref().filter(|_| self.state.failures == 0);
        let moved_to = moved_to.and_then(|url| Url::parse(url).ok());
        let answer = {
            let mut turn = Turn::among(self.hosts.clone(), Standing::of(self.state.failures));
            let (fetcher, known) = (&self.active.fetcher, &self.state.validators);
            fetcher.fetch_in_turn(&self.feed, moved_to.as_ref(), known, &mut turn).await
        };
        match answer {
            Ok(Answer::Document(document)) => Box::pin(self.read(document)).await,
            Ok(Answer::NotModified { moved_to, .. }) => {
                let state = state::succeeded(&self.state, self.pace(), clock::now(), moved_to, None);
                self.keep(state).await
            }
            Err(error) => self.failed(Outcome::from(&error), error.to_string()).await,
        }
    }

    async fn read(&self, document: Document) -> store::Result<FeedState> {
        let fetched = clock::now();
        let Document { body, content_type, url, moved_to, validators, .. } = document;
        let base_url = url.map(String::from);
        let max_entries = self.active.config.fetch.max_entries;
        let large = body.len() > READ_HERE;
        let read = aside(large, move || {
            let base_url = base_url.as_deref();
            let input =
                feed::Input { bytes: &body, content_type: content_type.as_deref(), base_url, max_entries };
            feed::read(input).map(|mut reading| {
                reading.feed.entries.retain(|entry| !entry.is_blank());
                let facets: Vec<_> = reading.feed.entries.iter().map(Facets::of).collect();
                (reading, facets)
            })
        });
        let (reading, facets) = match read.await {
            Ok(read) => read,
            Err(not_a_feed) => {
                return self.failed(Outcome::Failure { retry_after: None }, not_a_feed.to_string()).await;
            }
        };
        for note in &reading.notes {
            tracing::debug!(feed = self.feed.id, note = %safe(&note.0), "mended");
        }
        let known = self.store.known(&self.feed.id, &facets).await?;
        let fresh = identity::fresh(&facets, &known);
        let mut state = state::succeeded(&self.state, self.pace(), fetched, moved_to, Some(validators));
        state.title = reading.feed.title.clone().or(state.title);
        if fresh.is_empty() && self.state.last_success.is_some() {
            return self.keep(state).await;
        }
        let seen = reading.feed.entries.len();
        let owes = self.feed.full_text.then(|| Owes { language: reading.feed.language.clone() });
        let active = Arc::clone(&self.active);
        let feed = self.feed.clone();
        let entries = aside(large, move || matched(&active, &feed, reading, &facets, &fresh)).await;
        self.commit(state, entries, owes, fetched, seen).await
    }

    async fn commit(
        &self,
        state: FeedState,
        entries: Vec<NewEntry>,
        owes: Option<Owes>,
        fetched: Timestamp,
        seen: usize,
    ) -> store::Result<FeedState> {
        let first = self.state.last_success.is_none();
        let matched = entries.iter().filter(|entry| !entry.matches.is_empty()).count();
        let owing = owes.is_some();
        let poll = Poll { state: state.clone(), entries, fetched, first, owes };
        let committed = self.store.commit(poll).await?;
        if committed.alerts > 0 {
            self.bells.held.notify_one();
        }
        if owing && committed.entries > 0 {
            self.bells.owed.notify_one();
        }
        self.log_recovery();
        tracing::info!(feed = self.feed.id, entries = seen, new = committed.entries, matched, "feed read");
        Ok(state)
    }

    /// For a poll that brought nothing new. What the server may be asked next is kept at once where
    /// it changed; the rest may wait for the next commit.
    async fn keep(&self, state: FeedState) -> store::Result<FeedState> {
        let before = &self.state;
        if state.validators == before.validators && state.moved_to == before.moved_to && before.failures == 0
        {
            self.store.note(state.clone());
        } else {
            let poll = Poll {
                state: state.clone(),
                entries: Vec::new(),
                fetched: clock::now(),
                first: false,
                owes: None,
            };
            self.store.commit(poll).await?;
        }
        self.log_recovery();
        tracing::debug!(feed = self.feed.id, "nothing new");
        Ok(state)
    }

    async fn failed(&self, outcome: Outcome, error: String) -> store::Result<FeedState> {
        let now = clock::now();
        let state = state::failed(&self.state, self.pace(), now, outcome, error);
        let poll = Poll { state: state.clone(), entries: Vec::new(), fetched: now, first: false, owes: None };
        self.store.commit(poll).await?;
        let reason = safe(state.error.as_deref().unwrap_or_default()).to_string();
        let (feed, failures, next_poll) = (&self.feed.id, state.failures, logging::time(state.next_poll));
        if state.gone {
            tracing::error!(feed, reason, "feed ended");
        } else if state.error != self.state.error {
            tracing::warn!(feed, reason, next_poll, "feed failed");
        } else {
            tracing::debug!(feed, reason, next_poll, failures, "feed failed again");
        }
        Ok(state)
    }

    fn log_recovery(&self) {
        if self.state.failures > 0 {
            tracing::info!(feed = self.feed.id, failures = self.state.failures, "feed works again");
        }
    }

    fn pace(&self) -> Pace {
        Pace::of(&self.feed, &self.active.config.fetch)
    }
}

/// The new entries with the rules that hold for them and who is to be told.
fn matched(
    active: &Active,
    from: &config::Feed,
    reading: Reading,
    facets: &[Facets],
    fresh: &[usize],
) -> Vec<NewEntry> {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    let language = reading.feed.language;
    let mut entries: Vec<Option<Entry>> = reading.feed.entries.into_iter().map(Some).collect();
    let fresh = fresh.iter().filter_map(|&place| Some((entries.get_mut(place)?.take()?, facets[place])));
    SCRATCH.with_borrow_mut(|scratch| {
        fresh
            .map(|(entry, facets)| {
                let origin = Origin {
                    feed: &from.id,
                    tags: &from.tags,
                    language: language.as_deref(),
                    title: &entry.title,
                    text: &entry.text,
                };
                let Findings { matches, entities } = active.rules.findings(&origin, scratch);
                let alerts = active.audience.of(matches.iter().map(|matched| matched.rule.as_str()));
                NewEntry { entry, facets, entities, matches, alerts }
            })
            .collect()
    })
}

/// Runs work here, or on a thread for work where it would take long.
async fn aside<T: Send + 'static>(long: bool, work: impl FnOnce() -> T + Send + 'static) -> T {
    if !long {
        return work();
    }
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // The work panicked: let the poller report it as its own.
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => std::future::pending().await, // the runtime is being taken down
        },
    }
}
