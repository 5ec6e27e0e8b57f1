//! When feeds are asked again, and with what, across restarts.

use std::time::Duration;

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::SmtpServer;

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

fn settings(web: &Server, relay: &SmtpServer) -> Settings {
    Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org")
}

#[test]
fn validators_are_given_back_byte_for_byte_also_after_a_restart() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let etag = b"W/\"\xd9\x83;  odd \xff\"";
    let date = "Mon, 23 Nov 2026 10:00:00 GMT";
    web.route("/a.xml", Reply::ok(rss(ITEMS)).etag(etag).last_modified(date));
    let place = Place::new(&settings(&web, &relay));
    let running = place.start();
    web.wait_for("/a.xml", 3);
    running.stop();
    let before = web.asked("/a.xml").len();
    let running = place.start();
    let asked = web.wait_for("/a.xml", before + 1);
    running.stop();
    assert!(!asked[0].is_conditional());
    for request in &asked[1..] {
        assert_eq!(request.header("if-none-match"), Some(&etag[..]));
        assert_eq!(request.header("if-modified-since"), Some(date.as_bytes()));
    }
}

#[test]
fn a_document_that_is_no_feed_leaves_the_validators_alone() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.script(
        "/a.xml",
        [Reply::ok("<html><body>login</body></html>").etag("\"portal\""), Reply::ok(rss(ITEMS))],
    );
    let running = Place::new(&settings(&web, &relay));
    let running = running.start();
    running.wait_log(&["WARN", "feed failed", "not a feed"]);
    relay.wait_for(1);
    running.wait_log(&["feed works again"]);
    running.stop();
    assert!(!web.asked("/a.xml")[1].is_conditional());
}

#[test]
fn a_feed_that_hangs_or_fails_delays_no_other() {
    let (web, other, relay) = (Server::start(), Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let settings = (0..8).fold(settings(&web, &relay), |settings, n| {
        let (hang, fail) = (format!("/hang{n}.xml"), format!("/fail{n}.xml"));
        other.route(&hang, Reply::silence());
        other.route(&fail, Reply::status(500));
        settings.feed(&format!("hang{n}"), &other.url(&hang)).feed(&format!("fail{n}"), &web.url(&fail))
    });
    let running = Place::new(&settings.fetch("timeout", "\"30s\""));
    let running = running.start();
    relay.wait_for(1);
    web.wait_for("/a.xml", 4);
    running.stop();
}

#[test]
fn a_failing_feed_says_so_once_and_is_asked_ever_less() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.route("/a.xml", Reply::status(503));
    let running = Place::new(&settings(&web, &relay));
    let running = running.start();
    let asked = web.wait_for("/a.xml", 3);
    let ended = running.stop();
    assert_eq!(
        ended.log.lines().filter(|line| line.contains("WARN") && line.contains("feed failed")).count(),
        1
    );
    let pauses: Vec<_> = asked.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(
        pauses[0] >= Duration::from_millis(990) && pauses[1] >= Duration::from_millis(1990),
        "{pauses:?}"
    );
}

#[test]
fn retry_after_is_obeyed_across_a_restart_and_by_a_round_by_hand() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.script("/a.xml", [Reply::status(429).header("Retry-After", "4"), Reply::ok(rss(ITEMS))]);
    let place = Place::new(&settings(&web, &relay));
    let running = place.start();
    web.wait_for("/a.xml", 1);
    running.wait_log(&["feed failed"]);
    running.kill();
    assert!(place.once().contains("not to be asked before then"));
    let running = place.start();
    relay.wait_for(1);
    running.stop();
    let asked = web.asked("/a.xml");
    let pause = asked[1].at - asked[0].at;
    assert!(pause >= Duration::from_secs(4), "{pause:?}");
}

#[test]
fn a_feed_that_is_gone_is_not_asked_again_until_its_address_changes() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.route("/a.xml", Reply::status(410));
    web.feed("/b.xml", &rss(ITEMS));
    web.feed("/other.xml", &rss(&[]));
    let settings = settings(&web, &relay);
    let place = Place::new(&settings.clone().feed("other", &web.url("/other.xml")));
    let running = place.start();
    running.wait_log(&["ERROR", "feed ended"]);
    web.wait_for("/other.xml", 4);
    running.stop();
    place.once();
    assert_eq!(web.asked("/a.xml").len(), 1);
    place.configure(&settings.toml().replace("/a.xml", "/b.xml"));
    place.once();
    assert_eq!(relay.log().mails().len(), 1);
}

#[test]
fn a_permanent_redirect_is_remembered_and_a_temporary_one_is_not() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.route("/a.xml", Reply::redirect(301, web.url("/new.xml")));
    web.feed("/new.xml", &rss(ITEMS));
    web.route("/t.xml", Reply::redirect(302, web.url("/there.xml")));
    web.feed("/there.xml", &rss(&[]));
    let place = Place::new(&settings(&web, &relay).feed("t", &web.url("/t.xml")));
    place.once();
    place.once();
    place.once();
    assert_eq!((web.asked("/a.xml").len(), web.asked("/new.xml").len()), (1, 3));
    assert_eq!((web.asked("/t.xml").len(), web.asked("/there.xml").len()), (3, 3));
}

#[test]
fn a_restart_does_not_ask_before_the_schedule_says() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let place = Place::new(&settings(&web, &relay).fetch("interval", "\"1h\""));
    let running = place.start();
    running.wait_log(&["feed read"]);
    running.stop();
    let running = place.start();
    running.wait_log(&["started"]);
    relay.wait_for(1);
    running.stop();
    assert_eq!(web.asked("/a.xml").len(), 1);
}

#[test]
fn a_local_file_is_a_feed_too() {
    let relay = SmtpServer::start();
    let settings = Settings::new(&relay.url())
        .more("[[feeds]]\nid = \"file\"\npath = \"feed.xml\"")
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    running.wait_log(&["WARN", "feed failed", "cannot read"]);
    std::fs::write(place.path("feed.xml"), rss(ITEMS)).expect("written");
    relay.wait_for(1);
    std::fs::write(place.path("feed.xml"), rss(&[ITEMS[0], ("2", "التحالف الدولي ثانية", "نص.")]))
        .expect("written");
    relay.wait_for(2);
    running.stop();
}

#[test]
fn what_the_server_calls_fresh_is_left_alone_unless_the_feed_has_a_pace_of_its_own() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    for path in ["/a.xml", "/own.xml"] {
        web.route(path, Reply::ok(rss(ITEMS)).etag("\"1\"").header("Cache-Control", "max-age=600"));
    }
    let own = format!("[[feeds]]\nid = \"own\"\nurl = \"{}\"\ninterval = \"1s\"", web.url("/own.xml"));
    let place = Place::new(&settings(&web, &relay).more(&own));
    let running = place.start();
    web.wait_for("/own.xml", 4);
    running.stop();
    // A restart knows it still; a round by hand asks all the same.
    let running = place.start();
    web.wait_for("/own.xml", 6);
    running.stop();
    assert_eq!(web.asked("/a.xml").len(), 1);
    place.once();
    assert_eq!(web.asked("/a.xml").len(), 2);
}

#[test]
fn after_a_pause_of_the_machine_feeds_do_not_all_start_at_once() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let feeds = 120;
    let settings = (0..feeds).fold(Settings::new(&relay.url()).fetch("per_host", "200"), |settings, n| {
        let path = format!("/{n}.xml");
        web.feed(&path, &rss(&[]));
        settings.feed(&format!("f{n}"), &web.url(&path))
    });
    let place = Place::new(&settings.fetch("interval", "\"2s\""));
    let running = place.start();
    let all = |times: usize| (0..feeds).for_each(|n| drop(web.wait_for(&format!("/{n}.xml"), times)));
    all(2);
    running.signal("STOP");
    std::thread::park_timeout(Duration::from_secs(6));
    let before: Vec<_> = (0..feeds).map(|n| web.asked(&format!("/{n}.xml")).len()).collect();
    running.signal("CONT");
    let mut starts: Vec<_> =
        (0..feeds).map(|n| web.wait_for(&format!("/{n}.xml"), before[n] + 1)[before[n]].at).collect();
    starts.sort_unstable();
    running.wait_log(&["polling goes on after a pause"]);
    running.stop();
    // Some were under way when it stopped; the rest come one after the other.
    let spread = starts[feeds - 1] - starts[feeds / 10];
    assert!(spread > Duration::from_millis(500), "{spread:?}");
}
