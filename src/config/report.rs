//! What is wrong with a config, as people and programs read it: problems with their places in, text out.
//!
//! A [`Report`] is made once from the file's text and keeps only the lines it shows, already
//! without secrets and control characters, so that nothing later can print what it must not.

use std::fmt;

mod draw;
mod line;
mod redact;

use super::problem::{Found, Problems};
use line::{Lines, Shown, harmless};

pub use super::problem::Level;

/// Everything that was noticed about one file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    problems: Vec<Problem>,
    /// How many more there were than are kept.
    beyond: usize,
}

/// One thing that is wrong, or worth a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether the config can be used all the same.
    pub level: Level,
    /// The file as it was named.
    pub file: String,
    /// Line and column from 1, the column in characters; absent where the file as a whole is meant.
    pub position: Option<(usize, usize)>,
    /// The key's dotted path, such as `feeds.ina.interval`; empty where no key is meant.
    pub key: String,
    /// What happened, in one line.
    pub message: String,
    /// What else helps to understand it.
    pub note: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// The line, as it may be shown.
    shown: Option<Shown>,
}

impl Report {
    /// The problems that were found in `text`, which `file` names.
    pub(super) fn new(file: &str, text: &str, problems: Problems) -> Report {
        let (mut found, beyond) = problems.into_parts();
        found.sort_by_key(|problem| (problem.level, problem.span.as_ref().map_or(0, |span| span.start)));
        let last = found.iter().filter_map(|problem| problem.span.as_ref()).map(|span| span.start).max();
        let lines = Lines::new(text, last.unwrap_or_default());
        Report { problems: found.into_iter().map(|found| problem(file, &lines, found)).collect(), beyond }
    }

    /// A problem with the file as a whole, of which nothing can be shown.
    pub(super) fn of_file(file: &str, message: String, hint: Option<&str>) -> Report {
        Report::new(file, "", Problems::from(Found { hint: hint.map(Into::into), ..Found::error(message) }))
    }

    /// Errors first, then warnings, each in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Draws every problem with its line, in under 6,000 characters (colours not counted).
    ///
    /// Where they are many, the last ones are one line each; where even that is too long, the rest is a number.
    pub fn draw(&self, colour: bool) -> String {
        draw::report(&self.problems, self.beyond, colour)
    }
}

/// Without colours.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.draw(false))
    }
}

impl std::error::Error for Report {}

/// One line, as a log has it: `config.toml:3:12: feeds.ina.interval: what happened; what to do`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some((line, column)) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

fn problem(file: &str, lines: &Lines<'_>, found: Found) -> Problem {
    let shown = found.span.as_ref().and_then(|span| lines.show(span));
    Problem {
        level: found.level,
        file: harmless(file),
        position: found.span.as_ref().map(|span| lines.position(span.start)),
        key: harmless(&found.key),
        message: harmless(&found.message),
        note: found.earlier.map(|at| format!("{} line {}", found.earlier_was, lines.position(at).0)),
        hint: found.hint.map(|hint| harmless(&hint)),
        shown,
    }
}
