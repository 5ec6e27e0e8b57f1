//! What the server offers: TLS with a certificate made on the spot, AUTH with one user.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

/// What a server offers. The default is plain SMTP.
#[derive(Default)]
pub struct Offer {
    pub(super) starttls: bool,
    pub(super) implicit: bool,
    pub(super) identity: Option<Identity>,
    /// Mechanism, user and password.
    pub(super) auth: Option<(&'static str, String, String)>,
    pub(super) extensions: Vec<&'static str>,
}

/// A self-signed certificate.
pub(super) struct Identity {
    pub(super) config: Arc<ServerConfig>,
    pub(super) pem: String,
}

impl Offer {
    /// STARTTLS, for localhost and 127.0.0.1.
    pub fn starttls(self) -> Offer {
        Offer { starttls: true, identity: Some(identity(&["localhost", "127.0.0.1"])), ..self }
    }

    /// STARTTLS with the certificate of another host.
    pub fn starttls_as(self, name: &str) -> Offer {
        Offer { starttls: true, identity: Some(identity(&[name])), ..self }
    }

    /// TLS from the first byte.
    pub fn implicit_tls(self) -> Offer {
        Offer { implicit: true, identity: Some(identity(&["localhost", "127.0.0.1"])), ..self }
    }

    /// AUTH by `PLAIN` or `LOGIN`, without which nothing is taken. With TLS, offered only under it.
    pub fn auth(self, mechanism: &'static str, user: &str, password: &str) -> Offer {
        Offer { auth: Some((mechanism, user.to_owned(), password.to_owned())), ..self }
    }

    /// A further line of the EHLO reply, such as `SMTPUTF8`.
    pub fn extension(mut self, line: &'static str) -> Offer {
        self.extensions.push(line);
        self
    }
}

fn identity(names: &[&str]) -> Identity {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let der = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![der], key)
        .expect("a certificate that fits its key");
    Identity { config: Arc::new(config), pem: made.cert.pem() }
}
