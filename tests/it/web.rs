//! The web pages, asked over real connections: what links in mails do, and what strangers may not.

use std::path::Path;

use rasid::links::Links;
use url::Url;

use crate::store::words::peek;
use crate::support::daemon::Settings;
use crate::support::smtp::SmtpServer;

mod faults;
mod journey;
mod judge;
mod machine;
mod signup;
mod slow;

const AMAL: &str = "amal@example.org";
const BADR: &str = "badr@example.org";

/// A config that serves pages at this port, with one reader of Arabic and one of English.
fn settings(relay: &SmtpServer, port: u16) -> Settings {
    Settings::new(&relay.url()).subscriber(AMAL).more(&format!(
        "[[subscribers]]\nemail = \"{BADR}\"\nrules = [\"*\"]\ntimezone = \"Asia/Baghdad\"\nlanguage = \"en\"\n\
         [http]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\""
    ))
}

/// What a daemon with this database signs its links with.
fn links(database: &Path, port: u16) -> Links {
    let key: Vec<u8> = peek(database, "SELECT key FROM keys WHERE name = 'links'");
    let public_url = Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    Links::new(&public_url, key.try_into().unwrap())
}

/// The path of a link.
fn path(link: &str) -> &str {
    &link[link.find("/s/").unwrap()..]
}
