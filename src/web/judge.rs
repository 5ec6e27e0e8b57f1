//! What subscribers say of an entry: whether it was worth an alert. A GET shows the question, a POST keeps the
//! answer, and the page after that takes it back. It changes no alert; `rasid rules precision` counts it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::page::{self, Form, Page, Tick};
use super::phrases::{self, Deed};
use super::{Desk, action};
use crate::clock;
use crate::links::{Action, Handle, Links, PATH, Token};
use crate::store::{self, Judged, Judgement, Store};

/// What a link of a mail asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) who: Handle,
    pub(super) entry: i64,
    pub(super) relevant: bool,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    /// Of several rules none was ticked.
    NoneTicked,
    Answered,
    TakenBack,
}

/// Asks.
pub(super) async fn show<D: Desk>(desk: &D, links: &Links, question: Question) -> Response {
    answer(desk, links, question, Stage::Asked).await
}

/// Keeps what a form says.
pub(super) async fn act<D: Desk>(desk: &D, links: &Links, question: Question, form: &[u8]) -> Response {
    let fields: Vec<_> = form_urlencoded::parse(form).collect();
    let undo = fields.iter().any(|(key, value)| key == "do" && value == "undo");
    let ticked: Vec<String> =
        fields.iter().filter(|(key, _)| key == "rule").map(|(_, value)| value.to_string()).collect();
    match keep(desk, links, question, undo, ticked).await {
        Ok(true) if undo => answer(desk, links, question, Stage::TakenBack).await,
        Ok(true) => answer(desk, links, question, Stage::Answered).await,
        Ok(false) => answer(desk, links, question, Stage::NoneTicked).await,
        Err(error) => action::refused(&error),
    }
}

/// Whether there was something to keep: with several rules at least one has to be meant.
async fn keep<D: Desk>(
    desk: &D,
    links: &Links,
    question: Question,
    undo: bool,
    ticked: Vec<String>,
) -> store::Result<bool> {
    let front = desk.front();
    let Some(name) = front.people.names().find(|name| links.handle(name) == question.who) else {
        return Ok(false);
    };
    let Some(judged) = desk.store().judged(name, question.entry).await? else { return Ok(false) };
    let choice = judged.rules.len() > 1 && !undo;
    if choice && ticked.is_empty() {
        return Ok(false);
    }
    let judgement = Judgement {
        subscriber: name.to_owned(),
        entry: question.entry,
        rules: choice.then_some(ticked),
        relevant: (!undo).then_some(question.relevant),
        at: clock::now(),
    };
    if desk.store().judge(judgement).await? {
        tracing::info!(entry = question.entry, relevant = question.relevant, undo, "a subscriber judged");
    }
    Ok(true)
}

async fn answer<D: Desk>(desk: &D, links: &Links, question: Question, stage: Stage) -> Response {
    let front = desk.front();
    let name = front.people.names().find(|name| links.handle(name) == question.who);
    let Some((name, subscriber)) = name.and_then(|name| Some((name, front.people.subscriber(name)?))) else {
        return action::gone().into_response();
    };
    let judged = match desk.store().judged(name, question.entry).await {
        Ok(Some(judged)) => judged,
        Ok(None) => return page::error(StatusCode::NOT_FOUND), // it has left the archive
        Err(error) => return action::refused(&error),
    };
    let phrases = phrases::of(subscriber.language);
    let deed = if question.relevant { &phrases.relevant } else { &phrases.irrelevant };
    let said = judged.rules.iter().any(|(_, said)| *said == Some(question.relevant));
    let (title, text) = match stage {
        Stage::TakenBack => (deed.undone_title, deed.undone),
        _ if said => (deed.done_title, deed.done),
        _ => (deed.title, deed.will),
    };
    let mut page = Page::new(phrases, title, vec![text.to_owned()]);
    let Judged { title, rules } = judged;
    page.quoted = (!title.is_empty()).then_some(title);
    match (said, stage) {
        (true, _) => page.back = Some(form(links, question, "undo", deed)),
        (false, Stage::TakenBack) => {}
        (false, _) => {
            page.paragraphs.push(phrases.nothing_happens.to_owned());
            if rules.len() > 1 {
                page.paragraphs.push(phrases.which_rules.to_owned());
                if stage == Stage::NoneTicked {
                    page.paragraphs.push(phrases.signup.no_rule.to_owned());
                }
                // Said of this entry are only judgements to the contrary here, and those are to stay.
                let tick = |(id, said): (String, Option<bool>)| Tick {
                    label: front.names.rule(&id).to_owned(),
                    value: id,
                    ticked: said.is_none(),
                };
                page.boxes = rules.into_iter().map(tick).collect();
            }
            page.deed = Some(form(links, question, "it", deed));
        }
    }
    page.into_response()
}

fn form(links: &Links, question: Question, name: &'static str, deed: &Deed) -> Form {
    let Question { who, entry, relevant } = question;
    let token = links.token(&Token { who, action: Action::Judge { entry, relevant } });
    let label = if name == "undo" { deed.undo } else { deed.button };
    Form { path: format!("{PATH}{token}"), name, label }
}
