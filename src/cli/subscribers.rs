//! `rasid subscribers`: who is written to and what they chose, and choosing for them.
//!
//! The list only reads. What is chosen here is kept in one short transaction beside a daemon that may be
//! running, and is in force there within two seconds.

use std::io::Write;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{ConfigArg, Exit, Failure, Layout, probe};
use crate::alert::choices::LONGEST_PAUSE;
use crate::alert::{self, People};
use crate::clock;
use crate::config::{self, Config};
use crate::store::sqlite::{Archive, Beside, OpenError};
use crate::store::{self, Choice};

mod list;

#[derive(Debug, Subcommand)]
pub(super) enum SubscribersCommand {
    /// Everybody of the config and all who signed up: their state and what they chose
    List(ListArgs),
    /// Undo all that was chosen for an address or befell it: unsubscribing, pause, digest, mutes, suspension
    Resume(AddressArgs),
    /// Hold an address's alerts back for a while; they leave in one message then
    Pause(PauseArgs),
    /// Write to an address no more; what is held for it ends
    Unsubscribe(AddressArgs),
    /// Send an address one mail a day, at 08:00 of its zone
    Digest(AddressArgs),
    /// Forget that somebody signed up; a subscriber of the config is removed there
    Remove(AddressArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

#[derive(Debug, Args)]
pub(super) struct AddressArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The subscriber's address
    #[arg(value_name = "ADDRESS")]
    address: String,
}

#[derive(Debug, Args)]
pub(super) struct PauseArgs {
    #[command(flatten)]
    of: AddressArgs,
    /// How long, such as `24h` or `7d`
    #[arg(long = "for", value_name = "DURATION", default_value = "24h")]
    long: String,
}

pub(super) fn run(command: &SubscribersCommand, out: &mut impl Write) -> Result<(), Failure> {
    let now = clock::now();
    match command {
        SubscribersCommand::List(args) => list(args, out),
        SubscribersCommand::Resume(args) => {
            choose(args, Choice::Resume, ["is written to as the config says", "had nothing to undo"], out)
        }
        SubscribersCommand::Pause(PauseArgs { of, long }) => {
            let long =
                config::duration(long).and_then(within).map_err(|why| Failure::new(Exit::Usage, why))?;
            let until = clock::after(now, long);
            choose(
                of,
                Choice::Pause(until),
                [&format!("is paused until {until:.0}"), "is paused already"],
                out,
            )
        }
        SubscribersCommand::Unsubscribe(args) => {
            choose(args, Choice::Unsubscribe, ["is unsubscribed", "is unsubscribed already"], out)
        }
        SubscribersCommand::Digest(args) => {
            choose(args, Choice::Digest, ["gets one mail a day", "gets one mail a day already"], out)
        }
        SubscribersCommand::Remove(args) => remove(args, out),
    }
}

fn within(long: Duration) -> Result<Duration, String> {
    let days = LONGEST_PAUSE.as_secs() / 86_400;
    (long <= LONGEST_PAUSE).then_some(long).ok_or_else(|| format!("the longest pause is {days}d"))
}

fn list(args: &ListArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::load(&args.config.config)?;
    let (roll, held) = match Archive::open(&config.storage.path) {
        Ok(archive) => archive.subscribers().map_err(failed)?,
        // No daemon has run yet: nobody has chosen anything.
        Err(OpenError::Missing { .. } | OpenError::NoDirectory { .. }) => Default::default(),
        Err(error) => return Err(Failure::new(Exit::Io, error.to_string())),
    };
    let people = people(&config, roll);
    list::write(&config, &people, &held, args.format, out)
}

fn people(config: &Config, roll: store::Roll) -> People {
    People::new(&config.subscribers, roll.into(), alert::Severities::default())
}

/// Chooses for a subscriber; `said` completes a sentence, where it changes something and where not.
fn choose(args: &AddressArgs, choice: Choice, said: [&str; 2], out: &mut impl Write) -> Result<(), Failure> {
    let (name, mut beside) = named(args)?;
    let changed = beside.choose(&name, choice, clock::now()).map_err(failed)?;
    let [new, old] = said;
    Ok(writeln!(out, "{name} {}", if changed { new } else { old })?)
}

fn remove(args: &AddressArgs, out: &mut impl Write) -> Result<(), Failure> {
    let (name, mut beside) = named(args)?;
    if beside.forget_signup(&name).map_err(failed)? {
        return Ok(writeln!(out, "{name} is no longer signed up")?);
    }
    let message = format!("{name} did not sign up; remove a subscriber of the config there");
    Err(Failure::new(Exit::Unusable, message))
}

/// The name of the subscriber who is meant, and the database to write that into.
fn named(args: &AddressArgs) -> Result<(String, Beside), Failure> {
    let typed = config::address(&args.address).map_err(|why| Failure::new(Exit::Usage, why))?;
    let config = probe::load(&args.config.config)?;
    let beside = Beside::open(&config.storage.path).map_err(|error| {
        let exit = if matches!(error, OpenError::Missing { .. }) { Exit::NoInput } else { Exit::Io };
        Failure::new(exit, error.to_string())
    })?;
    let roll = beside.roll().map_err(failed)?;
    let typed = alert::name(&typed);
    let asked: Vec<String> = roll.asked.iter().cloned().collect();
    let people = people(&config, roll);
    let mut known = people.names().chain(asked.iter().map(String::as_str));
    match known.find(|name| name.eq_ignore_ascii_case(&typed)) {
        Some(name) => Ok((name.to_owned(), beside)),
        None => {
            let message = format!("{typed} is no subscriber; `rasid subscribers list` names all");
            Err(Failure::new(Exit::Unusable, message))
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // as map_err gives it
fn failed(error: store::Error) -> Failure {
    Failure::new(Exit::Io, error.to_string())
}
