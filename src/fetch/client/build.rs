//! How the HTTP client is set up: settings in, a client out that follows nothing, retries nothing and
//! connects only where the guard lets it.

use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Proxy, retry};

use crate::config::{self, Credentials};
use crate::fetch::guard::Guard;
use crate::fetch::resolve::Guarded;
use crate::fetch::{Error, failure};

/// What feeds are served as, best first; the rest is welcome too, for servers mislabel.
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5";
/// A connection is kept for the next feed of the same host that waits already, not for the next
/// poll: thousands of idle connections would eat file descriptors here and places there.
const IDLE: Duration = Duration::from_secs(1);
/// Addresses of a host that do not answer are given up in time to try the others.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);
/// What an HTTP/2 server may send ahead of our reading, a stream and a connection.
const WINDOW: u32 = 256 * 1024;
/// The client of these settings, which trusts these authorities beside the system's.
pub(super) fn client(
    settings: &config::Fetch,
    names: &Arc<Guarded>,
    authorities: &[Vec<u8>],
) -> Result<Client, Error> {
    let setup = |error: reqwest::Error| Error::Setup(failure::innermost(&error));
    let authorities = authorities.iter().map(|der| Certificate::from_der(der));
    let authorities = authorities.collect::<Result<Vec<_>, _>>().map_err(setup)?;
    let proxy = settings.proxy.as_ref().map(proxy).transpose().map_err(setup)?;
    // A proxy is the administrator's word, and the only name that the client then resolves.
    let open = || Arc::new(Guarded { guard: Guard::new(true, Vec::new()), names: Arc::clone(&names.names) });
    let builder = || match &proxy {
        Some(proxy) => builder(settings, open()).proxy(proxy.clone()),
        None => builder(settings, Arc::clone(names)).no_proxy(),
    };
    builder().tls_certs_merge(authorities.clone()).build().or_else(|error| {
        // A bare container has no authorities; its http feeds are to work all the same.
        let client = builder().tls_certs_only(authorities).build().map_err(|_| setup(error))?;
        tracing::warn!(
            "this system trusts no certificate authority, https feeds will fail; install ca-certificates"
        );
        Ok(client)
    })
}

fn proxy(proxy: &config::Proxy) -> Result<Proxy, reqwest::Error> {
    let all = Proxy::all(proxy.url.clone())?;
    Ok(match &proxy.credentials {
        Some(Credentials { user, password }) => all.basic_auth(user, password),
        None => all,
    })
}

fn builder(settings: &config::Fetch, names: Arc<Guarded>) -> ClientBuilder {
    let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(ACCEPT))]);
    Client::builder()
        .dns_resolver(names)
        .default_headers(headers)
        .user_agent(settings.user_agent.as_bytes())
        .redirect(Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(settings.timeout.min(LONGEST_CONNECT))
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(settings.per_host)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http2_initial_stream_window_size(WINDOW)
        .http2_initial_connection_window_size(WINDOW)
}

/// Installs the process's one TLS provider, which every client of TLS here relies on.
pub fn crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The error says that one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
