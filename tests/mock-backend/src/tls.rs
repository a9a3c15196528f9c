//! A certificate made on the spot, for phones and emulators that refuse plain HTTP. A certificate
//! authority that lives as long as the program vouches for it: whoever connects has to trust that
//! one. Its key is written nowhere, so that it never vouches for anything else.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::reach;
use crate::server::StartError;

/// How long the certificates last. Apple's systems refuse more than 825 days.
const LIFE: TimeDelta = TimeDelta::days(90);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The certificate authority, and what serves the certificate that it vouches for.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    authority: CertificateDer<'static>,
    authority_pem: Arc<str>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Tls")
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// A certificate for every address that leads to what listens on `bind`.
    pub(crate) fn make(bind: IpAddr) -> Result<Self, StartError> {
        Self::try_make(bind).map_err(StartError::Certificate)
    }

    fn try_make(bind: IpAddr) -> Result<Self, Failure> {
        let authority_key = KeyPair::generate()?;
        let authority = authority()?;
        let root = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate()?;
        let certificate = server(bind)?.signed_by(&key, &issuer)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            authority: root.der().clone(),
            authority_pem: root.pem().into(),
        })
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// The certificate authority in DER.
    pub(crate) fn authority(&self) -> &[u8] {
        &self.authority
    }

    /// The certificate authority in PEM.
    pub(crate) fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// SHA-256 of the certificate authority, as systems show it when it is installed.
    pub(crate) fn fingerprint(&self) -> String {
        let bytes: Vec<String> = Sha256::digest(&self.authority)
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        bytes.join(":")
    }
}

fn authority() -> Result<CertificateParams, rcgen::Error> {
    let mut params = named("Hale test server: authority of one run", Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn server(bind: IpAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut names = vec!["localhost".to_owned()];
    names.extend(
        reach::addresses(bind)
            .iter()
            .map(|(_, address)| address.to_string()),
    );
    let mut params = named("Hale test server", names)?;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

/// Valid from yesterday on, because a phone's clock may be behind.
fn named(name: &str, addresses: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(addresses)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let date =
        |day: NaiveDate| rcgen::date_time_ymd(day.year(), day.month() as u8, day.day() as u8);
    let today = Utc::now().date_naive();
    params.not_before = date(today - TimeDelta::days(1));
    params.not_after = date(today + LIFE);
    Ok(params)
}
