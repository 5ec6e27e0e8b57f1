//! Fetching 10,000 feeds of 8.5 KB from a server on loopback: CPU seconds per 1,000, beside
//! reqwest alone. The server is a process of its own, so that only the client's time counts.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::cast_precision_loss)] // it measures, and prints

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rasid::config::{self, Feed, Source};
use rasid::fetch::host::{Hosts, Standing};
use rasid::fetch::{Answer, Fetcher, Validators};

const FEEDS: usize = 10_000;
const AT_ONCE: usize = 64;
const BODY: usize = 8500;

fn main() {
    if std::env::args().any(|argument| argument == "serve") {
        return serve();
    }
    let mut server = Command::new(std::env::current_exe().expect("this program has a path"))
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut address = String::new();
    let stdout = server.stdout.take().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut address).expect("the server says where it is");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure(address.trim()));
    server.kill().expect("the server is ours");
    server.wait().expect("the server ends");
}

async fn measure(address: &str) {
    let settings = settings();
    let fetcher = Fetcher::new(&settings).expect("a client");
    let plain = reqwest::Client::builder().no_proxy().build().expect("a client");
    let known = Validators { etag: Some(b"\"1\"".into()), last_modified: None };
    for round in 0..3 {
        for (name, validators) in [("new", Validators::default()), ("304", known.clone())] {
            let hosts = Hosts::new(&settings);
            let (fetcher, plain) = (fetcher.clone(), plain.clone());
            let (address_of_fetcher, address) = (address.to_owned(), address.to_owned());
            let etag = validators.etag.clone();
            report(round, "rasid", name, move |number| {
                let (fetcher, hosts, validators) = (fetcher.clone(), hosts.clone(), validators.clone());
                let feed = feed(&address_of_fetcher, number);
                async move {
                    let Source::Web { url, .. } = &feed.source else { unreachable!("a web feed") };
                    let _permit = hosts.enter(url, Standing::Good).await;
                    match fetcher.fetch(&feed, None, &validators).await.expect("an answer") {
                        Answer::Document(document) => document.body.len(),
                        Answer::NotModified { .. } => 0,
                    }
                }
            })
            .await;
            report(round, "reqwest", name, move |number| {
                let mut request = plain.get(format!("http://{address}/{number}"));
                if let Some(etag) = &etag {
                    request = request.header("if-none-match", etag.as_slice());
                }
                async move {
                    let mut response = request.send().await.expect("an answer");
                    let mut length = 0;
                    while let Some(chunk) = response.chunk().await.expect("a chunk") {
                        length += chunk.len();
                    }
                    length
                }
            })
            .await;
        }
    }
}

/// Runs `fetch` for every feed, so many at once, and prints what it took.
async fn report<F, T>(round: u32, who: &str, what: &str, fetch: F)
where
    F: Fn(usize) -> T + Send + Sync + 'static,
    T: Future<Output = usize> + Send,
{
    let (fetch, next) = (Arc::new(fetch), Arc::new(AtomicUsize::new(0)));
    let (cpu, wall) = (cpu(), Instant::now());
    let workers = (0..AT_ONCE).map(|_| {
        let (fetch, next) = (Arc::clone(&fetch), Arc::clone(&next));
        tokio::spawn(async move {
            let mut length = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= FEEDS {
                    return length;
                }
                length += fetch(number).await;
            }
        })
    });
    let mut length = 0;
    for worker in workers.collect::<Vec<_>>() {
        length += worker.await.expect("a worker ends");
    }
    assert!(length == 0 || length == FEEDS * BODY, "{length}");
    let (cpu, wall) = (self::cpu().saturating_sub(cpu), wall.elapsed());
    let per_thousand = cpu.as_secs_f64() * 1000.0 / FEEDS as f64;
    println!(
        "{round} {who:8} all {what}: {per_thousand:.4} s CPU per 1,000, {:.2} s in all",
        wall.as_secs_f64()
    );
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

fn feed(address: &str, number: usize) -> Feed {
    let url = format!("http://{address}/{number}").parse().expect("a URL");
    let source = Source::Web { url, headers: Vec::new(), credentials: None };
    Feed { id: number.to_string(), source, title: None, interval: None, tags: Vec::new(), full_text: false }
}

/// User and system time of this process so far (proc(5), in ticks of 10 ms).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("an address"));
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: TcpStream) {
    let head =
        format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Type: text/xml\r\nContent-Length: {BODY}\r\n\r\n");
    let whole = [head.into_bytes(), vec![b'x'; BODY]].concat();
    let mut buffer = [0; 4096];
    while let Ok(length) = stream.read(&mut buffer)
        && length > 0
    {
        let conditional =
            buffer[..length].windows(13).any(|window| window.eq_ignore_ascii_case(b"if-none-match"));
        let reply: &[u8] =
            if conditional { b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n" } else { &whole };
        if stream.write_all(reply).is_err() {
            return;
        }
    }
}
