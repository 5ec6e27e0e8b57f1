//! Settings: one TOML file in, with the files of rules that it includes, [`Config`] as it was meant out, or every problem at once.
//!
//! `document` cuts the text and parses it, `raw` is what was written, each value with its place;
//! `check` turns it into what was meant; `report` draws what is wrong. Nothing here opens a socket,
//! resolves a name or changes a file; besides these only password files and the templates of mails are read.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use lettre::Address;
use lettre::message::Mailbox;
use url::Url;

use crate::fetch::guard::Network;
use crate::mail::message::Templates;
use crate::rules::{Entity, Rule, Severity};

mod check;
mod document;
mod include;
mod keys;
mod load;
mod problem;
mod raw;
mod report;
mod sample;
mod table;
mod typed;
mod value;

pub use load::{Loaded, Surroundings, lint, load, load_matching, read, read_matching};
pub use report::{Level, Problem, Report};
pub use sample::should_match;
pub use typed::{address, duration, feed_at};

/// Everything the daemon needs, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[storage]`
    pub storage: Storage,
    /// `[fetch]`
    pub fetch: Fetch,
    /// `[smtp]`
    pub smtp: Smtp,
    /// `[http]`
    pub http: Http,
    /// `[alerts]`
    pub alerts: Alerts,
    /// `[stories]`
    pub stories: Stories,
    /// `[mail]`
    pub mail: Mail,
    /// `[[feeds]]`, in order.
    pub feeds: Vec<Feed>,
    /// `[[rules]]` and `[[entities]]`.
    pub matching: Matching,
    /// `[[subscribers]]`, in order.
    pub subscribers: Vec<Subscriber>,
}

/// What `rasid match` needs.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// In order.
    pub rules: Vec<Rule>,
    /// In order.
    pub entities: Vec<Entity>,
}

/// Where things are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// The database file, joined to the config's directory.
    pub path: PathBuf,
    /// How long what is in it is kept.
    pub keep: Keep,
    /// Where a copy of it goes every day.
    pub backups: Option<Backups>,
}

/// How long what is stored is kept; without an age, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Entries with their texts.
    pub entries: Option<Duration>,
    /// What matched, with title, address and time of its entry; never shorter than `entries`.
    pub matches: Option<Duration>,
    /// The bytes of messages that were sent or failed.
    pub messages: Option<Duration>,
    /// Bytes that the database may fill; beyond, the oldest goes whatever its age.
    pub size: u64,
}

impl Default for Keep {
    fn default() -> Keep {
        let days = |days: u64| Some(Duration::from_hours(days * 24));
        Keep { entries: days(180), matches: days(730), messages: days(30), size: 10_000_000_000 }
    }
}

/// A copy of the database every day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    /// Where they go, joined to the config's directory.
    pub directory: PathBuf,
    /// How many are kept.
    pub keep: usize,
}

/// How feeds are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The usual pace.
    pub interval: Duration,
    /// The floor of every interval.
    pub min_interval: Duration,
    /// The ceiling of an interval that follows a feed's rhythm.
    pub max_interval: Duration,
    /// Of a whole request, body included.
    pub timeout: Duration,
    /// Bytes of a body after decompression.
    pub max_body: usize,
    /// Entries of a document.
    pub max_entries: usize,
    /// Requests under way at once.
    pub concurrency: usize,
    /// Requests under way at once to one host.
    pub per_host: usize,
    /// Between the starts of two requests to one host.
    pub host_spacing: Duration,
    /// Names rasid and a contact.
    pub user_agent: String,
    /// Whether addresses that are not public may be reached.
    pub allow_private: bool,
    /// Networks that may be reached although they are not public.
    pub allow_networks: Vec<Network>,
    /// Asked instead of the feeds' own servers.
    pub proxy: Option<Proxy>,
}

/// An HTTP proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http` or `https`, without userinfo.
    pub url: Url,
    /// What the proxy wants to know.
    pub credentials: Option<Credentials>,
}

impl Default for Fetch {
    fn default() -> Fetch {
        Fetch {
            interval: Duration::from_mins(10),
            min_interval: Duration::from_mins(1),
            max_interval: Duration::from_hours(6),
            timeout: Duration::from_secs(20),
            max_body: 10_000_000,
            max_entries: 5_000,
            concurrency: 64,
            per_host: 4,
            host_spacing: Duration::ZERO,
            user_agent: concat!("rasid/", env!("CARGO_PKG_VERSION")).into(),
            allow_private: false,
            allow_networks: Vec::new(),
            proxy: None,
        }
    }
}

/// The relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// How mail leaves.
    pub transport: Transport,
    /// The sender.
    pub from: Mailbox,
    /// First wait after a failure; doubles.
    pub retry_min: Duration,
    /// Longest wait.
    pub retry_max: Duration,
    /// When a message that was never accepted ends as failed.
    pub give_up: Duration,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// A relay.
    Smtp(Relay),
    /// One `.eml` a message in a directory.
    File(PathBuf),
    /// A program that takes a message on standard input.
    Sendmail(PathBuf),
}

impl Smtp {
    /// Why mail cannot leave from here although the config is sound; one line.
    pub(crate) fn unready(&self) -> Option<String> {
        let Transport::Smtp(Relay { awaiting: Some(user), .. }) = &self.transport else { return None };
        Some(format!(
            "smtp.url: there is no password for the user `{user}`: name a file that holds it in \
             `password_file`, or pass the systemd credential `smtp-password`"
        ))
    }
}

/// An SMTP relay and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// A name or an address literal without brackets.
    pub host: String,
    /// 465 for `smtps`, 587 with a user, 25 without, unless given.
    pub port: u16,
    /// What stands between us and the relay.
    pub tls: Tls,
    /// Only with `tls` other than `None` off loopback; checked here.
    pub credentials: Option<Credentials>,
    /// The user whose password only the service is handed; with one, nothing can be sent from here.
    pub awaiting: Option<String>,
}

/// How a connection to a relay is protected, as meant for its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (`smtps`).
    Implicit,
    /// STARTTLS or nothing is sent.
    StartTls,
    /// Plain: `tls = "none"`, or a relay on loopback.
    None,
}

/// A user and a secret; the secret never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).field("password", &"***").finish()
    }
}

/// What is served on the web.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Http {
    /// Where connections are taken; nothing is served where absent.
    pub listen: Option<SocketAddr>,
    /// What the links in mails begin with; `https`, or `http` on loopback, without a path.
    pub public_url: Option<Url>,
    /// Whether people may subscribe by themselves.
    pub signup: bool,
    /// What programs show to be answered; without it this machine alone is.
    pub token: Option<Secret>,
}

/// A secret that never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// How alerts are gathered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alerts {
    /// The quiet that lets the next alert leave at once.
    pub group_wait: Duration,
    /// Who is told, once a day at most, of feeds that deserve a look.
    pub operator: Option<Address>,
}

impl Default for Alerts {
    fn default() -> Alerts {
        Alerts { group_wait: Duration::from_secs(2), operator: None }
    }
}

/// How entries are grouped into stories, and when a story's further entries are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stories {
    /// Else every entry stands alone.
    pub enabled: bool,
    /// How long after a story's latest entry another may join it.
    pub window: Duration,
    /// The longest that an entry with nothing new waits for its story's next message.
    pub follow_up_after: Duration,
    /// Each time that so many more independent outlets have the story, that is told at once.
    pub outlets: usize,
}

impl Default for Stories {
    fn default() -> Stories {
        Stories {
            enabled: true,
            window: Duration::from_hours(72),
            follow_up_after: Duration::from_hours(1),
            outlets: 3,
        }
    }
}

/// How mail looks.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// Those of rasid, or an administrator's in their place.
    pub templates: Templates,
}

/// One feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Unique; entries belong to it even when its address changes.
    pub id: String,
    /// Where it is read from.
    pub source: Source,
    /// What people read; the feed's own title, then the id, where absent.
    pub title: Option<String>,
    /// A pace of its own; never under `min_interval`.
    pub interval: Option<Duration>,
    /// Free words.
    pub tags: Vec<String>,
    /// Whether rules also run on the article that an entry leads to.
    pub full_text: bool,
}

/// Where a feed is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Over HTTP.
    Web {
        /// `http` or `https`, without userinfo (that is in `credentials`).
        url: Url,
        /// Sent with each request to this feed's own origin.
        headers: Vec<(String, String)>,
        /// Basic authentication, to this feed's own origin.
        credentials: Option<Credentials>,
    },
    /// A file that another program writes.
    File(PathBuf),
}

impl Source {
    /// What tells one address of a feed from another, without its secrets.
    pub fn address(&self) -> String {
        match self {
            Source::Web { url, .. } => url.to_string(),
            Source::File(path) => path.display().to_string(),
        }
    }
}

/// One person who receives alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscriber {
    /// Unique, compared without case; the domain is ASCII.
    pub email: Address,
    /// What they asked for.
    pub rules: Subscription,
    /// When it is sent.
    pub delivery: Delivery,
    /// Of the times they read, and of `digest_at`; the machine's where none was written.
    pub timezone: TimeZone,
    /// Of the mail's own words.
    pub language: Language,
    /// When nothing but what is urgent is sent, in the subscriber's zone.
    pub quiet_hours: Option<QuietHours>,
    /// The most messages within an hour; what comes beyond them shares one.
    pub max_per_hour: Option<usize>,
    /// Rules that matter less alert this subscriber of nothing.
    pub min_severity: Severity,
}

/// A stretch of every day, across midnight where it begins later than it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// The first moment of it.
    pub from: Time,
    /// The first moment after it; never `from`.
    pub to: Time,
}

impl QuietHours {
    /// Whether a time of day lies within.
    pub fn contains(&self, time: Time) -> bool {
        let QuietHours { from, to } = *self;
        if from < to { from <= time && time < to } else { from <= time || time < to }
    }
}

/// The rules that a subscriber asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscription {
    /// `"*"`
    All,
    /// Rule ids, each known.
    Rules(Vec<String>),
}

/// When a subscriber's alerts are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// After a quiet `group_wait`, at once.
    Immediate,
    /// So long after the first held entry.
    DigestEvery(Duration),
    /// At these times of day, ascending, in the subscriber's zone.
    DigestAt(Vec<Time>),
}

/// The language of a mail's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Arabic.
    #[default]
    Ar,
    /// English.
    En,
}
