//! Addresses: what a feed wrote in, an absolute `http` or `https` address out, or nothing; HTML with
//! relative addresses in, with absolute ones out.

use std::borrow::Cow;

use memchr::memchr_iter;
use url::Url;

use super::xml::{Tag, value};

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

/// Attributes of HTML whose value is an address.
const ADDRESSES: [&str; 9] =
    ["href", "src", "cite", "action", "poster", "longdesc", "background", "data", "codebase"];

/// HTML in which the addresses of links and pictures are no longer relative to anything.
pub(super) fn absolute_in<'t>(html: Cow<'t, str>, base: Option<&Url>) -> Cow<'t, str> {
    let Some(base) = base else { return html };
    let mut out = String::new();
    let mut done = 0;
    for open in memchr_iter(b'<', html.as_bytes()) {
        let Some(tag) = Tag::first(&html[open..]).filter(|tag| tag.markup.contains('=')) else { continue };
        for (name, raw) in tag.attributes() {
            let known = ADDRESSES.iter().any(|known| name.eq_ignore_ascii_case(known));
            if !known || !is_relative(raw.trim_start()) {
                continue;
            }
            // The value is a part of `html`, so that its place follows from where it lies.
            let start = raw.as_ptr() as usize - html.as_ptr() as usize;
            if let Ok(url) = base.join(&value(raw))
                && start >= done
                && out.len() + url.as_str().len() <= html.len() * 2 + LONGEST
            {
                out.push_str(&html[done..start]);
                out.push_str(&url.as_str().replace('&', "&amp;").replace(['"', '\''], "%22"));
                done = start + raw.len();
            }
        }
    }
    if done == 0 {
        return html;
    }
    out.push_str(&html[done..]);
    Cow::Owned(out)
}

/// Whether an address needs a base: it names no scheme, and is more than a place in its own page.
fn is_relative(raw: &str) -> bool {
    let scheme =
        raw.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let length = scheme.count();
    !raw.is_empty()
        && !raw.starts_with('#')
        && raw.as_bytes().get(length) != Some(&b':')
        && raw.len() <= LONGEST
}
