//! One poll of one feed: fetch, read, tell new from known, match, commit.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use url::Url;

use super::sift::{self, Sifted};
use super::state::{self, Well};
use crate::clock;
use crate::config::{self, Source};
use crate::daemon::{Active, Bells};
use crate::feed::identity::{self, Print, Recognised};
use crate::feed::{self, Reading};
use crate::fetch::host::{Hosts, Standing, Turn};
use crate::fetch::schedule::{Outcome, Pace, Price};
use crate::fetch::watch::{Page, Seen};
use crate::fetch::{Answer, Document};
use crate::logging::{self, safe};
use crate::metrics::{Fetch, Metrics, Step};
use crate::store::{self, FeedState, Known, NewEntry, Owes, Poll, Store};

/// A document up to this size is read where the task runs; a larger one on a thread of its own,
/// since it would hold up the tasks beside it.
const READ_HERE: usize = 64 * 1024;

/// All that a visit needs; it shares nothing that changes.
pub(super) struct Visit<S> {
    pub(super) store: S,
    pub(super) active: Arc<Active>,
    pub(super) bells: Arc<Bells>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) hosts: Hosts,
    pub(super) desks: Arc<Semaphore>,
    pub(super) feed: config::Feed,
    pub(super) state: FeedState,
    pub(super) price: Price,
}

impl<S: Store> Visit<S> {
    /// The feed's state afterwards, which the store has taken. An error is the store's: then
    /// nothing of this visit was kept, and the old state stands.
    pub(super) async fn run(self) -> store::Result<FeedState> {
        // A new address that fails gives way to the configured one.
        let moved_to = self.state.moved_to.as_deref().filter(|_| self.state.failures == 0);
        let moved_to = moved_to.and_then(|url| Url::parse(url).ok());
        let mut turn = Turn::among(self.hosts.clone(), Standing::of(self.state.failures));
        if let Source::Web { url, .. } = &self.feed.source {
            turn.ahead(moved_to.as_ref().unwrap_or(url)).await;
        }
        // From here to the commit documents are held in memory, by so many visits and no more.
        let _desk = self.desks.acquire().await;
        // Boxed, so that the thousands that wait for their turn are small.
        Box::pin(self.ask(moved_to.as_ref(), turn)).await
    }

    async fn ask(&self, moved_to: Option<&Url>, mut turn: Turn) -> store::Result<FeedState> {
        let (fetcher, known) = (&self.active.fetcher, &self.state.validators);
        let answer = fetcher.fetch_in_turn(&self.feed, moved_to, known, &mut turn).await;
        drop(turn); // the place is another feed's while this one's document is read
        match answer {
            Ok(Answer::Document(document)) => Box::pin(self.read(document)).await,
            Ok(Answer::NotModified { moved_to, told }) => {
                self.metrics.fetched(Fetch::NotModified);
                let mut well = self.well(clock::now());
                well.moved_to(moved_to).told(told);
                self.keep(well.state(Seen::Unchanged(told))).await
            }
            Err(error) => {
                self.metrics.fetched(Fetch::from(&error));
                let seen = Seen::Failed { gone: false, last_success: self.state.last_success };
                self.failed(Outcome::from(&error), error.to_string(), seen).await
            }
        }
    }

    async fn read(&self, document: Document) -> store::Result<FeedState> {
        let fetched = clock::now();
        let Document { body, content_type, url, moved_to, validators, told } = document;
        let base_url = url.map(String::from);
        let max_entries = self.active.config.fetch.max_entries;
        let large = body.len() > READ_HERE;
        let read = aside(large, move || {
            let base_url = base_url.as_deref();
            let input =
                feed::Input { bytes: &body, content_type: content_type.as_deref(), base_url, max_entries };
            let mut reading = feed::read(input).map_err(|error| (error, Page::of(&body)))?;
            reading.feed.entries.retain(|entry| !entry.is_blank());
            let prints: Vec<_> = reading.feed.entries.iter().map(Print::of).collect();
            Ok((reading, prints))
        });
        let (reading, prints) = match read.await {
            Ok(read) => read,
            Err((not_a_feed, page)) => {
                self.metrics.fetched(Fetch::NotAFeed);
                let failure = Outcome::Failure { retry_after: None };
                return self.failed(failure, not_a_feed.to_string(), Seen::NoFeed(page)).await;
            }
        };
        self.metrics.fetched(Fetch::Document);
        for note in &reading.notes {
            tracing::debug!(feed = self.feed.id, note = %safe(&note.0), "mended");
        }
        let sifted = self.sift(&prints).await?;
        let mut well = self.well(fetched);
        well.moved_to(moved_to).told(told).validators(validators).document(&reading, &sifted);
        let state = well.state(Seen::Document {
            entries: reading.feed.entries.len(),
            characters: sift::characters(&reading.feed.entries),
            latest: reading.feed.entries.iter().filter_map(|entry| entry.published).max(),
            told,
        });
        if sifted.is_empty() && self.state.last_success.is_some() {
            return self.keep(state).await;
        }
        self.commit(state, reading, prints, sifted, fetched, large).await
    }

    /// Tells new entries from known ones.
    async fn sift(&self, prints: &[Print]) -> store::Result<Sifted> {
        let facets: Vec<_> = prints.iter().map(|print| print.facets).collect();
        let known = self.store.known(&self.feed.id, &facets).await?;
        let stored: Vec<_> = known.iter().map(|Known { print, .. }| *print).collect();
        let recognised = identity::recognise(prints, &stored);
        let Recognised { rotated, moved, .. } = recognised;
        if rotated || moved {
            let by = if moved { "title and text" } else { "link and title" };
            tracing::warn!(
                feed = self.feed.id,
                by,
                "the feed's ids all changed at once; known entries are held"
            );
        }
        Ok(Sifted::of(prints, &known, &recognised))
    }

    async fn commit(
        &self,
        state: FeedState,
        reading: Reading,
        prints: Vec<Print>,
        sifted: Sifted,
        fetched: Timestamp,
        large: bool,
    ) -> store::Result<FeedState> {
        let seen = reading.feed.entries.len();
        let language = reading.feed.language.clone();
        let (active, feed) = (Arc::clone(&self.active), self.feed.clone());
        let aliases = sifted.aliases.clone();
        let metrics = Arc::clone(&self.metrics);
        let work = move || sift::matched(&active, &metrics, &feed, reading, &prints, &sifted);
        let (entries, edits) = aside(large, work).await;
        let edits = self.edited(edits).await?;
        if entries.is_empty() && edits.is_empty() && aliases.is_empty() && self.state.last_success.is_some() {
            return self.keep(state).await;
        }
        let first = self.state.last_success.is_none();
        let matched = entries.iter().filter(|entry| !entry.matches.is_empty()).count();
        let edited = edits.len();
        let owes = self.feed.full_text.then_some(Owes { language });
        let owing = owes.is_some();
        let counted = Counted::of(&entries, first, fetched);
        let poll = Poll { state: state.clone(), entries, aliases, edits, fetched, first, owes };
        let committed = self.store.commit(poll).await?;
        counted.count(&self.metrics, fetched, committed.entries);
        if committed.alerts > 0 {
            self.bells.held.notify_one();
        }
        if owing && committed.entries + edited > 0 {
            self.bells.owed.notify_one();
        }
        self.log_change(&state);
        tracing::info!(
            feed = self.feed.id,
            entries = seen,
            new = committed.entries,
            matched,
            edited,
            "feed read"
        );
        Ok(state)
    }

    /// Those entries that really say something else.
    async fn edited(&self, edits: Vec<store::Edit>) -> store::Result<Vec<store::Edit>> {
        if edits.is_empty() {
            return Ok(edits);
        }
        let before = self.store.contents(edits.iter().map(|edit| edit.entry).collect()).await?;
        Ok(sift::material(&self.active, &self.feed, edits, before))
    }

    /// For a poll that brought nothing new. What the server may be asked next is kept at once where
    /// it changed; the rest may wait for the next commit.
    async fn keep(&self, state: FeedState) -> store::Result<FeedState> {
        let before = &self.state;
        let same = state.validators == before.validators
            && state.moved_to == before.moved_to
            && state.warning == before.warning
            && before.failures == 0;
        if same {
            self.store.note(state.clone());
        } else {
            self.store.commit(Poll::of_state(state.clone(), clock::now())).await?;
        }
        self.log_change(&state);
        tracing::debug!(feed = self.feed.id, "nothing new");
        Ok(state)
    }

    async fn failed(&self, outcome: Outcome, error: String, seen: Seen) -> store::Result<FeedState> {
        let now = clock::now();
        let state = state::failed(&self.state, self.pace(), now, outcome, error, seen);
        self.store.commit(Poll::of_state(state.clone(), now)).await?;
        let reason = safe(state.error.as_deref().unwrap_or_default()).to_string();
        let (feed, failures, next_poll) = (&self.feed.id, state.failures, logging::time(state.next_poll));
        if state.gone {
            tracing::error!(feed, reason, "feed ended");
        } else if state.error != self.state.error {
            tracing::warn!(feed, reason, next_poll, "feed failed");
        } else {
            tracing::debug!(feed, reason, next_poll, failures, "feed failed again");
        }
        self.log_warning(&state);
        Ok(state)
    }

    fn well(&self, now: Timestamp) -> Well<'_> {
        Well::new(&self.state, self.pace(), self.price, now)
    }

    fn log_change(&self, state: &FeedState) {
        if self.state.failures > 0 {
            tracing::info!(feed = self.feed.id, failures = self.state.failures, "feed works again");
        }
        self.log_warning(state);
    }

    /// A warning is said once, and so is its end.
    fn log_warning(&self, state: &FeedState) {
        let kind = |state: &FeedState| state.warning.as_ref().map(|warning| warning.kind.clone());
        if kind(state) == kind(&self.state) {
            return;
        }
        match &state.warning {
            // Why it failed was said already.
            Some(warning) if state.gone || warning.kind == "html" => {}
            Some(warning) => {
                tracing::warn!(feed = self.feed.id, reason = %safe(&warning.reason), "feed deserves a look");
            }
            None => tracing::info!(feed = self.feed.id, "feed is as usual again"),
        }
        if state.warning.is_some() {
            self.bells.warned.notify_one();
        }
    }

    fn pace(&self) -> Pace {
        Pace::of(&self.feed, &self.active.config.fetch)
    }
}

/// What is counted of new entries once they are kept.
struct Counted {
    matched: Vec<String>,
    /// When they came, as they say.
    dates: Vec<Timestamp>,
}

impl Counted {
    /// A first poll finds what is old, and a date that is to come says nothing.
    fn of(entries: &[NewEntry], first: bool, fetched: Timestamp) -> Counted {
        let rules = entries.iter().flat_map(|new| &new.matches).map(|matched| matched.rule.clone());
        let dates = entries.iter().filter_map(|new| new.entry.published).filter(|date| *date <= fetched);
        Counted { matched: rules.collect(), dates: if first { Vec::new() } else { dates.collect() } }
    }

    fn count(self, metrics: &Metrics, fetched: Timestamp, entries: usize) {
        metrics.entries.inc_by(entries as u64);
        self.matched.iter().for_each(|rule| metrics.matched(rule));
        self.dates.iter().for_each(|date| metrics.took(Step::Detected, *date, fetched));
    }
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
