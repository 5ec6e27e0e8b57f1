//! `rasid mail`: how a mail will look, and whether one arrives.

use std::io::Write;

use clap::Subcommand;
use lettre::Address;

use super::{Exit, Failure, check};
use crate::config::{self, Config, Delivery, Language, Subscriber, Subscription};
use crate::rules::Severity;

mod archived;
mod preview;
mod subject;
mod test;

#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Write a mail as it would look, from the archive or from samples; nothing is sent
    Preview(preview::PreviewArgs),
    /// Send one mail through the relay of the config now, and say what the relay said
    Test(test::TestArgs),
}

pub(super) fn run(command: &MailCommand, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        MailCommand::Preview(args) => preview::run(args, out),
        MailCommand::Test(args) => test::run(args, out),
    }
}

fn load(args: &super::ConfigArg) -> Result<Config, Failure> {
    let loaded = config::load(&args.config).map_err(|report| check::refused(&report))?;
    Ok(loaded.config)
}

/// The subscriber of this address; somebody with the usual settings where there is none.
fn recipient(config: &Config, address: &Address) -> Subscriber {
    let known = config
        .subscribers
        .iter()
        .find(|subscriber| subscriber.email.to_string().to_lowercase() == address.to_string().to_lowercase());
    known.cloned().unwrap_or_else(|| Subscriber {
        email: address.clone(),
        rules: Subscription::All,
        delivery: Delivery::Immediate,
        timezone: config.subscribers.first().map_or(jiff::tz::TimeZone::UTC, |first| first.timezone.clone()),
        language: config.subscribers.first().map_or(Language::default(), |first| first.language),
        quiet_hours: None,
        max_per_hour: None,
        min_severity: Severity::Low,
    })
}

fn unmade(error: &crate::mail::message::Error) -> Failure {
    Failure::new(Exit::Software, error.to_string())
}
