//! A relay that takes everything as fast as a loopback allows, and counts.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Instant;

/// The relay. Lives as long as the process.
#[derive(Clone)]
pub(crate) struct Sink {
    port: u16,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// How many messages were taken, when the first was begun and when the last was taken.
    mails: Mutex<(usize, Option<Instant>, Option<Instant>)>,
    taken: Condvar,
}

impl Sink {
    /// With the extensions that it offers, such as `PIPELINING`.
    pub(crate) fn start(offers: &'static [&'static str]) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Sink { port: listener.local_addr().unwrap().port(), seen: Arc::default() };
        let seen = sink.seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                seen.connections.fetch_add(1, Ordering::Relaxed);
                let seen = seen.clone();
                thread::spawn(move || serve(&stream, &seen, offers));
            }
        });
        sink
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// Waits for so many messages; the seconds from the first MAIL to the last 250.
    pub(crate) fn wait_for(&self, mails: usize) -> f64 {
        let taken = self.seen.mails.lock().unwrap();
        let taken = self.seen.taken.wait_while(taken, |(taken, ..)| *taken < mails).unwrap();
        (taken.2.unwrap() - taken.1.unwrap()).as_secs_f64()
    }
}

fn serve(stream: &TcpStream, seen: &Seen, offers: &[&str]) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut input = BufReader::with_capacity(64 * 1024, stream);
    let mut output = BufWriter::new(stream);
    output.write_all(b"220 sink ESMTP\r\n").ok()?;
    let mut line = Vec::new();
    let mut message = Vec::new();
    loop {
        // What was asked together is answered together.
        if input.buffer().is_empty() {
            output.flush().ok()?;
        }
        line.clear();
        if input.by_ref().take(4096).read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        match line.get(..4)?.to_ascii_uppercase().as_slice() {
            b"EHLO" => {
                for offer in offers {
                    write!(output, "250-{offer}\r\n").ok()?;
                }
                output.write_all(b"250 8BITMIME\r\n").ok()?;
            }
            b"MAIL" => {
                seen.mails.lock().unwrap().1.get_or_insert_with(Instant::now);
                output.write_all(b"250 2.1.0 Ok\r\n").ok()?;
            }
            b"DATA" => {
                output.write_all(b"354 go on\r\n").ok()?;
                output.flush().ok()?;
                message.clear();
                while !message.ends_with(b"\r\n.\r\n") {
                    input.read_until(b'\n', &mut message).ok()?;
                }
                output.write_all(b"250 2.0.0 Ok: queued\r\n").ok()?;
                let mut mails = seen.mails.lock().unwrap();
                mails.0 += 1;
                mails.2 = Some(Instant::now());
                seen.taken.notify_all();
            }
            b"QUIT" => {
                output.write_all(b"221 bye\r\n").ok()?;
                return output.flush().ok();
            }
            _ => output.write_all(b"250 Ok\r\n").ok()?,
        }
    }
}
