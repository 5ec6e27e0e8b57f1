//! Which alerts share a message, and when it leaves.

use mail_parser::MessageParser;

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::{Mail, SmtpServer};

fn text(mail: &Mail) -> String {
    MessageParser::default().parse(&mail.bytes).expect("a mail").body_text(0).expect("text").into_owned()
}

fn items(numbers: std::ops::Range<usize>) -> String {
    let items: Vec<_> =
        numbers.map(|n| (format!("n{n}"), format!("التحالف الدولي يعلن البيان رقم {n}"))).collect();
    rss(&items.iter().map(|(guid, title)| (guid.as_str(), title.as_str(), "نص.")).collect::<Vec<_>>())
}

#[test]
fn first_polls_that_finish_together_share_one_message_that_names_every_match() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &items(0..40));
    web.feed("/b.xml", &items(40..45));
    let settings = Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .feed("b", &web.url("/b.xml"))
        .subscriber("amal@example.org");
    let running = Place::new(&settings);
    let running = running.start();
    let mails = relay.wait_for(1);
    web.wait_for("/a.xml", 3);
    running.stop();
    assert_eq!(relay.log().mails().len(), 1, "one message for both first polls");
    let text = text(&mails[0]);
    for n in 0..45 {
        assert!(text.contains(&format!("https://news.example/n{n}")), "entry {n} is missing");
    }
}

#[test]
fn a_new_entry_is_told_by_itself_and_old_ones_are_not_told_again() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &items(0..2));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let running = Place::new(&settings);
    let running = running.start();
    relay.wait_for(1);
    web.feed("/a.xml", &items(0..3));
    let mails = relay.wait_for(2);
    running.stop();
    let news = text(&mails[1]);
    assert!(news.contains("https://news.example/n2"));
    assert!(!news.contains("https://news.example/n1"), "{news}");
}

#[test]
fn an_edited_headline_or_link_is_not_told_twice() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("g1", "التحالف الدولي يجتمع", "نص.")]));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let running = Place::new(&settings);
    let running = running.start();
    relay.wait_for(1);
    web.feed("/a.xml", &rss(&[("g1", "التحالف الدولي يجتمع اليوم", "نص محدث.")]));
    web.wait_for("/a.xml", web.asked("/a.xml").len() + 3);
    running.stop();
    assert_eq!(relay.log().mails().len(), 1);
}

#[test]
fn a_digest_waits_for_its_time_across_a_restart_and_names_everything_once() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &items(0..1));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).more(
        "[[subscribers]]\nemail = \"amal@example.org\"\nrules = [\"*\"]\ndelivery = \"digest\"\ndigest_every = \"4s\"",
    );
    let place = Place::new(&settings);
    let running = place.start();
    running.wait_log(&["feed read"]);
    assert_eq!(running.stop().code, 0);
    assert!(relay.log().transfers.is_empty(), "not due yet");

    web.feed("/a.xml", &items(0..3));
    let running = place.start();
    running.wait_log(&["feed read"]);
    let mails = relay.wait_for(1);
    running.stop();
    let digest = text(&mails[0]);
    for n in 0..3 {
        assert!(digest.contains(&format!("https://news.example/n{n}")), "{digest}");
    }
    assert_eq!(relay.log().mails().len(), 1);
}

#[test]
fn a_round_by_hand_delivers_what_is_due_and_leaves_the_digest() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &items(0..2));
    let settings = Settings::new(&relay.url())
        .alerts("group_wait", "\"1h\"")
        .feed("a", &web.url("/a.xml"))
        .subscriber("amal@example.org")
        .more("[[subscribers]]\nemail = \"badr@example.org\"\nrules = [\"*\"]\ndelivery = \"digest\"\ndigest_every = \"1h\"");
    let place = Place::new(&settings);
    place.once();
    let mails = relay.log().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["amal@example.org"]);
    place.once();
    assert_eq!(relay.log().transfers.len(), 1, "nothing repeats");
}
