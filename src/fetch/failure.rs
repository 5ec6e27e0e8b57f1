//! What went wrong below HTTP: the client's chain of causes in, one of our errors out, in words
//! that name the host and nothing secret.

use std::error::Error as Cause;
use std::io;

use rustls::CertificateError as Certificate;
use url::Url;

use super::Error;

/// Sorts an error of a request to `url`.
pub(super) fn sort(error: &reqwest::Error, url: &Url) -> Error {
    let place = place(url);
    for cause in causes(error) {
        // The guarded resolver speaks our language already.
        if let Some(ours) = cause.downcast_ref::<Error>() {
            return ours.clone();
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Error::Tls(format!("{place}: {}", unsafe_because(tls)));
        }
    }
    if error.is_connect() {
        let why = if error.is_timeout() { "it does not answer".into() } else { innermost(error) };
        return Error::Connect(format!("{place}: {why}"));
    }
    if error.is_builder() {
        return Error::Refused(format!("the address at {place} cannot be put into a request"));
    }
    Error::Broken(innermost(error))
}

/// The last cause, which says most, in one line.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let Some(last) = causes(error).last() else { return "unknown".into() };
    match last.downcast_ref::<io::Error>() {
        Some(error) => io_line(error),
        None if last.is::<reqwest::Error>() => "unknown".into(), // its text holds the whole URL
        None => last.to_string().replace(['\r', '\n'], " "),
    }
}

/// What the system says, without its number.
pub(super) fn io_line(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The host, and the port unless it is the usual one.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("the server");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// From the outermost in. An `io::Error` hides the error that it wraps from `source`.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Cause + 'static)> {
    let first: &'a (dyn Cause + 'static) = error;
    std::iter::successors(Some(first), |&cause| beneath(cause))
}

fn beneath<'a>(cause: &'a (dyn Cause + 'static)) -> Option<&'a (dyn Cause + 'static)> {
    match cause.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn Cause + 'static)),
        None => cause.source(),
    }
}

fn unsafe_because(error: &rustls::Error) -> String {
    let why = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::Expired | Certificate::ExpiredContext { .. } => "its certificate has expired",
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "its certificate is not valid yet; is the clock of this machine right?"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            Certificate::UnknownIssuer => {
                "its certificate is not signed by an authority that this system trusts"
            }
            Certificate::Revoked => "its certificate has been revoked",
            _ => return format!("its certificate cannot be trusted: {error}"),
        },
        rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS",
        _ => return error.to_string(),
    };
    why.to_owned()
}
