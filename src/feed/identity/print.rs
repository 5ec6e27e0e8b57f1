//! The names of an entry as hashes, which outlive releases: an entry in, its print out.
//!
//! A scheme, a `www.` and parameters that only track readers are no part of an address here.

use std::borrow::Cow;
use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::feed::Entry;

/// Three hashes that name an entry within its feed; they stay the same from release to release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facets {
    /// Of the id as given.
    pub guid: u64,
    /// Of the address; 0 where there is none.
    pub link: u64,
    /// Of the title; 0 where it is empty.
    pub title: u64,
}

impl Facets {
    /// The facets of one entry.
    pub fn of(entry: &Entry) -> Facets {
        Facets {
            guid: hash(&address(&entry.id)),
            link: hash(&address(entry.url.as_deref().unwrap_or_default())),
            title: hash(&entry.title),
        }
    }
}

/// An entry's names and what it says, as far as telling entries apart needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Print {
    /// Its names.
    pub facets: Facets,
    /// Of the words of title and text; 0 where it is not known.
    pub digest: u64,
}

impl Print {
    /// The print of one entry.
    pub fn of(entry: &Entry) -> Print {
        Print { facets: Facets::of(entry), digest: digest(&entry.title, &entry.text) }
    }
}

/// Of title and text as they were read.
fn digest(title: &str, text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    for text in [title, text] {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xFF); // stands in no text
    }
    hasher.finish().max(1)
}

/// Parameters that say by which way a reader came, or the beginnings of their names.
const TRACKING: [&str; 16] = [
    "utm_",
    "mc_",
    "pk_",
    "mtm_",
    "hsa_",
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "igshid",
    "twclid",
    "at_medium",
    "at_campaign",
    "cmpid",
    "ns_campaign",
];

/// An address without what may change while it leads to the same page; anything else as it is.
fn address(written: &str) -> Cow<'_, str> {
    let (scheme, rest) = match written.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) => {
            (scheme, rest)
        }
        _ => return Cow::Borrowed(written),
    };
    let bare = rest.strip_prefix("www.").unwrap_or(rest);
    let (place, fragment) = bare.split_at(bare.find('#').unwrap_or(bare.len()));
    let (page, query) = place.split_once('?').unwrap_or((place, ""));
    let tracks = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        TRACKING.iter().any(|known| name.starts_with(known))
    };
    // The usual address is taken as it is.
    if scheme == "https" && bare.len() == rest.len() && !query.split('&').any(tracks) {
        return Cow::Borrowed(written);
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !tracks(pair)).collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    Cow::Owned(format!("https://{page}{mark}{}{fragment}", kept.join("&")))
}

/// SipHash-1-3 with a key of zeros: pinned by a test, since stored hashes outlive releases.
fn hash(text: &str) -> u64 {
    if text.is_empty() {
        return 0;
    }
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish().max(1)
}
