//! What a link in a mail leads to: a GET shows what will happen, a POST does it, and the page after that shows
//! the way back. Doing it twice is doing it once.
//!
//! The token alone says who and what; no cookie and no login. A mail program's one-click POST (RFC 8058) is
//! one like any other. A token that was not signed here is answered like any address that leads nowhere.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use url::form_urlencoded;

use super::judge::{self, Question};
use super::page::{self, Form, Page};
use super::phrases::{self, Deed, Phrases};
use super::{Desk, Front, signup};
use crate::alert::choices::{PAUSE, paused};
use crate::clock;
use crate::config::{Language, Subscriber};
use crate::links::{Action, Links, PATH, Token};
use crate::store::{self, Choice, Choices, Store};

pub(super) fn routes<D: Desk>() -> Router<D> {
    Router::new().route("/s/{token}", get(show::<D>).post(act::<D>))
}

/// Shows what the link does.
async fn show<D: Desk>(State(desk): State<D>, uri: Uri) -> Response {
    let front = desk.front();
    match token(&front, &uri) {
        None => page::error(StatusCode::NOT_FOUND),
        Some((links, Token { who, action: Action::Confirm { signup } })) => {
            signup::show_confirmation(&desk, links, who, signup).await
        }
        Some((links, Token { who, action: Action::Judge { entry, relevant } })) => {
            judge::show(&desk, links, Question { who, entry, relevant }).await
        }
        Some((links, token)) => answer(&desk, &front, links, token, Said::Asked).await,
    }
}

/// Does what the link says, or undoes it.
async fn act<D: Desk>(State(desk): State<D>, uri: Uri, body: Result<Bytes, BytesRejection>) -> Response {
    let front = desk.front();
    let Some((links, token)) = token(&front, &uri) else { return page::error(StatusCode::NOT_FOUND) };
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return page::error(rejection.status()),
    };
    let undo = form_urlencoded::parse(&body).any(|(key, value)| key == "do" && value == "undo");
    let said = if undo { Said::Undone } else { Said::Done };
    let kept = match token.action {
        Action::Confirm { signup } => return signup::confirm(&desk, links, token.who, signup).await,
        Action::Judge { entry, relevant } => {
            return judge::act(&desk, links, Question { who: token.who, entry, relevant }, &body).await;
        }
        action => keep(&desk, &front, links, Token { action, ..token }, undo).await,
    };
    match kept {
        Ok(()) => answer(&desk, &desk.front(), links, token, said).await,
        Err(error) => refused(&error),
    }
}

/// The token of a request, and what it was read with.
fn token<'a>(front: &'a Front, uri: &Uri) -> Option<(&'a Links, Token)> {
    let links = front.links.as_deref()?;
    Some((links, links.read(uri.path().strip_prefix(PATH)?)?))
}

/// Keeps the choice and puts it in force.
async fn keep<D: Desk>(
    desk: &D,
    front: &Front,
    links: &Links,
    token: Token,
    undo: bool,
) -> store::Result<()> {
    let Some(name) = front.people.names().find(|name| links.handle(name) == token.who) else { return Ok(()) };
    let unsubscribed = front.people.choices(name).is_some_and(|choices| choices.unsubscribed.is_some());
    if unsubscribed && token.action != Action::Unsubscribe {
        return Ok(()); // the page says so, and offers to come back
    }
    let now = clock::now();
    let choice = match (token.action, undo) {
        (Action::Unsubscribe, false) => Choice::Unsubscribe,
        (Action::Unsubscribe, true) => Choice::Resubscribe,
        (Action::Pause, false) => Choice::Pause(clock::after(now, PAUSE)),
        (Action::Pause, true) => Choice::Unpause,
        (Action::Digest, false) => Choice::Digest,
        (Action::Digest, true) => Choice::Undigest,
        (Action::Mute { story }, false) => Choice::Mute(story),
        (Action::Mute { story }, true) => Choice::Unmute(story),
        (Action::Confirm { .. } | Action::Judge { .. }, _) => return Ok(()),
    };
    if desk.store().choose(name, choice, now).await? {
        tracing::info!(choice = spelled(choice), "a subscriber chose");
    }
    desk.chosen().await;
    Ok(())
}

/// For the log, which names nobody.
fn spelled(choice: Choice) -> &'static str {
    match choice {
        Choice::Unsubscribe => "unsubscribe",
        Choice::Resubscribe => "resubscribe",
        Choice::Pause(_) => "pause",
        Choice::Unpause => "unpause",
        Choice::Digest => "digest",
        Choice::Undigest => "undigest",
        Choice::Mute(_) => "mute",
        Choice::Unmute(_) => "unmute",
        Choice::Resume => "resume",
    }
}

/// What the store refuses is not done, and may be tried again.
pub(super) fn refused(error: &store::Error) -> Response {
    tracing::debug!(%error, "a choice could not be kept");
    page::error(StatusCode::SERVICE_UNAVAILABLE)
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Asked,
    Done,
    Undone,
}

/// The page for a link of somebody, before or after.
async fn answer<D: Desk>(desk: &D, front: &Front, links: &Links, token: Token, said: Said) -> Response {
    let name = front.people.names().find(|name| links.handle(name) == token.who);
    let Some((name, subscriber)) = name.and_then(|name| Some((name, front.people.subscriber(name)?))) else {
        return gone().into_response();
    };
    let none = Choices::default();
    let choices = front.people.choices(name).unwrap_or(&none);
    let seen = Seen { links, token, subscriber, choices, now: clock::now() };
    let mut page = seen.page(said);
    if let Action::Mute { story } = token.action
        && choices.unsubscribed.is_none()
    {
        page.quoted = title(desk, story).await;
    }
    page.into_response()
}

/// What a story is called, if the store still has it and answers.
async fn title<D: Desk>(desk: &D, story: i64) -> Option<String> {
    let contents = desk.store().contents(vec![story]).await.ok()?;
    contents.into_iter().map(|content| content.title).find(|title| !title.is_empty())
}

/// The link is sound, and nobody is written to for whom it was made.
pub(super) fn gone() -> Page {
    let said = |language| {
        let phrases = phrases::of(language);
        let (title, text) = phrases.gone;
        Page::new(phrases, title, vec![text.to_owned()])
    };
    said(Language::Ar).and(said(Language::En))
}

/// A link in the hands of a subscriber.
struct Seen<'a> {
    links: &'a Links,
    token: Token,
    subscriber: &'a Subscriber,
    choices: &'a Choices,
    now: Timestamp,
}

impl Seen<'_> {
    fn page(mut self, said: Said) -> Page {
        // Who gets no mail at all has nothing to choose but to come back.
        if self.choices.unsubscribed.is_some() {
            self.token.action = Action::Unsubscribe;
        }
        let phrases = phrases::of(self.subscriber.language);
        let deed = deed(phrases, self.token.action);
        let chosen = self.chosen();
        let (title, text) = match said {
            Said::Undone if !chosen => (deed.undone_title, deed.undone),
            _ if chosen => (deed.done_title, deed.done),
            _ => (deed.title, deed.will),
        };
        let mut paragraphs = vec![text.replace("{}", &self.until())];
        if said == Said::Asked && !chosen {
            paragraphs.push(phrases.nothing_happens.to_owned());
        }
        if self.choices.suspended.is_some() {
            paragraphs.push(phrases.suspended.to_owned());
        }
        let mut page = Page::new(phrases, title, paragraphs);
        match (chosen, said) {
            (true, _) => page.back = Some(self.form("undo", self.token.action, deed.undo)),
            (false, Said::Undone) => {}
            (false, _) => {
                page.deed = Some(self.form("it", self.token.action, deed.button));
                if self.token.action == Action::Unsubscribe {
                    page.also = self.instead(phrases);
                }
            }
        }
        page
    }

    /// What somebody may want who wants less.
    fn instead(&self, phrases: &'static Phrases) -> Vec<Form> {
        let mut forms = vec![self.form("it", Action::Pause, phrases.pause.button)];
        if self.choices.digest.is_none() {
            forms.push(self.form("it", Action::Digest, phrases.digest.button));
        }
        forms
    }

    fn form(&self, name: &'static str, action: Action, label: &'static str) -> Form {
        let token = Token { who: self.token.who, action };
        Form { path: format!("{PATH}{}", self.links.token(&token)), name, label }
    }

    /// Whether what the link does is done already.
    fn chosen(&self) -> bool {
        match self.token.action {
            Action::Unsubscribe => self.choices.unsubscribed.is_some(),
            Action::Pause => paused(self.choices, self.now).is_some(),
            Action::Digest => self.choices.digest.is_some(),
            Action::Mute { story } => self.choices.muted.contains(&story),
            Action::Confirm { .. } | Action::Judge { .. } => false,
        }
    }

    /// Until when a pause lasts, or would.
    fn until(&self) -> String {
        let until = paused(self.choices, self.now).unwrap_or_else(|| clock::after(self.now, PAUSE));
        let local = until.to_zoned_datetime(self.subscriber.timezone.clone());
        // Isolated, so that the time stays behind the date within Arabic.
        format!("\u{2066}{}\u{2069}", local.strftime("%Y-%m-%d %H:%M"))
    }
}

fn deed(phrases: &'static Phrases, action: Action) -> &'static Deed {
    match action {
        Action::Unsubscribe => &phrases.unsubscribe,
        Action::Pause => &phrases.pause,
        Action::Digest => &phrases.digest,
        Action::Mute { .. } => &phrases.mute,
        Action::Confirm { .. } => &phrases.confirm,
        Action::Judge { relevant: true, .. } => &phrases.relevant,
        Action::Judge { relevant: false, .. } => &phrases.irrelevant,
    }
}
