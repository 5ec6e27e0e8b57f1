//! What programs ask: health, metrics, the API. And who may.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::daemon::{Place, Settings, eventually, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::SmtpServer;
use crate::support::visitor::{free_port, get, send};

fn world(web: &Server, relay: &SmtpServer, port: u16) -> Settings {
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص."), ("2", "خبر آخر", "نص.")]));
    Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .subscriber("amal@example.org")
        .more(&format!("[http]\nlisten = \"127.0.0.1:{port}\"\n"))
}

fn json(port: u16, path: &str) -> Value {
    let answer = get(port, path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

#[test]
fn it_is_ready_while_polls_database_and_outbox_work() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    let place = Place::new(&world(&web, &relay, port));
    let running = place.start();
    running.wait_log(&["listening"]);
    relay.wait_for(1);
    assert_eq!((get(port, "/healthz").status, get(port, "/readyz").status), (200, 200));

    relay.down();
    web.feed("/a.xml", &rss(&[("3", "التحالف الدولي ثانية", "نص.")]));
    let wait = |part: &str| {
        eventually(part, || {
            let answer = get(port, "/readyz");
            (answer.status == 503 && answer.body.contains(part)).then_some(())
        });
    };
    wait("the relay cannot be used: ");
    relay.up();
    eventually("ready again", || (get(port, "/readyz").status == 200).then_some(()));
    web.route("/a.xml", Reply::status(500));
    wait("no feed can be read");
    assert_eq!(get(port, "/healthz").status, 200, "it lives all the same");
    assert_eq!(running.stop().code, 0);
}

/// Runs a daemon until its metrics, as `read` reads them, hold all of `expected`.
fn check_metrics(read: impl Fn(&Place, &str) -> String, expected: &[&str]) {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.route("/b.xml", Reply::status(404));
    let place = Place::new(&world(&web, &relay, port).feed("b", &web.url("/b.xml")));
    let running = place.start();
    relay.wait_for(1);
    web.feed(
        "/a.xml",
        &rss(&[("3", "التحالف الدولي ثانية", "نص.")])
            .replace("</item>", "<pubDate>Sat, 01 Aug 2026 10:00:00 GMT</pubDate></item>"),
    );
    relay.wait_for(2);
    let answer = get(port, "/metrics");
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    assert!(answer.body.ends_with("# EOF\n"));
    let mut last = String::new();
    for part in expected {
        eventually(part, || {
            last = read(&place, &get(port, "/metrics").body);
            last.contains(part).then_some(())
        });
    }
    assert!(!last.contains("amal@"), "{last}");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn metrics_count_what_happens() {
    let expected = [
        "rasid_fetches_total{outcome=\"Document\"} ",
        "rasid_fetches_total{outcome=\"Status\"} ",
        "rasid_entries_total 3\n",
        "rasid_matches_total{rule=\"coalition\"} 2\n",
        "rasid_rule_seconds_total{rule=\"coalition\"} ",
        "rasid_lag_seconds_count{step=\"Queued\"} 2\n",
        "rasid_lag_seconds_count{step=\"Accepted\"} 2\n",
        "rasid_lag_seconds_count{step=\"Detected\"} 1\n",
        "rasid_mail_attempts_total{outcome=\"Accepted\"} 2\n",
        "rasid_feeds 2\n",
        "rasid_feeds_failing 1\n",
        "rasid_alerts_held 0\n",
        "rasid_outbox_messages{state=\"due\"} 0\n",
        "rasid_outbox_oldest_seconds 0\n",
        "rasid_relay_failures 0\n",
    ];
    check_metrics(|_, text| text.to_owned(), &expected);
}

/// Prometheus' own client, which knows nothing of ours.
const PARSE: &str = r"
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
for family in families(sys.stdin.read()):
    for sample in family.samples:
        labels = ','.join(f'{k}={v}' for k, v in sorted(sample.labels.items()))
        print(family.type, sample.name, labels, float(sample.value))
";

#[test]
#[ignore = "needs python3-prometheus-client: .ci/apart"]
fn metrics_are_open_metrics_to_the_parser_of_prometheus() {
    let expected = [
        "counter rasid_fetches_total outcome=Document ",
        "counter rasid_matches_total rule=coalition 2.0",
        "histogram rasid_lag_seconds_bucket le=+Inf,step=Accepted 2.0",
        "gauge rasid_feed_silence_seconds feed=a ",
        "gauge rasid_database_bytes file=database ",
        "gauge rasid_memory_bytes  ",
        "gauge rasid_start_time_seconds  ",
        concat!("info rasid_build_info version=", env!("CARGO_PKG_VERSION"), " 1.0"),
    ];
    let parsed = |place: &Place, text: &str| {
        let file = place.path("metrics");
        fs::write(&file, text).expect("written");
        let input = fs::File::open(&file).expect("opened");
        // Debian's own python is the one that Debian's packages are for.
        let parsed = Command::new("/usr/bin/python3").args(["-c", PARSE]).stdin(input).output();
        let parsed = parsed.expect("apt-get install python3-prometheus-client");
        assert!(parsed.status.success(), "{}\n{text}", String::from_utf8_lossy(&parsed.stderr));
        String::from_utf8(parsed.stdout).expect("UTF-8")
    };
    check_metrics(parsed, &expected);
}

#[test]
fn the_api_shows_what_is_kept_page_by_page() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    let place = Place::new(&world(&web, &relay, port));
    let running = place.start();
    relay.wait_for(1);
    running.wait_log(&["message accepted"]);
    let entries = json(port, "/api/entries");
    assert_eq!((entries["entries"].as_array().map(Vec::len), &entries["next"]), (Some(2), &Value::Null));
    let first = json(port, "/api/entries?limit=1&feed=a");
    let next = first["next"].as_str().expect("a page behind");
    let second = json(port, &format!("/api/entries?limit=1&after={next}"));
    assert_ne!(first["entries"][0]["id"], second["entries"][0]["id"]);
    assert_eq!(json(port, "/api/entries?feed=none")["entries"], Value::Array(Vec::new()));

    for path in ["/api/matches", "/api/matches?rule=coalition"] {
        let matches = json(port, path);
        assert_eq!(matches["matches"].as_array().map(Vec::len), Some(1));
        let matched = &matches["matches"][0];
        assert_eq!(
            (&matched["title"], &matched["rules"][0]["rule"]),
            (&"التحالف الدولي يجتمع".into(), &"coalition".into())
        );
        assert_eq!(matched["rules"][0]["spans"][0]["field"], "title");
    }
    assert_eq!(json(port, "/api/feeds")["feeds"][0]["failures"], 0);
    assert_eq!(
        json(port, "/api/rules")["rules"][0],
        serde_json::json!({"id": "coalition", "title": "التحالف الدولي"})
    );
    // The log is ahead of the record.
    let message = eventually("it is recorded", || {
        let mut sent = json(port, "/api/outbox?state=sent");
        sent["messages"][0].is_object().then(|| sent["messages"][0].take())
    });
    assert_eq!((&message["subscriber"], &message["attempts"]), (&"amal@example.org".into(), &1.into()));
    assert!(message.get("bytes").is_none());

    for (path, parameter) in [
        ("/api/entries?after=x", "after"),
        ("/api/rules?after=x", "after"),
        ("/api/entries?limit=-1", "limit"),
        ("/api/entries?limit=0", "limit"),
        ("/api/entries?limit=1&limit=2", "limit"),
        ("/api/entries?colour=red", "colour"),
        ("/api/entries?rule=coalition", "rule"),
        ("/api/feeds?feed=a", "feed"),
        ("/api/outbox?state=lost", "state"),
    ] {
        let answer = get(port, path);
        assert_eq!(answer.status, 400, "{path}: {answer:?}");
        let says: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(says["parameter"], parameter, "{path}: {says}");
    }
    assert_eq!(get(port, "/api/nothing").status, 404);
    assert_eq!(json(port, "/api/entries?limit=99999999")["entries"].as_array().map(Vec::len), Some(2));
    assert_eq!(running.stop().code, 0);
}

/// A proxy on this machine makes strangers look near; where a token is configured, nearness is not enough.
#[test]
fn strangers_need_the_token_and_everybody_where_there_is_one() {
    for token in [None, Some("a-token-for-this-test")] {
        let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
        let place = Place::new(&world(&web, &relay, port));
        if let Some(token) = token {
            let path = place.path("config.toml");
            let config = fs::read_to_string(&path).expect("a config");
            fs::write(&path, config.replace("[http]\n", &format!("[http]\ntoken = \"{token}\"\n")))
                .expect("written");
        }
        let running = place.start();
        running.wait_log(&["listening"]);
        let here = format!("Host: 127.0.0.1:{port}\r\nConnection: close\r\n");
        let proxied = format!("{here}X-Real-IP: 203.0.113.7\r\n");
        let (near, shown) = if token.is_some() { (401, 200) } else { (200, 401) };
        for path in ["/metrics", "/api/entries", "/api/outbox"] {
            for (headers, status) in [
                (here.clone(), near),
                (format!("{here}Authorization: Bearer a-token-for-this-test\r\n"), 200),
                (format!("{here}X-Forwarded-For: 203.0.113.7\r\n"), 401),
                (format!("{here}Forwarded: for=203.0.113.7\r\n"), 401),
                ("Host: 192.0.2.1\r\nConnection: close\r\n".into(), 401),
                (format!("{proxied}Authorization: Bearer a-wrong-token-of-a-test\r\n"), 401),
                (format!("{proxied}Authorization: Basic a-token-for-this-test\r\n"), 401),
                (format!("{proxied}Authorization: Bearer a-token-for-this-test\r\n"), shown),
            ] {
                let answer = send(port, format!("GET {path} HTTP/1.1\r\n{headers}\r\n").as_bytes());
                assert_eq!(answer.status, status, "{token:?} {path} {headers}");
            }
            let post = format!("POST {path} HTTP/1.1\r\n{here}Content-Length: 0\r\n\r\n");
            assert_eq!(send(port, post.as_bytes()).status, 405, "read-only");
        }
        let stranger = format!("GET /readyz HTTP/1.1\r\n{here}X-Forwarded-For: 203.0.113.7\r\n\r\n");
        assert_eq!(send(port, stranger.as_bytes()).status, 200, "health is for everybody");
        assert_eq!(running.stop().code, 0);
    }
}
