//! A feed as it is named on a command line: an address typed by hand in, a [`Feed`] out.

use super::value::{percent_decoded, web_url};
use super::{Credentials, Feed, Source};

/// The feed at this address; its id is the address without userinfo. The error is one line that says
/// what is wrong and what to do, and does not hold what was typed.
pub fn feed_at(typed: &str) -> Result<Feed, String> {
    let mut url = web_url(typed.trim()).map_err(|wrong| match wrong.hint {
        Some(hint) => format!("{}; {hint}", wrong.message),
        None => wrong.message,
    })?;
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
