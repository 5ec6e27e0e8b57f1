//! What a mail is to be about: an entry of the archive, the latest for which a rule held, or a sample.

use std::path::Path;

use jiff::Timestamp;

use super::archived;
use crate::alert::telling::Telling;
use crate::cli::{Exit, Failure};
use crate::config::{self, Config, Matching};
use crate::mail::message::sample::{self, Kind};
use crate::rules::{Document, RuleSet, Scratch};
use crate::store::sqlite::{Archive, OpenError};
use crate::store::{HeldEntry, Match, Span};

/// What a mail is to be about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// A rule's id or an entry's number; the first rule where nothing is named.
    pub(super) what: Option<&'a str>,
    pub(super) kind: Kind,
    /// Whether it tells what nobody published, also where the archive has something.
    pub(super) invent: bool,
    /// The config.
    pub(super) path: &'a Path,
}

/// Stories to be told.
pub(super) struct Subject {
    pub(super) stories: Vec<Telling>,
    /// Why they are not what was asked for, if they are not.
    pub(super) note: Option<String>,
}

/// What is asked for, or the nearest that there is.
pub(super) fn find(asked: &Asked<'_>, config: &Config, now: Timestamp) -> Result<Subject, Failure> {
    let Asked { what, kind, invent, path } = *asked;
    let rules = &config.matching.rules;
    let named = |id: &str| rules.iter().find(|rule| rule.id == id);
    let archive = if invent { None } else { open(config)? };
    if let Some(number) = what.filter(|what| named(what).is_none()) {
        let id = number.parse().map_err(|_| unknown(number, config))?;
        let stories = match &archive {
            Some(archive) => archived::story(archive, id, kind, config)?,
            None => None,
        };
        let story = stories.ok_or_else(|| {
            let missing = match kind {
                Kind::FollowUp => {
                    format!("the archive holds no entry {id} that follows another of its story")
                }
                _ => format!("no rule held for an entry {id}, or there is no such entry"),
            };
            Failure::new(Exit::Unusable, missing)
        })?;
        return Ok(Subject { stories: vec![story], note: None });
    }
    let Some(rule) = what.and_then(named).or(rules.first()) else {
        return Ok(Subject {
            stories: sample::stories(kind, &[], now),
            note: Some(invented("the config has no rules")),
        });
    };
    let matched = match &archive {
        Some(archive) => archived::of_rule(archive, &rule.id, kind, config)?,
        _ => Vec::new(),
    };
    if !matched.is_empty() {
        return Ok(Subject { stories: matched, note: None });
    }
    if kind == Kind::Alert
        && !invent
        && let Some(entry) = of_samples(&rule.id, &config.matching, path, now)
    {
        let note = format!("the archive holds no match of `{}`; the mail tells its should_match", rule.id);
        return Ok(Subject { stories: vec![Telling::alone(entry)], note: Some(note) });
    }
    let others = rules.iter().map(|rule| rule.id.as_str()).filter(|id| *id != rule.id);
    let ids: Vec<&str> = std::iter::once(rule.id.as_str()).chain(others).take(3).collect();
    let why = match kind {
        Kind::FollowUp => "the archive holds no story that went on",
        _ => "the archive holds no match",
    };
    let note = (!invent).then(|| invented(why));
    Ok(Subject { stories: sample::stories(kind, &ids, now), note })
}

fn invented(why: &str) -> String {
    format!("{why}: the mail tells stories that nobody published")
}

/// The archive, if there is one yet.
fn open(config: &Config) -> Result<Option<Archive>, Failure> {
    match Archive::open(&config.storage.path) {
        Ok(archive) => Ok(Some(archive)),
        Err(OpenError::Missing { .. } | OpenError::NoDirectory { .. }) => Ok(None),
        Err(error) => Err(Failure::new(Exit::Io, error.to_string())),
    }
}

/// An entry that says what a rule's own samples say, with what the rules find in it.
fn of_samples(rule: &str, matching: &Matching, path: &Path, now: Timestamp) -> Option<HeldEntry> {
    let sample = config::should_match(path, rule)?;
    let (title, text) = sample.split_once("\n\n").unwrap_or((&sample, ""));
    let set = RuleSet::compile(&matching.rules, &matching.entities);
    let mut scratch = Scratch::default();
    let found = set.find(Document { title, body: text }, &mut scratch);
    let matches: Vec<Match> = found
        .iter()
        .map(|(place, spans)| Match {
            rule: matching.rules[place].id.clone(),
            spans: (spans.iter())
                .map(|span| Span {
                    field: span.field,
                    start: span.start,
                    end: span.end,
                    term: set.term(span.term).to_owned(),
                })
                .collect(),
        })
        .collect();
    let [mut story] = <[Telling; 1]>::try_from(sample::stories(Kind::Alert, &[rule], now)).ok()?;
    let lead = story.entries.swap_remove(0);
    matches.iter().any(|matched| matched.rule == rule).then(|| HeldEntry {
        title: title.to_owned(),
        text: text.to_owned(),
        matches,
        ..lead
    })
}

fn unknown(what: &str, config: &Config) -> Failure {
    let ids: Vec<_> = config.matching.rules.iter().take(20).map(|rule| rule.id.as_str()).collect();
    let message =
        format!("`{what}` is neither a rule nor an entry's number; the rules are {}", ids.join(", "));
    Failure::new(Exit::Usage, message)
}
