//! The guard: which addresses may be reached, and that nothing else is.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use rasid::fetch::Error;
use rasid::fetch::client::World;
use rasid::fetch::guard::{Guard, Network, judge};
use rasid::fetch::resolve::Lookup;

use super::{document, fetcher, get, guarded};
use crate::support::http::{Reply, Server};

#[test]
fn addresses_are_judged() {
    let cases = [
        // Each network: first, last, and the neighbours outside.
        ("0.0.0.0 0.255.255.255", "1.0.0.0"),
        ("10.0.0.0 10.255.255.255", "9.255.255.255 11.0.0.0"),
        ("100.64.0.0 100.127.255.255", "100.63.255.255 100.128.0.0"),
        ("127.0.0.0 127.0.0.1 127.255.255.255", "126.255.255.255 128.0.0.0"),
        ("169.254.0.0 169.254.169.254 169.254.255.255", "169.253.255.255 169.255.0.0"),
        ("172.16.0.0 172.31.255.255", "172.15.255.255 172.32.0.0"),
        ("192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255", "191.255.255.255 192.0.1.0 192.0.3.0"),
        ("192.88.99.1", "192.88.98.255 192.88.100.0"),
        ("192.168.0.0 192.168.255.255", "192.167.255.255 192.169.0.0"),
        ("198.18.0.0 198.19.255.255", "198.17.255.255 198.20.0.0"),
        ("198.51.100.0 198.51.100.255", "198.51.99.255 198.51.101.0"),
        ("203.0.113.0 203.0.113.255", "203.0.112.255 203.0.114.0"),
        ("224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255", "223.255.255.255"),
        (":: ::1 ::2 ::8.8.8.8 ::127.0.0.1", ""),
        ("::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:0", "::ffff:8.8.8.8"),
        ("64:ff9b::127.0.0.1 64:ff9b::192.168.1.1 64:ff9b:1::8.8.8.8 64:ff9b:1:ffff::1", "64:ff9b::8.8.8.8"),
        ("2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101::", "2002:808:808::1"),
        ("2001::1 2001:0:7f00:1:: 2001:2::1 2001:20::1 2001:1ff:ffff::", "2001:200:: 2001:4860:4860::8888"),
        ("2001:db8:: 2001:db8:ffff::1 3fff::1 3fff:fff::1", "2001:db7:: 2001:db9:: 3fff:1000::"),
        ("fc00:: fd12:3456::1 fdff:ffff::", ""),
        ("fe80::1 febf:ffff::1 fec0::1 feff::1 ff00:: ff02::1 ffff::", ""),
        ("100::1 1fff:: 4000:: 5f00::1 64:ff9a::1", "2000:: 2606:4700:4700::1111 3ffe::"),
    ];
    for (forbidden, public) in cases {
        for address in forbidden.split_whitespace() {
            let address: IpAddr = address.parse().unwrap();
            let why = judge(address).expect_err(&address.to_string());
            assert!(why.contains("RFC"), "{address}: {why}");
        }
        for address in public.split_whitespace() {
            assert_eq!(judge(address.parse().unwrap()), Ok(()), "{address}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn an_address_inside_another_is_judged_the_same(bits: u32) {
        let inner = std::net::Ipv4Addr::from_bits(bits);
        let [a, b] = [(bits >> 16) as u16, bits as u16];
        let verdict = judge(inner.into());
        for outer in [
            inner.to_ipv6_mapped(),
            std::net::Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),
            std::net::Ipv6Addr::new(0x2002, a, b, 1, 2, 3, 4, 5),
        ] {
            prop_assert_eq!(judge(outer.into()), verdict, "{} {}", inner, outer);
        }
    }

    #[test]
    fn what_the_standard_library_knows_is_never_public(bits: u128) {
        let v6 = std::net::Ipv6Addr::from_bits(bits);
        let v4 = std::net::Ipv4Addr::from_bits(bits as u32);
        if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
            || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified() {
            prop_assert!(judge(v4.into()).is_err());
        }
        if v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast() {
            prop_assert!(judge(v6.into()).is_err());
        }
    }
}

#[test]
fn networks_are_allowed_by_name() {
    let guard = |networks: &[&str]| {
        Guard::new(false, networks.iter().map(|network| network.parse().unwrap()).collect())
    };
    let cases: [(&[&str], &str, bool); 12] = [
        (&["10.0.0.0/8"], "::ffff:10.0.0.1", false), // only as it is written
        (&["10.0.0.0/8"], "64:ff9b::10.0.0.1", false),
        (&["10.0.0.0/8"], "2002:a00:1::1", false),
        (&["10.0.0.0/8"], "10.255.0.1", true),
        (&["10.0.0.0/8"], "11.0.0.1", true), // public anyway
        (&["10.0.0.0/8"], "192.168.0.1", false),
        (&["10.0.0.0/8", "192.168.0.0/24"], "192.168.0.1", true),
        (&["10.1.2.3"], "10.1.2.4", false),
        (&["0.0.0.0/0"], "127.0.0.1", true),
        (&["0.0.0.0/0"], "::1", false),
        (&["fd00::/8"], "fd00::1", true),
        (&["::/0"], "fe80::1", true),
    ];
    for (networks, address, admitted) in cases {
        assert_eq!(
            guard(networks).admit(address.parse().unwrap()).is_ok(),
            admitted,
            "{networks:?} {address}"
        );
    }
    for wrong in
        ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "example.org", "1.1.1.1/8/8"]
    {
        assert_eq!(wrong.parse::<Network>().is_ok(), wrong == "10.0.0.0/", "{wrong}");
    }
}

#[tokio::test]
async fn nothing_private_is_connected_to_in_any_spelling() {
    let server = Server::start();
    server.feed("/a.xml", "<rss/>");
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[0:0:0:0:0:0:0:1]",
        "user:pw@127.0.0.1",
        "example.org@127.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
    ];
    let fetcher = guarded(World::default());
    for host in hosts {
        let error =
            get(&fetcher, &format!("http://{host}:{}/a.xml", server.address().port())).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{host}: {error:?}");
        assert!(error.to_string().contains("RFC") && !error.to_string().contains("pw"), "{host}: {error}");
    }
    assert_eq!(server.connections(), 0);
    // With leave, the same server is reached.
    document(get(&super::fetcher(), &server.url("/a.xml")).await);
}

/// A resolver that gives one answer after the other; the last one stays.
pub(super) struct Scripted {
    answers: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

impl Lookup for Scripted {
    fn lookup(&self, _: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
        let answer = self.answers[turn].iter().map(|address| address.parse().unwrap()).collect();
        Box::pin(async { Ok(answer) })
    }
}

/// Reaches 127.0.0.1, which stands for the public, but nothing else private.
pub(super) fn world(answers: &[&[&'static str]]) -> World {
    let answers = answers.iter().map(|answer| answer.to_vec()).collect();
    World {
        names: Arc::new(Scripted { answers, asked: AtomicUsize::new(0) }),
        allow_networks: vec!["127.0.0.1".parse().unwrap()],
        ..World::default()
    }
}

#[tokio::test]
async fn a_name_is_judged_by_the_address_that_is_connected() {
    let server = Server::start();
    server.route("/a.xml", Reply::ok("<rss/>").header("Connection", "close"));
    let url = format!("http://feeds.example:{}/a.xml", server.address().port());
    // Rebinding: each connection is judged anew, and it is the judged address that is connected.
    let fetcher = guarded(world(&[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1"]]));
    document(get(&fetcher, &url).await);
    let refused = get(&fetcher, &url).await.unwrap_err();
    assert_eq!(
        refused,
        Error::Refused("feeds.example is at 127.0.0.2, a loopback address (RFC 1122)".into())
    );
    document(get(&fetcher, &url).await);
    // Among several, the forbidden ones are left out.
    let fetcher = guarded(world(&[&["10.0.0.1", "::1", "127.0.0.1", "169.254.169.254"]]));
    document(get(&fetcher, &url).await);
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_name_without_an_address_is_said() {
    let error = get(&guarded(world(&[&[]])), "http://feeds.example/?key=SECRET").await.unwrap_err();
    assert_eq!(error, Error::Dns("feeds.example: it has no address".into()));
    // Reserved never to exist (RFC 6761); whatever the system's resolver says, it is no address.
    let error = get(&fetcher(), "http://rasid.invalid/?key=SECRET").await.unwrap_err();
    let Error::Dns(line) = error else { panic!("{error:?}") };
    assert!(line.starts_with("rasid.invalid: ") && !line.contains("SECRET"), "{line}");
}
