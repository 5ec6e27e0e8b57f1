//! `rasid fetch`: one poll, and why it fails.

use super::{json, place, with};
use crate::support::daemon::rss;
use crate::support::http::{Reply, Server};
use crate::support::program::run;

const ITEMS: &[(&str, &str, &str)] = &[("1", "بيان عن السيادة", "نص."), ("2", "خبر ثان", "نص آخر.")];

#[test]
fn every_hop_and_what_was_read_is_shown() {
    let web = Server::start();
    web.route("/old.xml", Reply::redirect(301, "/new.xml").header("Set-Cookie", "session=hunter2"));
    let new = Reply::ok(rss(ITEMS)).header("Content-Type", "application/rss+xml; charset=windows-1256");
    web.route(
        "/new.xml",
        new.etag("\"e1\"")
            .header("Date", "Mon, 23 Nov 2020 10:00:00 GMT")
            .header("Cache-Control", "max-age=300"),
    );
    let place = place("");
    let shown = json(&with(&place, &["fetch", &web.url("/old.xml"), "--format", "json"]));
    assert_eq!(shown["hops"][0]["status"], 301);
    assert_eq!(shown["hops"][0]["headers"][0], serde_json::json!(["location", "/new.xml"]));
    assert_eq!(shown["hops"][1]["peer"], web.address().to_string());
    assert_eq!((&shown["format"], &shown["title"]), (&"rss2".into(), &"وكالة الاختبار".into()));
    assert_eq!(shown["entries"].as_array().expect("a list").len(), 2);
    assert_eq!(
        (&shown["entries"][0]["id"], &shown["entries"][0]["title"]),
        (&"1".into(), &ITEMS[0].1.into())
    );
    assert_eq!((&shown["conditional"], &shown["error"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(shown["moved_to"], web.url("/new.xml"));
    assert!(shown["notes"][0].as_str().is_some_and(|note| note.contains("windows-1256")), "{shown:#}");
    assert!(!shown.to_string().contains("hunter2"));

    let text = with(&place, &["fetch", &web.url("/old.xml")]);
    assert_eq!((text.code, &*text.stderr), (0, ""));
    for part in [
        "301 Moved Permanently",
        "cache-control: max-age=300",
        "stays fresh for 5m",
        "behind ours",
        "windows-1256",
        ITEMS[1].1,
        "(no date)",
        "ask again in",
    ] {
        assert!(text.stdout.contains(part), "{part} is missing in:\n{}", text.stdout);
    }
    assert!(web.asked("/new.xml").iter().all(|request| !request.is_conditional()));
    assert!(!place.path("rasid.db").exists(), "nothing is written");
}

#[test]
fn what_server_and_feed_say_of_the_pace_is_in_the_plan() {
    let web = Server::start();
    web.route("/a.xml", Reply::ok(rss(ITEMS)).header("Cache-Control", "max-age=7200"));
    let place = place("");
    let wait =
        |url: &str| json(&with(&place, &["fetch", url, "--format", "json"]))["schedule"]["wait_s"].as_u64();
    assert!(wait(&web.url("/a.xml")).is_some_and(|wait| (7199..7900).contains(&wait)));
}

#[test]
fn a_feed_of_the_config_is_asked_as_the_daemon_would() {
    let web = Server::start();
    web.feed("/a.xml", &rss(ITEMS));
    let place = place(&format!(
        "[[feeds]]\nid = \"وكالة\"\nurl = \"{}\"\nheaders = {{ \"X-Key\" = \"k\" }}\n[[feeds]]\nid = \"file\"\npath = \"f.xml\"",
        web.url("/a.xml")
    ));
    std::fs::write(place.path("f.xml"), rss(ITEMS)).expect("written");
    for named in ["وكالة", &web.url("/a.xml")] {
        let ended = with(&place, &["fetch", named]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    assert!(web.asked("/a.xml").iter().all(|request| request.header("x-key") == Some(b"k")));
    let local = json(&with(&place, &["fetch", "file", "--format", "json"]));
    assert_eq!(
        (local["hops"].as_array().map(Vec::len), local["entries"].as_array().map(Vec::len)),
        (Some(0), Some(2))
    );
}

#[test]
fn a_failure_says_what_happened_and_what_to_do() {
    let web = Server::start();
    web.route("/html", Reply::ok("<!DOCTYPE html><html><body>صفحة</body></html>"));
    web.route("/gone", Reply::status(410));
    web.route("/busy", Reply::status(429).header("Retry-After", "7200"));
    web.route("/secret", Reply::status(401));
    web.route("/circle", Reply::redirect(302, "/circle"));
    web.route("/inside", Reply::redirect(302, "http://169.254.169.254/latest"));
    web.route("/cut", Reply::ok(rss(ITEMS)).short_by(10));
    web.route("/bomb", Reply::ok(vec![b' '; 11_000_000]).gzip());
    let place = place("");
    let cases = [
        ("/html", "not a feed", "feeds discover"),
        ("/gone", "410", "remove the feed"),
        ("/busy", "7200s", "longer `interval`"),
        ("/secret", "401", "password_file"),
        ("/circle", "circle", "browser"),
        ("/cut", "broken", "try again later"),
        ("/bomb", "over 10000000 bytes", "max_body"),
        ("/nothing", "404", "feeds discover"),
    ];
    for (path, what, advice) in cases {
        let ended = with(&place, &["fetch", &web.url(path)]);
        assert_eq!((ended.code, ended.stderr.lines().count()), (1, 1), "{path}: {ended:?}");
        assert!(ended.stderr.contains(what) && ended.stderr.contains(advice), "{path}: {}", ended.stderr);
        let shown = json(&with(&place, &["fetch", &web.url(path), "--format", "json"]));
        assert!(shown["advice"].as_str().is_some_and(|told| told.contains(advice)), "{shown:#}");
    }
    let busy = json(&with(&place, &["fetch", &web.url("/busy"), "--format", "json"]));
    assert!(busy["schedule"]["wait_s"].as_u64().is_some_and(|wait| wait >= 7199), "{busy:#}");
    let refused = run(&["fetch", &web.url("/html")], b"");
    assert!(
        refused.stderr.contains("loopback") && refused.stderr.contains("allow_networks"),
        "{}",
        refused.stderr
    );
    assert_eq!(web.asked("/html").len(), 2, "the guard holds without a config, too");
}

#[test]
fn what_is_typed_wrongly_is_a_wrong_usage() {
    let place = place("");
    for (typed, told) in [
        ("ftp://a.example/", "ftp is not a scheme"),
        ("https://", "no host"),
        ("nothing", "no feed `nothing`"),
    ] {
        let ended = with(&place, &["fetch", typed]);
        assert_eq!((ended.code, ended.stderr.contains(told)), (2, true), "{ended:?}");
    }
    assert!(run(&["fetch", "ina"], b"").stderr.contains("--config"));
    assert_eq!(run(&["fetch", "https://a.example/", "--config", "/nowhere.toml"], b"").code, 78);
}
