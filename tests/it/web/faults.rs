//! Strangers with bad intentions: what every answer carries, and what none does.

use base64::Engine as _;

use crate::store::words::peek;
use crate::support::daemon::{Place, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;
use crate::support::visitor::{Answer, free_port, get, post, send};

use super::{AMAL, links, path, settings};

/// What keeps a browser careful.
#[track_caller]
fn is_careful(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{what}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    for name in ["access-control-allow-origin", "set-cookie", "server", "x-powered-by", "location"] {
        assert_eq!(answer.header(name), None, "{what}: {name}");
    }
    assert!(!answer.body.to_lowercase().contains("<script"), "{what}: {}", answer.body);
}

#[test]
fn every_answer_keeps_browsers_careful_and_repeats_nothing() {
    let (relay, port) = (SmtpServer::start(), free_port());
    let place = Place::new(&settings(&relay, port));
    let running = place.start();
    running.wait_log(&["listening"]);
    let link = links(&place.path("rasid.db"), port).pause(AMAL);
    let good = path(&link);
    let here = format!("Host: 127.0.0.1:{port}\r\nConnection: close\r\n");
    let long = "a".repeat(70_000);
    let cases = [
        (format!("GET {good} HTTP/1.1\r\n{here}\r\n"), 200),
        (format!("HEAD {good} HTTP/1.1\r\n{here}\r\n"), 200),
        (format!("GET {good}?x=%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1\r\n{here}\r\n"), 200),
        (format!("GET / HTTP/1.1\r\n{here}\r\n"), 404),
        (format!("GET /%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1\r\n{here}\r\n"), 404),
        (format!("GET /s/%ff%00%0d%0aSet-Cookie:a=b HTTP/1.1\r\n{here}\r\n"), 404),
        (format!("GET /s/../../../etc/passwd HTTP/1.1\r\n{here}\r\n"), 404),
        (format!("GET /s/..%2f..%2fetc%2fpasswd HTTP/1.1\r\n{here}\r\n"), 404),
        (format!("GET //evil.example/%2e%2e HTTP/1.1\r\n{here}\r\n"), 404),
        (format!("POST / HTTP/1.1\r\n{here}Content-Length: 0\r\n\r\n"), 404),
        (format!("TRACE {good} HTTP/1.1\r\n{here}X-Secret: hunter2\r\n\r\n"), 405),
        (format!("OPTIONS {good} HTTP/1.1\r\nOrigin: https://evil.example\r\n{here}\r\n"), 405),
        (format!("PUT {good} HTTP/1.1\r\n{here}Content-Length: 0\r\n\r\n"), 405),
        (format!("DELETE {good} HTTP/1.1\r\n{here}\r\n"), 405),
        (format!("CONNECT evil.example:443 HTTP/1.1\r\n{here}\r\n"), 405),
        (format!("GET {good} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), 421),
        (
            format!(
                "GET {good} HTTP/1.1\r\nHost: 127.0.0.1.evil.example:{port}\r\nConnection: close\r\n\r\n"
            ),
            421,
        ),
        (format!("GET http://evil.example{good} HTTP/1.1\r\n{here}\r\n"), 421),
        (format!("GET {good} HTTP/1.1\r\nConnection: close\r\n\r\n"), 400),
        (format!("GET {good} HTTP/1.1\r\n{here}Host: evil.example\r\n\r\n"), 400),
        (
            format!(
                "GET {good} HTTP/1.1\r\n{here}X-Forwarded-Host: evil.example\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
            ),
            200,
        ),
        (format!("GET {good} HTTP/1.1\r\n{here}Origin: https://evil.example\r\n\r\n"), 200),
        (format!("POST {good} HTTP/1.1\r\n{here}Content-Length: 70000\r\n\r\n{long}"), 413),
        (format!("POST {good} HTTP/1.1\r\n{here}Content-Length: 999999999999\r\n\r\n"), 413),
        (format!("GET {good} HTTP/1.1\r\n{here}X: {}\r\n\r\n", "a".repeat(17_000)), 431),
        (format!("GET {good} HTTP/1.1\r\n{here}{}\r\n", "X: y\r\n".repeat(70)), 431),
        (format!("GET /{} HTTP/1.1\r\n{here}\r\n", "a".repeat(17_000)), 431),
    ];
    for (request, expected) in cases {
        let line = &request[..request.find('\r').unwrap()];
        let answer = send(port, request.as_bytes());
        assert_eq!(answer.status, expected, "{line}: {answer:?}");
        is_careful(&answer, line);
        for echoed in ["evil", "hunter2", "alert(1)", "passwd", "1.2.3.4"] {
            assert!(!answer.body.contains(echoed), "{line} comes back: {}", answer.body);
        }
        let carries = answer.body.len() > 2;
        assert_eq!(carries, !line.starts_with("HEAD"), "{line}");
    }
    // What is no request at all is turned away before any page is asked for.
    for (request, expected) in [
        (format!("GET {good} HTTP/1.1\r\n{here}X: {}\r\n\r\n", "a".repeat(2_000_000)), 431),
        (format!("GET {good} HTTP/1.1\r\n{here}{}\r\n", "X: y\r\n".repeat(300)), 431),
        (format!("GET /{} HTTP/1.1\r\n{here}\r\n", "a".repeat(200_000)), 431),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), 400),
        ("\0\0\0\r\n\r\n".to_owned(), 400),
        (format!("POST {good} HTTP/1.1\r\n{here}Content-Length: -1\r\n\r\n"), 400),
        (format!("POST {good} HTTP/1.1\r\n{here}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), 400),
    ] {
        let line: String = request.chars().take(60).collect();
        let answer = send(port, request.as_bytes());
        assert_eq!((answer.status, answer.body.as_str()), (expected, ""), "{line:?}");
    }
    assert_eq!(get(port, good).status, 200, "and it serves on");
    let chosen: i64 = peek(&place.path("rasid.db"), "SELECT count(*) FROM subscribers");
    assert_eq!(chosen, 0, "none of it changed anything");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn every_forged_token_leads_nowhere_in_the_same_words() {
    let (relay, port) = (SmtpServer::start(), free_port());
    let place = Place::new(&settings(&relay, port));
    let running = place.start();
    running.wait_log(&["listening"]);
    let links = links(&place.path("rasid.db"), port);
    let good = links.unsubscribe(AMAL);
    let token = path(&good).trim_start_matches("/s/").to_owned();
    let mut bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&token).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let forged = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
    let foreign = rasid::links::Links::new(&"http://127.0.0.1".parse().unwrap(), [0; 32]).unsubscribe(AMAL);
    let nowhere = get(port, "/s/");
    let unsigned = links.confirm(AMAL, 99);
    for wrong in ["x", &token[..token.len() - 1], &format!("{token}A"), &forged]
        .map(|token| format!("/s/{token}"))
        .iter()
        .map(String::as_str)
        .chain([path(&foreign), path(&unsigned), "/s/%41%41"])
    {
        for answer in
            [get(port, wrong), post(port, wrong, "do=it"), post(port, wrong, "List-Unsubscribe=One-Click")]
        {
            assert_eq!((answer.status, &answer.body), (404, &nowhere.body), "{wrong}");
        }
    }
    let chosen: i64 = peek(&place.path("rasid.db"), "SELECT count(*) FROM subscribers");
    assert_eq!(chosen, 0);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_headline_of_a_feed_is_shown_and_never_obeyed() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    let title = "التحالف الدولي &lt;script&gt;alert(1)&lt;/script&gt; \" onmouseover=x {{ 7*7 }}";
    web.feed("/a.xml", &rss(&[("1", title, "نص.")]));
    let place = Place::new(&settings(&relay, port).feed("a", &web.url("/a.xml")));
    let running = place.start();
    relay.wait_for(2);
    let mute = links(&place.path("rasid.db"), port).mute(AMAL, 1);
    let page = get(port, path(&mute));
    is_careful(&page, "mute");
    assert!(page.body.contains("التحالف الدولي") && page.body.contains("اكتم هذا الخبر"), "{}", page.body);
    assert!(!page.body.contains("\" onmouseover") && !page.body.contains("49"), "{}", page.body);
    assert_eq!(post(port, path(&mute), "do=it").status, 200);
    assert_eq!(peek::<i64>(&place.path("rasid.db"), "SELECT story FROM mutes"), 1);
    assert_eq!(post(port, path(&mute), "do=undo").status, 200);
    assert_eq!(peek::<i64>(&place.path("rasid.db"), "SELECT count(*) FROM mutes"), 0);
    assert_eq!(running.stop().code, 0);
}
