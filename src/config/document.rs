//! A config's text as TOML: sections with their places out, and what is wrong with the syntax.
//!
//! The text is cut at its section headers and parsed piece by piece, for two reasons: a mistake in
//! one section hides nothing in the others, and of a hundred thousand rules only a few are held as
//! TOML at any time. Nothing here knows what a key means.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problems, Span};

mod mend;

/// A text or another value with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// A text as written.
pub(super) type Text<'a> = Written<Cow<'a, str>>;

/// One entry of the top level: a section, or all items of one kind that stand together.
pub(super) struct Section<'a> {
    pub(super) name: Text<'a>,
    pub(super) value: Spanned<DeValue<'a>>,
    /// Add it to the spans within `value`.
    pub(super) offset: usize,
    /// Whether nothing of the piece was lost to a mistake in its syntax.
    pub(super) whole: bool,
}

/// Pieces with mistakes that are mended and read on; what lies in further ones stays unread.
const MENDED: usize = 64;

/// Bytes that are parsed at once, unless a single piece is larger.
const RUN: usize = 16 << 10;

/// Room for the mended copies, which sections borrow from.
pub(super) struct Mended([OnceCell<String>; MENDED]);

impl Mended {
    pub(super) fn new() -> Mended {
        Mended([const { OnceCell::new() }; MENDED])
    }

    fn keep(&self, text: String) -> Option<&str> {
        let cell = self.0.iter().find(|cell| cell.get().is_none())?;
        Some(cell.get_or_init(|| text))
    }
}

/// What mistakes in the syntax may have hidden.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lost {
    /// Some section.
    pub(super) sections: bool,
    /// Some rule or entity, so that a name that is not known may be sound.
    pub(super) names: bool,
}

/// A value of the top level, before all sections, and what to add to its spans.
pub(super) fn top<'a>(text: &'a str, name: &str) -> Option<(Spanned<DeValue<'a>>, usize)> {
    let first = &text[pieces(text).next()?];
    if !first.contains(name) {
        return None;
    }
    let (table, _) = DeTable::parse_recoverable(first);
    let found = table.into_inner().into_iter().find(|(key, _)| key.get_ref() == name);
    found.map(|(_, value)| (value, 0))
}

/// Hands over the sections of `text` one by one, in order; `base` is where the text begins in the
/// row of all texts.
pub(super) fn read<'a>(
    text: &'a str,
    base: usize,
    mended: &'a Mended,
    problems: &mut Problems,
    mut section: impl FnMut(Section<'a>, &mut Problems),
) -> Lost {
    let mut lost = Lost::default();
    let mut hand_over = |table: DeTable<'a>, offset: usize, whole: bool, problems: &mut Problems| {
        for (name, value) in table {
            let span = shifted(&name.span(), offset);
            let name = Written { value: name.into_inner(), span };
            section(Section { name, value, offset, whole }, problems);
        }
    };
    for run in runs(text) {
        let start = base + run.start;
        let run = &text[run];
        if let Some(table) = sound(run) {
            hand_over(table, start, true, problems);
            continue;
        }
        for piece in pieces(run) {
            let offset = start + piece.start;
            let piece = &run[piece];
            let (table, whole) = parse(piece, offset, mended, problems);
            if !whole {
                lost.sections = true;
                lost.names |= ["[rules", "[entities"].iter().any(|header| piece.contains(header));
            }
            hand_over(table, offset, whole, problems);
        }
    }
    lost
}

/// `span` of a piece as bytes of the file.
pub(super) fn shifted(span: &Span, offset: usize) -> Span {
    span.start + offset..span.end + offset
}

/// The sections of a run without a mistake.
fn sound(run: &str) -> Option<DeTable<'_>> {
    if run.len() > RUN {
        return None; // one large piece: whether it is TOML at all is asked first
    }
    let (table, errors) = DeTable::parse_recoverable(run);
    errors.is_empty().then(|| table.into_inner())
}

fn parse<'a>(
    piece: &'a str,
    offset: usize,
    mended: &'a Mended,
    problems: &mut Problems,
) -> (DeTable<'a>, bool) {
    if mend::is_hopeless(piece, offset, problems) {
        return (DeTable::new(), false);
    }
    let (table, errors) = DeTable::parse_recoverable(piece);
    if errors.is_empty() {
        return (table.into_inner(), true);
    }
    drop(table);
    if problems.are_plenty() {
        problems.count(1);
        return (DeTable::new(), false);
    }
    let copy = mend::mend(piece, offset, errors, problems);
    let table = mended.keep(copy).map(|copy| DeTable::parse_recoverable(copy).0.into_inner());
    (table.unwrap_or_default(), false)
}

/// Pieces that follow each other, together: the parser likes more than a few lines at a time.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut pieces = pieces(text).peekable();
    std::iter::from_fn(move || {
        let mut run = pieces.next()?;
        while let Some(next) = pieces.next_if(|next| next.end - run.start <= RUN) {
            run.end = next.end;
        }
        Some(run)
    })
}

/// The text cut before each `[section]` and `[[section]]` that starts a line, outside of long strings.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let quotes = ["\"\"\"", "'''"];
    let used = quotes.map(|quotes| text.contains(quotes));
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        if start == text.len() {
            return None;
        }
        let mut counted = start;
        let mut open = [false; 2];
        for (before, _) in text[start..].match_indices("\n[") {
            let line = start + before + 1;
            for kind in (0..quotes.len()).filter(|kind| used[*kind]) {
                open[kind] ^= text[counted..line].matches(quotes[kind]).count() % 2 == 1;
            }
            counted = line;
            if open == [false; 2] && is_header(&text[line..]) {
                at = line;
                return Some(start..line);
            }
        }
        at = text.len();
        Some(start..at)
    })
}

/// Whether the text starts with a line such as `[storage]` or `[[feeds]] # comment`.
fn is_header(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('[') else { return false };
    let (inner, close) = inner.strip_prefix('[').map_or((inner, "]"), |inner| (inner, "]]"));
    let name = inner.trim_start_matches([' ', '\t']);
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix(close);
    let rest = rest.map(|rest| rest.trim_start_matches([' ', '\t', '\r']));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['\n', '#']))
}
