//! A certificate made on the spot, for phones and emulators that refuse plain HTTP. It signs
//! itself: whoever connects has to trust its fingerprint.

use std::net::IpAddr;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::server::StartError;

/// The certificate and what serves it.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<[u8]>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Tls")
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}

impl Tls {
    pub(crate) fn make(bind: IpAddr) -> Result<Self, StartError> {
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| StartError::Certificate(error);
        // 10.0.2.2 is this machine as the Android emulator sees it.
        let mut names = vec![
            "localhost".to_owned(),
            "127.0.0.1".into(),
            "10.0.2.2".into(),
        ];
        if !bind.is_unspecified() && !bind.is_loopback() {
            names.push(bind.to_string());
        }
        let made =
            rcgen::generate_simple_self_signed(names).map_err(|error| failed(error.into()))?;
        let certificate = made.cert.der().clone();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.into()))?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())
            .map_err(|error| failed(error.into()))?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate: certificate.as_ref().into(),
        })
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(crate) fn fingerprint(&self) -> String {
        let bytes: Vec<String> = Sha256::digest(&self.certificate)
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        bytes.join(":")
    }
}
