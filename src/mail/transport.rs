//! Transports: a message's bytes in, a verdict out.
//!
//! A [`Mailer`] is made from `[smtp]` and used by one task. Whatever goes wrong comes out as a
//! [`Verdict`] that says whether it concerns this message or the relay as a whole; what follows is
//! [`crate::alert::outbox`]'s to say. Nothing here retries later, renders, stores or resends on its
//! own, but for one thing: a kept connection that turns out closed before the relay took up the
//! message is replaced.

use std::sync::Arc;
use std::time::Duration;

use lettre::Address;
use rustls::ClientConfig;

use crate::config::{self, Smtp};
use crate::mail::message::ascii_address;
use crate::store::Message;

pub use crate::alert::outbox::Verdict;

mod connect;
mod file;
mod link;
mod reply;
mod sendmail;
mod smtp;
mod tls;

/// How mail leaves, ready to be used. Opens nothing before the first message.
#[derive(Debug)]
pub struct Mailer {
    from: Address,
    timeouts: Timeouts,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Smtp(Box<smtp::Client>),
    File(file::Directory),
    Sendmail(sendmail::Program),
}

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Name resolution, TCP and TLS.
    pub connect: Duration,
    /// Each reply but the last, the greeting included.
    pub reply: Duration,
    /// The message itself until its reply; also all of sendmail.
    pub end: Duration,
    /// How long a connection without work is kept for the next message.
    pub idle: Duration,
}

impl Default for Timeouts {
    /// RFC 5321, 4.5.3.2: five minutes a reply, ten for the last; a shorter wait there is what makes doubles.
    fn default() -> Timeouts {
        let seconds = Duration::from_secs;
        Timeouts { connect: seconds(30), reply: seconds(300), end: seconds(600), idle: seconds(30) }
    }
}

/// Why a mailer could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Certificates cannot be judged.
    #[error("the system's trusted certificates cannot be used: {0}; install ca-certificates")]
    Trust(String),
}

impl Mailer {
    /// As configured; relays are judged by the system's trusted certificates.
    pub fn new(smtp: &Smtp) -> Result<Mailer, Error> {
        let relay_with_tls = match &smtp.transport {
            config::Transport::Smtp(relay) => relay.tls != config::Tls::None,
            _ => false,
        };
        let tls = if relay_with_tls { Some(tls::of_the_system()?) } else { None };
        Ok(Mailer::build(smtp, tls))
    }

    /// As configured; relays are judged by `tls` alone, as where they have certificates of their own.
    pub fn trusting(smtp: &Smtp, tls: Arc<ClientConfig>) -> Mailer {
        Mailer::build(smtp, Some(tls))
    }

    /// With other limits than RFC 5321's.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Mailer {
        self.timeouts = timeouts;
        self
    }

    /// Hands over one message. Its bytes go out as they are.
    ///
    /// Dropping the future closes the connection; the message may then have been taken over or
    /// not. A stop should therefore leave it a few seconds.
    pub async fn send(&mut self, message: &Message) -> Verdict {
        let Ok(to) = message.subscriber.parse::<Address>() else {
            return Verdict::MessageRefused("the subscriber's name is no address".to_owned());
        };
        let to = ascii_address(&to);
        match &mut self.way {
            Way::Smtp(client) => client.send(&self.from, &to, &message.bytes, self.timeouts).await,
            Way::File(directory) => directory.keep(message).await,
            Way::Sendmail(program) => program.send(&self.from, &to, &message.bytes, self.timeouts.end).await,
        }
    }

    /// Whether the last attempt ended before the relay could be reached at all.
    pub fn unreached(&self) -> bool {
        match &self.way {
            Way::Smtp(client) => client.unreached(),
            Way::File(_) | Way::Sendmail(_) => false,
        }
    }

    /// Whether the relay listens: opens a connection, and closes it without a word.
    pub async fn reaches(&self) -> bool {
        match &self.way {
            Way::Smtp(client) => client.reaches(self.timeouts).await,
            Way::File(_) | Way::Sendmail(_) => true,
        }
    }

    /// Takes leave of the relay, for a second at most.
    pub async fn close(&mut self) {
        if let Way::Smtp(client) = &mut self.way {
            client.quit().await;
        }
    }

    fn build(smtp: &Smtp, tls: Option<Arc<ClientConfig>>) -> Mailer {
        let way = match &smtp.transport {
            config::Transport::Smtp(relay) => Way::Smtp(Box::new(smtp::Client::new(relay.clone(), tls))),
            config::Transport::File(path) => Way::File(file::Directory::new(path.clone())),
            config::Transport::Sendmail(path) => Way::Sendmail(sendmail::Program::new(path.clone())),
        };
        Mailer { from: ascii_address(&smtp.from.email), timeouts: Timeouts::default(), way }
    }
}
