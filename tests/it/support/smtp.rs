//! An SMTP server that keeps what it is sent and misbehaves on command.
//!
//! ```ignore
//! let server = SmtpServer::start();                          // takes everything
//! server.script(Rule::at(Step::Rcpt).to("dead@example.org").say("550 5.1.1 no such user"));
//! server.script(Rule::at(Step::End).times(1).cut());         // once, no reply after the last dot
//! let mails = server.wait_for(3);                            // or panics after 20 s, with the dialogue
//! server.down();                                             // connections are refused
//! server.up();                                               // same port
//! ```
//!
//! The first rule that fits a step and has times left is what happens there; where none fits, the
//! server is well behaved. Rules may be added while it runs. What a program gets wrong in the
//! protocol itself (a bare line feed, a command out of turn, AUTH not offered) is answered as a strict
//! server would, and kept in [`Log::faults`], which [`SmtpServer`] checks when it is dropped.

#![allow(unreachable_pub)] // the face of a module that is shared by the tests of one binary
#![allow(clippy::expect_used)] // what ends a test well is its panic

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use self::offer::Offer;
pub use self::script::{Rule, Step};

mod offer;
mod script;
mod session;
mod wire;

/// How long any wait may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// A message that was transferred to the last dot.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Of MAIL.
    pub from: String,
    /// Of RCPT.
    pub to: Vec<String>,
    /// As sent, dots unstuffed.
    pub bytes: Vec<u8>,
    /// Which connection, from 1.
    pub connection: usize,
    /// Whether it came under TLS.
    pub tls: bool,
    /// Who had authenticated.
    pub user: Option<String>,
    /// Whether it was answered with 250.
    pub accepted: bool,
}

/// Everything that happened.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// All transfers, also those that were not accepted.
    pub transfers: Vec<Mail>,
    /// Commands as they came (passwords too), after the number of their connection.
    pub commands: Vec<(usize, String)>,
    /// Connections so far.
    pub connections: usize,
    /// What no client should do.
    pub faults: Vec<String>,
}

impl Log {
    /// The transfers that were accepted.
    pub fn mails(&self) -> Vec<Mail> {
        self.transfers.iter().filter(|mail| mail.accepted).cloned().collect()
    }

    /// How many commands began with this word.
    pub fn count(&self, verb: &str) -> usize {
        self.commands.iter().filter(|(_, line)| line.starts_with(verb)).count()
    }
}

/// The server. Ends with its value.
pub struct SmtpServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    offer: Arc<Offer>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    log: Log,
    rules: Vec<Rule>,
    /// Raised whenever the server goes down, so that an older listener knows that it is done.
    generation: usize,
    listening: bool,
    open: Vec<TcpStream>,
}

impl SmtpServer {
    /// Plain SMTP without AUTH.
    pub fn start() -> SmtpServer {
        SmtpServer::offering(Offer::default())
    }

    /// With TLS or AUTH.
    pub fn offering(offer: Offer) -> SmtpServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let server = SmtpServer { shared, address, offer: Arc::new(offer) };
        server.listen(listener);
        server
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// For `[smtp] url`; `smtps` where the server speaks TLS from the first byte.
    pub fn url(&self) -> String {
        let scheme = if self.offer.implicit { "smtps" } else { "smtp" };
        format!("{scheme}://127.0.0.1:{}", self.port())
    }

    /// The server's certificate, its own authority; a program trusts it by `SSL_CERT_FILE`.
    pub fn certificate_pem(&self) -> &str {
        &self.offer.identity.as_ref().expect("a server with TLS").pem
    }

    /// Adds a rule after the others.
    pub fn script(&self, rule: Rule) {
        self.state().rules.push(rule);
    }

    /// What has happened so far.
    pub fn log(&self) -> Log {
        self.state().log.clone()
    }

    /// Waits until so many messages have been accepted, and returns all that have.
    #[track_caller]
    pub fn wait_for(&self, mails: usize) -> Vec<Mail> {
        self.wait_until(&format!("{mails} mails"), |log| log.mails().len() >= mails).mails()
    }

    /// Waits for a condition, looked at whenever something happens.
    #[track_caller]
    pub fn wait_until(&self, what: &str, done: impl Fn(&Log) -> bool) -> Log {
        let deadline = Instant::now() + DEADLINE;
        let mut state = self.state();
        while !done(&state.log) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {DEADLINE:?}: {:#?}", state.log.commands);
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.log.clone()
    }

    /// Stops listening and cuts every connection; returns when the port refuses.
    pub fn down(&self) {
        let mut state = self.state();
        state.generation += 1;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both); // it may be closed already
        }
        drop(state);
        let _ = TcpStream::connect(self.address); // wakes the listener, which then ends
        let mut state = self.state();
        while state.listening {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Listens again, on the same port.
    pub fn up(&self) {
        let deadline = Instant::now() + DEADLINE;
        let listener = loop {
            match TcpListener::bind(self.address) {
                Ok(listener) => break listener,
                Err(error) => assert!(Instant::now() < deadline, "the port stays taken: {error}"),
            }
        };
        self.listen(listener);
    }

    fn listen(&self, listener: TcpListener) {
        let (shared, offer) = (self.shared.clone(), self.offer.clone());
        let generation = {
            let mut state = self.state();
            state.listening = true;
            state.generation
        };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut state = shared.lock();
                if state.generation != generation {
                    break;
                }
                let Ok(stream) = stream else { continue };
                state.log.connections += 1;
                let number = state.log.connections;
                state.open.push(stream.try_clone().expect("a second handle"));
                drop(state);
                shared.changed.notify_all();
                let (shared, offer) = (shared.clone(), offer.clone());
                thread::spawn(move || session::serve(stream, number, &shared, &offer));
            }
            drop(listener);
            shared.lock().listening = false;
            shared.changed.notify_all();
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Log)) {
        change(&mut self.lock().log);
        self.changed.notify_all();
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.down();
        let faults = self.log().faults;
        assert!(thread::panicking() || faults.is_empty(), "the client broke the protocol: {faults:?}");
    }
}
