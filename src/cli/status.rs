//! `rasid status`: the running daemon on one screen, from what it says of itself and from the database.
//!
//! Nothing is written and nobody is asked: it works beside a daemon that hangs, and where none runs.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::screen::Screen;
use super::{ConfigArg, Exit, Failure, Layout, probe};
use crate::clock;
use crate::daemon::Status;
use crate::logging;
use crate::store::sqlite::{Archive, OpenError};
use crate::store::{Backlog, FeedState};

/// A daemon that writes its status no more does not answer.
const SILENT: SignedDuration = SignedDuration::from_secs(30);

/// Feeds in trouble that are shown.
const SHOWN: usize = 10;

/// The columns of a reason.
const WIDTH: usize = 80;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

/// What is shown.
#[derive(Debug, Serialize)]
struct Shown {
    /// `running`, `silent` (it does not answer) or `stopped`.
    daemon: Daemon,
    /// What a daemon last said of itself.
    says: Option<Status>,
    /// Alerts that no message holds yet.
    held: usize,
    /// Messages that wait, apart from those put off.
    due: usize,
    /// Messages that were put off.
    deferred: usize,
    /// Since when the oldest of both waits.
    oldest: Option<Timestamp>,
    /// Of the config.
    feeds: usize,
    /// Of these, in no order that matters to a program.
    troubled: Vec<Troubled>,
    /// Bytes of the database and of its journal.
    database: [u64; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Daemon {
    Running,
    Silent,
    Stopped,
}

/// A feed that fails or is gone.
#[derive(Debug, Serialize)]
struct Troubled {
    id: String,
    failures: u32,
    reason: String,
    last_success: Option<Timestamp>,
}

pub(super) fn run(args: &StatusArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::load(&args.config.config)?;
    let database = &config.storage.path;
    let now = clock::now();
    let (backlog, states) = stored(database, now)?;
    let says = fs::read(Status::path(database)).ok().and_then(|json| serde_json::from_slice(&json).ok());
    let of_config = |state: &&FeedState| config.feeds.iter().any(|feed| feed.id == state.id);
    let size = |suffix: &str| {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        fs::metadata(file).map_or(0, |about| about.len())
    };
    let shown = Shown {
        daemon: says.as_ref().map_or(Daemon::Stopped, |says| judge(says, now)),
        says,
        held: backlog.held,
        due: backlog.due,
        deferred: backlog.deferred,
        oldest: backlog.oldest,
        feeds: config.feeds.len(),
        troubled: states.iter().filter(of_config).filter_map(troubled).collect(),
        database: [size(""), size("-wal")],
    };
    match args.format {
        Layout::Json => {
            serde_json::to_writer(&mut *out, &shown).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Layout::Text => Ok(draw(&shown, now, out)?),
    }
}

/// What waits, and every feed that was ever polled; nothing where no daemon has run yet.
fn stored(database: &Path, now: Timestamp) -> Result<(Backlog, Vec<FeedState>), Failure> {
    let io = |error: String| Failure::new(Exit::Io, error);
    let archive = match Archive::open(database) {
        Ok(archive) => archive,
        Err(OpenError::Missing { .. } | OpenError::NoDirectory { .. }) => return Ok(Default::default()),
        Err(error) => return Err(io(error.to_string())),
    };
    let backlog = archive.backlog().map_err(|error| io(error.to_string()))?;
    let feeds = archive.feeds(now, Duration::ZERO).map_err(|error| io(error.to_string()))?;
    Ok((backlog, feeds.into_iter().map(|(state, _)| state).collect()))
}

/// A daemon that ends takes its status away; one that was killed leaves it, and a number that is nobody's.
fn judge(says: &Status, now: Timestamp) -> Daemon {
    if !Path::new("/proc").join(says.pid.to_string()).exists() {
        return Daemon::Stopped;
    }
    let fresh = now.duration_since(says.at) <= SILENT && says.unproved <= SILENT.as_secs().unsigned_abs();
    if fresh { Daemon::Running } else { Daemon::Silent }
}

fn troubled(state: &FeedState) -> Option<Troubled> {
    (state.failures > 0 || state.gone).then(|| Troubled {
        id: state.id.clone(),
        failures: state.failures,
        reason: state.error.clone().unwrap_or_default(),
        last_success: state.last_success,
    })
}

fn draw(shown: &Shown, now: Timestamp, out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    let says = shown.says.as_ref();
    match (shown.daemon, says) {
        (Daemon::Running, Some(says)) => writeln!(
            out,
            "daemon    running, version {}, process {}, for {}",
            says.version,
            says.pid,
            long(now, says.started)
        ),
        (Daemon::Silent, Some(says)) => {
            writeln!(
                out,
                "daemon    does not answer: process {} was last well {} ago",
                says.pid,
                long(now, says.at)
            )
        }
        _ => writeln!(out, "daemon    not running"),
    }?;
    writeln!(out, "feeds     {}, {} failing", shown.feeds, shown.troubled.len())?;
    writeln!(out, "alerts    {} held", shown.held)?;
    write!(out, "outbox    {} waiting, {} of them put off", shown.due + shown.deferred, shown.deferred)?;
    match shown.oldest {
        Some(oldest) => writeln!(out, ", the oldest for {}", long(now, oldest))?,
        None => writeln!(out)?,
    }
    if let Some(says) = says.filter(|_| shown.daemon != Daemon::Stopped) {
        match &says.relay {
            Some(reason) => writeln!(out, "relay     cannot be used: {}", screen.text(reason, WIDTH))?,
            None => writeln!(out, "relay     no trouble known")?,
        }
        if let Some((at, problem)) = &says.refused {
            let problem = screen.text(problem, WIDTH);
            writeln!(
                out,
                "config    refused at {}, the one before is in force: {problem}",
                logging::time(*at)
            )?;
        }
    }
    let [file, journal] = shown.database;
    writeln!(out, "database  {}, journal {}", megabytes(file), megabytes(journal))?;
    for feed in shown.troubled.iter().take(SHOWN) {
        let (id, reason) = (screen.text(&feed.id, 30), screen.text(&feed.reason, WIDTH));
        writeln!(out, "  {id}: {reason} ({} in a row)", feed.failures)?;
    }
    if shown.troubled.len() > SHOWN {
        writeln!(out, "  and {} more: rasid feeds list", shown.troubled.len() - SHOWN)?;
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// How long ago, in its two largest units.
fn long(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}
