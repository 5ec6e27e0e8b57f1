//! What matched, for people: texts and places in, sentences with the words marked out.
//!
//! What a stranger wrote is shown without controls; on a terminal also isolated, so that Arabic within
//! an English line turns neither of them round. A file or a pipe gets the bare text.

use std::io::IsTerminal;
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use crate::rules::{Document, Field, RuleSet, Span};
use crate::text::fold;
use crate::text::word::{Layout, Words};

/// Characters of a sentence that are shown before the first marked word and after the last.
const AROUND: usize = 70;

/// How words are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Bold and coloured, for a terminal.
    Colour,
    /// In brackets, for files and pipes.
    Brackets,
}

impl Look {
    /// Colour on a terminal whose user did not refuse it.
    pub(super) fn of_stdout() -> Look {
        match anstream::AutoStream::choice(&std::io::stdout()) {
            anstream::ColorChoice::Never => Look::Brackets,
            _ => Look::Colour,
        }
    }

    /// Text in a style, where there are colours.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        match self {
            Look::Colour => format!("{style}{text}{style:#}"),
            Look::Brackets => text.to_owned(),
        }
    }

    fn mark(self, text: &str) -> String {
        match self {
            Look::Colour => self.paint(Style::new().bold().fg_color(Some(AnsiColor::Red.into())), text),
            Look::Brackets => format!("[{text}]"),
        }
    }
}

/// A place in a document: field, first code point, one past the last.
pub(super) type Place = (Field, u32, u32);

/// A sentence with words marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) field: Field,
    /// Its code points in the field.
    pub(super) stretch: Range<u32>,
    pub(super) text: String,
}

/// The sentences that places stand in, in order; places come sorted.
pub(super) fn marked(document: Document<'_>, places: &[Place], look: Look) -> Vec<Marked> {
    let mut sentences = Vec::new();
    for (field, text, layout) in
        [(Field::Title, document.title, Layout::Line), (Field::Body, document.body, Layout::Prose)]
    {
        let places: Vec<Place> = places.iter().copied().filter(|place| place.0 == field).collect();
        let mut rest = places.as_slice();
        if rest.is_empty() {
            continue;
        }
        let chars: Vec<char> = text.chars().collect();
        for stretch in sentence_places(text, layout) {
            let (here, after) = rest.split_at(rest.partition_point(|place| place.1 < stretch.end));
            rest = after;
            if !here.is_empty() {
                let text = mark(&chars, &stretch, &joined(here), look);
                sentences.push(Marked { field, stretch, text });
            }
        }
    }
    sentences
}

/// One line for each sentence that spans stand in, in order, and the terms that matched there.
pub(super) fn sentences(document: Document<'_>, spans: &[Span], rules: &RuleSet, look: Look) -> Vec<String> {
    let places: Vec<Place> = spans.iter().map(|span| (span.field, span.start, span.end)).collect();
    let line = |marked: Marked| {
        let here = |span: &&Span| span.field == marked.field && marked.stretch.contains(&span.start);
        let mut terms: Vec<&str> = spans.iter().filter(here).map(|span| rules.term(span.term)).collect();
        terms.sort_unstable();
        terms.dedup();
        let terms: Vec<String> = terms.into_iter().map(isolated).collect();
        format!("{}  ← {}", marked.text, terms.join("، "))
    };
    marked(document, &places, look).into_iter().map(line).collect()
}

/// Text that is safe to show: no line breaks, no terminal controls, no hidden direction.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|&c| !fold::is_invisible(c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Safe text whose direction is its own affair.
pub(super) fn isolated(text: &str) -> String {
    ours(&format!("\u{2068}{}\u{2069}", printable(text)), text)
}

/// Safe text that runs from left to right, such as a query.
pub(super) fn left_to_right(text: &str) -> String {
    ours(&format!("\u{2066}{}\u{2069}", printable(text)), text)
}

/// What we wrote ourselves around strangers' text, which is safe already.
pub(super) fn told(text: &str) -> String {
    ours(text, text)
}

/// Our own isolates stay where a terminal orders the line and there is anything to order.
fn ours(isolated: &str, text: &str) -> String {
    if !text.is_ascii() && std::io::stdout().is_terminal() {
        return isolated.to_owned();
    }
    isolated.chars().filter(|&c| !fold::is_invisible(c)).collect()
}

/// Where each sentence stands, in code points: to the next one's first word.
fn sentence_places(text: &str, layout: Layout) -> Vec<Range<u32>> {
    let mut words = Words::default();
    words.read(text, layout);
    let length = text.chars().count() as u32;
    let firsts: Vec<u32> = words.sentences().map(|first| words.words()[first as usize].start).collect();
    let ends = firsts.iter().skip(1).copied().chain([length]);
    firsts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The sentence, cut to what is around the marks.
fn mark(chars: &[char], sentence: &Range<u32>, marks: &[(u32, u32)], look: Look) -> String {
    let (Some(&(first, _)), Some(&(_, last))) = (marks.first(), marks.last()) else { return String::new() };
    let is_blank = |at: &usize| chars.get(*at).is_some_and(|c| c.is_whitespace());
    let (first, last) = (first as usize, last as usize);
    let (start, end) = (sentence.start as usize, (sentence.end as usize).max(last));
    let from = first.saturating_sub(AROUND).max(start);
    let from = if from == start { start } else { (from..first).find(is_blank).map_or(from, |at| at + 1) };
    let to = (last + AROUND).min(end);
    let to = if to == end { end } else { (last..to).rev().find(is_blank).unwrap_or(to) };
    let text = |from: usize, to: usize| printable(&chars[from..to].iter().collect::<String>());
    let mut line = String::from(if from > start { "\u{2068}… " } else { "\u{2068}" });
    let mut at = from;
    for &(start, stop) in marks {
        line += &text(at, start as usize);
        line += &look.mark(&text(start as usize, stop as usize));
        at = stop as usize;
    }
    line += text(at, to).trim_end();
    told(&(line + if to < end { " …\u{2069}" } else { "\u{2069}" }))
}

/// Places that overlap, as one stretch.
fn joined(places: &[Place]) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for &(_, start, stop) in places {
        match joined.last_mut() {
            Some((_, end)) if start < *end => *end = stop.max(*end),
            _ => joined.push((start, stop)),
        }
    }
    joined
}
