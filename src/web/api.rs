//! The JSON API: what is kept, newest first, in pages.
//!
//! | address | answers with |
//! | --- | --- |
//! | `/api/entries?feed=ID` | `entries` |
//! | `/api/matches?rule=ID` | `matches`: entries with the rules that hold for them |
//! | `/api/outbox?state=STATE` | `messages`, without what they say |
//! | `/api/feeds` | `feeds`, in the order of their ids |
//! | `/api/rules` | `rules`, in the order of the config |
//!
//! Each takes `limit` (100, at most 500), and `after`: the `next` of the page before. There is none on the last.
//! A parameter that is unknown or unsuitable is named, with 400.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use url::form_urlencoded;

use super::Desk;
use crate::clock;
use crate::store::sqlite::{Archive, OpenError};
use crate::store::{self, FeedState, MessageState};

/// Pages that are read at once; the others wait, under the deadline of every request.
static READERS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

const USUAL: usize = 100;
const MOST: usize = 500;
/// Letters of an unknown parameter that are repeated.
const LONGEST_NAME: usize = 40;

/// What is asked for.
#[derive(Debug, Default)]
struct Asked {
    limit: Option<usize>,
    after: Option<String>,
    /// The value of the one parameter that narrows a list.
    only: Option<String>,
}

impl Asked {
    /// Reads a query; `narrows` is what this list can be narrowed by.
    fn of(query: Option<&str>, narrows: Option<&str>) -> Result<Asked, Failure> {
        let mut asked = Asked::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let wrong = |says| Err(Failure::Parameter(name.chars().take(LONGEST_NAME).collect(), says));
            let place = match &*name {
                "limit" => {
                    let Some(limit) = value.parse().ok().filter(|limit| *limit > 0) else {
                        return wrong("is not a number from 1 on");
                    };
                    if asked.limit.replace(limit).is_some() {
                        return wrong("is there twice");
                    }
                    continue;
                }
                "after" => &mut asked.after,
                name if Some(name) == narrows => &mut asked.only,
                _ => return wrong("is not asked for here"),
            };
            if place.replace(value.into_owned()).is_some() {
                return wrong("is there twice");
            }
        }
        Ok(asked)
    }

    fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL).min(MOST)
    }

    /// Newest first: what is older than that number.
    fn before(&self) -> Result<Option<i64>, Failure> {
        self.after.as_ref().map(|after| after.parse().map_err(|_| Failure::after())).transpose()
    }
}

/// Why there is no page.
#[derive(Debug)]
enum Failure {
    /// Its name, and what is wrong with it.
    Parameter(String, &'static str),
    Store(String),
}

impl Failure {
    fn after() -> Failure {
        Failure::Parameter("after".into(), "is not the `next` of a page before")
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Failure {
        Failure::Store(error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, says) = match self {
            Failure::Parameter(name, says) => {
                let body = json!({ "error": format!("`{name}` {says}"), "parameter": name });
                return (StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
            }
            Failure::Store(error) => (StatusCode::SERVICE_UNAVAILABLE, error),
        };
        (status, axum::Json(json!({ "error": says }))).into_response()
    }
}

type Page = Result<axum::Json<Value>, Failure>;

pub(super) fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route("/api/entries", get(entries::<D>))
        .route("/api/matches", get(matches::<D>))
        .route("/api/outbox", get(outbox::<D>))
        .route("/api/feeds", get(feeds::<D>))
        .route("/api/rules", get(rules::<D>))
}

async fn entries<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Page {
    let asked = Asked::of(query.as_deref(), Some("feed"))?;
    let (before, limit) = (asked.before()?, asked.limit());
    let rows = read(&desk, move |archive| archive.entries(asked.only.as_deref(), before, limit)).await?;
    Ok(page("entries", &rows, limit, |entry| entry.id.to_string()))
}

async fn matches<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Page {
    let asked = Asked::of(query.as_deref(), Some("rule"))?;
    let (before, limit) = (asked.before()?, asked.limit());
    let rows = read(&desk, move |archive| archive.matched(asked.only.as_deref(), before, limit)).await?;
    Ok(page("matches", &rows, limit, |entry| entry.id.to_string()))
}

async fn outbox<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Page {
    let asked = Asked::of(query.as_deref(), Some("state"))?;
    let states = MessageState::ALL.map(MessageState::name);
    if asked.only.as_ref().is_some_and(|only| !states.contains(&only.as_str())) {
        return Err(Failure::Parameter("state".into(), "is none of sending, due, deferred, failed and sent"));
    }
    let (before, limit) = (asked.before()?, asked.limit());
    let rows = read(&desk, move |archive| archive.posted(asked.only.as_deref(), before, limit)).await?;
    Ok(page("messages", &rows, limit, |message| message.id.to_string()))
}

async fn feeds<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Page {
    let asked = Asked::of(query.as_deref(), None)?;
    let mut states = read(&desk, |archive| archive.feeds(clock::now(), Duration::ZERO)).await?;
    let front = desk.front();
    states.retain(|(state, _)| front.config.feeds.iter().any(|feed| feed.id == state.id));
    states.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let rows: Vec<Value> = (states.iter().map(|(state, _)| state))
        .filter(|state| asked.after.as_ref().is_none_or(|after| state.id > *after))
        .take(asked.limit())
        .map(shown)
        .collect();
    Ok(page("feeds", &rows, asked.limit(), |feed| feed["id"].as_str().unwrap_or_default().to_owned()))
}

/// Without its address, which may hold a key.
fn shown(state: &FeedState) -> Value {
    json!({
        "id": state.id, "title": state.title, "failures": state.failures, "error": state.error,
        "gone": state.gone, "last_success": state.last_success, "next_poll": state.next_poll,
        "warning": state.warning.as_ref().map(|warning| &warning.reason),
    })
}

async fn rules<D: Desk>(State(desk): State<D>, RawQuery(query): RawQuery) -> Page {
    let asked = Asked::of(query.as_deref(), None)?;
    let rules = desk.rules();
    let first = match &asked.after {
        None => 0,
        Some(after) => rules.iter().position(|(id, _)| id == after).ok_or_else(Failure::after)? + 1,
    };
    let rows: Vec<Value> = (rules[first..].iter().take(asked.limit()))
        .map(|(id, title)| json!({ "id": id, "title": title }))
        .collect();
    Ok(page("rules", &rows, asked.limit(), |rule| rule["id"].as_str().unwrap_or_default().to_owned()))
}

/// A full page may have another behind it.
fn page<T: Serialize>(name: &str, rows: &[T], limit: usize, key: impl Fn(&T) -> String) -> axum::Json<Value> {
    let next = rows.last().filter(|_| rows.len() >= limit).map(key);
    axum::Json(json!({ name: rows, "next": next }))
}

/// Reads what a daemon has committed, which is nothing where it has just begun.
async fn read<D: Desk, T: Default + Send + 'static>(
    desk: &D,
    ask: impl FnOnce(&Archive) -> store::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let path: PathBuf = desk.front().config.storage.path.clone();
    let place = Arc::clone(&READERS).acquire_owned().await;
    let read = spawn_blocking(move || {
        let _place = place; // a read goes on when nobody waits for it any more, and counts until it ends
        match Archive::open(&path) {
            Ok(archive) => ask(&archive).map_err(Failure::from),
            Err(OpenError::Missing { .. }) => Ok(T::default()),
            Err(error) => Err(Failure::Store(error.to_string())),
        }
    });
    read.await.unwrap_or_else(|_| Err(Failure::Store("reading failed unexpectedly".into())))
}
