//! Logs: one line says one thing, on stderr. Where the service manager keeps what stands there in its journal, a
//! line begins with its level and not with the time.
//!
//! A message is fixed English and reads alone; everything that varies is a field, so that Arabic
//! and a stranger's text never stand inside the message. ERROR means that somebody must act, WARN
//! that somebody may want to, INFO what happened, DEBUG why. No e-mail address from INFO upwards.

use std::cell::Cell;
use std::env;
use std::fmt::{self, Write};
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use jiff::Timestamp;

use crate::clock;

/// Libraries that say a line for every element of every page.
const QUIET: [&str; 2] = ["selectors=warn", "html5ever=warn"];

/// Starts logging for the life of the process. `RUST_LOG` sets the levels; `info` without it.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = QUIET.iter().filter_map(|quiet| quiet.parse().ok()).fold(filter, EnvFilter::add_directive);
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    // A second start, as in a test, keeps the first.
    let _ = if in_the_journal() {
        registry.with(lines.event_format(JournalLine)).try_init()
    } else {
        let colours = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none();
        registry.with(lines.with_ansi(colours).with_timer(Clock)).try_init()
    };
}

/// Whether stderr is the stream that the service manager named; a program started from a service may have
/// another, and the name all the same.
fn in_the_journal() -> bool {
    let named = env::var("JOURNAL_STREAM").unwrap_or_default();
    let stream = io::stderr().as_fd().try_clone_to_owned().and_then(|stream| File::from(stream).metadata());
    stream.is_ok_and(|stream| named == format!("{}:{}", stream.dev(), stream.ino()))
}

/// A line for the journal, which has the time of its own and takes the level from the line's first characters.
struct JournalLine;

impl<S, N> FormatEvent<S, N> for JournalLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // The numbers of syslog, as sd-daemon(3) has them.
        let level = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            Level::DEBUG | Level::TRACE => 7,
        };
        write!(writer, "<{level}>")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

thread_local! {
    /// Whether a panic of this thread is expected and somebody waits to catch it.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// The result of work by a library that may panic at what strangers wrote, or nothing where it did.
/// Such a panic is no more than a line at DEBUG.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if GUARDED.get() {
                tracing::debug!(at = info.location().map(ToString::to_string), "a library broke down");
            } else {
                usual(info);
            }
        }));
    });
    GUARDED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    done.ok()
}

/// A time as log lines show it: UTC, to the second.
pub fn time(time: Timestamp) -> String {
    format!("{time:.0}")
}

/// The longest piece of a stranger's text that a log line shows, in characters.
const SHOWN: usize = 200;

/// A stranger's text made fit for a log line: short, on one line, without controls that move the
/// cursor or turn the direction of what follows.
pub fn safe(text: &str) -> impl fmt::Display + '_ {
    Safe(text)
}

struct Safe<'a>(&'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(SHOWN) {
            f.write_char(if turns_or_moves(character) { ' ' } else { character })?;
        }
        if characters.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

fn turns_or_moves(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&time(clock::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_library_is_caught_and_the_next_is_not_expected() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> u8 { panic!("a page") }), None);
        assert!(!GUARDED.get());
    }
}
