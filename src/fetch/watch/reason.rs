//! What is not as it was with a feed, in a word and in a sentence. Pure.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

/// What is not as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Quiet { for_long: SignedDuration, usual: Duration },
    Empty,
    Captcha,
    Html,
    Garbled(u32),
    Ahead(SignedDuration),
    Clock(SignedDuration),
    Gone,
    Failing(SignedDuration),
}

impl Reason {
    /// A word for it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Reason::Quiet { .. } => "quiet",
            Reason::Empty => "empty",
            Reason::Captcha => "captcha",
            Reason::Html => "html",
            Reason::Garbled(_) => "undecodable",
            Reason::Ahead(_) => "dated-ahead",
            Reason::Clock(_) => "clock",
            Reason::Gone => "gone",
            Reason::Failing(_) => "failing",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Quiet { for_long, usual } => write!(
                f,
                "nothing new for {}; 99 of 100 of its pauses are under {}",
                spelled(*for_long),
                spelled(SignedDuration::try_from(*usual).unwrap_or(SignedDuration::MAX))
            ),
            Reason::Empty => f.write_str("it answers, but with a feed without entries"),
            Reason::Captcha => {
                f.write_str("a page that asks for proof of a person comes instead of the feed")
            }
            Reason::Html => f.write_str("a web page comes instead of the feed"),
            Reason::Garbled(share) => {
                write!(f, "{}.{:02} % of its characters cannot be decoded", share / 100, share % 100)
            }
            Reason::Ahead(ahead) => write!(f, "entries are dated {} ahead", spelled(*ahead)),
            Reason::Clock(off) => {
                let way = if off.is_negative() { "behind" } else { "ahead of" };
                write!(f, "its server's clock is {} {way} this machine's", spelled(off.abs()))
            }
            Reason::Gone => f.write_str("the server says that it is gone for good (410)"),
            Reason::Failing(since) => write!(f, "no poll has succeeded for {}", spelled(*since)),
        }
    }
}

/// In the largest unit that fits at least twice.
fn spelled(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let units = [(24 * 3600, "days"), (3600, "hours"), (60, "minutes")];
    let (unit, name) = units.into_iter().find(|(unit, _)| seconds >= 2 * unit).unwrap_or((1, "seconds"));
    format!("{} {name}", seconds / unit)
}

/// Whether a warning of this kind is of the document, which a 304 says is the same still.
pub(super) fn is_of_document(kind: &str) -> bool {
    ["empty", "undecodable", "dated-ahead"].contains(&kind)
}
