//! Everything that a server can do wrong, and the one clear line that comes of it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use rasid::config;
use rasid::fetch::{Error, Fetcher, Validators};

use super::{document, fetcher, get, settings, web, with_secrets};
use crate::support::http::{Reply, Server};

const XML: &str = "<rss version=\"2.0\"><channel><title>خبر</title></channel></rss>";

/// A reply's name, the reply, and what it must come to: how the error's `Debug` begins, and words of its line.
type Case<'a> = (&'a str, Reply, &'a str, &'a str);

async fn check<const N: usize>(cases: [Case<'_>; N]) {
    let server = Server::start();
    let settings = config::Fetch { timeout: Duration::from_millis(300), max_body: 100_000, ..settings() };
    let fetcher = Fetcher::new(&settings).expect("a client");
    let target = "/a.xml?key=SECRET";
    let feed = with_secrets(&server.url(target), &[("X-Key", "SECRET")], Some(("SECRET", "SECRET")));
    for (turn, (name, reply, kind, line)) in cases.into_iter().enumerate() {
        server.route("/a.xml", reply);
        let started = Instant::now();
        let error = fetcher.fetch(&feed, None, &Validators::default()).await.expect_err(name);
        assert!(started.elapsed() < Duration::from_secs(5), "{name} took {:?}", started.elapsed());
        let (debug, display) = (format!("{error:?}"), error.to_string());
        assert!(debug.starts_with(kind), "{name}: {debug}");
        assert!(display.contains(line), "{name}: {display}");
        assert!(!display.contains("SECRET") && !display.contains('\n'), "{name}: {display}");
        assert_eq!(server.asked(target).len(), turn + 1, "{name}: nothing below us tries again");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_document() {
    let gzip = Reply::ok(XML.repeat(50)).gzip();
    let coded = |coding| Reply::ok(XML).header("Content-Encoding", coding);
    check([
        ("short", Reply::ok(XML).short_by(1), "Broken", "end of file"),
        ("reset", Reply::ok(XML).reset_after(20), "Broken", ""),
        ("bad chunk", Reply::ok(XML).bad_chunk(), "Broken", "chunk size"),
        ("short gzip", gzip.short_by(8), "Broken", ""),
        ("bad gzip", coded("gzip"), "Broken", "gzip"),
        ("bad deflate", coded("deflate"), "Broken", ""),
        ("bad brotli", coded("br"), "Broken", ""),
        ("unasked coding", coded("zstd"), "Broken", "zstd"),
        ("two codings", coded("gzip, br"), "Broken", "gzip"),
    ])
    .await;
}

#[tokio::test]
async fn a_gzip_stream_without_its_end_is_no_document() {
    let server = Server::start();
    // The connection closes where the body ends, as HTTP/1.0 does, so only gzip itself can tell.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(XML.repeat(50).as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    for (cut, good) in [(0, true), (1, false), (8, false), (40, false)] {
        let mut answer = b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
        answer.extend_from_slice(&whole[..whole.len() - cut]);
        server.route("/a.xml", Reply::raw(answer));
        let answer = get(&fetcher(), &server.url("/a.xml")).await;
        assert_eq!(answer.is_ok(), good, "{cut} bytes cut: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let many = (0..500).fold(Reply::ok(XML), |reply, n| reply.header(&format!("X-{n}"), "x"));
    let lying = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello";
    check([
        ("0.9", Reply::raw(XML), "Broken", "invalid HTTP"),
        ("garbage", Reply::raw([0xff; 300]), "Broken", "invalid HTTP"),
        ("empty", Reply::raw(""), "Broken", "closed"),
        ("half a head", Reply::raw("HTTP/1.1 200 OK\r\nContent-Le"), "Broken", ""),
        ("huge headers", Reply::ok(XML).header("X", "x".repeat(1 << 20)), "Broken", "too large"),
        ("many headers", many, "Broken", "too large"),
        ("two lengths", Reply::raw(lying), "Broken", ""),
        ("unasked 304", Reply::status(304), "Broken", "304"),
    ])
    .await;
}

#[tokio::test]
async fn what_is_over_the_cap_is_cut() {
    let zeros = vec![0; 16 << 20];
    let lying = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhello";
    check([
        ("large", Reply::ok(vec![b'x'; 100_001]), "TooLarge", "max_body"),
        ("large, chunked", Reply::ok(vec![b'x'; 100_001]).chunked(), "TooLarge", "100000"),
        ("endless", Reply::endless("x".repeat(1000)), "TooLarge", "max_body"),
        ("gzip bomb", Reply::ok(zeros.clone()).gzip(), "TooLarge", "max_body"),
        ("deflate bomb", Reply::ok(zeros).deflate().chunked(), "TooLarge", "max_body"),
        ("claims too much", Reply::raw(lying), "", ""),
    ])
    .await;
}

#[tokio::test]
async fn what_is_just_under_the_cap_is_whole() {
    let server = Server::start();
    let body = vec![b'x'; 100_000];
    server.route("/plain", Reply::ok(body.clone()));
    server.route("/gzip", Reply::ok(body.clone()).gzip().chunked());
    let fetcher = Fetcher::new(&config::Fetch { max_body: 100_000, ..settings() }).expect("a client");
    for path in ["/plain", "/gzip"] {
        assert_eq!(document(get(&fetcher, &server.url(path)).await).body.len(), body.len(), "{path}");
    }
}

#[tokio::test]
async fn slowness_ends_at_the_deadline() {
    let tick = Duration::from_millis(50);
    let redirect = Reply::redirect(301, "/b.xml").slow_head(tick);
    check([
        ("silence", Reply::silence(), "Timeout", "no whole answer within 300ms"),
        ("drip", Reply::ok(XML).drip(tick), "Timeout", "300ms"),
        ("slow head", Reply::ok(XML).slow_head(tick), "Timeout", "300ms"),
        ("slow redirect", redirect, "Timeout", ""),
    ])
    .await;
}

#[tokio::test]
async fn statuses_are_told_apart() {
    check([
        ("410", Reply::status(410), "Gone", "gone for good"),
        ("404", Reply::status(404), "Status { status: 404", "the server answered 404 Not Found"),
        ("403", Reply::status(403), "Status { status: 403", "403 Forbidden"),
        ("500", Reply::status(500), "Status { status: 500", "500 Internal Server Error"),
        ("206", Reply::status(206), "Status { status: 206", "206"),
        ("300", Reply::redirect(300, "/b"), "Status { status: 300", "300"),
        ("301 to nowhere", Reply::status(301), "Status { status: 301", "301"),
        ("799", Reply::status(799), "Status { status: 799", "799"),
    ])
    .await;
}

/// What a Retry-After comes to, in seconds.
async fn retry_after(fetcher: &Fetcher, reply: Reply) -> Option<u64> {
    let server = Server::start();
    server.route("/a.xml", reply);
    match get(fetcher, &server.url("/a.xml")).await {
        Err(Error::Status { retry_after, .. }) => retry_after.map(|wait| wait.as_secs()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn retry_after_is_read_in_every_layout() {
    const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";
    let (fetcher, day) = (fetcher(), 24 * 60 * 60);
    let cases = [
        ("120", Some(120)),
        (" 7 ", Some(7)),
        ("0", Some(0)),
        ("86400", Some(day)),
        ("86401", Some(day)),
        ("99999999999999999999999", Some(day)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Sun, 22 Nov 2026 10:01:40 GMT", Some(100)),
        ("Mon, 22 Nov 2026 10:01:40 GMT", Some(100)), // a wrong weekday
        ("Sunday, 22-Nov-26 10:01:40 GMT", Some(100)), // RFC 850
        ("Sun Nov 22 10:01:40 2026", Some(100)),      // asctime
        ("Sun Nov  1 10:01:40 2026", Some(0)),        // past
        ("Sun, 22 Nov 2026 09:59:59 GMT", Some(0)),
        ("Thu, 22 Nov 2029 10:00:00 GMT", Some(day)),
    ];
    for status in [429, 503] {
        for (value, wait) in cases {
            let reply = Reply::status(status).header("Date", DATE).header("Retry-After", value);
            assert_eq!(retry_after(&fetcher, reply).await, wait, "{status} {value:?}");
        }
    }
    // Without a Date, and on a redirect that leads nowhere.
    assert_eq!(retry_after(&fetcher, Reply::status(302).header("Retry-After", "9")).await, Some(9));
    assert_eq!(retry_after(&fetcher, Reply::status(503)).await, None);
    #[allow(clippy::disallowed_methods)] // the test plays the server's clock
    let later = Timestamp::now() + 1.hour();
    let later = later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let wait = retry_after(&fetcher, Reply::status(503).header("Retry-After", later)).await.unwrap();
    assert!((3500..=3600).contains(&wait), "{wait}");
}

#[tokio::test]
async fn nobody_at_the_port_is_said_with_the_port() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&fetcher(), &format!("http://{free}/a.xml?key=SECRET")).await.unwrap_err();
    assert_eq!(error, Error::Connect(format!("{free}: connection refused")));
}

#[tokio::test]
async fn giving_up_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a.xml", listener.local_addr().unwrap());
    let fetcher = Fetcher::new(&config::Fetch { timeout: Duration::from_millis(200), ..settings() }).unwrap();
    let server = tokio::task::spawn_blocking(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.read_to_end(&mut Vec::new()).is_ok()
    });
    let answer = fetcher.fetch(&web(&url), None, &Validators::default()).await;
    assert_eq!(answer.unwrap_err(), Error::Timeout(Duration::from_millis(200)));
    assert!(server.await.unwrap(), "the connection stays open");
}
