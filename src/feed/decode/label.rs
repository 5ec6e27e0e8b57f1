//! What a document's carrier and its own declaration say of its encoding.

use encoding_rs::{Encoding, REPLACEMENT, UTF_16BE, UTF_16LE};

use super::page::Page;

/// How far a declaration is looked for; what stands before it is rubbish.
const PROLOG: usize = 2048;

/// The labels in the order in which they are believed: HTTP, then the XML declaration. Encodings
/// that the bytes would have given away by themselves are left out.
pub(super) fn labels(bytes: &[u8], content_type: Option<&str>) -> Vec<&'static Encoding> {
    let believable = |label: &&'static Encoding| ![UTF_16LE, UTF_16BE, REPLACEMENT].contains(label);
    given(bytes, content_type).filter_map(encoding).filter(believable).collect()
}

/// The first label that names a code page of [`Page`], apart from those of other alphabets than ASCII.
pub(super) fn page(bytes: &[u8], content_type: Option<&str>) -> Option<Page> {
    given(bytes, content_type).find_map(Page::named).filter(|page| !page.is_ebcdic())
}

/// The labels as written: HTTP's, then the XML declaration's.
fn given<'a>(bytes: &'a [u8], content_type: Option<&'a str>) -> impl Iterator<Item = &'a str> {
    let http = content_type.and_then(charset);
    let xml = declared(bytes).and_then(|label| std::str::from_utf8(label).ok());
    http.into_iter().chain(xml)
}

/// The encoding of a label; also where `_` stands for `-`, or the number of a windows page behind
/// another word than browsers know.
fn encoding(label: &str) -> Option<&'static Encoding> {
    if let Some(known) = Encoding::for_label(label.as_bytes()) {
        return Some(known);
    }
    let label = label.trim().to_ascii_lowercase().replace('_', "-");
    let windows = || {
        let number = label.trim_start_matches(|c: char| !c.is_ascii_digit());
        let page = number.len() == 4 && number.starts_with("125");
        page.then(|| format!("windows-{number}"))
    };
    let known = Encoding::for_label(label.as_bytes());
    known.or_else(|| Encoding::for_label(windows()?.as_bytes())).or_else(|| {
        let row = ALIASES.iter().find(|(alias, _)| *alias == label)?;
        Encoding::for_label(row.1.as_bytes())
    })
}

/// Names that registries and other systems give to what browsers know under another.
const ALIASES: [(&str, &str); 9] = [
    ("ms-ansi", "windows-1252"),
    ("ms-arab", "windows-1256"),
    ("ms-cyrl", "windows-1251"),
    ("ms-ee", "windows-1250"),
    ("ms-greek", "windows-1253"),
    ("ms-hebr", "windows-1255"),
    ("ms-turk", "windows-1254"),
    ("mac-cyrillic", "x-mac-cyrillic"),
    ("maccyrillic", "x-mac-cyrillic"),
];

/// The charset parameter of a media type.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(|c| c == '"' || c == '\'');
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })
}

/// The encoding of `<?xml … encoding="…"?>`.
pub(super) fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(PROLOG)];
    let declaration = &head[memchr::memmem::find(head, b"<?xml")?..];
    let end = memchr::memchr(b'>', declaration).unwrap_or(declaration.len());
    let declaration = &declaration[..end];
    let after = &declaration[memchr::memmem::find(declaration, b"encoding")? + b"encoding".len()..];
    let quote = after.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let value = &after[quote + 1..];
    let end = value.iter().position(|byte| *byte == after[quote])?;
    Some(&value[..end])
}
