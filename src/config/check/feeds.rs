//! `[[feeds]]`: each known by its id, none read twice.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use super::fetch::under_the_floor;
use super::secret;
use crate::config::document::Text;
use crate::config::problem::{Found, Problems, Span};
use crate::config::value::{self, percent_decoded};
use crate::config::{Credentials, Feed, Source, Surroundings, raw};

/// What feeds must not share.
#[derive(Default)]
struct Taken<'a> {
    ids: HashMap<Cow<'a, str>, Span>,
    sources: HashMap<String, Span>,
}

/// `floor` is unknown where `[fetch]` is wrong.
pub(super) fn feeds(
    raw: Vec<raw::Feed<'_>>,
    floor: Option<Duration>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Vec<Feed> {
    let mut taken = Taken::default();
    raw.into_iter().filter_map(|raw| feed(raw, floor, &mut taken, around, problems)).collect()
}

fn feed<'a>(
    raw: raw::Feed<'a>,
    floor: Option<Duration>,
    taken: &mut Taken<'a>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Feed> {
    let id = raw.id.as_ref().and_then(|id| identify(id, &raw, taken, problems));
    let interval = raw.interval.as_ref().and_then(|written| {
        let key = || raw.place.key("interval");
        let interval = problems.take(value::duration(&written.value), key, &written.span)?;
        if let Some(floor) = floor.filter(|floor| interval < *floor) {
            problems.push(under_the_floor(key(), written, interval, floor));
        }
        Some(interval)
    });
    let tags = tags(&raw, problems);
    let source = source(&raw, taken, around, problems);
    Some(Feed {
        id: id?,
        source: source?,
        title: raw.title.map(|title| title.value.into_owned()),
        interval,
        tags,
        full_text: raw.full_text.unwrap_or(false),
    })
}

fn identify<'a>(
    id: &Text<'a>,
    raw: &raw::Feed<'a>,
    taken: &mut Taken<'a>,
    problems: &mut Problems,
) -> Option<String> {
    let key = || raw.place.numbered("id");
    let read = problems.take(value::id(&id.value).map(str::to_owned), key, &id.span);
    if let Some(first) = taken.ids.insert(id.value.clone(), id.span.clone()) {
        let message = format!("another feed is called `{}`", id.value);
        problems.push(
            Found::at(key(), &id.span, message)
                .earlier("it is in", &first)
                .hint("give each feed an id of its own"),
        );
    }
    read
}

fn tags(raw: &raw::Feed<'_>, problems: &mut Problems) -> Vec<String> {
    let Some(tags) = &raw.tags else { return Vec::new() };
    for (index, tag) in tags.value.iter().enumerate().filter(|(_, tag)| tag.value.trim().is_empty()) {
        problems.push(Found::at(
            raw.place.key(format_args!("tags[{index}]")),
            &tag.span,
            "a tag cannot be empty",
        ));
    }
    tags.value.iter().map(|tag| tag.value.as_ref().to_owned()).collect()
}

fn source(
    raw: &raw::Feed<'_>,
    taken: &mut Taken<'_>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Source> {
    match (&raw.url, &raw.path) {
        (Some(url), Some(_)) => {
            let found = Found::at(raw.place.key("url"), &url.span, "a feed has either a `url` or a `path`");
            problems.push(found.hint("keep one of the two"));
            web(url, raw, taken, around, problems)
        }
        (Some(url), None) => web(url, raw, taken, around, problems),
        (None, Some(path)) => local(path, raw, taken, around, problems),
        (None, None) => None,
    }
}

fn local(
    path: &Text<'_>,
    raw: &raw::Feed<'_>,
    taken: &mut Taken<'_>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Source> {
    let key = || raw.place.key("path");
    for (name, span) in [
        ("headers", raw.headers.first().map(|(name, _)| &name.span)),
        ("user", raw.user.as_ref().map(|user| &user.span)),
        ("password_file", raw.password_file.as_ref().map(|file| &file.span)),
    ] {
        if let Some(span) = span {
            problems.push(Found::at(raw.place.key(name), span, "only a feed with a `url` can have this"));
        }
    }
    if path.value.trim().is_empty() {
        problems.push(Found::at(key(), &path.span, "the path is empty"));
        return None;
    }
    if path.value.contains("://") {
        let found = Found::at(key(), &path.span, "not a file: this is a URL");
        problems.push(found.hint("write it as `url`"));
        return None;
    }
    let file = around.base.join(path.value.as_ref());
    once("path", file.display().to_string(), path, key, taken, problems);
    Some(Source::File(file))
}

fn web(
    written: &Text<'_>,
    raw: &raw::Feed<'_>,
    taken: &mut Taken<'_>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Source> {
    let key = || raw.place.key("url");
    let in_url = problems.take(value::web_url(&written.value), key, &written.span);
    let headers = headers(raw, around, problems);
    let in_keys = credentials(raw, around, problems);
    let mut url = in_url?;
    let user = percent_decoded(url.username());
    let password = url.password().map(percent_decoded).unwrap_or_default();
    if !user.is_empty() || !password.is_empty() {
        if raw.user.is_some() || raw.password_file.is_some() {
            let found = Found::at(raw.place.key("user"), &written.span, "the user stands in `url` already");
            problems.push(found.hint("keep either the user in `url`, or `user` and `password_file`"));
        }
        exposed(key(), &written.span, Some("password_file"), around, problems);
    }
    // Both only fail on URLs without a host, of which there are none here.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    once("url", url.as_str().to_owned(), written, key, taken, problems);
    let own = (!user.is_empty() || !password.is_empty()).then_some(Credentials { user, password });
    let credentials = in_keys.or(own);
    let authorization = raw.headers.iter().find(|(name, _)| name.value.eq_ignore_ascii_case("authorization"));
    if let (Some((name, _)), Some(_)) = (authorization, &credentials) {
        let found =
            Found::at(raw.place.key("headers.Authorization"), &name.span, "the feed has a user already");
        problems.push(found.hint("keep either this header or the user"));
    }
    Some(Source::Web { url, headers, credentials })
}

fn headers(raw: &raw::Feed<'_>, around: &Surroundings, problems: &mut Problems) -> Vec<(String, String)> {
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["auth", "cookie", "key", "token", "secret", "pass"].iter().any(|part| name.contains(part))
    };
    if let Some((name, _)) = raw.headers.iter().find(|(name, _)| secret(&name.value)) {
        exposed(raw.place.key("headers"), &name.span, None, around, problems);
    }
    let mut headers = Vec::new();
    for (name, text) in &raw.headers {
        let key = || raw.place.key(format_args!("headers.{}", name.value));
        headers.extend(problems.take(value::header(&name.value, &text.value), key, &name.span));
    }
    headers
}

fn credentials(raw: &raw::Feed<'_>, around: &Surroundings, problems: &mut Problems) -> Option<Credentials> {
    match (&raw.user, &raw.password_file) {
        (Some(user), Some(_)) if user.value.is_empty() || user.value.contains(':') => {
            let found = Found::at(raw.place.key("user"), &user.span, "not a user that HTTP can send");
            problems.push(found.hint("a user is not empty and has no colon"));
            None
        }
        (Some(user), Some(file)) => {
            let path = around.base.join(file.value.as_ref());
            let key = || raw.place.key("password_file");
            let password = problems.take(secret::password(&path), key, &file.span)?;
            if secret::is_exposed(&path) {
                problems.push(secret::open_to_all(key(), &file.span, &path));
            }
            Some(Credentials { user: user.value.as_ref().to_owned(), password })
        }
        (Some(user), None) => {
            let found = Found::at(raw.place.key("user"), &user.span, "a `user` needs a `password_file`");
            problems.push(
                found.hint("write the password into a file of its own and name that in `password_file`"),
            );
            None
        }
        (None, Some(file)) => {
            let found =
                Found::at(raw.place.key("password_file"), &file.span, "a `password_file` needs a `user`");
            problems.push(found);
            None
        }
        (None, None) => None,
    }
}

fn exposed(key: String, span: &Span, file: Option<&str>, around: &Surroundings, problems: &mut Problems) {
    if around.exposed {
        problems.push(secret::in_the_open(key, span, file));
    }
}

fn once(
    what: &str,
    source: String,
    written: &Text<'_>,
    key: impl Fn() -> String,
    taken: &mut Taken<'_>,
    problems: &mut Problems,
) {
    if let Some(first) = taken.sources.insert(source, written.span.clone()) {
        let found = Found::at(key(), &written.span, format!("another feed has the same {what}"));
        problems.push(found.earlier("it is in", &first).hint("remove one of the two"));
    }
}
