//! `rasid fetch`: one poll of one feed as the daemon would make it, and all that was met on the way.
//!
//! Nothing is written and no validators are sent, so that the answer is always the whole document. A
//! failure ends with what to do about it.

use std::io::Write;

use jiff::Timestamp;

use self::report::Report;
use super::probe::{self, Probe};
use super::{Exit, Failure, FetchArgs, Layout};
use crate::clock;
use crate::config::{self, Config, Feed, Source};
use crate::fetch::schedule::{self, Pace, Plan, Price, Rhythm};
use crate::logging::safe;

mod advice;
mod draw;
mod report;

pub(super) use advice::advice;

pub(super) fn run(args: &FetchArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::config(args.config.as_deref())?;
    let feed = named(&args.feed, config.as_ref())?;
    let settings = probe::settings(config.as_ref());
    let fetcher = probe::fetcher(&settings)?;
    let probe = probe::runtime()?.block_on(probe::probe(&fetcher, &feed, settings.max_entries));
    let (pace, now) = (Pace::of(&feed, &settings), clock::now());
    let report = Report::of(&feed, &probe, plan(&probe, pace, now, schedule::seed(&feed.id, now)), now);
    match args.format {
        Layout::Json => {
            serde_json::to_writer(&mut *out, &report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Layout::Text => draw::draw(&report, out)?,
    }
    match &probe.reading {
        Ok(_) => Ok(()),
        Err(trouble) => {
            out.flush()?;
            let what = format!("{}: {}; {}", safe(&feed.id), safe(&trouble.to_string()), advice(trouble));
            Err(Failure::new(Exit::Unusable, what))
        }
    }
}

/// What the schedule would make of it, were this the feed's first poll.
fn plan(probe: &Probe, pace: Pace, now: Timestamp, seed: u64) -> Plan {
    let reading = match &probe.reading {
        Ok(reading) => reading,
        Err(trouble) => return Plan::after(trouble.outcome(), 0, pace, now, seed),
    };
    let mut rhythm = Rhythm::default();
    rhythm.hear(&reading.hints);
    rhythm.stays_fresh(probe.document.as_ref().and_then(|document| document.told.fresh_for), now);
    Plan::well(schedule::wait(pace, &rhythm, Price::default(), now, seed), now)
}

/// The feed of the config with this id or address, with its headers and credentials; else the address.
fn named(typed: &str, config: Option<&Config>) -> Result<Feed, Failure> {
    let feeds = config.map(|config| config.feeds.as_slice()).unwrap_or_default();
    if let Some(feed) = feeds.iter().find(|feed| feed.id == typed) {
        return Ok(feed.clone());
    }
    if !typed.contains("://") {
        let what = match config {
            None => format!(
                "`{}` is no address; for the id of a feed, name the config with --config FILE",
                safe(typed)
            ),
            Some(_) => {
                format!("the config has no feed `{}`; `rasid feeds list` shows those it has", safe(typed))
            }
        };
        return Err(Failure::new(Exit::Usage, what));
    }
    let feed = config::feed_at(typed).map_err(|why| Failure::new(Exit::Usage, why))?;
    let same = |known: &&Feed| match (&known.source, &feed.source) {
        (Source::Web { url: known, .. }, Source::Web { url, .. }) => known == url,
        _ => false,
    };
    Ok(feeds.iter().find(same).cloned().unwrap_or(feed))
}
