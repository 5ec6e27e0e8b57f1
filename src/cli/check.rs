//! To be written.

use std::io::Write;

use super::{ConfigArg, Exit, Failure};

pub(super) fn run(_args: &ConfigArg, _out: &mut impl Write) -> Result<(), Failure> {
    Err(Failure::new(Exit::Software, "not written yet"))
}
