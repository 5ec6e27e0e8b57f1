//! Clients that take their time, and what they hold up: nothing.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::support::daemon::{Place, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;
use crate::support::visitor::{connect, free_port, get, read};

use super::{AMAL, links, path, settings};

#[test]
fn two_hundred_slow_connections_slow_no_alert_and_no_page() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    let place = Place::new(&settings(&relay, port).feed("a", &web.url("/a.xml")));
    let running = place.start();
    relay.wait_for(2);
    let link = links(&place.path("rasid.db"), port).pause(AMAL);
    let slow: Vec<_> = (0..200)
        .map(|n| {
            let mut stream = connect(port);
            let half = if n % 2 == 0 { "GET / HTTP/1.1\r\nHost: local" } else { "" };
            stream.write_all(half.as_bytes()).unwrap();
            stream
        })
        .collect();
    let begin = Instant::now();
    assert_eq!(get(port, path(&link)).status, 200);
    web.feed("/a.xml", &rss(&[("2", "التحالف الدولي ثانية", "نص.")]));
    relay.wait_for(4);
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    let ended = running.stop();
    assert!(ended.code == 0 && ended.took < Duration::from_secs(5), "{:?}", ended.took);
    drop(slow);
}

#[test]
fn whoever_is_slow_is_cut_within_half_a_minute() {
    let (relay, port) = (SmtpServer::start(), free_port());
    let place = Place::new(&settings(&relay, port));
    let running = place.start();
    running.wait_log(&["listening"]);
    let link = links(&place.path("rasid.db"), port).pause(AMAL);
    let head = format!("POST {} HTTP/1.1\r\nHost: localhost\r\n", path(&link));
    let whole = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", path(&link));
    // Says nothing; stops within its head; within its body; asks and stays.
    let starts = [String::new(), head.clone(), format!("{head}Content-Length: 9\r\n\r\ndo="), whole];
    let clients = starts.map(|start| {
        std::thread::spawn(move || {
            let mut stream = connect(port);
            stream.write_all(start.as_bytes()).unwrap();
            let begin = Instant::now();
            (read(&mut stream).status, begin.elapsed())
        })
    });
    for (client, expected) in clients.into_iter().zip([&[0, 408][..], &[0, 408], &[408], &[200]]) {
        let (status, took) = client.join().unwrap();
        assert!(expected.contains(&status) && took < Duration::from_secs(30), "{status} after {took:?}");
    }
    assert_eq!(running.stop().code, 0);
}
