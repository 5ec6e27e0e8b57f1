//! `rasid search`: a query in the language of the rules in, the stored entries for which it holds out, the
//! newest first.
//!
//! The database is only read, beside a daemon that may be running. The index says which entries may be
//! meant; whether they are is said by the rules' own evaluator, so that a search and a rule never disagree.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anstyle::Style;
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::excerpt::{self, Look, isolated, left_to_right};
use super::period::{self, Period};
use super::{Exit, Failure, check, try_query};
use crate::config::{self, Config};
use crate::rules::{Condition, Document, Field, Need, Rule, RuleSet, Scratch, Span, Within};
use crate::store::Archived;
use crate::store::sqlite::{Archive, OpenError};

/// Sentences of an entry that are shown to people.
const SENTENCES: usize = 3;

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// In the query language of the rules, such as 'سحب NEAR/3 القوات'; `@id` is an entity of the config
    #[arg(value_name = "QUERY")]
    query: String,
    /// The config file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    period: Period,
    /// Only entries of this feed
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// So many entries at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// One JSON object a line, as where the output is no terminal
    #[arg(long)]
    json: bool,
    /// For people, as on a terminal
    #[arg(long, conflicts_with = "json")]
    text: bool,
}

pub(super) fn run(args: &SearchArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = config::load(&args.config).map_err(|report| check::refused(&report))?.config;
    let condition = condition(&args.query, &config)?;
    let archive = open(&config.storage.path)?;
    if let Some(feed) = &args.feed {
        known(feed, &config, &archive)?;
    }
    let need = Need::of(&condition, &config.matching.entities);
    let rules = RuleSet::compile(&[Rule::new("query", condition)], &config.matching.entities);
    let stretch = args.period.stretch(args.feed.clone());
    let outlets = outlets(&config);
    let as_text = args.text || !args.json && io::stdout().is_terminal();
    let mut printer =
        Printer { rules: &rules, outlets: &outlets, look: Look::of_stdout(), as_text, found: 0 };
    let mut scratch = Scratch::default();
    let mut printed = Ok(());
    let numbers = archive.numbers(&stretch)?;
    let looked = archive.look(&need, &stretch, numbers, |entry| {
        let found = rules.find(Document { title: &entry.title, body: &entry.text }, &mut scratch);
        let Some((_, spans)) = found.iter().next() else { return ControlFlow::Continue(()) };
        printed = printer.print(&entry, spans, out);
        let enough = args.limit > 0 && printer.found >= args.limit;
        if printed.is_err() || enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    printed?;
    looked?;
    if as_text && printer.found == 0 {
        writeln!(out, "nothing matches")?;
    }
    Ok(())
}

/// What a query asks for, with every entity that it names in the config.
fn condition(query: &str, config: &Config) -> Result<Condition, Failure> {
    let condition = Condition::from_query(query, Within::Document)
        .map_err(|problems| Failure::drawn(Exit::Usage, try_query::draw(query, &problems)))?;
    let is_known = |id: &str| config.matching.entities.iter().any(|entity| entity.id == id);
    let unknown = condition.entities().into_iter().find(|(id, _)| !is_known(id));
    match unknown {
        None => Ok(condition),
        Some((id, at)) => {
            let problem = crate::rules::Problem {
                at,
                message: format!("the config has no entity `{id}`"),
                hint: Some("use the `id` of one of its [[entities]], or a name instead".to_owned()),
            };
            Err(Failure::drawn(Exit::Usage, try_query::draw(query, &[problem])))
        }
    }
}

/// The archive in a database.
pub(super) fn open(database: &Path) -> Result<Archive, Failure> {
    Archive::open(database).map_err(|error| match error {
        OpenError::Missing { .. } | OpenError::NoDirectory { .. } => {
            Failure::new(Exit::NoInput, error.to_string())
        }
        _ => Failure::new(Exit::Io, error.to_string()),
    })
}

fn known(feed: &str, config: &Config, archive: &Archive) -> Result<(), Failure> {
    if config.feeds.iter().any(|known| known.id == feed) || archive.knows(feed)? {
        return Ok(());
    }
    let message = format!("no feed is called `{feed}`; the config names its feeds by `id`");
    Err(Failure::new(Exit::Usage, message))
}

/// What people call a feed, by its id.
pub(super) fn outlets(config: &Config) -> HashMap<&str, &str> {
    let named = config.feeds.iter().filter_map(|feed| Some((feed.id.as_str(), feed.title.as_deref()?)));
    named.collect()
}

struct Printer<'a> {
    rules: &'a RuleSet,
    outlets: &'a HashMap<&'a str, &'a str>,
    look: Look,
    as_text: bool,
    found: usize,
}

/// An entry as JSON has it.
#[derive(serde::Serialize)]
struct Hit<'a> {
    id: i64,
    feed: &'a str,
    outlet: &'a str,
    title: &'a str,
    url: Option<&'a str>,
    published: Option<Timestamp>,
    fetched: Timestamp,
    text: &'a str,
    spans: Vec<Place<'a>>,
}

/// As `rasid match` prints it.
#[derive(serde::Serialize)]
struct Place<'a> {
    field: Field,
    start: u32,
    end: u32,
    term: &'a str,
}

impl Printer<'_> {
    fn print(&mut self, entry: &Archived, spans: &[Span], out: &mut impl Write) -> Result<(), Failure> {
        self.found += 1;
        if self.as_text { self.print_text(entry, spans, out) } else { self.print_json(entry, spans, out) }
    }

    fn outlet<'e>(&self, entry: &'e Archived) -> &'e str
    where
        Self: 'e,
    {
        let named = self.outlets.get(entry.feed.as_str()).copied();
        named.or(entry.feed_title.as_deref()).unwrap_or(&entry.feed)
    }

    fn print_json(&self, entry: &Archived, spans: &[Span], out: &mut impl Write) -> Result<(), Failure> {
        let place = |span: &Span| Place {
            field: span.field,
            start: span.start,
            end: span.end,
            term: self.rules.term(span.term),
        };
        let hit = Hit {
            id: entry.id,
            feed: &entry.feed,
            outlet: self.outlet(entry),
            title: &entry.title,
            url: entry.url.as_deref(),
            published: entry.published,
            fetched: entry.fetched,
            text: &entry.text,
            spans: spans.iter().map(place).collect(),
        };
        serde_json::to_writer(&mut *out, &hit).map_err(io::Error::from)?;
        Ok(writeln!(out)?)
    }

    /// When and where, the title, the sentences with their words marked, the address.
    fn print_text(&self, entry: &Archived, spans: &[Span], out: &mut impl Write) -> Result<(), Failure> {
        if self.found > 1 {
            writeln!(out)?;
        }
        let at = period::shown(entry.fetched, &TimeZone::system());
        writeln!(
            out,
            "{}",
            self.look.paint(Style::new().dimmed(), &format!("{at}  {}", isolated(self.outlet(entry))))
        )?;
        let document = Document { title: &entry.title, body: &entry.text };
        let places: Vec<_> = spans.iter().map(|span| (span.field, span.start, span.end)).collect();
        let mut marked = excerpt::marked(document, &places, self.look).into_iter().peekable();
        let title = match marked.next_if(|sentence| sentence.field == Field::Title) {
            Some(title) => title.text,
            None => isolated(&entry.title),
        };
        writeln!(out, "{}", self.look.paint(Style::new().bold(), &title))?;
        for sentence in marked.by_ref().take(SENTENCES) {
            writeln!(out, "  {}", sentence.text)?;
        }
        match marked.count() {
            0 => {}
            1 => writeln!(out, "  … and one sentence more")?,
            more => writeln!(out, "  … and {more} sentences more")?,
        }
        if let Some(url) = &entry.url {
            writeln!(out, "  {}", left_to_right(url))?;
        }
        Ok(())
    }
}
