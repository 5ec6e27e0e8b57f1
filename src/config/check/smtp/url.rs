//! The four forms of `url` in `[smtp]`.

use ::url::Host;

use crate::config::problem::Wrong;
use crate::config::value::{host, percent_decoded};

/// How mail leaves, as the URL says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way<'a> {
    /// `smtp://[user[:password]@]host[:port]`
    Smtp(Address),
    /// `smtps://…`
    Smtps(Address),
    /// `file:DIRECTORY`
    File(&'a str),
    /// `sendmail:[PATH]`
    Sendmail(Option<&'a str>),
}

/// Whom to speak to, and as whom.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Without brackets.
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// Told from the name alone: nothing is resolved.
    pub(super) loopback: bool,
}

impl Address {
    /// 465 for TLS from the first byte; else 587, where users hand in mail, or 25, where machines do.
    pub(super) fn port_for(&self, implicit: bool) -> u16 {
        let usual = match (implicit, &self.user) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        self.port.unwrap_or(usual)
    }
}

pub(super) fn way(written: &str) -> Result<Way<'_>, Wrong> {
    let scheme_end = written.find(':').unwrap_or(written.len());
    let (scheme, rest) = written.split_at(scheme_end);
    let rest = rest.strip_prefix(':');
    match (scheme.to_ascii_lowercase().as_str(), rest) {
        ("smtp", Some(rest)) => address(rest).map(Way::Smtp),
        ("smtps", Some(rest)) => address(rest).map(Way::Smtps),
        ("file", Some(rest)) => match path(rest)? {
            "" => Err(Wrong::new("the directory is missing").hint("write it as \"file:outbox\"")),
            directory => Ok(Way::File(directory)),
        },
        ("sendmail", Some(rest)) => Ok(Way::Sendmail(Some(path(rest)?).filter(|path| !path.is_empty()))),
        _ => Err(Wrong::new("not a way to send mail")
            .hint("write \"smtp://host\", \"smtps://host\", \"file:DIRECTORY\" or \"sendmail:\"")),
    }
}

/// A path, also as in `file:///var/mail/out`.
fn path(rest: &str) -> Result<&str, Wrong> {
    match rest.strip_prefix("//") {
        None => Ok(rest),
        Some(path) if path.starts_with('/') => Ok(path),
        Some(_) => Err(Wrong::new("two slashes announce a host, and there is none here")
            .hint("write a relative path as \"file:outbox\", an absolute one as \"file:/var/outbox\"")),
    }
}

fn address(rest: &str) -> Result<Address, Wrong> {
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(Wrong::new("two slashes are missing").hint("write it as \"smtp://relay.example.org\""));
    };
    // A password may hold any character, so the last @ is the one that counts.
    let (who, place) = rest.rsplit_once('@').map_or((None, rest), |(who, place)| (Some(who), place));
    let (user, password) = who.map_or(Ok((None, None)), user)?;
    let place = place.strip_suffix('/').unwrap_or(place);
    let (name, port) = split_port(place);
    if name.is_empty() {
        return Err(Wrong::new("the host is missing").hint("write it as \"smtp://relay.example.org\""));
    }
    if name.contains(['/', '?', '#']) {
        return Err(Wrong::new("nothing may follow the host and its port"));
    }
    let found = host(name)?;
    let port = port.map(self::port).transpose()?;
    let loopback = match &found {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.to_canonical().is_loopback(),
    };
    let host = match found {
        Host::Domain(name) => name,
        Host::Ipv4(ip) => ip.to_string(),
        Host::Ipv6(ip) => ip.to_string(),
    };
    Ok(Address { host, port, user, password, loopback })
}

fn user(who: &str) -> Result<(Option<String>, Option<String>), Wrong> {
    let (user, password) = who.split_once(':').map_or((who, None), |(user, password)| (user, Some(password)));
    let (user, password) = (percent_decoded(user), password.map(percent_decoded));
    if user.is_empty() {
        return Err(Wrong::new("there is an @ but no user before it")
            .hint("write it as \"smtp://user@relay.example.org\""));
    }
    let control = |text: &String| text.contains(char::is_control);
    if control(&user) || password.as_ref().is_some_and(control) {
        return Err(Wrong::new("the user or password holds a control character"));
    }
    Ok((Some(user), password.filter(|password| !password.is_empty())))
}

/// The host and, behind its last colon, the port; the colons of `[::1]` are its own.
fn split_port(place: &str) -> (&str, Option<&str>) {
    match place.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (place, None),
    }
}

fn port(written: &str) -> Result<u16, Wrong> {
    let digits = !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit());
    let port = if digits { written.parse().ok().filter(|port| *port > 0) } else { None };
    port.ok_or_else(|| Wrong::new("not a port").hint("write a number from 1 to 65535, such as 587"))
}
