//! The way to a relay that will take mail: TCP, TLS, greeting, AUTH.
//!
//! Whatever fails here concerns the relay, never a message. Off loopback no password leaves without TLS,
//! and where TLS is asked for nothing leaves without it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Auth, Starttls};
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::link::Link;
use super::smtp::{Refusal, refusal, step};
use super::{Timeouts, Verdict, reply, tls};
use crate::config::{Relay, Tls};

/// How to reach one relay.
pub(super) struct Connector {
    /// Where it is.
    pub(super) relay: Relay,
    tls: Option<Arc<ClientConfig>>,
    credentials: Option<Credentials>,
    /// What no reply may show.
    secrets: Vec<String>,
    hello: ClientId,
    /// Whether the last attempt found nobody who listens.
    pub(super) unreached: bool,
}

impl Connector {
    pub(super) fn new(relay: Relay, tls: Option<Arc<ClientConfig>>) -> Connector {
        let own = relay.credentials.as_ref();
        let credentials = own.map(|own| Credentials::new(own.user.clone(), own.password.clone()));
        let mut secrets: Vec<String> = own.map(|own| own.password.clone()).into_iter().collect();
        if let Some(credentials) = &credentials {
            // As AUTH carries them, should a relay echo the line.
            let plain = Auth::new(Mechanism::Plain, credentials.clone(), None);
            let login = Auth::new(Mechanism::Login, credentials.clone(), Some("Password:".to_owned()));
            let lines = [plain, login].into_iter().flatten().map(|auth| auth.to_string());
            secrets.extend(lines.filter_map(|line| line.split_whitespace().last().map(str::to_owned)));
        }
        Connector { relay, tls, credentials, secrets, hello: hello(), unreached: false }
    }

    /// What the relay said, after its name, fit to be logged.
    pub(super) fn say(&self, text: &str) -> String {
        let text = reply::without(text, &self.secrets);
        format!("{}:{}: {text}", self.relay.host, self.relay.port)
    }

    /// A connection that may carry mail.
    pub(super) async fn connect(&mut self, timeouts: Timeouts) -> Result<AsyncSmtpConnection, Verdict> {
        let deadline = timeouts.connect;
        let reached = within(deadline, self.reach()).await;
        self.unreached = reached.is_err();
        let (stream, peer) = reached.map_err(|e| self.unavailable(&e))?;
        let mut connection = match self.relay.tls {
            Tls::None => self.greet(Link::new(stream, peer), timeouts.reply).await?,
            Tls::Implicit => {
                let stream = self.secure(stream, deadline).await?;
                self.greet(Link::new(stream, peer), timeouts.reply).await?
            }
            Tls::StartTls => {
                let stream = self.start_tls(stream, peer, timeouts).await?;
                self.greet(Link::greeted(stream, peer), timeouts.reply).await?
            }
        };
        let safe = self.relay.tls != Tls::None || peer.ip().to_canonical().is_loopback();
        self.authenticate(&mut connection, safe, timeouts.reply).await?;
        Ok(connection)
    }

    /// Whether somebody listens.
    pub(super) async fn reaches(&self, deadline: Duration) -> bool {
        within(deadline, self.reach()).await.is_ok()
    }

    async fn reach(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in lookup_host((self.relay.host.as_str(), self.relay.port)).await? {
            match within(Duration::from_secs(10), TcpStream::connect(address)).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok((stream, address));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The greeting and EHLO.
    async fn greet<S>(&self, link: Link<S>, wait: Duration) -> Result<AsyncSmtpConnection, Verdict>
    where
        Link<S>: AsyncTokioStream + 'static,
    {
        match timeout(wait, AsyncSmtpConnection::connect_with_transport(Box::new(link), &self.hello)).await {
            Ok(connection) => connection.map_err(|e| self.refused(refusal(&e))),
            Err(_) => Err(self.unavailable(&format!("no greeting within {}", seconds(wait)))),
        }
    }

    /// STARTTLS on a connection whose plain part ends with it.
    async fn start_tls(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        timeouts: Timeouts,
    ) -> Result<TlsStream<TcpStream>, Verdict> {
        let lost = |e: io::Error| self.unavailable(&e);
        // The socket twice: one end is lettre's until STARTTLS is accepted, and takes with it whatever
        // was sent in plain text ahead of the handshake.
        let stream = stream.into_std().map_err(lost)?;
        let twin = stream.try_clone().map_err(lost)?;
        let plain = Link::new(TcpStream::from_std(stream).map_err(lost)?, peer);
        let mut connection = self.greet(plain, timeouts.reply).await?;
        if !connection.can_starttls() {
            let missing = "the relay does not offer STARTTLS, and nothing is sent without it";
            return Err(self.refuses(&format!("{missing}; tls = \"none\" would allow it")));
        }
        step(timeouts.reply, connection.command(Starttls)).await.map_err(|e| self.refused(e))?;
        drop(connection);
        self.secure(TcpStream::from_std(twin).map_err(lost)?, timeouts.connect).await
    }

    async fn secure(&self, stream: TcpStream, deadline: Duration) -> Result<TlsStream<TcpStream>, Verdict> {
        let Some(config) = &self.tls else { return Err(self.refuses("TLS was not prepared")) };
        match timeout(deadline, tls::handshake(config, &self.relay.host, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(tls::Failure::Refused(why))) => Err(self.refuses(&format!("TLS refused: {why}"))),
            Ok(Err(tls::Failure::Lost(why))) => Err(self.unavailable(&format!("TLS handshake: {why}"))),
            Err(_) => Err(self.unavailable(&format!("no TLS within {}", seconds(deadline)))),
        }
    }

    async fn authenticate(
        &self,
        connection: &mut AsyncSmtpConnection,
        safe: bool,
        wait: Duration,
    ) -> Result<(), Verdict> {
        let Some(credentials) = &self.credentials else { return Ok(()) };
        if !safe {
            return Err(self.refuses("the password is not sent without TLS to an address off loopback"));
        }
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if connection.server_info().get_auth_mechanism(&mechanisms).is_none() {
            return Err(self.refuses("the relay offers neither AUTH PLAIN nor AUTH LOGIN"));
        }
        step(wait, connection.auth(&mechanisms, credentials)).await.map_err(|e| self.refused(e))?;
        Ok(())
    }

    /// What a refusal before MAIL means.
    fn refused(&self, refusal: Refusal) -> Verdict {
        match refusal {
            Refusal::Reply(500..=599, reply) => self.refuses(&reply),
            Refusal::Reply(_, reply) | Refusal::Lost(reply) => self.unavailable(&reply),
        }
    }

    fn refuses(&self, reason: &str) -> Verdict {
        Verdict::RelayRefusesUs(self.say(reason))
    }

    fn unavailable(&self, reason: &(impl ToString + ?Sized)) -> Verdict {
        Verdict::RelayUnavailable(self.say(&reason.to_string()))
    }
}

async fn within<T>(wait: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, format!("no connection within {}", seconds(wait)));
    timeout(wait, work).await.map_err(late)?
}

/// This host's name where it is one that EHLO may carry.
fn hello() -> ClientId {
    match ClientId::default() {
        ClientId::Domain(name)
            if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)) =>
        {
            ClientId::Domain(name)
        }
        _ => ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST),
    }
}

/// A duration for people.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f32())
}
