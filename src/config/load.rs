//! From a file to its text, and on to what it means.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::check::{self, Eye};
use super::include::{self, Source};
use super::problem::{Found, Problems, Span};
use super::report::{File, Report};
use super::{Config, Matching};

/// No config is larger; what is was named by mistake. A million rules take some 60 MB.
pub(super) const LARGEST: u64 = 256 << 20;

/// A config that can be used, and what about it deserves a look.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// As meant.
    pub config: Config,
    /// Warnings only; empty where all is well.
    pub warnings: Report,
}

/// What a config means beside its text.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The directory that relative paths start from.
    pub base: PathBuf,
    /// Where the service manager keeps the credentials it hands over (`$CREDENTIALS_DIRECTORY`).
    pub credentials: Option<PathBuf>,
    /// Whether every user of the machine can read the config.
    pub exposed: bool,
}

/// Reads a whole config for `run` and `check`.
pub fn load(path: &Path) -> Result<Loaded, Report> {
    let bytes = bytes(path)?;
    let around = Surroundings {
        base: path.parent().map(Path::to_path_buf).unwrap_or_default(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        exposed: check::is_exposed(path),
    };
    read(&bytes, &path.display().to_string(), &around)
}

/// Reads rules and entities alone, for `match`; other sections may be absent and are not checked.
pub fn load_matching(path: &Path) -> Result<Matching, Report> {
    let base = path.parent().unwrap_or(Path::new(""));
    read_matching(&bytes(path)?, &path.display().to_string(), base)
}

/// What deserves a look in the rules and entities of a config: warnings alone; with `pedantic` also
/// what is only good manners.
pub fn lint(path: &Path, pedantic: bool) -> Result<Report, Report> {
    let (bytes, file) = (bytes(path)?, path.display().to_string());
    let text = text(&bytes, &file)?;
    let mut problems = Problems::default();
    let included = include::sources(text, path, path.parent().unwrap_or(Path::new("")), &mut problems);
    let eye = if pedantic { Eye::Pedantic } else { Eye::Open };
    let sound = check::matching(text, &included, eye, &mut problems).is_some();
    let report = Report::new(&files(&file, text, &included), problems);
    if sound { Ok(report) } else { Err(report) }
}

/// Like [`load`], of bytes at hand; `file` is what reports call them. The files that it includes are read.
pub fn read(bytes: &[u8], file: &str, around: &Surroundings) -> Result<Loaded, Report> {
    let text = text(bytes, file)?;
    let mut problems = Problems::default();
    let included = include::sources(text, Path::new(file), &around.base, &mut problems);
    let mut named = Vec::new();
    let config = check::config(text, &included, &mut named, around, &mut problems);
    let all: Vec<Source> = included.into_iter().chain(named).collect();
    let report = Report::new(&files(file, text, &all), problems);
    match config {
        Some(config) => Ok(Loaded { config, warnings: report }),
        None => Err(report),
    }
}

/// Like [`load_matching`], of bytes at hand; what it includes is looked for from the folder `base` on.
pub fn read_matching(bytes: &[u8], file: &str, base: &Path) -> Result<Matching, Report> {
    let text = text(bytes, file)?;
    let mut problems = Problems::default();
    let included = include::sources(text, Path::new(file), base, &mut problems);
    check::matching(text, &included, Eye::Closed, &mut problems)
        .ok_or_else(|| Report::new(&files(file, text, &included), problems))
}

/// The config and what it includes, as a report looks them up.
fn files<'f>(file: &'f str, text: &'f str, included: &'f [Source]) -> Vec<File<'f>> {
    let own = File { name: file, text, start: 0 };
    let others = included.iter();
    let others = others.map(|source| File { name: &source.file, text: &source.text, start: source.start });
    std::iter::once(own).chain(others).collect()
}

fn bytes(path: &Path) -> Result<Vec<u8>, Report> {
    let file = path.display().to_string();
    if path.is_dir() {
        let hint = "name the file in it, such as config.toml";
        return Err(Report::of_file(&file, "the config is a directory".into(), Some(hint)));
    }
    at_most(path, LARGEST).map_err(|message| {
        let hint = if path.exists() { what_to_do(path) } else { Some("name the config with --config FILE") };
        Report::of_file(&file, format!("cannot read the config: {message}"), hint)
    })
}

/// All of a file, unless it is larger than that.
pub(super) fn at_most(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(largest + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(error.to_string()),
        Ok(_) if bytes.len() as u64 > largest => Err(format!("no config is over {} MB", LARGEST >> 20)),
        Ok(_) => Ok(bytes),
    }
}

/// What to do about a file that cannot be read.
pub(super) fn what_to_do(path: &Path) -> Option<&'static str> {
    match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Some("make it readable by the user that rasid runs as")
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some("paths start from the folder of the config")
        }
        Ok(_) if path.is_dir() => Some("a folder is written as \"folder/*.toml\""),
        _ => None,
    }
}

/// The bytes as text, if they are a text with something in it.
fn text<'b>(bytes: &'b [u8], file: &str) -> Result<&'b str, Report> {
    let refused = |unfit: Unfit<'_>| {
        let found = Found::at("", &unfit.span, unfit.message).hint(unfit.hint);
        Report::new(&[File { name: file, text: unfit.text, start: 0 }], Problems::from(found))
    };
    let text = decoded(bytes).map_err(refused)?;
    let empty =
        |line: &str| line.trim_start_matches('\u{feff}').trim().is_empty() || line.trim().starts_with('#');
    if text.lines().all(empty) {
        let hint = "begin with the config.toml that comes with rasid";
        return Err(refused(Unfit { text, span: 0..0, message: "the config is empty", hint }));
    }
    Ok(text)
}

/// What is no text: how far it is one, where it ends, and what to say.
pub(super) struct Unfit<'b> {
    pub(super) text: &'b str,
    pub(super) span: Span,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

/// The bytes as text, if they are one.
pub(super) fn decoded(bytes: &[u8]) -> Result<&str, Unfit<'_>> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let message = "the config is not UTF-8 but UTF-16";
        return Err(Unfit { text: "", span: 0..0, message, hint: "save it as UTF-8" });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Unfit {
            text: std::str::from_utf8(&bytes[..at]).unwrap_or_default(),
            span: at..at,
            message: "the config is not UTF-8 from here on",
            hint: "save it as UTF-8; from Windows: iconv -f windows-1256 -t utf-8",
        }
    })?;
    match text.find('\0') {
        Some(at) => Err(Unfit {
            text,
            span: at..at + 1,
            message: "the config is not a text: it holds a NUL byte",
            hint: "save it as UTF-8",
        }),
        None => Ok(text),
    }
}
