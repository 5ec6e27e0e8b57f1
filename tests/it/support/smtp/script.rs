//! What the server does where.

use std::time::Duration;

/// A step of the dialogue, at which a rule may say what happens instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The greeting.
    Connect,
    /// EHLO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH, once what it carries is known.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA, before the message.
    Data,
    /// The last dot.
    End,
    /// RSET.
    Rset,
}

/// What happens at a step.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// This reply; the connection is closed after a 421.
    Say(String),
    /// The connection is closed without a reply.
    Cut,
    /// Nothing, until the client gives up.
    Hang,
    /// The usual reply, so much later.
    Slow(Duration),
}

/// One instruction.
#[derive(Debug, Clone)]
pub struct Rule {
    step: Step,
    to: Option<String>,
    times: Option<usize>,
    pub(super) act: Act,
}

impl Rule {
    /// At this step; say what happens by [`Rule::say`], [`Rule::cut`], [`Rule::hang`] or [`Rule::slow`].
    pub fn at(step: Step) -> Rule {
        Rule { step, to: None, times: None, act: Act::Slow(Duration::ZERO) }
    }

    /// Only for this recipient: at RCPT, DATA and the last dot.
    pub fn to(self, address: &str) -> Rule {
        Rule { to: Some(address.to_owned()), ..self }
    }

    /// Only so many times, then no more.
    pub fn times(self, times: usize) -> Rule {
        Rule { times: Some(times), ..self }
    }

    /// Replies with this; a line break inside makes several lines.
    pub fn say(self, reply: &str) -> Rule {
        Rule { act: Act::Say(reply.to_owned()), ..self }
    }

    /// Closes the connection without a reply.
    pub fn cut(self) -> Rule {
        Rule { act: Act::Cut, ..self }
    }

    /// Says nothing more, and waits for the client to leave.
    pub fn hang(self) -> Rule {
        Rule { act: Act::Hang, ..self }
    }

    /// Behaves, but only after so long.
    pub fn slow(self, wait: Duration) -> Rule {
        Rule { act: Act::Slow(wait), ..self }
    }

    /// Whether this rule has its say here; counts down its times if so.
    pub(super) fn fires(&mut self, step: Step, to: Option<&str>) -> bool {
        let fits = self.step == step && (self.to.is_none() || self.to.as_deref() == to);
        if !fits || self.times == Some(0) {
            return false;
        }
        self.times = self.times.map(|times| times - 1);
        true
    }
}
