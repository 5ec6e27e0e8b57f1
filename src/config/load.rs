//! From a file to its text, and on to what it means.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::problem::{Found, Problems, Span};
use super::report::Report;
use super::{Config, Matching, check};

/// No config is larger; what is was named by mistake. A million rules take some 60 MB.
const LARGEST: u64 = 256 << 20;

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
    read_matching(&bytes(path)?, &path.display().to_string())
}

/// Like [`load`], of bytes at hand; `file` is what reports call them.
pub fn read(bytes: &[u8], file: &str, around: &Surroundings) -> Result<Loaded, Report> {
    let text = text(bytes, file)?;
    let mut problems = Problems::default();
    let config = check::config(text, around, &mut problems);
    let report = Report::new(file, text, problems);
    match config {
        Some(config) => Ok(Loaded { config, warnings: report }),
        None => Err(report),
    }
}

/// Like [`load_matching`], of bytes at hand.
pub fn read_matching(bytes: &[u8], file: &str) -> Result<Matching, Report> {
    let text = text(bytes, file)?;
    let mut problems = Problems::default();
    check::matching(text, &mut problems).ok_or_else(|| Report::new(file, text, problems))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Report> {
    let file = path.display().to_string();
    let cannot = |error: std::io::Error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "name the config with --config FILE",
            std::io::ErrorKind::PermissionDenied => "make it readable by the user that rasid runs as",
            _ => "",
        };
        Report::of_file(
            &file,
            format!("cannot read the config: {error}"),
            Some(hint).filter(|hint| !hint.is_empty()),
        )
    };
    if path.is_dir() {
        let hint = "name the file in it, such as config.toml";
        return Err(Report::of_file(&file, "the config is a directory".into(), Some(hint)));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("this is no config: it is over {} MB", LARGEST >> 20);
        return Err(Report::of_file(&file, message, None));
    }
    Ok(bytes)
}

/// The bytes as text, if they are a text with something in it.
fn text<'b>(bytes: &'b [u8], file: &str) -> Result<&'b str, Report> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let message = "the config is not UTF-8 but UTF-16".to_owned();
        return Err(Report::of_file(file, message, Some("save it as UTF-8")));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (sound, at) = (error.valid_up_to(), error.valid_up_to()..error.valid_up_to());
        let sound = std::str::from_utf8(&bytes[..sound]).unwrap_or_default();
        let hint = "save it as UTF-8; from Windows: iconv -f windows-1256 -t utf-8";
        one(file, sound, &at, "the config is not UTF-8 from here on", hint)
    })?;
    if let Some(at) = text.find('\0') {
        return Err(one(
            file,
            text,
            &(at..at + 1),
            "the config is not a text: it holds a NUL byte",
            "save it as UTF-8",
        ));
    }
    let empty =
        |line: &str| line.trim_start_matches('\u{feff}').trim().is_empty() || line.trim().starts_with('#');
    if text.lines().all(empty) {
        let hint = "begin with the config.toml that comes with rasid";
        return Err(one(file, text, &(0..0), "the config is empty", hint));
    }
    Ok(text)
}

fn one(file: &str, text: &str, span: &Span, message: &str, hint: &str) -> Report {
    Report::new(file, text, Problems::from(Found::at("", span, message).hint(hint)))
}
