//! What is wrong with a config and what it includes, as people and programs read it: problems with their places in, text out.
//!
//! A [`Report`] is made once from the files' texts and keeps only the lines it shows, already
//! without secrets and control characters, so that nothing later can print what it must not.

use std::fmt;

mod draw;
mod line;
mod redact;

use super::problem::{Found, Problems, Span};
use line::{Lines, Shown, harmless};

pub use super::problem::Level;

/// Everything that was noticed, in the order of the files and their lines.
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
    /// The file as it was named, or as an `include` found it.
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

/// A file of a config, and where its text begins in the row of all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Report {
    /// The problems that were found in the texts of `files`, of which there is one at least.
    pub(super) fn new(files: &[File<'_>], problems: Problems) -> Report {
        let (mut found, beyond) = problems.into_parts();
        found.sort_by_key(|problem| (problem.level, problem.span.as_ref().map_or(0, |span| span.start)));
        let places = Places::new(files, &found);
        Report { problems: found.into_iter().map(|found| places.problem(found)).collect(), beyond }
    }

    /// A problem with the file as a whole, of which nothing can be shown.
    pub(super) fn of_file(file: &str, message: String, hint: Option<&str>) -> Report {
        let found = Found { hint: hint.map(Into::into), ..Found::error(message) };
        Report::new(&[File { name: file, text: "", start: 0 }], Problems::from(found))
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
        draw::report(&self.problems, self.beyond, colour, draw::LONGEST)
    }

    /// Draws every problem with its line, however long it gets: for who asked for them all.
    pub fn draw_whole(&self, colour: bool) -> String {
        draw::report(&self.problems, self.beyond, colour, usize::MAX)
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

/// The files with their lines, where something is to be said of them.
struct Places<'a> {
    files: Vec<(File<'a>, Option<Lines<'a>>)>,
}

impl<'a> Places<'a> {
    fn new(files: &[File<'a>], found: &[Found]) -> Places<'a> {
        let mut places = Places { files: files.iter().map(|file| (*file, None)).collect() };
        let mut last = vec![None; files.len()];
        let spans = found.iter().filter_map(|found| found.span.as_ref()).map(|span| span.start);
        for at in spans.chain(found.iter().filter_map(|found| found.earlier)) {
            let file = places.file_of(at);
            last[file] = last[file].max(Some(at - files[file].start));
        }
        for ((file, lines), last) in places.files.iter_mut().zip(last) {
            *lines = last.map(|last| Lines::new(file.text, last));
        }
        places
    }

    fn file_of(&self, at: usize) -> usize {
        self.files.partition_point(|(file, _)| file.start <= at).max(1) - 1
    }

    /// Line and column of a place in its file.
    fn position(&self, at: usize) -> (usize, usize) {
        let (file, lines) = &self.files[self.file_of(at)];
        lines.as_ref().map_or((1, 1), |lines| lines.position(at - file.start))
    }

    fn problem(&self, found: Found) -> Problem {
        let own = found.span.as_ref().map_or(0, |span| self.file_of(span.start));
        let (file, lines) = &self.files[own];
        let local = |span: &Span| span.start - file.start..span.end - file.start;
        let shown = found.span.as_ref().and_then(|span| lines.as_ref()?.show(&local(span)));
        let note = found.earlier.map(|at| {
            let elsewhere = self.file_of(at);
            let line = format!("{} line {}", found.earlier_was, self.position(at).0);
            if elsewhere == own { line } else { format!("{line} of {}", self.files[elsewhere].0.name) }
        });
        Problem {
            level: found.level,
            file: harmless(file.name),
            position: found.span.as_ref().map(|span| self.position(span.start)),
            key: harmless(&found.key),
            message: harmless(&found.message),
            note: note.map(|note| harmless(&note)),
            hint: found.hint.map(|hint| harmless(&hint)),
            shown,
        }
    }
}
