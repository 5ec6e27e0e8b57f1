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
        registry.with(lines.with_ansi(false).event_format(JournalLine)).try_init()
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
/// cursor or turn the direction of what follows, and without e-mail addresses.
pub fn safe(text: &str) -> impl fmt::Display + '_ {
    Safe { text, most: SHOWN }
}

/// The same at any length, for texts of our own that may quote a stranger.
pub fn safe_whole(text: &str) -> impl fmt::Display + '_ {
    Safe { text, most: usize::MAX }
}

struct Safe<'a> {
    text: &'a str,
    most: usize,
}

/// What stands in a log line for an address.
const ADDRESS: &str = "(address)";

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.text.char_indices().nth(self.most).map_or(self.text, |(end, _)| &self.text[..end]);
        let mut rest = shown;
        while let Some((start, end)) = address(rest) {
            clean(&rest[..start], f)?;
            f.write_str(ADDRESS)?;
            rest = &rest[end..];
        }
        clean(rest, f)?;
        if shown.len() < self.text.len() { f.write_char('…') } else { Ok(()) }
    }
}

fn clean(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text.chars()
        .try_for_each(|character| f.write_char(if turns_or_moves(character) { ' ' } else { character }))
}

/// Where the first e-mail address stands, taken generously.
fn address(text: &str) -> Option<(usize, usize)> {
    text.match_indices('@').find_map(|(at, _)| {
        let local = |c: char| c.is_alphanumeric() || "._%+-='/!#$&*?^`{|}~".contains(c);
        let domain = |c: char| c.is_alphanumeric() || ".-".contains(c);
        let start = text[..at].trim_end_matches(local).len();
        let end = text.len() - text[at + 1..].trim_start_matches(domain).len();
        (start < at && end > at + 1).then_some((start, end))
    })
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
    fn a_strangers_text_is_one_short_line_that_turns_nothing_and_names_nobody() {
        let long = "س".repeat(300);
        let cut = format!("{}…", "س".repeat(200));
        let cases = [
            ("نص عادي", "نص عادي"),
            ("line\nline\r\n\u{1b}[31mred\u{7}", "line line   [31mred "),
            ("abc\u{202e}gnp.exe\u{2066}\u{200f}\u{feff}\u{2028}", "abc gnp.exe    "),
            ("550 5.1.1 <amal.k+news@example.org>: unknown", "550 5.1.1 <(address)>: unknown"),
            ("أمل@مثال.إختبار and b@c, d@e", "(address) and (address), (address)"),
            ("a@ @b @ user@[192.0.2.1]", "a@ @b @ user@[192.0.2.1]"),
            (&long, &cut),
        ];
        for (text, expected) in cases {
            assert_eq!(safe(text).to_string(), expected);
        }
        assert_eq!(safe_whole(&long).to_string(), long);
    }

    #[test]
    fn a_panic_of_a_library_is_caught_and_the_next_is_not_expected() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> u8 { panic!("a page") }), None);
        assert!(!GUARDED.get());
    }
}
