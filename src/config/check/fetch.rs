//! `[fetch]`, `[alerts]` and `[stories]`.

use std::time::Duration;

use lettre::message::Mailbox;

use crate::config::document::{Text, Written};
use crate::config::problem::{Found, Problems, Wrong};
use crate::config::value::{address, duration, header, percent_decoded, size, spacing, spelled, web_url};
use crate::config::{Alerts, Credentials, Fetch, Proxy, Stories, Surroundings, raw};
use crate::fetch::guard::Network;

use super::secret;

/// `sender` stands in the User-Agent as the one to write to.
pub(super) fn fetch(
    raw: &raw::Fetch<'_>,
    sender: Option<&Mailbox>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Fetch> {
    let mut settled = Settled { section: "fetch", problems };
    let default = Fetch::default();
    let min_interval =
        settled.value("min_interval", raw.min_interval.as_ref(), default.min_interval, duration);
    // A floor above the usual pace is meant to hold for it, too.
    let usual = min_interval.map_or(default.interval, |floor| floor.max(default.interval));
    let interval = settled.value("interval", raw.interval.as_ref(), usual, duration);
    if let (Some(interval), Some(floor), Some(written)) = (interval, min_interval, &raw.interval)
        && interval < floor
    {
        settled.problems.push(under_the_floor("fetch.interval".into(), written, interval, floor));
    }
    let max_interval = ceiling(raw, interval, min_interval, &mut settled);
    let timeout = settled.value("timeout", raw.timeout.as_ref(), default.timeout, duration);
    let max_body = settled.value("max_body", raw.max_body.as_ref(), default.max_body, size);
    let max_entries = settled.number("max_entries", raw.max_entries.as_ref(), default.max_entries, 100_000);
    let concurrency = settled.number("concurrency", raw.concurrency.as_ref(), default.concurrency, 4_096);
    let per_host = settled.number("per_host", raw.per_host.as_ref(), default.per_host, 4_096);
    let host_spacing =
        settled.value("host_spacing", raw.host_spacing.as_ref(), default.host_spacing, spacing);
    let contact = sender.map(|sender| format!(" (+mailto:{})", sender.email)).unwrap_or_default();
    let agent = default.user_agent + &contact;
    let user_agent = settled.value("user_agent", raw.user_agent.as_ref(), agent, user_agent);
    let networks = networks(raw, &mut settled);
    let proxy = settled.value("proxy", raw.proxy.as_ref(), None, |written| proxy(written).map(Some));
    if let (Some(Some(Proxy { credentials: Some(_), .. })), Some(written)) = (&proxy, &raw.proxy)
        && around.exposed
    {
        settled.problems.push(secret::in_the_open("fetch.proxy".into(), &written.span, None));
    }
    Some(Fetch {
        interval: interval?,
        min_interval: min_interval?,
        max_interval: max_interval?,
        timeout: timeout?,
        max_body: max_body?,
        max_entries: max_entries?,
        concurrency: concurrency?,
        per_host: per_host?,
        host_spacing: host_spacing?,
        user_agent: user_agent?,
        allow_private: raw.allow_private.unwrap_or(default.allow_private),
        allow_networks: networks,
        proxy: proxy?,
    })
}

pub(super) fn alerts(raw: &raw::Alerts<'_>, problems: &mut Problems) -> Option<Alerts> {
    let mut settled = Settled { section: "alerts", problems };
    let default = Alerts::default();
    let group_wait = settled.value("group_wait", raw.group_wait.as_ref(), default.group_wait, duration);
    let operator =
        settled.value("operator", raw.operator.as_ref(), None, |written| address(written).map(Some));
    Some(Alerts { group_wait: group_wait?, operator: operator? })
}

pub(super) fn stories(raw: &raw::Stories<'_>, problems: &mut Problems) -> Option<Stories> {
    let mut settled = Settled { section: "stories", problems };
    let default = Stories::default();
    let window = settled.value("window", raw.window.as_ref(), default.window, duration);
    let follow_up_after =
        settled.value("follow_up_after", raw.follow_up_after.as_ref(), default.follow_up_after, duration);
    let outlets = settled.number("outlets", raw.outlets.as_ref(), default.outlets, 1_000);
    Some(Stories {
        enabled: raw.enabled.unwrap_or(default.enabled),
        window: window?,
        follow_up_after: follow_up_after?,
        outlets: outlets?,
    })
}

/// The slowest pace: never faster than the one that every feed starts with.
fn ceiling(
    raw: &raw::Fetch<'_>,
    interval: Option<Duration>,
    floor: Option<Duration>,
    settled: &mut Settled<'_>,
) -> Option<Duration> {
    let default = Fetch::default();
    let start = interval.unwrap_or(default.interval);
    let usual = default.max_interval.max(start);
    let ceiling = settled.value("max_interval", raw.max_interval.as_ref(), usual, duration)?;
    let below = [("interval", raw.interval.as_ref().and(interval)), ("min_interval", floor)]
        .into_iter()
        .find_map(|(key, bound)| bound.filter(|bound| ceiling < *bound).map(|bound| (key, bound)));
    if let (Some((key, bound)), Some(written)) = (below, &raw.max_interval) {
        let message = format!("{} is under the {key} of {}", spelled(ceiling), spelled(bound));
        let found = Found::at("fetch.max_interval", &written.span, message);
        settled.problems.push(found.hint(format!("write \"{}\" or more", spelled(bound))));
    }
    Some(ceiling.max(start))
}

/// The networks of `allow_networks`, each that is none a problem of its own.
fn networks(raw: &raw::Fetch<'_>, settled: &mut Settled<'_>) -> Vec<Network> {
    let Some(list) = &raw.allow_networks else { return Vec::new() };
    let network = |(place, written): (usize, &Text<'_>)| {
        let key = || format!("fetch.allow_networks[{place}]");
        let read = written.value.trim().parse::<Network>().map_err(|why| {
            Wrong::new(format!("not a network: {why}")).hint("write it as \"10.0.0.0/8\" or \"fd00::/8\"")
        });
        settled.problems.take(read, key, &written.span)
    };
    list.value.iter().enumerate().filter_map(network).collect()
}

/// A proxy that speaks HTTP, with the user that it may want.
fn proxy(written: &str) -> Result<Proxy, Wrong> {
    let wrong = |message: &str| {
        Err(Wrong::new(message)
            .hint("write it as \"http://proxy.example.org:3128\"; no other kind is spoken"))
    };
    let Ok(mut url) = web_url(written) else { return wrong("not the address of an HTTP proxy") };
    if url.path() != "/" || url.query().is_some() {
        return wrong("a proxy is a host and a port, without a path");
    }
    let user = percent_decoded(url.username());
    let password = url.password().map(percent_decoded).unwrap_or_default();
    // Both only fail on URLs without a host, of which there are none here.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    let credentials = (!user.is_empty() || !password.is_empty()).then_some(Credentials { user, password });
    Ok(Proxy { url, credentials })
}

/// What to say of a pace that is too fast.
pub(super) fn under_the_floor(key: String, written: &Text<'_>, interval: Duration, floor: Duration) -> Found {
    let message = format!("{} is under the min_interval of {}", spelled(interval), spelled(floor));
    Found::at(key, &written.span, message)
        .hint(format!("write \"{}\" or more, or lower `min_interval` in [fetch]", spelled(floor)))
}

/// Reads single values of a section, a default where none was written.
pub(super) struct Settled<'p> {
    pub(super) section: &'static str,
    pub(super) problems: &'p mut Problems,
}

impl Settled<'_> {
    /// Nothing only where what was written is wrong.
    pub(super) fn value<T>(
        &mut self,
        key: &str,
        written: Option<&Text<'_>>,
        default: T,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let Some(written) = written else { return Some(default) };
        self.problems.take(read(&written.value), || format!("{}.{key}", self.section), &written.span)
    }

    pub(super) fn number(
        &mut self,
        key: &str,
        written: Option<&Written<i64>>,
        default: usize,
        most: usize,
    ) -> Option<usize> {
        let Some(written) = written else { return Some(default) };
        let number = usize::try_from(written.value).ok().filter(|number| (1..=most).contains(number));
        if number.is_none() {
            let message =
                if written.value < 1 { "the number is too small" } else { "the number is too large" };
            let found = Found::at(format!("{}.{key}", self.section), &written.span, message);
            self.problems.push(found.hint(format!("write a number from 1 to {most}")));
        }
        number
    }
}

fn user_agent(written: &str) -> Result<String, Wrong> {
    let sound = !written.trim().is_empty() && header("user-agent", written).is_ok();
    let wrong = || {
        Wrong::new("not a User-Agent that can be sent")
            .hint("write ASCII, such as \"rasid (+mailto:admin@example.org)\"")
    };
    sound.then(|| written.to_owned()).ok_or_else(wrong)
}
