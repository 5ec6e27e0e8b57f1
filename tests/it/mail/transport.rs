//! Every answer of a relay, against a server that gives it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rasid::config::{Credentials, Relay, Smtp, Tls, Transport};
use rasid::mail::transport::{Mailer, Timeouts, Verdict};
use rasid::store::Message;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::support::smtp::{Offer, Rule, SmtpServer, Step};

const BODY: &str = "Subject: t\r\nMessage-ID: <1@rasid.example>\r\n\r\n.\r\n..dots\r\n.hidden\r\nlast";

fn smtp(transport: Transport) -> Smtp {
    Smtp {
        transport,
        from: "rasid@rasid.example".parse().unwrap(),
        retry_min: Duration::from_secs(10),
        retry_max: Duration::from_secs(3600),
        give_up: Duration::from_secs(432_000),
    }
}

fn relay(server: &SmtpServer, tls: Tls, credentials: Option<(&str, &str)>) -> Smtp {
    let credentials =
        credentials.map(|(user, password)| Credentials { user: user.into(), password: password.into() });
    smtp(Transport::Smtp(Relay { host: "127.0.0.1".into(), port: server.port(), tls, credentials }))
}

/// Short enough for a test that hangs, long enough for a machine that is busy.
fn hurried() -> Timeouts {
    Timeouts { reply: Duration::from_millis(300), end: Duration::from_millis(300), ..Timeouts::default() }
}

fn plain(server: &SmtpServer) -> Mailer {
    Mailer::new(&relay(server, Tls::None, None)).unwrap()
}

/// A client that trusts nothing but this server.
fn trusting(server: &SmtpServer) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(server.certificate_der())).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    Arc::new(
        builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
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
    for (step, expected) in cases {
        for rule in [Rule::at(step).times(1).cut(), Rule::at(step).times(1).hang()] {
            let server = SmtpServer::start();
            server.script(rule);
            let mut mailer = plain(&server).timeouts(hurried());
            expect(&mailer.send(&message("amal@example.org", BODY)).await, expected, "127.0.0.1");
            let mut patient = mailer.timeouts(Timeouts::default());
            expect(&patient.send(&message("amal@example.org", BODY)).await, "accepted", "250");
            let log = server.log();
            assert!(log.transfers.windows(2).all(|pair| pair[0].bytes == pair[1].bytes), "other bytes");
        }
    }
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
    let server = SmtpServer::start();
    server.script(Rule::at(Step::End).times(1).hang());
    let mut mailer = plain(&server);
    let given_up =
        tokio::time::timeout(Duration::from_millis(300), mailer.send(&message("amal@example.org", BODY)))
            .await;
    assert!(given_up.is_err());
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
    assert_eq!(server.log().connections, 2);
}

#[tokio::test]
async fn tls_or_nothing() {
    let way = |tls| match tls {
        Tls::Implicit => Offer::default().implicit_tls(),
        _ => Offer::default().starttls(),
    };
    for tls in [Tls::StartTls, Tls::Implicit] {
        let server = SmtpServer::offering(way(tls).auth("PLAIN", "rasid", "s3cret"));
        let config = relay(&server, tls, Some(("rasid", "s3cret")));
        let mut mailer = Mailer::trusting(&config, trusting(&server));
        for _ in 0..2 {
            expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");
        }
        let mails = server.wait_for(2);
        assert!(
            mails
                .iter()
                .all(|mail| mail.tls && mail.user.as_deref() == Some("rasid") && mail.connection == 1)
        );

        // A certificate that nobody vouches for.
        let mut mailer = Mailer::new(&config).unwrap();
        expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "TLS refused");
        assert_eq!(server.log().count("AUTH"), 1);
    }
}

#[tokio::test]
async fn the_certificate_must_name_the_relay() {
    let server = SmtpServer::offering(Offer::default().starttls_as("other.example"));
    let mut mailer = Mailer::trusting(&relay(&server, Tls::StartTls, None), trusting(&server));
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "TLS refused");
    assert_eq!(server.log().count("MAIL"), 0);
}

#[tokio::test]
async fn a_stripped_starttls_is_noticed() {
    let server = SmtpServer::offering(Offer::default().auth("PLAIN", "rasid", "s3cret"));
    let mut mailer = Mailer::new(&relay(&server, Tls::StartTls, Some(("rasid", "s3cret")))).unwrap();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "does not offer STARTTLS");
    let log = server.log();
    assert_eq!((log.count("AUTH"), log.count("MAIL")), (0, 0));
    for (reply, expected) in [("454 4.7.0 no TLS now", "unavailable"), ("502 5.5.1 no", "refuses us")] {
        let server = SmtpServer::offering(Offer::default().starttls());
        server.script(Rule::at(Step::StartTls).say(reply));
        let mut mailer = Mailer::trusting(&relay(&server, Tls::StartTls, None), trusting(&server));
        expect(&mailer.send(&message("amal@example.org", BODY)).await, expected, reply);
        assert_eq!(server.log().count("MAIL"), 0);
    }
}

#[tokio::test]
async fn what_was_said_before_tls_does_not_count_under_it() {
    // Someone in between offers AUTH LOGIN in plain text ahead of the handshake; the relay does not.
    let server = SmtpServer::offering(Offer::default().starttls());
    server.script(Rule::at(Step::StartTls).say("220 go ahead\r\n250-localhost\r\n250 AUTH LOGIN"));
    let config = relay(&server, Tls::StartTls, Some(("rasid", "s3cret")));
    let verdict = Mailer::trusting(&config, trusting(&server)).send(&message("amal@example.org", BODY)).await;
    assert!(matches!(verdict, Verdict::RelayRefusesUs(_) | Verdict::RelayUnavailable(_)), "{verdict:?}");
    assert_eq!(server.log().count("AUTH"), 0);
}

#[tokio::test]
async fn auth_is_told_apart_from_the_message() {
    for mechanism in ["PLAIN", "LOGIN"] {
        let server = SmtpServer::offering(Offer::default().auth(mechanism, "rasid", "s3cret"));
        let mut mailer = Mailer::new(&relay(&server, Tls::None, Some(("rasid", "s3cret")))).unwrap();
        expect(&mailer.send(&message("amal@example.org", BODY)).await, "accepted", "250");

        let mut mailer = Mailer::new(&relay(&server, Tls::None, Some(("rasid", "wrong")))).unwrap();
        expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "535 5.7.8");

        server.script(Rule::at(Step::Auth).times(1).say("454 4.7.0 the directory is away"));
        expect(&mailer.send(&message("amal@example.org", BODY)).await, "unavailable", "454 4.7.0");

        let mut mailer = plain(&server);
        expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "530 5.7.0");
    }
    let server = SmtpServer::offering(Offer::default().auth("CRAM-MD5", "rasid", "s3cret"));
    let mut mailer = Mailer::new(&relay(&server, Tls::None, Some(("rasid", "s3cret")))).unwrap();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "AUTH PLAIN");
}

#[tokio::test]
async fn no_secret_comes_back_in_a_reply() {
    let server = SmtpServer::offering(Offer::default().auth("PLAIN", "rasid", "s3cret"));
    // "\0rasid\0s3cret" in base64, and the password itself.
    server.script(Rule::at(Step::Auth).say("535 5.7.8 AUTH PLAIN AHJhc2lkAHMzY3JldA== (s3cret) is wrong"));
    let mut mailer = Mailer::new(&relay(&server, Tls::None, Some(("rasid", "s3cret")))).unwrap();
    let verdict = mailer.send(&message("amal@example.org", BODY)).await;
    expect(&verdict, "refuses us", "535 5.7.8 AUTH PLAIN *** (***) is wrong");
    assert!(!format!("{mailer:?}").contains("s3cret"));
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
async fn files_are_whole_and_replace_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let outbox = directory.path().join("mail/outbox");
    let mut mailer = Mailer::new(&smtp(Transport::File(outbox.clone()))).unwrap();
    let mut hostile = message("amal@example.org", BODY);
    hostile.message_id = "../../etc/x y\n@rasid.example".into();
    for message in [&message("amal@example.org", BODY), &message("amal@example.org", BODY), &hostile] {
        expect(&mailer.send(message).await, "accepted", "");
    }
    assert_eq!(
        names(&outbox),
        ["20261123T090000.250Z-.._.._etc_x_y_@rasid.example.eml", "20261123T090000.250Z-1@rasid.example.eml"]
    );
    let kept = std::fs::read(outbox.join("20261123T090000.250Z-1@rasid.example.eml")).unwrap();
    assert_eq!(String::from_utf8(kept).unwrap(), BODY);

    let file = directory.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let mut mailer = Mailer::new(&smtp(Transport::File(file.clone()))).unwrap();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "a file");
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A program that notes how it was called, reads the message and then does `end`.
fn program(directory: &Path, end: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = directory.join("sendmail");
    let script = format!(
        "#!/bin/sh\nprintf '%s|' \"$@\" > '{0}/arguments'\ncat > '{0}/message'\n{end}\n",
        directory.display()
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn sendmail_is_called_as_programs_expect_and_its_end_understood() {
    let cases = [
        ("exit 0", "accepted", "taken over"),
        ("echo try later >&2; exit 75", "deferred", "75: try later"),
        ("echo nobody of that name >&2; exit 67", "refused", "nobody of that name"),
        ("exit 69", "unavailable", "69"),
        ("exit 78", "refuses us", "78"),
        ("kill -9 $$", "unavailable", "signal"),
        ("head -c 1000000 /dev/zero >&2; exit 75", "deferred", "75"),
        ("sleep 60", "deferred", "not done within"),
    ];
    for (end, expected, says) in cases {
        let directory = tempfile::tempdir().unwrap();
        let path = program(directory.path(), end);
        let wait = Duration::from_millis(if end.starts_with("sleep") { 300 } else { 20_000 });
        let timeouts = Timeouts { end: wait, ..Timeouts::default() };
        let mut mailer = Mailer::new(&smtp(Transport::Sendmail(path))).unwrap().timeouts(timeouts);
        expect(&mailer.send(&message("-oQ/tmp@example.org", BODY)).await, expected, says);
        let read = |name| std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(read("arguments"), "-i|-f|rasid@rasid.example|--|-oQ/tmp@example.org|");
        assert_eq!(read("message"), BODY.replace("\r\n", "\n"));
    }
    let mut mailer = Mailer::new(&smtp(Transport::Sendmail("/nowhere/sendmail".into()))).unwrap();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "/nowhere/sendmail");
}

#[tokio::test]
async fn a_large_message_goes_through() {
    let server = SmtpServer::start();
    let body = format!("Subject: t\r\n\r\n{}", "0123456789.\r\n".repeat(400_000));
    expect(&plain(&server).send(&message("amal@example.org", &body)).await, "accepted", "250");
    assert_eq!(server.wait_for(1)[0].bytes.len(), body.len());
}
