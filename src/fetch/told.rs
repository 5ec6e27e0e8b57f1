//! What an answer says beside its document: headers in, how long it stays fresh and how far the
//! server's clock is off out. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, HeaderValue};

use super::retry_after::http_date;

/// What an answer says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// How long asking again would bring the same, by `Cache-Control` or `Expires`.
    pub fresh_for: Option<Duration>,
    /// How far the server's `Date` is ahead of our clock.
    pub clock_ahead: Option<SignedDuration>,
}

impl Told {
    /// Reads the headers of an answer that came at `now`.
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Told {
        let date = one(headers, &DATE).and_then(http_date);
        Told {
            fresh_for: fresh_for(headers, date.unwrap_or(now)),
            clock_ahead: date.map(|date| date.duration_since(now)),
        }
    }
}

/// RFC 9111, 4.2: `max-age` less the `Age` in caches on the way, else `Expires` less `Date`.
fn fresh_for(headers: &HeaderMap, date: Timestamp) -> Option<Duration> {
    let mut max_age = None;
    for value in headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok()) {
        for directive in value.split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => max_age = max_age.or(seconds(value)),
                _ => {}
            }
        }
    }
    let fresh = if let Some(max_age) = max_age {
        let age =
            one(headers, &AGE).and_then(|age| seconds(std::str::from_utf8(age).ok()?)).unwrap_or_default();
        max_age.saturating_sub(age)
    } else {
        let expires = one(headers, &EXPIRES).and_then(http_date)?;
        Duration::try_from(expires.duration_since(date)).ok()?
    };
    (!fresh.is_zero()).then_some(fresh)
}

fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    headers.get(name).map(HeaderValue::as_bytes)
}

/// A number of seconds, however it is quoted; digits that overflow are a very long time.
fn seconds(text: &str) -> Option<Duration> {
    let digits = text.trim().trim_matches('"');
    let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    sound.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::from(u32::MAX))))
}
