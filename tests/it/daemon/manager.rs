//! What the service manager is told, on a socket of the test's own.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::support::daemon::{Daemon, Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

/// Reads notices until one holds `expected`; panics where none comes.
#[track_caller]
fn wait_notice(socket: &UnixDatagram, expected: &str) {
    let mut buffer = [0; 4096];
    loop {
        let length = socket.recv(&mut buffer).unwrap_or_else(|_| panic!("no notice with {expected}"));
        if String::from_utf8_lossy(&buffer[..length]).contains(expected) {
            return;
        }
    }
}

#[test]
fn ready_status_watchdog_reloading_stopping() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(&[]));
    let place =
        Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org"));
    let socket = UnixDatagram::bind(place.path("notify")).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut command = place.command(&["run"]);
    command.env("NOTIFY_SOCKET", place.path("notify")).env("WATCHDOG_USEC", "2000000");
    let running = Daemon::start(command);
    wait_notice(&socket, "READY=1");
    wait_notice(&socket, "STATUS=1 feed");
    for _ in 0..3 {
        wait_notice(&socket, "WATCHDOG=1");
    }
    running.signal("HUP");
    wait_notice(&socket, "RELOADING=1");
    wait_notice(&socket, "READY=1");
    running.signal("TERM");
    wait_notice(&socket, "STOPPING=1");
    assert_eq!(running.wait().code, 0);
}
