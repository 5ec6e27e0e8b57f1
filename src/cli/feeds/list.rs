//! `rasid feeds list`: how every feed of a config is doing, the one in most trouble first.
//!
//! The database is only read, beside a daemon that may be running. A feed that was never polled is
//! listed, too.

use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{Exit, Failure, FeedsListArgs, Layout, probe};
use crate::clock;
use crate::config::{self, Config};
use crate::fetch::watch::Warning;
use crate::store::sqlite::{Archive, OpenError};
use crate::store::{Articles, FeedActivity, FeedState};

mod table;

/// Over how long entries are counted.
const WINDOW: Duration = Duration::from_hours(7 * 24);

pub(super) fn run(args: &FeedsListArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::load(&args.config.config)?;
    let now = clock::now();
    let known = known(&config, now)?;
    let mut rows: Vec<Row> =
        config.feeds.iter().map(|feed| Row::of(feed, known.get(feed.id.as_str()), now)).collect();
    // Stable, so that feeds of one state stay in the order of the config.
    rows.sort_by_key(|row| row.state);
    match args.format {
        Layout::Json => {
            serde_json::to_writer(&mut *out, &Listing { feeds: &rows }).map_err(std::io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Layout::Text => Ok(table::draw(&rows, now, out)?),
    }
}

/// What is stored of the feeds; nothing where no daemon has run yet.
fn known(config: &Config, now: Timestamp) -> Result<HashMap<String, (FeedState, FeedActivity)>, Failure> {
    let archive = match Archive::open(&config.storage.path) {
        Ok(archive) => archive,
        Err(OpenError::Missing { .. } | OpenError::NoDirectory { .. }) => return Ok(HashMap::new()),
        Err(error) => return Err(Failure::new(Exit::Io, error.to_string())),
    };
    let feeds = archive.feeds(now, WINDOW).map_err(|error| Failure::new(Exit::Io, error.to_string()))?;
    Ok(feeds.into_iter().map(|feed| (feed.0.id.clone(), feed)).collect())
}

#[derive(Serialize)]
struct Listing<'a> {
    feeds: &'a [Row],
}

/// How a feed is doing, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// 410: not asked again until its address changes.
    Gone,
    /// The last poll failed.
    Failing,
    /// It answers, but not as it used to: silent, empty, garbled, a page.
    Look,
    /// It works under another address than the config's.
    Moved,
    /// Not polled yet, or not since its address changed.
    New,
    /// All is well.
    Ok,
}

/// What is listed of one feed.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    state: State,
    /// As the config says, else as the feed does.
    title: Option<String>,
    source: String,
    tags: Vec<String>,
    last_success: Option<String>,
    #[serde(skip)]
    succeeded: Option<Timestamp>,
    /// Why the last poll failed.
    error: Option<String>,
    /// In a row.
    failures: u32,
    /// What deserves a look, and since when.
    warning: Option<Noticed>,
    /// The mean of the last seven days; `null` before a day has passed.
    entries_a_day: Option<f64>,
    /// What became of its articles, where it has `full_text`.
    articles: Option<Articles>,
    /// `null` for never.
    next_poll: Option<String>,
    #[serde(skip)]
    next: Option<Timestamp>,
    /// Where permanent redirects led.
    moved_to: Option<String>,
}

/// A warning of the silence watch.
#[derive(Debug, Serialize)]
struct Noticed {
    kind: String,
    reason: String,
    since: String,
}

impl Noticed {
    fn of(warning: &Warning) -> Noticed {
        let Warning { kind, reason, since } = warning;
        Noticed { kind: kind.clone(), reason: reason.clone(), since: since.to_string() }
    }
}

impl Row {
    fn of(feed: &config::Feed, known: Option<&(FeedState, FeedActivity)>, now: Timestamp) -> Row {
        let source = feed.source.address();
        let before = known.map(|(state, _)| state);
        // What was learnt under another address says nothing of this one.
        let state = before.filter(|state| state.source == source);
        let next = state.map_or(Some(now), |state| (!state.gone).then_some(state.next_poll));
        let succeeded = before.and_then(|state| state.last_success);
        Row {
            id: feed.id.clone(),
            state: State::of(state),
            title: feed.title.clone().or_else(|| before.and_then(|state| state.title.clone())),
            source,
            tags: feed.tags.clone(),
            last_success: succeeded.map(|time| time.to_string()),
            succeeded,
            error: state.and_then(|state| state.error.clone()),
            failures: state.map_or(0, |state| state.failures),
            warning: state.and_then(|state| state.warning.as_ref()).map(Noticed::of),
            entries_a_day: known
                .filter(|_| succeeded.is_some())
                .and_then(|(_, activity)| activity.a_day(now)),
            articles: known.map(|(_, activity)| activity.articles).filter(|_| feed.full_text),
            next_poll: next.map(|time| time.to_string()),
            next,
            moved_to: state.and_then(|state| state.moved_to.clone()),
        }
    }
}

impl State {
    fn of(state: Option<&FeedState>) -> State {
        match state {
            None => State::New,
            Some(state) if state.gone => State::Gone,
            Some(state) if state.failures > 0 => State::Failing,
            Some(state) if state.warning.is_some() => State::Look,
            Some(state) if state.moved_to.is_some() => State::Moved,
            Some(state) if state.last_success.is_none() => State::New,
            Some(_) => State::Ok,
        }
    }

    fn name(self) -> &'static str {
        match self {
            State::Gone => "gone",
            State::Failing => "failing",
            State::Look => "look",
            State::Moved => "moved",
            State::New => "new",
            State::Ok => "ok",
        }
    }
}
