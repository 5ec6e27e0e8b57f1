//! What sending costs: mails of 3 KB to a relay on loopback that takes everything at once.
//!
//! First the transport alone, on one connection. Then the whole outbox: messages stand in a database, the
//! built program is started on it, and the relay counts; every message is taken up and recorded in commits
//! that are synced to the disk (`synchronous = FULL`).

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)] // a benchmark that cannot run has nothing to say

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rasid::config::{Relay, Smtp, Tls, Transport};
use rasid::mail::transport::{Mailer, Verdict};
use rasid::store::sqlite::SqliteStore;
use rasid::store::{Message, NewMessage, Store};

use self::sink::Sink;

#[path = "support/sink.rs"]
mod sink;

const TRANSPORT: usize = 20_000;
const OUTBOX: usize = 20_000;
const SUBSCRIBERS: usize = 200;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let few = std::env::args().any(|argument| argument == "--test");
    let of = |many: usize| if few { 20 } else { many };
    for offers in [&["PIPELINING"][..], &[]] {
        transport(of(TRANSPORT), offers);
    }
    outbox(of(OUTBOX), SUBSCRIBERS);
    outbox(of(OUTBOX / 4), 1);
}

/// 3 KB, as a mail with two short alternatives has.
fn body(number: usize) -> Vec<u8> {
    let line = "2YrYudmE2YYg2KfZhNiq2K3Yp9mE2YEg2KfZhNiv2YjZhNmKINi52YYg2KfZhtiz2K3Yp9ioINmF";
    format!(
        "Subject: t\r\nMessage-ID: <{number}@rasid.example>\r\nDate: Wed, 25 Nov 2026 09:00:00 +0000\r\n\r\n{}",
        format!("{line}\r\n").repeat(38)
    )
    .into_bytes()
}

fn transport(mails: usize, offers: &'static [&'static str]) {
    let sink = Sink::start(offers);
    let relay = Relay {
        host: "127.0.0.1".into(),
        port: sink.port(),
        tls: Tls::None,
        credentials: None,
        awaiting: None,
    };
    let smtp = Smtp {
        transport: Transport::Smtp(relay),
        from: "rasid@rasid.example".parse().unwrap(),
        retry_min: Duration::from_secs(10),
        retry_max: Duration::from_hours(1),
        give_up: Duration::from_hours(120),
    };
    let mut mailer = Mailer::new(&smtp).unwrap();
    let message = Message {
        id: 1,
        subscriber: "amal@example.org".into(),
        message_id: "1@rasid.example".into(),
        bytes: body(1),
        created: "2026-11-25T09:00:00Z".parse().unwrap(),
        attempts: 0,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let took: Vec<Duration> = runtime.block_on(async move {
        let sending = tokio::spawn(async move {
            let mut took = Vec::with_capacity(mails);
            for _ in 0..mails {
                let begun = Instant::now();
                assert!(matches!(mailer.send(&message).await, Verdict::Accepted(_)));
                took.push(begun.elapsed());
            }
            took
        });
        sending.await.unwrap()
    });
    assert_eq!(sink.connections(), 1);
    let rate = mails as f64 / took.iter().sum::<Duration>().as_secs_f64();
    println!("transport alone, one connection, {offers:?}: {rate:.0} mails/s, {}", spread(took));
}

fn spread(mut took: Vec<Duration>) -> String {
    took.sort();
    let at = |thousandths: usize| took[(took.len() - 1) * thousandths / 1000];
    format!("p50 {:?}, p99 {:?}, p99.9 {:?}, max {:?}", at(500), at(990), at(999), at(1000))
}

fn outbox(mails: usize, subscribers: usize) {
    let sink = Sink::start(&["PIPELINING"]);
    let home = tempfile::tempdir().unwrap();
    fill(&home.path().join("rasid.db"), mails, subscribers);
    let mut people = String::new();
    for number in 0..subscribers {
        let _ = write!(people, "[[subscribers]]\nemail = \"s{number}@example.org\"\nrules = [\"*\"]\n");
    }
    let config = format!(
        "[storage]\npath = \"rasid.db\"\n[smtp]\nurl = \"smtp://127.0.0.1:{}\"\nfrom = \"rasid@example.org\"\n\
         [[rules]]\nid = \"a\"\nany = [\"التحالف\"]\n{people}",
        sink.port()
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_rasid"))
        .args(["run", "--config"])
        .arg(home.path().join("config.toml"))
        .env("RUST_LOG", "warn")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let seconds = sink.wait_for(mails);
    let pid = daemon.id().to_string();
    let begun = Instant::now();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(daemon.wait().unwrap().success());
    println!(
        "the whole outbox, {subscribers} subscribers, {} connections: {:.0} mails/s; ended in {:?}",
        sink.connections(),
        mails as f64 / seconds,
        begun.elapsed()
    );
}

fn fill(database: &Path, mails: usize, subscribers: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(database).unwrap();
        let mut queued = tokio::task::JoinSet::new();
        for number in 0..mails {
            let message = NewMessage {
                subscriber: format!("s{}@example.org", number % subscribers),
                message_id: format!("{number}@rasid.example"),
                subject: "خبر".into(),
                bytes: body(number),
                tells: Vec::new(),
                created: "2026-11-25T09:00:00Z".parse().unwrap(),
            };
            let store = store.clone();
            queued.spawn(async move { store.enqueue(message).await.unwrap() });
        }
        assert!(queued.join_all().await.into_iter().all(|queued| queued));
        store.close().await.unwrap();
    });
}
