//! A client of the web pages that sends bytes as they are given, and reads answers to their end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(40);

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 0 where nothing came that is an answer.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// As it came, chunks and all.
    pub body: String,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("a bound port").port()
}

/// A connection, once the server takes one.
pub fn connect(port: u16) -> TcpStream {
    let stream = super::daemon::eventually("a connection", || TcpStream::connect(("127.0.0.1", port)).ok());
    stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    stream
}

/// Sends bytes and reads until the server closes.
pub fn send(port: u16, request: &[u8]) -> Answer {
    let mut stream = connect(port);
    let _ = stream.write_all(request); // a server that has read enough may close
    read(&mut stream)
}

/// Reads until the server closes.
pub fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes); // a reset ends an answer as well
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Answer { status: status.unwrap_or(0), headers, body: body.to_owned() }
}

/// A GET.
pub fn get(port: u16, path: &str) -> Answer {
    send(
        port,
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes(),
    )
}

/// A POST of a form.
pub fn post(port: u16, path: &str, form: &str) -> Answer {
    post_as(port, path, "application/x-www-form-urlencoded", form)
}

/// A POST of anything.
pub fn post_as(port: u16, path: &str, kind: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    send(port, format!("{head}{body}").as_bytes())
}
