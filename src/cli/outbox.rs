//! `rasid outbox`: what waits to be mailed, what was and what could not be, beside a daemon that may be
//! running; and an administrator's hand on it, which the daemon notices within two seconds.

use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};

use super::{ConfigArg, Exit, Failure, Layout, probe};
use crate::clock;
use crate::store::sqlite::{Archive, Beside, OpenError};
use crate::store::{self, Again, MessageState};

mod show;

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List messages: what waits and what failed, newest first; sent ones with --state sent
    List(ListArgs),
    /// Show one message: its headers, its text and what happened to it
    Show(ShowArgs),
    /// Have messages sent again at once, as if they had never been attempted
    Retry(RetryArgs),
    /// End a message that waits; it stays listed as failed, with the reason
    Drop(DropArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Only messages of this state; may be given several times
    #[arg(long, value_enum)]
    state: Vec<State>,
    /// At most so many of each state
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: usize,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The message's number, as `list` shows it
    id: i64,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

#[derive(Debug, Args)]
pub(super) struct RetryArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Numbers of messages
    #[arg(value_name = "ID", required_unless_present_any = ["all", "failed"], conflicts_with_all = ["all", "failed"])]
    ids: Vec<i64>,
    /// All that wait or have failed, but for those that were dropped
    #[arg(long, conflicts_with = "failed")]
    all: bool,
    /// All that have failed, but for those that were dropped
    #[arg(long)]
    failed: bool,
}

#[derive(Debug, Args)]
pub(super) struct DropArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// The message's number
    id: i64,
    /// Why; kept with the message
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Due,
    Sending,
    Deferred,
    Sent,
    Failed,
}

pub(super) fn run(command: &OutboxCommand, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        OutboxCommand::List(args) => list(args, out),
        OutboxCommand::Show(args) => show(args, out),
        OutboxCommand::Retry(args) => retry(args, out),
        OutboxCommand::Drop(args) => drop(args, out),
    }
}

fn list(args: &ListArgs, out: &mut impl Write) -> Result<(), Failure> {
    let states: Vec<MessageState> = MessageState::ALL
        .into_iter()
        .filter(|state| match &args.state[..] {
            [] => *state != MessageState::Sent,
            asked => asked.iter().any(|asked| asked.stored() == *state),
        })
        .collect();
    let messages = archive(&args.config)?.messages(&states, args.limit).map_err(failed)?;
    match args.format {
        Layout::Json => Ok(show::json_list(&messages, out)?),
        Layout::Text => Ok(show::text_list(&messages, clock::now(), out)?),
    }
}

fn show(args: &ShowArgs, out: &mut impl Write) -> Result<(), Failure> {
    let record = archive(&args.config)?.message(args.id).map_err(failed)?;
    let record = record.ok_or_else(|| unmoved(args.id, store::Unmoved::Unknown))?;
    let shown = show::Shown::new(&record);
    match args.format {
        Layout::Json => Ok(shown.json(out)?),
        Layout::Text => Ok(shown.text(out)?),
    }
}

fn retry(args: &RetryArgs, out: &mut impl Write) -> Result<(), Failure> {
    let again = match (args.all, args.failed) {
        (true, _) => Again::All,
        (_, true) => Again::Failed,
        _ => Again::These(args.ids.clone()),
    };
    let (messages, refused) = beside(&args.config)?.retry(&again, clock::now()).map_err(failed)?;
    match messages {
        1 => writeln!(out, "1 message is due again")?,
        messages => writeln!(out, "{messages} messages are due again")?,
    }
    match refused.first() {
        Some(&(id, why)) => Err(unmoved(id, why)),
        None => Ok(()),
    }
}

fn drop(args: &DropArgs, out: &mut impl Write) -> Result<(), Failure> {
    let reason = super::one_line(args.reason.trim());
    if reason.is_empty() {
        return Err(Failure::new(Exit::Usage, "--reason is empty; say why the message will not be sent"));
    }
    let dropped = beside(&args.config)?.drop_message(args.id, &reason, clock::now()).map_err(failed)?;
    dropped.map_err(|why| unmoved(args.id, why))?;
    Ok(writeln!(out, "message {} has ended: {reason}", args.id)?)
}

fn unmoved(id: i64, why: store::Unmoved) -> Failure {
    let exit = if why == store::Unmoved::Sending { Exit::Busy } else { Exit::Unusable };
    Failure::new(exit, format!("message {id}: {why}"))
}

fn archive(config: &ConfigArg) -> Result<Archive, Failure> {
    open(config, Archive::open)
}

fn beside(config: &ConfigArg) -> Result<Beside, Failure> {
    open(config, Beside::open)
}

fn open<T>(config: &ConfigArg, open: impl FnOnce(&Path) -> Result<T, OpenError>) -> Result<T, Failure> {
    let config = probe::load(&config.config)?;
    open(&config.storage.path).map_err(|error| match error {
        OpenError::Missing { .. } | OpenError::NoDirectory { .. } => {
            Failure::new(Exit::NoInput, error.to_string())
        }
        _ => Failure::new(Exit::Io, error.to_string()),
    })
}

#[allow(clippy::needless_pass_by_value)] // as map_err gives it
fn failed(error: store::Error) -> Failure {
    Failure::new(Exit::Io, error.to_string())
}

impl State {
    fn stored(self) -> MessageState {
        match self {
            State::Due => MessageState::Due,
            State::Sending => MessageState::Sending,
            State::Deferred => MessageState::Deferred,
            State::Sent => MessageState::Sent,
            State::Failed => MessageState::Failed,
        }
    }
}
