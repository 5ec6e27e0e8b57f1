//! Text from outside made fit to show: control characters, direction controls and broken pieces
//! go, white space becomes one space. What comes out is one line.

use unicode_segmentation::UnicodeSegmentation;

/// A character and whether a rule matched it.
pub(super) type Marked = (char, bool);

/// Where a text is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A header, where nothing may steer direction and nothing may be invisible.
    Header,
    /// A body, where harmless marks may stay.
    Body,
}

/// A text of at most `max` characters on one line, cut between words where it is longer.
pub(super) fn line(text: &str, place: Place, max: usize) -> String {
    marked(text.chars().map(|c| (c, false)), place, max).into_iter().map(|(c, _)| c).collect()
}

/// The same for text that knows its matched words.
pub(super) fn marked(text: impl Iterator<Item = Marked>, place: Place, max: usize) -> Vec<Marked> {
    let mut kept: Vec<Marked> = Vec::new();
    for (c, hit) in text {
        match fate(c, place) {
            Fate::Drop => {}
            Fate::Space if kept.last().is_none_or(|last| last.0 == ' ') => {}
            Fate::Space => kept.push((' ', hit)),
            Fate::Keep => {
                // What would begin an encoded-word is written so that no mail client decodes it.
                if c == '?' && place == Place::Header && kept.last().is_some_and(|last| last.0 == '=') {
                    kept.push((' ', hit));
                }
                kept.push((c, hit));
            }
        }
        if kept.len() > max {
            shorten(&mut kept, max);
            return kept;
        }
    }
    trim_end(&mut kept);
    kept
}

/// Whether a character belongs to the one before it, so that a cut of an excerpt may not part them.
pub(super) fn clings(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{640}')
}

/// Cuts to at most `max` characters, the last an ellipsis, after a whole word if one ends in the
/// last two fifths, else between what people take for characters.
fn shorten(text: &mut Vec<Marked>, max: usize) {
    let room = max.saturating_sub(1);
    let word_end = (room * 3 / 5..=room).rev().find(|&at| text[at].0 == ' ');
    let end = word_end.unwrap_or_else(|| whole(text, room));
    text.truncate(end);
    trim_end(text);
    text.push(('…', false));
}

/// The most code points, at most `room`, that end with a whole grapheme; all of them where the first
/// half is one.
fn whole(text: &[Marked], room: usize) -> usize {
    let written: String = text.iter().map(|mark| mark.0).collect();
    let mut end = 0;
    for grapheme in written.graphemes(true) {
        let next = end + grapheme.chars().count();
        if next > room {
            break;
        }
        end = next;
    }
    if end > room / 2 { end } else { room }
}

fn trim_end(text: &mut Vec<Marked>) {
    while text.last().is_some_and(|last| last.0 == ' ') {
        text.pop();
    }
}

enum Fate {
    Keep,
    Space,
    Drop,
}

fn fate(c: char, place: Place) -> Fate {
    match c {
        '\n' | '\t' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Space,
        c if c.is_control() => Fate::Drop,
        // Embeddings, overrides and isolates: ours are the only ones that a message may hold.
        '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffc}'
        | '\u{e0001}' => Fate::Drop,
        c if u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}') => Fate::Drop,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{ad}' | '\u{fffd}'
            if place == Place::Header =>
        {
            Fate::Drop
        }
        c if c.is_whitespace() => Fate::Space,
        _ => Fate::Keep,
    }
}
