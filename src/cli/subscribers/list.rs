//! The list of subscribers: what the config and the store say in, a table or JSON out.

use std::collections::HashMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::alert::People;
use crate::alert::choices::paused;
use crate::cli::screen::{self, Screen};
use crate::cli::{Failure, Layout};
use crate::config::{Config, Delivery, Language, Subscriber, Subscription};
use crate::store::Choices;
use crate::{alert, clock};

/// Columns of an address and of rules at most.
const WIDEST: [usize; 2] = [40, 40];
/// Columns of what a relay said.
const REASON: usize = 110;

#[derive(Serialize)]
struct Listing<'a> {
    subscribers: &'a [Row],
}

/// How somebody is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// As the config or the sign-up says, but for what was chosen.
    Active,
    /// Alerts are held until a time.
    Paused,
    /// Alerts are held until the administrator resumes the address.
    Suspended,
    /// By their own choice.
    Unsubscribed,
    /// Signed up and has not confirmed it.
    Asked,
    /// Chose something, and left the config since.
    Gone,
}

#[derive(Debug, Serialize)]
struct Row {
    address: String,
    state: State,
    /// `config`, `signup`, or `null` where neither names them any more.
    source: Option<&'static str>,
    /// `["*"]` for all of them.
    rules: Vec<String>,
    /// `immediate`, `digest every 6h`, `digest at 08:00`.
    delivery: Option<String>,
    timezone: Option<String>,
    language: Option<&'static str>,
    unsubscribed: Option<String>,
    paused_until: Option<String>,
    /// Since when they chose one mail a day.
    digest: Option<String>,
    /// Stories, by the number of the first entry.
    muted: Vec<i64>,
    /// The first permanent refusal since a message was accepted.
    refused_since: Option<String>,
    suspended: Option<Suspended>,
    /// Entries that no message holds yet.
    held: usize,
}

#[derive(Debug, Serialize)]
struct Suspended {
    since: String,
    reason: String,
}

pub(super) fn write(
    config: &Config,
    people: &People,
    held: &HashMap<String, usize>,
    layout: Layout,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let rows = rows(config, people, held, clock::now());
    match layout {
        Layout::Json => {
            serde_json::to_writer(&mut *out, &Listing { subscribers: &rows }).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Layout::Text => Ok(draw(&rows, out)?),
    }
}

/// Those of the config in its order, those who signed up, those who were asked, those who are gone.
fn rows(config: &Config, people: &People, held: &HashMap<String, usize>, now: Timestamp) -> Vec<Row> {
    let configured: Vec<String> =
        config.subscribers.iter().map(|subscriber| alert::name(&subscriber.email)).collect();
    let mut names = configured.clone();
    names.extend(people.roll.signups.iter().map(|signup| signup.name.clone()));
    let mut rest: Vec<String> = people.roll.asked.iter().cloned().collect();
    rest.extend(
        people.roll.choices.iter().filter(|(_, choices)| says(choices)).map(|(name, _)| name.clone()),
    );
    rest.sort();
    names.extend(rest);
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let of = |name: &String| {
        let subscriber = people.subscriber(name);
        let source = match subscriber {
            Some(_) if configured.contains(name) => Some("config"),
            Some(_) => Some("signup"),
            None => None,
        };
        let none = Choices::default();
        let choices = people.choices(name).unwrap_or(&none);
        let state = state(subscriber, choices, people.roll.asked.contains(name), now);
        row(name, state, source, subscriber, choices, held.get(name).copied().unwrap_or(0))
    };
    names.iter().map(of).collect()
}

/// Whether anything was chosen or befell; a row that was undone says nothing.
fn says(choices: &Choices) -> bool {
    *choices != Choices { refused: choices.refused, ..Choices::default() }
}

fn state(subscriber: Option<&Subscriber>, choices: &Choices, asked: bool, now: Timestamp) -> State {
    match subscriber {
        None if asked => State::Asked,
        None => State::Gone,
        Some(_) if choices.unsubscribed.is_some() => State::Unsubscribed,
        Some(_) if choices.suspended.is_some() => State::Suspended,
        Some(_) if paused(choices, now).is_some() => State::Paused,
        Some(_) => State::Active,
    }
}

fn row(
    name: &str,
    state: State,
    source: Option<&'static str>,
    subscriber: Option<&Subscriber>,
    choices: &Choices,
    held: usize,
) -> Row {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    Row {
        address: name.to_owned(),
        state,
        source,
        rules: subscriber.map(|subscriber| rules(&subscriber.rules)).unwrap_or_default(),
        delivery: subscriber.map(|subscriber| delivery(&subscriber.delivery)),
        timezone: subscriber.and_then(|subscriber| Some(subscriber.timezone.iana_name()?.to_owned())),
        language: subscriber.map(|subscriber| match subscriber.language {
            Language::Ar => "ar",
            Language::En => "en",
        }),
        unsubscribed: time(choices.unsubscribed),
        paused_until: time(choices.paused_until),
        digest: time(choices.digest),
        muted: choices.muted.clone(),
        refused_since: time(choices.refused),
        suspended: choices
            .suspended
            .as_ref()
            .map(|known| Suspended { since: known.since.to_string(), reason: known.reason.clone() }),
        held,
    }
}

fn rules(rules: &Subscription) -> Vec<String> {
    match rules {
        Subscription::All => vec!["*".to_owned()],
        Subscription::Rules(ids) => ids.clone(),
    }
}

fn delivery(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Immediate => "immediate".to_owned(),
        Delivery::DigestEvery(every) => format!("digest every {}", screen::spell(*every)),
        Delivery::DigestAt(times) => {
            let times: Vec<_> = times.iter().map(|time| time.strftime("%H:%M").to_string()).collect();
            format!("digest at {}", times.join(", "))
        }
    }
}

fn draw(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    let widest = rows.iter().map(|row| screen::columns(&row.address)).max().unwrap_or(0);
    let address = widest.max("ADDRESS".len()).min(WIDEST[0]);
    writeln!(
        out,
        "{:12} {:address$} {:6} {:>5} {:18} RULES",
        "STATE", "ADDRESS", "FROM", "HELD", "DELIVERY"
    )?;
    for row in rows {
        let state = format!("{:?}", row.state).to_lowercase();
        writeln!(
            out,
            "{state:12} {} {:6} {:>5} {:18} {}",
            screen.cell(&row.address, address),
            row.source.unwrap_or("-"),
            row.held,
            row.delivery.as_deref().unwrap_or("-"),
            screen.text(&row.rules.join(" "), WIDEST[1]),
        )?;
        for remark in remarks(row) {
            writeln!(out, "             {}", screen.text(&remark, REASON))?;
        }
    }
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let others = [
        (State::Paused, "paused"),
        (State::Suspended, "suspended"),
        (State::Unsubscribed, "unsubscribed"),
        (State::Asked, "asked"),
        (State::Gone, "gone"),
    ];
    write!(out, "\n{} active", count(State::Active))?;
    for (state, name) in others {
        match count(state) {
            0 => {}
            count => write!(out, ", {count} {name}")?,
        }
    }
    writeln!(out)
}

fn remarks(row: &Row) -> Vec<String> {
    let suspended = row.suspended.as_ref().map(|known| {
        format!("suspended since {}: {}; undo with `rasid subscribers resume`", known.since, known.reason)
    });
    let refused = row.refused_since.as_ref().filter(|_| row.suspended.is_none());
    let muted: Vec<_> = row.muted.iter().map(i64::to_string).collect();
    [
        row.unsubscribed.as_ref().map(|since| format!("unsubscribed since {since}")),
        suspended,
        refused.map(|since| format!("refused for good since {since}")),
        row.paused_until
            .as_ref()
            .filter(|_| row.state == State::Paused)
            .map(|until| format!("until {until}")),
        row.digest.as_ref().map(|since| format!("chose one mail a day since {since}")),
        (!muted.is_empty()).then(|| format!("muted stories: {}", muted.join(", "))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
