//! The stream under an SMTP dialogue.
//!
//! What is written leaves when an answer is waited for, so that a message and its final dot share a
//! packet; what is read is counted, so that no reply is endless, and is ASCII.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are gathered before they leave unasked.
const GATHERED: usize = 64 * 1024;
/// Bytes of an answer; lettre takes time by the square of it.
const ANSWER: usize = 16 * 1024;

/// A connection to a relay, plain or under TLS.
#[derive(Debug)]
pub(super) struct Link<S> {
    stream: S,
    peer: SocketAddr,
    /// Read before anything that the relay says.
    greeting: &'static [u8],
    out: Vec<u8>,
    /// Bytes of `out` that have left.
    left: usize,
    /// Bytes read since the last were written.
    read: usize,
    /// Whether the relay has said 421, after which nothing is to be waited for.
    closing: bool,
}

impl<S> Link<S> {
    /// A link whose relay greets.
    pub(super) fn new(stream: S, peer: SocketAddr) -> Link<S> {
        Link { stream, peer, greeting: b"", out: Vec::new(), left: 0, read: 0, closing: false }
    }

    /// A link on which the relay has greeted already, before STARTTLS: the dialogue begins anew, and nothing
    /// that was said in plain text is carried into it.
    pub(super) fn greeted(stream: S, peer: SocketAddr) -> Link<S> {
        Link { greeting: b"220 TLS\r\n", ..Link::new(stream, peer) }
    }
}

impl<S: AsyncWrite + Unpin> Link<S> {
    /// Writes what was gathered.
    fn poll_leave(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.out.is_empty() {
            return Poll::Ready(Ok(()));
        }
        while self.left < self.out.len() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.out[self.left..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.left += written,
            }
        }
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.out.clear();
        self.left = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Link<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.greeting.is_empty() {
            let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
            buf.put_slice(now);
            self.greeting = later;
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_leave(cx))?;
        if self.closing && self.read == 0 {
            return Poll::Ready(Ok(())); // the end, which some relays leave to the client
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let read = &mut buf.filled_mut()[before..];
        // A reply in windows-1256 is still a reply: its code counts.
        read.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
        self.closing |= self.read == 0 && read.starts_with(b"421");
        self.read += read.len();
        if self.read > ANSWER {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the reply has no end")));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Link<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.out.len() >= GATHERED {
            ready!(self.poll_leave(cx))?;
        }
        let taken = bytes.len().min(GATHERED);
        self.out.extend_from_slice(&bytes[..taken]);
        self.read = 0;
        Poll::Ready(Ok(taken))
    }

    /// Does nothing: lettre flushes after every write, and reading is what makes bytes leave.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_leave(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S> AsyncTokioStream for Link<S>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug,
{
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
