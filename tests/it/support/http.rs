//! An HTTP/1.1 server on a free port of 127.0.0.1 that does what a test tells it, well or badly.
//!
//! ```ignore
//! let server = Server::start();
//! server.feed("/a.xml", "<rss>…</rss>");                       // conditional, as good servers are
//! server.route("/b.xml", Reply::ok(xml).gzip().short_by(10));  // breaks off
//! server.script("/c.xml", [Reply::status(503), Reply::ok(xml)]); // the last one goes on
//! let asked = server.wait_for("/c.xml", 2);                    // what was asked, or a panic
//! ```
//!
//! A thread a connection, each test its own server; dropping it cuts what is open.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub mod reply;
pub mod tls;

pub use reply::{Gate, Reply};

/// How long a test waits for what must happen.
const DEADLINE: Duration = Duration::from_secs(20);

/// The running server.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// When its head was complete.
    pub at: Instant,
    /// Path and query.
    pub target: String,
    /// Names in lower case, values byte for byte.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_slice())
    }

    /// Whether it carries a validator.
    pub fn is_conditional(&self) -> bool {
        self.header("if-none-match").is_some() || self.header("if-modified-since").is_some()
    }
}

#[derive(Default)]
struct Shared {
    routes: Mutex<HashMap<String, Script>>,
    asked: Mutex<Vec<Request>>,
    heard: Condvar,
    connections: AtomicUsize,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
    open: Mutex<HashMap<usize, TcpStream>>,
    stop: Gate,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// The replies of a path that are still to come, last first; the first one stays.
struct Script(Vec<Reply>);

impl Server {
    /// Starts with no route: every path is 404.
    pub fn start() -> Self {
        Self::serve("http", Shared::default())
    }

    /// Starts on https with this certificate.
    pub fn start_tls(certificate: &tls::Certificate) -> Self {
        Self::serve("https", Shared { tls: Some(certificate.server()), ..Shared::default() })
    }

    fn serve(scheme: &'static str, shared: Shared) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(shared);
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Self { address, scheme, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path, such as `/a.xml`.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// Serves a feed as a good server does: with an `ETag`, 304 when asked with it.
    pub fn feed(&self, path: &str, xml: &str) {
        let etag = format!(
            "\"{:x}-{:x}\"",
            xml.len(),
            xml.bytes().fold(7_u64, |sum, byte| sum * 31 % 0xffff_ffff + u64::from(byte))
        );
        self.route(
            path,
            Reply::ok(xml).header("Content-Type", "application/rss+xml; charset=utf-8").etag(etag),
        );
    }

    /// Answers a path so from now on.
    pub fn route(&self, path: &str, reply: Reply) {
        self.script(path, [reply]);
    }

    /// Answers a path with each of these once, and then with the last one.
    pub fn script<const N: usize>(&self, path: &str, replies: [Reply; N]) {
        assert!(N > 0, "a script has a reply");
        let replies = replies.into_iter().rev().collect();
        self.shared.routes.lock().unwrap().insert(path.into(), Script(replies));
    }

    /// What was asked of a path so far, in order.
    pub fn asked(&self, path: &str) -> Vec<Request> {
        of_path(&self.shared.asked.lock().unwrap(), path)
    }

    /// Waits until a path was asked so many times; panics when that takes too long.
    #[track_caller]
    pub fn wait_for(&self, path: &str, count: usize) -> Vec<Request> {
        let asked = self.shared.asked.lock().unwrap();
        let few = |asked: &mut Vec<Request>| of_path(asked, path).len() < count;
        let (asked, waited) = self.shared.heard.wait_timeout_while(asked, DEADLINE, few).unwrap();
        let asked = of_path(&asked, path);
        assert!(!waited.timed_out(), "{path} was asked {} times, not {count}", asked.len());
        asked
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The most requests that were under way at one time.
    pub fn most_at_once(&self) -> usize {
        self.shared.most_at_once.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.open();
        for stream in self.shared.open.lock().unwrap().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        let _ = TcpStream::connect(self.address); // wakes the accepting thread
    }
}

fn of_path(asked: &[Request], path: &str) -> Vec<Request> {
    asked.iter().filter(|request| request.target == path).cloned().collect()
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().flatten() {
        if shared.stop.is_open() {
            return;
        }
        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
        if let Ok(clone) = stream.try_clone() {
            shared.open.lock().unwrap().insert(number, clone);
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            let _ = converse(&stream, &shared); // a client that leaves is no fault
            shared.open.lock().unwrap().remove(&number);
        });
    }
}

fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(tls) = &shared.tls else {
        return answer_all(&mut &*stream, stream, shared);
    };
    let connection = rustls::ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
    answer_all(&mut rustls::StreamOwned::new(connection, stream), stream, shared)
}

fn answer_all(stream: &mut (impl Read + Write), socket: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(stream, &mut buffer)? {
        let under_way = shared.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_at_once.fetch_max(under_way, Ordering::SeqCst);
        let reply = shared.reply_to(&request);
        shared.asked.lock().unwrap().push(request.clone());
        shared.heard.notify_all();
        let more = reply.send(&request, stream, socket, &shared.stop);
        shared.under_way.fetch_sub(1, Ordering::SeqCst);
        if !more? {
            break;
        }
    }
    Ok(())
}

impl Shared {
    fn reply_to(&self, request: &Request) -> Reply {
        let path = request.target.split('?').next().unwrap_or_default();
        let mut routes = self.routes.lock().unwrap();
        let Some(Script(replies)) = routes.get_mut(path) else { return Reply::status(404) };
        if replies.len() > 1 { replies.pop() } else { replies.last().cloned() }.expect("a script has a reply")
    }
}

/// The next request, or `None` where the client closes.
fn read_request(stream: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk)? {
            0 => return Ok(None),
            read => buffer.extend_from_slice(&chunk[..read]),
        }
    };
    let head: Vec<u8> = buffer.drain(..end + 4).collect();
    let mut lines = head[..end].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let headers = lines.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        Some((name, line[colon + 1..].trim_ascii().to_vec()))
    });
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Some(Request { at: Instant::now(), target, headers: headers.collect() }))
}
