//! A proxy: asked only where the settings name one, and behind the same guard.

use std::net::TcpListener;

use rasid::config::{self, Credentials};
use rasid::fetch::{Error, Fetcher};

use super::guard::world;
use super::{document, get, settings};
use crate::support::http::{Reply, Server};

const XML: &str = "<rss version=\"2.0\"/>";

/// A fetcher behind `proxy`, for which every name is at one of these addresses in turn.
fn behind(proxy: &Server, answers: &[&[&'static str]]) -> Fetcher {
    at(&proxy.url("/"), answers)
}

fn at(proxy: &str, answers: &[&[&'static str]]) -> Fetcher {
    let credentials = Credentials { user: "amal".into(), password: "pw".into() };
    let url = proxy.parse().expect("a URL");
    let proxy = Some(config::Proxy { url, credentials: Some(credentials) });
    let settings = config::Fetch { allow_private: false, proxy, ..settings() };
    Fetcher::within(world(answers), &settings).expect("a client")
}

#[tokio::test]
async fn feeds_are_asked_through_it() {
    let proxy = Server::start();
    proxy.feed("http://feeds.example/a.xml", XML);
    let found = document(get(&behind(&proxy, &[&["127.0.0.1"]]), "http://feeds.example/a.xml").await);
    assert_eq!(
        (&found.body[..], found.url.unwrap().as_str()),
        (XML.as_bytes(), "http://feeds.example/a.xml")
    );
    let request = &proxy.asked("http://feeds.example/a.xml")[0];
    assert_eq!(request.header("proxy-authorization"), Some(&b"Basic YW1hbDpwdw=="[..]));
    assert_eq!(request.header("host"), Some(&b"feeds.example"[..]));
}

#[tokio::test]
async fn what_is_behind_it_is_judged_before_it_is_asked() {
    let proxy = Server::start();
    proxy.feed("http://feeds.example/a.xml", XML);
    let private = behind(&proxy, &[&["10.0.0.1"]]);
    for url in [
        "http://feeds.example/a.xml",
        "https://feeds.example/a.xml",
        "http://10.0.0.1/a.xml",
        "http://169.254.169.254/",
        "http://[::ffff:10.0.0.1]/",
        "http://0x0a000001/",
    ] {
        let error = get(&private, url).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{url}: {error:?}");
    }
    assert_eq!(proxy.connections(), 0);
    // Every hop, too.
    proxy.route("http://feeds.example/b.xml", Reply::redirect(302, "http://inner.example/a.xml"));
    let turning = behind(&proxy, &[&["127.0.0.1"], &["192.168.0.1"]]);
    let error = get(&turning, "http://feeds.example/b.xml").await.unwrap_err();
    assert_eq!(error, Error::Refused("inner.example is at 192.168.0.1, a private address (RFC 1918)".into()));
    assert!(proxy.asked("http://inner.example/a.xml").is_empty());
}

#[tokio::test]
async fn one_that_does_not_answer_is_said() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let fetcher = at(&format!("http://{free}"), &[&["127.0.0.1"]]);
    let error = get(&fetcher, "http://feeds.example/a.xml").await.unwrap_err();
    let Error::Connect(line) = error else { panic!("{error:?}") };
    assert!(line.ends_with("(through the proxy)") && !line.contains("pw"), "{line}");
}
