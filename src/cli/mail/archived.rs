//! Stories out of the archive, as somebody would be told of them who was told of nothing, or of all but
//! the latest entry.

use std::collections::BTreeSet;

use crate::alert::telling::Telling;
use crate::cli::{Exit, Failure};
use crate::config::Config;
use crate::mail::message::sample::Kind;
use crate::store::sqlite::Archive;
use crate::store::{self, HeldEntry, Story};

/// Entries that are looked at for the stories of a rule, the latest.
const LOOKED_AT: usize = 200;

/// Stories that a preview of a digest tells.
const DIGEST: usize = 10;

/// Entries of a story that a preview tells.
const MOST: usize = 50;

/// The latest stories of a rule: one, or several for a digest.
pub(super) fn of_rule(
    archive: &Archive,
    rule: &str,
    kind: Kind,
    config: &Config,
) -> Result<Vec<Telling>, Failure> {
    let most = if kind == Kind::Digest { DIGEST } else { 1 };
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for matched in archive.matches(rule, None, LOOKED_AT).map_err(|error| failed(&error))? {
        if told.len() == most {
            break;
        }
        let story = story(archive, matched.id, kind, config)?;
        told.extend(story.filter(|story| seen.insert(story.story)));
    }
    Ok(told)
}

/// The story of an entry; nothing where no rule held for it, or where a follow-up is asked for and the
/// entry follows nothing.
pub(super) fn story(
    archive: &Archive,
    entry: i64,
    kind: Kind,
    config: &Config,
) -> Result<Option<Telling>, Failure> {
    let Some(lead) = archive.entry(entry).map_err(|error| failed(&error))? else { return Ok(None) };
    let stories = config
        .stories
        .enabled
        .then(|| archive.story(entry).map_err(|error| failed(&error)))
        .transpose()?
        .flatten();
    let Some(mut story) = stories else {
        return Ok((kind != Kind::FollowUp).then(|| Telling::alone(lead)));
    };
    let outlets = config.stories.outlets;
    if kind == Kind::FollowUp {
        let follows = before(archive, &mut story, entry)?;
        return Ok(follows.then(|| Telling::of(&story, vec![lead], outlets)));
    }
    let members = story.entries.iter().map(|member| member.entry).take(MOST);
    let entries: Vec<HeldEntry> = members
        .filter_map(|member| archive.entry(member).transpose())
        .collect::<store::Result<_>>()
        .map_err(|error| failed(&error))?;
    let told = if entries.is_empty() { Telling::alone(lead) } else { Telling::of(&story, entries, outlets) };
    Ok(Some(told))
}

/// Has everything told that came before an entry; whether there is something.
fn before(archive: &Archive, story: &mut Story, entry: i64) -> Result<bool, Failure> {
    story.entries.retain(|member| member.entry <= entry);
    for member in story.entries.iter_mut().filter(|member| member.entry < entry).take(MOST) {
        if let Some(earlier) = archive.entry(member.entry).map_err(|error| failed(&error))? {
            member.told = true;
            story.told.extend(earlier.matches.into_iter().map(|found| found.rule));
        }
    }
    Ok(!story.told.is_empty())
}

fn failed(error: &store::Error) -> Failure {
    Failure::new(Exit::Io, error.to_string())
}
