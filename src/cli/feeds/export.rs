//! `rasid feeds export`: the feeds of a config as OPML, for other readers.

use std::io::{self, Write};

use super::opml;
use crate::cli::{ConfigArg, Failure, probe};

pub(super) fn run(args: &ConfigArg, out: &mut impl Write) -> Result<(), Failure> {
    let config = probe::load(&args.config)?;
    let local = opml::write(&config.feeds, out)?;
    if local > 0 {
        out.flush()?;
        // A closed stderr leaves nobody to tell.
        let _ = writeln!(
            io::stderr(),
            "left out {local} with a `path`: other readers cannot read files of this machine"
        );
    }
    Ok(())
}
