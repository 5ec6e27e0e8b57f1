//! Signals at bad moments: while it starts, in bursts, and a stop of the whole process that ends again.

use std::time::Duration;

use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::smtp::{Rule, SmtpServer, Step};

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

/// −1 is the system's own end of a process that had not yet come as far as its first line.
#[test]
fn sigterm_while_it_starts_ends_it_and_leaves_nothing_broken() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let place =
        Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org"));
    for milliseconds in [0, 2, 5, 10, 20, 50, 100] {
        let running = place.start();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let ended = running.stop();
        assert!(ended.took < Duration::from_secs(5), "{:?}", ended.took);
        let had_begun = ended.log.contains("started");
        assert!(ended.code == 0 || (ended.code == -1 && !had_begun), "{} {}", ended.code, ended.log);
    }
    let running = place.start();
    relay.wait_for(1);
    assert_eq!(running.stop().code, 0);
    assert_eq!(relay.log().mails().len(), 1, "told once");
}

#[test]
fn sigterm_between_data_and_250_waits_for_the_250() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    relay.script(Rule::at(Step::End).times(1).slow(Duration::from_secs(1)));
    let place =
        Place::new(&Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org"));
    let running = place.start();
    relay.wait_until("the message was sent", |log| log.count("DATA") > 0);
    let ended = running.stop();
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert!(ended.took < Duration::from_secs(5), "{:?}", ended.took);
    let running = place.start();
    web.wait_for("/a.xml", web.asked("/a.xml").len() + 2);
    assert_eq!(running.stop().code, 0);
    assert_eq!(relay.log().mails().len(), 1, "it was recorded as sent");
}

#[test]
fn a_burst_of_sighup_ends_with_the_last_config_and_asks_nothing_again() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url())
        .fetch("interval", "\"1h\"")
        .feed("a", &web.url("/a.xml"))
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_for(1);
    let hidden = place.path("hidden.toml");
    for round in 0..60 {
        match round % 3 {
            0 => place.configure("[broken"),
            1 => place.configure(&settings.toml()),
            // Neither a file nor missing, as for a reader without the right.
            _ => {
                std::fs::rename(place.path("config.toml"), &hidden).expect("moved");
                std::fs::create_dir(place.path("config.toml")).expect("made");
                running.signal("HUP");
                std::fs::remove_dir(place.path("config.toml")).expect("removed");
                std::fs::rename(&hidden, place.path("config.toml")).expect("moved back");
            }
        }
        running.signal("HUP");
    }
    web.feed("/b.xml", &rss(&[("2", "التحالف الدولي ثانية", "نص.")]));
    place.configure(&settings.feed("b", &web.url("/b.xml")).toml());
    running.signal("HUP");
    relay.wait_for(2);
    assert_eq!(running.stop().code, 0);
    assert_eq!(web.asked("/a.xml").len(), 1, "a feed that stays keeps its time");
    assert_eq!(relay.log().mails().len(), 2);
}

#[test]
fn stopped_for_six_seconds_it_goes_on_without_a_storm() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let mut settings = Settings::new(&relay.url()).subscriber("amal@example.org");
    for number in 0..20 {
        let path = format!("/{number}.xml");
        web.feed(&path, &rss(&[]));
        settings = settings.feed(&number.to_string(), &web.url(&path));
    }
    let place = Place::new(&settings);
    let running = place.start();
    for number in 0..20 {
        web.wait_for(&format!("/{number}.xml"), 1);
    }
    let asked = || (0..20).map(|number| web.asked(&format!("/{number}.xml")).len()).sum::<usize>();
    running.signal("STOP");
    let before = asked();
    std::thread::sleep(Duration::from_secs(6));
    web.feed("/7.xml", &rss(ITEMS));
    running.signal("CONT");
    running.wait_log(&["polling goes on after a pause"]);
    relay.wait_for(1);
    // Each feed is asked once for all that it missed, and then at its pace.
    let times = 20 * 5;
    eventually("four more rounds", || (asked() >= before + times).then_some(()));
    let log = running.stop();
    assert_eq!(log.code, 0, "{}", log.log);
    assert_eq!(relay.log().mails().len(), 1, "told once");
}

/// A service manager that watches is told nothing while the process is stopped, and all is well afterwards.
#[test]
fn it_proves_itself_again_after_a_stop() {
    let relay = SmtpServer::start();
    let place = Place::new(&Settings::new(&relay.url()).subscriber("amal@example.org"));
    let socket = std::os::unix::net::UnixDatagram::bind(place.path("notify")).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut command = place.command(&["run"]);
    command.env("NOTIFY_SOCKET", place.path("notify")).env("WATCHDOG_USEC", "2000000");
    let running = Daemon::start(command);
    let wait = |expected: &str| {
        let mut buffer = [0; 4096];
        loop {
            let length = socket.recv(&mut buffer).expect("a notice");
            if String::from_utf8_lossy(&buffer[..length]).contains(expected) {
                return;
            }
        }
    };
    wait("WATCHDOG=1");
    running.signal("STOP");
    std::thread::sleep(Duration::from_secs(3));
    running.signal("CONT");
    wait("WATCHDOG=1");
    wait("WATCHDOG=1");
    let ended = running.stop();
    assert_eq!(ended.code, 0);
    assert!(!ended.log.contains("does not answer"), "{}", ended.log);
}
