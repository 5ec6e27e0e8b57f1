//! To be written.

use std::io::Write;

use super::{Exit, ExportArgs, Failure};

pub(super) fn run(_args: &ExportArgs, _out: &mut impl Write) -> Result<(), Failure> {
    Err(Failure::new(Exit::Software, "not written yet"))
}
