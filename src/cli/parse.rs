//! `rasid parse`: a feed in, the contract's JSON object out; what was mended on stderr where asked.

use std::io::{self, Read, Write};

use super::{Exit, Failure, ParseArgs, one_line, open};
use crate::feed::{self, Input};

/// More than any feed; what a daemon would fetch is capped far lower.
const LARGEST: u64 = 64 << 20;
/// Beyond the daemon's own cap, so that a large archive can be looked at whole.
const MAX_ENTRIES: usize = 100_000;

pub(super) fn run(args: &ParseArgs, out: &mut impl Write) -> Result<(), Failure> {
    let name = args.file.as_ref().map_or("standard input".into(), |file| file.display().to_string());
    // Whatever is wrong with the input, the contract knows one exit code for it.
    let unusable = |message: String| Failure::new(Exit::Unusable, message);
    let input = open(args.file.as_deref()).map_err(|failure| Failure { exit: Exit::Unusable, ..failure })?;
    let mut bytes = Vec::new();
    input
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unusable(format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unusable(format!("{name} is over {LARGEST} bytes, which no feed is")));
    }
    let input = Input {
        bytes: &bytes,
        content_type: args.content_type.as_deref(),
        base_url: args.base_url.as_deref(),
        max_entries: MAX_ENTRIES,
    };
    let reading = feed::read(input).map_err(|error| unusable(format!("{name}: {error}")))?;
    if args.notes {
        // A closed stderr leaves nobody to tell.
        let _ =
            reading.notes.iter().try_for_each(|note| writeln!(io::stderr(), "note: {}", one_line(&note.0)));
    }
    serde_json::to_writer(&mut *out, &reading.feed).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}
