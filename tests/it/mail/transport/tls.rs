//! TLS and AUTH: nothing leaves where it should not.

use std::sync::Arc;

use rasid::config::Tls;
use rasid::mail::transport::{Mailer, Verdict};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::{BODY, expect, message, plain, relay};
use crate::support::smtp::{Offer, Rule, SmtpServer, Step};

/// A client that trusts nothing but this server.
fn trusting(server: &SmtpServer) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.certificate_pem().as_bytes()).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    Arc::new(
        builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
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
