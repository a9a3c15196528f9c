//! The SMART App Launch server (SMART App Launch 2.2; RFC 6749, 7009, 7636, 8252; OpenID Connect
//! Core 1.0) for one public client. It signs in anybody whom a tester chooses and knows no
//! passwords. What a token may read is decided where it is read.

mod authorize;
mod discovery;
mod grants;
mod id_token;
mod page;
mod token;

use std::sync::Mutex;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::discovery::smart_configuration;
pub(crate) use self::grants::Access;
use self::grants::Grants;
use self::id_token::SigningKey;
use crate::faults::Fault;
use crate::server::StartError;
use crate::state::{Request, State, lock};

/// The one registered client.
pub(crate) const CLIENT_ID: &str = "hale";

/// How long things live (backend contract, §1), in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// An authorization code.
    pub code: u32,
    /// An access token.
    pub access_token: u32,
    /// An id token.
    pub id_token: u32,
    /// A refresh token, counted anew at each rotation.
    pub refresh_token: u32,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: 600,
            access_token: 300,
            id_token: 3600,
            refresh_token: 30 * 24 * 3600,
        }
    }
}

/// A handle on the sign-in server.
#[derive(Debug)]
pub struct Smart {
    key: SigningKey,
    lifetimes: Mutex<Lifetimes>,
    grants: Mutex<Grants>,
}

impl Smart {
    pub(crate) fn new(lifetimes: Lifetimes) -> Result<Self, StartError> {
        Ok(Self {
            key: SigningKey::load()?,
            lifetimes: Mutex::new(lifetimes),
            grants: Mutex::default(),
        })
    }

    /// How long what is issued from now on lives.
    #[must_use]
    pub fn lifetimes(&self) -> Lifetimes {
        *lock(&self.lifetimes)
    }

    /// Changes how long what is issued from now on lives.
    pub fn set_lifetimes(&self, lifetimes: Lifetimes) {
        *lock(&self.lifetimes) = lifetimes;
    }

    /// Ends every sign-in, as a practice or the person elsewhere may.
    pub fn revoke_all(&self) {
        *lock(&self.grants) = Grants::default();
    }

    /// How many refresh tokens are in use.
    #[must_use]
    pub fn open_sessions(&self) -> usize {
        lock(&self.grants).open_sessions()
    }

    /// What this request's bearer token allows; none without a valid one.
    pub(crate) fn access(&self, state: &State, request: &Request) -> Option<Access> {
        let (scheme, token) = request.header("authorization")?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer")
            || state
                .faults
                .strikes(&request.route, &Fault::ExpiredAccessToken)
        {
            return None;
        }
        lock(&self.grants).access(token.trim(), state.clock.now())
    }
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds))
}

pub(crate) fn route(state: &State, request: &Request, body: &Bytes) -> Response<Body> {
    let path = request.route.path.trim_start_matches("/auth/");
    match (request.route.method.as_str(), path) {
        ("GET" | "HEAD", ".well-known/openid-configuration") => {
            json(StatusCode::OK, &discovery::openid_configuration(request))
        }
        ("GET" | "HEAD", "jwks" | ".well-known/jwks.json") => {
            json(StatusCode::OK, &state.smart.key.jwks())
        }
        ("GET", "authorize") => authorize::authorize(state, request, &request.route.query),
        ("POST", "authorize") => authorize::authorize(state, request, &form(body)),
        ("POST", "choose") => authorize::choose(state, request, &form(body)),
        ("POST", "token") => token::token(state, request, &form(body)),
        ("POST", "revoke") => token::revoke(state, &form(body)),
        _ => (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response(),
    }
}

type Form = [(String, String)];

fn form(body: &Bytes) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// The value of a parameter; none if it is absent, empty or there twice (RFC 6749 §3.1).
fn field<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    let mut values = form
        .iter()
        .filter(|have| have.0 == name)
        .map(|have| have.1.as_str());
    let value = values.next().filter(|value| !value.is_empty())?;
    values.next().is_none().then_some(value)
}

fn json(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

pub(crate) fn smart_configuration_response(state: &State, request: &Request) -> Response<Body> {
    if state
        .faults
        .strikes(&request.route, &Fault::NoSmartConfiguration)
    {
        return StatusCode::NOT_FOUND.into_response();
    }
    json(StatusCode::OK, &smart_configuration(request))
}
