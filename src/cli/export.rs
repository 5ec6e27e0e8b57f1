//! `rasid export`: what matched, as a feed a rule for readers, or as rows for programs and spreadsheets; on stdout
//! or as files for a web server.
//!
//! The database is only read, beside a daemon that may be running.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::{ConfigArg, Exit, Failure, check, period};
use crate::config;
use crate::store::Matched;
use crate::store::sqlite::{Archive, OpenError};

mod atom;
mod channel;
mod rows;
mod shown;

use shown::{Entity, Shown};

/// Entries of a feed, the newest: what a reader that asks once a day will not miss.
const ITEMS: usize = 200;

/// Entries that are read at once.
const PAGE: usize = 200;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// What to write
    #[arg(long, value_enum, default_value_t)]
    format: ExportFormat,
    /// Only what came then or later: `7d`, `12h`, `2026-11-01`
    #[arg(long, value_name = "7d|DATE", value_parser = period::since)]
    since: Option<Timestamp>,
    /// Only this rule, on standard output; rows are of all rules without it
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// One file a rule into this directory
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "rule")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ExportFormat {
    /// RSS 2.0, the newest 200 of a rule
    #[default]
    Rss,
    /// Atom, the newest 200 of a rule
    Atom,
    /// One JSON object a line, all that is stored
    Jsonl,
    /// A table for spreadsheets, all that is stored
    Csv,
}

impl ExportFormat {
    fn extension(self) -> &'static str {
        match self {
            ExportFormat::Rss => "rss",
            ExportFormat::Atom => "atom",
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Csv => "csv",
        }
    }

    fn is_feed(self) -> bool {
        matches!(self, ExportFormat::Rss | ExportFormat::Atom)
    }
}

pub(super) fn run(args: &ExportArgs, out: &mut impl Write) -> Result<(), Failure> {
    if args.format.is_feed() && args.rule.is_none() && args.dir.is_none() {
        let message = "a feed is of one rule: name it with --rule, or write one file a rule with --dir";
        return Err(Failure::new(Exit::Usage, message));
    }
    let settings = Settings::load(&args.config.config)?;
    let rules: Vec<&Rule> = match &args.rule {
        Some(id) => vec![settings.rule(id)?],
        None => settings.rules.iter().collect(),
    };
    let archive = Archive::open(&settings.database).map_err(|error| match error {
        OpenError::Missing { .. } | OpenError::NoDirectory { .. } => {
            Failure::new(Exit::NoInput, error.to_string())
        }
        _ => Failure::new(Exit::Io, error.to_string()),
    })?;
    let source = Source { archive, settings: &settings, since: args.since };
    let Some(directory) = &args.dir else { return source.write(args.format, &rules, out) };
    fs::create_dir_all(directory).map_err(|error| cannot_write(directory, &error))?;
    rules.into_iter().try_for_each(|rule| {
        let file = directory.join(file_name(&rule.id, args.format));
        put(&file, |out| source.write(args.format, &[rule], out))?;
        Ok(writeln!(out, "{}", file.display())?)
    })
}

/// What a config says of the rules to be written.
struct Settings {
    database: PathBuf,
    rules: Vec<Rule>,
    /// What people call a feed, by its id.
    outlets: HashMap<String, String>,
    /// What people call an entity, by its id.
    entities: HashMap<String, Entity>,
}

struct Rule {
    id: String,
    title: String,
}

/// Where entries come from.
struct Source<'a> {
    archive: Archive,
    settings: &'a Settings,
    since: Option<Timestamp>,
}

impl Source<'_> {
    fn write(&self, format: ExportFormat, rules: &[&Rule], out: &mut dyn Write) -> Result<(), Failure> {
        match format {
            ExportFormat::Rss => rules.iter().try_for_each(|rule| {
                let channel = channel::of(&rule.id, &rule.title, &self.newest(rule)?);
                let mut bytes = channel.pretty_write_to(Vec::new(), b' ', 1).map_err(|error| {
                    Failure::new(Exit::Software, format!("cannot write rule {}: {error}", rule.id))
                })?;
                bytes.push(b'\n');
                Ok(out.write_all(&bytes)?)
            }),
            ExportFormat::Atom => rules.iter().try_for_each(|rule| {
                Ok(out.write_all(&atom::of(&rule.id, &rule.title, &self.newest(rule)?)?)?)
            }),
            ExportFormat::Jsonl => rules
                .iter()
                .try_for_each(|rule| self.each(rule, usize::MAX, |entry| rows::json(out, rule, &entry))),
            ExportFormat::Csv => {
                let mut table = rows::Table::begin(out)?;
                for rule in rules {
                    self.each(rule, usize::MAX, |entry| table.row(rule, &entry))?;
                }
                table.end()
            }
        }
    }

    fn newest(&self, rule: &Rule) -> Result<Vec<Shown>, Failure> {
        let mut entries = Vec::new();
        self.each(rule, ITEMS, |entry| {
            entries.push(entry);
            Ok(())
        })?;
        Ok(entries)
    }

    /// The matches of a rule, newest first, a page at a time.
    fn each(
        &self,
        rule: &Rule,
        limit: usize,
        mut take: impl FnMut(Shown) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (mut before, mut taken) = (None, 0);
        loop {
            let page = self
                .archive
                .matches(&rule.id, before, PAGE)
                .map_err(|error| Failure::new(Exit::Io, error.to_string()))?;
            let Some(last) = page.last() else { return Ok(()) };
            before = Some(last.id);
            let wanted = |entry: &Matched| self.since.is_none_or(|since| entry.fetched >= since);
            // What is further back is older, unless a clock was wrong for a while.
            if !page.iter().any(wanted) {
                return Ok(());
            }
            for entry in page.into_iter().filter(wanted) {
                if taken == limit {
                    return Ok(());
                }
                taken += 1;
                take(self.shown(entry))?;
            }
        }
    }

    fn shown(&self, entry: Matched) -> Shown {
        let named = self.settings.outlets.get(&entry.feed).or(entry.feed_title.as_ref());
        let outlet = named.unwrap_or(&entry.feed).clone();
        Shown::of(entry, &outlet, |id| self.settings.entities.get(id).cloned())
    }
}

/// Replaces a file whole, so that who reads it at that moment reads the old or the new one.
fn put(file: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(".new");
    let refused = |error: io::Error| cannot_write(file, &error);
    let mut out = BufWriter::new(File::create(&aside).map_err(refused)?);
    write(&mut out)?;
    out.flush().and_then(|()| fs::rename(&aside, file)).map_err(refused)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Io, format!("cannot write {}: {error}", path.display()))
}

/// A name for a rule's file: its id, with what means something in a path or a URL as `%2F`.
fn file_name(rule: &str, format: ExportFormat) -> String {
    let mut name = String::new();
    for (place, letter) in rule.char_indices() {
        let plain = letter.is_alphanumeric() || matches!(letter, '-' | '_') || (letter == '.' && place > 0);
        if plain {
            name.push(letter);
        } else {
            name.extend(letter.to_string().bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    format!("{name}.{}", format.extension())
}

impl Settings {
    /// Reads what is needed of a config.
    fn load(path: &Path) -> Result<Settings, Failure> {
        let config = config::load(path).map_err(|report| check::refused(&report))?.config;
        let rules = config.matching.rules.into_iter();
        let entity = |entity: crate::rules::Entity| {
            let name = entity.names.first()?.written().trim_start_matches('=').to_owned();
            Some((entity.id, Entity { name, wikidata: entity.wikidata }))
        };
        Ok(Settings {
            database: config.storage.path,
            rules: rules
                .map(|rule| Rule { title: rule.title.unwrap_or_else(|| rule.id.clone()), id: rule.id })
                .collect(),
            entities: config.matching.entities.into_iter().filter_map(entity).collect(),
            outlets: config.feeds.into_iter().filter_map(|feed| Some((feed.id, feed.title?))).collect(),
        })
    }

    fn rule(&self, id: &str) -> Result<&Rule, Failure> {
        self.rules.iter().find(|rule| rule.id == id).ok_or_else(|| {
            let ids: Vec<_> = self.rules.iter().take(20).map(|rule| rule.id.as_str()).collect();
            Failure::new(Exit::Usage, format!("the config has no rule `{id}`; it has {}", ids.join(", ")))
        })
    }
}
