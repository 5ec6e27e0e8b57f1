//! Pages of articles: what is asked of a site, and what is not.

use rasid::config;
use rasid::fetch::host::Hosts;
use rasid::fetch::pages::{Missing, Pages};
use rasid::fetch::{Error, Fetcher};

use super::guard::world;
use super::settings;
use crate::support::http::{Reply, Server};

/// Pages behind the guard, for which every name is at one of these addresses in turn.
fn pages(answers: &[&[&'static str]], private: bool) -> Pages {
    let settings = config::Fetch { allow_private: private, ..settings() };
    let fetcher = Fetcher::within(world(answers), &settings).expect("a client");
    Pages::new(&fetcher, Hosts::new(&settings), &settings)
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_for_good() {
    let web = Server::start();
    let url = web.url("/a").replace("127.0.0.1", "inner.example").parse().unwrap();
    let missing = pages(&[&["10.0.0.1"]], false).get(&url).await.unwrap_err();
    let refused = Error::Refused("inner.example is at 10.0.0.1, a private address (RFC 1918)".into());
    assert_eq!(missing, Missing::Fetch(refused));
    assert!(!missing.may_pass() && web.asked("/robots.txt").is_empty());
}

#[tokio::test]
async fn a_site_whose_robots_txt_cannot_be_had_is_left_alone_and_says_why() {
    let web = Server::start();
    web.route("/robots.txt", Reply::status(503));
    let url = web.url("/a").parse().unwrap();
    let pages = pages(&[&["127.0.0.1"]], true);
    for _ in 0..2 {
        let missing = pages.get(&url).await.unwrap_err();
        assert!(missing.may_pass() && missing.to_string().contains("503"), "{missing}");
    }
    assert_eq!((web.asked("/robots.txt").len(), web.asked("/a").len()), (1, 0));
}
