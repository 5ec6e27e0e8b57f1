//! 10,000 feeds of 8.5 KB from a server on loopback: CPU seconds per 1,000, beside reqwest alone and
//! reqwest with feed-rs in the same run; then the whole `rasid run --once` on 10,000 feeds of ten small
//! entries, its peak memory included. The server is a process of its own, so that only the client's
//! time counts.
//!
//! `cargo bench --bench fetch`, or `cargo bench --bench fetch -- 1000` for fewer feeds.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::cast_precision_loss, clippy::unreachable)] // it measures, and prints

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rasid::config::{self, Feed, Source};
use rasid::feed;
use rasid::fetch::host::{Hosts, Standing};
use rasid::fetch::{Answer, Fetcher, Validators};

const AT_ONCE: usize = 64;
const BODY: usize = 8500;
/// Of a feed in the whole round.
const SMALL_ENTRIES: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "serve") {
        return serve();
    }
    let feeds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(10_000);
    let mut server = Command::new(std::env::current_exe().expect("this program has a path"))
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut address = String::new();
    let stdout = server.stdout.take().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut address).expect("the server says where it is");
    let address = address.trim();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure(address, feeds));
    drop(runtime);
    whole_round(address, feeds);
    server.kill().expect("the server is ours");
    server.wait().expect("the server ends");
}

async fn measure(address: &str, feeds: usize) {
    let settings = settings();
    let fetcher = Fetcher::new(&settings).expect("a client");
    let plain = reqwest::Client::builder().no_proxy().build().expect("a client");
    let known = Validators { etag: Some(b"\"1\"".into()), last_modified: None };
    for round in 0..3 {
        for (name, validators) in [("new", Validators::default()), ("304", known.clone())] {
            for read in [false, true] {
                let hosts = Hosts::new(&settings);
                let (fetcher, plain) = (fetcher.clone(), plain.clone());
                let (address_of_fetcher, address) = (address.to_owned(), address.to_owned());
                let etag = validators.etag.clone();
                let validators = validators.clone();
                report(feeds, round, if read { "rasid, read" } else { "rasid" }, name, move |number| {
                    let (fetcher, hosts, validators) = (fetcher.clone(), hosts.clone(), validators.clone());
                    let feed = feed_of(&address_of_fetcher, number);
                    async move {
                        let Source::Web { url, .. } = &feed.source else { unreachable!("a web feed") };
                        let _permit = hosts.enter(url, Standing::Good).await;
                        match fetcher.fetch(&feed, None, &validators).await.expect("an answer") {
                            Answer::Document(document) if read => read_by_rasid(&document.body),
                            Answer::Document(_) | Answer::NotModified { .. } => 0,
                        }
                    }
                })
                .await;
                report(
                    feeds,
                    round,
                    if read { "reqwest, feed-rs" } else { "reqwest" },
                    name,
                    move |number| {
                        let mut request = plain.get(format!("http://{address}/large/{number}"));
                        if let Some(etag) = &etag {
                            request = request.header("if-none-match", etag.as_slice());
                        }
                        async move {
                            let mut response = request.send().await.expect("an answer");
                            let mut body = Vec::new();
                            while let Some(chunk) = response.chunk().await.expect("a chunk") {
                                body.extend_from_slice(&chunk);
                            }
                            if read && !body.is_empty() { read_by_feed_rs(&body) } else { 0 }
                        }
                    },
                )
                .await;
            }
        }
    }
}

fn read_by_rasid(bytes: &[u8]) -> usize {
    let input = feed::Input { bytes, content_type: None, base_url: None, max_entries: 5000 };
    feed::read(input).expect("a feed").feed.entries.len()
}

fn read_by_feed_rs(bytes: &[u8]) -> usize {
    feed_rs::parser::parse(bytes).expect("a feed").entries.len()
}

/// Runs `fetch` for every feed, so many at once, and prints what it took.
async fn report<F, T>(feeds: usize, round: u32, who: &str, what: &str, fetch: F)
where
    F: Fn(usize) -> T + Send + Sync + 'static,
    T: Future<Output = usize> + Send,
{
    let (fetch, next) = (Arc::new(fetch), Arc::new(AtomicUsize::new(0)));
    let (cpu, wall) = (cpu_of("self").expect("Linux"), Instant::now());
    let workers = (0..AT_ONCE).map(|_| {
        let (fetch, next) = (Arc::clone(&fetch), Arc::clone(&next));
        tokio::spawn(async move {
            let mut entries = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= feeds {
                    return entries;
                }
                entries += fetch(number).await;
            }
        })
    });
    let mut entries = 0;
    for worker in workers.collect::<Vec<_>>() {
        entries += worker.await.expect("a worker ends");
    }
    let cpu = cpu_of("self").expect("Linux").saturating_sub(cpu);
    println!(
        "{round} {who:16} all {what}: {:.4} s CPU per 1,000, {:.2} s in all, {entries} entries",
        per_thousand(cpu, feeds),
        wall.elapsed().as_secs_f64()
    );
}

/// `rasid run --once` twice on one database: everything is new, then nothing is.
fn whole_round(address: &str, feeds: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = String::from(
        "[storage]\npath = \"rasid.db\"\n[fetch]\nallow_private = true\nper_host = 64\n[smtp]\nurl = \"file:outbox\"\nfrom = \"a@example.org\"\n",
    );
    for number in 0..feeds {
        let _ = writeln!(config, "[[feeds]]\nid = \"f{number}\"\nurl = \"http://{address}/small/{number}\"");
    }
    config.push_str("[[rules]]\nid = \"r\"\nany = [\"انسحاب القوات\"]\n[[subscribers]]\nemail = \"b@example.org\"\nrules = [\"*\"]\n");
    let path = folder.path().join("config.toml");
    std::fs::write(&path, config).expect("the config is written");
    for what in ["new", "304"] {
        let wall = Instant::now();
        let mut run = Command::new(env!("CARGO_BIN_EXE_rasid"))
            .args(["run", "--once", "--config"])
            .arg(&path)
            .env("RUST_LOG", "warn")
            .spawn()
            .expect("rasid starts");
        let process = run.id().to_string();
        let (mut cpu, mut peak) = (Duration::ZERO, String::new());
        while run.try_wait().expect("rasid is ours").is_none() {
            cpu = cpu_of(&process).unwrap_or(cpu);
            peak = peak_of(&process).unwrap_or(peak);
            std::thread::sleep(Duration::from_millis(10));
        }
        println!(
            "run --once, {SMALL_ENTRIES} small entries a feed, all {what}: {:.4} s CPU per 1,000, {:.2} s in all, peak {}",
            per_thousand(cpu, feeds),
            wall.elapsed().as_secs_f64(),
            peak.trim()
        );
    }
}

fn per_thousand(cpu: Duration, feeds: usize) -> f64 {
    cpu.as_secs_f64() * 1000.0 / feeds as f64
}

fn settings() -> config::Fetch {
    config::Fetch {
        interval: Duration::from_mins(10),
        min_interval: Duration::from_mins(1),
        timeout: Duration::from_secs(20),
        max_body: 10_000_000,
        max_entries: 5000,
        concurrency: AT_ONCE,
        per_host: AT_ONCE,
        host_spacing: Duration::ZERO,
        user_agent: "rasid-bench".into(),
        allow_private: true,
        ..config::Fetch::default()
    }
}

fn feed_of(address: &str, number: usize) -> Feed {
    let url = format!("http://{address}/large/{number}").parse().expect("a URL");
    let source = Source::Web { url, headers: Vec::new(), credentials: None };
    Feed { id: number.to_string(), source, title: None, interval: None, tags: Vec::new(), full_text: false }
}

/// User and system time of a process so far (proc(5), in ticks of 10 ms).
fn cpu_of(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = fields.get(11..13)?.iter().map(|field| field.parse::<u64>().unwrap_or_default()).sum::<u64>();
    Some(Duration::from_millis(ticks * 10))
}

fn peak_of(process: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(str::to_owned)
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("an address"));
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

/// Answers `GET /large/NUMBER` and `GET /small/NUMBER`.
fn answer(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(length) = stream.read(&mut buffer)
        && length > 0
    {
        let request = String::from_utf8_lossy(&buffer[..length]).to_ascii_lowercase();
        let path = request.split(' ').nth(1).unwrap_or_default();
        let reply = if request.contains("if-none-match") {
            "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n".to_owned()
        } else {
            let body = if path.starts_with("/large") { large(path) } else { small(path) };
            let length = body.len();
            format!(
                "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        };
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

const SENTENCE: &str = "أعلنت الحكومة أن المفاوضات بشأن الحدود تستمر أسبوعا آخر بعد لقاء في العاصمة. ";

/// A feed of [`BODY`] bytes, filled up by a comment.
fn large(path: &str) -> String {
    let paragraph = format!("&lt;p&gt;{}&lt;/p&gt;", SENTENCE.repeat(3));
    let mut body = document((0..12).map(|item| (format!("{path}/{item}"), paragraph.as_str())));
    let missing = BODY.saturating_sub(body.len() + "<!---->".len());
    let _ = write!(body, "<!--{}-->", "x".repeat(missing));
    body
}

fn small(path: &str) -> String {
    document((0..SMALL_ENTRIES).map(|item| (format!("{path}/{item}"), SENTENCE)))
}

fn document<'t>(items: impl Iterator<Item = (String, &'t str)>) -> String {
    let mut body = String::from("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>نشرة</title>");
    for (name, text) in items {
        let _ = write!(
            body,
            "<item><title>خبر {name}</title><link>http://a.example{name}</link><guid>{name}</guid><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate><description>{text}</description></item>"
        );
    }
    body + "</channel></rss>"
}
