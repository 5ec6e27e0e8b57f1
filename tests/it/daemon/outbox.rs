//! `rasid outbox` beside a daemon that runs, and after one that was killed.

use serde_json::Value;

use crate::support::daemon::{Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::program::Ended;
use crate::support::smtp::{Rule, SmtpServer, Step};

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

fn settings(web: &Server, relay: &SmtpServer) -> Settings {
    web.feed("/news.xml", &rss(ITEMS));
    Settings::new(&relay.url())
        .feed("agency", &web.url("/news.xml"))
        .subscriber("amal@example.org")
        .subscriber("badr@example.org")
}

fn outbox(place: &Place, args: &[&str]) -> Ended {
    let output = place.command(&[&["outbox"], args].concat()).output().expect("it runs");
    Ended {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn json(place: &Place, args: &[&str]) -> Value {
    let ended = outbox(place, &[args, &["--format", "json"]].concat());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).expect("JSON")
}

/// Numbers and addresses of the messages of a state.
fn listed(place: &Place, state: &str) -> Vec<(i64, String)> {
    let listing = json(place, &["list", "--state", state]);
    let messages = listing["messages"].as_array().expect("a list");
    let of = |message: &Value| {
        assert_eq!(message["state"], state);
        (message["id"].as_i64().expect("a number"), message["subscriber"].as_str().expect("text").to_owned())
    };
    messages.iter().map(of).collect()
}

fn wait_listed(place: &Place, state: &str, many: usize) -> Vec<(i64, String)> {
    eventually(state, || Some(listed(place, state)).filter(|messages| messages.len() == many))
}

fn history(place: &Place, id: i64) -> Vec<String> {
    let shown = json(place, &["show", &id.to_string()]);
    let events = shown["history"].as_array().expect("a list").iter();
    events.map(|event| event["outcome"].as_str().expect("text").to_owned()).collect()
}

#[track_caller]
fn refused(place: &Place, args: &[&str], code: i32, says: &str) {
    let ended = outbox(place, args);
    assert_eq!(ended.code, code, "{}", ended.stderr);
    assert!(ended.stderr.contains(says) && ended.stderr.trim_end().lines().count() == 1, "{}", ended.stderr);
}

#[test]
fn a_message_that_failed_is_seen_and_sent_again_by_hand() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to("amal@example.org").times(1).say("550 5.1.1 no such user"));
    let place = Place::new(&settings(&web, &relay));
    let running = place.start();
    relay.wait_for(1);
    let failed = wait_listed(&place, "failed", 1);
    let (id, number) = (failed[0].0, failed[0].0.to_string());
    assert_eq!(failed[0].1, "amal@example.org");
    let text = outbox(&place, &["list"]).stdout;
    assert!(text.contains("550 5.1.1 no such user") && text.contains("1 failed"), "{text}");

    let shown = json(&place, &["show", &number]);
    let headers = shown["headers"].as_array().expect("headers");
    assert!(headers.iter().any(|header| header["name"] == "To" && header["value"] == "amal@example.org"));
    let subject = headers.iter().find(|header| header["name"] == "Subject").expect("a subject");
    assert!(subject["value"].as_str().expect("text").contains("التحالف الدولي"), "it is decoded");
    assert!(shown["text"].as_str().expect("text").contains("https://news.example/1"));
    let text = outbox(&place, &["show", &number]).stdout;
    assert!(text.contains("refused") && text.contains("https://news.example/1"), "{text}");

    let retried = outbox(&place, &["retry", &number]);
    assert_eq!((retried.code, retried.stdout.as_str()), (0, "1 message is due again\n"));
    relay.wait_for(2);
    wait_listed(&place, "sent", 2);
    assert_eq!(history(&place, id), ["refused", "retried", "sent"]);
    refused(&place, &["retry", &number], 1, "the relay has taken it over");
    refused(&place, &["drop", &number, "--reason", "x"], 1, "the relay has taken it over");
    refused(&place, &["show", "4711"], 1, "there is no such message");
    refused(&place, &["retry", "4711"], 1, "there is no such message");
    assert_eq!(outbox(&place, &["retry"]).code, 2);
    assert_eq!(outbox(&place, &["drop", &number]).code, 2);
    assert_eq!(outbox(&place, &["list", "--state", "lost"]).code, 2);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_message_that_is_dropped_ends_with_the_reason_and_only_its_number_brings_it_back() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to("amal@example.org").times(1).say("450 4.2.0 later"));
    let later =
        settings(&web, &relay).toml().replace("retry_min = \"1s\"\nretry_max = \"2s\"", "retry_min = \"1h\"");
    let place = Place::new(&settings(&web, &relay));
    place.configure(&later);
    let running = place.start();
    relay.wait_for(1);
    let id = wait_listed(&place, "deferred", 1)[0].0;
    let dropped = outbox(&place, &["drop", &id.to_string(), "--reason", "أرسل بطريق\nأخرى"]);
    assert_eq!(dropped.code, 0, "{}", dropped.stderr);
    let shown = json(&place, &["show", &id.to_string()]);
    assert_eq!((&shown["state"], &shown["reply"]), (&"failed".into(), &"dropped: أرسل بطريق أخرى".into()));
    refused(&place, &["drop", &id.to_string(), "--reason", "x"], 1, "ended already");
    assert_eq!(outbox(&place, &["retry", "--all"]).stdout, "0 messages are due again\n");
    assert_eq!(outbox(&place, &["retry", "--failed"]).stdout, "0 messages are due again\n");
    assert_eq!(relay.log().mails().len(), 1);
    assert_eq!(outbox(&place, &["retry", &id.to_string()]).code, 0);
    relay.wait_for(2);
    wait_listed(&place, "sent", 2);
    assert_eq!(history(&place, id), ["deferred", "dropped", "retried", "sent"]);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_relay_that_was_left_alone_is_tried_at_once_by_hand() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Mail).times(1).say("421 4.3.2 closing for the day"));
    web.feed("/news.xml", &rss(ITEMS));
    let one =
        Settings::new(&relay.url()).feed("agency", &web.url("/news.xml")).subscriber("amal@example.org");
    let place = Place::new(&one);
    place.configure(&one.toml().replace("retry_min = \"1s\"\nretry_max = \"2s\"", "retry_min = \"1h\""));
    let running = place.start();
    running.wait_log(&["the relay cannot be used"]);
    let id = wait_listed(&place, "due", 1)[0].0;
    eventually("it is kept why", || Some(history(&place, id)).filter(|history| history == &["relay"]));
    assert_eq!(outbox(&place, &["retry", "--all"]).code, 0);
    relay.wait_for(1);
    running.wait_log(&["the relay works again"]);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn what_a_kill_interrupts_is_sending_until_the_next_start() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::End).to("amal@example.org").times(1).hang());
    let place = Place::new(&settings(&web, &relay));
    let running = place.start();
    relay.wait_until("both came", |log| log.transfers.len() == 2);
    let id = wait_listed(&place, "sending", 1)[0].0;
    refused(&place, &["drop", &id.to_string(), "--reason", "x"], 75, "it is being sent");
    running.kill();
    assert_eq!(listed(&place, "sending").len(), 1);
    let running = place.start();
    relay.wait_for(2);
    wait_listed(&place, "sent", 2);
    assert_eq!(history(&place, id), ["interrupted", "sent"]);
    running.stop();
    let log = relay.log();
    let mut twice = log.transfers.iter().filter(|mail| mail.to == ["amal@example.org"]);
    assert!(twice.next().expect("one").bytes == twice.next().expect("two").bytes);
    assert_eq!(outbox(&place, &["list"]).stdout.lines().last(), Some("no messages"));
}

#[test]
fn there_is_nothing_to_look_at_before_the_first_start() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let place = Place::new(&settings(&web, &relay));
    for args in [&["list"][..], &["show", "1"], &["retry", "--all"], &["drop", "1", "--reason", "x"]] {
        refused(&place, args, 66, "there is no database yet");
    }
    assert!(!place.path("rasid.db").exists());
}
