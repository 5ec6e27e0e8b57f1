//! The text of a web page, by the evidence that feeds are decoded by; beside HTTP, a page may name its
//! encoding in a `<meta>`.

use std::borrow::Cow;

use super::decode;
use super::notes::Notes;

/// How far a `<meta>` is looked for; browsers stop at 1024.
const HEAD: usize = 4096;

/// The text of a page. Nothing fails: what cannot be decoded becomes U+FFFD.
pub fn page<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let labelled = content_type.is_some_and(|said| said.to_ascii_lowercase().contains("charset"));
    let declared = if labelled { None } else { declared(&bytes[..bytes.len().min(HEAD)]) };
    let declared = declared.map(|label| format!("text/html; charset={label}"));
    decode::decode(bytes, declared.as_deref().or(content_type), &mut Notes::default())
}

/// The encoding of `<meta charset=…>` or `<meta http-equiv=… content="…; charset=…">`.
fn declared(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.split("<meta").skip(1).find_map(|meta| {
        let meta = meta.split('>').next()?;
        let (_, after) = meta.split_once("charset")?;
        let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)));
        let label = &value[..end.unwrap_or(value.len())];
        (!label.is_empty()).then(|| label.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_of_a_page_is_found_however_it_is_written() {
        let cases = [
            ("<meta charset=\"windows-1256\">", Some("windows-1256")),
            ("<META CharSet = Windows-1256 />", Some("windows-1256")),
            (
                "<meta name=a><meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-6'>",
                Some("iso-8859-6"),
            ),
            ("<meta name=description content=charset>", None),
            ("<meta charset=", None),
            ("charset=utf-8", None),
        ];
        for (head, expected) in cases {
            assert_eq!(declared(head.as_bytes()).as_deref(), expected, "{head}");
        }
    }

    #[test]
    fn the_bytes_are_believed_before_a_label() {
        let text = "انسحبت القوات من القاعدة الجوية صباح اليوم";
        let page_of =
            |label: &str| format!("<html><head><meta charset={label}></head><body>{text}</body></html>");
        let (legacy, _, _) = encoding_rs::WINDOWS_1256.encode(text);
        let body = [b"<html><head><meta charset=windows-1256></head><body>".as_slice(), &legacy].concat();
        assert!(page(page_of("windows-1256").as_bytes(), None).contains(text));
        assert!(page(&body, None).contains(text));
        assert!(page(&body, Some("text/html; charset=utf-8")).contains(text));
        assert!(page(&legacy, Some("text/html")).contains(text), "without any label");
    }
}
