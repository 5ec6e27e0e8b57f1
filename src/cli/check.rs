//! `rasid check`: everything that is wrong with a config, before anything is opened.

use std::env;
use std::io::{self, IsTerminal, Write};

use super::{ConfigArg, Exit, Failure};
use crate::config::{self, Config, Report};

pub(super) fn run(args: &ConfigArg, out: &mut impl Write) -> Result<(), Failure> {
    let loaded = config::load(&args.config).map_err(|report| refused(&report))?;
    warn(&loaded.warnings);
    Ok(writeln!(out, "{}: {}", args.config.display(), summary(&loaded.config))?)
}

/// A config that cannot be used, drawn for stderr.
pub(super) fn refused(report: &Report) -> Failure {
    Failure::drawn(Exit::Config, report.draw(colours()))
}

/// Draws warnings on stderr.
pub(super) fn warn(warnings: &Report) {
    // A closed stderr leaves nobody to tell.
    let _ = write!(io::stderr(), "{}", warnings.draw(colours()));
}

/// Colours are for people at a terminal who did not turn them off.
fn colours() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn summary(config: &Config) -> String {
    let count = |number: usize, one: &str, more: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {more}"),
    };
    format!(
        "no errors; {}, {}, {}, {}",
        count(config.feeds.len(), "feed", "feeds"),
        count(config.matching.rules.len(), "rule", "rules"),
        count(config.matching.entities.len(), "entity", "entities"),
        count(config.subscribers.len(), "subscriber", "subscribers"),
    )
}
