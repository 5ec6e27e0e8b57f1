//! `rasid feeds import`: the OPML of another reader in, `[[feeds]]` for a config out.
//!
//! A config is never touched: the tables go to standard output, or into a file that is not there yet.
//! What the config has already is left out.

use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

use super::ids::Ids;
use super::opml::{self, Listed};
use super::written::{self, Written};
use crate::cli::{Exit, Failure, ImportArgs, open, probe};
use crate::config::{self, Config, Feed};
use crate::logging::safe;

mod asked;

/// More than any reader writes.
const LARGEST: u64 = 64 << 20;
/// Lines about addresses that cannot be used.
const MOST_TOLD: usize = 20;

pub(super) fn run(args: &ImportArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::config(args.config.as_deref())?;
    let listed = listed(&args.file)?;
    let mut chosen = Chosen::among(listed, config.as_ref());
    if args.check {
        asked::check(&mut chosen.feeds, config.as_ref())?;
    }
    match &args.output {
        None => write(&chosen.feeds, out)?,
        Some(path) => write_into(path, &chosen.feeds)?,
    }
    out.flush()?;
    // A closed stderr leaves nobody to tell.
    let _ = chosen.tell(&mut io::stderr());
    Ok(())
}

fn listed(file: &Path) -> Result<opml::Reading, Failure> {
    let mut bytes = Vec::new();
    let name = file.display();
    let read = open(Some(file))?.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(Exit::Io, format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::new(
            Exit::Unusable,
            format!("{name} is over {LARGEST} bytes, which no OPML is"),
        ));
    }
    let what =
        || format!("{name} is no OPML: it holds no <outline>; export your feeds from the other reader anew");
    opml::read(&crate::feed::page(&bytes, None)).ok_or_else(|| Failure::new(Exit::Unusable, what()))
}

fn write(feeds: &[Written], out: &mut impl Write) -> io::Result<()> {
    feeds.iter().try_for_each(|feed| written::toml(feed, out))
}

fn write_into(path: &Path, feeds: &[Written]) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "it exists; name a new file, then put the tables where you want them".into()
            }
            _ => error.to_string(),
        };
        Failure::new(Exit::Io, format!("cannot write {}: {why}", path.display()))
    };
    let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    let mut file = io::BufWriter::new(file);
    write(feeds, &mut file).and_then(|()| file.flush()).map_err(failed)
}

/// What of a file goes into a config.
struct Chosen {
    feeds: Vec<Written>,
    /// Feeds that the config has.
    known: usize,
    /// Feeds that stand there more than once.
    again: usize,
    /// Addresses that cannot be used, and why.
    unfit: Vec<String>,
    beyond: usize,
}

impl Chosen {
    fn among(listed: opml::Reading, config: Option<&Config>) -> Chosen {
        let feeds = config.map(|config| config.feeds.as_slice()).unwrap_or_default();
        let had: HashSet<String> = feeds.iter().map(|feed| feed.source.address()).collect();
        let mut chosen =
            Chosen { feeds: Vec::new(), known: 0, again: 0, unfit: Vec::new(), beyond: listed.beyond };
        let mut ids = Ids::beside(config);
        let mut places: HashMap<String, usize> = HashMap::new();
        for listed in listed.feeds {
            let feed = match config::feed_at(&listed.url) {
                Ok(feed) => feed,
                Err(why) => {
                    chosen.unfit.push(format!("left out {}: {why}", named(&listed)));
                    continue;
                }
            };
            if had.contains(&feed.id) {
                chosen.known += 1;
            } else if let Some(&place) = places.get(&feed.id) {
                chosen.again += 1;
                let tags = &mut chosen.feeds[place].tags;
                tags.extend(listed.tags.into_iter().filter(|tag| !tags.contains(tag)).collect::<Vec<_>>());
            } else {
                places.insert(feed.id.clone(), chosen.feeds.len());
                chosen.feeds.push(meant(listed, &feed, &mut ids));
            }
        }
        chosen
    }

    fn tell(&self, err: &mut impl Write) -> io::Result<()> {
        for unfit in self.unfit.iter().take(MOST_TOLD) {
            writeln!(err, "{unfit}")?;
        }
        let failing = self.feeds.iter().filter(|feed| feed.off).count();
        let rest = [
            (self.known, "in the config already"),
            (self.again, "listed twice"),
            (self.unfit.len(), "without a usable address"),
            (self.beyond, "beyond what is read of one file"),
            (failing, "failing and written as comments"),
        ];
        let rest =
            rest.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
        let feeds =
            if self.feeds.len() == 1 { "1 feed".into() } else { format!("{} feeds", self.feeds.len()) };
        writeln!(err, "{feeds}{}", rest.collect::<String>())
    }
}

fn named(listed: &Listed) -> String {
    safe(listed.title.as_deref().unwrap_or("a feed without a title")).to_string()
}

fn meant(listed: Listed, feed: &Feed, ids: &mut Ids) -> Written {
    let secret = matches!(&feed.source, config::Source::Web { credentials: Some(_), .. });
    let note =
        secret.then(|| "its user and password were left out: give it `user` and `password_file`".to_owned());
    let id = ids.keep(listed.id.as_deref()).unwrap_or_else(|| ids.make(listed.title.as_deref(), &feed.id));
    Written { id, url: feed.id.clone(), title: listed.title, tags: listed.tags, note, off: false }
}
