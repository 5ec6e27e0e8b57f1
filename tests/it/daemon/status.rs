//! What the daemon says of itself: `rasid status`, beside it and without it.

use serde_json::Value;

use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::{Reply, Server};
use crate::support::program::run;
use crate::support::smtp::SmtpServer;

fn text(place: &Place) -> String {
    let config = place.path("config.toml");
    let ended = run(&["status", "--config", config.to_str().expect("UTF-8")], b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    ended.stdout
}

fn json(place: &Place) -> Value {
    let config = place.path("config.toml");
    let ended = run(&["status", "--format", "json", "--config", config.to_str().expect("UTF-8")], b"");
    serde_json::from_str(&ended.stdout).expect("JSON")
}

#[track_caller]
fn until_it_says(place: &Place, parts: &[&str]) -> String {
    eventually(&format!("{parts:?}"), || {
        let text = text(place);
        parts.iter().all(|part| text.contains(part)).then_some(text)
    })
}

#[test]
fn a_running_daemon_shows_what_waits_and_what_is_wrong() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    web.route("/b.xml", Reply::status(503));
    relay.down();
    let settings = Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .feed("broken", &web.url("/b.xml"))
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    assert!(text(&place).starts_with("daemon    not running\nfeeds     2, 0 failing\n"), "{}", text(&place));

    let running = place.start();
    let parts = [
        "running, version",
        "feeds     2, 1 failing",
        "broken: the server answered 503",
        "outbox    1 waiting",
    ];
    until_it_says(&place, &parts);
    until_it_says(&place, &["relay     cannot be used: "]);
    place.configure(&settings.toml().replace("interval", "intervall"));
    running.signal("HUP");
    running.wait_log(&["the new config is broken"]);
    place.configure(&settings.toml());
    until_it_says(&place, &["config    refused at ", "fetch.intervall"]);
    running.signal("HUP");
    relay.up();
    let text = eventually("all is well but for a feed", || {
        let text = text(&place);
        (text.contains("0 waiting") && text.contains("no trouble known") && !text.contains("refused at"))
            .then_some(text)
    });
    assert!(!text.contains("amal@"), "{text}");
    let shown = json(&place);
    assert_eq!((&shown["daemon"], &shown["troubled"][0]["id"]), (&"running".into(), &"broken".into()));
    assert_eq!(shown["says"]["pid"], running.pid());

    assert_eq!(running.stop().code, 0);
    assert_eq!(json(&place)["daemon"], "stopped");
}

#[test]
fn a_daemon_that_was_killed_is_not_running() {
    let relay = SmtpServer::start();
    let place = Place::new(&Settings::new(&relay.url()).subscriber("amal@example.org"));
    let running: Daemon = place.start();
    until_it_says(&place, &["running, version"]);
    running.kill();
    assert!(text(&place).starts_with("daemon    not running\n"), "{}", text(&place));
}
