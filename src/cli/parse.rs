//! To be written.

use std::io::Write;

use super::{Exit, Failure, ParseArgs};

pub(super) fn run(_args: &ParseArgs, _out: &mut impl Write) -> Result<(), Failure> {
    Err(Failure::new(Exit::Software, "not written yet"))
}
