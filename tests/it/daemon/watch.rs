//! Feeds that answer and yet bring nothing, and who is told of it.

use std::fmt::Write as _;

use mail_parser::MessageParser;

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::SmtpServer;

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];
const CAPTCHA: &str = "<!DOCTYPE html><html><title>Just a moment...</title><body>captcha</body></html>";

fn warnings(log: &str, feed: &str) -> usize {
    log.lines()
        .filter(|line| line.contains("feed deserves a look") && line.contains(&format!("feed=\"{feed}\"")))
        .count()
}

#[test]
fn the_operator_is_told_of_everything_once_in_one_message() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/good.xml", &rss(ITEMS));
    web.feed("/empty.xml", &rss(&[]));
    web.route("/captcha.xml", Reply::ok(CAPTCHA));
    web.route("/gone.xml", Reply::status(410));
    web.feed(
        "/future.xml",
        &rss(ITEMS).replace("<guid", "<pubDate>Mon, 05 Nov 2099 10:00:00 GMT</pubDate><guid"),
    );
    let settings = ["good", "empty", "captcha", "gone", "future"]
        .iter()
        .fold(Settings::new(&relay.url()).alerts("operator", "\"admin@example.org\""), |settings, name| {
            settings.feed(name, &web.url(&format!("/{name}.xml")))
        });
    let place = Place::new(&settings);
    place.once();
    let mails = relay.log().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["admin@example.org"]);
    let mail = MessageParser::default().parse(&mails[0].bytes).expect("a mail");
    let text = mail.body_text(0).expect("text").into_owned();
    for (name, told) in
        [("good", false), ("empty", true), ("captcha", true), ("gone", true), ("future", true)]
    {
        assert_eq!(text.lines().any(|line| line.starts_with(name)), told, "{name} in:\n{text}");
    }
    assert_eq!(mail.subject(), Some("rasid: 4 feeds deserve a look"));
    assert!(text.contains("proof of a person") && text.contains("gone for good (410)"), "{text}");

    // A day has not passed, whatever else comes up, and a restart changes nothing.
    web.feed("/good.xml", &rss(&[]));
    let running = place.start();
    running.wait_log(&["deserves a look", "good", "without entries"]);
    web.wait_for("/good.xml", 4);
    let ended = running.stop();
    assert_eq!(relay.log().transfers.len(), 1);
    assert_eq!((warnings(&ended.log, "good"), warnings(&ended.log, "empty")), (1, 0), "{}", ended.log);
}

#[test]
fn without_an_operator_nobody_is_written_to() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.script("/a.xml", [Reply::ok(rss(&[])), Reply::ok(rss(ITEMS))]);
    let place = Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")));
    let running = place.start();
    running.wait_log(&["WARN", "feed deserves a look", "without entries"]);
    running.wait_log(&["INFO", "feed is as usual again"]);
    running.stop();
    assert!(relay.log().transfers.is_empty());
}

#[test]
fn a_silence_that_its_own_past_does_not_explain_is_said() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    #[allow(clippy::disallowed_methods)] // the test plays the feed's clock
    let now = jiff::Timestamp::now();
    let mut hourly = String::new();
    for n in 0..90 {
        let date = now - jiff::SignedDuration::from_hours(4 * 24 + n);
        let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT");
        let _ =
            write!(hourly, "<item><guid>{n}</guid><title>خبر {n}</title><pubDate>{date}</pubDate></item>");
    }
    web.feed("/a.xml", &format!("<rss version='2.0'><channel><title>و</title>{hourly}</channel></rss>"));
    let place = Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")));
    let running = place.start();
    running.wait_log(&["WARN", "feed deserves a look", "nothing new for 4 days"]);
    web.wait_for("/a.xml", 4);
    assert_eq!(warnings(&running.stop().log, "a"), 1);
}
