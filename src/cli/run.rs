//! To be written.

use super::{Exit, Failure, RunArgs};

pub(super) fn run(_args: &RunArgs) -> Result<(), Failure> {
    Err(Failure::new(Exit::Software, "not written yet"))
}
