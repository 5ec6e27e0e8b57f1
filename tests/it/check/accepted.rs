//! What is accepted, and what it means: the program's verdict and the config as the daemon gets it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rasid::config::{
    self, Config, Credentials, Delivery, Source, Subscription, Surroundings, Tls, Transport,
};

use rasid::feed;
use rasid::rules::{Document, RuleSet, Scratch, Severity};

use super::{check, completed};
use crate::support::program::{rasid, run};

const EVERY_KEY: &str = r##"
[storage]
path = "rasid.db"

[fetch]
interval = "10m"
min_interval = "1m"
max_interval = "12h"
timeout = "20s"
max_body = "10MB"
max_entries = 5_000
concurrency = 64
per_host = 4
host_spacing = "0s"
user_agent = "rasid (+mailto:admin@example.org)"
allow_private = false
allow_networks = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"]
proxy = "http://amal:p%40ss@proxy.example.org:3128"

[smtp]
url = "smtp://amal@relay.example.org:587"
from = "راصد <rasid@example.org>"
password_file = "PASSWORD"
tls = "starttls"
retry_min = "10s"
retry_max = "1h"
give_up = "5d"

[http]
listen = "127.0.0.1:8080"
public_url = "https://alerts.example.org"
signup = true
token_file = "PASSWORD"

[alerts]
group_wait = "2s"
operator = "admin@example.org"

[stories]
enabled = true
window = "72h"
follow_up_after = "1h"
outlets = 3

[[feeds]]
id = "ina"
url = "https://example.org/feed"
title = "وكالة الأنباء"
interval = "5m"
tags = ["iraq"]
headers = { "X-Key" = "k" }
user = "amal"
password_file = "PASSWORD"

[[feeds]]
id = "عيّنة"
path = "samples/feed.xml"

[[entities]]
id = "coalition"
kind = "organisation"
names = ["التحالف الدولي", "قوات التحالف"]
needs = ["عسكري", "قوات"]
unless = ["انتخابي"]
wikidata = "Q18042948"

[[rules]]
id = "coalition"
title = "التحالف الدولي"
any = ["قوات التحالف", "@coalition"]
all = []
none = ["مباراة"]
within = "sentence"
at_least = 2
feeds = ["ina"]
tags = ["iraq"]
languages = ["ar", "fa"]
severity = "high"
should_match = ["قالت قوات التحالف إن قوات التحالف باقية"]
should_not_match = ["قوات التحالف"]

[[rules]]
id = "score"
score = { "انسحاب" = 3, "@coalition" = 2, "تدريب" = -2 }
threshold = 5
none = ["مباراة"]

[[rules]]
id = "query"
query = 'انسحاب NEAR/5 القوات'

[[subscribers]]
email = "amal@example.org"
rules = ["coalition", "query", "#iraq"]
delivery = "digest"
digest_at = ["08:00", "17:30"]
timezone = "Asia/Baghdad"
language = "ar"
quiet_hours = "22:00-07:00"
max_per_hour = 20
min_severity = "normal"

[[subscribers]]
email = "editor@example.org"
rules = ["*"]
delivery = "digest"
digest_every = "6h"
language = "en"

[[subscribers]]
email = "desk@example.org"
rules = ["*"]
delivery = "immediate"
"##;

/// The config as meant; `part` is completed with what it does not speak of.
#[track_caller]
fn meant(part: &str) -> Config {
    let around = Surroundings { base: PathBuf::from("/etc/rasid"), ..Surroundings::default() };
    config::read(completed(part).as_bytes(), "config.toml", &around)
        .unwrap_or_else(|report| panic!("{report}"))
        .config
}

/// A directory with a config in it and a file that holds a password.
fn directory(config: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = directory.path().join("secret");
    fs::write(&secret, "s3cret-of-every-file\n").expect("the secret is written");
    close(&secret);
    fs::write(directory.path().join("config.toml"), config.replace("PASSWORD", "secret")).expect("written");
    directory
}

fn close(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("permissions are set");
}

#[test]
fn a_secret_in_an_open_config_is_sent_where_its_section_has_a_place_for_it() {
    use std::os::unix::fs::PermissionsExt;
    let closed = "= help: make the config readable by rasid alone";
    for (part, help) in [
        ("[http]\ntoken = \"0123456789abcdef\"", "= help: put it into a `token_file`, or make"),
        ("[fetch]\nproxy = \"http://amal:secret@proxy.example.org:3128\"", closed),
        (
            "[[feeds]]\nid = \"a\"\nurl = \"https://amal:secret@a.example/\"",
            "= help: put it into a `password_file`, or",
        ),
        ("[[feeds]]\nid = \"a\"\nurl = \"https://a.example/\"\nheaders = { X-Key = \"secret\" }", closed),
    ] {
        let folder = directory(&completed(part));
        let config = folder.path().join("config.toml");
        fs::set_permissions(config, fs::Permissions::from_mode(0o644)).expect("permissions are set");
        let checked = check_in(folder.path());
        assert_eq!(checked.code, 0, "{}", checked.stderr);
        assert!(checked.stderr.contains(help), "{part}\n{}", checked.stderr);
    }
}

fn check_in(directory: &Path) -> crate::support::program::Ended {
    run(&["check", "--config", &directory.join("config.toml").display().to_string()], b"")
}

#[test]
fn every_key_is_accepted() {
    let directory = directory(EVERY_KEY);
    close(&directory.path().join("config.toml"));
    let ended = check_in(directory.path());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(
        ended.stdout.ends_with("no errors; 2 feeds, 3 rules, 1 entity, 3 subscribers\n"),
        "{}",
        ended.stdout
    );
}

#[test]
fn the_default_config_is_accepted() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/config.toml");
    let ended = run(&["check", "--config", default], b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let loaded = config::load(Path::new(default)).unwrap_or_else(|report| panic!("{report}"));
    let ids: Vec<&str> = loaded.config.matching.rules.iter().map(|rule| rule.id.as_str()).collect();
    for topic in ["troop-redeployment", "sovereignty", "coalition"] {
        assert!(ids.contains(&topic), "{ids:?}");
    }
    let outlets = loaded.config.feeds.iter().filter(|feed| matches!(feed.source, Source::Web { .. })).count();
    assert!(outlets >= 15, "{outlets} outlets");
    let samples = loaded.config.feeds.iter().filter_map(|feed| match &feed.source {
        Source::File(path) => Some(path),
        Source::Web { .. } => None,
    });
    for sample in samples {
        assert!(sample.is_file(), "{} is there", sample.display());
    }
}

#[test]
fn a_byte_order_mark_crlf_and_arabic_comments_are_fine() {
    let config =
        format!("\u{feff}# إعدادات راصد\n{}", completed("[fetch]\ninterval = \"10m\" # كل عشر دقائق\n"));
    for config in [config.clone(), config.replace('\n', "\r\n")] {
        let ended = check(config.as_bytes());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    let broken = "\u{feff}[fetch]\r\ninterval = \"0s\"\r\n";
    let ended = check(completed(broken).as_bytes());
    assert!(ended.stderr.contains("config.toml:2:12"), "{}", ended.stderr);
}

#[test]
fn a_first_line_behind_a_byte_order_mark_counts_from_one() {
    let ended = check(completed("\u{feff}colour = 1\n").as_bytes());
    assert!(ended.stderr.contains("config.toml:1:1"), "{}", ended.stderr);
}

#[test]
fn sections_may_stand_in_any_order_and_form() {
    let config = meant(
        "feeds = [{ id = \"a\", url = \"https://example.org/a\", interval = \"1s\" }]\n\
         fetch.min_interval = \"1s\"\n\
         [[subscribers]]\nemail = \"amal@example.org\"\nrules = [\"r\"]\n\
         [[rules]]\nid = \"r\"\nany = [\"@e\"]\n\
         [[entities]]\nid = \"e\"\nnames = [\"التحالف\"]\n",
    );
    assert_eq!(config.feeds.len(), 1);
    assert_eq!(config.feeds[0].interval, Some(Duration::from_secs(1)));
    assert_eq!(config.subscribers[0].rules, Subscription::Rules(vec!["r".into()]));
}

#[test]
fn text_that_looks_like_a_header_stays_text() {
    let config = meant(
        "[[feeds]]\nid = \"a\"\nurl = \"https://example.org/a\"\n[[rules]]\nid = \"r\"\nquery = '''\nانسحاب OR\nسحب\n'''\n[[rules]]\nid = \"s\"\nany = [\n\"x\",\n]\n",
    );
    assert_eq!(config.matching.rules.len(), 2);
}

#[test]
fn paths_are_relative_to_the_config() {
    let config = meant(
        "[storage]\npath = \"db/rasid.db\"\n[smtp]\nurl = \"file:out\"\nfrom = \"r@example.org\"\n\
         [[feeds]]\nid = \"a\"\npath = \"../samples/a.xml\"\n[[feeds]]\nid = \"b\"\npath = \"/srv/b.xml\"\n",
    );
    assert_eq!(config.storage.path, Path::new("/etc/rasid/db/rasid.db"));
    assert_eq!(config.smtp.transport, Transport::File("/etc/rasid/out".into()));
    assert_eq!(config.feeds[0].source, Source::File("/etc/rasid/../samples/a.xml".into()));
    assert_eq!(config.feeds[1].source, Source::File("/srv/b.xml".into()));
}

/// What `[smtp]` means, in one line.
#[track_caller]
fn check_relay(smtp: &str, expect: &str) {
    let config = meant(&format!("[smtp]\nfrom = \"r@example.org\"\n{smtp}\n"));
    let meant = match config.smtp.transport {
        Transport::File(path) => format!("file {}", path.display()),
        Transport::Sendmail(path) => format!("sendmail {}", path.display()),
        Transport::Smtp(relay) => {
            let tls = match relay.tls {
                Tls::Implicit => "implicit",
                Tls::StartTls => "starttls",
                Tls::None => "plain",
            };
            let who =
                relay.credentials.map(|Credentials { user, password }| format!(" as {user} with {password}"));
            format!("{} {} {tls}{}", relay.host, relay.port, who.unwrap_or_default())
        }
    };
    assert_eq!(meant, expect, "{smtp}");
}

#[test]
fn relays_and_how_they_are_spoken_to() {
    for (smtp, expect) in [
        ("url = 'smtp://relay.example.org'", "relay.example.org 25 starttls"),
        ("url = 'smtp://relay.example.org:2525/'", "relay.example.org 2525 starttls"),
        ("url = 'SMTP://Relay.Example.org'", "relay.example.org 25 starttls"),
        ("url = 'smtp://بريد.example.org'", "xn--ngbof4h.example.org 25 starttls"),
        ("url = 'smtp://amal:pw@relay.example.org'", "relay.example.org 587 starttls as amal with pw"),
        (
            "url = 'smtp://amal%40example.org:p%3Aw%25@relay.example.org'",
            "relay.example.org 587 starttls as amal@example.org with p:w%",
        ),
        (
            "url = 'smtp://amal:p@ss/w:rd@relay.example.org'",
            "relay.example.org 587 starttls as amal with p@ss/w:rd",
        ),
        ("url = 'smtps://amal:pw@relay.example.org'", "relay.example.org 465 implicit as amal with pw"),
        ("url = 'smtps://relay.example.org'\ntls = 'required'", "relay.example.org 465 implicit"),
        ("url = 'smtp://relay.example.org'\ntls = 'required'", "relay.example.org 25 starttls"),
        ("url = 'smtp://relay.example.org'\ntls = 'starttls'", "relay.example.org 25 starttls"),
        ("url = 'smtp://relay.example.org'\ntls = 'none'", "relay.example.org 25 plain"),
        ("url = 'smtp://localhost:1025'", "localhost 1025 plain"),
        ("url = 'smtp://localhost'\ntls = 'starttls'", "localhost 25 plain"),
        ("url = 'smtp://localhost'\ntls = 'required'", "localhost 25 starttls"),
        ("url = 'smtp://amal:pw@127.0.0.1:1025'\ntls = 'none'", "127.0.0.1 1025 plain as amal with pw"),
        ("url = 'smtp://[::1]:1025'", "::1 1025 plain"),
        ("url = 'smtp://[::ffff:127.0.0.1]'", "::ffff:127.0.0.1 25 plain"),
        ("url = 'smtp://[2001:db8::7]'", "2001:db8::7 25 starttls"),
        ("url = 'smtp://10.0.0.5'", "10.0.0.5 25 starttls"),
        ("url = 'file:outbox'", "file /etc/rasid/outbox"),
        ("url = 'file:/var/outbox'", "file /var/outbox"),
        ("url = 'file:///var/outbox'", "file /var/outbox"),
        ("url = 'sendmail:'", "sendmail /usr/sbin/sendmail"),
        ("url = 'sendmail:/usr/bin/msmtp'", "sendmail /usr/bin/msmtp"),
        ("url = 'sendmail:bin/mailer'", "sendmail /etc/rasid/bin/mailer"),
    ] {
        check_relay(smtp, expect);
    }
}

#[track_caller]
fn check_duration(written: &str, seconds: u64) {
    let config = meant(&format!("[alerts]\ngroup_wait = \"{written}\"\n"));
    assert_eq!(config.alerts.group_wait, Duration::from_secs(seconds), "{written}");
}

#[test]
fn durations() {
    for (written, seconds) in
        [("1s", 1), ("90s", 90), ("10m", 600), ("6h", 21_600), ("7d", 604_800), ("007m", 420)]
    {
        check_duration(written, seconds);
    }
}

#[test]
fn sizes() {
    for (written, bytes) in
        [("1B", 1), ("500KB", 500_000), ("10MB", 10_000_000), ("16MiB", 16 << 20), ("1GB", 1_000_000_000)]
    {
        let config = meant(&format!("[fetch]\nmax_body = \"{written}\"\n"));
        assert_eq!(config.fetch.max_body, bytes, "{written}");
    }
}

#[test]
fn what_is_not_written_is_the_usual() {
    let config = meant("");
    let fetch = &config.fetch;
    assert_eq!(fetch.interval, Duration::from_mins(10));
    assert_eq!(fetch.min_interval, Duration::from_mins(1));
    assert_eq!(fetch.timeout, Duration::from_secs(20));
    assert_eq!((fetch.max_body, fetch.max_entries), (10_000_000, 5_000));
    assert_eq!((fetch.concurrency, fetch.per_host, fetch.host_spacing), (64, 4, Duration::ZERO));
    assert!(!fetch.allow_private);
    assert!(fetch.user_agent.starts_with("rasid/"), "{}", fetch.user_agent);
    assert!(fetch.user_agent.contains("rasid@example.org"), "{} names a contact", fetch.user_agent);
    assert_eq!(config.alerts.group_wait, Duration::from_secs(2));
    assert_eq!(config.smtp.retry_min, Duration::from_secs(10));
    assert_eq!(config.smtp.retry_max, Duration::from_hours(1));
    assert_eq!(config.smtp.give_up, Duration::from_hours(120));
}

#[test]
fn a_floor_above_the_usual_pace_lifts_it() {
    let config = meant("[fetch]\nmin_interval = \"1h\"\n");
    assert_eq!(config.fetch.interval, Duration::from_hours(1));
}

#[test]
fn how_feeds_are_asked_for_is_as_written() {
    let config = meant(
        "[fetch]\nmin_interval = \"2m\"\nmax_interval = \"12h\"\nallow_networks = [\"10.0.0.0/8\", \"fd00::1\"]\n\
         proxy = \"http://amal:p%40ss@proxy.example.org:3128\"\n[alerts]\noperator = \"admin@example.org\"\n",
    );
    let fetch = &config.fetch;
    assert_eq!(fetch.max_interval, Duration::from_hours(12));
    assert_eq!(fetch.allow_networks, ["10.0.0.0/8", "fd00::1"].map(|network| network.parse().unwrap()));
    let proxy = fetch.proxy.as_ref().expect("a proxy");
    let credentials = proxy.credentials.as_ref().expect("credentials");
    assert_eq!(proxy.url.as_str(), "http://proxy.example.org:3128/");
    assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("amal", "p@ss"));
    assert!(!format!("{config:?}").contains("p@ss"));
    assert_eq!(config.alerts.operator.map(|to| to.to_string()).as_deref(), Some("admin@example.org"));
    // The slowest pace is never faster than the one to start with.
    assert_eq!(meant("[fetch]\ninterval = \"1d\"\n").fetch.max_interval, Duration::from_hours(24));
}

#[test]
fn headers_may_be_a_table_of_their_own() {
    let config = meant(
        "[[feeds]]\nid = \"a\"\nurl = \"https://example.org/a\"\n\n[feeds.headers]\nX-Key = \"k\" # why\n\
         \n[[feeds]]\nid = \"b\"\nurl = \"https://example.org/b\"\n[ feeds . \"headers\" ]\n\"X-Other\" = \"o\"\n",
    );
    let headers = |place: usize| match &config.feeds[place].source {
        Source::Web { headers, .. } => headers.clone(),
        Source::File(_) => panic!("a feed on the web"),
    };
    assert_eq!(headers(0), [("X-Key".to_owned(), "k".to_owned())]);
    assert_eq!(headers(1), [("X-Other".to_owned(), "o".to_owned())]);
}

#[test]
fn the_user_of_a_feed_leaves_its_url() {
    let config = meant(
        "[[feeds]]\nid = \"a\"\nurl = \"https://amal:p%40ss@example.org/feed#top\"\nheaders = { Cookie = \"a=b\" }\n",
    );
    let Source::Web { url, headers, credentials } = &config.feeds[0].source else {
        panic!("a feed on the web")
    };
    assert_eq!(url.as_str(), "https://example.org/feed");
    assert_eq!(headers, &[("Cookie".to_owned(), "a=b".to_owned())]);
    let credentials = credentials.as_ref().expect("credentials");
    assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("amal", "p@ss"));
}

#[test]
fn a_password_comes_from_its_file_without_the_line_break() {
    let directory = directory(EVERY_KEY);
    let config = config::load(&directory.path().join("config.toml"))
        .unwrap_or_else(|report| panic!("{report}"))
        .config;
    let Transport::Smtp(relay) = config.smtp.transport else { panic!("a relay") };
    assert_eq!(relay.credentials.map(|known| known.password), Some("s3cret-of-every-file".into()));
    let Source::Web { credentials, .. } = &config.feeds[0].source else { panic!("a feed on the web") };
    assert_eq!(credentials.as_ref().map(|known| known.password.as_str()), Some("s3cret-of-every-file"));
}

#[test]
fn a_password_comes_as_a_credential_of_systemd() {
    let directory =
        directory(&completed("[smtp]\nurl = \"smtp://amal@relay.example.org\"\nfrom = \"r@example.org\"\n"));
    let config = directory.path().join("config.toml").display().to_string();
    fs::rename(directory.path().join("secret"), directory.path().join("smtp-password")).expect("renamed");
    let with = |credentials: &Path| {
        let mut command = rasid(&["check", "--config", &config]);
        command.env("CREDENTIALS_DIRECTORY", credentials).output().expect("it runs")
    };
    assert!(with(directory.path()).status.success());
    assert!(!with(&directory.path().join("elsewhere")).status.success());
}

/// The administrator's shell is not handed what the service is.
#[test]
fn a_password_that_only_the_service_is_handed_is_a_warning_and_run_refuses_without_it() {
    let directory =
        directory(&completed("[smtp]\nurl = \"smtp://amal@relay.example.org\"\nfrom = \"r@example.org\"\n"));
    let config = directory.path().join("config.toml").display().to_string();
    let ends = |args: &[&str]| {
        let mut command = rasid(&[args, &["--config", &config]].concat());
        let output = command.env_remove("CREDENTIALS_DIRECTORY").output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, says) = ends(&["check"]);
    assert_eq!(code, Some(0), "{says}");
    assert!(says.contains("warning[smtp.url]") && says.contains("credential `smtp-password`"), "{says}");
    for (args, expected) in [
        (&["outbox", "list"][..], 66),
        (&["search", "x"], 66),
        (&["mail", "test", "a@example.org"], 78),
        (&["run", "--once"], 78),
    ] {
        let (code, says) = ends(args);
        assert_eq!(code, Some(expected), "{args:?}: {says}");
        assert_eq!(
            says.contains("there is no password for the user `amal`"),
            expected == 78,
            "{args:?}: {says}"
        );
    }
}

#[test]
fn secrets_that_everybody_can_read_are_a_warning() {
    let config = completed(
        "[smtp]\nurl = \"smtp://amal:hunter2@relay.example.org\"\nfrom = \"r@example.org\"\n\
         [[feeds]]\nid = \"a\"\nurl = \"https://amal:hunter2@example.org/\"\n\
         [[feeds]]\nid = \"b\"\nurl = \"https://example.org/b\"\nheaders = { X-Api-Key = \"hunter2\", Accept-Language = \"ar\" }\n\
         [[rules]]\nid = \"r\"\nany = [\"x\"]\n[[subscribers]]\nemail = \"a@example.org\"\nrules = [\"*\"]\n",
    );
    let directory = directory(&config);
    let open = check_in(directory.path());
    assert_eq!(open.code, 0, "{}", open.stderr);
    for key in ["warning[smtp.url]", "warning[feeds.a.url]", "warning[feeds.b.headers]", "password_file"] {
        assert!(open.stderr.contains(key), "{key}: {}", open.stderr);
    }
    assert!(!open.stderr.contains("hunter2"), "{}", open.stderr);
    close(&directory.path().join("config.toml"));
    let closed = check_in(directory.path());
    assert_eq!((closed.code, closed.stderr.as_str()), (0, ""));
}

#[test]
fn stories_and_how_much_a_subscriber_wants() {
    let config = meant(
        "[stories]\nenabled = false\nwindow = \"2d\"\nfollow_up_after = \"90s\"\noutlets = 5\n\
         [[subscribers]]\nemail = \"a@x.org\"\nrules = [\"*\"]\nquiet_hours = \"22:30 - 7:00\"\n\
         max_per_hour = 3\nmin_severity = \"high\"\n[[subscribers]]\nemail = \"b@x.org\"\nrules = [\"*\"]",
    );
    let stories = &config.stories;
    assert_eq!((stories.enabled, stories.outlets), (false, 5));
    assert_eq!((stories.window.as_secs(), stories.follow_up_after.as_secs()), (172_800, 90));
    let [amal, badr] = &config.subscribers[..] else { panic!("two subscribers") };
    let quiet = amal.quiet_hours.expect("quiet hours");
    for (time, within) in
        [("22:29", false), ("22:30", true), ("00:00", true), ("06:59", true), ("07:00", false)]
    {
        assert_eq!(quiet.contains(time.parse().expect("a time")), within, "{time}");
    }
    assert_eq!((amal.max_per_hour, amal.min_severity), (Some(3), Severity::High));
    assert_eq!((badr.quiet_hours, badr.max_per_hour, badr.min_severity), (None, None, Severity::Low));
    let usual = meant("").stories;
    assert_eq!((usual.enabled, usual.outlets), (true, 3));
    assert_eq!((usual.window.as_secs(), usual.follow_up_after.as_secs()), (259_200, 3_600));
}

#[test]
fn a_digest_within_the_quiet_hours_is_a_warning() {
    let subscriber = |quiet: &str| {
        let part = format!(
            "[[feeds]]\nid = \"a\"\nurl = \"https://a.example/\"\n[[rules]]\nid = \"r\"\nany = [\"سيادة\"]\n\
             [[subscribers]]\nemail = \"a@x.org\"\nrules = [\"*\"]\ndelivery = \"digest\"\n\
             digest_at = [\"08:00\", \"23:00\"]\nquiet_hours = \"{quiet}\""
        );
        check(completed(&part).as_bytes())
    };
    let ended = subscriber("22:00-07:00");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("the digest of 23:00 lies within the quiet hours"), "{}", ended.stderr);
    assert_eq!(subscriber("23:01-07:00").stderr, "");
}

#[test]
fn digests_and_zones() {
    let directory = directory(EVERY_KEY);
    let config = config::load(&directory.path().join("config.toml"))
        .unwrap_or_else(|report| panic!("{report}"))
        .config;
    let [first, second, third] = &config.subscribers[..] else { panic!("three subscribers") };
    let Delivery::DigestAt(times) = &first.delivery else { panic!("{:?}", first.delivery) };
    assert_eq!(times.iter().map(ToString::to_string).collect::<Vec<_>>(), ["08:00:00", "17:30:00"]);
    assert_eq!(first.timezone.iana_name(), Some("Asia/Baghdad"));
    assert_eq!(second.delivery, Delivery::DigestEvery(Duration::from_hours(6)));
    assert_eq!(second.rules, Subscription::All);
    assert_eq!(third.delivery, Delivery::Immediate);
}

#[test]
fn a_tag_stands_for_the_rules_that_have_it() {
    let feeds = "[[feeds]]\nid = \"a\"\nurl = \"https://example.org/a\"\ntags = [\"iraq\", \"economy\"]\n";
    let rule = |id: &str, tags: &str| format!("[[rules]]\nid = \"{id}\"\nany = [\"x\"]\ntags = [{tags}]\n");
    let rules = rule("one", "\"iraq\"") + &rule("two", "\"economy\", \"iraq\"") + &rule("three", "");
    for (asked, expected) in [
        (r##""#iraq""##, &["one", "two"][..]),
        (r##""two", "#iraq""##, &["two", "one"]),
        (r##""#economy", "three", "#iraq""##, &["two", "three", "one"]),
    ] {
        let subscriber = format!("[[subscribers]]\nemail = \"amal@example.org\"\nrules = [{asked}]\n");
        let config = meant(&format!("{feeds}{rules}{subscriber}"));
        let expected = expected.iter().map(ToString::to_string).collect();
        assert_eq!(config.subscribers[0].rules, Subscription::Rules(expected), "{asked}");
    }
}

/// `match` asks only what stands in a text: no limit, no sample and no feed matters to it.
#[test]
fn match_looks_at_no_limit_and_runs_no_sample() {
    let rule = "[[rules]]\nid = \"r\"\nany = [\"التحالف\"]\nfeeds = [\"gone\"]\ntags = [\"gone\"]\nlanguages = [\"fa\"]\nseverity = \"low\"\nshould_match = [\"x\"]\n";
    let directory = directory(rule);
    let config = directory.path().join("config.toml").display().to_string();
    let ended = run(&["match", "--config", &config], "{\"id\":\"1\",\"body\":\"التحالف\"}".as_bytes());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.contains("\"rule\":\"r\""), "{}", ended.stdout);
    assert_eq!(check_in(directory.path()).code, 78);
}

#[test]
fn match_needs_rules_and_entities_alone() {
    let rules = "[[rules]]\nid = \"r\"\nany = [\"@e\"]\n[[entities]]\nid = \"e\"\nnames = [\"التحالف\"]\n";
    for others in [
        "",
        "[storage]\n",
        "[smtp]\nurl = 5\ncolour = 1\n",
        "[http]\nlisten = \"x\"\n",
        "[[feeds]]\nid = \"\"\n",
        "feeds = 3\n",
    ] {
        let config = format!("{others}{rules}");
        let matching = config::read_matching(config.as_bytes(), "config.toml", Path::new(""))
            .unwrap_or_else(|report| panic!("{report}"));
        assert_eq!((matching.rules.len(), matching.entities.len()), (1, 1), "{others}");
    }
    for wrong in [
        "",
        "# nothing\n",
        "[[rule]]\nid = \"r\"\nany = [\"x\"]\n",
        "[[rules]]\nid = \"\"\nany = [\"x\"]\n",
        "[[rules]]\nid = 'x\n",
    ] {
        assert!(config::read_matching(wrong.as_bytes(), "config.toml", Path::new("")).is_err(), "{wrong:?}");
    }
}

/// The rules of the default config that match each entry of its sample feed.
#[test]
fn the_default_topics_match_the_sample() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let matching =
        config::load_matching(&directory.join("config.toml")).unwrap_or_else(|report| panic!("{report}"));
    let bytes = fs::read(directory.join("samples/wadan.xml")).expect("the sample is read");
    let input = feed::Input { bytes: &bytes, content_type: None, base_url: None, max_entries: 100 };
    let sample = feed::read(input).expect("the sample is a feed").feed;
    let rules = RuleSet::compile(&matching.rules, &matching.entities);
    let mut scratch = Scratch::default();
    let matches = sample.entries.iter().map(|entry| {
        let document = Document { title: &entry.title, body: &entry.text };
        let matches = rules.matches(document, &mut scratch);
        let ids = matches.iter().map(|found| matching.rules[found.rule].id.as_str());
        (entry.url.as_deref().unwrap_or_default(), ids.collect::<Vec<_>>().join(" "))
    });
    let expected = [
        ("https://wadan.example/news/1041", "troop-redeployment"),
        ("https://wadan.example/news/1040", "sovereignty"),
        ("https://wadan.example/news/1039", "coalition"),
        ("https://wadan.example/reports/77", "troop-redeployment sovereignty coalition"),
        ("https://wadan.example/news/1038", ""),
        ("https://wadan.example/sport/512", ""),
        ("https://wadan.example/news/1037", ""),
        ("https://wadan.example/economy/230", ""),
        ("https://wadan.example/weather/98", ""),
    ];
    assert_eq!(matches.collect::<Vec<_>>(), expected.map(|(url, rules)| (url, rules.to_owned())));
}
