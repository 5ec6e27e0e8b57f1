//! What a document's carrier and its own declaration say of its encoding.

use encoding_rs::{Encoding, REPLACEMENT, UTF_16BE, UTF_16LE};

/// How far a declaration is looked for; what stands before it is rubbish.
const PROLOG: usize = 2048;

/// The labels in the order in which they are believed: HTTP, then the XML declaration. Encodings
/// that the bytes would have given away by themselves are left out.
pub(super) fn labels(bytes: &[u8], content_type: Option<&str>) -> Vec<&'static Encoding> {
    let http = content_type.and_then(charset).and_then(|label| Encoding::for_label(label.as_bytes()));
    let xml = declared(bytes).and_then(Encoding::for_label);
    let believable = |label: &&'static Encoding| ![UTF_16LE, UTF_16BE, REPLACEMENT].contains(label);
    http.into_iter().chain(xml).filter(believable).collect()
}

/// The charset parameter of a media type.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(|c| c == '"' || c == '\'');
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })
}

/// The encoding of `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
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
