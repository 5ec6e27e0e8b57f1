//! `rasid rules backtest`: a changed config in; what its rules would have matched in the archive out, what
//! that gains and loses against what is stored (or against another config), and how many mails it would have
//! been. Nothing is sent and nothing is written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::period::Period;
use super::sweep::{self, Sweep};
use super::{Failure, check, progress, search};
use crate::config::{self, Config};
use crate::daemon::Rules;
use crate::rules::limit::Origin;
use crate::rules::{Need, Scratch};
use crate::store::sqlite::Archive;
use crate::store::{Archived, Numbers, Stretch};

mod mails;
mod report;

/// Entries of each rule that are shown, of those that it gains, loses and has already.
const SAMPLES: usize = 3;

#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    /// The changed config (TOML); its `[storage]` names the archive
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Compare with the rules of this config instead of what is stored
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Only this rule; may be given again
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    #[command(flatten)]
    period: Period,
    /// One JSON object, as where the output is no terminal
    #[arg(long)]
    json: bool,
    /// For people, as on a terminal
    #[arg(long, conflicts_with = "json")]
    text: bool,
}

pub(super) fn run(args: &BacktestArgs, out: &mut impl Write) -> Result<(), Failure> {
    let mut now = load(&args.config)?;
    let mut before = args.against.as_deref().map(load).transpose()?;
    sweep::keep_rules(&mut now, &args.rule)?;
    if let Some(before) = before.as_mut().filter(|_| !args.rule.is_empty()) {
        before.matching.rules.retain(|rule| args.rule.contains(&rule.id));
    }
    let archive = search::open(&now.storage.path)?;
    let stretch = args.period.stretch(None);
    let numbers = archive.numbers(&stretch)?;
    let mut need = sweep::need(now.matching.rules.iter(), &now.matching.entities);
    if let Some(before) = &before {
        need = need.or(sweep::need(before.matching.rules.iter(), &before.matching.entities));
    }
    let mut ids = Ids::default();
    let (new, old) = (Side::new(&now, &mut ids), before.as_ref().map(|before| Side::new(before, &mut ids)));
    let stored = match &old {
        Some(_) => HashMap::new(),
        None => stored(&archive, numbers, &args.rule, &mut ids)?,
    };
    let bar = progress::bar(usize::try_from(numbers.last - numbers.first + 1).unwrap_or(0), "entries");
    let sweep = Sweep { database: &now.storage.path, stretch: stretch.clone(), numbers, need, bar };
    let known = |entry: &Archived, scratch: &mut Scratch| match &old {
        Some(old) => old.holds(entry, scratch),
        None => stored.get(&entry.id).cloned().unwrap_or_default(),
    };
    let tallies = sweep.run(Tally::default, |tally, entry| {
        tally.look(entry, |scratch| new.holds(entry, scratch), |scratch| known(entry, scratch));
    })?;
    let mut tally = tallies.into_iter().fold(Tally::default(), Tally::with);
    tally.lose(&archive, &stretch, &stored)?;
    let roll = archive.roll()?;
    let mails = mails::compare(&now, before.as_ref(), roll, &ids.names, &mut tally.told);
    let counted = archive.count(&stretch)?;
    let report = report::Report::new(args, &ids.names, counted, &tally, mails);
    if args.text || !args.json && io::stdout().is_terminal() {
        report.print(out)
    } else {
        serde_json::to_writer(&mut *out, &report).map_err(io::Error::from)?;
        Ok(writeln!(out)?)
    }
}

fn load(path: &Path) -> Result<Config, Failure> {
    Ok(config::load(path).map_err(|report| check::refused(&report))?.config)
}

/// The rules of both sides by number: those of the config in its order, then the others.
#[derive(Default)]
struct Ids {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Ids {
    fn number(&mut self, id: &str) -> u32 {
        if let Some(known) = self.numbers.get(id) {
            return *known;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(id.to_owned(), number);
        self.names.push(id.to_owned());
        number
    }
}

/// The rules of a config, and what else decides whom they are for.
struct Side {
    rules: Rules,
    numbers: HashMap<String, u32>,
    tags: HashMap<String, Vec<String>>,
}

impl Side {
    fn new(config: &Config, ids: &mut Ids) -> Side {
        let rules = config.matching.rules.iter();
        let numbers = rules.map(|rule| (rule.id.clone(), ids.number(&rule.id))).collect();
        let tags = config.feeds.iter().map(|feed| (feed.id.clone(), feed.tags.clone())).collect();
        Side { rules: Rules::compile(config.matching.clone()), numbers, tags }
    }

    /// The rules that hold for an entry.
    fn holds(&self, entry: &Archived, scratch: &mut Scratch) -> Vec<u32> {
        let origin = Origin {
            feed: &entry.feed,
            tags: self.tags.get(&entry.feed).map_or(&[], Vec::as_slice),
            language: entry.language.as_deref(),
            title: &entry.title,
            text: &entry.text,
        };
        let found = self.rules.holding(&origin, scratch);
        found.filter_map(|rule| self.numbers.get(rule).copied()).collect()
    }
}

/// What is stored as matches: rules by entry.
fn stored(
    archive: &Archive,
    numbers: Numbers,
    rules: &[String],
    ids: &mut Ids,
) -> Result<HashMap<i64, Vec<u32>>, Failure> {
    let mut stored: HashMap<i64, Vec<u32>> = HashMap::new();
    let all = archive.stored_matches(numbers, |entry, rule| {
        if rules.is_empty() || rules.iter().any(|id| id == rule) {
            stored.entry(entry).or_default().push(ids.number(rule));
        }
    });
    all?;
    Ok(stored)
}

/// What was counted.
#[derive(Default)]
struct Tally {
    /// By rule.
    rules: BTreeMap<u32, Counts>,
    /// Entries that some rule holds for, or has held for.
    told: Vec<Told>,
    /// Entries with stored matches that were judged.
    met: HashSet<i64>,
    scratch: Scratch,
}

/// What a rule comes to.
#[derive(Default)]
struct Counts {
    all: Day,
    days: BTreeMap<Date, Day>,
    samples: Vec<Sample>,
}

#[derive(Debug, Default, Clone, Copy, serde::Serialize)]
struct Day {
    matched: u64,
    gained: u64,
    lost: u64,
}

/// How an entry stands to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Gained,
    Lost,
    Kept,
}

#[derive(Debug, Clone, serde::Serialize)]
struct Sample {
    change: Change,
    id: i64,
    feed: String,
    title: String,
    url: Option<String>,
    fetched: Timestamp,
}

/// An entry with the rules that hold for it, and those that did.
struct Told {
    at: Timestamp,
    entry: i64,
    now: Vec<u32>,
    before: Vec<u32>,
}

impl Tally {
    fn look(
        &mut self,
        entry: &Archived,
        now: impl FnOnce(&mut Scratch) -> Vec<u32>,
        before: impl FnOnce(&mut Scratch) -> Vec<u32>,
    ) {
        if !entry.whole {
            self.met.insert(entry.id);
            return;
        }
        let (now, before) = (now(&mut self.scratch), before(&mut self.scratch));
        self.add(entry, now, before);
    }

    fn add(&mut self, entry: &Archived, now: Vec<u32>, before: Vec<u32>) {
        if now.is_empty() && before.is_empty() {
            return;
        }
        self.met.insert(entry.id);
        let day = entry.fetched.to_zoned_datetime(TimeZone::system()).date();
        for &rule in &now {
            let change = if before.contains(&rule) { Change::Kept } else { Change::Gained };
            self.rules.entry(rule).or_default().add(entry, day, change);
        }
        for &rule in before.iter().filter(|rule| !now.contains(rule)) {
            self.rules.entry(rule).or_default().add(entry, day, Change::Lost);
        }
        self.told.push(Told { at: entry.fetched, entry: entry.id, now, before });
    }

    /// Adds what is stored of entries that nothing was left to be asked of.
    fn lose(
        &mut self,
        archive: &Archive,
        stretch: &Stretch,
        stored: &HashMap<i64, Vec<u32>>,
    ) -> Result<(), Failure> {
        let mut rest: Vec<i64> = stored.keys().copied().filter(|entry| !self.met.contains(entry)).collect();
        rest.sort_unstable_by(|one, other| other.cmp(one));
        for id in rest {
            let only = Numbers { first: id, last: id };
            let looked = archive.look(&Need::Nothing, stretch, only, |entry| {
                let before = stored.get(&id).cloned().unwrap_or_default();
                self.look(&entry, |_| Vec::new(), |_| before);
                ControlFlow::Continue(())
            });
            looked?;
        }
        Ok(())
    }

    /// Both together.
    fn with(mut self, other: Tally) -> Tally {
        self.told.extend(other.told);
        self.met.extend(other.met);
        for (rule, counts) in other.rules {
            let known = self.rules.entry(rule).or_default();
            known.all.add(counts.all);
            for (day, counted) in counts.days {
                known.days.entry(day).or_default().add(counted);
            }
            known.samples.extend(counts.samples);
            known.choose();
        }
        self
    }
}

impl Day {
    fn add(&mut self, other: Day) {
        self.matched += other.matched;
        self.gained += other.gained;
        self.lost += other.lost;
    }
}

impl Counts {
    fn add(&mut self, entry: &Archived, day: Date, change: Change) {
        let counted = Day {
            matched: u64::from(change != Change::Lost),
            gained: u64::from(change == Change::Gained),
            lost: u64::from(change == Change::Lost),
        };
        self.all.add(counted);
        self.days.entry(day).or_default().add(counted);
        self.samples.push(Sample {
            change,
            id: entry.id,
            feed: entry.feed.clone(),
            title: entry.title.clone(),
            url: entry.url.clone(),
            fetched: entry.fetched,
        });
        if self.samples.len() > 64 * SAMPLES {
            self.choose();
        }
    }

    /// Leaves the newest samples of each change.
    fn choose(&mut self) {
        self.samples.sort_by_key(|sample| (sample.change, std::cmp::Reverse(sample.id)));
        let mut counted: HashMap<u8, usize> = HashMap::new();
        self.samples.retain(|sample| {
            let count = counted.entry(sample.change as u8).or_default();
            *count += 1;
            *count <= SAMPLES
        });
    }
}
