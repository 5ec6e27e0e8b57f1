//! Certificates of tests: an authority of their own, and servers with what it signed, or did not.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What a server shows, with its key.
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Authority {
    /// A new one of this name.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).expect("no names are fine");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, key()).expect("a fresh key signs"))
    }

    /// Its own certificate, in DER, for those who are to trust it.
    pub fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// A certificate for this name or address, good today.
    pub fn sign(&self, name: &str) -> Certificate {
        self.sign_with(&CertificateParams::new([name.to_owned()]).expect("a name"))
    }

    /// One that ended long ago.
    pub fn sign_expired(&self, name: &str) -> Certificate {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
        self.sign_with(&params)
    }

    fn sign_with(&self, params: &CertificateParams) -> Certificate {
        let key = key();
        let signed = params.signed_by(&key, &self.0).expect("the authority signs");
        Certificate { chain: vec![signed.der().clone()], key: key.serialize_der() }
    }
}

impl Certificate {
    /// One that signed itself.
    pub fn self_signed(name: &str) -> Self {
        let (params, key) = (CertificateParams::new([name.to_owned()]).expect("a name"), key());
        let signed = params.self_signed(&key).expect("a fresh key signs");
        Self { chain: vec![signed.der().clone()], key: key.serialize_der() }
    }

    pub(super) fn server(&self) -> Arc<rustls::ServerConfig> {
        let key = PrivateKeyDer::try_from(self.key.clone()).expect("a PKCS #8 key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(self.chain.clone(), key))
            .expect("the certificate fits its key");
        Arc::new(config)
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the system has randomness")
}
