//! Power cuts: only what was synced is sure to survive, and nothing that was acknowledged is lost.
//!
//! Each round runs the daemon under strace, kills it, and gives the next round the files as a disk without
//! power may leave them. Moments within the round are tried beside: each must leave a sound database
//! that has what the log had said by then. `RASID_TEST_POWER_CUTS=25` makes so many rounds (`.ci/powercuts`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::kill::{check_told_once, entry_feed, told};
use crate::support::daemon::{Daemon, Place, Settings, eventually};
use crate::support::http::Server;
use crate::support::power::{Call, Dice, Disk, calls, can_trace, is_complete, traced};
use crate::support::program::run;
use crate::support::smtp::{Mail, SmtpServer};

const FEEDS: usize = 3;
const SUBSCRIBERS: [&str; 2] = ["amal@example.org", "badr@example.org"];
/// Moments of each round that are tried beside its end.
const MOMENTS: usize = 4;

/// What the log has acknowledged: entries that are stored, messages that are fixed.
#[derive(Debug, Default, Clone, Copy)]
struct Acknowledged {
    entries: i64,
    messages: i64,
}

impl Acknowledged {
    fn hear(&mut self, line: &str) {
        let number = line.split(" new=").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<i64>().ok());
        if line.contains("feed read") {
            self.entries += number.unwrap_or(0);
        }
        self.messages += i64::from(line.contains("message made"));
    }
}

/// What a database has, read from a copy: opening it would do the daemon's work of recovering.
fn count(database: &Path) -> Acknowledged {
    let aside = tempfile::tempdir().expect("a directory");
    for name in ["rasid.db", "rasid.db-wal", "rasid.db-journal"] {
        let from = database.with_file_name(name);
        if from.exists() {
            fs::copy(from, aside.path().join(name)).expect("copied");
        }
    }
    if !aside.path().join("rasid.db").exists() {
        return Acknowledged::default();
    }
    let db = Connection::open(aside.path().join("rasid.db")).expect("a database");
    let count = |table: &str| {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect(table)
    };
    Acknowledged { entries: count("entries"), messages: count("messages") }
}

/// The database of a moment is sound and has all that was acknowledged by then, and what came before.
#[track_caller]
fn check_moment(disk: &Disk, dice: &mut Dice, heard: Acknowledged, before: Acknowledged, config: &str) {
    let found = tempfile::tempdir().expect("a directory");
    for (path, content) in disk.cut(dice) {
        fs::write(found.path().join(path.file_name().expect("a name")), content).expect("written");
    }
    let database = found.path().join("rasid.db");
    if !database.exists() {
        assert_eq!((heard.entries, before.entries), (0, 0), "the database has gone");
        return;
    }
    let here = database.display().to_string();
    let checked = run(&["db", "check", "--config", config, &here], b"");
    assert_eq!(checked.code, 0, "{}{}", checked.stdout, checked.stderr);
    let has = count(&database);
    assert!(has.entries >= before.entries + heard.entries, "{has:?} of {before:?} and {heard:?}");
    assert!(has.messages >= before.messages + heard.messages, "{has:?} of {before:?} and {heard:?}");
}

#[test]
fn after_a_power_cut_nothing_that_was_acknowledged_is_lost() {
    if !can_trace() {
        eprintln!("skipped: this needs strace, and the right to trace");
        return;
    }
    let rounds =
        std::env::var("RASID_TEST_POWER_CUTS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3);
    let (web, relay) = (Server::start(), SmtpServer::start());
    let mut settings = Settings::new(&relay.url());
    for feed in 0..FEEDS {
        settings = settings.feed(&format!("f{feed}"), &web.url(&format!("/{feed}.xml")));
    }
    let settings = SUBSCRIBERS.iter().fold(settings, |settings, email| settings.subscriber(email));
    let place = Place::new(&settings);
    let config = place.path("config.toml").display().to_string();
    let home = place.path("");
    let traces = tempfile::tempdir().expect("a directory");
    let trace = traces.path().join("trace");
    let mut dice = Dice::new(7);
    // By feed: what it serves until that is known to be stored.
    let mut unsure: [Vec<usize>; FEEDS] = Default::default();
    let mut next = 0;
    for round in 0..rounds {
        for (feed, unsure) in unsure.iter_mut().enumerate() {
            unsure.extend(next..next + 2);
            next += 2;
            web.feed(&path(feed), &entry_feed(unsure.iter().copied()));
        }
        let before = count(&place.path("rasid.db"));
        let mut disk = Disk::of(&home);
        let asked: Vec<usize> = (0..FEEDS).map(|feed| web.asked(&path(feed)).len()).collect();
        let running = Daemon::start(traced(&place.command(&["run"]), &trace));
        let slowest = dice.below(FEEDS);
        web.wait_for(&path(slowest), asked[slowest] + 1);
        std::thread::park_timeout(Duration::from_millis(dice.below(300) as u64));
        running.kill();
        eventually("the trace is complete", || is_complete(&trace).then_some(()));
        let (calls, under_way) = calls(&trace);
        let moments: BTreeSet<usize> = (0..MOMENTS).map(|_| dice.below(calls.len())).collect();
        let mut heard = Acknowledged::default();
        for (place, call) in calls.iter().enumerate() {
            disk.apply(call);
            if let Call::Said(line) = call {
                heard.hear(line);
                (0..FEEDS).filter(|feed| is_read(line, *feed)).for_each(|feed| unsure[feed].clear());
            }
            if moments.contains(&place) {
                check_moment(&disk, &mut dice, heard, before, &config);
            }
        }
        if !under_way {
            check_trace(&disk);
        }
        check_moment(&disk, &mut dice, heard, before, &config);
        eprintln!("round {round}: {} calls, {heard:?} after {before:?}", calls.len());
        lose_power(&home, &disk, &mut dice);
    }
    for (feed, unsure) in unsure.iter().enumerate() {
        web.feed(&path(feed), &entry_feed(unsure.iter().copied()));
    }
    let running = place.start();
    relay.wait_until("everything is told", |log| {
        let all = |mail: &Mail| {
            told(mail).1.into_iter().map(|entry| (mail.to[0].clone(), entry)).collect::<Vec<_>>()
        };
        let told: BTreeSet<_> = log.mails().iter().flat_map(all).collect();
        told.len() == next * SUBSCRIBERS.len()
    });
    assert_eq!(running.stop().code, 0);
    check_told_once(&relay.log().mails(), &SUBSCRIBERS, next);
    let checked = run(&["db", "check", "--config", &config], b"");
    assert_eq!(checked.code, 0, "{}{}", checked.stdout, checked.stderr);
}

/// The trace has all that was written to the database: without a cut, it is what the trace makes of it.
#[track_caller]
fn check_trace(disk: &Disk) {
    let of_database =
        |path: &Path| path.extension().is_some_and(|ending| ending == "db" || ending == "db-wal");
    for (path, traced) in disk.now().into_iter().filter(|(path, _)| of_database(path)) {
        let is = fs::read(&path).expect("a file");
        let same = is.iter().zip(&traced).take_while(|(is, traced)| is == traced).count();
        let (path, is_long, traced_long) = (path.display(), is.len(), traced.len());
        assert!(is == traced, "{path}: {is_long} and {traced_long} bytes, the same up to {same}");
    }
}

fn path(feed: usize) -> String {
    format!("/{feed}.xml")
}

fn is_read(line: &str, feed: usize) -> bool {
    line.contains("feed read") && line.contains(&format!("feed=\"f{feed}\""))
}

/// Leaves of a directory what a power cut leaves.
fn lose_power(home: &Path, disk: &Disk, dice: &mut Dice) {
    for file in fs::read_dir(home).expect("a directory") {
        let path = file.expect("a file").path();
        if path.is_file() {
            fs::remove_file(path).expect("removed");
        }
    }
    for (path, content) in disk.cut(dice) {
        fs::write(path, content).expect("written");
    }
}
