//! What the outside asks: to end (SIGTERM, SIGINT) or to read the config again (SIGHUP).

use std::io;

use tokio::signal::unix::{self, SignalKind};

/// The streams of signals. Made once, before anything is opened, so that none is ever missed.
#[derive(Debug)]
pub struct Signals {
    terminate: unix::Signal,
    interrupt: unix::Signal,
    hangup: unix::Signal,
    /// Taken so that a limit on file sizes is an error of the write and not the end of the process.
    _file_size: unix::Signal,
}

/// SIGXFSZ, the same number on every Linux.
const FILE_SIZE: i32 = 25;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// To end; the signal's name.
    End(&'static str),
    /// To read the config again.
    Reload,
}

impl Signals {
    /// Takes the signals over from the system's defaults. Needs a runtime.
    pub fn new() -> io::Result<Signals> {
        Ok(Signals {
            terminate: unix::signal(SignalKind::terminate())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
            hangup: unix::signal(SignalKind::hangup())?,
            _file_size: unix::signal(SignalKind::from_raw(FILE_SIZE))?,
        })
    }

    /// The next one; a burst of the same counts once.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Signal::End("SIGTERM"),
            _ = self.interrupt.recv() => Signal::End("SIGINT"),
            _ = self.hangup.recv() => Signal::Reload,
        }
    }

    /// Waits until the end is asked for; there is nothing to reload meanwhile.
    pub async fn end(&mut self) {
        while let Signal::Reload = self.next().await {}
    }
}
