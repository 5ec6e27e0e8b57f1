//! To be written.

use std::io::Write;

use super::{Exit, Failure, TryArgs};

pub(super) fn run(_args: &TryArgs, _out: &mut impl Write) -> Result<(), Failure> {
    Err(Failure::new(Exit::Software, "not written yet"))
}
