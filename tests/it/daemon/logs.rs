//! Logs: what reaches whom, at which level, how often, and what never does.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;

use crate::support::daemon::{Daemon, Place, Settings, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::{Rule, SmtpServer, Step};

/// Lines from INFO upwards.
fn told(log: &str) -> impl Iterator<Item = &str> {
    log.lines().filter(|line| !line.contains(" DEBUG ") && !line.contains(" TRACE "))
}

#[test]
fn what_strangers_say_turns_nothing_and_names_nobody() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي \u{202e}يجتمع", "نص\u{2066}.")]));
    web.route("/b.xml", Reply::ok("<html>amal@example.org \u{202e}</html>"));
    relay.script(Rule::at(Step::Rcpt).times(1).say("451 4.2.1 <amal@example.org> \u{202e}later\u{7}"));
    relay.script(Rule::at(Step::Rcpt).times(1).say("550 5.1.1 <amal@example.org> \u{2067}unknown\u{1b}[2J"));
    let settings = Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .feed("b", &web.url("/b.xml"))
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    running.wait_log(&["message deferred", "(address)"]).wait_log(&["message failed for good", "(address)"]);
    place.configure(&settings.toml().replace("amal@example.org", "amal@@example.org and badr@example.org"));
    running.signal("HUP");
    running.wait_log(&["the new config is broken"]);
    let ended = running.stop();
    assert_eq!(ended.code, 0);
    for line in told(&ended.log) {
        assert!(!line.contains("amal@") && !line.contains("badr@"), "{line}");
    }
    let turns = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for line in ended.log.lines() {
        assert!(!line.contains(turns), "{line:?}");
    }
}

#[test]
fn what_is_the_same_is_said_once() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.route("/b.xml", Reply::status(503));
    let items: Vec<_> = (0..9).map(|n| (n.to_string(), format!("التحالف الدولي {n}"))).collect();
    let items: Vec<_> = items.iter().map(|(id, title)| (id.as_str(), title.as_str(), "نص.")).collect();
    web.feed("/a.xml", &rss(&items));
    relay.script(Rule::at(Step::Rcpt).say("451 4.3.2 later"));
    let mut settings =
        Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).feed("b", &web.url("/b.xml"));
    for number in 0..8 {
        settings = settings.subscriber(&format!("reader{number}@example.org"));
    }
    let running = Place::new(&settings);
    let running = running.start();
    running.wait_log_times(&["message deferred"], 24).wait_log(&["feed failed again"]);
    let log = running.stop().log;
    let warnings = |part: &str| told(&log).filter(|line| line.contains(part)).count();
    assert_eq!((warnings("message deferred"), warnings("feed failed")), (1, 1), "{log}");
}

/// The journal has the time of its own, and takes the level from the first characters of a line.
#[test]
fn in_the_journal_a_line_says_all_and_begins_with_its_level() {
    let relay = SmtpServer::start();
    let place = Place::new(
        &Settings::new(&relay.url()).feed("none", "http://127.0.0.1:9/").subscriber("amal@example.org"),
    );
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let copy = writer.try_clone().expect("a copy");
    let about = std::fs::File::from(std::os::fd::OwnedFd::from(copy)).metadata().expect("a pipe");
    let mut command = place.command(&["run", "--once"]);
    command.env("RUST_LOG", "info").env("JOURNAL_STREAM", format!("{}:{}", about.dev(), about.ino()));
    command.stderr(Stdio::from(writer)).stdin(Stdio::null());
    let status = command.status().expect("it runs");
    drop(command);
    assert!(status.success());
    let mut log = String::new();
    reader.read_to_string(&mut log).expect("UTF-8");
    assert!(log.starts_with("<6>started version="), "{log}");
    assert!(log.contains("\n<4>feed failed feed=\"none\" reason="), "{log}");

    // Another stream than the one that is named is none of the journal's.
    let mut command = place.command(&["run", "--once"]);
    command.env("JOURNAL_STREAM", "1:2");
    assert!(Daemon::start(command).wait().log.contains(" INFO started"));
}
