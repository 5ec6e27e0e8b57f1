//! A process of its own that works on a store until it is killed or has reached a limit: this test
//! binary again, with one of the parts below to play.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rasid::store::sqlite::SqliteStore;
use rasid::store::{Attempt, Error, Outcome, Store};

use super::words::{AMAL, alerting, at, entry, message, peek, poll};

const PATH: &str = "RASID_TEST_STORE";

/// This test binary, told to play `part` on the database at `path`.
pub(crate) fn command(part: &str, path: &Path) -> (PathBuf, Vec<String>, (&'static str, PathBuf)) {
    let arguments =
        [&format!("store::child::{part}"), "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    (std::env::current_exe().unwrap(), arguments.map(Into::into).to_vec(), (PATH, path.to_owned()))
}

/// A part that is being played; killed where it has not ended by itself.
pub(crate) struct Played {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Played {
    pub(crate) fn start(mut command: Command) -> Played {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Played { child, lines }
    }

    pub(crate) fn of(part: &str, path: &Path) -> Played {
        let (program, arguments, (key, value)) = command(part, path);
        let mut command = Command::new(program);
        command.args(arguments).env(key, value);
        Played::start(command)
    }

    /// The next thing it says; `None` when it has ended.
    pub(crate) fn says(&mut self) -> Option<String> {
        // The test harness prints lines of its own, and writes before ours on the same line.
        self.lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("says: ").map(|(_, said)| said.to_owned()))
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}

fn say(what: impl std::fmt::Display) {
    println!("says: {what}");
    std::io::stdout().flush().unwrap();
}

fn path() -> PathBuf {
    std::env::var_os(PATH).expect("played by another test").into()
}

fn play(part: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(part);
}

#[test]
#[ignore = "a part in another test"]
fn opens() {
    match SqliteStore::open(&path()) {
        Ok(_) => say("opened"),
        Err(error) => say(error),
    }
}

#[test]
#[ignore = "a part in another test"]
fn holds() {
    let _store = SqliteStore::open(&path()).unwrap();
    say("holding");
    std::thread::park(); // until killed
}

/// Polls, packs and sends without end; says what is durable, and what it is about to send.
#[test]
#[ignore = "a part in another test"]
fn works() {
    play(async {
        let store = SqliteStore::open(&path()).unwrap();
        let kept: i64 = peek(&path(), "SELECT count(*) FROM entries");
        for number in (kept.unsigned_abs()..).step_by(3) {
            let brought = (number..number + 3).map(|number| alerting(number, &["a"], &[AMAL])).collect();
            store.commit(poll(&format!("feed-{}", number % 5), 1, brought)).await.unwrap();
            say(format!("polled {number}"));
            let held = store.held_for(AMAL, 100).await.unwrap();
            let fixed = message(AMAL, &format!("{number}@x"), &held, 1);
            assert!(store.enqueue(fixed).await.unwrap());
            for due in store.due(at(2), 100).await.unwrap() {
                say(format!("sending {}", due.message_id));
                let end = Attempt { message: due.id, at: at(2), outcome: Outcome::Sent("250".into()) };
                store.record(vec![end]).await.unwrap();
                say(format!("sent {}", due.message_id));
            }
        }
    });
}

/// Polls until there is no room, has room made, and goes on.
#[test]
#[ignore = "a part in another test"]
fn fills() {
    play(async {
        let store = SqliteStore::open(&path()).unwrap();
        let kept = async |number: u64| {
            let mut big = alerting(number, &["a"], &[AMAL]);
            big.entry.text = "خبر طويل ".repeat(2000);
            store.commit(poll("ina", 1, vec![big, entry(number + 1, &[])])).await
        };
        let mut number = 0;
        let refused = loop {
            match kept(number).await {
                Ok(_) => number += 2,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, Error::Full { .. }), "{refused:?}");
        say(format!("full after {number}"));
        store.ping().await.unwrap();
        assert!(matches!(kept(number).await, Err(Error::Full { .. })), "it stays full");
        let me = std::process::id().to_string();
        let raised = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &me]).status().unwrap();
        assert!(raised.success());
        kept(number).await.unwrap();
        store.close().await.unwrap();
        say("kept");
    });
}
