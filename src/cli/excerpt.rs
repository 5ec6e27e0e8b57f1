//! What matched, for people: texts and spans in, sentences with the words marked out.

use std::io::IsTerminal;

use crate::rules::{Document, Field, RuleSet, Span};
use crate::text::fold;
use crate::text::word::{Layout, Words};

/// How words are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Bold and coloured, for a terminal.
    Colour,
    /// In brackets, for files and pipes.
    Brackets,
}

impl Style {
    /// Colour on a terminal whose user did not refuse it.
    pub(super) fn of_stdout() -> Style {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if std::io::stdout().is_terminal() && !refused { Style::Colour } else { Style::Brackets }
    }

    fn marks(self) -> (&'static str, &'static str) {
        match self {
            Style::Colour => ("\u{1b}[1;31m", "\u{1b}[0m"),
            Style::Brackets => ("[", "]"),
        }
    }
}

/// One line for each sentence that spans stand in, in order, and the terms that matched there.
pub(super) fn sentences(
    document: Document<'_>,
    spans: &[Span],
    rules: &RuleSet,
    style: Style,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (field, text, layout) in
        [(Field::Title, document.title, Layout::Line), (Field::Body, document.body, Layout::Prose)]
    {
        let spans: Vec<Span> = spans.iter().copied().filter(|span| span.field == field).collect();
        let mut rest = spans.as_slice();
        if rest.is_empty() {
            continue;
        }
        let chars: Vec<char> = text.chars().collect();
        for sentence in sentence_places(text, layout) {
            let (here, after) = rest.split_at(rest.partition_point(|span| span.start < sentence.end));
            rest = after;
            if !here.is_empty() {
                lines.push(line(&chars, sentence, here, rules, style));
            }
        }
    }
    lines
}

/// Text that is safe to show: no line breaks, no terminal controls, no hidden direction.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|&c| !fold::is_invisible(c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Where each sentence stands, in code points: to the next one's first word.
fn sentence_places(text: &str, layout: Layout) -> Vec<std::ops::Range<u32>> {
    let mut words = Words::default();
    words.read(text, layout);
    let length = text.chars().count() as u32;
    let firsts: Vec<u32> = words.sentences().map(|first| words.words()[first as usize].start).collect();
    let ends = firsts.iter().skip(1).copied().chain([length]);
    firsts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn line(
    chars: &[char],
    sentence: std::ops::Range<u32>,
    spans: &[Span],
    rules: &RuleSet,
    style: Style,
) -> String {
    let (open, close) = style.marks();
    let mut line = String::new();
    let mut at = sentence.start;
    let put = |line: &mut String, to: u32, at: &mut u32| {
        let text: String = chars[*at as usize..to as usize].iter().collect();
        line.push_str(&printable(&text));
        *at = to;
    };
    let end = spans.iter().map(|span| span.end).max().unwrap_or_default().max(sentence.end);
    for (start, stop) in joined(spans) {
        put(&mut line, start, &mut at);
        line.push_str(open);
        put(&mut line, stop, &mut at);
        line.push_str(close);
    }
    put(&mut line, end, &mut at);
    let mut terms: Vec<&str> = spans.iter().map(|span| rules.term(span.term)).collect();
    terms.sort_unstable();
    terms.dedup();
    format!("{}  ← {}", line.trim_end(), printable(&terms.join("، ")))
}

/// Spans that overlap, as one stretch.
fn joined(spans: &[Span]) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some((_, end)) if span.start < *end => *end = span.end.max(*end),
            _ => joined.push((span.start, span.end)),
        }
    }
    joined
}
