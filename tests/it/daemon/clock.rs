//! A clock that is set while the daemon runs, or between two runs: nothing stalls, nothing storms, nothing is
//! told twice. libfaketime stands between the program and the wall clock; the monotonic one is the machine's.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

use crate::support::daemon::{Daemon, Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::{Rule, SmtpServer, Step};

const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// As `faketime` has them: ahead of the machine's clock, behind it, or a time at which it starts.
const JUMPS: [&str; 5] = ["+1h", "-1d", "+1y", "@1996-03-01 12:00:00", "+0"];

/// The daemon under a clock that `set` sets.
fn start(place: &Place) -> Daemon {
    let mut command: Command = place.command(&["run"]);
    command
        .env("LD_PRELOAD", LIBRARY)
        .env("FAKETIME_TIMESTAMP_FILE", place.path("clock"))
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Daemon::start(command)
}

fn set(place: &Place, clock: &str) {
    // Whole or not at all: it is read at every look at the clock.
    std::fs::write(place.path("clock.new"), clock).expect("written");
    std::fs::rename(place.path("clock.new"), place.path("clock")).expect("moved");
}

fn have_library() {
    assert!(Path::new(LIBRARY).exists(), "apt-get install libfaketime");
}

/// A feed of so many entries, each matching.
fn entries(count: usize) -> String {
    let texts: Vec<_> =
        (1..=count).map(|n| (n.to_string(), format!("التحالف الدولي، بيان رقم {n}"))).collect();
    let items: Vec<_> = texts.iter().map(|(id, title)| (id.as_str(), title.as_str(), "نص.")).collect();
    rss(&items)
}

/// How often each entry was told.
fn told(relay: &SmtpServer) -> HashMap<String, usize> {
    let mut told = HashMap::new();
    for mail in relay.log().mails() {
        let mail = MessageParser::default().parse(&mail.bytes).expect("a mail");
        let text = mail.body_text(0).expect("text");
        for id in text.split_whitespace().filter_map(|word| word.strip_prefix("https://news.example/")) {
            *told.entry(id.to_owned()).or_default() += 1;
        }
    }
    told
}

#[test]
#[ignore = "needs libfaketime: .ci/apart"]
fn a_clock_that_is_set_while_it_runs_changes_nothing() {
    set_while_it_runs("interval = \"1s\"");
}

#[test]
#[ignore = "needs libfaketime: .ci/apart"]
fn a_clock_that_is_set_while_it_runs_is_no_silence_to_a_rhythm() {
    set_while_it_runs("");
}

/// With a feed at the pace that `pace` says, else at one that starts with a second and follows its rhythm.
fn set_while_it_runs(pace: &str) {
    have_library();
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &entries(1));
    let settings = Settings::new(&relay.url())
        .more(&format!("[[feeds]]\nid = \"a\"\nurl = \"{}\"\n{pace}", web.url("/a.xml")))
        .more("[stories]\nenabled = false")
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    set(&place, "+0");
    let running = start(&place);
    relay.wait_for(1);
    for (jump, entry) in JUMPS.iter().zip(2..) {
        set(&place, jump);
        // No stall: neither polls, nor the group's timer, nor the wait of a mail that was put off.
        relay.script(Rule::at(Step::Rcpt).times(1).say("451 later"));
        web.feed("/a.xml", &entries(entry));
        relay.wait_until(jump, |log| log.mails().len() >= entry);
        // No storm: the pace is one poll a second, by the machine's own seconds.
        let (begin, before) = (Instant::now(), web.asked("/a.xml").len());
        web.wait_for("/a.xml", before + 4);
        assert!(begin.elapsed() > Duration::from_secs(2), "{jump}: a storm");
    }
    assert_eq!(running.stop().code, 0);
    let told = told(&relay);
    assert_eq!(told.len(), JUMPS.len() + 1);
    assert!(told.values().all(|times| *times == told["1"]), "each as often as the first: {told:?}");
}

#[test]
#[ignore = "needs libfaketime: .ci/apart"]
fn a_clock_that_is_set_between_two_runs_stalls_nothing() {
    have_library();
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &entries(1));
    let settings = Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .more("[stories]\nenabled = false")
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    for (clock, entry) in JUMPS.iter().zip(1..) {
        set(&place, clock);
        web.feed("/a.xml", &entries(entry));
        let running = start(&place);
        relay.wait_until(clock, |log| log.mails().len() >= entry);
        assert_eq!(running.stop().code, 0);
    }
    let told = told(&relay);
    assert_eq!(told.len(), JUMPS.len());
    assert!(told.values().all(|times| *times == told["1"]), "each as often as the first: {told:?}");
}
