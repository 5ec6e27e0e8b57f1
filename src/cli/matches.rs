//! To be written.

use std::io::Write;

use super::{Exit, Failure, MatchArgs};

pub(super) fn run(_args: &MatchArgs, _out: &mut impl Write) -> Result<(), Failure> {
    Err(Failure::new(Exit::Software, "not written yet"))
}
