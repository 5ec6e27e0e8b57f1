//! The database at a start: what cannot be used is refused in one line, and nothing is sent.

use crate::support::daemon::{Daemon, Ended, Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

struct World {
    web: Server,
    relay: SmtpServer,
    place: Place,
}

fn world() -> World {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص قصير.")]));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    World { place: Place::new(&settings), web, relay }
}

/// It ends by itself with this code and one line on stderr that names the file, and did nothing.
#[track_caller]
fn check_refused(world: &World, code: i32, says: &str) -> Ended {
    let ended = Daemon::start(world.place.command(&["run"])).wait();
    assert_eq!(ended.code, code, "{}", ended.log);
    let lines: Vec<_> = ended.log.lines().filter(|line| line.starts_with("rasid:")).collect();
    assert_eq!(lines.len(), 1, "{}", ended.log);
    assert!(lines[0].contains(says), "{}", lines[0]);
    assert_eq!(world.relay.log().connections, 0);
    ended
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let world = world();
    for garbage in [&b"this is no database, but notes of mine"[..], &[0xff; 8192]] {
        std::fs::write(world.place.path("rasid.db"), garbage).expect("written");
        check_refused(&world, 74, "rasid.db");
        assert_eq!(std::fs::read(world.place.path("rasid.db")).expect("still there"), garbage);
    }
    assert!(world.web.asked("/a.xml").is_empty());
}

#[test]
fn a_newer_schema_is_refused() {
    let world = world();
    world.place.once();
    let connection = rusqlite::Connection::open(world.place.path("rasid.db")).expect("a database");
    connection.pragma_update(None, "user_version", 9999).expect("changed");
    drop(connection);
    world.relay.down();
    let ended = Daemon::start(world.place.command(&["run"])).wait();
    assert_eq!(ended.code, 74, "{}", ended.log);
    assert!(ended.log.contains("newer"), "{}", ended.log);
}

/// Bytes of a page of the database.
const PAGE: usize = 16_384;

#[test]
fn a_damaged_database_is_refused_left_alone_and_tells_nothing_again() {
    let world = world();
    world.place.once();
    assert_eq!(world.relay.log().mails().len(), 1);
    let file = world.place.path("rasid.db");
    let whole = std::fs::read(&file).expect("the database");
    let page = |table: &str| {
        let db = rusqlite::Connection::open(&file).expect("a database");
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
        let root = db.query_row(sql, [table], |row| row.get::<_, i64>(0)).expect(table);
        (usize::try_from(root).expect("a page") - 1) * PAGE
    };
    let header = |from: usize, to: usize| {
        let mut bytes = whole.clone();
        bytes[from..to].fill(0x5a);
        bytes
    };
    // A page of which only the first half was written.
    let torn = |table: &str| {
        let mut bytes = whole.clone();
        let at = page(table);
        bytes[at..at + PAGE / 2].fill(0);
        bytes
    };
    let relay = world.relay.log().connections;
    let (feeds, alerts) = (torn("feeds"), torn("alerts"));
    for (what, bytes) in [
        ("its name", header(0, 16)),
        ("its first page", header(100, PAGE)),
        ("cut within a page", whole[..whole.len() - 100].to_vec()),
        ("cut in half", whole[..whole.len() / 2 / PAGE * PAGE].to_vec()),
        ("cut to nothing", Vec::new()),
        ("feeds", feeds),
        ("alerts", alerts),
    ] {
        std::fs::write(&file, &bytes).expect("written");
        let ended = Daemon::start(world.place.command(&["run"])).wait();
        assert_eq!(ended.code, 74, "{what}: {}", ended.log);
        assert!(
            ended.log.lines().any(|line| line.starts_with("rasid:") && line.contains("rasid.db")),
            "{what}"
        );
        assert!(std::fs::read(&file).expect("still there") == bytes, "{what} is left as it is");
    }
    assert_eq!(world.relay.log().connections, relay);
    std::fs::write(&file, &whole).expect("written");
    world.place.once();
    assert_eq!(world.relay.log().mails().len(), 1, "whole again, it goes on where it was");
}

#[test]
fn damage_in_the_archive_is_said_when_it_is_met_and_tells_nothing_again() {
    let world = world();
    world.place.once();
    let file = world.place.path("rasid.db");
    let copy = world.place.path("copy.db").display().to_string();
    let db = |args: &[&str]| Daemon::start(world.place.command(&[&["db"], args].concat())).wait();
    assert_eq!(db(&["backup", &copy]).code, 0);
    let connection = rusqlite::Connection::open(&file).expect("a database");
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_guid'";
    let root: i64 = connection.query_row(sql, [], |row| row.get(0)).expect("an index");
    drop(connection);
    let mut bytes = std::fs::read(&file).expect("the database");
    let at = (usize::try_from(root).expect("a page") - 1) * PAGE;
    bytes[at..at + PAGE].fill(0x5a);
    std::fs::write(&file, bytes).expect("written");
    world
        .web
        .feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص قصير."), ("2", "التحالف الدولي", "نص.")]));
    let running = world.place.start();
    running.wait_log(&["ERROR", "the database is damaged"]);
    let asked = world.web.asked("/a.xml").len();
    world.web.wait_for("/a.xml", asked + 2);
    assert_eq!(running.stop().code, 0);
    assert_eq!(world.relay.log().mails().len(), 1);
    let checked = db(&["check"]);
    assert_eq!(checked.code, 74, "{}", checked.log);
    assert_eq!(db(&["restore", &copy]).code, 0);
    world.place.once();
    assert_eq!(world.relay.log().mails().len(), 2, "only what is new");
    assert_eq!(db(&["check"]).code, 0);
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let world = world();
    let toml = std::fs::read_to_string(world.place.path("config.toml")).expect("the config");
    world.place.configure(&toml.replace("\"rasid.db\"", "\"missing/rasid.db\""));
    check_refused(&world, 74, "missing");
}

#[test]
fn a_second_instance_is_refused_and_the_first_goes_on() {
    let world = world();
    let running = world.place.start();
    world.relay.wait_for(1);
    let second = Daemon::start(world.place.command(&["run"])).wait();
    assert_eq!(second.code, 75, "{}", second.log);
    assert!(second.log.contains("another"), "{}", second.log);
    let asked = world.web.asked("/a.xml").len();
    world.web.wait_for("/a.xml", asked + 1);
    assert_eq!(running.stop().code, 0);
}
