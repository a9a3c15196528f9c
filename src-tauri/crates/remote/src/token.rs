//! The token endpoint: codes and refresh tokens become grants, tokens are revoked (RFC 6749 §4.1.3
//! and §6, RFC 7009). One request each, never repeated: a code and a rotating refresh token work
//! once. Keeps nothing.

use chrono::{DateTime, Utc};
use hale_core::ports::{BackendInfo, RemoteError};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::time::Duration;
use url::Url;
use zeroize::Zeroize;

use crate::headers::{retry_after, server_date};
use crate::transport::{Answer, Call, Failure, Transport};

/// The largest answer of a token endpoint that is read.
const LIMIT: usize = 256 * 1024;

/// What a token endpoint grants. Wiped from memory when dropped.
#[derive(Deserialize)]
pub(crate) struct Grant {
    pub(crate) access_token: String,
    #[serde(default)]
    pub(crate) token_type: String,
    /// Seconds; some servers write a string.
    #[serde(default, deserialize_with = "lenient_seconds")]
    pub(crate) expires_in: Option<u32>,
    #[serde(default)]
    pub(crate) scope: Option<String>,
    #[serde(default)]
    pub(crate) refresh_token: Option<String>,
    #[serde(default)]
    pub(crate) id_token: Option<String>,
    #[serde(default)]
    pub(crate) patient: Option<String>,
}

impl Drop for Grant {
    fn drop(&mut self) {
        self.access_token.zeroize();
        self.refresh_token.zeroize();
        self.id_token.zeroize();
    }
}

impl Grant {
    /// Whether the token is used as `Authorization: Bearer`.
    pub(crate) fn is_bearer(&self) -> bool {
        self.token_type.eq_ignore_ascii_case("bearer")
    }

    /// When the access token ends, counted from `now` by the same clock.
    pub(crate) fn expires_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Some(now + chrono::TimeDelta::seconds(i64::from(self.expires_in?)))
    }
}

/// Why there is no grant. Holds no token.
#[derive(Debug)]
pub(crate) enum GrantError {
    /// The endpoint said no, with an OAuth error code.
    Refused(String),
    /// The endpoint failed.
    Status {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// No whole answer came.
    Transport(RemoteError),
    /// The answer makes no sense.
    Unreadable,
}

/// Exchanges the code of a sign-in. The server's `Date` comes along.
pub(crate) async fn exchange(
    transport: &Transport,
    info: &BackendInfo,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
    now: DateTime<Utc>,
) -> Result<(Grant, Option<DateTime<Utc>>), GrantError> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("client_id", &transport.options.client_id),
        ("code_verifier", verifier),
    ];
    ask(transport, &info.token_endpoint, &form, now).await
}

/// Exchanges a refresh token.
pub(crate) async fn refresh(
    transport: &Transport,
    info: &BackendInfo,
    refresh_token: &str,
    now: DateTime<Utc>,
) -> Result<Grant, GrantError> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("client_id", &transport.options.client_id),
    ];
    Ok(ask(transport, &info.token_endpoint, &form, now).await?.0)
}

/// Revokes one token; whatever the server answers.
pub(crate) async fn revoke(transport: &Transport, endpoint: &str, token: &str, hint: &str) {
    let form = [
        ("token", token),
        ("token_type_hint", hint),
        ("client_id", &transport.options.client_id),
    ];
    match post(transport, endpoint, &form).await {
        Ok(answer) if answer.is_success() => {}
        Ok(answer) => tracing::info!(status = answer.status, hint, "a token was not revoked"),
        Err(_) => tracing::info!(hint, "a token was not revoked: no answer"),
    }
}

async fn ask(
    transport: &Transport,
    endpoint: &str,
    form: &[(&str, &str)],
    now: DateTime<Utc>,
) -> Result<(Grant, Option<DateTime<Utc>>), GrantError> {
    let answer = post(transport, endpoint, form)
        .await
        .map_err(|failure| GrantError::Transport(failure.error))?;
    read(answer, now)
}

/// Reads the endpoint's answer, and wipes it.
pub(crate) fn read(
    mut answer: Answer,
    now: DateTime<Utc>,
) -> Result<(Grant, Option<DateTime<Utc>>), GrantError> {
    let date = server_date(&answer.headers);
    let outcome = if answer.is_success() {
        serde_json::from_slice::<Grant>(&answer.body).map_err(|_| GrantError::Unreadable)
    } else {
        Err(refusal(&answer, now))
    };
    answer.body.zeroize();
    Ok((outcome?, date))
}

fn refusal(answer: &Answer, now: DateTime<Utc>) -> GrantError {
    let code = serde_json::from_slice::<Value>(&answer.body)
        .ok()
        .and_then(|json| Some(json.get("error")?.as_str()?.to_owned()));
    match (answer.status, code) {
        (400..=403, Some(code)) => GrantError::Refused(plain_code(&code)),
        (300..=399, _) => GrantError::Unreadable,
        (status, _) => GrantError::Status {
            status,
            retry_after: retry_after(&answer.headers, now),
        },
    }
}

async fn post(
    transport: &Transport,
    endpoint: &str,
    form: &[(&str, &str)],
) -> Result<Answer, Failure> {
    let url = Url::parse(endpoint).map_err(|_| Failure::lasting(RemoteError::Unsafe("address")))?;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let call = Call {
        method: Method::POST,
        url,
        headers,
        body: Some(body.into_bytes()),
        limit: LIMIT,
    };
    transport.send(call).await
}

/// An OAuth error code as it may be shown and logged: the characters of the known ones, cut short,
/// so that nothing else travels in it.
pub(crate) fn plain_code(code: &str) -> String {
    code.chars()
        .filter(|letter| letter.is_ascii_lowercase() || *letter == '_')
        .take(60)
        .collect()
}

fn lenient_seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let seconds = match Value::deserialize(from)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    // A negative time to live means "already over"; a huge one is cut to 136 years.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped before"
    )]
    Ok(seconds.map(|seconds: f64| seconds.clamp(0.0, f64::from(u32::MAX)) as u32))
}
