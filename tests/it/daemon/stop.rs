//! Ending: under five seconds, exit 0, nothing lost, whatever is going on.

use std::time::Duration;

use crate::support::daemon::{Ended, Place, Settings, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::{Rule, SmtpServer, Step};

const MATCHING: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

#[track_caller]
fn check(ended: &Ended) {
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert!(ended.took < Duration::from_secs(5), "took {:?}:\n{}", ended.took, ended.log);
    assert!(!ended.log.contains("panicked"), "{}", ended.log);
}

#[test]
fn sigterm_and_sigint_end_an_idle_daemon() {
    let relay = SmtpServer::start();
    let place = Place::new(&Settings::new(&relay.url()).subscriber("amal@example.org"));
    for signal in ["TERM", "INT"] {
        let running = place.start();
        running.wait_log(&["started"]);
        running.signal(signal);
        let ended = running.wait();
        check(&ended);
        assert!(ended.took < Duration::from_secs(1), "{:?}", ended.took);
    }
}

#[test]
fn sigterm_ends_a_daemon_whose_feeds_hang() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.route("/silent", Reply::silence());
    web.route("/endless", Reply::endless("x").drip(Duration::from_millis(50)));
    let settings = Settings::new(&relay.url())
        .feed("silent", &web.url("/silent"))
        .feed("endless", &web.url("/endless"))
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    web.wait_for("/silent", 1);
    web.wait_for("/endless", 1);
    check(&running.stop());
    let running = Place::new(&settings);
    let running = running.command(&["run", "--once"]);
    let running = crate::support::daemon::Daemon::start(running);
    web.wait_for("/silent", 2);
    check(&running.stop());
}

#[test]
fn sigterm_in_a_dialogue_loses_nothing_and_repeats_nothing_that_was_accepted() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/news.xml", &rss(MATCHING));
    relay.script(Rule::at(Step::Rcpt).times(1).hang());
    let settings =
        Settings::new(&relay.url()).feed("agency", &web.url("/news.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_until("RCPT was said", |log| log.count("RCPT") > 0);
    check(&running.stop());
    assert!(relay.log().mails().is_empty());

    let running = place.start();
    let mails = relay.wait_for(1);
    check(&running.stop());
    let running = place.start();
    web.wait_for("/news.xml", web.asked("/news.xml").len() + 1);
    check(&running.stop());
    assert_eq!(relay.log().transfers.len(), mails.len(), "told once");
}
