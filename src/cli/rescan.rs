//! `rasid rules rescan`: the rules of a config over what is stored already; what they match is kept, and
//! nobody is told, or everybody in one digest.
//!
//! It runs beside a daemon and writes in short transactions. Run again it finds the same and keeps nothing.

use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::period::Period;
use super::sweep::{self, Sweep};
use super::{Exit, Failure, check, progress, search};
use crate::alert::{self, Audience, People};
use crate::clock;
use crate::config;
use crate::daemon::{Findings, Rules};
use crate::rules::Scratch;
use crate::rules::limit::Origin;
use crate::store::sqlite::{Archive, Beside};
use crate::store::{Archived, Late, Numbers};

/// Entries that one transaction holds: the daemon waits for it.
const BATCH: usize = 200;
/// Entries that a digest may tell: they are one transaction, so that they are one message.
const MOST_TOLD: usize = 5_000;

#[derive(Debug, Args)]
pub(super) struct RescanArgs {
    /// The config file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only this rule; may be given again
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    #[command(flatten)]
    period: Period,
    /// Tell subscribers of what is new, all of it in one message each
    #[arg(long)]
    digest: bool,
    /// One JSON object, as where the output is no terminal
    #[arg(long)]
    json: bool,
    /// For people, as on a terminal
    #[arg(long, conflicts_with = "json")]
    text: bool,
}

/// What came of it.
#[derive(Debug, Default, serde::Serialize)]
struct Kept {
    /// Entries of the stretch.
    entries: u64,
    /// Entries with matches that were not stored.
    found: usize,
    /// Matches that are stored now.
    matches: usize,
    /// Alerts that are held now.
    alerts: usize,
}

pub(super) fn run(args: &RescanArgs, out: &mut impl Write) -> Result<(), Failure> {
    let mut config = config::load(&args.config).map_err(|report| check::refused(&report))?.config;
    let severities = alert::severities(&config.matching.rules);
    sweep::keep_rules(&mut config, &args.rule)?;
    if !args.period.is_limited() {
        let message = "say how far back with --since, such as `--since 30d`";
        return Err(Failure::new(Exit::Usage, message));
    }
    let archive = search::open(&config.storage.path)?;
    let stretch = args.period.stretch(None);
    let numbers = archive.numbers(&stretch)?;
    let (entries, _) = archive.count(&stretch)?;
    let stored = stored(&archive, numbers)?;
    let roll = archive.roll()?;
    let people = People::new(&config.subscribers, Arc::new(roll), severities);
    let need = sweep::need(config.matching.rules.iter(), &config.matching.entities);
    let rescan = Rescan {
        rules: Rules::compile(std::mem::take(&mut config.matching)),
        feeds: &config.feeds,
        stored,
        audience: args.digest.then_some(&people.audience),
    };
    let bar = progress::bar(usize::try_from(numbers.last - numbers.first + 1).unwrap_or(0), "entries");
    let sweep = Sweep { database: &config.storage.path, stretch, numbers, need, bar };
    let swept = sweep.run(Swept::default, |swept, entry| rescan.look(swept, entry))?;
    let mut kept = Kept { entries, ..Kept::default() };
    let mut found: Vec<Late> = Vec::new();
    found.extend(swept.into_iter().flat_map(|swept| swept.found));
    kept.found = found.len();
    found.sort_unstable_by_key(|late| late.entry);
    keep(&config.storage.path, &found, args.digest, &mut kept)?;
    if args.text || !args.json && io::stdout().is_terminal() {
        print(&kept, args.digest, out)
    } else {
        serde_json::to_writer(&mut *out, &kept).map_err(io::Error::from)?;
        Ok(writeln!(out)?)
    }
}

/// Which rules are stored for which entries.
fn stored(archive: &Archive, numbers: Numbers) -> Result<HashSet<(i64, String)>, Failure> {
    let mut stored = HashSet::new();
    let all = archive.stored_matches(numbers, |entry, rule| {
        stored.insert((entry, rule.to_owned()));
    });
    all?;
    Ok(stored)
}

struct Rescan<'a> {
    rules: Rules,
    feeds: &'a [config::Feed],
    stored: HashSet<(i64, String)>,
    /// Where somebody is to be told.
    audience: Option<&'a Audience>,
}

#[derive(Default)]
struct Swept {
    found: Vec<Late>,
    scratch: Scratch,
}

impl Rescan<'_> {
    fn look(&self, swept: &mut Swept, entry: &Archived) {
        if !entry.whole {
            return;
        }
        let feed = self.feeds.iter().find(|feed| feed.id == entry.feed);
        let origin = Origin {
            feed: &entry.feed,
            tags: feed.map_or(&[], |feed| &feed.tags),
            language: entry.language.as_deref(),
            title: &entry.title,
            text: &entry.text,
        };
        if self.rules.holding(&origin, &mut swept.scratch).next().is_none() {
            return;
        }
        let Findings { mut matches, entities, .. } = self.rules.findings(&origin, &mut swept.scratch);
        matches.retain(|found| !self.stored.contains(&(entry.id, found.rule.clone())));
        if matches.is_empty() {
            return;
        }
        let rules = matches.iter().map(|found| found.rule.as_str());
        let alerts = self.audience.map(|audience| audience.of(rules)).unwrap_or_default();
        let (title, text) = (entry.title.clone(), entry.text.clone());
        swept.found.push(Late { entry: entry.id, title, text, entities, matches, alerts });
    }
}

fn keep(database: &std::path::Path, found: &[Late], digest: bool, kept: &mut Kept) -> Result<(), Failure> {
    let told = found.iter().filter(|late| !late.alerts.is_empty()).count();
    if told > MOST_TOLD {
        let message = format!(
            "{told} entries are too many for one message; take a shorter --since, or leave --digest away"
        );
        return Err(Failure::new(Exit::Unusable, message));
    }
    let mut beside = Beside::open(database).map_err(|error| Failure::new(Exit::Io, error.to_string()))?;
    let at = clock::now();
    let batch = if digest { found.len().max(1) } else { BATCH };
    for found in found.chunks(batch) {
        let (matches, alerts) = beside.keep_late(found, at)?;
        kept.matches += matches;
        kept.alerts += alerts;
    }
    Ok(())
}

fn print(kept: &Kept, digest: bool, out: &mut impl Write) -> Result<(), Failure> {
    let Kept { entries, found, matches, alerts } = kept;
    writeln!(out, "{entries} entries looked at, {found} of them with something new: {matches} matches kept")?;
    match (digest, alerts) {
        (false, _) => writeln!(out, "nobody is told")?,
        (true, 0) => writeln!(out, "nobody asked for them")?,
        (true, _) => writeln!(out, "{alerts} alerts are held for one message to each subscriber")?,
    }
    Ok(())
}
