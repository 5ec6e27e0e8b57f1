//! Where things are kept, and how long.

use super::fetch::Settled;
use crate::config::problem::{Found, Problems, Wrong};
use crate::config::value::{age, space, spelled};
use crate::config::{Backups, Keep, Storage, Surroundings, raw};

/// Daily copies that are kept.
const BACKUPS: usize = 7;

pub(super) fn storage(
    raw: &raw::Storage<'_>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Storage> {
    let path = raw
        .path
        .as_ref()
        .and_then(|path| problems.take(file(&path.value), || "storage.path".into(), &path.span));
    let keep = keep(raw, problems);
    let backups = backups(raw, around, problems);
    Some(Storage { path: around.base.join(path?), keep: keep?, backups })
}

fn keep(raw: &raw::Storage<'_>, problems: &mut Problems) -> Option<Keep> {
    let mut settled = Settled { section: "storage", problems };
    let default = Keep::default();
    let entries = settled.value("keep_entries", raw.keep_entries.as_ref(), default.entries, age);
    // Who keeps entries longer than usual means their matches, too.
    let usual = match entries.unwrap_or(default.entries) {
        None => None,
        Some(entries) => default.matches.map(|matches| matches.max(entries)),
    };
    let matches = settled.value("keep_matches", raw.keep_matches.as_ref(), usual, age);
    let messages = settled.value("keep_messages", raw.keep_messages.as_ref(), default.messages, age);
    let size = settled.value("max_size", raw.max_size.as_ref(), default.size, space);
    if let (Some(entries), Some(Some(matches)), Some(written)) = (entries, matches, &raw.keep_matches)
        && entries.is_none_or(|entries| matches < entries)
    {
        let entries = entries.map_or("forever".into(), spelled);
        let message = format!("{} is under the keep_entries of {entries}", spelled(matches));
        let found = Found::at("storage.keep_matches", &written.span, message);
        settled.problems.push(found.hint("what matched outlives the text of its entry, or goes with it"));
    }
    Some(Keep { entries: entries?, matches: matches?, messages: messages?, size: size? })
}

/// Nothing where none are wanted, or where what was written is wrong and said to be.
fn backups(raw: &raw::Storage<'_>, around: &Surroundings, problems: &mut Problems) -> Option<Backups> {
    let keep = Settled { section: "storage", problems }.number(
        "backup_keep",
        raw.backup_keep.as_ref(),
        BACKUPS,
        1_000,
    );
    let Some(written) = &raw.backup_dir else {
        if let Some(written) = &raw.backup_keep {
            let found =
                Found::at("storage.backup_keep", &written.span, "there is no `backup_dir` to keep them in");
            problems.push(found.hint("add backup_dir = \"/var/backups/rasid\""));
        }
        return None;
    };
    let directory =
        problems.take(directory(&written.value), || "storage.backup_dir".into(), &written.span)?;
    Some(Backups { directory: around.base.join(directory), keep: keep? })
}

fn directory(written: &str) -> Result<&str, Wrong> {
    let sound = !written.trim().is_empty() && !written.contains("://") && !written.starts_with("file:");
    let wrong = || Wrong::new("not a directory").hint("write one, such as \"/var/backups/rasid\"");
    sound.then_some(written).ok_or_else(wrong)
}

fn file(written: &str) -> Result<&str, Wrong> {
    let hint = "write a file, such as \"rasid.db\" or \"/var/lib/rasid/rasid.db\"";
    if written.trim().is_empty() {
        return Err(Wrong::new("the path is empty").hint(hint));
    }
    if written.contains("://") || written.starts_with("file:") {
        return Err(Wrong::new("not a file: only SQLite files are supported").hint(hint));
    }
    if written == ":memory:" {
        return Err(Wrong::new("nothing would survive a restart").hint(hint));
    }
    if written.ends_with(['/', '\\']) {
        return Err(Wrong::new("not a file: this names a directory").hint(hint));
    }
    Ok(written)
}
