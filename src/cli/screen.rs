//! Text from outside made fit for a terminal: one line, no controls, of a width that is known, with a
//! direction that ends where it ends.

use std::io::IsTerminal;
use std::time::Duration;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::excerpt::printable;

/// First strong isolate, and the end of it: what stands between turns nothing outside.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// A terminal orders what it shows; a file or a pipe gets the bare text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Screen {
    pub(super) isolates: bool,
}

impl Screen {
    /// That of standard output.
    pub(super) fn of_stdout() -> Screen {
        Screen { isolates: std::io::stdout().is_terminal() }
    }

    /// A text of a stranger on at most `width` columns.
    pub(super) fn text(self, text: &str, width: usize) -> String {
        self.isolated(&cut(&clean(text), width))
    }

    /// The same, filled up to `width` columns.
    pub(super) fn cell(self, text: &str, width: usize) -> String {
        let text = cut(&clean(text), width);
        let fill = width.saturating_sub(text.width());
        format!("{}{:fill$}", self.isolated(&text), "")
    }

    fn isolated(self, text: &str) -> String {
        if self.isolates && !text.is_ascii() {
            format!("{}{text}{}", ISOLATE.0, ISOLATE.1)
        } else {
            text.to_owned()
        }
    }
}

/// How wide the terminal on standard output is; nothing where it is a file or a pipe.
pub(super) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// How many columns a text takes once it is clean.
pub(super) fn columns(text: &str) -> usize {
    clean(text).width()
}

/// Without what is invisible or moves the cursor; blanks are single.
pub(super) fn clean(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut columns = 0;
    for character in text.chars() {
        columns += character.width().unwrap_or(0);
        if columns >= width {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

/// A duration in the two units that matter, such as `3h 5m`.
pub(super) fn spell(duration: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = duration.as_secs();
    let mut parts = Vec::new();
    for (seconds, unit) in UNITS {
        if rest >= seconds && parts.len() < 2 {
            parts.push(format!("{}{unit}", rest / seconds));
            rest %= seconds;
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "0s".into() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_as_wide_as_it_says_whatever_stands_in_it() {
        let bare = Screen { isolates: false };
        let cases = [
            "",
            "abc",
            "وكالة الأنباء",
            "وكالة الأنباء العراقيّة الرسميّة",
            "新聞聯播晚間",
            "a\u{202e}b\u{1b}[2J",
            "a\n\n b",
        ];
        for case in cases {
            assert_eq!(bare.cell(case, 10).width(), 10, "{case:?}");
        }
        let shown = Screen { isolates: true }.cell("وكالة", 10);
        assert!(shown.starts_with('\u{2068}') && shown.trim_end().ends_with('\u{2069}'), "{shown:?}");
    }

    #[test]
    fn durations_are_spelled_in_two_units() {
        for (seconds, expected) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_661, "1h 1m"),
            (86_400, "1d"),
            (90_061, "1d 1h"),
            (86_405, "1d"),
        ] {
            assert_eq!(spell(Duration::from_secs(seconds)), expected);
        }
    }
}
