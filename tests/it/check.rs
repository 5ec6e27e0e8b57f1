//! `rasid check`: what is refused, and how it is said.
//!
//! The broken configs in `fixtures/config/` say themselves what is expected: `#~ KEY: words` stands
//! on the line of a problem (`-` for no key), with a `^` for each line that the problem is further up. A file holds
//! all the errors that it is to be refused for, and no others.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::program::{Ended, run};

mod accepted;
mod documented;
mod drawn;
mod hostile;
mod included;
mod linted;
mod templates;

/// What a config needs to be complete; added where a fixture does not speak of it.
const STORAGE: &str = "\n[storage]\npath = \"rasid.db\"\n";
const SMTP: &str = "\n[smtp]\nurl = \"file:outbox\"\nfrom = \"rasid@example.org\"\n";

/// A problem as the program names it: line, key, words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    line: usize,
    key: String,
    words: String,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/config")
}

/// Writes `config` into a directory of its own and checks it.
fn check(config: &[u8]) -> Ended {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config.toml");
    fs::write(&file, config).expect("the config is written");
    run(&["check", "--config", &file.display().to_string()], b"")
}

/// A config that is complete but for what `part` says.
fn completed(part: &str) -> String {
    let alone = part.starts_with("# alone");
    let storage = if alone || part.contains("[storage") { "" } else { STORAGE };
    let smtp = if alone || part.contains("[smtp") { "" } else { SMTP };
    format!("{part}{storage}{smtp}")
}

/// The errors in a report.
#[track_caller]
fn errors(report: &str) -> Vec<Named> {
    problems(report, "error")
}

/// The problems of a level in a report: `error[KEY]: words`, then `--> file:line:column`.
#[track_caller]
fn problems(report: &str, level: &str) -> Vec<Named> {
    let mut lines = report.lines().peekable();
    let mut errors = Vec::new();
    while let Some(line) = lines.next() {
        let Some(title) = line.strip_prefix(level) else { continue };
        let place = lines.peek().and_then(|place| place.trim().strip_prefix("--> "));
        let place = place.unwrap_or_else(|| panic!("no place under {line:?} in:\n{report}"));
        let line = place.rsplit(':').nth(1).and_then(|line| line.parse().ok());
        let line = line.unwrap_or_else(|| panic!("no line in {place:?} in:\n{report}"));
        let (key, words) = match title.strip_prefix('[').and_then(|title| title.split_once("]: ")) {
            Some((key, words)) => (key.to_owned(), words.to_owned()),
            None => (String::new(), title.trim_start_matches(": ").to_owned()),
        };
        errors.push(Named { line, key, words });
    }
    errors
}

/// What a fixture expects.
#[track_caller]
fn expected(fixture: &str) -> Vec<Named> {
    let mut expected = Vec::new();
    for (index, line) in fixture.lines().enumerate() {
        for marker in line.split("#~").skip(1) {
            let up = marker.chars().take_while(|c| *c == '^').count();
            let marker = marker[up..].trim();
            let (key, words) = marker.split_once(": ").unwrap_or((marker.trim_end_matches(':'), ""));
            let key = if key == "-" { "" } else { key };
            expected.push(Named {
                line: index + 1 - up,
                key: key.to_owned(),
                words: words.trim().to_owned(),
            });
        }
    }
    expected.sort();
    expected
}

/// Every error that is expected and no other, each with its key and line; else what is wrong with the fixture.
fn check_fixture(file: &Path) -> Result<(), String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fixture = fs::read_to_string(file).expect("the fixture is read");
    let expected = expected(&fixture);
    let ended = check(completed(&fixture).as_bytes());
    let fails = |why: &str| Err(format!("{name} {why}: {} {}\n{}", ended.code, ended.stdout, ended.stderr));
    if expected.is_empty() {
        return fails("expects nothing");
    }
    if ended.code != 78 || !ended.stdout.is_empty() {
        return fails("is not refused");
    }
    if ended.stderr.contains("panicked") {
        return fails("makes it panic");
    }
    if ended.stderr.contains("hunter2") {
        return fails("shows a secret");
    }
    let mut errors = errors(&ended.stderr);
    errors.sort();
    let as_expected = expected.len() == errors.len()
        && expected.iter().zip(&errors).all(|(expected, error)| {
            expected.line == error.line && expected.key == error.key && error.words.contains(&expected.words)
        });
    if as_expected { Ok(()) } else { fails(&format!("expects {expected:#?}")) }
}

#[track_caller]
fn check_fixtures(directory: &str) {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures().join(directory))
        .expect("there are fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    assert!(files.len() > 5, "there are fixtures in {directory}");
    let failed: Vec<String> = files.iter().filter_map(|file| check_fixture(file).err()).collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), files.len(), failed.join("\n"));
}

#[test]
fn broken_syntax_is_refused() {
    check_fixtures("syntax");
}

#[test]
fn unknown_keys_and_wrong_types_are_refused() {
    check_fixtures("keys");
}

#[test]
fn values_that_mean_nothing_are_refused() {
    check_fixtures("values");
}

#[test]
fn contradictions_and_names_of_nothing_are_refused() {
    check_fixtures("references");
}

#[test]
fn what_the_rules_refuse_is_refused_at_its_place() {
    check_fixtures("rules");
}
