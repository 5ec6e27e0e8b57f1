//! `[smtp]`: how mail leaves, and that no password leaves in the clear.

use std::path::PathBuf;
use std::time::Duration;

use super::fetch::Settled;
use super::secret;
use crate::config::document::Text;
use crate::config::problem::{Found, Problems, Span, Wrong};
use crate::config::value::{duration, mailbox, one_of, spelled};
use crate::config::{Credentials, Relay, Smtp, Surroundings, Tls, Transport, raw};

mod url;

use url::{Address, Way};

/// First wait after a failure of the relay.
const RETRY_MIN: Duration = Duration::from_secs(10);

/// Longest wait.
const RETRY_MAX: Duration = Duration::from_hours(1);

/// A message ends as failed after this.
const GIVE_UP: Duration = Duration::from_hours(5 * 24);

/// What `tls` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    None,
    StartTls,
    Required,
}

pub(super) fn smtp(raw: &raw::Smtp<'_>, around: &Surroundings, problems: &mut Problems) -> Option<Smtp> {
    let transport = transport(raw, around, problems);
    let from = raw
        .from
        .as_ref()
        .and_then(|from| problems.take(mailbox(&from.value), || "smtp.from".into(), &from.span));
    let mut settled = Settled { section: "smtp", problems };
    let retry_min = settled.value("retry_min", raw.retry_min.as_ref(), RETRY_MIN, duration);
    let most = retry_min.map_or(RETRY_MAX, |min| min.max(RETRY_MAX));
    let retry_max = settled.value("retry_max", raw.retry_max.as_ref(), most, duration);
    let give_up = settled.value("give_up", raw.give_up.as_ref(), GIVE_UP, duration);
    if let (Some(min), Some(max), Some(written)) = (retry_min, retry_max, &raw.retry_max)
        && max < min
    {
        let message = format!("{} is under the retry_min of {}", spelled(max), spelled(min));
        let found = Found::at("smtp.retry_max", &written.span, message);
        settled.problems.push(found.hint("waits grow from `retry_min` to `retry_max`"));
    }
    Some(Smtp {
        transport: transport?,
        from: from?,
        retry_min: retry_min?,
        retry_max: retry_max?,
        give_up: give_up?,
    })
}

fn transport(raw: &raw::Smtp<'_>, around: &Surroundings, problems: &mut Problems) -> Option<Transport> {
    let wish = raw.tls.as_ref().map(|written| {
        let choices = [("none", Wish::None), ("starttls", Wish::StartTls), ("required", Wish::Required)];
        problems.take(one_of(&written.value, "kind of TLS", &choices), || "smtp.tls".into(), &written.span)
    });
    let written = raw.url.as_ref()?;
    let way = problems.take(url::way(&written.value), || "smtp.url".into(), &written.span)?;
    let (address, implicit) = match way {
        Way::File(directory) => {
            idle(raw, "file:", problems);
            return Some(Transport::File(around.base.join(directory)));
        }
        Way::Sendmail(program) => {
            idle(raw, "sendmail:", problems);
            let program =
                program.map_or_else(|| PathBuf::from("/usr/sbin/sendmail"), |path| around.base.join(path));
            return Some(Transport::Sendmail(program));
        }
        Way::Smtp(address) => (address, false),
        Way::Smtps(address) => (address, true),
    };
    // A wish that is wrong was reported; there is no use in judging the rest by a guess.
    let wish = wish.unwrap_or(Some(Wish::StartTls))?;
    let credentials =
        credentials(&address, raw, written, around, problems).map_err(|found| problems.push(*found));
    let tls = tls(wish, implicit, &address, raw, problems)?;
    let credentials = credentials.ok()?;
    Some(Transport::Smtp(Relay {
        port: address.port_for(implicit),
        host: address.host,
        tls,
        awaiting: address.user.filter(|_| credentials.is_none()),
        credentials,
    }))
}

/// Keys that mean nothing for a transport without a connection.
fn idle(raw: &raw::Smtp<'_>, scheme: &str, problems: &mut Problems) {
    for (key, written) in [("tls", &raw.tls), ("password_file", &raw.password_file)] {
        if let Some(written) = written {
            let message = format!("`{key}` means nothing beside a `{scheme}` url");
            problems.push(Found::at(format!("smtp.{key}"), &written.span, message).warning());
        }
    }
}

fn tls(
    wish: Wish,
    implicit: bool,
    address: &Address,
    raw: &raw::Smtp<'_>,
    problems: &mut Problems,
) -> Option<Tls> {
    let refused = |message, hint: &str| {
        let span = raw.tls.as_ref().or(raw.url.as_ref()).map(|written| written.span.clone());
        Found::at("smtp.tls", &span.unwrap_or_default(), message).hint(hint)
    };
    match (implicit, wish) {
        (true, Wish::None) => {
            problems
                .push(refused("smtps is TLS from the first byte", "remove `tls`, or write smtp:// in `url`"));
            None
        }
        (true, _) => Some(Tls::Implicit),
        (false, Wish::None) if address.user.is_some() && !address.loopback => {
            problems.push(refused(
                "with tls = \"none\" the password would cross the network in the clear",
                "remove `tls` for STARTTLS, or the user and password from `url`",
            ));
            None
        }
        (false, Wish::Required) => Some(Tls::StartTls),
        (false, Wish::StartTls) if !address.loopback => Some(Tls::StartTls),
        (false, _) => Some(Tls::None),
    }
}

/// The user and password, from wherever they are kept; none where there is no user, or the service alone
/// is handed the password.
fn credentials(
    address: &Address,
    raw: &raw::Smtp<'_>,
    url: &Text<'_>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Result<Option<Credentials>, Box<Found>> {
    const KEY: &str = "smtp.password_file";
    let password = match (&address.user, &address.password, &raw.password_file) {
        (None, _, None) => return Ok(None),
        (None, _, Some(file)) => {
            let found = Found::at(KEY, &file.span, "there is no user that this password is for");
            return Err(Box::new(found.hint("write the user into `url`, as in smtp://user@relay")));
        }
        (_, Some(_), Some(file)) => {
            let found = Found::at(KEY, &file.span, "the password stands in `url` already");
            return Err(Box::new(found.hint("keep `password_file` and remove the password from `url`")));
        }
        (_, Some(password), None) => {
            if around.exposed {
                problems.push(secret::in_the_open("smtp.url".into(), &url.span, Some("password_file")));
            }
            password.clone()
        }
        (_, None, Some(file)) => {
            let path = around.base.join(file.value.as_ref());
            if secret::is_exposed(&path) {
                problems.push(secret::open_to_all(KEY.into(), &file.span, &path));
            }
            secret::password(&path).map_err(|wrong| Box::new(wrong.at(KEY, &file.span)))?
        }
        (_, None, None) => {
            match credential(around).map_err(|wrong| Box::new(wrong.at("smtp.url", &url.span)))? {
                Some(password) => password,
                None => {
                    problems.push(awaited(&url.span));
                    return Ok(None);
                }
            }
        }
    };
    Ok(address.user.clone().map(|user| Credentials { user, password }))
}

/// The password that the service manager hands over, if it is there to do so.
fn credential(around: &Surroundings) -> Result<Option<String>, Wrong> {
    let Some(directory) = &around.credentials else { return Ok(None) };
    let path = directory.join("smtp-password");
    if path.exists() {
        return secret::password(&path).map(Some);
    }
    Err(Wrong::new("there is no password for the user in `url`")
        .hint("name a file that holds it in `password_file`, or pass the systemd credential `smtp-password`"))
}

/// What a shell beside the service is told, which is not handed what the service is.
fn awaited(url: &Span) -> Found {
    let message =
        "the password for this user has to come as the credential `smtp-password` when the service runs";
    let hint = "`rasid run` and `rasid mail test` refuse to start without it; or name a file that holds it in `password_file`";
    Found::at("smtp.url", url, message).hint(hint).warning()
}
