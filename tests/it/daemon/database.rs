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
