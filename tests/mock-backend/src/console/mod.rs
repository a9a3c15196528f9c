//! The tester's console: one page without scripts, and the same over JSON for programs. It owns no
//! state; it moves the handles that tests move.

mod api;
mod html;
mod page;
mod requests;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use self::html::{escape, page};
use crate::clock::MockClock;
use crate::state::{Request, State};

/// Where a phone gets the certificate authority from.
pub(crate) const AUTHORITY_PATH: &str = "/console/ca.crt";

pub(crate) fn route(state: &State, request: &Request, body: &Bytes) -> Response<Body> {
    let method = request.route.method.as_str();
    // Any web page could otherwise switch faults of a backend that a tester runs.
    let is_foreign = method != "GET"
        && request
            .header("origin")
            .is_some_and(|origin| origin != request.origin);
    if is_foreign {
        return (
            StatusCode::FORBIDDEN,
            "Only the console's own page may do this.\n",
        )
            .into_response();
    }
    match request.route.path.as_str() {
        "/" => to_console(),
        "/console" | "/console/" if method == "GET" => page::show(state, request),
        AUTHORITY_PATH if method == "GET" => authority(state),
        path => {
            if let Some(action) = path.strip_prefix("/console/do/")
                && method == "POST"
            {
                page::act(state, action, body)
            } else if let Some(what) = path.strip_prefix("/console/api/") {
                api::route(state, method, what, body)
            } else {
                (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response()
            }
        }
    }
}

/// With this type, phones offer to install it.
fn authority(state: &State) -> Response<Body> {
    match &state.tls {
        Some(tls) => (
            [(header::CONTENT_TYPE, "application/x-x509-ca-cert")],
            tls.authority_pem().to_owned(),
        )
            .into_response(),
        None => (
            StatusCode::NOT_FOUND,
            "Without TLS there is no certificate.\n",
        )
            .into_response(),
    }
}

fn to_console() -> Response<Body> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/console")]).into_response()
}

/// Sets the clock; none if it does not go there.
fn set_clock(state: &State, to: DateTime<Utc>) -> Option<()> {
    MockClock::takes(to).then(|| state.clock.set(to))
}

/// Moves the clock; none if it does not go there.
fn advance_clock(state: &State, by: TimeDelta) -> Option<()> {
    set_clock(state, state.clock.now().checked_add_signed(by)?)
}

/// Back to where the population and the server began; tokens stay.
fn reset(state: &State) {
    state.faults.clear();
    state.store.reset();
    state.actors.reset();
    state.log.clear();
    state.clock.reset();
    state
        .smart
        .set_lifetimes(crate::smart::Lifetimes::default());
}
