//! Messages for people and for programs.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;
use mail_parser::{HeaderName, HeaderValue, MessageParser};
use serde::Serialize;

use crate::cli::excerpt::printable;
use crate::cli::screen::{self, Screen, clean};
use crate::logging::time;
use crate::store::{MessageState, Posted, Record};

/// Columns of an address at most, and of a reply.
const ADDRESS: usize = 36;
const REPLY: usize = 110;

#[derive(Serialize)]
struct Listing<'a> {
    messages: Vec<Row<'a>>,
}

/// A message without its text.
#[derive(Serialize)]
struct Row<'a> {
    id: i64,
    state: &'static str,
    subscriber: &'a str,
    message_id: &'a str,
    created: String,
    attempts: u32,
    last_attempt: Option<String>,
    next_attempt: Option<String>,
    reply: Option<&'a str>,
    bytes: usize,
}

impl Row<'_> {
    fn of(message: &Posted) -> Row<'_> {
        Row {
            id: message.id,
            state: message.state.name(),
            subscriber: &message.subscriber,
            message_id: &message.message_id,
            created: time(message.created),
            attempts: message.attempts,
            last_attempt: message.attempted.map(time),
            next_attempt: message.not_before.map(time),
            reply: message.reply.as_deref(),
            bytes: message.size,
        }
    }
}

pub(super) fn json_list(messages: &[Posted], out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Listing { messages: messages.iter().map(Row::of).collect() })?;
    writeln!(out)
}

pub(super) fn text_list(messages: &[Posted], now: Timestamp, out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    let widest = messages.iter().map(|message| screen::columns(&message.subscriber)).max().unwrap_or(0);
    let address = widest.clamp(2, ADDRESS);
    writeln!(out, "{:>7} {:8} {:address$} {:20} {:>8} NEXT", "ID", "STATE", "TO", "MADE", "ATTEMPTS")?;
    for message in messages {
        writeln!(
            out,
            "{:>7} {:8} {} {} {:>8} {}",
            message.id,
            message.state.name(),
            screen.cell(&message.subscriber, address),
            time(message.created),
            message.attempts,
            next(message, now),
        )?;
        if let Some(reply) = &message.reply {
            writeln!(out, "{:16} {}", "", screen.text(reply, REPLY))?;
        }
    }
    let counted = MessageState::ALL
        .map(|state| (messages.iter().filter(|message| message.state == state).count(), state.name()));
    let counted: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let summary = if counted.is_empty() { "no messages".to_owned() } else { counted.join(", ") };
    writeln!(out, "\n{summary}")
}

fn next(message: &Posted, now: Timestamp) -> String {
    match (message.state, message.not_before) {
        (_, Some(until)) => match Duration::try_from(until.duration_since(now)) {
            Ok(left) => format!("in {}", screen::spell(left)),
            Err(_) => "now".into(),
        },
        (MessageState::Due | MessageState::Sending, None) => "now".into(),
        _ => "-".into(),
    }
}

/// One message with all that is known of it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    headers: Vec<Header>,
    text: Option<String>,
    history: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Event<'a> {
    at: String,
    outcome: &'a str,
    reply: &'a str,
}

impl<'a> Shown<'a> {
    pub(super) fn new(record: &'a Record) -> Shown<'a> {
        let Record { message, bytes, happened } = record;
        let parsed = MessageParser::default().parse(bytes);
        let headers = parsed.iter().flat_map(|mail| {
            mail.headers_raw().map(|(name, raw)| Header {
                name: name.to_owned(),
                value: match mail.header(name) {
                    Some(HeaderValue::Text(text))
                        if name.eq_ignore_ascii_case(HeaderName::Subject.as_str()) =>
                    {
                        text.clone().into_owned()
                    }
                    _ => clean(raw),
                },
            })
        });
        Shown {
            row: Row::of(message),
            headers: headers.collect(),
            text: parsed.as_ref().and_then(|mail| mail.body_text(0)).map(Cow::into_owned),
            history: happened
                .iter()
                .map(|event| Event { at: time(event.at), outcome: &event.what, reply: &event.reply })
                .collect(),
        }
    }

    pub(super) fn json(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        writeln!(out)
    }

    pub(super) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let screen = Screen::of_stdout();
        let Row { id, state, subscriber, created, attempts, next_attempt, bytes, .. } = &self.row;
        writeln!(out, "Message {id} to {}, {state}", screen.text(subscriber, REPLY))?;
        let next = next_attempt.as_ref().map(|next| format!(", the next at {next}")).unwrap_or_default();
        writeln!(out, "Made {created}, {bytes} bytes, attempts: {attempts}{next}\n")?;
        for event in &self.history {
            writeln!(out, "{} {:11} {}", event.at, event.outcome, screen.text(event.reply, REPLY))?;
        }
        if !self.history.is_empty() {
            writeln!(out)?;
        }
        for Header { name, value } in &self.headers {
            writeln!(out, "{name}: {}", screen.text(value, usize::MAX))?;
        }
        match &self.text {
            Some(text) => {
                writeln!(out)?;
                text.lines().try_for_each(|line| writeln!(out, "{}", printable(line)))
            }
            None => writeln!(out, "Its text was too old to keep."),
        }
    }
}
