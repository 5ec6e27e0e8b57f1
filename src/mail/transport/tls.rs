//! TLS to a relay: who is trusted, and the handshake.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Error;

/// Trusts what the system trusts.
pub(super) fn of_the_system() -> Result<Arc<ClientConfig>, Error> {
    let trust = |e: rustls::Error| Error::Trust(e.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(trust)?;
    Ok(Arc::new(builder.with_platform_verifier().map_err(trust)?.with_no_client_auth()))
}

/// How a handshake failed.
pub(super) enum Failure {
    /// The relay is not who it should be, or speaks no TLS that may be used.
    Refused(String),
    /// The connection was lost.
    Lost(String),
}

/// Speaks TLS over a connection to `host`, whose certificate must name it.
pub(super) async fn handshake(
    config: &Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Failure::Refused(format!("{host} is no name that a certificate can bear")))?;
    let connector = TlsConnector::from(config.clone());
    connector.connect(name, stream).await.map_err(|error| failure(&error))
}

fn failure(error: &io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => Failure::Refused(error.to_string()),
        None => Failure::Lost(error.to_string()),
    }
}
