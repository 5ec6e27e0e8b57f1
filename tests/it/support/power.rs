//! A disk that loses its power: what a program wrote, as strace saw it, in; the files as they may be found
//! afterwards out. What was synced is there; of what was not, any part may be, and the rest is as before.
//!
//! Names are files' own affair: one that was made, moved or removed is so for good only when its directory
//! was synced, and such changes keep their order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Parts of a write that reach the disk or do not.
const SECTOR: usize = 4096;

/// Something that a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// A file was opened that may not have been there.
    Create(PathBuf),
    /// Bytes went to a place of a file.
    Write(PathBuf, usize, Vec<u8>),
    /// A file was cut, or made longer.
    Cut(PathBuf, usize),
    /// A thread began to sync a file or a directory.
    Syncing(u32, PathBuf),
    /// What that thread began is done.
    Synced(u32),
    /// A file got another name.
    Rename(PathBuf, PathBuf),
    /// A name went.
    Remove(PathBuf),
    /// A file got a further name.
    Link(PathBuf, PathBuf),
    /// A line for people went to stderr.
    Said(String),
}

/// Whether strace is here and may trace.
pub fn can_trace() -> bool {
    Command::new("strace")
        .args(["-f", "-D", "-o", "/dev/null", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

/// The same command, traced into the file at `trace`. Its process is the program's own.
pub fn traced(command: &Command, trace: &Path) -> Command {
    let mut traced = Command::new("strace");
    traced.args(["-D", "-f", "--seccomp-bpf", "-y", "-x", "-s", "100000000", "-o"]).arg(trace).args([
        "-e",
        "trace=openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,link,linkat",
    ]);
    traced.arg(command.get_program()).args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(key, value),
            None => traced.env_remove(key),
        };
    }
    traced
}

/// Whether a trace has come to the program's end.
pub fn is_complete(trace: &Path) -> bool {
    let text = fs::read(trace).unwrap_or_default();
    let tail = &text[text.len().saturating_sub(200)..];
    String::from_utf8_lossy(tail).trim_end().ends_with("+++")
}

/// What a trace says, in the order in which things were done, and whether a write was under way at its end.
pub fn calls(trace: &Path) -> (Vec<Call>, bool) {
    let text = fs::read_to_string(trace).expect("a trace in ASCII");
    let mut begun: BTreeMap<u32, String> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let thread: u32 = thread.parse().expect("a thread");
        let rest = rest.trim_start();
        if let Some(start) = rest.strip_suffix(" <unfinished ...>") {
            calls.extend(sync(thread, start).map(|path| Call::Syncing(thread, path)));
            begun.insert(thread, start.to_owned());
        } else if let Some(end) = rest.strip_prefix("<... ") {
            let start = begun.remove(&thread).unwrap_or_default();
            let end = end.split_once(" resumed>").map_or("", |(_, end)| end);
            let is_sync = sync(thread, &start).is_some();
            let whole = format!("{start}{end}");
            if is_sync && succeeded(&whole).is_some() {
                calls.push(Call::Synced(thread));
            } else if !is_sync {
                calls.extend(call(&whole));
            }
        } else if let Some(path) = sync(thread, rest) {
            if succeeded(rest).is_some() {
                calls.extend([Call::Syncing(thread, path), Call::Synced(thread)]);
            }
        } else {
            calls.extend(call(rest));
        }
    }
    // A kill leaves calls of which nobody knows how they ended.
    let unknown = |line: &str| line.contains("pwrite64") && line.ends_with("= ?");
    let under_way = begun.values().any(|start| start.starts_with("pwrite64(")) || text.lines().any(unknown);
    (calls, under_way)
}

/// The file of `fsync(7</a/file>…`.
fn sync(_: u32, line: &str) -> Option<PathBuf> {
    let arguments = line.strip_prefix("fsync(").or_else(|| line.strip_prefix("fdatasync("))?;
    open_file(arguments).map(|(path, _)| path)
}

/// A call on one line, where it succeeded and is one of those that count.
fn call(line: &str) -> Option<Call> {
    let (name, arguments) = line.split_once('(')?;
    let result = succeeded(line)?;
    match name {
        "openat" => {
            let (path, flags) = quoted(arguments.split_once(", ")?.1)?;
            flags.contains("O_CREAT").then(|| Call::Create(path_of(path)))
        }
        "pwrite64" => {
            let (path, rest) = open_file(arguments)?;
            let (mut bytes, rest) = quoted(rest.strip_prefix(", ")?)?;
            let at = rest.rsplit_once(')')?.0.rsplit_once(", ")?.1.trim().parse().ok()?;
            bytes.truncate(result);
            Some(Call::Write(path, at, bytes))
        }
        "write" => {
            let rest = arguments.strip_prefix("2<")?.split_once(">, ")?.1;
            Some(Call::Said(String::from_utf8_lossy(&quoted(rest)?.0).into_owned()))
        }
        "ftruncate" => {
            let (path, rest) = open_file(arguments)?;
            Some(Call::Cut(path, rest.trim_start_matches(", ").split(')').next()?.trim().parse().ok()?))
        }
        "rename" | "link" => {
            let (from, rest) = quoted(arguments)?;
            let (to, _) = quoted(rest.strip_prefix(", ")?)?;
            let (from, to) = (path_of(from), path_of(to));
            Some(if name == "rename" { Call::Rename(from, to) } else { Call::Link(from, to) })
        }
        "renameat" | "renameat2" | "linkat" => {
            let (from, rest) = quoted(arguments.split_once(", ")?.1)?;
            let (to, _) = quoted(rest.strip_prefix(", ")?.split_once(", ")?.1)?;
            let (from, to) = (path_of(from), path_of(to));
            Some(if name == "linkat" { Call::Link(from, to) } else { Call::Rename(from, to) })
        }
        "unlink" => Some(Call::Remove(path_of(quoted(arguments)?.0))),
        "unlinkat" => Some(Call::Remove(path_of(quoted(arguments.split_once(", ")?.1)?.0))),
        _ => None,
    }
}

/// What a call returned, where that is no error.
fn succeeded(line: &str) -> Option<usize> {
    let result = line.rsplit_once("= ")?.1;
    result.split(['<', ' ']).next()?.parse().ok()
}

/// The path of `7</a/file>`, and what follows.
fn open_file(arguments: &str) -> Option<(PathBuf, &str)> {
    let (_, rest) = arguments.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    path.starts_with('/').then(|| (PathBuf::from(path), rest))
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8(bytes).expect("a path").into()
}

/// The bytes of `"…"` at the start, and what follows.
fn quoted(text: &str) -> Option<(Vec<u8>, &str)> {
    let text = text.strip_prefix('"')?;
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while *bytes.get(at)? != b'"' {
        if bytes[at] != b'\\' {
            found.push(bytes[at]);
            at += 1;
            continue;
        }
        let escape = *bytes.get(at + 1)?;
        at += 2;
        found.push(match escape {
            b'x' => {
                at += 2;
                u8::from_str_radix(text.get(at - 2..at)?, 16).ok()?
            }
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'0'..=b'7' => {
                let digits = bytes[at - 1..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                at += digits - 1;
                u8::from_str_radix(&text[at - digits..at], 8).ok()?
            }
            other => other,
        });
    }
    Some((found, &text[at + 1..]))
}

/// What chance decides, the same for the same seed.
pub struct Dice(u64);

impl Dice {
    /// Thrown from a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number under `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// The files of one directory, as they are and as they are for good.
#[derive(Debug, Default)]
pub struct Disk {
    directory: PathBuf,
    files: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    for_good: BTreeMap<PathBuf, usize>,
    renamed: Vec<Naming>,
    /// What a thread is syncing: a file up to so many changes, or the directory.
    syncing: BTreeMap<u32, (Option<usize>, usize)>,
}

#[derive(Debug, Default)]
struct Content {
    synced: Vec<u8>,
    changes: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Debug)]
enum Naming {
    Put(PathBuf, usize),
    Remove(PathBuf),
}

impl Disk {
    /// A directory whose files have long been there.
    pub fn of(directory: &Path) -> Disk {
        let mut disk = Disk { directory: directory.to_owned(), ..Disk::default() };
        for file in fs::read_dir(directory).expect("a directory") {
            let path = file.expect("a file").path();
            if path.is_file() {
                disk.names.insert(path.clone(), disk.files.len());
                disk.files.push(Content { synced: fs::read(path).expect("a file"), changes: Vec::new() });
            }
        }
        disk.for_good = disk.names.clone();
        disk
    }

    /// Does what the program did.
    pub fn apply(&mut self, call: &Call) {
        match call {
            Call::Create(path) => drop(self.file(path)),
            Call::Write(path, at, bytes) => self.change(path, || Change::Write(*at, bytes.clone())),
            Call::Cut(path, length) => self.change(path, || Change::Cut(*length)),
            Call::Syncing(thread, path) => {
                let file = self.names.get(path).copied();
                let changes = file.map_or(self.renamed.len(), |file| self.files[file].changes.len());
                if file.is_some() || *path == self.directory {
                    self.syncing.insert(*thread, (file, changes));
                }
            }
            Call::Synced(thread) => match self.syncing.remove(thread) {
                Some((Some(file), changes)) => {
                    let Content { synced, changes: all } = &mut self.files[file];
                    // Of another sync meanwhile there may be fewer left.
                    let changes = changes.min(all.len());
                    all.drain(..changes).for_each(|change| change.to(synced));
                }
                Some((None, changes)) => {
                    let changes = changes.min(self.renamed.len());
                    self.renamed.drain(..changes).for_each(|naming| naming.to(&mut self.for_good));
                }
                None => {}
            },
            Call::Rename(from, to) => {
                if let Some(file) = self.names.get(from).copied().filter(|_| self.is_ours(to)) {
                    self.naming(Naming::Put(to.clone(), file));
                    self.naming(Naming::Remove(from.clone()));
                }
            }
            Call::Link(from, to) => {
                if let Some(file) = self.names.get(from).copied() {
                    self.naming(Naming::Put(to.clone(), file));
                }
            }
            Call::Remove(path) => {
                if self.names.contains_key(path) {
                    self.naming(Naming::Remove(path.clone()));
                }
            }
            Call::Said(_) => {}
        }
    }

    /// The files after the power was cut now.
    pub fn cut(&self, dice: &mut Dice) -> BTreeMap<PathBuf, Vec<u8>> {
        // Sometimes nothing that was not synced is there, sometimes nearly all of it.
        let share = [0, 50, 90, 100][dice.below(4)];
        let mut names = self.for_good.clone();
        let kept = dice.below(self.renamed.len() + 1);
        self.renamed.iter().take(kept).for_each(|naming| naming.to(&mut names));
        names
            .into_iter()
            // Shared memory is no file that anybody syncs.
            .filter(|(path, _)| !path.to_string_lossy().ends_with("-shm"))
            .map(|(path, file)| {
                let Content { synced, changes } = &self.files[file];
                let mut content = synced.clone();
                for change in changes {
                    change.partly_to(&mut content, share, dice);
                }
                (path, content)
            })
            .collect()
    }

    /// The files as who runs on reads them.
    pub fn now(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let whole = |(path, file): (&PathBuf, &usize)| {
            let Content { synced, changes } = &self.files[*file];
            let mut content = synced.clone();
            for change in changes {
                change.to(&mut content);
            }
            (path.clone(), content)
        };
        self.names.iter().filter(|(path, _)| !path.to_string_lossy().ends_with("-shm")).map(whole).collect()
    }

    fn is_ours(&self, path: &Path) -> bool {
        path.parent() == Some(&self.directory)
    }

    /// The file of this name, made where there is none.
    fn file(&mut self, path: &Path) -> Option<usize> {
        if !self.is_ours(path) {
            return None;
        }
        if let Some(file) = self.names.get(path) {
            return Some(*file);
        }
        self.files.push(Content::default());
        let file = self.files.len() - 1;
        self.naming(Naming::Put(path.to_owned(), file));
        Some(file)
    }

    fn change(&mut self, path: &Path, change: impl FnOnce() -> Change) {
        // What is written to a file that has lost its name is of no account.
        if let Some(file) = self.names.get(path) {
            self.files[*file].changes.push(change());
        }
    }

    fn naming(&mut self, naming: Naming) {
        naming.to(&mut self.names);
        self.renamed.push(naming);
    }
}

impl Naming {
    fn to(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Naming::Put(path, file) => drop(names.insert(path.clone(), *file)),
            Naming::Remove(path) => drop(names.remove(path)),
        }
    }
}

impl Change {
    fn to(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write(at, bytes) => write(content, *at, bytes),
            Change::Cut(length) => content.resize(*length, 0),
        }
    }

    /// Each sector is there with a chance of `share` in a hundred.
    fn partly_to(&self, content: &mut Vec<u8>, share: usize, dice: &mut Dice) {
        match self {
            Change::Write(at, bytes) => {
                for (place, sector) in bytes.chunks(SECTOR).enumerate() {
                    if dice.below(100) < share {
                        write(content, at + place * SECTOR, sector);
                    }
                }
            }
            Change::Cut(_) if dice.below(100) >= share => {}
            Change::Cut(length) => content.resize(*length, 0),
        }
    }
}

fn write(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    content[at..at + bytes.len()].copy_from_slice(bytes);
}
