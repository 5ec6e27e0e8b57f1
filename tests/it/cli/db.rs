//! `rasid db`: copies that can be trusted, a restore that keeps what it replaces, a check that finds damage.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

use rusqlite::Connection;

use crate::support::daemon::{Daemon, Ended, Place, Settings, rss};
use crate::support::http::Server;
use crate::support::program::{self, run};
use crate::support::smtp::SmtpServer;

struct World {
    web: Server,
    relay: SmtpServer,
    place: Place,
}

fn world() -> World {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص قصير."), ("2", "خبر آخر", "نص.")]));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    World { place: Place::new(&settings), web, relay }
}

impl World {
    fn db(&self, args: &[&str]) -> program::Ended {
        let config = self.place.path("config.toml").display().to_string();
        run(&[&["db"], args, &["--config", &config]].concat(), b"")
    }

    fn file(&self, name: &str) -> String {
        self.place.path(name).display().to_string()
    }

    fn entries(&self, name: &str) -> i64 {
        let db = Connection::open(self.place.path(name)).expect("a database");
        db.query_row("SELECT count(*) FROM entries", [], |row| row.get(0)).expect("a count")
    }
}

#[track_caller]
fn is_refused(ended: &program::Ended, code: i32, says: &str) {
    assert_eq!(ended.code, code, "{} {}", ended.stdout, ended.stderr);
    assert!(ended.stderr.starts_with("rasid: ") && ended.stderr.lines().count() == 1, "{}", ended.stderr);
    assert!(ended.stderr.contains(says), "{}", ended.stderr);
}

#[test]
fn a_copy_is_made_beside_a_running_daemon_and_overwrites_nothing_unasked() {
    let world = world();
    is_refused(&world.db(&["backup", &world.file("copy.db")]), 66, "there is no database yet");
    let running = world.place.start();
    world.relay.wait_for(1);
    let made = world.db(&["backup", &world.file("copy.db")]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(made.stdout.contains("copy.db: ") && made.stdout.contains("checked"), "{}", made.stdout);
    assert_eq!(
        fs::metadata(world.place.path("copy.db")).expect("a copy").permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(world.entries("copy.db"), 2);
    is_refused(&world.db(&["backup", &world.file("copy.db")]), 74, "copy.db: is there already");
    is_refused(&world.db(&["backup", &world.file("rasid.db"), "--force"]), 74, "rasid.db: is there already");
    assert_eq!(world.db(&["backup", &world.file("copy.db"), "--force"]).code, 0);
    is_refused(&world.db(&["backup", &world.file("none/copy.db")]), 66, "none: there is no such directory");
    is_refused(&world.db(&["restore", &world.file("copy.db")]), 75, "another rasid (process ");
    assert_eq!(running.stop().code, 0);
    assert!(!world.place.path("copy.db.new").exists());
}

#[test]
fn a_restored_database_goes_on_where_the_copy_was_made_and_the_other_is_kept() {
    let world = world();
    world.place.once();
    assert_eq!(world.db(&["backup", &world.file("copy.db")]).code, 0);
    world.web.feed("/a.xml", &rss(&[("3", "التحالف الدولي مجددا", "نص.")]));
    // Killed, so that what it wrote last is in the journal alone.
    let running = world.place.start();
    world.relay.wait_for(2);
    running.kill();
    let restored = world.db(&["restore", &world.file("copy.db")]);
    assert_eq!(restored.code, 0, "{}", restored.stderr);
    assert_eq!(world.entries("rasid.db"), 2);
    let kept = restored.stdout.split(" is kept as ").nth(1).expect("it says where").trim();
    let kept = kept.rsplit('/').next().expect("a name");
    assert!(kept.starts_with("rasid.db.replaced-"), "{kept}");
    assert_eq!(world.entries(kept), 3, "with all that stood in its journal");
    // What came after the copy is new again; what came before is not.
    world.place.once();
    let told = world.relay.wait_for(3);
    assert_eq!(told.len(), 3);
    assert_eq!(world.entries("rasid.db"), 3);
    assert_eq!(world.db(&["check"]).code, 0);
}

/// Where root runs the tests, the folder is another user's, as on a server.
#[test]
fn what_is_restored_has_owner_and_mode_of_what_it_replaces() {
    const SERVICE: u32 = 48_123;
    let world = world();
    world.place.once();
    assert_eq!(world.db(&["backup", &world.file("copy.db")]).code, 0);
    let file = |name: &str| fs::metadata(world.place.path(name)).expect("it is there");
    let root = file("rasid.db").uid() == 0;
    if root {
        for name in [".", "rasid.db"] {
            chown(world.place.path(name), Some(SERVICE), Some(SERVICE)).expect("given away");
        }
    }
    fs::set_permissions(world.place.path("rasid.db"), fs::Permissions::from_mode(0o640)).expect("set");
    let owner = file("rasid.db").uid();
    fs::remove_file(world.place.path("rasid.db.lock")).expect("a lock file");
    for replaced in [true, false] {
        if !replaced {
            fs::remove_file(world.place.path("rasid.db")).expect("removed");
        }
        let restored = world.db(&["restore", &world.file("copy.db")]);
        assert_eq!(restored.code, 0, "{}", restored.stderr);
        let mode = if replaced { 0o640 } else { 0o600 };
        assert_eq!(file("rasid.db").permissions().mode() & 0o777, mode, "replaced: {replaced}");
        assert_eq!([file("rasid.db").uid(), file("rasid.db.lock").uid()], [owner; 2]);
    }
    assert_eq!(owner == SERVICE, root);
}

#[test]
fn what_is_no_sound_copy_is_not_restored() {
    let world = world();
    world.place.once();
    assert_eq!(world.db(&["backup", &world.file("copy.db")]).code, 0);
    let before = fs::read(world.place.path("rasid.db")).expect("the database");
    let whole = fs::read(world.place.path("copy.db")).expect("a copy");
    let torn = {
        let mut torn = whole.clone();
        let middle = torn.len() / 2;
        torn[middle..middle + 16_384].fill(0x5a);
        torn
    };
    for (bytes, says) in [
        (&b"no database"[..], "not a database; nothing was changed; name another copy"),
        (&whole[..whole.len() / 2], "damaged"),
        (&torn, "damaged"),
    ] {
        fs::write(world.place.path("bad.db"), bytes).expect("written");
        is_refused(&world.db(&["restore", &world.file("bad.db")]), 74, says);
    }
    is_refused(&world.db(&["restore", &world.file("none.db")]), 66, "none.db: there is no such backup");
    is_refused(&world.db(&["check", &world.file("none.db")]), 66, "none.db: there is no such backup");
    let nowhere = world.db(&["backup", &world.file("none/copy.db")]);
    is_refused(&nowhere, 66, "/none: there is no such directory; make it, or name a file in another");
    assert!(fs::read(world.place.path("rasid.db")).expect("the database") == before, "it stays as it is");
}

#[test]
fn a_check_says_what_is_broken() {
    let world = world();
    is_refused(&world.db(&["check"]), 66, "there is no database yet");
    world.place.once();
    let sound = world.db(&["check"]);
    assert_eq!(sound.code, 0, "{}", sound.stderr);
    assert!(sound.stdout.contains("rasid.db: sound, schema "), "{}", sound.stdout);
    assert!(sound.stdout.contains("1 feeds, 2 entries, 1 matches, 1 messages"), "{}", sound.stdout);
    let whole = fs::read(world.place.path("rasid.db")).expect("the database");
    let damaged = |name: &str, damage: &str| {
        fs::write(world.place.path(name), &whole).expect("written");
        let db = Connection::open(world.place.path(name)).expect("a database");
        db.execute_batch(damage).expect(damage);
        drop(db);
        world.db(&["check", &world.file(name)])
    };
    is_refused(
        &damaged("orphan.db", "PRAGMA foreign_keys = off; DELETE FROM entries WHERE id = 1"),
        74,
        " belongs to a row of entries that is not there",
    );
    is_refused(&damaged("gone.db", "DROP INDEX entries_by_link"), 74, "it lacks its index entries_by_link");
    is_refused(&damaged("newer.db", "PRAGMA user_version = 999"), 74, "newer rasid");
    let index = damaged(
        "index.db",
        "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = 'CREATE INDEX matches_by_rule ON matches (rule, spans)' WHERE name = 'matches_by_rule'",
    );
    assert_eq!(index.code, 74, "{}{}", index.stdout, index.stderr);
}

#[test]
fn free_room_is_given_back_beside_a_running_daemon() {
    let world = world();
    let long = "فقرة طويلة لا تخص أحدا. ".repeat(2_000);
    let items: Vec<_> = (0..100).map(|n| (format!("guid-{n}"), format!("الخبر رقم {n}"))).collect();
    let items: Vec<_> = items.iter().map(|(g, t)| (g.as_str(), t.as_str(), long.as_str())).collect();
    world.web.feed("/a.xml", &rss(&items));
    world.place.once();
    let db = Connection::open(world.place.path("rasid.db")).expect("a database");
    db.execute("DELETE FROM entries", []).expect("emptied");
    drop(db);
    world.web.feed("/a.xml", &rss(&[]));
    let size = || fs::metadata(world.place.path("rasid.db")).expect("a database").len();
    let before = size();
    let running = world.place.start();
    world.web.wait_for("/a.xml", 3);
    let vacuumed = world.db(&["vacuum"]);
    assert_eq!(vacuumed.code, 0, "{}", vacuumed.stderr);
    assert!(vacuumed.stdout.contains(" on the disk, "), "{}", vacuumed.stdout);
    is_refused(&world.db(&["vacuum", "--full"]), 75, "another rasid");
    let Ended { code, log, .. } = running.stop();
    assert_eq!(code, 0, "{log}");
    assert!(size() < before / 2, "{} of {before}", size());
    assert_eq!(world.db(&["vacuum", "--full"]).code, 0);
    assert_eq!(Daemon::start(world.place.command(&["db", "check"])).wait().code, 0);
}

#[test]
fn an_early_file_shrinks_once_it_was_written_anew() {
    let world = world();
    let fixture = format!("{}/tests/fixtures/store/v4.sql", env!("CARGO_MANIFEST_DIR"));
    let sql = fs::read_to_string(fixture).expect("the fixture");
    Connection::open(world.place.path("rasid.db")).expect("made").execute_batch(&sql).expect("filled");
    let early = world.db(&["check"]);
    assert!(early.stdout.contains("schema 4, which `rasid run` brings forward"), "{}", early.stdout);
    world.place.once();
    is_refused(&world.db(&["vacuum"]), 1, "use --full once");
    assert_eq!(world.db(&["vacuum", "--full"]).code, 0);
    assert_eq!(world.db(&["vacuum"]).code, 0);
    assert_eq!(world.entries("rasid.db"), 5);
}
