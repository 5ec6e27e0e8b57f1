//! Fetching, through the room's public face, against servers that misbehave.

mod faults;
mod file;
mod guard;
mod host;
mod pages;
mod proxy;
mod redirects;
mod requests;
mod rhythm;
mod schedule;
mod tls;
mod told;
mod turn;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use rasid::config::{self, Credentials, Feed, Source};
use rasid::fetch::client::World;
use rasid::fetch::{Answer, Document, Error, Fetcher, Validators};
use url::Url;

/// What a test wants of the settings is said with `..settings()`.
fn settings() -> config::Fetch {
    config::Fetch {
        interval: Duration::from_mins(10),
        min_interval: Duration::from_mins(1),
        timeout: Duration::from_secs(20),
        max_body: 1_000_000,
        max_entries: 5000,
        concurrency: 64,
        per_host: 4,
        host_spacing: Duration::ZERO,
        user_agent: "rasid-test/1 (+https://example.org)".into(),
        allow_private: true,
        ..config::Fetch::default()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(&settings()).expect("a client")
}

/// A fetcher that refuses private addresses, in this world.
fn guarded(world: World) -> Fetcher {
    Fetcher::within(world, &config::Fetch { allow_private: false, ..settings() }).expect("a client")
}

fn web(url: &str) -> Feed {
    with_secrets(url, &[], None)
}

fn with_secrets(url: &str, headers: &[(&str, &str)], user: Option<(&str, &str)>) -> Feed {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let credentials =
        user.map(|(user, password)| Credentials { user: user.into(), password: password.into() });
    feed(Source::Web { url: url.parse().expect("a URL"), headers, credentials })
}

fn local(path: impl Into<PathBuf>) -> Feed {
    feed(Source::File(path.into()))
}

fn feed(source: Source) -> Feed {
    Feed { id: "a".into(), source, title: None, interval: None, tags: Vec::new(), full_text: false }
}

/// One unconditional fetch of an address.
async fn get(fetcher: &Fetcher, url: &str) -> Result<Answer, Error> {
    fetcher.fetch(&web(url), None, &Validators::default()).await
}

#[track_caller]
fn document(answer: Result<Answer, Error>) -> Document {
    match answer {
        Ok(Answer::Document(document)) => document,
        other => panic!("not a document: {other:?}"),
    }
}

#[track_caller]
fn not_modified(answer: Result<Answer, Error>) -> Option<Url> {
    match answer {
        Ok(Answer::NotModified { moved_to, .. }) => moved_to,
        other => panic!("not 304: {other:?}"),
    }
}
