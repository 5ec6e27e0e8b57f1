//! `rasid feeds`: finding feeds, taking them over from other readers, and how they are doing.

use std::io::Write;

use super::{Failure, FeedsCommand};

mod discover;
mod export;
mod ids;
mod import;
mod list;
mod opml;
mod written;

pub(super) fn run(command: &FeedsCommand, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        FeedsCommand::List(args) => list::run(args, out),
        FeedsCommand::Discover(args) => discover::run(args, out),
        FeedsCommand::Import(args) => import::run(args, out),
        FeedsCommand::Export(args) => export::run(args, out),
    }
}
