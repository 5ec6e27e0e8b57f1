//! `rasid mail test`: one mail through the relay of the config, now, past the outbox.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use lettre::Address;
use tokio::runtime;
use uuid::Uuid;

use super::{load, preview, recipient, unmade};
use crate::alert;
use crate::alert::outbox::Verdict;
use crate::cli::{ConfigArg, Exit, Failure, one_line};
use crate::clock;
use crate::config::{Config, Tls, Transport};
use crate::mail::message::sample::{self, Kind};
use crate::mail::message::{Letter, Names, render};
use crate::mail::transport::{Mailer, Timeouts};
use crate::store::Message;

/// Somebody waits for it: shorter than RFC 5321 asks of a queue.
const PATIENCE: Timeouts = Timeouts {
    connect: Duration::from_secs(15),
    reply: Duration::from_mins(1),
    end: Duration::from_mins(2),
    idle: Duration::from_secs(1),
};

#[derive(Debug, Args)]
pub(in crate::cli) struct TestArgs {
    /// Where to; it need be no subscriber
    #[arg(value_name = "ADDRESS")]
    to: Address,
    #[command(flatten)]
    config: ConfigArg,
}

pub(super) fn run(args: &TestArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = load(&args.config)?;
    if let Some(reason) = config.smtp.unready() {
        return Err(Failure::new(Exit::Config, reason));
    }
    let message = message(&config, &args.to)?;
    let way = way(&config.smtp.transport);
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Software, format!("cannot start: {error}")))?;
    let verdict = runtime.block_on(async {
        let mailer =
            Mailer::new(&config.smtp).map_err(|error| Failure::new(Exit::Unavailable, error.to_string()))?;
        let mut mailer = mailer.timeouts(PATIENCE);
        let verdict = mailer.send(&message).await;
        mailer.close().await;
        Ok::<_, Failure>(verdict)
    })?;
    let failed =
        |what: &str, reply: &str| Err(Failure::new(Exit::Unavailable, format!("{what}{way}: {reply}")));
    match verdict {
        Verdict::Accepted(reply) => Ok(writeln!(out, "accepted{way}: {}", one_line(&reply))?),
        Verdict::MessageDeferred(reply) => failed("put off, as a mail of the daemon would be", &reply),
        Verdict::MessageRefused(reply) => failed("refused", &reply),
        Verdict::RelayUnavailable(reason) => failed("the relay cannot be used", &reason),
        Verdict::RelayRefusesUs(reason) => failed("the relay does not let rasid in", &reason),
    }
}

/// A mail that says that it is a test.
fn message(config: &Config, to: &Address) -> Result<Message, Failure> {
    let created = clock::now();
    let rules: Vec<&str> = config.matching.rules.iter().take(3).map(|rule| rule.id.as_str()).collect();
    let recipient = recipient(config, to);
    let (links, stories) = (preview::links(config), sample::stories(Kind::Alert, &rules, created));
    let letter = Letter {
        from: &config.smtp.from,
        to: &recipient,
        stories: &stories,
        thread: None,
        links: links.as_ref(),
        trial: true,
        created,
        id: Uuid::new_v4(),
    };
    let names = Names::new(&config.matching.rules, &config.feeds);
    let rendered = render(&letter, &names, &config.mail.templates).map_err(|error| unmade(&error))?;
    preview::complain(&rendered.flaws);
    Ok(Message {
        id: 0,
        subscriber: alert::name(to),
        message_id: rendered.message_id,
        bytes: rendered.bytes,
        created,
        attempts: 0,
    })
}

/// How a relay is spoken to.
fn way(transport: &Transport) -> &'static str {
    let Transport::Smtp(relay) = transport else { return "" };
    match relay.tls {
        Tls::Implicit => " (with TLS)",
        Tls::StartTls => " (with STARTTLS)",
        Tls::None => " (without TLS)",
    }
}
