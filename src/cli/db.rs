//! `rasid db`: copies of the database, whether it is sound, and the room it takes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{ConfigArg, Exit, Failure, check, progress};
use crate::clock;
use crate::config;
use crate::store::Space;
use crate::store::sqlite::{self, Beside, Checked, OpenError};

#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Copy the database into a file, beside a daemon that may be running
    ///
    /// The copy is of one moment, checked, and one file that stands alone.
    Backup(BackupArgs),
    /// Put a copy in the place of the database; no daemon may be running
    ///
    /// The copy is checked first, and what it replaces is kept beside it. Entries that came after the
    /// copy was made and are still in their feeds are new again, and alert again.
    Restore(RestoreArgs),
    /// Look through the whole database: pages, indexes, references, the index for search
    Check(CheckArgs),
    /// Give free room back to the file system, in short steps beside a daemon that may be running
    Vacuum(VacuumArgs),
}

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Overwrite a file that is there
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The copy
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Another file, such as a copy; that of the config where absent
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct VacuumArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Write the whole file anew, without gaps; no daemon may be running, and as much room again is needed
    #[arg(long)]
    full: bool,
}

pub(super) fn run(command: &DbCommand, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        DbCommand::Backup(args) => backup(args, out),
        DbCommand::Restore(args) => restore(args, out),
        DbCommand::Check(args) => look(args, out),
        DbCommand::Vacuum(args) => vacuum(args, out),
    }
}

fn backup(args: &BackupArgs, out: &mut impl Write) -> Result<(), Failure> {
    let database = database(&args.config)?;
    let bar = progress::bar(100, "% copied");
    #[allow(clippy::cast_sign_loss)] // a share between 0 and 1
    let shown = |share: f64| bar.set_position((share * 100.0) as u64);
    let made = sqlite::back_up(&database, &args.file, args.force, Duration::ZERO, shown);
    bar.finish_and_clear();
    let bytes = made.map_err(|error| refused(&error))?;
    Ok(writeln!(out, "{}: {}, checked", args.file.display(), size(bytes))?)
}

fn restore(args: &RestoreArgs, out: &mut impl Write) -> Result<(), Failure> {
    let database = database(&args.config)?;
    let replaced = sqlite::restore(&database, &args.file, clock::now()).map_err(|error| refused(&error))?;
    writeln!(out, "{} is what {} holds", database.display(), args.file.display())?;
    if let Some(replaced) = replaced {
        writeln!(out, "what it replaced is kept as {}", replaced.display())?;
    }
    Ok(())
}

fn look(args: &CheckArgs, out: &mut impl Write) -> Result<(), Failure> {
    let file = match &args.file {
        Some(file) => file.clone(),
        None => database(&args.config)?,
    };
    // A file that was named is a copy: [storage] has no part in what is wrong with it.
    let told_of = |error: OpenError| if args.file.is_some() { error.of_copy() } else { error };
    let Checked { schema, current, damage, space, rows } =
        sqlite::check(&file).map_err(|error| refused(&told_of(error)))?;
    if let Some(first) = damage.first() {
        for line in &damage {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        let message = match &args.file {
            Some(_) => format!("{}: this copy is damaged ({first}); keep another", file.display()),
            None => format!(
                "{}: the database is damaged ({first}); restore a copy with `rasid db restore`",
                file.display()
            ),
        };
        return Err(Failure::new(Exit::Io, message));
    }
    let older = if current { "" } else { ", which `rasid run` brings forward" };
    writeln!(out, "{}: sound, schema {schema}{older}", file.display())?;
    let rows: Vec<String> = rows.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    writeln!(
        out,
        "{}; {} on the disk, {} of them free",
        rows.join(", "),
        size(space.file),
        size(space.free)
    )?;
    Ok(())
}

fn vacuum(args: &VacuumArgs, out: &mut impl Write) -> Result<(), Failure> {
    let database = database(&args.config)?;
    if args.full {
        let (before, after) = sqlite::rewrite(&database).map_err(|error| refused(&error))?;
        return told(&database, before, after, out);
    }
    let failed = |error: crate::store::Error| Failure::new(Exit::Io, error.to_string());
    let mut beside = Beside::open(&database).map_err(|error| refused(&error))?;
    let before = beside.space().map_err(failed)?;
    let megabytes = |bytes: u64| bytes >> 20;
    let bar = progress::bar(usize::try_from(megabytes(before.free)).unwrap_or(usize::MAX), "MB given back");
    let shrunk = beside.shrink(|space| bar.set_position(megabytes(before.free.saturating_sub(space.free))));
    bar.finish_and_clear();
    if !shrunk.map_err(failed)? {
        let message = format!(
            "{}: an early rasid made this file, and it cannot shrink in steps; stop the daemon and use --full once",
            database.display()
        );
        return Err(Failure::new(Exit::Unusable, message));
    }
    told(&database, before, beside.space().map_err(failed)?, out)
}

fn told(database: &Path, before: Space, after: Space, out: &mut impl Write) -> Result<(), Failure> {
    let (before, after) = (size(before.file), size(after.file));
    Ok(writeln!(out, "{}: {after} on the disk, {before} before", database.display())?)
}

/// Where the config has the database.
fn database(config: &ConfigArg) -> Result<PathBuf, Failure> {
    let loaded = config::load(&config.config).map_err(|report| check::refused(&report))?;
    Ok(loaded.config.storage.path)
}

fn refused(error: &OpenError) -> Failure {
    let exit = match error {
        OpenError::Held { .. } => Exit::Busy,
        OpenError::Missing { .. }
        | OpenError::NoBackup { .. }
        | OpenError::NoDirectory { .. }
        | OpenError::NoTarget { .. } => Exit::NoInput,
        _ => Exit::Io,
    };
    Failure::new(exit, error.to_string())
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}
