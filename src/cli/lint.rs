//! `rasid rules lint`: what deserves a look in the rules of a config, drawn as `check` draws.
//!
//! Warnings are the answer and go to standard output; they are guesses, so the exit code stays 0.

use std::io::Write;

use super::excerpt::Look;
use super::{Failure, LintArgs, check};
use crate::config;

pub(super) fn run(args: &LintArgs, out: &mut impl Write) -> Result<(), Failure> {
    let path = &args.config.config;
    let report = config::lint(path, args.pedantic).map_err(|report| check::refused(&report))?;
    write!(out, "{}", report.draw_whole(Look::of_stdout() == Look::Colour))?;
    let said = match report.problems().len() {
        0 => "nothing to say".to_owned(),
        1 => "1 warning".to_owned(),
        more => format!("{more} warnings"),
    };
    Ok(writeln!(out, "{}: {said}", path.display())?)
}
