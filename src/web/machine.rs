//! What programs ask: whether the daemon lives (`/healthz`) and works (`/readyz`), what it counts (`/metrics`),
//! and what it keeps (`/api`), read-only and page by page.
//!
//! Health is for everybody, and says no more than yes or no. The rest is for who shows the token of `[http]`;
//! where there is none, for this machine: a request that came through a proxy is a stranger's, wherever the
//! proxy runs.
//! Few of these are answered at once, on threads of their own and connections that only read, so that
//! whoever asks slows no alert.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED, HOST, HeaderName, VIA, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use url::Host;

use super::{Desk, Peer, api};

/// What `/metrics` is, as OpenMetrics asks.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) fn routes<D: Desk>(desk: D) -> Router<D> {
    let private = Router::new()
        .route("/metrics", get(metrics::<D>))
        .merge(api::routes())
        .route_layer(middleware::from_fn_with_state(desk, admit::<D>));
    Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready::<D>)).merge(private)
}

async fn healthy() -> &'static str {
    "ok\n"
}

/// Reasons name relays and databases, so that a stranger hears none.
async fn ready<D: Desk>(State(desk): State<D>, request: Request) -> Response {
    let problems = desk.problems();
    if problems.is_empty() {
        return "ok\n".into_response();
    }
    let mut text = "not ready\n".to_owned();
    if is_admitted(&desk, &request) {
        text.extend(problems.iter().flat_map(|problem| [problem, "\n"]));
    }
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

async fn metrics<D: Desk>(State(desk): State<D>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(OPEN_METRICS))], desk.metrics().await).into_response()
}

async fn admit<D: Desk>(State(desk): State<D>, request: Request, next: Next) -> Response {
    if is_admitted(&desk, &request) {
        return next.run(request).await;
    }
    let scheme = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
    let says = match desk.front().config.http.token {
        Some(_) => "this needs the token of [http]: Authorization: Bearer TOKEN\n",
        None => "from another machine this needs a `token` in [http]: Authorization: Bearer TOKEN\n",
    };
    (StatusCode::UNAUTHORIZED, scheme, says).into_response()
}

/// A token that is configured is asked of everybody: not every proxy on this machine says that it is one.
fn is_admitted<D: Desk>(desk: &D, request: &Request) -> bool {
    let Some(token) = &desk.front().config.http.token else {
        let peer = request.extensions().get::<Peer>();
        let here = peer.is_some_and(|Peer(address)| address.to_canonical().is_loopback());
        return here && is_direct(request.headers());
    };
    let shown = request.headers().get(AUTHORIZATION);
    // Digests are compared, so that time tells nothing of the token.
    shown
        .and_then(|shown| shown.as_bytes().strip_prefix(b"Bearer "))
        .is_some_and(|shown| Sha256::digest(token.0.as_bytes()) == Sha256::digest(shown))
}

/// Whether nobody says that he passes a request on, and it names this machine as this machine does.
fn is_direct(headers: &HeaderMap) -> bool {
    let passed_on = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];
    let passed_on = passed_on.map(HeaderName::from_static).into_iter().chain([FORWARDED, VIA]);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let is_here = host.is_some_and(|host| match Host::parse(host.host()) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    });
    is_here && !passed_on.into_iter().any(|name| headers.contains_key(name))
}
