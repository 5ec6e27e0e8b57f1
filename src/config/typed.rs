//! What is typed by hand on a command line or into a form: a text in, what it means out, or one line on why
//! it means nothing.

use std::time::Duration;

use lettre::Address;

use super::problem::Wrong;
use super::value::{self, percent_decoded, web_url};
use super::{Credentials, Feed, Source};

/// An e-mail address, as the config takes one.
pub fn address(typed: &str) -> Result<Address, String> {
    value::address(typed.trim()).map_err(line)
}

/// A duration such as `24h`, as the config takes one.
pub fn duration(typed: &str) -> Result<Duration, String> {
    value::duration(typed.trim()).map_err(line)
}

fn line(wrong: Wrong) -> String {
    match wrong.hint {
        Some(hint) => format!("{}; {hint}", wrong.message),
        None => wrong.message,
    }
}

/// The feed at this address; its id is the address without userinfo. The error is one line that says
/// what is wrong and what to do, and does not hold what was typed.
pub fn feed_at(typed: &str) -> Result<Feed, String> {
    let mut url = web_url(typed.trim()).map_err(line)?;
    let user = percent_decoded(url.username());
    let password = url.password().map(percent_decoded).unwrap_or_default();
    // Both only fail on URLs without a host, of which there are none here.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    let credentials = (!user.is_empty() || !password.is_empty()).then_some(Credentials { user, password });
    Ok(Feed {
        id: url.to_string(),
        source: Source::Web { url, headers: Vec::new(), credentials },
        title: None,
        interval: None,
        tags: Vec::new(),
        full_text: false,
    })
}
