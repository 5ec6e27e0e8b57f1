//! Addresses on the web and in the net, by the same parser that connects.

use reqwest::header::{HeaderName, HeaderValue};
use url::{Host, Url};

use crate::config::problem::Wrong;

/// Headers that a request gets from rasid itself.
const OWN_HEADERS: [&str; 8] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "if-none-match",
    "if-modified-since",
    "te",
];

/// An `http` or `https` URL with a host; its fragment is dropped.
pub(in crate::config) fn web_url(written: &str) -> Result<Url, Wrong> {
    let wrong =
        |message: String| Err(Wrong::new(message).hint("write it as \"https://example.org/feed.xml\""));
    if written.chars().any(char::is_whitespace) {
        return wrong("not a URL: it holds a blank".into());
    }
    let Some((scheme, rest)) = written.split_once("://") else {
        return wrong("not a URL: it does not begin with https:// or http://".into());
    };
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        let known = scheme.chars().all(|c| c.is_ascii_alphanumeric());
        let scheme = if known { scheme } else { "this" };
        return Err(Wrong::new(format!("{scheme} is not a scheme that feeds can be read by"))
            .hint("only http and https are; a local file is named with `path`"));
    }
    // The parser would take the path for the host.
    if rest.is_empty() || rest.starts_with(['/', '\\', '?', '#', ':']) {
        return wrong("not a URL: it has no host".into());
    }
    let mut url = match Url::parse(written) {
        Ok(url) => url,
        Err(error) => return wrong(format!("not a URL: {error}")),
    };
    if url.port() == Some(0) {
        return wrong("not a URL: no server listens on port 0".into());
    }
    if let Some(Host::Domain(domain)) = url.host() {
        names(domain)?;
    }
    url.set_fragment(None);
    Ok(url)
}

/// A host by name or address, an IPv6 address in brackets; names in ASCII.
pub(in crate::config) fn host(written: &str) -> Result<Host, Wrong> {
    let wrong = || {
        Wrong::new("not a host name or address")
            .hint("write it as relay.example.org, 192.0.2.1 or [2001:db8::1]")
    };
    if written.contains(|c: char| c == '%' || c.is_whitespace()) {
        return Err(wrong());
    }
    match Host::parse(written).map_err(|_| wrong())? {
        Host::Domain(domain) => names(&domain).map(|()| Host::Domain(domain.clone())),
        address => Ok(address),
    }
}

fn names(domain: &str) -> Result<(), Wrong> {
    let bare = domain.strip_suffix('.').unwrap_or(domain);
    let label =
        |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    if bare.len() <= 253 && bare.split('.').all(label) {
        return Ok(());
    }
    Err(Wrong::new("not a host name").hint("names are joined by single dots, each of 1 to 63 characters"))
}

/// A header that may be sent with a request.
pub(in crate::config) fn header(name: &str, value: &str) -> Result<(String, String), Wrong> {
    let Ok(parsed) = name.parse::<HeaderName>() else {
        return Err(Wrong::new("not the name of an HTTP header").hint("write it as \"X-Api-Key\""));
    };
    if OWN_HEADERS.contains(&parsed.as_str()) {
        return Err(Wrong::new("rasid sets this header by itself").hint("leave it out"));
    }
    if value.parse::<HeaderValue>().is_err() || !value.is_ascii() {
        return Err(
            Wrong::new("not the value of an HTTP header").hint("only visible ASCII characters are allowed")
        );
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Percent escapes resolved; one that is none stays as it is.
pub(in crate::config) fn percent_decoded(written: &str) -> String {
    percent_encoding::percent_decode_str(written).decode_utf8_lossy().into_owned()
}
