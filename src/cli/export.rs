//! `rasid export`: what matched, as one RSS channel a rule, on stdout or as files for a web server.
//!
//! The database is only read, beside a daemon that may be running.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Exit, ExportArgs, ExportFormat, Failure, check};
use crate::config;
use crate::store::sqlite::{Archive, OpenError};

mod channel;

/// Items of a channel, the newest: what a reader that asks once a day will not miss.
const ITEMS: usize = 200;

pub(super) fn run(args: &ExportArgs, out: &mut impl Write) -> Result<(), Failure> {
    let ExportFormat::Rss = args.format;
    let settings = Settings::load(&args.config.config)?;
    let rules: Vec<&Rule> = match &args.rule {
        Some(id) => vec![settings.rule(id)?],
        None => settings.rules.iter().collect(),
    };
    let archive = Archive::open(&settings.database).map_err(|error| match error {
        OpenError::Missing { .. } | OpenError::NoDirectory { .. } => {
            Failure::new(Exit::NoInput, error.to_string())
        }
        _ => Failure::new(Exit::Io, error.to_string()),
    })?;
    match &args.dir {
        None => rules.iter().try_for_each(|rule| Ok(out.write_all(&rss(&archive, rule, &settings)?)?)),
        Some(directory) => {
            fs::create_dir_all(directory).map_err(|error| cannot_write(directory, &error))?;
            rules.iter().try_for_each(|rule| {
                let file = directory.join(file_name(&rule.id));
                put(&file, &rss(&archive, rule, &settings)?)?;
                Ok(writeln!(out, "{}", file.display())?)
            })
        }
    }
}

/// What a config says of the rules to be written.
struct Settings {
    database: PathBuf,
    rules: Vec<Rule>,
    /// What people call a feed, by its id.
    outlets: HashMap<String, String>,
    /// What people call an entity, by its id.
    entities: HashMap<String, channel::Entity>,
}

struct Rule {
    id: String,
    title: String,
}

fn rss(archive: &Archive, rule: &Rule, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let failed = |message: String| Failure::new(Exit::Io, message);
    let entries = archive.matches(&rule.id, None, ITEMS).map_err(|error| failed(error.to_string()))?;
    let outlet = |entry: &crate::store::Matched| {
        let named = settings.outlets.get(&entry.feed).or(entry.feed_title.as_ref());
        named.unwrap_or(&entry.feed).clone()
    };
    let entity = |id: &str| settings.entities.get(id).cloned();
    let channel = channel::of(&rule.id, &rule.title, &entries, outlet, entity);
    let mut bytes = channel
        .pretty_write_to(Vec::new(), b' ', 1)
        .map_err(|error| failed(format!("cannot write the channel of rule {}: {error}", rule.id)))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Replaces a file whole, so that who reads it at that moment reads the old or the new one.
fn put(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(".new");
    fs::write(&aside, bytes)
        .and_then(|()| fs::rename(&aside, file))
        .map_err(|error| cannot_write(file, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Io, format!("cannot write {}: {error}", path.display()))
}

/// A name for a rule's file: its id, with what means something in a path or a URL as `%2F`.
fn file_name(rule: &str) -> String {
    let mut name = String::new();
    for (place, letter) in rule.char_indices() {
        let plain = letter.is_alphanumeric() || matches!(letter, '-' | '_') || (letter == '.' && place > 0);
        if plain {
            name.push(letter);
        } else {
            name.extend(letter.to_string().bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    name + ".rss"
}

impl Settings {
    /// Reads what is needed of a config.
    fn load(path: &Path) -> Result<Settings, Failure> {
        let config = config::load(path).map_err(|report| check::refused(&report))?.config;
        let rules = config.matching.rules.into_iter();
        let entity = |entity: crate::rules::Entity| {
            let name = entity.names.first()?.written().trim_start_matches('=').to_owned();
            Some((entity.id, channel::Entity { name, wikidata: entity.wikidata }))
        };
        Ok(Settings {
            database: config.storage.path,
            rules: rules
                .map(|rule| Rule { title: rule.title.unwrap_or_else(|| rule.id.clone()), id: rule.id })
                .collect(),
            entities: config.matching.entities.into_iter().filter_map(entity).collect(),
            outlets: config.feeds.into_iter().filter_map(|feed| Some((feed.id, feed.title?))).collect(),
        })
    }

    fn rule(&self, id: &str) -> Result<&Rule, Failure> {
        self.rules.iter().find(|rule| rule.id == id).ok_or_else(|| {
            let ids: Vec<_> = self.rules.iter().take(20).map(|rule| rule.id.as_str()).collect();
            Failure::new(Exit::Usage, format!("the config has no rule `{id}`; it has {}", ids.join(", ")))
        })
    }
}
