//! kill −9 at chosen moments: nothing lost, and a repeat is the same to the byte.

use std::collections::{BTreeMap, BTreeSet};

use mail_parser::MessageParser;

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::{Gate, Reply, Server};
use crate::support::smtp::{Mail, Rule, SmtpServer, Step};

/// What a mail says it is, and which of the numbered test entries it tells.
pub(super) fn told(mail: &Mail) -> (String, BTreeSet<usize>) {
    let parsed = MessageParser::default().parse(&mail.bytes).expect("a mail");
    let text = parsed.body_text(0).expect("text");
    let entries = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("https://news.example/entry-")?.parse().ok());
    (parsed.message_id().expect("a Message-ID").to_owned(), entries.collect())
}

/// Each entry once for each subscriber, but for repeats of one message that are the same to the byte.
#[track_caller]
pub(super) fn check_told_once(mails: &[Mail], subscribers: &[&str], entries: usize) {
    let mut bytes: BTreeMap<String, &[u8]> = BTreeMap::new();
    let mut of: BTreeMap<(&str, usize), BTreeSet<String>> = BTreeMap::new();
    for mail in mails {
        let (id, entries) = told(mail);
        if let Some(before) = bytes.insert(id.clone(), &mail.bytes) {
            assert!(before == &mail.bytes[..], "one Message-ID, two contents");
        }
        for entry in entries {
            of.entry((&mail.to[0], entry)).or_default().insert(id.clone());
        }
    }
    for subscriber in subscribers {
        for entry in 0..entries {
            let messages = of.get(&(subscriber, entry)).map_or(0, BTreeSet::len);
            assert_eq!(messages, 1, "messages that tell {subscriber} of entry {entry}");
        }
    }
}

pub(super) fn entry_feed(numbers: impl IntoIterator<Item = usize>) -> String {
    let items: Vec<_> = numbers
        .into_iter()
        .map(|n| (format!("entry-{n}"), format!("التحالف الدولي يعلن البيان {n}")))
        .collect();
    let items: Vec<_> =
        items.iter().map(|(guid, title)| (guid.as_str(), title.as_str(), "تفاصيل قليلة.")).collect();
    rss(&items)
}

const SUBSCRIBERS: [&str; 2] = ["amal@example.org", "badr@example.org"];

fn settings(web: &Server, relay: &SmtpServer, subscribers: &[&str]) -> Settings {
    let settings = Settings::new(&relay.url()).feed("agency", &web.url("/news.xml"));
    subscribers.iter().fold(settings, |settings, email| settings.subscriber(email))
}

#[test]
fn killed_right_after_a_feed_answered() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/news.xml", &entry_feed(0..3));
    let place = Place::new(&settings(&web, &relay, &SUBSCRIBERS));
    for asked in 1..=3 {
        let running = place.start();
        web.wait_for("/news.xml", asked);
        running.kill();
    }
    let running = place.start();
    relay.wait_for(SUBSCRIBERS.len());
    running.stop();
    check_told_once(&relay.log().mails(), &SUBSCRIBERS, 3);
}

#[test]
fn killed_at_each_step_of_the_dialogue() {
    for step in [Step::Connect, Step::Mail, Step::Rcpt, Step::Data, Step::End] {
        let (web, relay) = (Server::start(), SmtpServer::start());
        web.feed("/news.xml", &entry_feed(0..2));
        relay.script(Rule::at(step).times(1).hang());
        let place = Place::new(&settings(&web, &relay, &SUBSCRIBERS[..1]));
        let running = place.start();
        relay.wait_until("the relay hangs", |log| match step {
            Step::Connect => log.connections > 0,
            Step::Mail => log.count("MAIL") > 0,
            Step::Rcpt => log.count("RCPT") > 0,
            Step::Data => log.count("DATA") > 0,
            _ => !log.transfers.is_empty(),
        });
        running.kill();
        let running = place.start();
        relay.wait_for(1);
        running.stop();
        let log = relay.log();
        check_told_once(&log.transfers, &SUBSCRIBERS[..1], 2);
        assert_eq!(log.mails().len(), 1, "killed at {step:?}");
    }
}

#[test]
fn killed_right_after_each_250_repeats_only_the_same_bytes() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/news.xml", &entry_feed(0..2));
    let place = Place::new(&settings(&web, &relay, &SUBSCRIBERS));
    for accepted in 1..=SUBSCRIBERS.len() {
        let running = place.start();
        relay.wait_for(accepted);
        running.kill();
    }
    let running = place.start();
    running.wait_log(&["started"]);
    relay.wait_until("both were told", |log| {
        SUBSCRIBERS.iter().all(|subscriber| log.mails().iter().any(|mail| mail.to == [*subscriber]))
    });
    running.stop();
    check_told_once(&relay.log().mails(), &SUBSCRIBERS, 2);
}

#[test]
fn killed_while_entries_keep_coming() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let place = Place::new(&settings(&web, &relay, &SUBSCRIBERS).alerts("group_wait", "\"1s\""));
    let rounds: usize = std::env::var("RASID_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    for round in 0..rounds {
        // The window slides, so that every entry is in the feed for two rounds.
        web.feed("/news.xml", &entry_feed(round.saturating_sub(1)..=round));
        let asked = web.asked("/news.xml").len();
        let running = place.start();
        web.wait_for("/news.xml", asked + 1);
        if round % 2 == 0 {
            // Sooner or later after the answer: before, within or after the commit.
            std::thread::park_timeout(std::time::Duration::from_millis(round as u64 * 3));
        } else {
            running.wait_log(&["feed read"]);
        }
        running.kill();
    }
    // What the last round brought, and what it cut short.
    web.feed("/news.xml", &entry_feed(rounds.saturating_sub(2)..rounds));
    let running = place.start();
    relay.wait_until("everything is told", |log| {
        let told: BTreeSet<_> = (log.mails().iter())
            .flat_map(|mail| told(mail).1.into_iter().map(|entry| (mail.to[0].clone(), entry)))
            .collect();
        told.len() == rounds * SUBSCRIBERS.len()
    });
    running.stop();
    check_told_once(&relay.log().mails(), &SUBSCRIBERS, rounds);
}

#[test]
fn killed_while_a_slow_feed_hangs_keeps_what_others_brought() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let gate = Gate::default();
    web.feed("/news.xml", &entry_feed(0..1));
    web.route("/slow.xml", Reply::ok(entry_feed(1..2)).behind(&gate));
    let place = Place::new(&settings(&web, &relay, &SUBSCRIBERS).feed("slow", &web.url("/slow.xml")));
    let running = place.start();
    running.wait_log(&["feed read", "agency"]);
    web.wait_for("/slow.xml", 1);
    running.kill();
    gate.open();
    let running = place.start();
    relay.wait_until("both entries are told", |log| {
        let all: BTreeSet<_> = log.mails().iter().flat_map(|mail| told(mail).1).collect();
        all.len() == 2 && log.mails().len() >= SUBSCRIBERS.len()
    });
    running.stop();
}
