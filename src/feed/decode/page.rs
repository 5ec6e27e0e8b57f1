//! Code pages that browsers do not know, of DOS, the old Mac and mainframes: a label in, a table out.
//!
//! `pages.txt` has two lines a page: its names, then its characters, as Unicode's own mapping files
//! give them. A page of 128 characters is ASCII below them; one of 256 is EBCDIC, whose documents show
//! by their first bytes. In the table `␀` is a byte that stands for nothing or a control, `␉`, `␤` and
//! `␍` are blanks, `␠` the blank that does not break and `␃` the soft hyphen.

const PAGES: &str = include_str!("pages.txt");

/// `<?xml` in every EBCDIC.
const EBCDIC_DECLARATION: &[u8] = b"\x4C\x6F\xA7\x94\x93";
/// How far into an EBCDIC document its declaration is looked for.
const PROLOG: usize = 256;

/// One code page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    characters: &'static str,
}

impl Page {
    /// The page that a label names; blanks, case and `_` for `-` aside.
    pub(super) fn named(label: &str) -> Option<Page> {
        let label = label.trim().to_ascii_lowercase().replace('_', "-");
        let mut lines = PAGES.lines();
        while let (Some(names), Some(characters)) = (lines.next(), lines.next()) {
            if names.split(' ').any(|name| name == label) {
                return Some(Page { characters });
            }
        }
        None
    }

    /// The page of a document that begins as EBCDIC does: the one it declares, else that of the
    /// United States, on which all agree as far as a declaration goes.
    pub(super) fn of_ebcdic(bytes: &[u8]) -> Option<Page> {
        if !bytes.starts_with(EBCDIC_DECLARATION) {
            return None;
        }
        let common = Page::named("cp037")?;
        let head = common.decode(&bytes[..bytes.len().min(PROLOG)]);
        let declared = super::label::declared(head.as_bytes());
        let declared = declared.and_then(|label| std::str::from_utf8(label).ok()).and_then(Page::named);
        Some(declared.filter(Page::is_ebcdic).unwrap_or(common))
    }

    /// Whether the page differs from ASCII below its upper half.
    pub(super) fn is_ebcdic(&self) -> bool {
        self.characters.chars().count() == 256
    }

    /// The text that the bytes stand for.
    pub(super) fn decode(&self, bytes: &[u8]) -> String {
        let mut table = [char::REPLACEMENT_CHARACTER; 256];
        for (byte, slot) in (0..=0x7F_u8).zip(&mut table) {
            *slot = char::from(byte);
        }
        let first = if self.is_ebcdic() { 0 } else { 128 };
        for (slot, shown) in table[first..].iter_mut().zip(self.characters.chars()) {
            *slot = meant(shown);
        }
        bytes.iter().map(|byte| table[usize::from(*byte)]).collect()
    }
}

/// What a character of the table stands for.
fn meant(shown: char) -> char {
    match shown {
        '␀' => char::REPLACEMENT_CHARACTER,
        '␉' => '\t',
        '␤' => '\n',
        '␍' => '\r',
        '␠' => '\u{A0}',
        '␃' => '\u{AD}',
        shown => shown,
    }
}
