//! What a relay may do, and what becomes of the mail.

use mail_parser::MessageParser;

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::{Offer, Rule, SmtpServer, Step};

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

fn place(web: &Server, relay: &SmtpServer) -> Place {
    web.feed("/news.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url())
        .feed("agency", &web.url("/news.xml"))
        .subscriber("amal@example.org")
        .subscriber("badr@example.org");
    Place::new(&settings)
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
