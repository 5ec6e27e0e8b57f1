//! `include`: the patterns of a config in, the texts of the files they name out.
//!
//! A file holds rules and entities alone and includes no other, so that nothing goes in circles. All
//! texts share one row of bytes: each begins where the one before it ends and a byte more, and a
//! place in that row is a place in one file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use toml::Spanned;
use toml::de::DeValue;

use super::document::{self, Text, Written, shifted};
use super::load;
use super::problem::{Found, Problems, Span};
use super::table::Kind;

/// Files that one config may be spread over.
const MOST: usize = 1_000;

/// A file's text with its place in the row of all of them.
#[derive(Debug)]
pub(super) struct Source {
    /// As reports call it.
    pub(super) file: String,
    pub(super) text: String,
    /// Where it begins.
    pub(super) start: usize,
    /// Whether the text is all of the file, fit to be read.
    pub(super) whole: bool,
}

/// The files that a config includes, in order, each once. What is wrong is a problem of the pattern.
pub(super) fn sources(text: &str, config: &Path, base: &Path, problems: &mut Problems) -> Vec<Source> {
    let Some((value, offset)) = document::top(text, "include") else { return Vec::new() };
    // The types of what is written there are judged with everything else.
    let patterns = patterns(value, offset, &mut Problems::default());
    let mut reading = Reading {
        config: config.canonicalize().ok(),
        base,
        seen: HashSet::new(),
        sources: Vec::new(),
        end: text.len() + 1,
        left: load::LARGEST.saturating_sub(text.len() as u64),
        problems,
    };
    for (index, pattern) in patterns.iter().enumerate() {
        reading.pattern(index, pattern);
    }
    reading.sources
}

/// The patterns as written.
pub(super) fn patterns<'a>(
    value: Spanned<DeValue<'a>>,
    offset: usize,
    problems: &mut Problems,
) -> Vec<Text<'a>> {
    let span = shifted(&value.span(), offset);
    let items = match value.into_inner() {
        DeValue::Array(items) => items,
        other => {
            problems.push(Kind::List(&Kind::Text).mismatch(&other).at("include", &span));
            return Vec::new();
        }
    };
    let mut patterns = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let span = shifted(&item.span(), offset);
        let wrong = match item.into_inner() {
            DeValue::String(value) => match Kind::Text.refuses(&value) {
                None => {
                    patterns.push(Written { value, span });
                    continue;
                }
                Some(wrong) => wrong,
            },
            other => Kind::Text.mismatch(&other),
        };
        problems.push(wrong.at(key(index), &span));
    }
    patterns
}

struct Reading<'r> {
    config: Option<PathBuf>,
    base: &'r Path,
    seen: HashSet<PathBuf>,
    sources: Vec<Source>,
    /// Where the next text begins.
    end: usize,
    /// Bytes that may still be read.
    left: u64,
    problems: &'r mut Problems,
}

impl Reading<'_> {
    fn pattern(&mut self, index: usize, written: &Text<'_>) {
        let pattern = written.value.trim();
        let wrong = |message: String, hint: &str| Found::at(key(index), &written.span, message).hint(hint);
        let found = if pattern.is_empty() {
            wrong("the pattern is empty".to_owned(), "name a file, or write \"rules/*.toml\"")
        } else if pattern.contains("**") {
            wrong("`**` would look into every folder".to_owned(), "name the folder: \"rules/*.toml\"")
        } else if !pattern.contains(['*', '?', '[']) {
            return self.file(index, &written.span, &self.base.join(pattern), true);
        } else {
            match self.files(pattern) {
                Ok(files) if files.is_empty() => {
                    let message = format!("no file matches `{pattern}`");
                    let hint = "patterns start from the folder of the config";
                    wrong(message, hint).warning()
                }
                Ok(files) if files.len() > MOST => {
                    wrong(format!("over {MOST} files match `{pattern}`"), "put the rules into fewer files")
                }
                Ok(files) => {
                    for file in files {
                        self.file(index, &written.span, &file, false);
                    }
                    return;
                }
                Err(message) => {
                    wrong(message, "`*` and `?` stand for letters of a file's name, `[ab]` for one of some")
                }
            }
        };
        self.problems.push(found);
    }

    /// The files that a pattern names, by name; folders are none.
    fn files(&self, pattern: &str) -> Result<Vec<PathBuf>, String> {
        let options = MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        // A folder may be called `[x]`: only what was written is a pattern.
        let base = Pattern::escape(&self.base.to_string_lossy());
        let whole = Path::new(&base).join(pattern);
        let paths = glob::glob_with(&whole.to_string_lossy(), options)
            .map_err(|error| format!("`{pattern}` is no pattern: {}", error.msg))?;
        let mut files = Vec::new();
        for path in paths.take(MOST * 10) {
            let path = path
                .map_err(|error| format!("cannot look into {}: {}", error.path().display(), error.error()))?;
            if !path.is_dir() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// Reads one file; `named` says that it was meant by its name.
    fn file(&mut self, index: usize, span: &Span, path: &Path, named: bool) {
        let file = path.display().to_string();
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if self.config.as_ref() == Some(&real) {
            if named {
                let found = Found::at(key(index), span, "the config cannot include itself");
                self.problems.push(found.hint("name files that hold rules and entities alone"));
            }
            return;
        }
        if !self.seen.insert(real) {
            return;
        }
        // What is no file, such as a pipe, might never end.
        let read = match path.metadata() {
            Ok(metadata) if metadata.is_dir() => Err("it is a folder".to_owned()),
            Ok(metadata) if !metadata.is_file() => Err("it is no file".to_owned()),
            _ => load::at_most(path, self.left),
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(message) => {
                let found = Found::at(key(index), span, format!("cannot read {file}: {message}"));
                self.problems.push(found.maybe_hint(load::what_to_do(path).map(Into::into)));
                return;
            }
        };
        self.left -= bytes.len() as u64;
        let start = self.end;
        let (text, whole) = match load::decoded(&bytes) {
            Ok(text) => (text, true),
            Err(unfit) => {
                let place = start + unfit.span.start..start + unfit.span.end;
                self.problems.push(Found::at("", &place, unfit.message).hint(unfit.hint));
                (unfit.text, false)
            }
        };
        self.end += text.len() + 1;
        self.sources.push(Source { file, text: text.to_owned(), start, whole });
    }
}

fn key(index: usize) -> String {
    format!("include[{index}]")
}
