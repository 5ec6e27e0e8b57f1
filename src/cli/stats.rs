//! `rasid stats`: how much came, by rule and by feed, a day a column.
//!
//! The database is only read, beside a daemon that may be running. What stands in the config and brought
//! nothing is shown as well: silence is what one looks for.

use std::io::Write;
use std::path::Path;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{ConfigArg, Exit, Failure, Layout, check, period};
use crate::clock;
use crate::config;
use crate::store::sqlite::{Archive, Days, OpenError, Tally};

mod chart;

/// Days that are shown at most.
const MOST: usize = 3_660;

#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// What came then or later: `7d`, `12h`, `2026-11-01`
    #[arg(long, value_name = "7d|DATE", value_parser = period::since, default_value = "30d")]
    since: Timestamp,
    /// Only by rule, or only by feed
    #[arg(long, value_enum)]
    by: Option<By>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Matches of each rule
    Rule,
    /// Entries of each feed, and how many of them matched
    Feed,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Stats {
    since: String,
    timezone: String,
    days: Vec<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<RuleRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feeds: Option<Vec<FeedRow>>,
}

#[derive(Debug, Serialize)]
struct RuleRow {
    rule: String,
    title: Option<String>,
    matches: u64,
    /// Day by day.
    by_day: Vec<u64>,
    /// Where they came from, most first.
    feeds: Vec<Share>,
}

#[derive(Debug, Serialize)]
struct Share {
    feed: String,
    matches: u64,
}

#[derive(Debug, Serialize)]
struct FeedRow {
    feed: String,
    title: Option<String>,
    entries: u64,
    /// Of rules: an entry for which two held counts twice.
    matches: u64,
    by_day: Vec<u64>,
}

pub(super) fn run(args: &StatsArgs, out: &mut impl Write) -> Result<(), Failure> {
    let settings = Settings::load(&args.config.config)?;
    let archive = Archive::open(&settings.database).map_err(|error| match error {
        OpenError::Missing { .. } | OpenError::NoDirectory { .. } => {
            Failure::new(Exit::NoInput, error.to_string())
        }
        _ => Failure::new(Exit::Io, error.to_string()),
    })?;
    let zone = TimeZone::system();
    let tally =
        archive.tally(args.since, &zone).map_err(|error| Failure::new(Exit::Io, error.to_string()))?;
    let stats = settings.stats(args, &tally, &zone);
    match args.format {
        Layout::Json => {
            serde_json::to_writer(&mut *out, &stats).map_err(std::io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Layout::Text => Ok(chart::draw(&stats, out)?),
    }
}

/// What a config says of what is counted.
struct Settings {
    database: std::path::PathBuf,
    /// Ids and titles.
    rules: Vec<(String, Option<String>)>,
    feeds: Vec<(String, Option<String>)>,
}

impl Settings {
    fn load(path: &Path) -> Result<Settings, Failure> {
        let config = config::load(path).map_err(|report| check::refused(&report))?.config;
        Ok(Settings {
            database: config.storage.path,
            rules: config.matching.rules.into_iter().map(|rule| (rule.id, rule.title)).collect(),
            feeds: config.feeds.into_iter().map(|feed| (feed.id, feed.title)).collect(),
        })
    }

    fn stats(&self, args: &StatsArgs, tally: &Tally, zone: &TimeZone) -> Stats {
        let days = days(args.since, zone);
        Stats {
            since: args.since.to_string(),
            timezone: zone.iana_name().unwrap_or("UTC").to_owned(),
            rules: (args.by != Some(By::Feed)).then(|| self.rules(tally, &days)),
            feeds: (args.by != Some(By::Rule)).then(|| self.feeds(tally, &days)),
            days,
        }
    }

    /// Those of the config and those that it has lost, the most active first.
    fn rules(&self, tally: &Tally, days: &[Date]) -> Vec<RuleRow> {
        let lost = tally.matches.keys().map(|(rule, _)| rule);
        let mut rows: Vec<RuleRow> = named(&self.rules, lost)
            .map(|(rule, title)| {
                let of_rule = || tally.matches.iter().filter(|((of, _), _)| *of == rule);
                let share = |((_, feed), days): (&(String, String), &Days)| Share {
                    feed: feed.clone(),
                    matches: days.values().sum(),
                };
                let mut feeds: Vec<Share> = of_rule().map(share).collect();
                feeds.sort_by_key(|share| std::cmp::Reverse(share.matches));
                let by_day = by_day(of_rule().map(|(_, days)| days), days);
                RuleRow { rule, title, matches: by_day.iter().sum(), by_day, feeds }
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.matches));
        rows
    }

    fn feeds(&self, tally: &Tally, days: &[Date]) -> Vec<FeedRow> {
        let lost = tally.entries.keys();
        let mut rows: Vec<FeedRow> = named(&self.feeds, lost)
            .map(|(feed, title)| {
                let of_feed = tally.matches.iter().filter(|((_, of), _)| *of == feed);
                let matches = of_feed.flat_map(|(_, days)| days.values()).sum();
                let by_day = by_day(tally.entries.get(&feed).into_iter(), days);
                FeedRow { feed, title, entries: by_day.iter().sum(), matches, by_day }
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.entries));
        rows
    }
}

/// Those that the config names, then those that only the database knows.
fn named<'a>(
    known: &'a [(String, Option<String>)],
    stored: impl Iterator<Item = &'a String>,
) -> impl Iterator<Item = (String, Option<String>)> {
    let mut all = known.to_vec();
    for id in stored {
        if !all.iter().any(|(known, _)| known == id) {
            all.push((id.clone(), None));
        }
    }
    all.into_iter()
}

fn by_day<'a>(counts: impl Iterator<Item = &'a Days>, days: &[Date]) -> Vec<u64> {
    let mut sums = vec![0; days.len()];
    for (day, count) in counts.flatten() {
        if let Ok(place) = days.binary_search(day) {
            sums[place] += count;
        }
    }
    sums
}

/// Every day since then, today included.
fn days(since: Timestamp, zone: &TimeZone) -> Vec<Date> {
    let today = zone.to_datetime(clock::now()).date();
    let mut day = today;
    let mut days = vec![today];
    let first = zone.to_datetime(since).date();
    while day > first && days.len() < MOST {
        let Ok(before) = day.yesterday() else { break };
        days.push(before);
        day = before;
    }
    days.reverse();
    days
}
