//! Upkeep: what is too old is forgotten while feeds are polled, and the database is copied once a day.

use std::fs;

use rusqlite::Connection;

use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

const QUICK: &str = "[stories]\nwindow = \"1s\"\nfollow_up_after = \"1s\"\n";

/// A config whose `[storage]` has these keys.
fn keeping(settings: &Settings, keys: &str) -> String {
    settings.toml().replacen("path = \"rasid.db\"\n", &format!("path = \"rasid.db\"\n{keys}\n"), 1)
}

fn ask<T: rusqlite::types::FromSql>(place: &Place, sql: &str) -> T {
    let db = Connection::open(place.path("rasid.db")).expect("a database");
    db.query_row(sql, [], |row| row.get(0)).expect(sql)
}

/// Makes all that is stored look so many days old.
fn age(place: &Place, days: i64) {
    let db = Connection::open(place.path("rasid.db")).expect("a database");
    let by = days * 86_400_000;
    db.execute("UPDATE entries SET fetched = fetched - ?1", [by]).expect("aged");
    db.execute("UPDATE messages SET created = created - ?1", [by]).expect("aged");
}

#[test]
fn what_is_too_old_goes_and_does_not_come_back_although_its_feed_still_has_it() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let both = rss(&[("1", "التحالف الدولي يجتمع", "نص."), ("2", "خبر آخر", "لا شيء فيه.")]);
    web.feed("/a.xml", &both);
    let settings =
        Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org").more(QUICK);
    let place = Place::new(&settings);
    place.configure(&keeping(
        &settings,
        "keep_entries = \"10d\"\nkeep_matches = \"20d\"\nkeep_messages = \"5d\"",
    ));
    place.once();
    relay.wait_for(1);
    // Something young keeps the last number.
    web.feed(
        "/a.xml",
        &both.replace("</channel>", "<item><title>ثالث</title><guid>3</guid></item></channel>"),
    );
    age(&place, 15);
    place.once();
    assert_eq!(ask::<i64>(&place, "SELECT count(*) FROM entries WHERE stripped IS NULL"), 1);
    assert_eq!(
        ask::<i64>(&place, "SELECT count(*) FROM entries WHERE stripped IS NOT NULL AND text = ''"),
        1
    );
    let exported = crate::support::program::run(
        &["export", "--rule", "coalition", "--config", &place.path("config.toml").display().to_string()],
        b"",
    );
    assert!(exported.stdout.contains("<title>التحالف الدولي يجتمع</title>"), "{}", exported.stdout);
    assert!(exported.stdout.contains("<link>https://news.example/1</link>"), "{}", exported.stdout);
    age(&place, 15);
    let running = place.start();
    running.wait_log(&["what was too old is forgotten"]);
    let asked = web.asked("/a.xml").len();
    web.wait_for("/a.xml", asked + 2);
    running.stop();
    assert_eq!(ask::<i64>(&place, "SELECT count(*) FROM matches"), 0);
    assert_eq!(relay.log().mails().len(), 1, "told once");
    assert_eq!(ask::<String>(&place, "PRAGMA integrity_check"), "ok");
}

#[test]
fn a_clock_that_is_far_ahead_has_nothing_forgotten_for_a_day() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("1", "خبر", "نص."), ("2", "خبر آخر", "نص.")]));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).more(QUICK);
    let place = Place::new(&settings);
    place.configure(&keeping(&settings, "keep_entries = \"10d\""));
    place.once();
    age(&place, 90);
    let db = Connection::open(place.path("rasid.db")).expect("a database");
    db.execute("UPDATE upkeep SET done = done - 90 * 86400000", []).expect("aged");
    drop(db);
    let running = place.start();
    running.wait_log(&["in case it is wrong, nothing is forgotten"]);
    running.stop();
    assert_eq!(ask::<i64>(&place, "SELECT count(*) FROM entries"), 2);
}

#[test]
fn the_database_is_copied_once_a_day_and_a_few_copies_are_kept() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    place.configure(&keeping(&settings, "backup_dir = \"copies\"\nbackup_keep = 2"));
    let copies = || {
        let mut names: Vec<_> = fs::read_dir(place.path("copies"))
            .map(|files| {
                files.map(|file| file.expect("a file").file_name().into_string().expect("a name")).collect()
            })
            .unwrap_or_default();
        names.sort();
        names
    };
    // A directory that is not there is said once, and harms nothing.
    let running = place.start();
    relay.wait_for(1);
    running.wait_log(&["the daily copy of the database failed", "copies: there is no such directory"]);
    fs::create_dir(place.path("copies")).expect("made");
    let old = ["rasid-2026-01-01T000000Z.db", "rasid-2026-01-02T000000Z.db", "mine.db"];
    for name in old {
        fs::write(place.path("copies").join(name), "x").expect("written");
    }
    running.signal("HUP");
    running.wait_log(&["the database is copied"]);
    let kept = copies();
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert_eq!((kept[0].as_str(), kept[1].as_str()), ("mine.db", old[1]));
    running.signal("HUP");
    running.wait_log_times(&["the new config is in force"], 2);
    running.stop();
    place.once();
    assert_eq!(copies(), kept, "one a day");
    let copy = Connection::open(place.path("copies").join(&kept[2])).expect("a copy");
    assert_eq!(copy.query_row("SELECT count(*) FROM matches", [], |row| row.get(0)), Ok(1));
    assert_eq!(copy.query_row("PRAGMA journal_mode", [], |row| row.get(0)), Ok("delete".to_owned()));
}

#[test]
fn a_database_over_its_size_shrinks_while_feeds_are_polled() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let long = "فقرة طويلة لا تخص أحدا. ".repeat(2_000);
    let items: Vec<_> = (0..100).map(|n| (format!("guid-{n}"), format!("الخبر رقم {n}"))).collect();
    let items: Vec<_> =
        items.iter().map(|(guid, title)| (guid.as_str(), title.as_str(), long.as_str())).collect();
    web.feed("/a.xml", &rss(&items));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).more(QUICK);
    let place = Place::new(&settings);
    place.configure(&keeping(&settings, "max_size = \"3MB\""));
    place.once();
    let size = || fs::metadata(place.path("rasid.db")).expect("a database").len();
    assert!(size() > 5_000_000, "{}", size());
    age(&place, 30);
    let running = place.start();
    eventually("the file is small", || (size() <= 3_000_000).then_some(()));
    let asked = web.asked("/a.xml").len();
    web.wait_for("/a.xml", asked + 1);
    assert_eq!(running.stop().code, 0);
    let left: i64 = ask(&place, "SELECT count(*) FROM entries");
    assert!(left > 20, "and no more goes than has to: {left}");
    assert_eq!(ask::<i64>(&place, "SELECT count(*) FROM tombstones") + left, 100);
    assert_eq!(Daemon::start(place.command(&["db", "check"])).wait().code, 0);
}
