//! Commands that look at feeds and mails, as their users see them.

use serde_json::Value;

use crate::support::daemon::{Place, Settings};
use crate::support::program::{Ended, run};

mod db;
mod discover;
mod fetch;
mod list;
mod mail;
mod opml;
mod package;
mod stats;

/// A directory with a config that may ask loopback.
fn place(tables: &str) -> Place {
    Place::new(&Settings::new("file:outbox").more(tables))
}

/// The program with the config of `place`.
fn with(place: &Place, args: &[&str]) -> Ended {
    let config = place.path("config.toml");
    run(&[args, &["--config", config.to_str().expect("UTF-8")]].concat(), b"")
}

#[track_caller]
fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}
