//! The limits of hosts: who may start now, and who waits for whom.

use std::future::Future;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use rasid::config;
use rasid::fetch::host::{Hosts, Permit, Standing};
use url::Url;

use super::settings;

fn hosts(concurrency: usize, per_host: usize) -> Hosts {
    Hosts::new(&config::Fetch { concurrency, per_host, ..settings() })
}

/// The permit, if it can be had without waiting.
fn at_once(hosts: &Hosts, url: &str, standing: Standing) -> Option<Permit> {
    let url: Url = url.parse().unwrap();
    let mut entering = Box::pin(hosts.enter(&url, standing));
    match entering.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(permit) => Some(permit),
        Poll::Pending => None,
    }
}

fn enter(hosts: &Hosts, url: &str) -> Option<Permit> {
    at_once(hosts, url, Standing::Good)
}

#[test]
fn a_host_has_so_many_places() {
    let hosts = hosts(64, 2);
    let first = enter(&hosts, "https://a.example/1");
    let second = enter(&hosts, "https://a.example/2");
    assert!(first.is_some() && second.is_some());
    // The same host in other spellings; both usual ports are one host.
    for url in
        ["https://a.example/3", "https://A.EXAMPLE:443/", "http://a.example/", "http://u:p@a.example:80/"]
    {
        assert!(enter(&hosts, url).is_none(), "{url}");
    }
    for url in ["https://b.example/", "https://www.a.example/", "http://a.example:8080/"] {
        assert!(enter(&hosts, url).is_some(), "{url}");
    }
    drop(first);
    assert!(enter(&hosts, "https://a.example/3").is_some());
}

#[test]
fn all_together_have_so_many_places() {
    let hosts = hosts(2, 2);
    let held = [enter(&hosts, "http://a.example/"), enter(&hosts, "http://b.example/")];
    assert!(held.iter().all(Option::is_some));
    assert!(enter(&hosts, "http://c.example/").is_none());
    drop(held);
    assert!(enter(&hosts, "http://c.example/").is_some());
}

#[tokio::test]
async fn waiting_for_a_slow_host_takes_no_place_from_others() {
    let hosts = hosts(2, 1);
    let url: Url = "http://slow.example/".parse().unwrap();
    let slow = hosts.enter(&url, Standing::Good).await;
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let (hosts, url) = (hosts.clone(), url.clone());
            tokio::spawn(async move { drop(hosts.enter(&url, Standing::Good).await) })
        })
        .collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
        drop(enter(&hosts, "http://quick.example/").expect("one place is free"));
    }
    drop(slow);
    for waiting in waiting {
        waiting.await.unwrap();
    }
}

#[test]
fn failing_feeds_leave_room_for_good_ones() {
    let hosts = hosts(4, 4);
    let failing: Vec<_> =
        (0..4).filter_map(|_| at_once(&hosts, "http://a.example/", Standing::Failing)).collect();
    assert_eq!(failing.len(), 2);
    assert!(enter(&hosts, "http://a.example/").is_some());
    // Of all places as well.
    assert!(at_once(&hosts, "http://b.example/", Standing::Failing).is_none());
    assert!(enter(&hosts, "http://b.example/").is_some());
    drop(failing);
    assert_eq!([0, 1, 7].map(Standing::of), [Standing::Good, Standing::Failing, Standing::Failing]);
    // A single place serves both.
    let hosts = self::hosts(1, 1);
    assert!(at_once(&hosts, "http://a.example/", Standing::Failing).is_some());
    assert!(enter(&hosts, "http://a.example/").is_some());
}

#[tokio::test]
async fn starts_are_spaced_for_each_host_alone() {
    let spacing = Duration::from_millis(40);
    let hosts = Hosts::new(&config::Fetch { host_spacing: spacing, ..settings() });
    let url: Url = "http://a.example/".parse().unwrap();
    let mut last: Option<Instant> = None;
    for _ in 0..4 {
        drop(hosts.enter(&url, Standing::Good).await);
        let now = Instant::now();
        assert!(last.is_none_or(|last| now - last >= spacing), "{:?}", last.map(|last| now - last));
        last = Some(now);
        // Somebody who gives up waiting takes nobody's turn, and another host is not spaced by it.
        assert!(enter(&hosts, "http://a.example/").is_none());
    }
    assert!(enter(&hosts, "http://b.example/").is_some());
}

#[test]
fn hosts_that_nobody_uses_are_forgotten() {
    let hosts = hosts(10_000, 1);
    let kept = enter(&hosts, "http://kept.example/");
    for number in 0..10_000 {
        drop(enter(&hosts, &format!("http://h{number}.example/")).expect("a place"));
    }
    assert!(hosts.remembered() < 200, "{}", hosts.remembered());
    assert!(enter(&hosts, "http://kept.example/").is_none(), "a host in use is not forgotten");
    drop(kept);
}
