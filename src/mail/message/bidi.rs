//! Direction: what reads right to left, and which runs within it must stand apart.

use serde::Serialize;

use super::clean::Marked;

/// First-strong isolate, and its end.
const ISOLATE: [&str; 2] = ["\u{2068}", "\u{2069}"];
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';

/// A text ready to be shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shown {
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// In order.
    pub pieces: Vec<Piece>,
    /// All of it as plain text.
    pub plain: String,
}

impl Shown {
    /// As plain text within a line that runs in the direction `around`.
    pub(super) fn within(&self, around: &str) -> String {
        if self.dir == around { self.plain.clone() } else { [ISOLATE[0], &self.plain, ISOLATE[1]].concat() }
    }

    /// As plain text that says nothing of matched words.
    pub(super) fn unmarked(&self) -> String {
        plain(&self.pieces, self.dir == "rtl", "")
    }
}

/// A run of a text that is shown alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    /// Never empty.
    pub text: String,
    /// Whether a rule matched it.
    pub hit: bool,
    /// Whether it runs from left to right within a text that does not.
    pub apart: bool,
}

/// A name within a line of the mail's own words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Label {
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// One line.
    pub text: String,
    /// The same isolated where it runs against the mail.
    pub plain: String,
}

/// Makes a name fit to stand in a line that runs in the direction `around`.
pub(super) fn label(text: &str, around: &str) -> Label {
    if !text.contains(char::is_alphabetic) {
        // A number runs with its line.
        let dir = direction(around == "rtl");
        return Label { dir, text: text.to_owned(), plain: text.to_owned() };
    }
    let marked: Vec<Marked> = text.chars().map(|c| (c, false)).collect();
    let dir = direction(is_rtl(&marked));
    let plain = if dir == around { show(&marked, "").plain } else { [ISOLATE[0], text, ISOLATE[1]].concat() };
    Label { dir, text: text.to_owned(), plain }
}

/// Splits a text where it changes from matched to not matched, and around the Latin words and the
/// numbers with signs that would otherwise be torn apart within Arabic. In plain text, matched
/// words stand between `mark` and `mark`.
pub(super) fn show(text: &[Marked], mark: &str) -> Shown {
    let rtl = is_rtl(text);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let run = if rtl { foreign_run(text, at) } else { 0 };
        let (end, apart) = if run > 0 { (at + run, true) } else { (at + 1, false) };
        // What is isolated stays whole: it is matched where any of it is.
        let hit = text[at..end].iter().any(|mark| mark.1);
        let run: String = text[at..end].iter().map(|mark| mark.0).collect();
        match pieces.last_mut() {
            Some(last) if !apart && !last.apart && last.hit == hit => last.text.push_str(&run),
            _ => pieces.push(Piece { text: run, hit, apart }),
        }
        at = end;
    }
    Shown { dir: direction(rtl), plain: plain(&pieces, rtl, mark), pieces }
}

fn direction(rtl: bool) -> &'static str {
    if rtl { "rtl" } else { "ltr" }
}

/// As plain text: isolated runs between isolates, matched words between `mark` and `mark`, and
/// where a text that runs from right to left would not begin so, a mark that makes it.
fn plain(pieces: &[Piece], rtl: bool, mark: &str) -> String {
    let mut text = String::new();
    let first = pieces.iter().filter(|piece| !piece.apart).flat_map(|piece| piece.text.chars());
    if rtl && !first.take(1).all(rtl_letter) {
        text.push(RIGHT_TO_LEFT_MARK);
    }
    let mut open = false;
    for piece in pieces {
        if piece.hit != open {
            text.push_str(mark);
            open = piece.hit;
        }
        let [before, after] = if piece.apart { ISOLATE } else { ["", ""] };
        text.extend([before, &piece.text, after]);
    }
    if open {
        text.push_str(mark);
    }
    text
}

/// Whether at least a third of the letters are of a script that runs from right to left.
fn is_rtl(text: &[Marked]) -> bool {
    let letters = text.iter().filter(|mark| mark.0.is_alphabetic());
    let (all, rtl) =
        letters.fold((0, 0), |(all, rtl), mark| (all + 1, rtl + usize::from(rtl_letter(mark.0))));
    rtl * 3 >= all
}

fn rtl_letter(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}')
}

/// How many characters from `at` belong to a run that must be isolated; 0 where none does.
fn foreign_run(text: &[Marked], at: usize) -> usize {
    let c = |at: usize| text.get(at).map_or(' ', |mark| mark.0);
    let word = |at: usize| c(at).is_ascii_digit() || latin(c(at));
    let signed = matches!(c(at), '+' | '-' | '−' | '$' | '€' | '£' | '#' | '@') && word(at + 1);
    if !(word(at) || signed) || (at > 0 && c(at - 1).is_alphanumeric()) {
        return 0;
    }
    let mut end = at + usize::from(signed);
    let mut has_letter = false;
    loop {
        while word(end) {
            has_letter |= latin(c(end));
            end += 1;
        }
        // A range such as 12-14 is read from right to left, so only letters carry a hyphen along.
        let joins = matches!(c(end), '.' | ',' | ':' | '/' | '@' | '_')
            || (has_letter || latin(c(end + 1))) && matches!(c(end), ' ' | '-' | '&' | '\'' | '’' | '+');
        if !(joins && word(end + 1)) {
            break;
        }
        end += 1;
    }
    while has_letter && c(end) == '+' || c(end) == '%' {
        end += 1;
    }
    let plain_number = !signed && (at..end).all(|at| c(at).is_ascii_digit());
    if plain_number || c(end).is_alphanumeric() { 0 } else { end - at }
}

fn latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') && c.is_alphabetic()
}
