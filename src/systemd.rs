//! What the service manager is told: ready, reloading, stopping, alive. Without one, nothing.

use std::time::Duration;

use sd_notify::NotifyState;

/// The daemon polls and delivers.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// A new config is being read; [`ready`] follows, whatever became of it.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        // Newer service managers want to know since when.
        Ok(since) => tell(&[NotifyState::Reloading, since]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// The daemon has been asked to end.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The daemon has proved that it works.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// One line for `systemctl status`.
pub fn status(line: &str) {
    tell(&[NotifyState::Status(line)]);
}

/// How long the service manager waits for [`alive`] before it restarts the daemon, if it does.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}
