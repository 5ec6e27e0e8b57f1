//! An address that is refused for good over three days is written to no more, until it is resumed.

use rusqlite::Connection;
use serde_json::Value;

use crate::store::words::peek;
use crate::support::daemon::{Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::program::run;
use crate::support::smtp::{Rule, SmtpServer, Step};

const AMAL: &str = "amal@example.org";

fn item(number: usize) -> String {
    rss(&[(&format!("g{number}"), &format!("التحالف الدولي يعلن البيان رقم {number}"), "نص.")])
}

/// `rasid subscribers …` on this place, which must succeed.
fn subscribers(place: &Place, args: &[&str]) -> String {
    let config = place.path("config.toml").display().to_string();
    let ended = run(&[&["subscribers"], args, &["--config", &config]].concat(), b"");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    ended.stdout
}

fn amal(place: &Place) -> Value {
    let listing: Value = serde_json::from_str(&subscribers(place, &["list", "--format", "json"])).unwrap();
    listing["subscribers"][0].clone()
}

#[test]
fn three_days_of_refusals_suspend_an_address_visibly_until_it_is_resumed() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to(AMAL).times(2).say("550 5.1.1 no such user"));
    web.feed("/a.xml", &item(1));
    let settings = Settings::new(&relay.url())
        .alerts("operator", "\"admin@example.org\"")
        .feed("a", &web.url("/a.xml"))
        .subscriber(AMAL)
        .subscriber("badr@example.org");
    let place = Place::new(&settings);
    let database = place.path("rasid.db");
    let running = place.start();
    relay.wait_for(1);
    running.wait_log(&["failed for good", "550 5.1.1"]);
    eventually("the refusal is kept", || amal(&place)["refused_since"].as_str().map(drop));
    assert_eq!(amal(&place)["state"], "active", "one refusal is none");

    // As if the first refusal were three days old.
    let back = "UPDATE subscribers SET refused = refused - 3 * 86400000";
    Connection::open(&database).unwrap().execute(back, []).unwrap();
    web.feed("/a.xml", &item(2));
    // To Badr, and to the operator.
    let mails = relay.wait_for(3);
    running.wait_log(&["ERROR", "is suspended", "550 5.1.1"]);
    let told: Vec<_> = mails.iter().filter(|mail| mail.to == ["admin@example.org"]).collect();
    assert_eq!(told.len(), 1, "the operator hears of it once");
    let text = mail_parser::MessageParser::default().parse(&told[0].bytes).unwrap();
    let text = text.body_text(0).unwrap().into_owned();
    assert!(text.contains(AMAL) && text.contains("550 5.1.1"), "{text}");
    for line in running.log().lines().filter(|line| !line.contains("DEBUG")) {
        assert!(!line.contains(AMAL), "no address from INFO upwards: {line}");
    }

    web.feed("/a.xml", &item(3));
    relay.wait_for(4);
    let row = eventually("the alert is held", || Some(amal(&place)).filter(|row| row["held"] == 1));
    assert_eq!(row["state"], "suspended");
    assert!(row["suspended"]["reason"].as_str().unwrap().ends_with(": 550 5.1.1 no such user"), "{row}");
    let text = subscribers(&place, &["list"]);
    assert!(text.contains("suspended") && text.contains("550 5.1.1 no such user"), "{text}");

    // The address works again, and so does a restart.
    running.kill();
    let running = place.start();
    assert_eq!(
        subscribers(&place, &["resume", "AMAL@example.org"]),
        format!("{AMAL} is written to as the config says\n")
    );
    let mails = relay.wait_for(5);
    assert_eq!(mails[4].to, [AMAL]);
    let bytes = String::from_utf8_lossy(&mails[4].bytes);
    assert!(bytes.contains("https://news.example/g3"), "what was held: {bytes}");
    eventually("nothing is held", || {
        (amal(&place)["held"] == 0 && amal(&place)["state"] == "active").then_some(())
    });
    assert_eq!(subscribers(&place, &["resume", AMAL]), format!("{AMAL} had nothing to undo\n"));
    assert_eq!(peek::<i64>(&database, "SELECT count(*) FROM subscribers WHERE refused IS NOT NULL"), 0);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn an_acceptance_between_two_refusals_begins_the_count_anew() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.script(Rule::at(Step::Rcpt).to(AMAL).times(1).say("550 5.2.2 mailbox full"));
    web.feed("/a.xml", &item(1));
    let place = Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber(AMAL));
    let running = place.start();
    eventually("the refusal is kept", || {
        place.path("rasid.db").exists().then(|| amal(&place))?["refused_since"].as_str().map(drop)
    });
    let back = "UPDATE subscribers SET refused = refused - 9 * 86400000";
    Connection::open(place.path("rasid.db")).unwrap().execute(back, []).unwrap();
    web.feed("/a.xml", &item(2));
    relay.wait_for(1);
    eventually("it is forgotten", || amal(&place)["refused_since"].is_null().then_some(()));
    relay.script(Rule::at(Step::Rcpt).to(AMAL).times(1).say("550 5.2.2 mailbox full"));
    web.feed("/a.xml", &item(3));
    eventually("the count begins", || amal(&place)["refused_since"].as_str().map(drop));
    assert_eq!(amal(&place)["state"], "active");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn an_administrator_chooses_for_subscribers_beside_the_daemon_or_without_one() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &item(1));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber(AMAL);
    let place = Place::new(&settings);
    assert_eq!(amal(&place)["state"], "active", "also before there is a database");
    let running = place.start();
    relay.wait_for(1);
    let said = subscribers(&place, &["pause", AMAL, "--for", "2d"]);
    assert!(said.starts_with("amal@example.org is paused until 20"), "{said}");
    assert_eq!(amal(&place)["state"], "paused");
    running.wait_log(&["another process has written"]);
    web.feed("/a.xml", &item(2));
    eventually("the alert is held", || (amal(&place)["held"] == 1).then_some(()));
    subscribers(&place, &["resume", AMAL]);
    relay.wait_for(2);
    assert_eq!(running.stop().code, 0);

    subscribers(&place, &["digest", AMAL]);
    subscribers(&place, &["unsubscribe", AMAL]);
    assert_eq!(subscribers(&place, &["unsubscribe", AMAL]), "amal@example.org is unsubscribed already\n");
    assert_eq!(amal(&place)["state"], "unsubscribed");
    // Who leaves the config keeps what they chose.
    place.configure(&settings.toml().replace(AMAL, "badr@example.org"));
    let listing: Value = serde_json::from_str(&subscribers(&place, &["list", "--format", "json"])).unwrap();
    let rows: Vec<_> = listing["subscribers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["address"], &row["state"]))
        .collect();
    assert_eq!(rows, [(&"badr@example.org".into(), &"active".into()), (&AMAL.into(), &"gone".into())]);

    let config = place.path("config.toml").display().to_string();
    for (args, code, words) in [
        (vec!["resume", "nobody@example.org"], 1, "is no subscriber"),
        (vec!["resume", "nobody"], 2, "has no @"),
        (vec!["pause", AMAL, "--for", "2"], 2, ""),
        (vec!["pause", AMAL, "--for", "4000d"], 2, ""),
        (vec!["remove", "badr@example.org"], 1, "did not sign up"),
    ] {
        let ended = run(&[vec!["subscribers"], args.clone(), vec!["--config", &config]].concat(), b"");
        assert_eq!(ended.code, code, "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(words) && ended.stderr.trim().lines().count() == 1, "{}", ended.stderr);
    }
}
