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

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::Desk;
use crate::clock;
use crate::store::sqlite::{Archive, OpenError};
use crate::store::{self, FeedState};

/// Pages that are read at once; the others wait, under the deadline of every request.
static READERS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

const USUAL: usize = 100;
const MOST: usize = 500;

/// What may be asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    limit: Option<usize>,
    after: Option<String>,
    feed: Option<String>,
    rule: Option<String>,
    state: Option<String>,
}

impl Asked {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL).clamp(1, MOST)
    }

    /// Newest first: what is older than that number.
    fn before(&self) -> Result<Option<i64>, Failure> {
        self.after.as_ref().map(|after| after.parse().map_err(|_| Failure::After)).transpose()
    }
}

/// Why there is no page.
enum Failure {
    After,
    Store(String),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Failure {
        Failure::Store(error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, says) = match self {
            Failure::After => {
                (StatusCode::BAD_REQUEST, "`after` is not the `next` of a page before".to_owned())
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

async fn entries<D: Desk>(State(desk): State<D>, Query(asked): Query<Asked>) -> Page {
    let (before, limit) = (asked.before()?, asked.limit());
    let rows = read(&desk, move |archive| archive.entries(asked.feed.as_deref(), before, limit)).await?;
    Ok(page("entries", &rows, limit, |entry| entry.id.to_string()))
}

async fn matches<D: Desk>(State(desk): State<D>, Query(asked): Query<Asked>) -> Page {
    let (before, limit) = (asked.before()?, asked.limit());
    let rows = read(&desk, move |archive| archive.matched(asked.rule.as_deref(), before, limit)).await?;
    Ok(page("matches", &rows, limit, |entry| entry.id.to_string()))
}

async fn outbox<D: Desk>(State(desk): State<D>, Query(asked): Query<Asked>) -> Page {
    let (before, limit) = (asked.before()?, asked.limit());
    let rows = read(&desk, move |archive| archive.posted(asked.state.as_deref(), before, limit)).await?;
    Ok(page("messages", &rows, limit, |message| message.id.to_string()))
}

async fn feeds<D: Desk>(State(desk): State<D>, Query(asked): Query<Asked>) -> Page {
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

async fn rules<D: Desk>(State(desk): State<D>, Query(asked): Query<Asked>) -> Page {
    let rules = desk.rules();
    let first = match &asked.after {
        None => 0,
        Some(after) => rules.iter().position(|(id, _)| id == after).ok_or(Failure::After)? + 1,
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
