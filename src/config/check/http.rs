//! `[http]`: what is served on the web, where, and under which name.

use std::net::{Ipv4Addr, SocketAddr};

use url::{Host, Url};

use super::fetch::Settled;
use super::secret;
use crate::config::problem::{Found, Problems, Wrong};
use crate::config::value::web_url;
use crate::config::{Http, Secret, Surroundings, raw};

/// What is shorter could be guessed.
const SHORTEST_TOKEN: usize = 16;

pub(super) fn http(raw: &raw::Http<'_>, around: &Surroundings, problems: &mut Problems) -> Option<Http> {
    let token = token(raw, around, problems);
    let mut settled = Settled { section: "http", problems };
    let listen = settled.value("listen", raw.listen.as_ref(), None, |written| listen(written).map(Some));
    let public_url =
        settled.value("public_url", raw.public_url.as_ref(), None, |written| public_url(written).map(Some));
    let signup = raw.signup.as_ref().is_some_and(|signup| signup.value);
    if let (Some(written), true) = (&raw.signup, signup)
        && let Some(missing) = [("public_url", raw.public_url.is_none()), ("listen", raw.listen.is_none())]
            .into_iter()
            .find_map(|(key, missing)| missing.then_some(key))
    {
        let message = format!("nobody can subscribe by themselves without a `{missing}`");
        let hint = "set both `listen` and `public_url`, or remove `signup`";
        problems.push(Found::at("http.signup", &written.span, message).hint(hint));
        return None;
    }
    if let (Some(written), None) = (&raw.public_url, &raw.listen) {
        let message = "nothing answers the links in mails: there is no `listen`";
        let hint = "add listen = \"127.0.0.1:8080\", to which a web server passes what comes";
        problems.push(Found::at("http.public_url", &written.span, message).hint(hint).warning());
    }
    // Where the token is wrong, that was said, and no config comes of it.
    Some(Http { listen: listen?, public_url: public_url?, signup, token })
}

/// An address of this machine and a port.
fn listen(written: &str) -> Result<SocketAddr, Wrong> {
    let wrong = |message: &str| {
        Err(Wrong::new(message).hint("write it as \"127.0.0.1:8080\", \"[::1]:8080\" or \"0.0.0.0:8080\""))
    };
    if let Ok(address) = written.parse() {
        return Ok(address);
    }
    let Some((host, port)) = written.rsplit_once(':').filter(|(host, _)| !host.ends_with(':')) else {
        return wrong("not an address to listen on: it has no port");
    };
    let Ok(port) = port.parse::<u16>() else {
        return wrong("not an address to listen on: a port is a number up to 65535");
    };
    match host {
        "localhost" => Ok((Ipv4Addr::LOCALHOST, port).into()),
        "" => wrong("not an address to listen on: it has no host"),
        _ => wrong("not an address of this machine"),
    }
}

/// What the links in mails begin with.
fn public_url(written: &str) -> Result<Url, Wrong> {
    let hint = "write it as \"https://alerts.example.org\"";
    let wrong = |message: &str| Err(Wrong::new(message).hint(hint));
    let url = web_url(written).map_err(|wrong| wrong.hint(hint))?;
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("no user can stand in an address that everybody gets");
    }
    if url.path() != "/" || url.query().is_some() || written.contains('#') {
        return wrong("this names a page; the links need the host alone");
    }
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    if url.scheme() == "http" && !loopback {
        return wrong("off this machine the links need https: they say who may change what");
    }
    Ok(url)
}

/// What programs off this machine have to show, from wherever it is kept.
fn token(raw: &raw::Http<'_>, around: &Surroundings, problems: &mut Problems) -> Option<Secret> {
    let credential = around.credentials.as_ref().map(|directory| directory.join("http-token"));
    let (key, span, read) = match (&raw.token, &raw.token_file) {
        (Some(_), Some(file)) => {
            let found = Found::at("http.token_file", &file.span, "the token stands in `token` already");
            problems.push(found.hint("keep `token_file` and remove `token`"));
            return None;
        }
        (Some(token), None) => {
            if around.exposed {
                problems.push(secret::in_the_open("http.token".into(), &token.span, Some("token_file")));
            }
            ("http.token", &token.span, Ok(token.value.clone().into_owned()))
        }
        (None, Some(file)) => {
            let path = around.base.join(file.value.as_ref());
            if secret::is_exposed(&path) {
                problems.push(secret::open_to_all("http.token_file".into(), &file.span, &path));
            }
            ("http.token_file", &file.span, secret::kept(&path, "token"))
        }
        (None, None) => {
            let path = credential.filter(|path| path.exists())?;
            ("http", &(0..0), secret::kept(&path, "token"))
        }
    };
    let sound = read.and_then(|token| {
        let sound = token.len() >= SHORTEST_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
        let hint = "make one with `openssl rand -hex 32`";
        sound.then_some(token).ok_or_else(|| {
            Wrong::new(format!("a token is {SHORTEST_TOKEN} or more visible ASCII characters")).hint(hint)
        })
    });
    problems.take(sound, || key.into(), span).map(Secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_listen_on_is_one_of_this_machine_with_a_port() {
        let cases = [
            ("127.0.0.1:8080", Some("127.0.0.1:8080")),
            ("[::1]:8080", Some("[::1]:8080")),
            ("0.0.0.0:80", Some("0.0.0.0:80")),
            ("localhost:8080", Some("127.0.0.1:8080")),
            ("", None),
            ("8080", None),
            (":8080", None),
            ("::1", None),
            ("127.0.0.1", None),
            ("127.0.0.1:", None),
            ("127.0.0.1:-1", None),
            ("127.0.0.1:65536", None),
            ("127.0.0.256:80", None),
            ("alerts.example.org:80", None),
            ("http://127.0.0.1:80", None),
            ("127.0.0.1:80/x", None),
        ];
        for (written, expected) in cases {
            let read = listen(written).ok().map(|address| address.to_string());
            assert_eq!(read.as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_public_address_is_https_or_on_this_machine_and_names_no_page() {
        let cases = [
            ("https://alerts.example.org", Some("https://alerts.example.org/")),
            ("https://alerts.example.org:8443/", Some("https://alerts.example.org:8443/")),
            ("https://تنبيه.example", Some("https://xn--ngbd8ffo.example/")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080/")),
            ("http://[::1]", Some("http://[::1]/")),
            ("http://localhost", Some("http://localhost/")),
            ("http://alerts.example.org", None),
            ("http://127.0.0.1.example.org", None),
            ("https://alerts.example.org/news", None),
            ("https://alerts.example.org/?a", None),
            ("https://alerts.example.org/#a", None),
            ("https://amal@alerts.example.org", None),
            ("ftp://alerts.example.org", None),
            ("alerts.example.org", None),
            ("https://", None),
            ("https://a b", None),
        ];
        for (written, expected) in cases {
            let read = public_url(written).ok().map(|url| url.to_string());
            assert_eq!(read.as_deref(), expected, "{written}");
        }
    }
}
