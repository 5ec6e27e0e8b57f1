//! One connection, from the greeting to its end.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;

use rustls::{ServerConnection, StreamOwned};

use super::script::Act;
use super::wire::{Wire, base64};
use super::{Mail, Offer, Shared, Step};

/// Serves a connection until either side ends it.
pub(super) fn serve(stream: TcpStream, number: usize, shared: &Shared, offer: &Offer) {
    let _ = stream.set_nodelay(true);
    let socket = stream.try_clone().expect("a second handle");
    let mut session = Session {
        wire: Wire::Plain(stream),
        buffer: Vec::new(),
        used: 0,
        number,
        shared,
        offer,
        from: None,
        to: Vec::new(),
        user: None,
    };
    // A lost connection is an end like any other; what matters is in the log.
    let _ = session.talk();
    let _ = socket.shutdown(std::net::Shutdown::Both);
}

/// The end of a connection.
struct Over;

impl From<io::Error> for Over {
    fn from(_: io::Error) -> Over {
        Over
    }
}

struct Session<'a> {
    wire: Wire,
    /// What was read.
    buffer: Vec<u8>,
    /// How much of it was used.
    used: usize,
    number: usize,
    shared: &'a Shared,
    offer: &'a Offer,
    from: Option<String>,
    to: Vec<String>,
    user: Option<String>,
}

impl Session<'_> {
    fn talk(&mut self) -> Result<(), Over> {
        if self.offer.implicit {
            self.secure()?;
        }
        self.answer(Step::Connect, None, "220 localhost ESMTP")?;
        loop {
            let line = self.line()?;
            let number = self.number;
            self.shared.note(|log| log.commands.push((number, line.clone())));
            let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.ehlo()?,
                "STARTTLS" if self.offer.starttls && !self.tls() => {
                    if self.answer(Step::StartTls, None, "220 go ahead")? {
                        self.secure()?;
                    }
                }
                "AUTH" => self.authenticate(&line)?,
                "MAIL" => self.mail(&line)?,
                "RCPT" => self.rcpt(&line)?,
                "DATA" => self.data()?,
                "RSET" => {
                    self.forget();
                    self.answer(Step::Rset, None, "250 2.0.0 forgotten")?;
                }
                "NOOP" => self.say("250 2.0.0 nothing done")?,
                "QUIT" => {
                    self.say("221 2.0.0 bye")?;
                    return Ok(());
                }
                _ => {
                    self.fault(&format!("unknown command: {line:?}"));
                    self.say("500 5.5.1 unknown command")?;
                }
            }
        }
    }

    fn ehlo(&mut self) -> Result<(), Over> {
        let mut lines = vec!["localhost", "8BITMIME"];
        if self.offer.starttls && !self.tls() {
            lines.push("STARTTLS");
        }
        let auth = self.offer.auth.as_ref().map(|(mechanism, ..)| format!("AUTH {mechanism}"));
        if let Some(auth) = &auth
            && (self.offer.identity.is_none() || self.tls())
        {
            lines.push(auth);
        }
        lines.extend(&self.offer.extensions);
        let last = lines.len() - 1;
        let reply: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| format!("250{}{line}", if at < last { '-' } else { ' ' }))
            .collect();
        self.answer(Step::Ehlo, None, &reply.join("\r\n")).map(|_| ())
    }

    fn authenticate(&mut self, line: &str) -> Result<(), Over> {
        let Some((mechanism, user, password)) = &self.offer.auth else {
            self.fault("AUTH was not offered");
            return self.say("502 5.5.1 not offered");
        };
        let expected = base64(format!("\0{user}\0{password}").as_bytes());
        let right = match (*mechanism, line.split(' ').nth(1)) {
            ("PLAIN", Some("PLAIN")) => line.split(' ').nth(2) == Some(&expected),
            ("LOGIN", Some("LOGIN")) => {
                self.say("334 VXNlcm5hbWU6")?;
                let given = self.line()?;
                self.say("334 UGFzc3dvcmQ6")?;
                given == base64(user.as_bytes()) && self.line()? == base64(password.as_bytes())
            }
            _ => {
                self.fault("another AUTH than was offered");
                false
            }
        };
        let reply = if right { "235 2.7.0 welcome" } else { "535 5.7.8 user or password is wrong" };
        if self.answer(Step::Auth, None, reply)? {
            self.user = Some(user.clone());
        }
        Ok(())
    }

    fn mail(&mut self, line: &str) -> Result<(), Over> {
        if self.from.is_some() {
            self.fault("MAIL within a transaction");
            return self.say("503 5.5.1 one at a time");
        }
        if self.offer.auth.is_some() && self.user.is_none() {
            return self.say("530 5.7.0 authentication required");
        }
        if self.answer(Step::Mail, None, "250 2.1.0 ok")? {
            self.from = Some(address(line));
        }
        Ok(())
    }

    fn rcpt(&mut self, line: &str) -> Result<(), Over> {
        if self.from.is_none() {
            self.fault("RCPT before MAIL");
            return self.say("503 5.5.1 MAIL first");
        }
        let to = address(line);
        if self.answer(Step::Rcpt, Some(&to), "250 2.1.5 ok")? {
            self.to.push(to);
        }
        Ok(())
    }

    fn data(&mut self) -> Result<(), Over> {
        let Some(to) = self.to.first().cloned() else {
            self.fault("DATA before RCPT");
            return self.say("503 5.5.1 RCPT first");
        };
        if !self.answer(Step::Data, Some(&to), "354 go on")? {
            return Ok(());
        }
        let bytes = self.message()?;
        let mail = Mail {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            bytes,
            connection: self.number,
            tls: self.tls(),
            user: self.user.clone(),
            accepted: false,
        };
        let mut at = 0;
        self.shared.note(|log| {
            at = log.transfers.len();
            log.transfers.push(mail);
        });
        // Kept as accepted before the reply leaves: whoever has the reply may look.
        let shared = self.shared;
        self.answer_then(Step::End, Some(&to), "250 2.0.0 taken", |positive| {
            shared.note(|log| log.transfers[at].accepted = positive);
        })?;
        Ok(())
    }

    /// Everything up to the last dot.
    fn message(&mut self) -> Result<Vec<u8>, Over> {
        let mut bytes = Vec::new();
        loop {
            let line = self.raw_line()?;
            if line == b".\r\n" {
                return Ok(bytes);
            }
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    /// Whether what was replied is positive.
    fn answer(&mut self, step: Step, to: Option<&str>, usual: &str) -> Result<bool, Over> {
        self.answer_then(step, to, usual, |_| {})
    }

    fn answer_then(
        &mut self,
        step: Step,
        to: Option<&str>,
        usual: &str,
        before: impl FnOnce(bool),
    ) -> Result<bool, Over> {
        let act = {
            let mut state = self.shared.lock();
            state.rules.iter_mut().find_map(|rule| rule.fires(step, to).then(|| rule.act.clone()))
        };
        let reply = match act {
            None => usual.to_owned(),
            Some(Act::Say(reply)) => reply,
            Some(Act::Slow(wait)) => {
                thread::sleep(wait);
                usual.to_owned()
            }
            Some(Act::Cut) => return Err(Over),
            Some(Act::Hang) => loop {
                self.fill()?;
            },
        };
        let positive = reply.starts_with(['2', '3']);
        before(positive);
        self.say(&reply)?;
        if reply.starts_with("421") { Err(Over) } else { Ok(positive) }
    }

    fn say(&mut self, reply: &str) -> Result<(), Over> {
        Ok(self.wire.write_all(format!("{reply}\r\n").as_bytes()).and_then(|()| self.wire.flush())?)
    }

    fn line(&mut self) -> Result<String, Over> {
        let line = self.raw_line()?;
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// A line with its end; a line feed or carriage return on its own is a fault.
    fn raw_line(&mut self) -> Result<Vec<u8>, Over> {
        let mut searched = self.used;
        let end = loop {
            if let Some(at) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                break searched + at + 1;
            }
            self.buffer.drain(..self.used);
            self.used = 0;
            searched = self.buffer.len();
            self.fill()?;
        };
        let line = self.buffer[self.used..end].to_vec();
        self.used = end;
        if !line.ends_with(b"\r\n") || line[..line.len() - 2].contains(&b'\r') || line.len() > 1000 {
            self.fault(&format!("a bad line: {:?}", String::from_utf8_lossy(&line[..line.len().min(80)])));
        }
        Ok(line)
    }

    fn fill(&mut self) -> Result<(), Over> {
        let mut chunk = [0; 16 * 1024];
        match self.wire.read(&mut chunk)? {
            0 => Err(Over),
            read => {
                self.buffer.extend_from_slice(&chunk[..read]);
                Ok(())
            }
        }
    }

    fn secure(&mut self) -> Result<(), Over> {
        let identity = self.offer.identity.as_ref().ok_or(Over)?;
        let Wire::Plain(stream) = std::mem::replace(&mut self.wire, Wire::Gone) else { return Err(Over) };
        if self.used < self.buffer.len() {
            self.fault("commands after STARTTLS before the handshake");
        }
        let tls = ServerConnection::new(identity.config.clone()).map_err(|_| Over)?;
        self.wire = Wire::Tls(Box::new(StreamOwned::new(tls, stream)));
        self.forget();
        Ok(())
    }

    fn tls(&self) -> bool {
        matches!(self.wire, Wire::Tls(_))
    }

    fn fault(&self, what: &str) {
        self.shared.note(|log| log.faults.push(what.to_owned()));
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let rest = line.split_once('<').map_or("", |(_, rest)| rest);
    rest.split_once('>').map_or("", |(address, _)| address).to_owned()
}
