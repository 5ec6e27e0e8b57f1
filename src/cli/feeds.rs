//! `rasid feeds`: finding feeds, taking them over from other readers, and how they are doing.

use std::io::Write;

use super::{Failure, FeedsCommand};

mod discover;
mod ids;
mod list;
mod written;

pub(super) fn run(command: &FeedsCommand, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        FeedsCommand::List(args) => list::run(args, out),
        FeedsCommand::Discover(args) => discover::run(args, out),
    }
}
