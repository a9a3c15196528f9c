//! Signing in: SMART App Launch 2.2, standalone, public client, PKCE, in the system browser
//! (RFC 8252). Every check that fails ends the sign-in; nothing is kept here.

use std::sync::Arc;

use hale_core::ports::{
    BackendInfo, BrowserError, Clock, IdentityClaims, OpenBrowser, RemoteError, SignInError,
    SignedIn, Tokens,
};
use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use url::Url;

use crate::id_token::{self, Expected};
use crate::loopback::{Judgement, Loopback, Page};
use crate::scopes::scopes;
use crate::token::{self, Grant, GrantError, plain_code};
use crate::transport::Transport;

/// Bytes of chance in state and nonce: 256 bits.
const RANDOM_BYTES: u32 = 32;

/// The largest set of keys that is read.
const KEYS_LIMIT: usize = 1024 * 1024;

/// Signs in.
pub(crate) async fn sign_in(
    transport: &Transport,
    clock: &dyn Clock,
    info: &BackendInfo,
    browser: Arc<dyn OpenBrowser>,
) -> Result<SignedIn, SignInError> {
    let loopback = Loopback::open()
        .await
        .map_err(|_| SignInError::Browser(BrowserError(None)))?;
    let redirect_uri = loopback.redirect_uri();
    let state = CsrfToken::new_random_len(RANDOM_BYTES);
    let nonce = Nonce::new_random_len(RANDOM_BYTES);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let scope = scopes(&info.capabilities, keys_of(info).is_some());
    let page = sign_in_page(
        info,
        &[
            ("response_type", "code"),
            ("client_id", &transport.options.client_id),
            ("redirect_uri", &redirect_uri),
            ("scope", &scope),
            ("state", state.secret()),
            ("nonce", nonce.secret()),
            ("aud", &info.base_url),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ],
    )?;
    open(browser, page).await?;

    let code = wait(transport, loopback, &state, info.issuer.as_deref()).await?;
    let (grant, date) = token::exchange(
        transport,
        info,
        &code,
        &redirect_uri,
        verifier.secret(),
        clock.now(),
    )
    .await
    .map_err(no_grant)?;
    if !grant.is_bearer() || grant.access_token.is_empty() {
        return Err(SignInError::NotTrusted {
            check: "token type",
        });
    }
    let granted = grant.scope.as_deref().unwrap_or(&scope).to_owned();
    // The server's own clock tells whether its token is still good; this device's may be wrong.
    let now = date.unwrap_or_else(|| clock.now());
    let claims = claims(transport, info, &grant, &granted, &nonce, now).await?;
    let patient_id = patient(&grant)?;
    let tokens = Tokens {
        access_token: grant.access_token.clone(),
        expires_at: grant.expires_at(clock.now()),
        refresh_token: grant.refresh_token.clone(),
        scope: granted,
        patient_id,
    };
    Ok(SignedIn { tokens, claims })
}

fn keys_of(info: &BackendInfo) -> Option<(&str, &str)> {
    info.issuer.as_deref().zip(info.jwks_uri.as_deref())
}

/// The address of the sign-in page. What the server has in its query stays.
fn sign_in_page(info: &BackendInfo, parameters: &[(&str, &str)]) -> Result<Url, SignInError> {
    let mut page =
        Url::parse(&info.authorization_endpoint).map_err(|_| SignInError::UnreadableAnswer)?;
    page.query_pairs_mut().extend_pairs(parameters);
    Ok(page)
}

async fn open(browser: Arc<dyn OpenBrowser>, page: Url) -> Result<(), SignInError> {
    // Starting a program may take a while.
    tokio::task::spawn_blocking(move || browser.open(page.as_str()))
        .await
        .map_err(|_| BrowserError(None))??;
    Ok(())
}

/// Waits for the browser to come back and gives the code.
async fn wait(
    transport: &Transport,
    loopback: Loopback,
    state: &CsrfToken,
    issuer: Option<&str>,
) -> Result<String, SignInError> {
    let answer = loopback.wait(|query| {
        let callback = Callback::read(query);
        if callback.code.is_empty() && callback.error.is_empty() {
            return Judgement::Ignore;
        }
        let outcome = callback.check(state, issuer);
        let page = match outcome {
            Err(SignInError::NotTrusted { .. }) => Page::NotOurs,
            _ => Page::Return,
        };
        Judgement::Answer(page, outcome)
    });
    match tokio::time::timeout(transport.options.sign_in_limit, answer).await {
        Err(_) => Err(SignInError::Cancelled),
        Ok(Err(_)) => Err(SignInError::Browser(BrowserError(None))),
        Ok(Ok(outcome)) => outcome,
    }
}

/// What the browser brought back. Each value as often as it was there: twice is one too many.
#[derive(Default)]
pub(crate) struct Callback {
    code: Vec<String>,
    state: Vec<String>,
    issuer: Vec<String>,
    error: Vec<String>,
}

impl Callback {
    /// Takes a query apart.
    pub(crate) fn read(query: &str) -> Self {
        let mut callback = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "code" => callback.code.push(value.into_owned()),
                "state" => callback.state.push(value.into_owned()),
                "iss" => callback.issuer.push(value.into_owned()),
                "error" => callback.error.push(value.into_owned()),
                _ => {}
            }
        }
        callback
    }

    /// The code, if this answers the sign-in with this state.
    pub(crate) fn check(
        self,
        state: &CsrfToken,
        issuer: Option<&str>,
    ) -> Result<String, SignInError> {
        // Compared through hashes, so that the time it takes tells nothing about the value.
        let is_ours = |found: &String| Sha256::digest(found) == Sha256::digest(state.secret());
        if self.state.len() != 1 || !self.state.iter().all(is_ours) {
            return Err(SignInError::NotTrusted { check: "state" });
        }
        // RFC 9207: another server's answer, mixed up with this one's.
        let has_other_issuer = issuer.is_some_and(|own| self.issuer.iter().any(|iss| iss != own));
        if has_other_issuer || self.issuer.len() > 1 {
            return Err(SignInError::NotTrusted { check: "issuer" });
        }
        match (self.code.as_slice(), self.error.as_slice()) {
            ([code], []) => Ok(code.clone()),
            ([], [error]) if error == "access_denied" => Err(SignInError::Cancelled),
            ([], [error]) => Err(SignInError::Refused {
                code: plain_code(error),
            }),
            _ => Err(SignInError::NotTrusted { check: "callback" }),
        }
    }
}

fn no_grant(error: GrantError) -> SignInError {
    match error {
        // RFC 6749 §5.2: the code is unknown, over, used already, or not for this sign-in.
        GrantError::Refused(code) if code == "invalid_grant" => {
            SignInError::NotTrusted { check: "code" }
        }
        GrantError::Refused(code) => SignInError::Refused { code },
        GrantError::Status { status, .. } => SignInError::ServerFault(status),
        GrantError::Unreadable => SignInError::UnreadableAnswer,
        GrantError::Transport(error) => no_answer(error),
    }
}

fn no_answer(error: RemoteError) -> SignInError {
    match error {
        RemoteError::NotConnected(source) | RemoteError::NoAnswer { source, .. } => {
            SignInError::NotConnected(source)
        }
        RemoteError::Unsafe("certificate") => SignInError::NotTrusted {
            check: "certificate",
        },
        RemoteError::Unsafe(_) => SignInError::NotTrusted { check: "address" },
        RemoteError::Status { status, .. } => SignInError::ServerFault(status),
        RemoteError::SignInNeeded | RemoteError::UnreadableAnswer(_) => {
            SignInError::UnreadableAnswer
        }
    }
}

/// The checked claims. An id token is demanded where it was granted, and read only where it was
/// asked for and can be checked.
async fn claims(
    transport: &Transport,
    info: &BackendInfo,
    grant: &Grant,
    granted: &str,
    nonce: &Nonce,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<IdentityClaims, SignInError> {
    let Some((issuer, jwks_uri)) = keys_of(info) else {
        return Ok(IdentityClaims::default());
    };
    let Some(raw) = &grant.id_token else {
        return if granted.split(' ').any(|scope| scope == "openid") {
            Err(SignInError::NotTrusted { check: "id token" })
        } else {
            Ok(IdentityClaims::default())
        };
    };
    let expected = Expected {
        client_id: &transport.options.client_id,
        issuer,
        keys: keys(transport, jwks_uri).await?,
        nonce,
        access_token: &grant.access_token,
        now,
    };
    id_token::check(raw, &expected)
}

async fn keys(transport: &Transport, jwks_uri: &str) -> Result<CoreJsonWebKeySet, SignInError> {
    let url = Url::parse(jwks_uri).map_err(|_| SignInError::UnreadableAnswer)?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let answer = transport
        .get(url, &headers, KEYS_LIMIT)
        .await
        .map_err(|failure| no_answer(failure.error))?;
    if !answer.is_success() {
        return Err(SignInError::ServerFault(answer.status));
    }
    serde_json::from_slice(&answer.body).map_err(|_| SignInError::UnreadableAnswer)
}

/// The patient in context (SMART App Launch 2.2 §5.1). The id goes into addresses, so only a FHIR
/// id is taken (FHIR R4 §2.24.0.1).
pub(crate) fn patient(grant: &Grant) -> Result<String, SignInError> {
    let patient = grant.patient.as_deref().unwrap_or_default();
    if patient.is_empty() {
        return Err(SignInError::NoPatient);
    }
    let is_id = patient.len() <= 64
        && patient
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if is_id {
        Ok(patient.to_owned())
    } else {
        Err(SignInError::NotTrusted { check: "patient" })
    }
}
