//! `rasid feeds discover`: a page of a site in, its feeds out.
//!
//! The page's own word comes first (`<link rel=alternate>`), then links that look like feeds, then the
//! paths where most sites have theirs. Each candidate is really asked and read, behind the guard and the
//! caps of a poll and at a pace that no site minds; what is not a feed is not listed.

use std::collections::HashSet;
use std::io::Write;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use url::Url;

use self::candidate::{Candidate, How};
use self::found::Found;
use super::ids::Ids;
use super::written;
use crate::cli::fetch::advice;
use crate::cli::probe::{self, Probe, Trouble};
use crate::cli::{DiscoverArgs, Exit, Failure, Layout, progress};
use crate::config::{self, Config};
use crate::fetch::host::{Hosts, Standing, Turn};
use crate::fetch::{self, Fetcher};
use crate::logging::safe;

mod candidate;
mod draw;
mod found;
mod page;

/// Addresses that are asked for one site.
const MOST_ASKED: usize = 40;
/// Requests under way at once to one host, and the time between two of them.
const PER_HOST: usize = 2;
const SPACING: Duration = Duration::from_millis(100);
/// No candidate may take longer, whatever [fetch] timeout says.
const EACH: Duration = Duration::from_secs(10);
/// All candidates together; what is found by then is listed.
const ALL: Duration = Duration::from_mins(2);

pub(super) fn run(args: &DiscoverArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::config(args.config.as_deref())?;
    let url = address(&args.url)?;
    let mut settings = probe::settings(config.as_ref());
    settings.per_host = settings.per_host.min(PER_HOST);
    settings.host_spacing = settings.host_spacing.max(SPACING);
    settings.timeout = settings.timeout.min(EACH);
    let search = Search {
        fetcher: probe::fetcher(&settings)?,
        hosts: Hosts::new(&settings),
        max_entries: settings.max_entries,
        seen: HashSet::new(),
    };
    let mut feeds = probe::runtime()?.block_on(search.run(&url))?;
    if feeds.is_empty() {
        let what =
            "no feed found at {}; look for a link to one on the page, and give its address to `rasid fetch`";
        return Err(Failure::new(Exit::Unusable, what.replace("{}", &safe(url.as_str()).to_string())));
    }
    mark(&mut feeds, config.as_ref());
    match args.format {
        _ if args.toml => {
            let mut ids = Ids::beside(config.as_ref());
            let tables = feeds.iter().map(|feed| feed.written(&mut ids));
            Ok(tables.into_iter().try_for_each(|feed| written::toml(&feed, out))?)
        }
        Layout::Json => {
            serde_json::to_writer(&mut *out, &Listing { url: url.as_str(), feeds: &feeds })
                .map_err(std::io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Layout::Text => Ok(draw::draw(&feeds, out)?),
    }
}

#[derive(serde::Serialize)]
struct Listing<'a> {
    url: &'a str,
    feeds: &'a [Found],
}

/// The address of a site, as people write it.
fn address(typed: &str) -> Result<Url, Failure> {
    let typed = typed.trim();
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let feed = config::feed_at(&whole).map_err(|why| Failure::new(Exit::Usage, why))?;
    Url::parse(&feed.id).map_err(|error| Failure::new(Exit::Usage, format!("not a URL: {error}")))
}

/// Says of each feed whether the config has it.
fn mark(feeds: &mut [Found], config: Option<&Config>) {
    for known in config.map(|config| config.feeds.as_slice()).unwrap_or_default() {
        for found in feeds.iter_mut().filter(|found| found.is_at(&known.source.address())) {
            found.known = Some(known.id.clone());
        }
    }
}

struct Search {
    fetcher: Fetcher,
    hosts: Hosts,
    max_entries: usize,
    /// Addresses that were or are to be asked.
    seen: HashSet<Url>,
}

impl Search {
    async fn run(mut self, url: &Url) -> Result<Vec<Found>, Failure> {
        let first = Candidate { url: url.clone(), how: How::Itself };
        self.seen.insert(url.clone());
        let (_, probe) = self.ask(first.clone()).await;
        let candidates = match &probe.reading {
            Ok(_) => return Ok(Found::of(&first, &probe).into_iter().collect()),
            Err(Trouble::NotAFeed(_)) => candidate::of_page(&probe, url),
            // A server that answers may have feeds elsewhere.
            Err(Trouble::Fetch(fetch::Error::Status { .. } | fetch::Error::Gone)) => candidate::guesses(url),
            Err(trouble) => {
                let what = format!("{}: {trouble}; {}", safe(url.as_str()), advice(trouble));
                return Err(Failure::new(Exit::Unusable, what));
            }
        };
        // A large page would keep a place of large bodies.
        drop(probe);
        let deadline = Instant::now() + ALL;
        // A path such as /rss is often a page that lists feeds.
        let (mut feeds, listed) = self.all(candidates, deadline).await;
        feeds.extend(self.all(listed, deadline).await.0);
        found::distinct(&mut feeds);
        Ok(feeds)
    }

    /// The feeds among these, and what those that are pages name.
    async fn all(&mut self, candidates: Vec<Candidate>, deadline: Instant) -> (Vec<Found>, Vec<Candidate>) {
        let mut asking = JoinSet::new();
        for candidate in candidates {
            if self.seen.len() <= MOST_ASKED && self.seen.insert(candidate.url.clone()) {
                let search = self.one();
                asking.spawn(async move { search.ask(candidate).await });
            }
        }
        let bar = progress::bar(asking.len(), "addresses asked");
        let (mut feeds, mut listed) = (Vec::new(), Vec::new());
        while let Ok(Some(asked)) = timeout_at(deadline, asking.join_next()).await {
            bar.inc(1);
            let Ok((candidate, probe)) = asked else { continue };
            match Found::of(&candidate, &probe) {
                Some(found) => feeds.push(found),
                None => listed.extend(candidate::links(&probe, &candidate.url)),
            }
        }
        bar.finish_and_clear();
        (feeds, listed)
    }

    fn one(&self) -> Search {
        let (fetcher, hosts) = (self.fetcher.clone(), self.hosts.clone());
        Search { fetcher, hosts, max_entries: self.max_entries, seen: HashSet::new() }
    }

    async fn ask(&self, candidate: Candidate) -> (Candidate, Probe) {
        let mut turn = Turn::among(self.hosts.clone(), Standing::Good);
        let feed = candidate.feed();
        let probe = probe::in_turn(&self.fetcher, &feed, self.max_entries, &mut turn).await;
        (candidate, probe)
    }
}
