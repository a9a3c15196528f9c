//! One request from its first byte to the last of its answer: faults before, the routes, faults
//! after, the log. A request that panics is answered 500 and ends nothing else.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures::FutureExt;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

use crate::faults::{Fault, RetryAfter, Route};
use crate::log::LogEntry;
use crate::outcome::Refusal;
use crate::state::{Request, State, origin};
use crate::{console, fhir, smart, spoil};

/// The largest body that is read.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The connection ends here, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut off on purpose")]
pub(crate) struct CutOff;

pub(crate) async fn answer(
    state: Arc<State>,
    incoming: hyper::Request<Incoming>,
) -> Result<Response<Body>, CutOff> {
    let (parts, body) = incoming.into_parts();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let request = Request {
        route: Route {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: fhir::spelt_out(&raw_query),
        },
        origin: origin(state.tls.is_some(), &parts.headers),
        headers: parts.headers,
    };
    let is_console = request.route.path.starts_with("/console") || request.route.path == "/";
    let mut entry = LogEntry {
        at: state.clock.now(),
        method: request.route.method.clone(),
        path: request.route.path.clone(),
        query: raw_query,
        status: None,
        request_id: request.header("x-request-id").map(str::to_owned),
        condition: ["if-none-exist", "if-match"]
            .iter()
            .find_map(|name| request.header(name))
            .map(str::to_owned),
        fault: None,
    };
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map(|body| body.to_bytes());
    let outcome = if is_console {
        Ok(routes(&state, &request, body.ok()).await)
    } else {
        with_faults(&state, &request, body.ok(), &mut entry).await
    };
    if !is_console {
        entry.status = outcome
            .as_ref()
            .ok()
            .map(|response| response.status().as_u16());
        state.log.add(entry);
    }
    outcome.map(|response| finish(&state, &request, response))
}

async fn with_faults(
    state: &Arc<State>,
    request: &Request,
    body: Option<Bytes>,
    entry: &mut LogEntry,
) -> Result<Response<Body>, CutOff> {
    let take = |entry: &mut LogEntry, applies: &dyn Fn(&Fault) -> bool| {
        let fault = state.faults.take(&request.route, applies)?;
        entry.fault = serde_json::to_value(&fault)
            .ok()
            .and_then(|json| Some(json.get("kind")?.as_str()?.to_owned()));
        Some(fault)
    };
    if let Some(Fault::Slow { millis }) = take(entry, &|fault| matches!(fault, Fault::Slow { .. }))
    {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    let before = take(entry, &|fault| {
        matches!(
            fault,
            Fault::LostRequest
                | Fault::HangBefore
                | Fault::Status { .. }
                | Fault::HtmlPage { .. }
                | Fault::BareStatus { .. }
                | Fault::HostileBody { .. }
                | Fault::Redirect { .. }
        )
    });
    match before {
        Some(Fault::LostRequest) => return Err(CutOff),
        Some(Fault::HangBefore) => {
            state.log.add(entry.clone());
            return futures::future::pending().await;
        }
        Some(Fault::Status {
            status,
            nhs_code,
            retry_after,
        }) => {
            return Ok(refuse(state, status, nhs_code.as_deref(), retry_after));
        }
        Some(Fault::HtmlPage { status }) => return Ok(spoil::gateway_page(status)),
        Some(Fault::BareStatus { status }) => return Ok(spoil::bare(status)),
        Some(Fault::HostileBody { body }) => return Ok(spoil::hostile(body)),
        Some(Fault::Redirect { to }) => return Ok(spoil::redirect(&to)),
        _ => {}
    }
    let response = routes(state, request, body).await;
    match take(entry, &|fault| {
        matches!(fault, Fault::LostReply | Fault::HangAfter)
    }) {
        Some(Fault::LostReply) => Err(CutOff),
        Some(_) => {
            state.log.add(entry.clone());
            futures::future::pending().await
        }
        None => Ok(spoil::spoil(state, request, response).await),
    }
}

async fn routes(state: &Arc<State>, request: &Request, body: Option<Bytes>) -> Response<Body> {
    let Some(body) = body else {
        return Refusal::new(
            413,
            "too-long",
            "BAD_REQUEST",
            "The body is too large or incomplete",
        )
        .into_response();
    };
    let answered = AssertUnwindSafe(async {
        #[cfg(test)]
        assert!(
            !state.faults.strikes(&request.route, &Fault::Panic),
            "a defect, as asked"
        );
        let path = request.route.path.as_str();
        if let Some(rest) = path.strip_prefix("/fhir")
            && (rest.is_empty() || rest.starts_with('/'))
        {
            fhir::route(state, request, rest, &body)
        } else if path.starts_with("/auth/") {
            smart::route(state, request, &body)
        } else {
            console::route(state, request, &body)
        }
    })
    .catch_unwind()
    .await;
    answered.unwrap_or_else(|_| {
        tracing::error!(path = request.route.path, "a request panicked");
        Refusal::of_status(500).into_response()
    })
}

fn refuse(
    state: &State,
    status: u16,
    nhs_code: Option<&str>,
    retry_after: Option<RetryAfter>,
) -> Response<Body> {
    let mut response = Refusal::of_status(status)
        .with_code(nhs_code)
        .into_response();
    let value = match retry_after {
        None => return response,
        Some(RetryAfter::Seconds(seconds)) => seconds.to_string(),
        Some(RetryAfter::DateInSeconds(seconds)) => {
            http_date(state.clock.now() + chrono::TimeDelta::seconds(i64::from(seconds)))
        }
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// What every answer carries.
fn finish(state: &State, request: &Request, mut response: Response<Body>) -> Response<Body> {
    let skew = state.faults.take(&request.route, |fault| {
        matches!(fault, Fault::WrongClock { .. })
    });
    let skew = match skew {
        Some(Fault::WrongClock { hours }) => chrono::TimeDelta::hours(hours),
        _ => chrono::TimeDelta::zero(),
    };
    let headers = response.headers_mut();
    if let Ok(date) = HeaderValue::from_str(&http_date(state.clock.now() + skew)) {
        headers.insert(header::DATE, date);
    }
    for name in ["x-request-id", "x-correlation-id"] {
        if let Some(id) = request.headers.get(name) {
            headers.insert(name, id.clone());
        }
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if request.route.method == "HEAD" || response.status() == StatusCode::NOT_MODIFIED {
        *response.body_mut() = Body::empty();
    }
    response
}

/// A date as HTTP writes it (RFC 9110 §5.6.7); it has none before 1970.
pub(crate) fn http_date(at: chrono::DateTime<chrono::Utc>) -> String {
    httpdate::fmt_http_date(at.max(chrono::DateTime::UNIX_EPOCH).into())
}
