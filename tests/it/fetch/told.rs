//! What an answer says beside its document: freshness, and the server's clock.

use std::time::Duration;

use rasid::fetch::{Answer, Validators};

use super::{document, fetcher, get, web};
use crate::support::http::{Reply, Server};

const DATE: &str = "Mon, 23 Nov 2026 10:00:00 GMT";

/// Headers of an answer, and the seconds of freshness that they come to.
type Case<'a> = (&'a [(&'a str, &'a str)], Option<u64>);

/// Seconds of freshness that these headers come to.
async fn fresh(server: &Server, headers: &[(&str, &str)]) -> Option<u64> {
    let reply = Reply::ok("<rss/>").header("Date", DATE).etag("\"a\"");
    let reply = headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value));
    server.route("/a.xml", reply);
    let found = document(get(&fetcher(), &server.url("/a.xml")).await);
    found.told.fresh_for.map(|fresh| fresh.as_secs())
}

#[tokio::test]
async fn freshness_is_read_as_caches_read_it() {
    let server = Server::start();
    let cases: [Case<'_>; 16] = [
        (&[], None),
        (&[("Cache-Control", "max-age=300")], Some(300)),
        (&[("Cache-Control", "public, MAX-AGE=\"60\"")], Some(60)),
        (&[("Cache-Control", "public"), ("Cache-Control", "max-age=7")], Some(7)),
        (&[("Cache-Control", "max-age=300"), ("Age", "120")], Some(180)),
        (&[("Cache-Control", "max-age=300"), ("Age", "900")], None),
        (&[("Cache-Control", "max-age=0")], None),
        (&[("Cache-Control", "no-cache, max-age=300")], None),
        (&[("Cache-Control", "max-age=300, no-store")], None),
        (&[("Cache-Control", "max-age=soon")], None),
        (&[("Cache-Control", "max-age=-1")], None),
        (&[("Cache-Control", "max-age=99999999999999999999")], Some(u64::from(u32::MAX))),
        (&[("Expires", "Mon, 23 Nov 2026 10:05:00 GMT")], Some(300)),
        (&[("Expires", "Mon, 23 Nov 2026 09:00:00 GMT")], None),
        (&[("Expires", "0")], None),
        (&[("Expires", "Mon, 23 Nov 2026 10:05:00 GMT"), ("Cache-Control", "max-age=9")], Some(9)),
    ];
    for (headers, expected) in cases {
        assert_eq!(fresh(&server, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_304_says_it_too_and_the_clock_of_the_server_is_compared() {
    let server = Server::start();
    server.route(
        "/a.xml",
        Reply::ok("<rss/>").etag("\"a\"").header("Cache-Control", "max-age=5").header("Date", DATE),
    );
    let known = Validators { etag: Some(b"\"a\"".into()), last_modified: None };
    let Ok(Answer::NotModified { told, .. }) =
        fetcher().fetch(&web(&server.url("/a.xml")), None, &known).await
    else {
        panic!("not a 304")
    };
    assert_eq!(told.fresh_for, Some(Duration::from_secs(5)));
    let date: jiff::Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    #[allow(clippy::disallowed_methods)] // the test plays the daemon's clock
    let expected = date.duration_since(jiff::Timestamp::now());
    assert!((told.clock_ahead.unwrap() - expected).abs().as_secs() < 30);
}
