//! The guard before all pages: which requests are looked at, and what every answer carries.
//!
//! A request must name this server: the host of `public_url`, an address, or `localhost`. A page of a
//! stranger that has its own name point here (DNS rebinding) names none of these. What a client says of its
//! address (`X-Forwarded-For` and the like) is not read.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;
use url::{Host, Url};

use super::{Desk, MAX_BODY, page};

/// For a whole request: reading its body, asking the store, rendering.
const DEADLINE: Duration = Duration::from_secs(20);

/// Bytes of a head; what is longer is answered with 431.
const MAX_HEAD: usize = 16 * 1024;
/// Headers of a request; what has more is answered with 431.
const MAX_HEADERS: usize = 64;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Lets sound requests through, and puts on every answer what keeps browsers careful.
pub(super) async fn guard<D: Desk>(State(desk): State<D>, request: Request, next: Next) -> Response {
    let refused = refused(&request, desk.front().config.http.public_url.as_ref());
    let mut response = match refused {
        Some(status) => page::error(status),
        None => match timeout(DEADLINE, next.run(request)).await {
            Ok(response) => response,
            Err(_) => page::error(StatusCode::REQUEST_TIMEOUT),
        },
    };
    let headers = response.headers_mut();
    if refused == Some(StatusCode::METHOD_NOT_ALLOWED) {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    for (name, value) in FIXED.iter() {
        headers.insert(name, value.clone());
    }
    response
}

/// Nothing but the style of our own pages, no frames, no scripts, nothing remembered, nothing passed on.
static FIXED: LazyLock<[(HeaderName, HeaderValue); 7]> = LazyLock::new(|| {
    let fixed = HeaderValue::from_static;
    let policy = HeaderValue::from_str(&format!(
        "default-src 'none'; style-src '{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        page::style_hash()
    ));
    [
        (CONTENT_SECURITY_POLICY, policy.unwrap_or(fixed("default-src 'none'"))),
        (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (X_FRAME_OPTIONS, fixed("DENY")),
        (REFERRER_POLICY, fixed("no-referrer")),
        (CACHE_CONTROL, fixed("no-store")),
        (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
        (HeaderName::from_static("x-robots-tag"), fixed("noindex, nofollow")),
    ]
});

/// Whether the first line and the headers are more than any page needs.
fn is_large(request: &Request) -> bool {
    let (uri, headers) = (request.uri(), request.headers());
    let line = uri.path().len() + uri.query().map_or(0, str::len) + uri.host().map_or(0, str::len);
    let separators = ": \r\n".len();
    let fields = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + separators);
    headers.len() > MAX_HEADERS || line + fields.sum::<usize>() > MAX_HEAD
}

/// Why a request is not looked at.
fn refused(request: &Request, public_url: Option<&Url>) -> Option<StatusCode> {
    if is_large(request) {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    if ![Method::GET, Method::HEAD, Method::POST].contains(request.method()) {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > MAX_BODY as u64) {
        return Some(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        _ => None,
    };
    let Some(host) = host else { return Some(StatusCode::BAD_REQUEST) };
    // A request through a proxy names the host in its first line; both must be ours.
    let named = [Some(&host), request.uri().authority()];
    let ours = named.into_iter().flatten().all(|named| is_ours(named.host(), public_url));
    (!ours).then_some(StatusCode::MISDIRECTED_REQUEST)
}

/// Whether a host is one of this server's names. No page of a stranger is at an address or `localhost`.
fn is_ours(named: &str, public_url: Option<&Url>) -> bool {
    match Host::parse(named) {
        Ok(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || public_url.and_then(Url::host_str) == Some(name)
        }
        Ok(_) => true,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_that_name_this_server_are_looked_at() {
        let public_url = Url::parse("https://Alerts.example.org").unwrap();
        let cases: &[(&str, &[&str], u16)] = &[
            ("GET /", &["alerts.example.org"], 200),
            ("GET /", &["ALERTS.example.org:443"], 200),
            ("GET /", &["alerts.example.org."], 200),
            ("HEAD /", &["127.0.0.1:8080"], 200),
            ("POST /", &["[::1]:8080"], 200),
            ("GET /", &["192.0.2.7"], 200),
            ("GET /", &["localhost:1"], 200),
            ("GET http://localhost/", &["localhost"], 200),
            ("GET /", &[], 400),
            ("GET /", &[""], 400),
            ("GET /", &["localhost", "localhost"], 400),
            ("GET /", &["localhost/evil"], 400),
            ("GET /", &["evil.example"], 421),
            ("GET /", &["alerts.example.org.evil.example"], 421),
            ("GET /", &["evil-alerts.example.org"], 421),
            ("GET /", &["evil.example@localhost.evil"], 421),
            ("GET http://evil.example/", &["localhost"], 421),
            ("GET http://localhost/", &["evil.example"], 421),
            ("TRACE /", &["localhost"], 405),
            ("OPTIONS /", &["localhost"], 405),
            ("DELETE /", &["evil.example"], 405),
            ("BREW /", &["localhost"], 405),
        ];
        for (line, hosts, expected) in cases {
            let (method, uri) = line.split_once(' ').unwrap();
            let mut request = Request::builder().method(method).uri(uri);
            for host in *hosts {
                request = request.header(HOST, *host);
            }
            let request = request.body(axum::body::Body::empty()).unwrap();
            let status = refused(&request, Some(&public_url)).map_or(200, |status| status.as_u16());
            assert_eq!(status, *expected, "{line} {hosts:?}");
        }
    }
}
