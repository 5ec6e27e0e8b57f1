//! TLS: what is trusted, and why the rest is not.

use std::io::{Read, Write};
use std::net::TcpListener;

use rasid::fetch::client::World;
use rasid::fetch::{Error, Fetcher};

use super::{document, get, settings};
use crate::support::http::tls::{Authority, Certificate};
use crate::support::http::{Reply, Server};

fn trusting(authority: &Authority) -> Fetcher {
    let world = World { authorities: vec![authority.der()], ..World::default() };
    Fetcher::within(world, &settings()).expect("a client")
}

#[tokio::test]
async fn a_certificate_is_good_or_the_reason_is_said() {
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let cases = [
        (known.sign("localhost"), None),
        (known.sign("example.org"), Some("its certificate is for another name")),
        (known.sign_expired("localhost"), Some("its certificate has expired")),
        (unknown.sign("localhost"), Some("is not signed by an authority that this system trusts")),
        (Certificate::self_signed("localhost"), Some("certificate")),
    ];
    for (certificate, reason) in cases {
        let server = Server::start_tls(&certificate);
        server.feed("/a.xml", "<rss/>");
        let url = server.url("/a.xml?key=SECRET").replace("127.0.0.1", "localhost");
        let answer = get(&trusting(&known), &url).await;
        let Some(reason) = reason else {
            assert_eq!(&document(answer).body[..], b"<rss/>");
            continue;
        };
        let Err(Error::Tls(line)) = answer else { panic!("{reason}: {answer:?}") };
        assert!(line.starts_with(&format!("localhost:{}: ", server.address().port())), "{line}");
        assert!(line.contains(reason) && !line.contains("SECRET"), "{line}");
        // Nothing is sent before the other side is known, and never without TLS.
        assert!(server.asked("/a.xml?key=SECRET").is_empty());
    }
}

#[tokio::test]
async fn without_authorities_of_ones_own_the_systems_decide() {
    let server = Server::start_tls(&Authority::new("ours").sign("localhost"));
    let fetcher = Fetcher::new(&settings()).expect("a client");
    let error = get(&fetcher, &server.url("/").replace("127.0.0.1", "localhost")).await.unwrap_err();
    assert!(matches!(error, Error::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_asked_in_the_clear() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = vec![0; 2048];
        let length = stream.read(&mut heard).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        heard.truncate(length);
        heard
    });
    let url = format!("https://{address}/a.xml?key=SECRET");
    let error = get(&Fetcher::new(&settings()).unwrap(), &url).await.unwrap_err();
    assert_eq!(error, Error::Tls(format!("{address}: what answers there does not speak TLS")));
    let heard = server.join().unwrap();
    assert!(!heard.windows(6).any(|window| window == b"SECRET"));
}

#[tokio::test]
async fn a_step_down_from_https_is_followed_but_not_remembered() {
    let authority = Authority::new("ours");
    let (safe, plain) = (Server::start_tls(&authority.sign("localhost")), Server::start());
    plain.feed("/b.xml", "<rss/>");
    safe.route("/a.xml", Reply::redirect(301, plain.url("/b.xml")));
    let url = safe.url("/a.xml").replace("127.0.0.1", "localhost");
    let found = document(get(&trusting(&authority), &url).await);
    assert_eq!((found.url.unwrap().as_str(), found.moved_to), (plain.url("/b.xml").as_str(), None));
}
