//! Some seventy hostile endpoints beside healthy feeds: the healthy ones are told as if they were alone,
//! memory stays bounded, and nothing private is reached.
//!
//! `RASID_TEST_HOSTILE=600 cargo test --release --test it hostile -- --nocapture` does it for ten minutes
//! and prints the figures; see `.ci/hostile`.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::{Reply, Server};
use crate::support::smtp::SmtpServer;

const HEALTHY: usize = 4;
/// What the figures must keep to.
const P95: Duration = Duration::from_secs(10);
const PEAK: usize = 150_000; // kB

/// A listener that nobody may ever reach, at an address that is not allowed.
struct Canary {
    port: u16,
    touched: Arc<AtomicUsize>,
}

impl Canary {
    fn start() -> Canary {
        let listener = TcpListener::bind("127.0.0.2:0").expect("all of 127/8 is ours");
        let port = listener.local_addr().unwrap().port();
        let touched = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&touched);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Canary { port, touched }
    }
}

/// Every way that we know in which a server answers badly.
fn replies(web: &Server, canary: u16) -> Vec<Reply> {
    let tick = Duration::from_millis(200);
    let feed = rss(&[("1", "خبر", "نص.")]);
    let zeros = vec![0; 64 << 20];
    let many = (0..500).fold(Reply::ok(&*feed), |reply, n| reply.header(&format!("X-{n}"), "x"));
    let mut replies = vec![
        Reply::silence(),
        Reply::silence(),
        Reply::ok(&*feed).drip(tick),
        Reply::ok(&*feed).slow_head(tick),
        Reply::redirect(301, "/x").slow_head(tick),
        Reply::endless("<item><title>x</title></item>".repeat(100)),
        Reply::endless("x".repeat(1 << 16)),
        Reply::ok(zeros.clone()).gzip(),
        Reply::ok(zeros).deflate(),
        Reply::ok(&*feed).short_by(100),
        Reply::ok(&*feed).reset_after(20),
        Reply::ok(&*feed).bad_chunk(),
        Reply::ok(&*feed).gzip().short_by(8),
        Reply::ok(&*feed).gzip().gzip(),
        Reply::ok(&*feed).header("Content-Encoding", "gzip"),
        Reply::ok(&*feed).header("Content-Encoding", "zstd"),
        Reply::raw([0xff; 3000]),
        Reply::raw(&*feed),
        Reply::raw(""),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Le"),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhello"),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello"),
        Reply::ok(&*feed).header("X", "x".repeat(1 << 20)),
        many,
        Reply::ok(&*feed).header("Set-Cookie", "id=1; Path=/"),
        Reply::status(204),
        Reply::status(206),
        Reply::status(304),
        Reply::status(401),
        Reply::status(404),
        Reply::status(410),
        Reply::status(429).header("Retry-After", "2"),
        Reply::status(500),
        Reply::status(503).header("Retry-After", "99999999999999999999"),
        Reply::status(301),
        Reply::ok("<!DOCTYPE html><html><title>Just a moment...</title>captcha</html>"),
        Reply::ok("{\"error\": 1}"),
        Reply::ok("[".repeat(1 << 20)),
        Reply::ok(""),
        Reply::redirect(301, web.url("/loop.xml")),
        Reply::redirect(302, "file:///etc/passwd"),
        Reply::redirect(302, "gopher://127.0.0.1/"),
        Reply::redirect(302, "data:text/xml,<rss/>"),
        Reply::redirect(302, format!("/{}", "x".repeat(100_000))),
    ];
    for host in [
        "127.0.0.2",
        "127.2",
        "2130706434",
        "0x7f.2",
        "0177.0.0.2",
        "[::ffff:127.0.0.2]",
        "[::1]",
        "0.0.0.0",
        "[64:ff9b::7f00:2]",
        "example.org@127.0.0.2",
        "10.0.0.1",
        "169.254.169.254",
        "localhost",
    ] {
        replies.push(Reply::redirect(302, format!("http://{host}:{canary}/a.xml")));
    }
    replies.extend(documents(canary).into_iter().map(Reply::ok));
    replies
}

/// Documents that are hostile to whoever reads them.
fn documents(canary: u16) -> Vec<Vec<u8>> {
    let within = |inner: &str| format!("<rss version='2.0'><channel><title>ر</title>{inner}</channel></rss>");
    let laughs = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>";
    let outside = format!(
        "<!DOCTYPE rss [<!ENTITY x SYSTEM 'http://127.0.0.2:{canary}/x'><!ENTITY y SYSTEM 'file:///etc/passwd'>]>"
    );
    let items = |count: usize| -> String {
        (0..count)
            .fold(String::new(), |all, n| all + &format!("<item><guid>{n}</guid><title>خبر</title></item>"))
    };
    let mut documents: Vec<Vec<u8>> = [
        laughs.to_owned() + &within("<item><title>&c;&c;</title></item>"),
        outside + &within("<item><title>&x;&y;</title></item>"),
        within(&("<a>".repeat(200_000) + "<item><title>x</title></item>")),
        within(&format!("<item><title>{}</title></item>", "<b>".repeat(100_000))),
        within(&items(50_000)),
        within(&format!("<item><title>{}</title></item>", "طويل ".repeat(200_000))),
        within("<item><title>a\r\nBcc: x@example.org\r\n\r\n.\r\n</title></item>"),
        within("<item><title>\u{202e}\u{2066}abc</title><description>\u{0}\u{1}</description></item>"),
        within("<item><title>x</title><pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate></item>"),
        within(&"<item><guid>1</guid><title>x</title></item>".repeat(1000)),
        within("<item><title>x</title><link>javascript:alert(1)</link></item>"),
        within(&"&".repeat(300_000)),
        within(&"<![CDATA[".repeat(50_000)),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    documents.push(
        [b"<rss version='2.0'><channel><item><title>".as_slice(), &[0xff, 0xfe, 0xd8, 0x80].repeat(10_000)]
            .concat(),
    );
    documents
}

/// The most that the daemon ever held in memory, in kB.
fn peak(running: &Daemon) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.pid())).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("Linux says it");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

struct World {
    web: Server,
    relay: SmtpServer,
    canary: Canary,
    place: Place,
    hostile: usize,
}

fn world() -> World {
    let (web, bad, relay, canary) = (Server::start(), Server::start(), SmtpServer::start(), Canary::start());
    let mut settings = Settings::new(&relay.url())
        .fetch("allow_private", "false")
        .fetch("allow_networks", "[\"127.0.0.1\"]")
        .fetch("timeout", "\"5s\"")
        .subscriber("amal@example.org");
    let replies = replies(&bad, canary.port);
    let hostile = replies.len() + 3;
    bad.route("/loop.xml", Reply::redirect(301, "/loop.xml"));
    for (number, reply) in replies.into_iter().enumerate() {
        let path = format!("/{number}.xml");
        bad.route(&path, reply);
        settings = settings.feed(&format!("bad{number}"), &bad.url(&path));
    }
    // Nobody at the port, no such name, and no TLS where it should be.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    settings = settings
        .feed("nobody", &format!("http://{free}/"))
        .feed("nowhere", "http://rasid.invalid/")
        .feed("plain", &bad.url("/tls.xml").replace("http:", "https:"));
    for number in 0..HEALTHY {
        web.feed(&format!("/{number}.xml"), &rss(&[]));
        settings = settings.feed(&format!("good{number}"), &web.url(&format!("/{number}.xml")));
    }
    std::mem::forget(bad); // it answers as long as the test runs
    World { web, relay, canary, place: Place::new(&settings), hostile }
}

#[test]
fn healthy_feeds_are_told_in_time_beside_hostile_ones() {
    let seconds = std::env::var("RASID_TEST_HOSTILE").ok().and_then(|seconds| seconds.parse().ok());
    let world = world();
    let running = world.place.start();
    (0..HEALTHY).for_each(|number| drop(world.web.wait_for(&format!("/{number}.xml"), 1)));
    let begin = Instant::now();
    let mut delays = Vec::new();
    let mut round = 0;
    while begin.elapsed() < Duration::from_secs(seconds.unwrap_or(20)) {
        round += 1;
        let published = Instant::now();
        for number in 0..HEALTHY {
            let guid = format!("r{round}f{number}");
            let title = format!("التحالف الدولي {round} {number}");
            world.web.feed(&format!("/{number}.xml"), &rss(&[(&guid, &title, "نص.")]));
        }
        let mut missing: Vec<String> =
            (0..HEALTHY).map(|number| format!("news.example/r{round}f{number}")).collect();
        let mut read = 0;
        eventually("all are told", || {
            let mails = world.relay.log().mails();
            for mail in &mails[read..] {
                let parsed = MessageParser::default().parse(&mail.bytes).expect("a mail");
                let text = parsed.body_text(0).expect("text").into_owned();
                let before = missing.len();
                missing.retain(|link| !text.contains(link.as_str()));
                delays.resize(delays.len() + before - missing.len(), published.elapsed());
            }
            read = mails.len();
            missing.is_empty().then_some(())
        });
    }
    let peak = peak(&running);
    let ended = running.stop();
    delays.sort_unstable();
    let p95 = delays[delays.len() * 95 / 100];
    let median = delays[delays.len() / 2];
    let touched = world.canary.touched.load(Ordering::SeqCst);
    println!(
        "{} hostile endpoints beside {HEALTHY} healthy feeds at 1 s polls for {} s: {} entries told, median {median:.1?}, \
         p95 {p95:.1?}, peak {} MB, canary touched {touched} times, SIGTERM took {:.1?}",
        world.hostile,
        begin.elapsed().as_secs(),
        delays.len(),
        peak / 1000,
        ended.took
    );
    assert_eq!((ended.code, touched), (0, 0), "{}", ended.log);
    assert!(ended.took < Duration::from_secs(5) && p95 <= P95 && peak <= PEAK);
    assert!(!ended.log.contains("panicked") && !ended.log.contains("root:x:0"), "{}", ended.log);
}
