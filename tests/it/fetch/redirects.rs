//! Redirects: which are followed, which are remembered, what goes along.

use rasid::config;
use rasid::fetch::client::World;
use rasid::fetch::{Error, Validators};
use url::Url;

use super::{document, fetcher, get, guarded, not_modified, settings, web, with_secrets};
use crate::support::http::{Reply, Server};

const XML: &str = "<rss version=\"2.0\"/>";

/// A chain `/0` → `/1` → … of these statuses, with a feed at its end.
fn chain(statuses: &[u16]) -> (Server, String) {
    let server = Server::start();
    for (hop, status) in statuses.iter().enumerate() {
        server.route(&format!("/{hop}"), Reply::redirect(*status, server.url(&format!("/{}", hop + 1))));
    }
    let end = format!("/{}", statuses.len());
    server.feed(&end, XML);
    let end = server.url(&end);
    (server, end)
}

#[tokio::test]
async fn only_a_wholly_permanent_chain_is_remembered() {
    let cases: [(&[u16], bool); 10] = [
        (&[], false),
        (&[301], true),
        (&[308], true),
        (&[301, 308, 301, 301, 308], true),
        (&[302], false),
        (&[303], false),
        (&[307], false),
        (&[301, 302], false),
        (&[302, 301], false),
        (&[301; 10], true),
    ];
    let fetcher = fetcher();
    for (statuses, remembered) in cases {
        let (server, end) = chain(statuses);
        let found = document(get(&fetcher, &server.url("/0")).await);
        assert_eq!(&found.body[..], XML.as_bytes());
        assert_eq!(found.url.map(String::from), Some(end.clone()), "{statuses:?}");
        assert_eq!(found.moved_to.map(String::from), remembered.then_some(end), "{statuses:?}");
        let again = fetcher.fetch(&web(&server.url("/0")), None, &found.validators).await;
        assert_eq!(not_modified(again).is_some(), remembered, "{statuses:?}");
    }
}

#[tokio::test]
async fn a_remembered_address_is_asked_instead() {
    let (server, end) = chain(&[301]);
    let end = Url::parse(&end).unwrap();
    let found = fetcher().fetch(&web(&server.url("/0")), Some(&end), &Validators::default()).await;
    assert_eq!(document(found).moved_to, None);
    assert!(server.asked("/0").is_empty());
}

#[tokio::test]
async fn redirects_without_end_are_given_up() {
    let fetcher = fetcher();
    let (server, _) = chain(&[302; 11]);
    let error = get(&fetcher, &server.url("/0")).await.unwrap_err();
    assert_eq!(error, Error::Redirects("there are more than 10".into()));
    assert_eq!(server.most_at_once(), 1);
    for (from, to) in [("/self", "/self"), ("/a", "/b"), ("/b", "/a#part")] {
        server.route(from, Reply::redirect(301, to));
    }
    for start in ["/self", "/a"] {
        let error = get(&fetcher, &server.url(start)).await.unwrap_err();
        assert_eq!(error, Error::Redirects("they run in a circle at 127.0.0.1".into()));
        assert!(server.asked(start).len() <= 1, "{start}");
    }
}

#[tokio::test]
async fn a_location_is_read_as_browsers_read_it() {
    let fetcher = fetcher();
    let server = Server::start();
    server.feed("/dir/b.xml", XML);
    server.feed("/%D8%B1%D8%A7%D8%B5%D8%AF.xml", XML);
    server.feed("/%D1%C7%D5%CF.xml", XML);
    let host = server.address().to_string();
    let cases: [(Vec<u8>, &str); 8] = [
        (b"b.xml".into(), "/dir/b.xml"),
        (b"/dir/./x/../b.xml#top".into(), "/dir/b.xml"),
        (b"//".iter().chain(host.as_bytes()).chain(b"/dir/b.xml").copied().collect(), "/dir/b.xml"),
        (b" /dir/b.xml ".into(), "/dir/b.xml"),
        ("/راصد.xml".into(), "/%D8%B1%D8%A7%D8%B5%D8%AF.xml"),
        (b"/\xD1\xC7\xD5\xCF.xml".into(), "/%D1%C7%D5%CF.xml"), // windows-1256
        (format!("HTTP://{host}/dir/b.xml").into(), "/dir/b.xml"),
        (b"\\dir\\b.xml".into(), "/dir/b.xml"),
    ];
    for (location, path) in cases {
        server.route("/dir/a.xml", Reply::redirect(301, &location));
        let found = document(get(&fetcher, &server.url("/dir/a.xml#frag")).await);
        assert_eq!(found.moved_to.unwrap().as_str(), server.url(path), "{location:?}");
    }
}

#[tokio::test]
async fn a_location_that_leads_out_of_the_web_is_refused() {
    let fetcher = fetcher();
    let server = Server::start();
    let cases = [
        ("file:///etc/passwd", "file: is neither http nor https"),
        ("data:text/xml,<rss/>", "data: is neither"),
        ("gopher://127.0.0.1/", "gopher: is neither"),
        ("ftp://127.0.0.1/a.xml", "ftp: is neither"),
        ("javascript:alert(1)", "javascript: is neither"),
        ("feed:https://example.org/", "feed: is neither"),
        ("http://", "names no address"),
        ("http://[::1", "names no address"),
        ("http://a b/", "names no address"),
    ];
    for (location, line) in cases {
        server.route("/a.xml", Reply::redirect(302, location));
        let error = get(&fetcher, &server.url("/a.xml")).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_) | Error::Redirects(_)), "{location}: {error:?}");
        assert!(error.to_string().contains(line), "{location}: {error}");
    }
    server.route("/a.xml", Reply::redirect(301, format!("/{}", "x".repeat(10_000))));
    let error = get(&fetcher, &server.url("/a.xml")).await.unwrap_err();
    assert!(matches!(error, Error::Redirects(_)), "{error}");
}

#[tokio::test]
async fn every_hop_is_guarded() {
    let (server, inner) = (Server::start(), Server::start());
    let port = inner.address().port();
    let world = World { allow_networks: vec!["127.0.0.1".parse().unwrap()], ..World::default() };
    let fetcher = guarded(world);
    let hosts = [
        "127.0.0.2",
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "2130706434",
        "0177.0.0.2",
        "0x7f.2",
        "127.2",
        "example.org@127.0.0.2",
    ];
    for host in hosts {
        for status in [301, 302, 307] {
            server.route("/a.xml", Reply::redirect(status, "/b.xml"));
            server.route("/b.xml", Reply::redirect(status, format!("http://{host}:{port}/a.xml")));
            let error = get(&fetcher, &server.url("/a.xml")).await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{host}: {error:?}");
        }
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn secrets_stay_with_the_feeds_own_origin() {
    let (own, other) = (Server::start(), Server::start());
    own.route("/a.xml", Reply::redirect(302, "/b.xml"));
    own.route("/b.xml", Reply::redirect(302, other.url("/c.xml")));
    other.route("/c.xml", Reply::redirect(301, own.url("/d.xml")));
    own.route("/d.xml", Reply::redirect(302, other.url("/e.xml").replace("//", "//theirs:choice@")));
    other.feed("/e.xml", XML);
    let feed = with_secrets(&own.url("/a.xml"), &[("X-Key", "k1")], Some(("amal", "pw")));
    let validators = Validators { etag: Some(b"\"kept\"".into()), last_modified: None };
    let found = document(fetcher().fetch(&feed, None, &validators).await);
    assert_eq!(found.url.unwrap().as_str(), other.url("/e.xml"));
    let sees = |server: &Server, path: &str| {
        let request = server.asked(path).pop().expect(path);
        assert_eq!(request.header("if-none-match"), Some(&b"\"kept\""[..]), "{path}");
        assert_eq!(request.header("referer"), None, "{path}");
        let secrets = [request.header("x-key"), request.header("authorization")];
        assert_eq!(secrets[0].is_some(), secrets[1].is_some(), "{path}");
        secrets[0].is_some()
    };
    assert!(sees(&own, "/a.xml") && sees(&own, "/b.xml"));
    // Once the way has left the origin, what comes after is the other's choice.
    assert!(!sees(&other, "/c.xml") && !sees(&own, "/d.xml") && !sees(&other, "/e.xml"));
    // A remembered address elsewhere gets none either.
    let moved = Url::parse(&other.url("/e.xml")).unwrap();
    document(fetcher().fetch(&feed, Some(&moved), &validators).await);
    assert!(!sees(&other, "/e.xml"));
}

#[tokio::test]
async fn gone_counts_where_it_speaks_for_the_feed() {
    for (status, gone) in [(301, true), (308, true), (302, false), (307, false)] {
        let server = Server::start();
        server.route("/a.xml", Reply::redirect(status, "/b.xml"));
        server.route("/b.xml", Reply::status(410));
        let error = get(&fetcher(), &server.url("/a.xml")).await.unwrap_err();
        let expected = if gone { Error::Gone } else { Error::Status { status: 410, retry_after: None } };
        assert_eq!(error, expected, "{status}");
    }
}

#[tokio::test]
async fn the_deadline_is_that_of_the_whole_way() {
    let server = Server::start();
    let slow = std::time::Duration::from_millis(8);
    for hop in 0..9 {
        server.route(&format!("/{hop}"), Reply::redirect(302, format!("/{}", hop + 1)).slow_head(slow));
    }
    server.feed("/9", XML);
    let settings = config::Fetch { timeout: 50 * slow, ..settings() };
    let fetcher = rasid::fetch::Fetcher::new(&settings).unwrap();
    assert_eq!(get(&fetcher, &server.url("/0")).await.unwrap_err(), Error::Timeout(50 * slow));
}
