//! Signing up: a form in, a mail that asks to confirm it out; a subscriber once its link was followed.
//!
//! The answer to a form is the same whether or not the address subscribes, signed up before, or was asked
//! often enough. Nothing is sent to an address more than a few times a day, to all together more than
//! some a hour, nor for one client; what is not confirmed within two days is forgotten.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lettre::Address;
use serde::Serialize;
use tokio::time::Instant;
use url::form_urlencoded;
use uuid::Uuid;

use super::limit::Limit;
use super::page::{self, Form, Page};
use super::phrases::{self, Phrases};
use super::{Desk, Front, Peer, action};
use crate::config::{self, Language, Subscription};
use crate::links::{Action, Handle, Links, PATH, Token};
use crate::logging::safe;
use crate::mail::message::{self, Notice, Occasion, Rendered};
use crate::store::{self, NewMessage, NewSignup, SignedUp, SignupLimits, Store, Wish};
use crate::{alert, clock};

/// How long the link of the mail holds.
const HOURS: u32 = 48;
const HOLDS: Duration = Duration::from_hours(HOURS as u64);
/// Mails to one address a day.
const A_DAY: usize = 3;
/// Mails to all addresses an hour.
const AN_HOUR: usize = 60;
/// Forms of one client an hour, right or wrong.
const OF_A_CLIENT: usize = 20;
/// Rules that the page offers; a config with more should not be signed up for on one page.
const OFFERED: usize = 500;
/// Zones that are suggested; any other may be written.
const ZONES: [&str; 14] = [
    "Asia/Baghdad",
    "Asia/Riyadh",
    "Asia/Kuwait",
    "Asia/Dubai",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Damascus",
    "Africa/Cairo",
    "Africa/Khartoum",
    "Africa/Tunis",
    "Africa/Algiers",
    "Africa/Casablanca",
    "Europe/London",
    "Europe/Berlin",
];

pub(super) fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route("/signup", get(show::<D>).post(ask::<D>))
        .layer(Extension(Arc::new(Limit::new(OF_A_CLIENT))))
}

/// The form, empty or as it came with what is wrong with it.
#[derive(Serialize)]
struct View<'a> {
    lang: &'static str,
    dir: &'static str,
    words: &'static phrases::Signup,
    /// The language of the page not shown.
    other: &'static str,
    problems: Vec<&'static str>,
    email: &'a str,
    rules: Vec<Rule<'a>>,
    daily: bool,
    english: bool,
    timezone: &'a str,
    zones: [&'static str; ZONES.len()],
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    title: &'a str,
    chosen: bool,
}

/// A form as it came.
#[derive(Debug, Default)]
struct Filled {
    /// Of the page.
    language: Language,
    email: String,
    rules: Vec<String>,
    daily: bool,
    english: bool,
    timezone: String,
}

impl Filled {
    fn of(body: &[u8]) -> Filled {
        let mut filled = Filled::default();
        for (key, value) in form_urlencoded::parse(body) {
            match &*key {
                "page" if value == "en" => filled.language = Language::En,
                "email" => value.trim().clone_into(&mut filled.email),
                "rule" => filled.rules.push(value.into_owned()),
                "delivery" => filled.daily = value == "daily",
                "language" => filled.english = value == "en",
                "timezone" => value.trim().clone_into(&mut filled.timezone),
                _ => {}
            }
        }
        filled
    }

    /// Whom it is for and what they wish, or all that is wrong.
    fn read(&self, front: &Front) -> Result<(Address, Wish), Vec<&'static str>> {
        let words = &phrases::of(self.language).signup;
        let mut wrong = Vec::new();
        let email = config::address(&self.email).map_err(|_| wrong.push(words.bad_email)).ok();
        let offered = front.rules.iter().take(OFFERED).map(|(id, _)| id);
        let rules: Vec<String> = offered.filter(|id| self.rules.contains(id)).cloned().collect();
        if rules.is_empty() {
            wrong.push(words.no_rule);
        }
        let timezone = (!self.timezone.is_empty()).then(|| self.timezone.clone());
        if timezone.as_deref().is_some_and(|zone| zone.len() > 60 || TimeZone::get(zone).is_err()) {
            wrong.push(words.bad_timezone);
        }
        let language = if self.english { Language::En } else { Language::Ar };
        let wish = Wish { rules: Subscription::Rules(rules), daily: self.daily, timezone, language };
        email.filter(|_| wrong.is_empty()).map(|email| (email, wish)).ok_or(wrong)
    }
}

/// Shows the form.
async fn show<D: Desk>(State(desk): State<D>, uri: Uri, headers: HeaderMap) -> Response {
    let front = desk.front();
    if !front.config.http.signup {
        return page::error(StatusCode::NOT_FOUND);
    }
    let language = language(&uri, &headers);
    let timezone = TimeZone::system().iana_name().unwrap_or_default().to_owned();
    let english = language == Language::En;
    form(&front, &Filled { language, english, timezone, ..Filled::default() }, Vec::new())
}

/// The language that was asked for in the address, else by the browser.
fn language(uri: &Uri, headers: &HeaderMap) -> Language {
    let asked = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .find(|(key, _)| key == "lang")
        .map(|(_, value)| value.into_owned());
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    match asked.as_deref().or_else(accepted) {
        Some(first) if first.to_ascii_lowercase().starts_with("en") => Language::En,
        _ => Language::Ar,
    }
}

fn form(front: &Front, filled: &Filled, problems: Vec<&'static str>) -> Response {
    let phrases = phrases::of(filled.language);
    let offered = front.rules.iter().take(OFFERED);
    let view = View {
        lang: phrases.lang,
        dir: phrases.dir,
        words: &phrases.signup,
        other: if filled.language == Language::En { "ar" } else { "en" },
        email: &filled.email,
        rules: offered.map(|(id, title)| Rule { id, title, chosen: filled.rules.contains(id) }).collect(),
        daily: filled.daily,
        english: filled.english,
        timezone: &filled.timezone,
        zones: ZONES,
        problems,
    };
    page::render("signup.html", phrases.lang, &view)
}

/// Takes a form and sends the mail.
async fn ask<D: Desk>(
    State(desk): State<D>,
    Extension(limit): Extension<Arc<Limit>>,
    Extension(Peer(client)): Extension<Peer>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let front = desk.front();
    let Some(links) = front.links.as_deref().filter(|_| front.config.http.signup) else {
        return page::error(StatusCode::NOT_FOUND);
    };
    if !limit.admit(client, Instant::now()) {
        return page::error(StatusCode::TOO_MANY_REQUESTS);
    }
    let filled = match body {
        Ok(body) => Filled::of(&body),
        Err(rejection) => return page::error(rejection.status()),
    };
    let (email, wish) = match filled.read(&front) {
        Ok(read) => read,
        Err(wrong) => {
            return (StatusCode::UNPROCESSABLE_ENTITY, form(&front, &filled, wrong)).into_response();
        }
    };
    match invite(&desk, &front, links, &email, wish).await {
        Ok(SignedUp::Crowded) => page::error(StatusCode::TOO_MANY_REQUESTS),
        // Also where it was asked often enough: what was sent stays between us and the mailbox.
        Ok(_) => {
            let phrases = phrases::of(filled.language);
            Page::new(phrases, phrases.signup.asked_title, vec![phrases.signup.asked.to_owned()])
                .into_response()
        }
        Err(error) => action::refused(&error),
    }
}

/// Keeps the wish, and puts the mail that asks to confirm it into the outbox.
async fn invite<D: Desk>(
    desk: &D,
    front: &Front,
    links: &Links,
    email: &Address,
    wish: Wish,
) -> store::Result<SignedUp> {
    let now = clock::now();
    let own = alert::name(email);
    // Nobody gets a second subscription by another spelling of the same address.
    let known = front.people.names().find(|name| name.eq_ignore_ascii_case(&own)).map(str::to_owned);
    let name = known.unwrap_or(own);
    let language = wish.language;
    let signup = NewSignup { name: name.clone(), email: email.to_string(), wish, at: now };
    let signed_up = desk.store().sign_up(signup, limits(now)).await?;
    let SignedUp::Asked(number) = signed_up else { return Ok(signed_up) };
    // Known as asked before its mail is due, since mail to anybody else ends.
    desk.chosen().await;
    let link = links.confirm(&name, number);
    let notice = Notice {
        from: &front.config.smtp.from,
        to: email,
        language,
        occasion: Occasion::Confirm { link: &link, hours: HOURS },
        created: now,
        id: Uuid::new_v4(),
    };
    match message::notice(&notice, &front.config.mail.templates) {
        Ok(Rendered { message_id, subject, bytes, .. }) => {
            let tells = Vec::new();
            desk.store()
                .post(NewMessage { subscriber: name, message_id, subject, bytes, tells, created: now })
                .await?;
            desk.due();
            tracing::info!("somebody signs up; a mail asks to confirm it");
        }
        Err(error) => {
            tracing::error!(reason = %safe(&error.to_string()), "the mail that confirms a sign-up could not be made");
        }
    }
    Ok(signed_up)
}

fn limits(now: Timestamp) -> SignupLimits {
    SignupLimits {
        day: clock::before(now, Duration::from_hours(24)),
        of_address: A_DAY,
        hour: clock::before(now, Duration::from_hours(1)),
        of_all: AN_HOUR,
        expired: clock::before(now, HOLDS),
    }
}

/// Shows what the link of the mail does.
pub(super) async fn show_confirmation<D: Desk>(
    desk: &D,
    links: &Links,
    who: Handle,
    number: i64,
) -> Response {
    match signup(desk, links, who, number).await {
        Err(response) => response,
        Ok(Asked { confirmed: true, phrases, .. }) => done(phrases),
        Ok(Asked { wish, phrases, .. }) => {
            let mut page = Page::new(phrases, phrases.confirm.title, vec![phrases.confirm.will.to_owned()]);
            page.paragraphs.push(format!(
                "{} {}",
                phrases.rules_are,
                titles(&desk.front(), phrases, &wish.rules)
            ));
            page.paragraphs.push(phrases.nothing_happens.to_owned());
            let token = links.token(&Token { who, action: Action::Confirm { signup: number } });
            page.deed =
                Some(Form { path: format!("{PATH}{token}"), name: "it", label: phrases.confirm.button });
            page.into_response()
        }
    }
}

/// Makes who asked a subscriber.
pub(super) async fn confirm<D: Desk>(desk: &D, links: &Links, who: Handle, number: i64) -> Response {
    let asked = match signup(desk, links, who, number).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    match desk.store().confirm(number, clock::now()).await {
        Ok(new) => {
            if new {
                tracing::info!("somebody has signed up");
            }
            desk.chosen().await;
            done(asked.phrases)
        }
        Err(error) => action::refused(&error),
    }
}

fn done(phrases: &'static Phrases) -> Response {
    Page::new(phrases, phrases.confirm.done_title, vec![phrases.confirm.done.to_owned()]).into_response()
}

/// A sign-up as its link finds it.
struct Asked {
    wish: Wish,
    confirmed: bool,
    phrases: &'static Phrases,
}

/// The sign-up of this number, if the link was made for it and holds.
async fn signup<D: Desk>(desk: &D, links: &Links, who: Handle, number: i64) -> Result<Asked, Response> {
    let nowhere = || page::error(StatusCode::NOT_FOUND);
    if !desk.front().config.http.signup {
        return Err(nowhere());
    }
    let expired = clock::before(clock::now(), HOLDS);
    let asked = desk.store().asked(number, expired).await.map_err(|error| action::refused(&error))?;
    let (name, wish, confirmed) = asked.ok_or_else(nowhere)?;
    if links.handle(&name) != who {
        return Err(nowhere());
    }
    let phrases = phrases::of(wish.language);
    Ok(Asked { wish, confirmed, phrases })
}

/// What rules are called; of one that is gone, its id.
fn titles(front: &Front, phrases: &'static Phrases, rules: &Subscription) -> String {
    let title = |id: &String| {
        let known = front.rules.iter().find(|(known, _)| known == id);
        known.map_or_else(|| id.clone(), |(_, title)| title.clone())
    };
    match rules {
        Subscription::All => phrases.every_rule.to_owned(),
        Subscription::Rules(ids) => ids.iter().map(title).collect::<Vec<_>>().join("، "),
    }
}
