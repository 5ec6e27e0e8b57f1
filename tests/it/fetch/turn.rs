//! Redirects within the limits of the hosts that they lead to.

use std::time::Duration;

use rasid::config;
use rasid::fetch::host::{Hosts, Standing, Turn};
use rasid::fetch::{Fetcher, Validators};
use url::Url;

use super::{document, settings, web};
use crate::support::http::{Gate, Reply, Server};

const XML: &str = "<rss version=\"2.0\"/>";

#[tokio::test(flavor = "multi_thread")]
async fn a_hop_waits_for_a_place_of_the_host_it_leads_to_and_not_at_the_servers_expense() {
    let (own, other, gate) = (Server::start(), Server::start(), Gate::default());
    own.route("/a.xml", Reply::redirect(302, other.url("/b.xml")));
    other.feed("/b.xml", XML);
    let limits = config::Fetch { per_host: 1, timeout: Duration::from_millis(400), ..settings() };
    let (fetcher, hosts) = (Fetcher::new(&limits).unwrap(), Hosts::new(&limits));
    let there: Url = other.url("/").parse().unwrap();
    let held = hosts.enter(&there, Standing::Good).await;
    let fetching = {
        let (hosts, url, gate) = (hosts.clone(), own.url("/a.xml"), gate.clone());
        tokio::spawn(async move {
            let mut turn = Turn::among(hosts, Standing::Good);
            let found = fetcher.fetch_in_turn(&web(&url), None, &Validators::default(), &mut turn).await;
            gate.open();
            found
        })
    };
    own.wait_for("/a.xml", 1);
    // The place at its own host is free while it waits for the other's.
    let here: Url = own.url("/").parse().unwrap();
    drop(hosts.enter(&here, Standing::Good).await);
    tokio::time::sleep(2 * limits.timeout).await;
    assert!(other.asked("/b.xml").is_empty() && !gate.is_open());
    drop(held);
    assert_eq!(&document(fetching.await.unwrap()).body[..], XML.as_bytes());
}

#[tokio::test]
async fn hops_within_one_host_are_spaced_like_other_requests() {
    let server = Server::start();
    server.route("/a.xml", Reply::redirect(302, "/b.xml"));
    server.route("/b.xml", Reply::redirect(302, "/c.xml"));
    server.feed("/c.xml", XML);
    let spacing = Duration::from_millis(60);
    let limits = config::Fetch { per_host: 1, host_spacing: spacing, ..settings() };
    let (fetcher, hosts) = (Fetcher::new(&limits).unwrap(), Hosts::new(&limits));
    let mut turn = Turn::among(hosts, Standing::Good);
    document(
        fetcher.fetch_in_turn(&web(&server.url("/a.xml")), None, &Validators::default(), &mut turn).await,
    );
    let asked: Vec<_> = ["/a.xml", "/b.xml", "/c.xml"].iter().map(|path| server.asked(path)[0].at).collect();
    assert!(asked[2] - asked[0] >= spacing.mul_f32(1.5), "{asked:?}");
}
