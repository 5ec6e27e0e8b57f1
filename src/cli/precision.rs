//! `rasid rules precision`: how often each rule was right, by what subscribers said of its alerts.
//!
//! The database is only read, beside a daemon that may be running. A judgement is one subscriber's word on one
//! entry; it belongs to the week in which the entry came. Rules that run away or have fallen silent are said
//! as well (`watch`), since nobody judges what never comes.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::screen::{self, Screen};
use super::{ConfigArg, Exit, Failure, Layout, check, period};
use crate::clock;
use crate::config;
use crate::store::sqlite::{Archive, Days, OpenError, Verdicts};

mod watch;

/// Columns of a rule's name at most.
const WIDEST: usize = 40;
/// Weeks that are shown at most.
const MOST: usize = 520;

#[derive(Debug, Args)]
pub(super) struct PrecisionArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Entries that came then or later: `90d`, `2026-11-01`
    #[arg(long, value_name = "90d|DATE", value_parser = period::since, default_value = "90d")]
    since: Timestamp,
    /// Only this rule, week by week
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Report {
    since: String,
    rules: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    rule: String,
    title: Option<String>,
    /// Entries for which it held.
    hits: u64,
    judged: u64,
    relevant: u64,
    /// Relevant of judged, from 0 to 1.
    precision: Option<f64>,
    by_week: Vec<Week>,
    warnings: Vec<String>,
}

/// A week, from Monday.
#[derive(Debug, Serialize)]
struct Week {
    week: Date,
    hits: u64,
    judged: u64,
    relevant: u64,
    precision: Option<f64>,
}

pub(super) fn run(args: &PrecisionArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = config::load(&args.config.config).map_err(|report| check::refused(&report))?.config;
    let mut rules: Vec<(String, Option<String>)> =
        config.matching.rules.into_iter().map(|rule| (rule.id, rule.title)).collect();
    if let Some(id) = &args.rule {
        if !rules.iter().any(|(rule, _)| rule == id) {
            let ids: Vec<_> = rules.iter().take(20).map(|(rule, _)| rule.as_str()).collect();
            let message = format!("the config has no rule `{id}`; it has {}", ids.join(", "));
            return Err(Failure::new(Exit::Usage, message));
        }
        rules.retain(|(rule, _)| rule == id);
    }
    let archive = Archive::open(&config.storage.path).map_err(|error| match error {
        OpenError::Missing { .. } | OpenError::NoDirectory { .. } => {
            Failure::new(Exit::NoInput, error.to_string())
        }
        _ => Failure::new(Exit::Io, error.to_string()),
    })?;
    let zone = TimeZone::system();
    let failed = |error: crate::store::Error| Failure::new(Exit::Io, error.to_string());
    let tally = archive.tally(args.since, &zone).map_err(failed)?;
    let mut verdicts = archive.verdicts(args.since, &zone).map_err(failed)?;
    let now = clock::now();
    // A young archive says nothing of the days before it.
    let begun = archive.begun().map_err(failed)?.unwrap_or(now).max(args.since);
    let [first, begun, today] = [args.since, begun, now].map(|time| zone.to_datetime(time).date());
    let rows = rules.into_iter().map(|(rule, title)| {
        let mut hits = Days::new();
        for (day, count) in tally.matches.iter().filter(|((of, _), _)| *of == rule).flat_map(|(_, days)| days)
        {
            *hits.entry(*day).or_default() += count;
        }
        let verdicts = verdicts.remove(&rule).unwrap_or_default();
        let mut row = row(rule, title, &hits, &verdicts, first, today);
        let Row { judged, relevant, .. } = row;
        row.warnings = watch::warnings(&hits, Verdicts { judged, relevant }, begun, today);
        row
    });
    let report = Report { since: args.since.to_string(), rules: rows.collect() };
    match args.format {
        Layout::Json => {
            serde_json::to_writer(&mut *out, &report).map_err(std::io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Layout::Text => Ok(draw(&report, args.rule.is_some(), out)?),
    }
}

fn row(
    rule: String,
    title: Option<String>,
    hits: &Days,
    verdicts: &BTreeMap<Date, Verdicts>,
    first: Date,
    today: Date,
) -> Row {
    let mut weeks: BTreeMap<Date, Week> = BTreeMap::new();
    let mut monday = week(today);
    while monday >= week(first) && weeks.len() < MOST {
        weeks.insert(monday, Week { week: monday, hits: 0, judged: 0, relevant: 0, precision: None });
        let Ok(before) = monday.checked_sub(1.week()) else { break };
        monday = before;
    }
    for (day, count) in hits {
        if let Some(found) = weeks.get_mut(&week(*day)) {
            found.hits += count;
        }
    }
    for (day, said) in verdicts {
        if let Some(found) = weeks.get_mut(&week(*day)) {
            found.judged += said.judged;
            found.relevant += said.relevant;
            found.precision = share(found.relevant, found.judged);
        }
    }
    let sum = |of: fn(&Week) -> u64| weeks.values().map(of).sum();
    let (judged, relevant) = (sum(|week| week.judged), sum(|week| week.relevant));
    Row {
        warnings: Vec::new(),
        rule,
        title,
        hits: sum(|week| week.hits),
        judged,
        relevant,
        precision: share(relevant, judged),
        by_week: weeks.into_values().collect(),
    }
}

/// The Monday of a day's week.
fn week(day: Date) -> Date {
    let after = day.weekday().since(Weekday::Monday);
    day.checked_sub(i64::from(after).days()).unwrap_or(day)
}

fn share(relevant: u64, judged: u64) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)] // nobody judges 2⁵² entries
    (judged > 0).then(|| relevant as f64 / judged as f64)
}

fn draw(report: &Report, weekly: bool, out: &mut impl Write) -> std::io::Result<()> {
    let screen = Screen::of_stdout();
    let name = |row: &Row| row.title.clone().unwrap_or_else(|| row.rule.clone());
    let widest = report.rules.iter().map(|row| screen::columns(&name(row))).max().unwrap_or(0);
    let wide = widest.clamp(10, WIDEST);
    let percent =
        |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:.0} %", share * 100.0));
    writeln!(out, "{:wide$} {:>8} {:>8} {:>10}", "RULE", "HITS", "JUDGED", "PRECISION")?;
    for row in &report.rules {
        let cell = screen.cell(&name(row), wide);
        writeln!(out, "{cell} {:>8} {:>8} {:>10}", row.hits, row.judged, percent(row.precision))?;
        for warning in &row.warnings {
            writeln!(out, "  ! {warning}")?;
        }
    }
    if weekly {
        for week in report.rules.iter().flat_map(|row| &row.by_week) {
            let Week { week: day, hits, judged, precision, .. } = week;
            writeln!(out, "{day:<wide$} {hits:>8} {judged:>8} {:>10}", percent(*precision))?;
        }
    }
    Ok(())
}
