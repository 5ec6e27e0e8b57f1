//! What a relay may do, and what becomes of the mail.

use std::time::Duration;

use mail_parser::MessageParser;

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::{Offer, Rule, SmtpServer, Step};

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

fn place(web: &Server, relay: &SmtpServer) -> Place {
    web.feed("/news.xml", &rss(ITEMS));
    Place::new(&settings(web, relay))
}

fn settings(web: &Server, relay: &SmtpServer) -> Settings {
    Settings::new(&relay.url())
        .feed("agency", &web.url("/news.xml"))
        .subscriber("amal@example.org")
        .subscriber("badr@example.org")
}

#[test]
fn mail_waits_for_a_relay_that_is_down_and_leaves_when_it_is_back() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.down();
    let running = place(&web, &relay);
    let running = running.start();
    running.wait_log(&["the relay cannot be used"]);
    relay.up();
    relay.wait_for(2);
    running.wait_log(&["the relay works again"]);
    let ended = running.stop();
    assert_eq!(ended.log.matches("the relay cannot be used").count(), 1, "said once:\n{}", ended.log);
    assert_eq!(relay.log().mails().len(), 2);
}

#[test]
fn a_greylisted_message_is_delivered_once_and_holds_up_no_other() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to("amal@example.org").times(1).say("450 4.2.0 try again later"));
    let running = place(&web, &relay);
    let running = running.start();
    let mails = relay.wait_for(2);
    assert_eq!(mails[0].to, ["badr@example.org"], "the other went first");
    assert_eq!(running.stop().code, 0);
    assert_eq!(relay.log().mails().len(), 2);
}

#[test]
fn a_permanent_refusal_ends_that_message_visibly_and_no_other() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to("amal@example.org").say("550 5.1.1 <amal@example.org> unknown"));
    let place = place(&web, &relay);
    let running = place.start();
    relay.wait_for(1);
    running.wait_log(&["message failed for good", "550"]);
    running.stop();
    // Ended means ended: not even a restart tries it again.
    let running = place.start();
    web.wait_for("/news.xml", web.asked("/news.xml").len() + 1);
    let ended = running.stop();
    let log = relay.log();
    assert_eq!(log.commands.iter().filter(|(_, line)| line.contains("RCPT TO:<amal@")).count(), 1);
    assert!(!ended.log.lines().any(|line| line.contains(" ERROR ") && line.contains("amal@")));
}

#[test]
fn a_connection_cut_after_data_repeats_the_same_bytes() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::End).to("amal@example.org").times(1).cut());
    let running = place(&web, &relay);
    let running = running.start();
    relay.wait_for(2);
    running.stop();
    let transfers: Vec<_> =
        relay.log().transfers.into_iter().filter(|mail| mail.to == ["amal@example.org"]).collect();
    assert_eq!(transfers.len(), 2);
    assert!(transfers[0].bytes == transfers[1].bytes, "the repeat is the same to the byte");
}

#[test]
fn a_relay_that_was_unreachable_gets_its_mail_within_seconds_of_its_return() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.down();
    let place = place(&web, &relay);
    place.configure(&patient(&web, &relay));
    let running = place.start();
    running.wait_log(&["the relay cannot be used"]);
    relay.up();
    relay.wait_for(2);
    assert_eq!(running.stop().code, 0);
}

/// Waits an hour before it tries anything again.
fn patient(web: &Server, relay: &SmtpServer) -> String {
    let toml = settings(web, relay).toml();
    toml.replace("retry_min = \"1s\"\nretry_max = \"2s\"", "retry_min = \"1h\"")
}

#[test]
fn a_relay_that_closes_at_any_step_gets_each_message_once_when_it_is_back() {
    for step in [Step::Connect, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::End] {
        let (web, relay) = (Server::start(), SmtpServer::start());
        relay.script(Rule::at(step).times(1).say("421 4.3.2 closing"));
        let place = place(&web, &relay);
        let running = place.start();
        relay.wait_for(2);
        assert_eq!(running.stop().code, 0);
        assert_eq!(relay.log().mails().len(), 2, "{step:?}");
    }
}

#[test]
fn a_recipient_who_hangs_holds_up_no_other() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to("amal@example.org").hang());
    let place = place(&web, &relay);
    let running = place.start();
    let mut items = ITEMS.to_vec();
    for (mails, guid) in [(1, "2"), (2, "3"), (3, "4")] {
        let mailed = relay.wait_for(mails);
        assert!(mailed.iter().all(|mail| mail.to == ["badr@example.org"]));
        items.insert(0, (guid, "التحالف الدولي ينفي خبرا آخر", "نص."));
        web.feed("/news.xml", &rss(&items));
    }
    relay.wait_for(4);
    let log = relay.log();
    let hanging = log.commands.iter().filter(|(_, line)| line.contains("RCPT TO:<amal@")).count();
    assert_eq!(hanging, 1, "one dialogue at a time");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_message_at_which_the_relay_hangs_up_waits_longer_each_time_while_the_rest_goes_on() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::End).to("amal@example.org").times(3).cut());
    relay.script(Rule::at(Step::Rcpt).to("badr@example.org").times(1).say("452 4.3.1 no room"));
    let place = place(&web, &relay);
    let running = place.start();
    let mails = relay.wait_for(2);
    assert_eq!(mails[0].to, ["badr@example.org"]);
    let ended = running.stop();
    assert!(!ended.log.contains("the relay cannot be used"), "{}", ended.log);
    let transfers = relay.log().transfers;
    let amal: Vec<_> = transfers.iter().filter(|mail| mail.to == ["amal@example.org"]).collect();
    assert_eq!(amal.len(), 4);
    assert!(amal.windows(2).all(|pair| pair[0].bytes == pair[1].bytes));
}

#[test]
fn a_relay_that_is_slow_to_greet_and_to_answer_gets_everything() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    for step in [Step::Connect, Step::Rcpt, Step::End] {
        relay.script(Rule::at(step).slow(Duration::from_millis(700)));
    }
    let place = place(&web, &relay);
    let running = place.start();
    relay.wait_for(2);
    let ended = running.stop();
    assert_eq!(ended.code, 0);
    assert!(!ended.log.contains("deferred"), "{}", ended.log);
}

#[test]
fn a_relay_without_the_tls_that_is_asked_for_gets_nothing() {
    let stripped = SmtpServer::start();
    let untrusted = SmtpServer::offering(Offer::default().starttls());
    for relay in [stripped, untrusted] {
        let web = Server::start();
        let place = place(&web, &relay);
        place.configure(&settings(&web, &relay).toml().replace("[fetch]", "tls = \"required\"\n[fetch]"));
        let running = place.start();
        running.wait_log(&["ERROR", "the relay refuses rasid"]);
        assert_eq!(running.stop().code, 0);
        assert_eq!(relay.log().count("MAIL"), 0, "nothing in plain text");
    }
}

#[test]
fn a_round_that_is_over_takes_leave_of_the_relay() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    place(&web, &relay).once();
    let log = relay.wait_until("QUIT", |log| log.count("QUIT") == log.connections);
    assert_eq!(log.mails().len(), 2);
}

#[test]
fn a_relay_that_refuses_the_password_keeps_the_mail_and_raises_an_alarm() {
    let web = Server::start();
    let relay = SmtpServer::offering(Offer::default().auth("PLAIN", "rasid", "right"));
    web.feed("/news.xml", &rss(ITEMS));
    let url = relay.url().replace("://", "://rasid:wrong-secret@");
    let settings = Settings::new(&url).feed("agency", &web.url("/news.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    running.wait_log(&["ERROR", "the relay refuses rasid"]);
    let ended = running.stop();
    assert!(!ended.log.contains("wrong-secret"), "{}", ended.log);
    assert!(relay.log().transfers.is_empty());

    place.configure(&settings.toml().replace("wrong-secret", "right"));
    let running = place.start();
    relay.wait_for(1);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_headline_that_forges_headers_is_still_told_and_forges_nothing() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let title =
        "التحالف الدولي&#13;&#10;Bcc: evil@example.org&#13;&#10;.&#13;&#10;RCPT TO:&lt;evil@example.org&gt;";
    web.feed("/news.xml", &rss(&[("1", title, "نص &lt;script&gt;alert(1)&lt;/script&gt;")]));
    let settings =
        Settings::new(&relay.url()).feed("agency", &web.url("/news.xml")).subscriber("amal@example.org");
    let running = Place::new(&settings);
    let running = running.start();
    let mails = relay.wait_for(1);
    running.stop();
    assert_eq!(mails[0].to, ["amal@example.org"]);
    let mail = MessageParser::default().parse(&mails[0].bytes).expect("a mail");
    assert!(mail.bcc().is_none());
    assert!(mail.subject().expect("a subject").contains("التحالف الدولي"));
    assert!(!mail.body_html(0).expect("HTML").contains("<script"));
    assert!(!relay.log().commands.iter().any(|(_, line)| line.contains("evil")));
}
