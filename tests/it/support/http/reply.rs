//! What the server says to a request, and in which of many wrong ways it says it.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::Request;

/// One answer. Built from [`Reply::ok`] or its like and refined.
#[derive(Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    manner: Manner,
    conditional: bool,
    gate: Option<Gate>,
}

/// How an answer is carried.
#[derive(Clone, Copy)]
enum Manner {
    Whole,
    Chunked,
    /// `Content-Length` says so many bytes more than come.
    ShortBy(usize),
    /// The connection is reset after so many bytes of the body.
    ResetAfter(usize),
    /// A chunk whose length is no number.
    BadChunk,
    /// A byte of the body at a time.
    Drip(Duration),
    /// A byte of the head at a time.
    SlowHead(Duration),
    /// The body again and again, in chunks.
    Endless,
    /// Nothing at all, until the client leaves.
    Silence,
    /// The body is all that is sent.
    Raw,
}

/// A door that is closed until a test opens it. Clones are the same door.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// Lets everything through from now on.
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    /// Whether it has been opened.
    pub fn is_open(&self) -> bool {
        *self.0.0.lock().unwrap()
    }

    /// Waits for it, at most so long; whether it is open.
    fn wait(&self, most: Duration) -> bool {
        let open = self.0.0.lock().unwrap();
        *self.0.1.wait_timeout_while(open, most, |open| !*open).unwrap().0
    }
}

impl Reply {
    /// 200 with this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }
    }

    /// A status with an empty body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            manner: Manner::Whole,
            conditional: false,
            gate: None,
        }
    }

    /// A redirect with this status.
    pub fn redirect(status: u16, location: impl AsRef<[u8]>) -> Self {
        Self::status(status).header("Location", location)
    }

    /// These bytes and nothing else, then the connection is closed.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { manner: Manner::Raw, ..Self::ok(bytes) }
    }

    /// The request is read and never answered.
    pub fn silence() -> Self {
        Self { manner: Manner::Silence, ..Self::status(200) }
    }

    /// This body again and again, without end.
    pub fn endless(body: impl Into<Vec<u8>>) -> Self {
        Self { manner: Manner::Endless, ..Self::ok(body) }
    }

    /// One more header.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), value.as_ref().to_vec()));
        self
    }

    /// An `ETag`; a request whose `If-None-Match` is this, byte for byte, is answered 304.
    pub fn etag(self, etag: impl AsRef<[u8]>) -> Self {
        Self { conditional: true, ..self.header("ETag", etag) }
    }

    /// A `Last-Modified`, likewise.
    pub fn last_modified(self, date: impl AsRef<[u8]>) -> Self {
        Self { conditional: true, ..self.header("Last-Modified", date) }
    }

    /// The body compressed with gzip.
    pub fn gzip(mut self) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&self.body).expect("memory takes it");
        self.body = encoder.finish().expect("memory takes it");
        self.header("Content-Encoding", "gzip")
    }

    /// The body compressed with zlib, which HTTP calls deflate.
    pub fn deflate(mut self) -> Self {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&self.body).expect("memory takes it");
        self.body = encoder.finish().expect("memory takes it");
        self.header("Content-Encoding", "deflate")
    }

    /// The body as a brotli stream: one stored block (RFC 7932, 9.2) and the empty last one.
    pub fn brotli(mut self) -> Self {
        let length = u32::try_from(self.body.len()).expect("a short body") - 1;
        assert!(length < 1 << 16, "one block holds 64 KB");
        let header = length << 4 | 1 << 20;
        let mut stream = header.to_le_bytes()[..3].to_vec();
        stream.append(&mut self.body);
        stream.push(0b11);
        self.body = stream;
        self.header("Content-Encoding", "br")
    }

    /// Chunked instead of with a `Content-Length`.
    pub fn chunked(self) -> Self {
        Self { manner: Manner::Chunked, ..self }
    }

    /// Says that the body is longer than it is, and closes.
    pub fn short_by(self, bytes: usize) -> Self {
        Self { manner: Manner::ShortBy(bytes), ..self }
    }

    /// Resets the connection after so many bytes of the body.
    pub fn reset_after(self, bytes: usize) -> Self {
        Self { manner: Manner::ResetAfter(bytes), ..self }
    }

    /// The body, and then a chunk whose length is no number.
    pub fn bad_chunk(self) -> Self {
        Self { manner: Manner::BadChunk, ..self }
    }

    /// The body a byte at a time.
    pub fn drip(self, every: Duration) -> Self {
        Self { manner: Manner::Drip(every), ..self }
    }

    /// The head a byte at a time.
    pub fn slow_head(self, every: Duration) -> Self {
        Self { manner: Manner::SlowHead(every), ..self }
    }

    /// Answers only when the gate is opened.
    pub fn behind(self, gate: &Gate) -> Self {
        Self { gate: Some(gate.clone()), ..self }
    }

    /// Says it; whether the connection is good for more.
    pub(super) fn send(
        &self,
        request: &Request,
        stream: &mut impl Write,
        socket: &TcpStream,
        stop: &Gate,
    ) -> io::Result<bool> {
        while let Some(gate) = &self.gate
            && !gate.wait(Duration::from_millis(20))
            && !stop.is_open()
        {}
        if self.holds_for(request) {
            stream.write_all(&self.head(304, None))?;
            return Ok(true);
        }
        match self.manner {
            Manner::Whole => {
                let mut whole = self.head(self.status, Some(self.body.len()));
                whole.extend_from_slice(&self.body);
                stream.write_all(&whole)?;
            }
            Manner::Chunked => {
                stream.write_all(&self.head(self.status, None))?;
                write!(stream, "{:x}\r\n", self.body.len())?;
                stream.write_all(&self.body)?;
                stream.write_all(b"\r\n0\r\n\r\n")?;
            }
            Manner::Drip(every) => {
                stream.write_all(&self.head(self.status, Some(self.body.len())))?;
                drip(&self.body, every, stream, stop)?;
            }
            Manner::SlowHead(every) => {
                drip(&self.head(self.status, Some(self.body.len())), every, stream, stop)?;
                stream.write_all(&self.body)?;
            }
            _ => return self.send_badly(stream, socket, stop).map(|()| false),
        }
        stream.flush()?;
        Ok(true)
    }

    fn send_badly(&self, stream: &mut impl Write, socket: &TcpStream, stop: &Gate) -> io::Result<()> {
        match self.manner {
            Manner::ShortBy(bytes) => {
                stream.write_all(&self.head(self.status, Some(self.body.len() + bytes)))?;
                stream.write_all(&self.body)?;
            }
            Manner::ResetAfter(bytes) => {
                stream.write_all(&self.head(self.status, Some(self.body.len())))?;
                stream.write_all(&self.body[..bytes])?;
                stream.flush()?;
                socket2::SockRef::from(socket).set_linger(Some(Duration::ZERO))?;
                return Ok(());
            }
            Manner::BadChunk => {
                stream.write_all(&self.head(self.status, None))?;
                write!(stream, "{:x}\r\n", self.body.len())?;
                stream.write_all(&self.body)?;
                stream.write_all(b"\r\nxyz\r\n\r\n")?;
            }
            Manner::Endless => {
                stream.write_all(&self.head(self.status, None))?;
                while !stop.is_open() {
                    write!(stream, "{:x}\r\n", self.body.len())?;
                    stream.write_all(&self.body)?;
                    stream.write_all(b"\r\n")?;
                }
            }
            Manner::Silence => while !stop.wait(Duration::from_mins(1)) {},
            _ => stream.write_all(&self.body)?,
        }
        stream.flush()?;
        socket.shutdown(std::net::Shutdown::Write)
    }

    fn holds_for(&self, request: &Request) -> bool {
        let ours = |name: &str| {
            self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_slice())
        };
        let theirs = [("ETag", "if-none-match"), ("Last-Modified", "if-modified-since")];
        let first = theirs.iter().find_map(|(ours, theirs)| Some((*ours, request.header(theirs)?)));
        self.conditional && first.is_some_and(|(name, value)| ours(name) == Some(value))
    }

    fn head(&self, status: u16, length: Option<usize>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {status} Because\r\n").into_bytes();
        match length {
            Some(length) => head.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes()),
            None if status == 304 => {}
            None => head.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        }
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

fn drip(bytes: &[u8], every: Duration, stream: &mut impl Write, stop: &Gate) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(std::slice::from_ref(byte))?;
        stream.flush()?;
        if stop.wait(every) {
            break;
        }
    }
    Ok(())
}
