//! The line that a problem is on: cut to what fits, without secrets, harmless to a terminal.

use std::ops::Range;

use super::redact;

/// Characters shown before and after the place, where a line is too long to be shown whole.
const BEFORE: usize = 36;
const AFTER: usize = 60;

/// What stands for a secret.
const HIDDEN: &str = "***";

/// A line that may be shown, and the part of it that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Bytes of `text`.
    pub(super) mark: Range<usize>,
}

/// A text by its lines.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where each line starts.
    starts: Vec<usize>,
    /// What must not be shown, ascending.
    secrets: Vec<Range<usize>>,
}

impl<'a> Lines<'a> {
    /// Of `text`, the lines up to the one that holds the byte `last`.
    pub(super) fn new(text: &'a str, last: usize) -> Lines<'a> {
        let last = text.floor_char_boundary(last);
        let text = &text[..text[last..].find('\n').map_or(text.len(), |at| last + at)];
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(after_breaks).collect();
        Lines { text, starts, secrets: redact::secrets(text) }
    }

    /// Line and column, both from 1; the column counts characters.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let at = self.text.floor_char_boundary(at);
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let before = self.text[self.starts[line - 1]..at].trim_start_matches('\u{feff}');
        (line, before.chars().count() + 1)
    }

    /// The line on which `span` starts; nothing where it is blank, or where the file as a whole is meant.
    pub(super) fn show(&self, span: &Range<usize>) -> Option<Shown> {
        if *span == (0..0) {
            return None;
        }
        let start = self.text.floor_char_boundary(span.start);
        let line = self.line(start);
        if self.text[line.clone()].trim().is_empty() {
            return None;
        }
        let start = start.min(line.end);
        let end = self.text.floor_char_boundary(span.end).clamp(start, line.end);
        let window = window(self.text, &line, start);
        let mut shown = Shown { text: String::new(), mark: 0..0 };
        if window.start > line.start {
            shown.text.push('…');
        }
        self.copy(window.start..start, &mut shown.text);
        shown.mark.start = shown.text.len();
        self.copy(start..end.min(window.end), &mut shown.text);
        shown.mark.end = shown.text.len();
        if shown.mark.is_empty() && self.secret_over(start).is_some() {
            shown.mark.start = shown.mark.start.saturating_sub(HIDDEN.len());
        }
        self.copy(end.min(window.end)..window.end, &mut shown.text);
        if window.end < line.end {
            shown.text.push('…');
        }
        Some(shown)
    }

    /// The bytes of the line that holds `at`, without its break.
    fn line(&self, at: usize) -> Range<usize> {
        let index = self.starts.partition_point(|start| *start <= at).max(1) - 1;
        let start = self.starts[index];
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        start..start + self.text[start..end].trim_end_matches('\r').len()
    }

    /// Appends a part of the text, each secret as three stars where it begins.
    fn copy(&self, part: Range<usize>, shown: &mut String) {
        let mut at = part.start;
        while at < part.end {
            if let Some(secret) = self.secret_over(at) {
                if secret.start == at || !shown.ends_with(HIDDEN) {
                    shown.push_str(HIDDEN);
                }
                at = secret.end;
                continue;
            }
            let next = self.secrets.partition_point(|secret| secret.start <= at);
            let end = self.secrets.get(next).map_or(part.end, |secret| secret.start.min(part.end));
            shown.push_str(&harmless(&self.text[at..end]));
            at = end;
        }
    }

    fn secret_over(&self, at: usize) -> Option<&Range<usize>> {
        let index = self.secrets.partition_point(|secret| secret.start <= at).checked_sub(1)?;
        self.secrets.get(index).filter(|secret| secret.contains(&at))
    }
}

/// The part of a line to be shown.
fn window(text: &str, line: &Range<usize>, mark: usize) -> Range<usize> {
    let fits = text[line.clone()].char_indices().nth(BEFORE + AFTER).is_none();
    if fits {
        return line.clone();
    }
    let before = text[line.start..mark].char_indices().rev().nth(BEFORE - 1);
    let after = text[mark..line.end].char_indices().nth(AFTER);
    before.map_or(line.start, |(at, _)| line.start + at)..after.map_or(line.end, |(at, _)| mark + at)
}

/// The text without what could steer a terminal or turn the direction of a line; the number of
/// characters stays, so that columns hold.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\u{feff}' => ' ',
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}
