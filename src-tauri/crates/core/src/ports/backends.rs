//! Finding a backend and signing in to it (SMART App Launch 2.2, standalone, public client, PKCE).

use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::device::{DeviceError, Tokens};
use super::remote::Remote;

/// What discovery found at an address. Kept beside the person's own data, so that the app starts
/// without the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendInfo {
    /// The FHIR base address, without a trailing slash.
    pub base_url: String,
    /// The server's own name (`software.name`, `implementation.description`), else its host.
    pub name: String,
    /// Whether the server says that it holds made-up people, or is on this device.
    pub is_test: bool,
    /// `fhirVersion`; none where the server has no `/metadata`.
    pub fhir_version: Option<String>,
    /// SMART `authorization_endpoint`.
    pub authorization_endpoint: String,
    /// SMART `token_endpoint`.
    pub token_endpoint: String,
    /// SMART `revocation_endpoint`.
    pub revocation_endpoint: Option<String>,
    /// OpenID issuer.
    pub issuer: Option<String>,
    /// The keys of the issuer.
    pub jwks_uri: Option<String>,
    /// SMART `capabilities`.
    pub capabilities: Vec<String>,
    /// Resource types and their interactions, as `/metadata` lists them: `Slot:search-type`. Empty
    /// means unknown: offer, and obey the server's refusal.
    pub interactions: Vec<String>,
}

impl BackendInfo {
    /// Whether the server may offer this interaction; an unknown one is offered.
    #[must_use]
    pub fn may_offer(&self, resource_type: &str, interaction: &str) -> bool {
        self.interactions.is_empty()
            || self
                .interactions
                .iter()
                .any(|known| known == &format!("{resource_type}:{interaction}"))
    }

    /// Whether the server says that it offers this interaction.
    #[must_use]
    pub fn states(&self, resource_type: &str, interaction: &str) -> bool {
        !self.interactions.is_empty() && self.may_offer(resource_type, interaction)
    }
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// It is no web address.
    #[error("not a usable address")]
    BadAddress,
    /// It is plain HTTP and leads beyond this device.
    #[error("plain HTTP beyond this device")]
    PlainHttp,
    /// Nothing answers there.
    #[error("unreachable")]
    Unreachable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// Its certificate is not trusted.
    #[error("bad certificate")]
    BadCertificate,
    /// Something answers, but it is not a FHIR server.
    #[error("not a FHIR server")]
    NotFhir,
    /// It speaks another version of FHIR than R4.
    #[error("speaks FHIR {found}")]
    WrongVersion {
        /// The version it states.
        found: String,
    },
    /// It offers no SMART sign-in that a patient app can use.
    #[error("no SMART sign-in")]
    NoSmart,
    /// It answered with a fault of its own.
    #[error("the server failed with status {0}")]
    ServerFault(u16),
}

/// Why a sign-in did not succeed. Nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The system browser could not be opened.
    #[error("the browser could not be opened")]
    Browser(#[from] BrowserError),
    /// It was cancelled, by the patient in the app or on the page, or nobody answered in ten minutes.
    #[error("cancelled")]
    Cancelled,
    /// The sign-in page said no, with an OAuth error code.
    #[error("refused: {code}")]
    Refused {
        /// The OAuth 2.0 error code, for example `access_denied`.
        code: String,
    },
    /// A safety check failed: state, nonce, issuer, audience, signature, expiry, a replayed code.
    #[error("not trusted: {check}")]
    NotTrusted {
        /// Which check.
        check: &'static str,
    },
    /// The answer names no patient.
    #[error("no patient in the answer")]
    NoPatient,
    /// The server did not answer.
    #[error("no connection")]
    NotConnected(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The server failed.
    #[error("the server failed with status {0}")]
    ServerFault(u16),
    /// Anything else in the answer that cannot be read.
    #[error("the answer cannot be read")]
    UnreadableAnswer,
}

/// The browser could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the browser could not be opened")]
pub struct BrowserError(#[source] pub Option<Box<dyn std::error::Error + Send + Sync>>);

/// Opens addresses in the system browser, never in a window of ours (RFC 8252 §8.12).
pub trait OpenBrowser: Send + Sync + 'static {
    /// Opens the address.
    ///
    /// # Errors
    /// If no browser could be started.
    fn open(&self, url: &str) -> Result<(), BrowserError>;
}

/// What the id token says about the person, as far as it says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityClaims {
    /// `nhs_number`.
    pub nhs_number: Option<String>,
    /// `identity_proofing_level`: P0, P5, P9.
    pub identity_proofing_level: Option<String>,
    /// `given_name` and `family_name`, or `name`.
    pub name: Option<String>,
    /// `birthdate`, as written.
    pub birthdate: Option<String>,
}

/// A successful sign-in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The tokens.
    pub tokens: Tokens,
    /// The checked claims; empty where the server gave no id token.
    pub claims: IdentityClaims,
}

/// Keeps tokens when they change. A new refresh token is kept **before** it is used, because the
/// old one is dead by then.
pub trait TokenKeeper: Send + Sync + 'static {
    /// Keeps them.
    fn keep(&self, tokens: Tokens) -> BoxFuture<'_, Result<(), DeviceError>>;
}

/// Backends in general.
pub trait Backends: Send + Sync + 'static {
    /// A connection for one person.
    type Remote: Remote;

    /// Looks at an address: `{base}/metadata` and `{base}/.well-known/smart-configuration`.
    fn discover(
        &self,
        url: String,
    ) -> impl Future<Output = Result<BackendInfo, DiscoveryError>> + Send;

    /// Signs in through the system browser. Dropping the future cancels it and closes the listener.
    fn sign_in(
        &self,
        backend: BackendInfo,
        browser: Arc<dyn OpenBrowser>,
    ) -> impl Future<Output = Result<SignedIn, SignInError>> + Send;

    /// Connects for a person who has signed in.
    fn connect(
        &self,
        backend: BackendInfo,
        tokens: Tokens,
        keeper: Arc<dyn TokenKeeper>,
    ) -> Self::Remote;

    /// Revokes tokens, as far as the server can (RFC 7009). Failing is not reported: the tokens are
    /// forgotten here in any case.
    fn revoke(&self, backend: BackendInfo, tokens: Tokens) -> impl Future<Output = ()> + Send;
}
