//! What to do about a feed that fails: the failure in, one clause out.

use crate::cli::probe::Trouble;
use crate::fetch::Error;

/// What an administrator can do about it.
pub(in crate::cli) fn advice(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::NotAFeed(why) if why.0.contains("HTML") => {
            "this is a web page: `rasid feeds discover` with its address finds the feeds it offers"
        }
        Trouble::NotAFeed(_) => {
            "look at the address in a browser: it may have moved, or a login may stand before it"
        }
        Trouble::Fetch(error) => of_error(error),
    }
}

fn of_error(error: &Error) -> &'static str {
    match error {
        Error::Gone => "remove the feed, or find its new address with `rasid feeds discover`",
        Error::Status { status: 401 | 407, .. } => {
            "give the feed `user` and `password_file`, or the header that it wants"
        }
        Error::Status { status: 403, .. } => {
            "the server refuses rasid: name yourself in [fetch] user_agent, ask less often, or ask its owner"
        }
        Error::Status { status: 404, .. } => {
            "the address is wrong or old: `rasid feeds discover` with the site's address finds its feeds"
        }
        Error::Status { status: 429 | 503, .. } => "ask less often: give the feed a longer `interval`",
        Error::Status { status: 500.., .. } => {
            "the server has a fault of its own: the daemon goes on asking, ever less often"
        }
        Error::Status { .. } => "look at the address in a browser",
        Error::Refused(_) => {
            "only public addresses are asked; one of your own network needs allow_networks or allow_private in [fetch]"
        }
        Error::Redirects(_) => "look where the address leads in a browser, and write that into the config",
        Error::TooLarge(_) => "raise max_body in [fetch] if the feed is meant to be so large",
        Error::Timeout(_) => "the server is slow or hangs: raise timeout in [fetch], or try again later",
        Error::Dns(_) => "check the spelling of the host, and whether this machine can resolve names",
        Error::Connect(_) => "check host and port, and whether a firewall stands between",
        Error::Tls(_) => {
            "its owner must mend the certificate; check this machine's clock and its ca-certificates"
        }
        Error::Broken(_) => "the server breaks off or sends what is not HTTP: try again later",
        Error::File(_) => "check the path and the rights of the user that runs rasid",
        Error::Setup(_) => "check the settings in [fetch]",
    }
}
