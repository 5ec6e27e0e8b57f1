//! Addresses: what a feed wrote in, an absolute `http` or `https` address out, or nothing.

use url::Url;

/// Longer addresses are refused, as most servers do.
pub(super) const LONGEST: usize = 8192;

/// The address that `raw` means. One that is absolute and sound stays as it is written, so that it
/// is the same from poll to poll whatever the base; others are resolved.
pub(super) fn absolute(raw: &str, base: Option<&Url>) -> Option<String> {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > LONGEST {
        return None;
    }
    if is_plain(raw) {
        return Some(raw.to_owned());
    }
    let url = match (Url::parse(raw), base) {
        (Ok(url), _) => url,
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(raw).ok()?,
        (Err(_), _) if raw.starts_with("//") => Url::parse(&format!("https:{raw}")).ok()?,
        (Err(_), _) => return None,
    };
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    web.then(|| url.into())
}

/// Whether nothing about `raw` needs the parser: a lower-case scheme, a plain host, no blanks.
fn is_plain(raw: &str) -> bool {
    let Some(rest) = raw.strip_prefix("https://").or_else(|| raw.strip_prefix("http://")) else {
        return false;
    };
    let host =
        rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    let after = rest.as_bytes().get(host);
    let sound = |byte: u8| byte > b' ' && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'`' | 0x7F);
    host > 0 && matches!(after, None | Some(b'/' | b'?' | b'#')) && rest.bytes().all(sound)
}
