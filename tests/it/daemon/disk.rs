//! The disk under a running daemon: full and back, limited, read-only, locked by another program. Nothing is
//! half-kept, it says so once, and goes on by itself.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rusqlite::Connection;

use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

/// A disk of its own, where that is allowed: root alone may mount one.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf, size: &str) -> Option<Disk> {
        fs::create_dir(&at).expect("made");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(&at)
            .output();
        let mounted = mounted.is_ok_and(|mounted| mounted.status.success());
        if !mounted {
            eprintln!("skipped: this needs the right to mount");
        }
        mounted.then_some(Disk(at))
    }

    fn remount(&self, how: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status();
        assert!(done.expect("mount runs").success());
    }

    fn fill(&self) {
        let filler = vec![0; 64 << 20];
        let _ = fs::write(self.0.join("filler"), filler); // to the last byte, and no further
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

struct World {
    web: Server,
    relay: SmtpServer,
    place: Place,
}

/// A daemon's surroundings, with the database where `path` says.
fn world(path: &str) -> World {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &entries(0..1));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    place.configure(&settings.toml().replace("path = \"rasid.db\"", &format!("path = \"{path}\"")));
    World { web, relay, place }
}

/// Entries that are told, and large.
fn entries(numbers: std::ops::Range<usize>) -> String {
    let long = "تفاصيل البيان كثيرة جدا. ".repeat(2_000);
    let items: Vec<_> =
        numbers.map(|n| (format!("entry-{n}"), format!("التحالف الدولي يعلن البيان {n}"))).collect();
    let items: Vec<_> =
        items.iter().map(|(guid, title)| (guid.as_str(), title.as_str(), long.as_str())).collect();
    rss(&items)
}

fn told(world: &World, entry: usize) -> usize {
    let link = format!("https://news.example/entry-{entry}\r\n");
    let text = |bytes: &[u8]| {
        let mail = mail_parser::MessageParser::default().parse(bytes).expect("a mail").into_owned();
        mail.body_text(0).expect("text").replace('\n', "\r\n").replace("\r\r", "\r")
    };
    world.relay.log().mails().iter().filter(|mail| text(&mail.bytes).contains(&link)).count()
}

/// While something is wrong with its disk the daemon polls on, says so once and keeps nothing half; then it
/// goes on by itself.
fn check_full(world: &World, running: Daemon, database: &str, make_room: impl FnOnce()) {
    running.wait_log(&["ERROR", "no room to write"]);
    let asked = world.web.asked("/a.xml").len();
    world.web.wait_for("/a.xml", asked + 3);
    let log = running.log();
    let said = log.lines().filter(|line| line.contains("ERROR") && line.contains("no room to write"));
    assert_eq!(said.count(), 1, "{log}");
    let db = Connection::open(world.place.path(database)).expect("a database");
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
    let kept = count("SELECT count(*) FROM entries");
    assert!(kept <= 2, "a poll is kept whole or not at all: {kept}");
    drop(db);
    make_room();
    running.wait_log(&["there is room to write again"]);
    eventually("all are told", || (1..40).all(|entry| told(world, entry) > 0).then_some(()));
    assert_eq!(running.stop().code, 0);
    assert!((0..40).all(|entry| told(world, entry) == 1), "each once");
    let checked = Daemon::start(world.place.command(&["db", "check"])).wait();
    assert_eq!(checked.code, 0, "{}", checked.log);
}

#[test]
fn a_disk_that_is_full_and_has_room_again() {
    let world = world("disk/rasid.db");
    let Some(disk) = Disk::mount(world.place.path("disk"), "24m") else { return };
    let running = world.place.start();
    world.relay.wait_for(1);
    disk.fill();
    world.web.feed("/a.xml", &entries(0..40));
    check_full(&world, running, "disk/rasid.db", || disk.make_room());
}

#[test]
fn a_limit_on_file_sizes_that_is_lifted() {
    let world = world("rasid.db");
    let rasid = world.place.command(&["run"]);
    let mut limited = Command::new("prlimit");
    limited.arg("--fsize=2000000:unlimited").arg(rasid.get_program()).args(rasid.get_args());
    limited.envs(rasid.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let running = Daemon::start(limited);
    let pid = running.pid().to_string();
    world.relay.wait_for(1);
    world.web.feed("/a.xml", &entries(0..40));
    check_full(&world, running, "rasid.db", || {
        let lifted = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &pid]).status();
        assert!(lifted.expect("prlimit runs").success());
    });
}

#[test]
fn a_disk_that_cannot_be_written_is_refused_and_nothing_is_sent() {
    let world = world("disk/rasid.db");
    let Some(disk) = Disk::mount(world.place.path("disk"), "24m") else { return };
    world.place.once();
    world.web.feed("/a.xml", &entries(0..3));
    let asked = world.web.asked("/a.xml").len();
    disk.remount("ro");
    let ended = Daemon::start(world.place.command(&["run"])).wait();
    assert_eq!(ended.code, 74, "{}", ended.log);
    assert!(ended.log.contains("cannot be written"), "{}", ended.log);
    assert_eq!((world.relay.log().mails().len(), world.web.asked("/a.xml").len()), (1, asked));
    disk.remount("rw");
    world.place.once();
    assert_eq!((told(&world, 0), told(&world, 1), told(&world, 2)), (1, 1, 1));
}

#[test]
fn a_program_that_locks_the_database_is_waited_for() {
    let world = world("rasid.db");
    let running = world.place.start();
    world.relay.wait_for(1);
    let backup = Connection::open(world.place.path("rasid.db")).expect("a database");
    backup.execute_batch("BEGIN IMMEDIATE").expect("locked");
    world.web.feed("/a.xml", &entries(0..3));
    running.wait_log(&["another program keeps the database locked"]);
    backup.execute_batch("COMMIT").expect("free");
    running.wait_log(&["the database is free again"]);
    eventually("all are told", || (1..3).all(|entry| told(&world, entry) == 1).then_some(()));
    assert_eq!(running.stop().code, 0);
}
