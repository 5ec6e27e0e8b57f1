//! Signing up: nothing without the mail's link, nothing given away, nothing for robots.

use mail_parser::MessageParser;
use rusqlite::Connection;
use url::form_urlencoded::Serializer;

use crate::store::words::peek;
use crate::support::daemon::{Place, eventually, rss};
use crate::support::http::Server;
use crate::support::program::run;
use crate::support::smtp::{Mail, SmtpServer};
use crate::support::visitor::{free_port, get, post};

use super::{AMAL, settings};

const SALIM: &str = "salim@example.org";

fn place(relay: &SmtpServer, port: u16, more: &str) -> Place {
    let toml = settings(relay, port).toml().replace("public_url", "signup = true\npublic_url");
    let place = Place::new(&settings(relay, port));
    place.configure(&(toml + more));
    place
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn wish(email: &str) -> String {
    form(&[("email", email), ("rule", "coalition"), ("language", "en"), ("timezone", "Asia/Baghdad")])
}

/// The path of the first link below `/s/` in a mail's text.
fn link(mail: &Mail) -> String {
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let text = parsed.body_text(0).unwrap();
    let from = text.find("/s/").unwrap_or_else(|| panic!("no link in {text}"));
    text[from..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn who_signs_up_and_confirms_it_is_told_like_any_other_until_they_leave() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "خبر آخر", "نص.")]));
    let feed = format!("\n[[feeds]]\nid = \"a\"\nurl = \"{}\"\n", web.url("/a.xml"));
    let place = place(&relay, port, &feed);
    let running = place.start();
    running.wait_log(&["listening"]);
    let page = get(port, "/signup");
    assert!(page.status == 200 && page.body.contains("التحالف الدولي"), "{}", page.body);
    assert!(get(port, "/signup?lang=en").body.contains("Subscribe to alerts"));
    let answer = post(port, "/signup", &wish("Salim@Example.org"));
    assert!(answer.status == 200 && answer.body.contains("انظر في بريدك"), "{}", answer.body);
    let mails = relay.wait_for(1);
    assert_eq!(mails[0].to, ["Salim@example.org"]);
    let confirm = link(&mails[0]);
    for _ in 0..2 {
        let page = get(port, &confirm);
        assert!(
            page.body.contains("Yes, subscribe me") && page.body.contains("التحالف الدولي"),
            "{}",
            page.body
        );
    }
    let confirmed = "SELECT count(*) FROM signups WHERE confirmed IS NOT NULL";
    assert_eq!(peek::<i64>(&place.path("rasid.db"), confirmed), 0, "a GET changes nothing");
    for _ in 0..2 {
        let page = post(port, &confirm, "do=it");
        assert!(page.status == 200 && page.body.contains("You are subscribed"), "{}", page.body);
    }
    assert_eq!(peek::<i64>(&place.path("rasid.db"), confirmed), 1);
    running.kill();

    let running = place.start();
    web.feed("/a.xml", &rss(&[("2", "التحالف الدولي يجتمع", "نص.")]));
    let mails = relay.wait_for(4);
    let salim = mails.iter().rfind(|mail| mail.to == ["Salim@example.org"]).unwrap();
    let parsed = MessageParser::default().parse(&salim.bytes).unwrap();
    assert_eq!(parsed.header("Content-Language").and_then(|value| value.as_text()), Some("en"));
    let header =
        String::from_utf8_lossy(parsed.header_raw("List-Unsubscribe").unwrap().as_bytes()).into_owned();
    let path = &header[header.find("/s/").unwrap()..header.find('>').unwrap()];
    assert_eq!(post(port, path, "List-Unsubscribe=One-Click").status, 200);
    web.feed("/a.xml", &rss(&[("3", "التحالف الدولي ثانية", "نص.")]));
    let mails = relay.wait_for(6);
    assert!(mails[4..].iter().all(|mail| mail.to != ["Salim@example.org"]), "who left is left alone");

    let config = place.path("config.toml").display().to_string();
    let list = run(&["subscribers", "list", "--config", &config], b"").stdout;
    assert!(
        list.contains("Salim@example.org") && list.contains("signup") && list.contains("1 unsubscribed"),
        "{list}"
    );
    let removed = run(&["subscribers", "remove", "salim@example.org", "--config", &config], b"");
    assert_eq!(
        (removed.code, removed.stdout.contains("no longer signed up")),
        (0, true),
        "{}",
        removed.stderr
    );
    assert_eq!(peek::<i64>(&place.path("rasid.db"), confirmed), 0);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn the_answer_says_nothing_of_who_subscribes_and_no_mailbox_is_flooded() {
    let (relay, port) = (SmtpServer::start(), free_port());
    let place = place(&relay, port, "");
    let running = place.start();
    running.wait_log(&["listening"]);
    let stranger = post(port, "/signup", &wish(SALIM));
    let subscriber = post(port, "/signup", &wish(AMAL));
    assert_eq!((stranger.status, &stranger.body), (subscriber.status, &subscriber.body));
    for _ in 0..5 {
        assert_eq!(post(port, "/signup", &wish(SALIM)).body, stranger.body);
    }
    let mails = relay.wait_for(4);
    assert_eq!(mails.iter().filter(|mail| mail.to == [SALIM]).count(), 3, "three a day");
    assert_eq!(mails.iter().filter(|mail| mail.to == [AMAL]).count(), 1);
    // Whoever owns the mailbox of a subscriber may confirm; the config still says what they get.
    let amal = mails.iter().find(|mail| mail.to == [AMAL]).unwrap();
    assert_eq!(post(port, &link(amal), "do=it").status, 200);

    let first = mails.iter().find(|mail| mail.to == [SALIM]).map(link).unwrap();
    let back = "UPDATE signups SET asked = asked - 49 * 3600000";
    Connection::open(place.path("rasid.db")).unwrap().execute(back, []).unwrap();
    let nowhere = get(port, "/nowhere");
    for answer in [get(port, &first), post(port, &first, "do=it")] {
        assert_eq!((answer.status, &answer.body), (404, &nowhere.body), "too late");
    }
    // All together: sixty an hour.
    let answers: Vec<_> =
        (0..61).map(|n| post(port, "/signup", &wish(&format!("reader{n}@example.org"))).status).collect();
    assert!(answers[..60].iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(answers[60], 429);
    assert_eq!(post(port, "/signup", &wish(SALIM)).status, 429, "whoever it is");
    eventually("all leave", || (relay.log().mails().len() == 64).then_some(()));
    assert_eq!(running.stop().code, 0);
}

#[test]
fn hostile_forms_are_refused_in_words_and_come_back_escaped() {
    let (relay, port) = (SmtpServer::start(), free_port());
    let place = place(&relay, port, "");
    let running = place.start();
    running.wait_log(&["listening"]);
    let evil = "\"><script>alert(1)</script>";
    let good = [("email", SALIM), ("rule", "coalition"), ("timezone", "Asia/Baghdad")];
    let with = |key: &str, value: &str| {
        let fields: Vec<_> =
            good.iter().map(|&(name, usual)| (name, if name == key { value } else { usual })).collect();
        form(&fields)
    };
    let cases = [
        (String::new(), 422),
        (form(&[("email", SALIM)]), 422),
        (with("email", "no address"), 422),
        (with("email", "a@example.org\r\nBcc: b@example.org"), 422),
        (with("email", "Salim <salim@example.org>"), 422),
        (with("email", "a@example.org, b@example.org"), 422),
        (with("email", &format!("{evil}@example.org")), 422),
        (with("email", &"a".repeat(20_000)), 422),
        (with("rule", "*"), 422),
        (with("rule", evil), 422),
        (with("timezone", evil), 422),
        (with("timezone", "../../etc/passwd"), 422),
        (format!("{}&{}", with("", ""), "rule=coalition&".repeat(9_000)), 413),
        ("%ff%fe=%00&&&===".to_owned(), 422),
    ];
    for (body, expected) in cases {
        let shown: String = body.chars().take(80).collect();
        let answer = post(port, "/signup", &body);
        assert_eq!(answer.status, expected, "{shown}");
        assert!(
            !answer.body.contains("<script") && answer.body.contains("</html>"),
            "{shown}: {}",
            answer.body
        );
    }
    assert_eq!(peek::<i64>(&place.path("rasid.db"), "SELECT count(*) FROM signups"), 0);
    assert_eq!(post(port, "/signup", &with("", "")).status, 200);
    relay.wait_for(1);

    // Without `signup` there is no such page, and links that were sent lead nowhere.
    let asked = link(&relay.log().mails()[0]);
    place.configure(&settings(&relay, port).toml());
    running.signal("HUP");
    running.wait_log(&["the new config is in force"]);
    for answer in [get(port, "/signup"), post(port, "/signup", &with("", "")), get(port, &asked)] {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(running.stop().code, 0);
}
