//! The part of a text worth showing: the sentences that matched, or how the text begins.

use std::ops::Range;

use super::clean::{Marked, clings};

/// At most about `max` characters of `text` around its first matches, whole sentences where they
/// fit, never part of a word. Without matches, the beginning.
///
/// `hits` are in code points of `text`, sorted and disjoint; those beyond its end are ignored.
pub(super) fn excerpt(text: &str, hits: &[Range<usize>], max: usize) -> Vec<Marked> {
    let Some(first) = hits.first() else { return Window::new(text, 0, max).beginning(max) };
    let from = first.start.saturating_sub(2 * max);
    let window = Window::new(text, from, 6 * max);
    let within = hits.iter().filter_map(|hit| {
        let hit = hit.start.saturating_sub(from)..hit.end.saturating_sub(from).min(window.text.len());
        (hit.start < hit.end).then_some(hit)
    });
    let hits: Vec<Range<usize>> = within.collect();
    let Some(first) = hits.first() else { return Window::new(text, 0, max).beginning(max) };
    let mut parts = vec![window.part(first, max)];
    for hit in &hits[1..] {
        let last = parts[parts.len() - 1].clone();
        if hit.end <= last.end {
            continue;
        }
        let used: usize = parts.iter().map(ExactSizeIterator::len).sum();
        let sentence = window.sentence(hit);
        let whole = sentence.end < window.text.len() || window.closes;
        if sentence.start < last.end || used + sentence.len() > max || !whole {
            break;
        }
        parts.push(sentence);
    }
    window.show(&parts, &hits)
}

/// A stretch of a text, so that a text of megabytes costs no more than one of a page.
struct Window {
    text: Vec<char>,
    /// Whether the text begins here, rather than before.
    opens: bool,
    /// Whether the text ends here.
    closes: bool,
}

impl Window {
    fn new(text: &str, from: usize, len: usize) -> Window {
        let mut rest = text.chars().skip(from);
        let text = rest.by_ref().take(len).collect();
        Window { text, opens: from == 0, closes: rest.next().is_none() }
    }

    /// The sentence of a hit where it fits, else as much of it as does.
    fn part(&self, hit: &Range<usize>, max: usize) -> Range<usize> {
        let sentence = self.sentence(hit);
        if sentence.len() <= max {
            return sentence;
        }
        let before = max.saturating_sub(hit.len()) / 3;
        let mut start = hit.start.saturating_sub(before).max(sentence.start);
        let mut end = (start + max).min(sentence.end);
        if end == sentence.end {
            start = end.saturating_sub(max).max(sentence.start);
        }
        if start > sentence.start {
            start = (start..hit.start).find(|&at| self.word_starts(at)).unwrap_or(start.min(hit.start));
        }
        if end < sentence.end {
            end = self.word_end_before(end, if hit.end <= end { hit.end } else { start });
        }
        start..end
    }

    fn sentence(&self, hit: &Range<usize>) -> Range<usize> {
        let start = (1..=hit.start).rev().find(|&at| self.ends_sentence(at - 1)).unwrap_or(0);
        let start = (start..hit.start).find(|&at| !self.text[at].is_whitespace()).unwrap_or(hit.start);
        let end = (hit.end..=self.text.len()).find(|&at| at > 0 && self.ends_sentence(at - 1));
        start..end.unwrap_or(self.text.len()).max(hit.end)
    }

    fn beginning(&self, max: usize) -> Vec<Marked> {
        let mut end = self.text.len();
        if !self.closes {
            let sentence = (max / 2..end).rev().find(|&at| at > 0 && self.ends_sentence(at - 1));
            end = sentence.unwrap_or_else(|| self.word_end_before(end, 0));
        }
        self.show(std::slice::from_ref(&(0..end)), &[])
    }

    /// Whether the character ends a sentence: a line break, or a mark with white space or a
    /// closing quote after it that no lone letter (an abbreviation) stands before.
    fn ends_sentence(&self, at: usize) -> bool {
        let abbreviates = || {
            let letter = at.checked_sub(1).is_some_and(|before| self.text[before].is_alphabetic());
            letter && at.checked_sub(2).is_none_or(|before| !self.text[before].is_alphanumeric())
        };
        let open =
            || self.text.get(at + 1).is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '»' | '”' | ')'));
        match self.text[at] {
            '\n' | '\u{2029}' => true,
            '!' | '?' | '؟' | '…' | '۔' => open(),
            '.' => open() && !abbreviates(),
            _ => false,
        }
    }

    fn word_starts(&self, at: usize) -> bool {
        at == 0 || (self.text[at - 1].is_whitespace() && !self.text[at].is_whitespace())
    }

    /// The end of the last whole word in `least..=end`; in a word without end, as near to `end` as
    /// nothing clings to what came before.
    fn word_end_before(&self, end: usize, least: usize) -> usize {
        let parts = |at: &usize| self.text.get(*at).is_some_and(|c| c.is_whitespace());
        let free = |at: &usize| self.text.get(*at).is_none_or(|c| !clings(*c));
        (least..=end).rev().find(parts).or_else(|| (least..=end).rev().find(free)).unwrap_or(end)
    }

    /// The parts with ellipses where something was left out in or between sentences.
    fn show(&self, parts: &[Range<usize>], hits: &[Range<usize>]) -> Vec<Marked> {
        let mut shown: Vec<Marked> = Vec::new();
        let mut hits = hits.iter().peekable();
        for (n, part) in parts.iter().enumerate() {
            let gap = n > 0 && self.text[parts[n - 1].end..part.start].iter().any(|c| !c.is_whitespace());
            let cut = n == 0 && part.start > 0 && !self.starts_sentence(part.start);
            if gap || cut {
                shown.extend([(' ', false), ('…', false), (' ', false)]);
            } else if n > 0 {
                shown.push((' ', false));
            }
            for at in part.clone() {
                while hits.next_if(|hit| hit.end <= at).is_some() {}
                shown.push((self.text[at], hits.peek().is_some_and(|hit| hit.contains(&at))));
            }
        }
        let end = parts.last().map_or(0, |part| part.end);
        let ended = end == 0 || self.ends_sentence(end - 1) || (end == self.text.len() && self.closes);
        if !ended {
            shown.push(('…', false));
        }
        shown
    }

    fn starts_sentence(&self, at: usize) -> bool {
        let before = self.text[..at].iter().rposition(|c| !c.is_whitespace() || *c == '\n');
        before.map_or(self.opens, |before| self.ends_sentence(before))
    }
}
