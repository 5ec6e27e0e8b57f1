//! Every answer of a relay, against a server that gives it.

mod local;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use rasid::config::{Credentials, Relay, Smtp, Tls, Transport};
use rasid::mail::transport::{Mailer, Timeouts, Verdict};
use rasid::store::Message;
use tokio::task::JoinSet;
use url::Url;

use crate::support::smtp::{Offer, Rule, SmtpServer, Step};

const BODY: &str = "Subject: t\r\nMessage-ID: <1@rasid.example>\r\n\r\n.\r\n..dots\r\n.hidden\r\nlast";

fn smtp(transport: Transport) -> Smtp {
    Smtp {
        transport,
        from: "rasid@rasid.example".parse().unwrap(),
        retry_min: Duration::from_secs(10),
        retry_max: Duration::from_hours(1),
        give_up: Duration::from_hours(5 * 24),
    }
}

fn relay(server: &SmtpServer, tls: Tls, credentials: Option<(&str, &str)>) -> Smtp {
    let credentials =
        credentials.map(|(user, password)| Credentials { user: user.into(), password: password.into() });
    let url = Url::parse(&server.url()).unwrap();
    let host = url.host_str().unwrap().to_owned();
    smtp(Transport::Smtp(Relay { host, port: url.port().unwrap(), tls, credentials, awaiting: None }))
}

/// Short enough for a test that hangs, long enough for a machine that is busy.
fn hurried() -> Timeouts {
    Timeouts { reply: Duration::from_secs(2), end: Duration::from_secs(2), ..Timeouts::default() }
}

fn plain(server: &SmtpServer) -> Mailer {
    Mailer::new(&relay(server, Tls::None, None)).unwrap()
}

fn message(to: &str, bytes: &str) -> Message {
    Message {
        id: 1,
        subscriber: to.into(),
        message_id: "1@rasid.example".into(),
        bytes: bytes.into(),
        created: "2026-11-23T09:00:00.250Z".parse().unwrap(),
        attempts: 0,
    }
}

/// The kind of a verdict, and its text.
fn kind(verdict: &Verdict) -> (&'static str, &str) {
    match verdict {
        Verdict::Accepted(text) => ("accepted", text),
        Verdict::MessageDeferred(text) => ("deferred", text),
        Verdict::MessageRefused(text) => ("refused", text),
        Verdict::RelayUnavailable(text) => ("unavailable", text),
        Verdict::RelayRefusesUs(text) => ("refuses us", text),
    }
}

#[track_caller]
fn expect(verdict: &Verdict, expected: &str, says: &str) {
    let (kind, text) = kind(verdict);
    assert_eq!(kind, expected, "{text}");
    assert!(text.contains(says), "{text:?} does not say {says:?}");
    assert!(text.len() < 600 && !text.contains(char::is_control), "unfit for a log: {text:?}");
}

#[tokio::test]
async fn a_message_arrives_as_it_was_made() {
    let server = SmtpServer::start();
    let verdict = plain(&server).send(&message("amal@example.org", BODY)).await;
    expect(&verdict, "accepted", "250 2.0.0 taken");
    let mails = server.wait_for(1);
    assert_eq!(mails[0].from, "rasid@rasid.example");
    assert_eq!(mails[0].to, ["amal@example.org"]);
    assert_eq!(String::from_utf8_lossy(&mails[0].bytes), format!("{BODY}\r\n"));
}

#[tokio::test]
async fn each_refusal_concerns_whom_it_should() {
    let long = format!("550 5.7.1 {}\u{1b}[31m", "no ".repeat(300));
    let cases: &[(Step, &str, &str, &str)] = &[
        (Step::Connect, "421 4.3.2 too busy", "unavailable", "421 4.3.2 too busy"),
        (Step::Connect, "450 later", "unavailable", "450 later"),
        (Step::Connect, "554 5.7.1 go away", "refuses us", "554 5.7.1 go away"),
        (Step::Ehlo, "421 closing", "unavailable", "421 closing"),
        (Step::Ehlo, "nonsense", "unavailable", ""),
        (Step::Mail, "421 4.7.0 too many", "unavailable", "421 4.7.0"),
        (Step::Mail, "451 4.3.0 try later", "deferred", "451 4.3.0"),
        (Step::Mail, "550 5.1.8 bad sender", "refused", "550 5.1.8"),
        (Step::Mail, "530 5.7.0 authenticate first", "refuses us", "530 5.7.0"),
        (Step::Rcpt, "421 4.3.2 shutting down", "unavailable", "421 4.3.2"),
        (Step::Rcpt, "450 4.2.0 greylisted", "deferred", "450 4.2.0 greylisted"),
        (Step::Rcpt, "450-4.2.0 first\r\n450 4.2.0 second", "deferred", "450 4.2.0 first second"),
        (Step::Rcpt, "550 5.1.1 no such user", "refused", "550 5.1.1 no such user"),
        (Step::Rcpt, "354 what", "deferred", "unexpected reply"),
        (Step::Data, "451 not now", "deferred", "451"),
        (Step::Data, "554 no", "refused", "554"),
        (Step::Data, "250 out of step", "deferred", "unexpected reply"),
        (Step::End, "421 4.3.0 going down", "unavailable", "421"),
        (Step::End, "452 4.3.1 disk full", "deferred", "452 4.3.1"),
        (Step::End, "554 5.6.0 not liked", "refused", "554 5.6.0"),
        (Step::End, &long, "refused", "550 5.7.1 no no"),
        (Step::End, "gibberish", "deferred", ""),
    ];
    for (step, reply, expected, says) in cases {
        let server = SmtpServer::start();
        server.script(Rule::at(*step).times(1).say(reply));
        let mut mailer = plain(&server);
        expect(&mailer.send(&message("amal@example.org", BODY)).await, expected, says);
        // The next message is none the worse for it.
        expect(&mailer.send(&message("zain@example.org", BODY)).await, "accepted", "250");
    }
}

#[tokio::test]
async fn a_lost_connection_concerns_the_relay_until_it_has_taken_up_the_message() {
    let cases = [
        (Step::Connect, "unavailable"),
        (Step::Ehlo, "unavailable"),
        (Step::Mail, "unavailable"),
        (Step::Rcpt, "deferred"),
        (Step::Data, "deferred"),
        (Step::End, "deferred"),
    ];
    // Side by side, since some of them are waits.
    let mut tasks = JoinSet::new();
    for (step, expected) in cases {
        tasks.spawn(lost_once(Rule::at(step).times(1).cut(), expected));
        tasks.spawn(lost_once(Rule::at(step).times(1).hang(), expected));
    }
    tasks.join_all().await;
}

async fn lost_once(rule: Rule, expected: &str) {
    let server = SmtpServer::start();
    server.script(rule);
    let mut mailer = plain(&server).timeouts(hurried());
    expect(&mailer.send(&message("amal@example.org", BODY)).await, expected, "127.0.0.1");
    let mut patient = mailer.timeouts(Timeouts::default());
    expect(&patient.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    let log = server.log();
    assert!(log.transfers.windows(2).all(|pair| pair[0].bytes == pair[1].bytes), "other bytes");
}

#[tokio::test]
async fn a_slow_relay_is_waited_for() {
    let server = SmtpServer::start();
    server.script(Rule::at(Step::Connect).slow(Duration::from_millis(400)));
    server.script(Rule::at(Step::End).slow(Duration::from_millis(400)));
    expect(&plain(&server).send(&message("amal@example.org", BODY)).await, "accepted", "250");
}

#[tokio::test]
async fn a_relay_that_is_down_is_used_again_when_it_is_back() {
    let server = SmtpServer::start();
    let mut mailer = plain(&server);
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    server.down();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "unavailable", "refused");
    server.up();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    assert_eq!(server.log().mails().len(), 2);
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off() {
    let server = SmtpServer::start();
    server
        .script(Rule::at(Step::Rcpt).times(1).say(&format!("250-{}\r\n", "more ".repeat(150)).repeat(1000)));
    let mut mailer = plain(&server);
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "deferred", "");
    let server = SmtpServer::start();
    server.script(Rule::at(Step::Rcpt).times(1).say(&"2".repeat(1_000_000)));
    expect(&plain(&server).send(&message("amal@example.org", BODY)).await, "deferred", "no end");
}

#[tokio::test]
async fn a_reply_in_another_alphabet_is_a_reply() {
    let server = SmtpServer::start();
    server.script(Rule::at(Step::Rcpt).say("550 5.1.1 لا وجود لهذا العنوان"));
    expect(&plain(&server).send(&message("amal@example.org", BODY)).await, "refused", "550 5.1.1");
}

#[tokio::test]
async fn one_connection_carries_many_messages() {
    let server = SmtpServer::start();
    server.script(Rule::at(Step::Rcpt).to("dead@example.org").say("550 5.1.1 no such user"));
    server.script(Rule::at(Step::Data).to("late@example.org").say("451 4.3.0 later"));
    let mut mailer = plain(&server);
    for (to, expected) in [
        ("amal@example.org", "accepted"),
        ("dead@example.org", "refused"),
        ("zain@example.org", "accepted"),
        ("late@example.org", "deferred"),
        ("amal@example.org", "accepted"),
    ] {
        expect(&mailer.send(&message(to, BODY)).await, expected, "");
    }
    mailer.close().await;
    let log = server.wait_until("QUIT", |log| log.count("QUIT") == 1);
    assert_eq!((log.connections, log.mails().len()), (1, 3));
    assert!(log.transfers.iter().all(|mail| mail.to.len() == 1));

    // Where the relay cannot forget what was begun, another connection is made.
    server.script(Rule::at(Step::Rset).say("500 5.5.1 unknown command"));
    let mut mailer = plain(&server);
    expect(&mailer.send(&message("dead@example.org", BODY)).await, "refused", "550 5.1.1");
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    assert_eq!(server.log().connections, 3);
}

#[tokio::test]
async fn a_kept_connection_that_has_closed_is_replaced_without_a_word() {
    let server = SmtpServer::start();
    let mut mailer = plain(&server);
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    server.down();
    server.up();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    // A limit of messages a connection is no failure either.
    server.script(Rule::at(Step::Mail).times(1).say("421 4.7.0 enough for this connection"));
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    assert_eq!(server.log().mails().len(), 3);
}

#[tokio::test]
async fn a_connection_that_was_idle_too_long_is_not_used() {
    let server = SmtpServer::start();
    let mut mailer = plain(&server).timeouts(Timeouts { idle: Duration::ZERO, ..Timeouts::default() });
    for _ in 0..2 {
        expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    }
    assert_eq!(server.log().connections, 2);
}

#[tokio::test]
async fn a_send_that_is_given_up_leaves_no_half_a_dialogue_behind() {
    let server = Arc::new(SmtpServer::start());
    server.script(Rule::at(Step::End).times(1).hang());
    let mut mailer = plain(&server);
    let watched = server.clone();
    let hangs =
        tokio::task::spawn_blocking(move || watched.wait_until("transfer", |log| !log.transfers.is_empty()));
    let message = message("amal@example.org", BODY);
    tokio::select! {
        verdict = mailer.send(&message) => panic!("{verdict:?}"),
        log = hangs => assert_eq!(log.unwrap().transfers.len(), 1),
    }
    expect(&mailer.send(&message).await, "accepted", "250");
    assert_eq!(server.log().connections, 2);
}

#[tokio::test]
async fn addresses_beyond_ascii_need_a_relay_that_takes_them() {
    let server = SmtpServer::start();
    expect(&plain(&server).send(&message("أمل@example.org", BODY)).await, "refused", "SMTPUTF8");
    // A domain has an ASCII form that every relay takes.
    expect(&plain(&server).send(&message("amal@موقع.example", BODY)).await, "accepted", "250");
    assert!(server.wait_for(1)[0].to[0].starts_with("amal@xn--"));
    let server = SmtpServer::offering(Offer::default().extension("SMTPUTF8"));
    expect(&plain(&server).send(&message("أمل@example.org", BODY)).await, "accepted", "250");
    assert_eq!(server.wait_for(1)[0].to, ["أمل@example.org"]);
}

#[tokio::test]
async fn a_large_message_goes_through() {
    let server = SmtpServer::start();
    let body = format!("Subject: t\r\n\r\n{}", "0123456789.\r\n".repeat(400_000));
    expect(&plain(&server).send(&message("amal@example.org", &body)).await, "accepted", "250");
    assert_eq!(server.wait_for(1)[0].bytes.len(), body.len());
}

/// For looking, in release: `cargo test --release --test it how_fast -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn how_fast_one_connection_is() {
    const MAILS: u32 = 20_000;
    let body = format!("Subject: t\r\n\r\n{}", "0123456789012345678901234567890123456789\r\n".repeat(72));
    let server = SmtpServer::start();
    let mut mailer = plain(&server);
    let message = message("amal@example.org", &body);
    let mut slowest = Duration::ZERO;
    let start = std::time::Instant::now();
    for _ in 0..MAILS {
        let before = std::time::Instant::now();
        expect(&mailer.send(&message).await, "accepted", "250");
        slowest = slowest.max(before.elapsed());
    }
    let rate = f64::from(MAILS) / start.elapsed().as_secs_f64();
    println!("{} bytes: {rate:.0} mails/s, the slowest in {slowest:?}", body.len());
}
