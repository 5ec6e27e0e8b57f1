//! What is asked, and what comes back when all is well.

use std::sync::Arc;
use std::time::Duration;

use rasid::config;
use rasid::fetch::{Fetcher, Validators};

use super::{document, fetcher, get, not_modified, settings, web, with_secrets};
use crate::support::http::{Gate, Reply, Server};

const XML: &str = "<rss version=\"2.0\"><channel><title>راصد</title></channel></rss>";

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_more() {
    let server = Server::start();
    server.route("/a.xml", Reply::ok(XML).header("Set-Cookie", "id=1; Path=/"));
    for _ in 0..2 {
        document(get(&fetcher(), &server.url("/a.xml")).await);
    }
    let asked = server.wait_for("/a.xml", 2);
    assert!(asked[0].at <= asked[1].at);
    for request in asked {
        assert_eq!(request.header("user-agent"), Some("rasid-test/1 (+https://example.org)".as_bytes()));
        let accept = String::from_utf8_lossy(request.header("accept").unwrap()).into_owned();
        assert!(accept.contains("application/rss+xml") && accept.contains("*/*"), "{accept}");
        let coding = String::from_utf8_lossy(request.header("accept-encoding").unwrap()).into_owned();
        assert!(["gzip", "br", "deflate"].iter().all(|name| coding.contains(name)), "{coding}");
        for absent in ["cookie", "referer", "authorization", "if-none-match", "if-modified-since"] {
            assert_eq!(request.header(absent), None, "{absent}");
        }
    }
}

#[tokio::test]
async fn a_document_comes_whole_however_it_is_carried() {
    let server = Server::start();
    let replies = [
        ("/plain", Reply::ok(XML)),
        ("/chunked", Reply::ok(XML).chunked()),
        ("/gzip", Reply::ok(XML).gzip()),
        ("/gzip-chunked", Reply::ok(XML).gzip().chunked()),
        ("/deflate", Reply::ok(XML).deflate()),
        ("/brotli", Reply::ok(XML).brotli()),
        ("/drip", Reply::ok(XML).drip(Duration::from_micros(10))),
        ("/misnamed-coding", Reply::ok(XML).header("Content-Encoding", "utf-8")),
        ("/odd-header", Reply::ok(XML).header("X Y", "a").header("X-Z", b"\xE9\x01")),
        ("/tab", Reply::ok(XML).header("Server", "a\tb")),
    ];
    let fetcher = fetcher();
    for (path, reply) in replies {
        server.route(path, reply.header("Content-Type", "application/rss+xml; charset=windows-1256"));
        let document = document(get(&fetcher, &server.url(path)).await);
        assert_eq!(&document.body[..], XML.as_bytes(), "{path}");
        assert_eq!(document.content_type.as_deref(), Some("application/rss+xml; charset=windows-1256"));
        assert_eq!(document.url.unwrap().as_str(), server.url(path));
        assert_eq!(document.moved_to, None);
    }
}

#[tokio::test]
async fn an_empty_answer_is_a_document_for_the_reader_to_judge() {
    let server = Server::start();
    server.route("/200", Reply::ok(""));
    server.route("/204", Reply::status(204));
    for path in ["/200", "/204"] {
        assert!(document(get(&fetcher(), &server.url(path)).await).body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn validators_go_back_byte_for_byte() {
    let dates: [&[u8]; 2] = [b"Sun, 22 Nov 2026 10:00:00 GMT", b"yesterday, more or less"];
    let etags: [&[u8]; 7] = [
        b"\"33a64df5\"",
        b"W/\"weak\"",
        b"unquoted",
        b"\"a-gzip\"",
        b"\"two  spaces, and a comma\"",
        b"\"\xE3\xD1\xCD\xC8\xC7\"", // windows-1256
        "\"مرحبا\"".as_bytes(),
    ];
    let (server, fetcher) = (Server::start(), fetcher());
    for etag in etags {
        for date in dates {
            server.route("/a.xml", Reply::ok(XML).etag(etag).last_modified(date));
            let first = document(get(&fetcher, &server.url("/a.xml")).await);
            assert_eq!(first.validators.etag.as_deref(), Some(etag));
            assert_eq!(first.validators.last_modified.as_deref(), Some(date));
            not_modified(fetcher.fetch(&web(&server.url("/a.xml")), None, &first.validators).await);
            let last = server.asked("/a.xml").pop().unwrap();
            assert_eq!(last.header("if-none-match"), Some(etag));
            assert_eq!(last.header("if-modified-since"), Some(date));
        }
    }
}

#[tokio::test]
async fn a_changed_document_brings_new_validators() {
    let (server, fetcher) = (Server::start(), fetcher());
    server.feed("/a.xml", XML);
    let old = document(get(&fetcher, &server.url("/a.xml")).await).validators;
    server.feed("/a.xml", "<rss/>");
    let new = document(fetcher.fetch(&web(&server.url("/a.xml")), None, &old).await);
    assert_eq!(&new.body[..], b"<rss/>");
    assert_ne!(new.validators, old);
    assert!(server.asked("/a.xml")[1].is_conditional());
}

#[tokio::test]
async fn a_validator_too_long_to_keep_is_not_kept() {
    let server = Server::start();
    let reply = Reply::ok(XML).header("ETag", "x".repeat(5000)).header("Last-Modified", "");
    server.route("/a.xml", reply);
    let document = document(get(&fetcher(), &server.url("/a.xml")).await);
    assert_eq!(document.validators, Validators::default());
}

#[tokio::test]
async fn a_feeds_own_headers_and_credentials_are_sent() {
    let server = Server::start();
    server.feed("/a.xml", XML);
    let headers = [("X-Key", "k1"), ("User-Agent", "another"), ("X-Arabic", "سر")];
    let feed = with_secrets(&server.url("/a.xml"), &headers, Some(("amal", "p:w")));
    document(fetcher().fetch(&feed, None, &Validators::default()).await);
    let request = &server.asked("/a.xml")[0];
    assert_eq!(request.header("x-key"), Some(&b"k1"[..]));
    assert_eq!(request.header("user-agent"), Some(&b"another"[..]));
    assert_eq!(request.header("x-arabic"), Some("سر".as_bytes()));
    assert_eq!(request.header("authorization"), Some(&b"Basic YW1hbDpwOnc="[..]));
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_named_without_its_value() {
    let feed = with_secrets("http://127.0.0.1:1/", &[("X-Key", "a\nSECRET")], None);
    let error = fetcher().fetch(&feed, None, &Validators::default()).await.unwrap_err().to_string();
    assert!(error.contains("X-Key") && !error.contains("SECRET"), "{error}");
}

#[tokio::test]
async fn large_documents_wait_for_each_other_and_small_ones_for_nobody() {
    let server = Server::start();
    server.route("/large", Reply::ok(vec![b'x'; 900_000]));
    server.feed("/small", XML);
    let settings = config::Fetch { timeout: Duration::from_millis(500), ..settings() };
    let fetcher = Fetcher::new(&settings).expect("a client");
    let mut held = Vec::new();
    while let Ok(answer) = get(&fetcher, &server.url("/large")).await {
        held.push(answer);
        assert!(held.len() < 50, "large documents are bounded together");
    }
    assert!(held.len() >= 2);
    document(get(&fetcher, &server.url("/small")).await);
    held.pop();
    document(get(&fetcher, &server.url("/large")).await);
}

#[tokio::test]
async fn feeds_of_one_fetcher_are_asked_side_by_side() {
    let (server, gate, fetcher) = (Server::start(), Gate::default(), Arc::new(fetcher()));
    server.route("/held", Reply::ok(XML).behind(&gate));
    server.feed("/free", XML);
    let held = {
        let (fetcher, url) = (Arc::clone(&fetcher), server.url("/held"));
        tokio::spawn(async move { get(&fetcher, &url).await })
    };
    document(get(&fetcher, &server.url("/free")).await);
    assert!(!held.is_finished());
    gate.open();
    document(held.await.unwrap());
}
