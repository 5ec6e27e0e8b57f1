//! Whole articles: what is matched in them, who is told, and what a page may do to us.

use std::time::Duration;

use crate::store::words::peek;
use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::{Gate, Reply, Server};
use crate::support::program::run;
use crate::support::smtp::SmtpServer;

const LONG: &str = "وأوضح المتحدث أن اللجنة المشتركة ستجتمع مطلع الأسبوع المقبل لبحث التفاصيل الفنية، وأن الجانبين \
    ملتزمان بما اتفق عليه في الجولة السابقة من المحادثات التي جرت في العاصمة بحضور ممثلين عن الوزارات المعنية.";

/// A page with an article that holds `text`.
fn page(text: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=ar><head><meta charset=utf-8><title>خبر</title></head><body><nav><a href=/>الرئيسية</a></nav>\
         <article><h1>خبر</h1><p>{LONG}</p><p>{text} {LONG}</p><p>{LONG}</p></article><footer>التحالف الدولي لناشري الأخبار</footer></body></html>"
    )
}

/// A feed whose entries lead to pages of `web`: a number and a text each.
fn feed(web: &Server, entries: &[(&str, &str)]) -> String {
    let items: Vec<_> = entries.iter().map(|(id, text)| (*id, "خبر قصير", *text)).collect();
    rss(&items).replace("https://news.example/", &web.url("/"))
}

fn settings(web: &Server, relay: &SmtpServer) -> Settings {
    Settings::new(&relay.url())
        .more("[[rules]]\nid = \"sovereignty\"\nany = [\"سيادة\"]")
        .more(&format!(
            "[[feeds]]\nid = \"a\"\nurl = \"{}\"\nfull_text = true\nheaders = {{ \"X-Key\" = \"hunter2\" }}",
            web.url("/a.xml")
        ))
        .subscriber("amal@example.org")
        .fetch("interval", "\"1h\"")
}

/// How the article of an entry ended, and why.
fn ended(place: &Place, id: &str) -> (String, String) {
    let of = |column: &str| {
        peek(
            &place.path("rasid.db"),
            &format!(
                "SELECT coalesce(articles.{column}, '') FROM articles JOIN entries ON entries.id = entry WHERE guid = '{id}'"
            ),
        )
    };
    (of("state"), of("reason"))
}

fn text_of(bytes: &[u8]) -> String {
    let mail = mail_parser::MessageParser::default().parse(bytes).expect("a mail");
    mail.body_text(0).expect("text").into_owned()
}

#[test]
fn an_article_follows_its_entry_and_tells_of_new_rules_alone() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &feed(&web, &[("1", "بيان عن السيادة الوطنية.")]));
    let gate = Gate::default();
    web.route("/1", Reply::ok(page("وشدد على سيادة البلاد أمام قوات التحالف الدولي.")).behind(&gate));
    let place = Place::new(&settings(&web, &relay));
    let running = place.start();
    relay.wait_for(1);
    gate.open();
    relay.wait_for(2);
    let log = relay.log();
    let mails: Vec<String> = log.mails().iter().map(|mail| text_of(&mail.bytes)).collect();
    assert!(
        mails[0].contains("بيان عن *السيادة* الوطنية") && !mails[0].contains("التحالف"),
        "the entry first: {}",
        mails[0]
    );
    assert!(mails[1].contains("التحالف الدولي"), "{}", mails[1]);
    assert!(!mails[1].contains("سيادة البلاد،") && !mails[1].contains("ناشري الأخبار"), "{}", mails[1]);
    assert_eq!(ended(&place, "1"), ("had".into(), String::new()));
    let request = &web.asked("/1")[0];
    assert_eq!(
        (request.header("x-key"), request.header("cookie"), request.header("referer")),
        (None, None, None)
    );
    assert!(request.header("accept").is_some_and(|accept| accept.starts_with(b"text/html")));
    assert_eq!((web.asked("/robots.txt").len(), web.asked("/1").len()), (1, 1));
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_first_poll_and_its_articles_share_one_message() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let ids = ["1", "2", "3"];
    web.feed("/a.xml", &feed(&web, &ids.map(|id| (id, "بيان عن السيادة الوطنية."))));
    for id in ids {
        web.route(&format!("/{id}"), Reply::ok(page("وشدد على أن التحالف الدولي سحب مستشاريه.")));
    }
    let place = Place::new(&settings(&web, &relay));
    let running = place.start();
    relay.wait_for(1);
    for id in ids {
        assert_eq!(ended(&place, id).0, "had", "{id}");
    }
    running.stop();
    place.once();
    let log = relay.log();
    let told = text_of(&log.mails()[0].bytes);
    assert_eq!((log.mails().len(), told.matches("سحب مستشاريه").count()), (1, 3), "{told}");
    assert_eq!(told.matches("*السيادة* الوطنية").count(), 3, "{told}");
}

#[test]
fn every_feed_has_its_turn() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let mut settings = Settings::new(&relay.url()).subscriber("amal@example.org").fetch("interval", "\"1h\"");
    for feed in 'a'..='j' {
        let items = [1, 2].map(|n| format!("{feed}{n}"));
        web.feed(
            &format!("/{feed}.xml"),
            &super::articles::feed(&web, &[(&items[0], "نص."), (&items[1], "نص.")]),
        );
        let url = web.url(&format!("/{feed}.xml"));
        settings = settings.more(&format!("[[feeds]]\nid = \"{feed}\"\nurl = \"{url}\"\nfull_text = true"));
    }
    let place = Place::new(&settings);
    // A round asks for articles once all feeds were read.
    let running = Daemon::start(place.command(&["run", "--once"]));
    web.wait_for("/j1", 1);
    let again: Vec<_> = ('a'..='j').filter(|feed| !web.asked(&format!("/{feed}2")).is_empty()).collect();
    assert!(again.is_empty(), "asked twice before others were asked at all: {again:?}");
    running.stop();
}

#[test]
fn without_the_key_no_page_is_asked() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &feed(&web, &[("1", "بيان عن السيادة.")]));
    let place = Place::new(&settings(&web, &relay));
    let toml = std::fs::read_to_string(place.path("config.toml")).expect("read");
    place.configure(&toml.replace("full_text = true", "full_text = false"));
    place.once();
    assert!(web.asked("/1").is_empty() && web.asked("/robots.txt").is_empty());
}

#[test]
fn whatever_a_page_does_its_entry_counts_and_the_rest_goes_on() {
    let (web, other, relay) = (Server::start(), Server::start(), SmtpServer::start());
    let good = page("أعلن التحالف الدولي سحب مستشاريه.");
    let nested = good.replace("<article>", &format!("<article>{}", "<div>".repeat(200_000)));
    let legacy = good.replace("charset=utf-8", "charset=windows-1256");
    let (legacy, ..) = encoding_rs::WINDOWS_1256.encode(&legacy);
    web.route(
        "/robots.txt",
        Reply::ok("User-agent: *\nDisallow: /private\n\nUser-agent: Rasid\nDisallow: /denied\n"),
    );
    let inside = other.url("/secret").replace("127.0.0.1", "127.0.0.2");
    let cases = [
        ("fine", Reply::ok(good.clone()), "had", ""),
        ("private", Reply::ok(good.clone()), "had", ""),
        ("legacy", Reply::ok(legacy.into_owned()), "had", ""),
        ("nested", Reply::ok(nested), "had", ""),
        ("hop", Reply::redirect(302, "/fine"), "had", ""),
        ("denied", Reply::ok(good.clone()), "failed", "robots.txt"),
        ("hop-denied", Reply::redirect(301, "/denied"), "failed", "robots.txt"),
        ("inside", Reply::redirect(302, &inside), "failed", "loopback"),
        ("file", Reply::redirect(302, "file:///etc/passwd"), "failed", "neither http nor https"),
        ("bomb", Reply::ok(vec![b' '; 30_000_000]).gzip(), "failed", "over 3000000 bytes"),
        ("pdf", Reply::ok("%PDF-1.7").header("Content-Type", "application/pdf"), "failed", "application/pdf"),
        ("empty", Reply::ok("<html><div id=app></div></html>"), "failed", "no article"),
        ("gone", Reply::status(410), "failed", "410"),
        ("busy", Reply::status(503).header("Retry-After", "7200"), "owed", "503"),
        ("slow", Reply::ok(good.clone()).drip(Duration::from_millis(20)), "owed", "no whole answer"),
        ("cut", Reply::ok(good.clone()).short_by(10), "owed", "broken"),
    ];
    let entries: Vec<_> = cases.iter().map(|(id, ..)| (*id, "نص قصير عن السيادة.")).collect();
    web.feed("/a.xml", &feed(&web, &entries));
    for (id, reply, ..) in &cases {
        web.route(&format!("/{id}"), reply.clone());
    }
    // The same article under many addresses would be one story.
    let settings = settings(&web, &relay)
        .more("[stories]\nenabled = false")
        .fetch("allow_private", "false")
        .fetch("timeout", "\"2s\"");
    let place = Place::new(&settings.fetch("allow_networks", "[\"127.0.0.1\"]"));
    place.once();
    for (id, _, state, reason) in &cases {
        let found = ended(&place, id);
        assert!(found.0 == *state && found.1.contains(reason), "{id}: {found:?}");
    }
    assert!(web.asked("/denied").is_empty() && other.asked("/secret").is_empty());
    let log = relay.log();
    assert_eq!(log.mails().len(), 1, "the first poll and all its articles");
    let told = text_of(&log.mails()[0].bytes);
    assert!(told.contains("السيادة"));
    assert_eq!(told.matches("سحب مستشاريه").count(), 5, "{told}");
    let listed = run(&["feeds", "list", "--config", place.path("config.toml").to_str().expect("UTF-8")], b"");
    assert!(listed.stdout.contains("articles: 5 had, 3 still owed, 8 given up"), "{}", listed.stdout);
}

#[test]
fn a_host_is_asked_for_one_page_at_a_time_with_pauses() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let ids = ["1", "2", "3", "4"];
    web.feed("/a.xml", &feed(&web, &ids.map(|id| (id, "نص."))));
    for id in ids {
        web.route(&format!("/{id}"), Reply::ok(page("التحالف الدولي.")));
    }
    let place = Place::new(&settings(&web, &relay));
    place.once();
    let mut asked: Vec<_> =
        ids.iter().flat_map(|id| web.asked(&format!("/{id}"))).map(|request| request.at).collect();
    asked.sort();
    let pauses: Vec<_> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.len(), 3);
    assert!(pauses.iter().all(|pause| *pause >= Duration::from_millis(950)), "{pauses:?}");
    assert_eq!((web.most_at_once(), web.asked("/robots.txt").len()), (1, 1));
}

#[test]
fn what_is_owed_survives_a_kill_and_is_told_once() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &feed(&web, &[("1", "نص قصير.")]));
    web.script("/robots.txt", [Reply::status(500), Reply::status(404)]);
    web.script("/1", [Reply::status(500), Reply::ok(page("التحالف الدولي."))]);
    let place = Place::new(&settings(&web, &relay).fetch("interval", "\"1s\""));
    let running = place.start();
    running.wait_log(&["article", "put off", "robots.txt"]);
    running.kill();
    assert_eq!(ended(&place, "1").0, "owed");
    assert!(web.asked("/1").is_empty(), "a site whose robots.txt cannot be had is left alone");
    let running = place.start();
    running.wait_log(&["article", "put off", "500"]);
    relay.wait_for(1);
    eventually("the article is had", || (ended(&place, "1").0 == "had").then_some(()));
    running.stop();
    place.once();
    assert_eq!((relay.log().mails().len(), web.asked("/1").len()), (1, 2));
}

#[test]
fn an_article_is_given_up_after_a_day() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &feed(&web, &[("1", "نص قصير.")]));
    web.route("/1", Reply::status(503));
    let place = Place::new(&settings(&web, &relay).fetch("interval", "\"1s\""));
    place.once();
    assert_eq!(ended(&place, "1").0, "owed");
    let db = rusqlite::Connection::open(place.path("rasid.db")).expect("a database");
    db.execute("UPDATE articles SET since = since - 86400000, not_before = 0", []).expect("aged");
    drop(db);
    place.once();
    let (state, reason) = ended(&place, "1");
    assert!(state == "failed" && reason.contains("503"), "{state} {reason}");
}

#[test]
fn a_page_that_hangs_holds_up_neither_polls_nor_the_end() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &feed(&web, &[("1", "التحالف الدولي يعلن.")]));
    web.route("/1", Reply::silence());
    let place = Place::new(&settings(&web, &relay).fetch("interval", "\"1s\"").fetch("timeout", "\"30s\""));
    let running = place.start();
    web.wait_for("/1", 1);
    relay.wait_for(1);
    web.wait_for("/a.xml", 3);
    let ended = running.stop();
    assert!(ended.code == 0 && ended.took < Duration::from_secs(4), "{:?}", ended.took);
}

#[test]
fn an_address_that_many_entries_share_is_no_article() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let items: String = (1..=6)
        .map(|n| {
            format!("<item><guid>{n}</guid><link>{}</link><title>خبر {n}</title></item>", web.url("/live"))
        })
        .chain([format!("<item><guid>7</guid><link>{}</link><title>سابع</title></item>", web.url("/"))])
        .collect();
    web.feed("/a.xml", &format!("<rss version='2.0'><channel><title>ت</title>{items}</channel></rss>"));
    web.route("/live", Reply::ok(page("التحالف الدولي.")));
    let place = Place::new(&settings(&web, &relay));
    place.once();
    assert_eq!((web.asked("/live").len(), web.asked("/").len()), (3, 0));
    assert!(ended(&place, "7").1.contains("front page"));
}
