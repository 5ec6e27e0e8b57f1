//! `rasid feeds list`: how the feeds are doing.

use jiff::SignedDuration;
use rasid::store::Store;
use serde_json::{Value, json};

use super::{json, place, with};
use crate::store::words::{entry, poll};
use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::SmtpServer;

const ITEMS: &[(&str, &str, &str)] = &[("1", "بيان", "نص.")];

fn listed(place: &Place) -> Vec<Value> {
    let ended = with(place, &["feeds", "list", "--format", "json"]);
    assert_eq!((ended.code, &*ended.stderr), (0, ""));
    json(&ended)["feeds"].as_array().expect("a list").clone()
}

fn states(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter()
        .map(|row| (row["id"].as_str().expect("an id"), row["state"].as_str().expect("a state")))
        .collect()
}

/// A feed of each state, after one round.
fn round(web: &Server, relay: &SmtpServer) -> (Place, Settings) {
    web.feed("/ok.xml", &rss(ITEMS));
    web.feed("/there.xml", &rss(ITEMS));
    web.route("/moved.xml", Reply::redirect(301, "/there.xml"));
    web.route("/gone.xml", Reply::status(410));
    let settings = ["ok", "bad", "moved", "gone"]
        .iter()
        .fold(Settings::new(&relay.url()), |settings, id| settings.feed(id, &web.url(&format!("/{id}.xml"))));
    let place = Place::new(&settings);
    place.once();
    let settings = settings.more("[[feeds]]\nid = \"جديد\"\nurl = \"https://new.example/\"\ntitle = \"وكالة\u{202e} جديدة\"\ntags = [\"iraq\"]");
    place.configure(&settings.toml());
    (place, settings)
}

#[test]
fn the_feed_in_most_trouble_stands_first_with_its_reason() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let (place, _) = round(&web, &relay);
    let rows = listed(&place);
    let expected = [("gone", "gone"), ("bad", "failing"), ("moved", "moved"), ("جديد", "new"), ("ok", "ok")];
    assert_eq!(states(&rows), expected);
    assert_eq!((&rows[0]["next_poll"], &rows[0]["last_success"]), (&Value::Null, &Value::Null));
    assert!(rows[1]["error"].as_str().is_some_and(|error| error.contains("404")), "{rows:#?}");
    assert_eq!(rows[1]["failures"], 1);
    assert_eq!(rows[2]["moved_to"], web.url("/there.xml"));
    assert_eq!((&rows[3]["tags"], &rows[3]["last_success"]), (&json!(["iraq"]), &Value::Null));
    assert_eq!((&rows[4]["title"], &rows[4]["error"]), (&json!("وكالة الاختبار"), &Value::Null));
    assert!(rows[4]["last_success"].is_string() && rows[4]["next_poll"].is_string());

    let text = with(&place, &["feeds", "list"]).stdout;
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[1].starts_with("gone") && lines[2].contains("410"), "{text}");
    assert!(lines[3].starts_with("failing") && lines[4].contains("404"), "{text}");
    assert!(lines[5].starts_with("moved") && lines[6].contains("/there.xml"), "{text}");
    assert!(text.ends_with("\n5 feeds, 1 gone, 1 failing, 1 moved, 1 new\n"), "{text}");
    assert!(!text.contains('\u{202e}') && !text.contains('\u{2068}'), "a pipe gets no marks: {text:?}");
    let ends = [1, 3, 5, 7, 8].map(|line| unicode_width::UnicodeWidthStr::width(lines[line]));
    assert!(ends.iter().all(|end| *end == ends[0]), "the columns stand under one another:\n{text}");
}

#[test]
fn a_feed_that_is_not_as_it_was_deserves_a_look() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    web.feed("/b.xml", &rss(&[]));
    let place =
        Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).feed("b", &web.url("/b.xml")));
    place.once();
    let rows = listed(&place);
    assert_eq!(states(&rows), [("b", "look"), ("a", "ok")]);
    assert!(
        rows[0]["warning"]["reason"].as_str().is_some_and(|reason| reason.contains("without entries")),
        "{rows:#?}"
    );
    assert_eq!(rows[1]["warning"], Value::Null);
    let text = with(&place, &["feeds", "list"]).stdout;
    assert!(text.contains("without entries") && text.ends_with("2 feeds, 1 look\n"), "{text}");
}

#[test]
fn it_reads_beside_a_running_daemon_and_writes_nothing() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let (place, settings) = round(&web, &relay);
    place.configure(
        &settings.fetch("interval", "\"1h\"").toml().replace("https://new.example/", &web.url("/ok.xml?2")),
    );
    let running = place.start();
    running.wait_log(&["feed read", "جديد"]);
    assert_eq!(states(&listed(&place)).len(), 5);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_config_without_a_database_lists_its_feeds_as_new() {
    let place = place("[[feeds]]\nid = \"a\"\nurl = \"https://a.example/\"");
    assert_eq!(states(&listed(&place)), [("a", "new")]);
    assert!(!place.path("rasid.db").exists());
    std::fs::write(place.path("rasid.db"), [7; 4096]).expect("written");
    assert_eq!(with(&place, &["feeds", "list"]).code, 74);
}

#[tokio::test]
async fn entries_a_day_leave_out_what_the_first_poll_brought() {
    let place = place(
        "[[feeds]]\nid = \"young\"\nurl = \"https://young.example/rss\"\n[[feeds]]\nid = \"old\"\nurl = \"https://old.example/rss\"\n[[feeds]]\nid = \"today\"\nurl = \"https://today.example/rss\"",
    );
    let store = rasid::store::sqlite::SqliteStore::open(&place.path("rasid.db")).expect("a store");
    let now = rasid::clock::now();
    let days =
        [("old", 30, 90), ("young", 4, 50), ("old", 3, 6), ("young", 2, 8), ("old", 1, 8), ("today", 0, 9)];
    for (number, (feed, days, entries)) in days.into_iter().enumerate() {
        let entries =
            (0..entries).map(|entry_number| entry(number as u64 * 1000 + entry_number, &[])).collect();
        let mut poll = poll(feed, 0, entries);
        poll.fetched = now - SignedDuration::from_hours(24 * days);
        store.commit(poll).await.expect("committed");
    }
    store.close().await.expect("closed");
    let rows = listed(&place);
    let a_day =
        |id: &str| rows.iter().find(|row| row["id"] == id).and_then(|row| row["entries_a_day"].as_f64());
    let near = |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 0.01);
    assert!(near(a_day("old"), 2.0) && near(a_day("young"), 2.0), "{rows:#?}");
    assert_eq!(a_day("today"), None);
}
