//! Doors for the fuzz targets (`tests/fuzz`): everything here that reads what nobody has judged
//! yet, without a network. Behind the feature `fuzzing`, which nothing that patients get has.
//!
//! Holds no rule of its own: each door calls what the app calls, and gives back enough of it to say
//! what must hold.

use std::time::Duration;

use chrono::{DateTime, Utc};
use hale_core::ports::{
    BackendInfo, DiscoveryError, IdentityClaims, RemoteError, SignInError, Target,
};
use openidconnect::{CsrfToken, Nonce};
use reqwest::header::{DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use url::Url;

use crate::transport::Answer;
use crate::{address, auth, discovery, headers, id_token, loopback, remote, token, transport};

/// What a person typed as the address of a server, as a base address.
#[must_use]
pub fn base_address(typed: &str) -> Option<Url> {
    address::normalise(typed).ok()
}

/// Whether a request may go there.
#[must_use]
pub fn is_allowed(url: &Url) -> bool {
    address::is_allowed(url)
}

/// Where a request goes, below a base or by a link of its pages.
///
/// # Errors
/// If it would leave the server.
pub fn address_of(base: &Url, target: &Target) -> Result<Url, RemoteError> {
    remote::address_of(base, target)
}

/// Where a redirect leads.
///
/// # Errors
/// If it leads nowhere or to another server.
pub fn redirect(from: &Url, location: &[u8]) -> Result<Option<Url>, RemoteError> {
    let answer = answer(302, &[(LOCATION, location)], Vec::new());
    transport::redirect_target(from, &answer).map_err(|failure| failure.error)
}

/// What a server's two descriptions say: status and body of `/metadata`, then of
/// `smart-configuration`.
///
/// # Errors
/// If it is no server that Hale can use.
pub fn describe(
    base: &Url,
    metadata: (u16, &[u8]),
    smart: (u16, &[u8]),
) -> Result<BackendInfo, DiscoveryError> {
    let of = |(status, body): (u16, &[u8])| answer(status, &[], body.to_vec());
    discovery::describe(base, of(metadata), of(smart))
}

/// What the answer of a token endpoint grants.
#[derive(Debug)]
pub struct Granted {
    /// Whether the token can be used as `Authorization: Bearer`.
    pub is_usable: bool,
    /// When the token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// The patient in context, if it names one that can stand in an address.
    pub patient_id: Option<String>,
}

/// Reads the answer of a token endpoint. None if it grants nothing.
#[must_use]
pub fn grant(status: u16, body: &[u8], now: DateTime<Utc>) -> Option<Granted> {
    let (grant, _) = token::read(answer(status, &[], body.to_vec()), now).ok()?;
    Some(Granted {
        is_usable: grant.is_bearer() && !grant.access_token.is_empty(),
        expires_at: grant.expires_at(now),
        patient_id: auth::patient(&grant).ok(),
    })
}

/// Checks an id token for the client `hale`, the issuer `https://id.example.org` and the nonce `n1`
/// against a set of keys (JSON).
///
/// # Errors
/// If it cannot be trusted.
pub fn identity(raw: &str, keys: &[u8], now: DateTime<Utc>) -> Result<IdentityClaims, SignInError> {
    let keys = serde_json::from_slice(keys).map_err(|_| SignInError::UnreadableAnswer)?;
    let expected = id_token::Expected {
        client_id: "hale",
        issuer: "https://id.example.org",
        keys,
        nonce: &Nonce::new("n1".to_owned()),
        access_token: "any",
        now,
    };
    id_token::check(raw, &expected)
}

/// A server's `Date`, and the wait that its `Retry-After` asks for.
#[must_use]
pub fn times(
    date: &[u8],
    retry_after: &[u8],
    now: DateTime<Utc>,
) -> (Option<DateTime<Utc>>, Option<Duration>) {
    let answer = answer(429, &[(DATE, date), (RETRY_AFTER, retry_after)], Vec::new());
    (
        headers::server_date(&answer.headers),
        headers::retry_after(&answer.headers, now),
    )
}

/// The query of a request to the listener at `authority`, if it is a whole callback.
#[must_use]
pub fn callback(authority: &str, head: &[u8]) -> Option<String> {
    match loopback::judge_head(authority, head) {
        loopback::Head::Callback(query) => Some(query),
        loopback::Head::Incomplete | loopback::Head::Refused(_) => None,
    }
}

/// The code in a callback's query, for a sign-in with this state and issuer.
///
/// # Errors
/// If it is not the answer to that sign-in.
pub fn code(query: &str, state: &str, issuer: Option<&str>) -> Result<String, SignInError> {
    auth::Callback::read(query).check(&CsrfToken::new(state.to_owned()), issuer)
}

/// An answer with these headers; a value that no header can have is left out.
fn answer(status: u16, pairs: &[(reqwest::header::HeaderName, &[u8])], body: Vec<u8>) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    Answer {
        status,
        headers,
        body,
    }
}
