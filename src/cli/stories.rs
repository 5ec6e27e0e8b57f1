//! `rasid stories`: a stream of entries in, the story of each and what it repeats out, one line each.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::lines::{Id, Lines, Text};
use super::{Failure, lines, open};
use crate::story::{Article, Grouper};

/// What `[stories] window` is by default.
const WINDOW: Duration = Duration::from_hours(72);

#[derive(Debug, Subcommand)]
pub(super) enum StoriesCommand {
    /// Group entries into stories, one JSON object a line, in order of time
    Group(GroupArgs),
}

#[derive(Debug, Args)]
pub(super) struct GroupArgs {
    /// Entries, one `{"id":…,"outlet":…,"published":…,"title":…,"body":…}` a line; standard input where absent or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(command: &StoriesCommand, out: &mut impl Write) -> Result<(), Failure> {
    let StoriesCommand::Group(args) = command;
    let mut lines = Lines::new(open(args.file.as_deref())?);
    let mut grouper = Grouper::new(WINDOW);
    let mut ids: Vec<String> = Vec::new();
    let mut key = 0;
    while let Some((number, line)) = lines.next(out)? {
        let entry: Line<'_> = lines::parse(number, line, out)?;
        let article = Article {
            outlet: &entry.outlet.0,
            time: entry.published,
            title: &entry.title.0,
            body: &entry.body.0,
            names: &[],
        };
        let placement = grouper.place(key, &article);
        ids.push(entry.id.0.into_owned());
        let id_of = |key: i64| usize::try_from(key).ok().and_then(|at| ids.get(at)).map(String::as_str);
        let answer = Answer {
            id: id_of(key).unwrap_or_default(),
            story: id_of(placement.story).unwrap_or_default(),
            copy_of: placement.copy_of.and_then(id_of),
        };
        serde_json::to_writer(&mut *out, &answer).map_err(io::Error::from)?;
        writeln!(out)?;
        key += 1;
    }
    Ok(())
}

/// One entry as it comes.
#[derive(serde::Deserialize)]
#[serde(
    expecting = "an object such as {\"id\":\"1\",\"outlet\":\"…\",\"published\":\"2026-01-31T12:00:00Z\",\"title\":\"…\",\"body\":\"…\"}"
)]
struct Line<'a> {
    #[serde(borrow)]
    id: Id<'a>,
    #[serde(borrow, default)]
    outlet: Text<'a>,
    published: Timestamp,
    #[serde(borrow, default)]
    title: Text<'a>,
    #[serde(borrow, default)]
    body: Text<'a>,
}

/// What is said of it.
#[derive(serde::Serialize)]
struct Answer<'a> {
    id: &'a str,
    story: &'a str,
    copy_of: Option<&'a str>,
}
