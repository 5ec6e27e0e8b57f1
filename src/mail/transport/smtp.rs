//! SMTP, one recipient a message, on one connection that is kept while there is work.
//!
//! Each step is taken by itself, so that it is known what a refusal concerns: up to AUTH the relay as
//! a whole, from MAIL on the message, but for 421, which closes the relay's service.

use std::error::Error as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::{Instant, timeout};

use super::connect::{self, Connector};
use super::{Timeouts, Verdict, reply};
use crate::config::Relay;

/// A relay, and the connection to it that is idle.
pub(super) struct Client {
    connector: Connector,
    idle: Option<Session>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("relay", &self.connector.relay).finish_non_exhaustive()
    }
}

/// A connection on which mail may be sent.
struct Session {
    connection: AsyncSmtpConnection,
    /// When it was last of use.
    used: Instant,
    /// Whether a transaction was begun that did not end.
    unfinished: bool,
}

/// What a step brought instead of a positive reply.
pub(super) enum Refusal {
    /// A reply: its code, and all of it on one line.
    Reply(u16, String),
    /// No reply, or none that can be understood; the connection is of no more use.
    Lost(String),
}

/// How a transaction ended.
enum End {
    /// The message was judged.
    Judged(Verdict),
    /// The relay had closed the connection before it took up the message.
    Stale(Verdict),
}

impl Client {
    pub(super) fn new(relay: Relay, tls: Option<Arc<rustls::ClientConfig>>) -> Client {
        Client { connector: Connector::new(relay, tls), idle: None }
    }

    /// Sends one message to one recipient.
    pub(super) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        bytes: &[u8],
        timeouts: Timeouts,
    ) -> Verdict {
        let kept = self.idle.take().filter(|session| session.used.elapsed() < timeouts.idle);
        if let Some(session) = kept
            && let End::Judged(verdict) = self.transact(session, from, to, bytes, timeouts).await
        {
            return verdict;
        }
        let connection = match self.connector.connect(timeouts).await {
            Ok(connection) => connection,
            Err(verdict) => return verdict,
        };
        let session = Session { connection, used: Instant::now(), unfinished: false };
        match self.transact(session, from, to, bytes, timeouts).await {
            End::Judged(verdict) | End::Stale(verdict) => verdict,
        }
    }

    /// Whether the last connection failed before the relay was reached.
    pub(super) fn unreached(&self) -> bool {
        self.connector.unreached
    }

    /// Whether the relay takes connections.
    pub(super) async fn reaches(&self, timeouts: Timeouts) -> bool {
        self.connector.reaches(timeouts.connect).await
    }

    /// Says QUIT on the idle connection.
    pub(super) async fn quit(&mut self) {
        if let Some(mut session) = self.idle.take() {
            // Whether the relay answers is of no interest.
            let _ = timeout(Duration::from_secs(1), session.connection.quit()).await;
        }
    }

    /// One transaction; the connection is kept where it can be.
    async fn transact(
        &mut self,
        mut session: Session,
        from: &Address,
        to: &Address,
        bytes: &[u8],
        timeouts: Timeouts,
    ) -> End {
        let parameters = match parameters(&session.connection, from, to, bytes) {
            Ok(parameters) => parameters,
            Err(verdict) => {
                self.idle = Some(session);
                return End::Judged(verdict);
            }
        };
        if let Err(refusal) = session.begin(from, parameters, timeouts.reply).await {
            let verdict = self.judge(refusal, session, Verdict::RelayUnavailable);
            let gone = matches!(verdict, Verdict::RelayUnavailable(_));
            return if gone { End::Stale(verdict) } else { End::Judged(verdict) };
        }
        match session.transfer(to, bytes, timeouts).await {
            Ok(accepted) => {
                session.used = Instant::now();
                self.idle = Some(session);
                End::Judged(Verdict::Accepted(self.connector.say(&line(&accepted))))
            }
            // The relay had taken up the message: what became of it is this message's affair, lest one that
            // makes a relay hang up stands before all the others.
            Err(refusal) => End::Judged(self.judge(refusal, session, Verdict::MessageDeferred)),
        }
    }

    /// What a refusal from MAIL on means; keeps the connection if it can still be used.
    fn judge(&mut self, refusal: Refusal, mut session: Session, lost: fn(String) -> Verdict) -> Verdict {
        let (code, reply) = match refusal {
            Refusal::Lost(reason) => return lost(self.connector.say(&reason)),
            Refusal::Reply(code, reply) => (code, self.connector.say(&reply)),
        };
        if code == 421 {
            return Verdict::RelayUnavailable(reply);
        }
        session.used = Instant::now();
        self.idle = Some(session);
        match code {
            400..=499 => Verdict::MessageDeferred(reply),
            // AUTH is required, or more than was offered: no message would fare better.
            530 | 534 | 535 | 538 => Verdict::RelayRefusesUs(reply),
            _ => Verdict::MessageRefused(reply),
        }
    }
}

impl Session {
    /// Everything up to MAIL.
    async fn begin(
        &mut self,
        from: &Address,
        parameters: Vec<MailParameter>,
        wait: Duration,
    ) -> Result<(), Refusal> {
        if self.unfinished {
            let reset = step(wait, self.connection.command(Rset)).await;
            // Refused or lost, it says that this connection is done, and nothing of the message.
            reset.map_err(|_| Refusal::Lost("the connection cannot be used again".to_owned()))?;
        }
        self.unfinished = true;
        let mail = Mail::new(Some(from.clone()), parameters);
        let reply = step(wait, self.connection.command(mail)).await?;
        expect(&reply, Severity::PositiveCompletion)
    }

    /// RCPT, DATA and the message.
    async fn transfer(
        &mut self,
        to: &Address,
        bytes: &[u8],
        timeouts: Timeouts,
    ) -> Result<Response, Refusal> {
        let rcpt = Rcpt::new(to.clone(), Vec::new());
        expect(&step(timeouts.reply, self.connection.command(rcpt)).await?, Severity::PositiveCompletion)?;
        expect(&step(timeouts.reply, self.connection.command(Data)).await?, Severity::PositiveIntermediate)?;
        // lettre ends the last line itself.
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        // Once the last dot is out the transaction has ended, however the relay answers.
        self.unfinished = false;
        let reply = step(timeouts.end, self.connection.message(bytes)).await?;
        expect(&reply, Severity::PositiveCompletion)?;
        Ok(reply)
    }
}

/// Awaits the reply to one step.
pub(super) async fn step(
    wait: Duration,
    reply: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Refusal> {
    match timeout(wait, reply).await {
        Ok(reply) => reply.map_err(|error| refusal(&error)),
        Err(_) => Err(Refusal::Lost(format!("no reply within {}", connect::seconds(wait)))),
    }
}

/// Refuses a positive reply of the wrong kind: the relay is out of step, and must be sent no more.
fn expect(reply: &Response, severity: Severity) -> Result<(), Refusal> {
    if reply.code().severity == severity {
        return Ok(());
    }
    Err(Refusal::Lost(format!("unexpected reply: {}", line(reply))))
}

/// What lettre's error says of the relay.
pub(super) fn refusal(error: &Error) -> Refusal {
    let said = error.source().map(ToString::to_string);
    match (error.status(), said) {
        (Some(code), said) => Refusal::Reply(code.into(), format!("{code} {}", said.unwrap_or_default())),
        (None, Some(said)) => Refusal::Lost(said),
        (None, None) => Refusal::Lost(error.to_string()),
    }
}

fn line(reply: &Response) -> String {
    let text: Vec<&str> = reply.message().collect();
    reply::one_line(&format!("{} {}", reply.code(), text.join(" ")))
}

/// What MAIL has to announce.
fn parameters(
    connection: &AsyncSmtpConnection,
    from: &Address,
    to: &Address,
    bytes: &[u8],
) -> Result<Vec<MailParameter>, Verdict> {
    let offers = |extension| connection.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !ascii(from) || !ascii(to) {
        if !offers(Extension::SmtpUtfEight) {
            let reason = "the relay takes no address with letters beyond ASCII (no SMTPUTF8)";
            return Err(Verdict::MessageRefused(reason.to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() && offers(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}
