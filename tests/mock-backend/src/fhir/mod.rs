//! The FHIR R4 routes: which interaction a request means (FHIR R4 §3.1.0), and what every answer
//! has in common. It owns no data.

mod access;
mod dates;
mod history;
mod include;
mod limits;
mod metadata;
mod page;
mod params;
mod read;
mod search;
mod slots;
mod write;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

pub(crate) use self::access::{Caller, is_resource_scope};
pub(crate) use self::params::target;
use crate::outcome::{FHIR_JSON, Refusal};
use crate::state::{Request, State};
use crate::{repeats, smart};

/// The parameter that a `next` link carries instead of all others.
const PAGE: &str = "_page";

pub(crate) type Answered = Result<Response<Body>, Refusal>;

pub(crate) fn route(state: &State, request: &Request, path: &str, body: &Bytes) -> Response<Body> {
    answer(state, request, path, body).unwrap_or_else(Refusal::into_response)
}

fn answer(state: &State, request: &Request, path: &str, body: &Bytes) -> Answered {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let method = match request.route.method.as_str() {
        "HEAD" => "GET",
        other => other,
    };
    match (method, segments.as_slice()) {
        ("GET", ["metadata"]) => return metadata::metadata(state, request),
        ("GET", [".well-known", "smart-configuration"]) => {
            return Ok(smart::smart_configuration_response(state, request));
        }
        _ => {}
    }
    let caller = Caller::of(state, request)?;
    repeats::go_on(state, caller.patient);
    let query = &request.route.query;
    match (method, segments.as_slice()) {
        ("GET", [kind]) => search::search(state, request, &caller, kind, query),
        ("POST", [kind, "_search"]) => {
            let mut all = query.clone();
            all.extend(spelt_out(&String::from_utf8_lossy(body)));
            search::search(state, request, &caller, kind, &all)
        }
        ("GET", ["Patient", id, "$everything"]) => {
            search::everything(state, request, &caller, id, query)
        }
        ("GET", [kind, "_history"]) => history::of_type(state, request, &caller, kind, None, query),
        ("GET", [kind, id, "_history"]) => {
            history::of_type(state, request, &caller, kind, Some(id), query)
        }
        ("GET", [kind, id, "_history", version]) => {
            history::version(state, request, &caller, kind, id, version)
        }
        ("GET", [kind, id]) => read::read(state, request, &caller, kind, id),
        ("POST", [kind]) => write::create(state, request, &caller, kind, body),
        ("PUT", [kind, id]) => write::update(state, request, &caller, kind, id, body),
        ("PATCH", [kind, id]) => write::patch(state, request, &caller, kind, id, body),
        ("DELETE", [kind, id]) => write::delete(state, request, &caller, kind, id),
        _ => Err(Refusal::new(
            404,
            "not-supported",
            "RESOURCE_NOT_FOUND",
            "This server has no such interaction",
        )),
    }
}

/// A query with its pairs decoded, and with a page link's opaque parameter spelt out.
pub(crate) fn spelt_out(query: &str) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let page = pairs.iter().find(|pair| pair.0 == PAGE);
    match page.and_then(|page| URL_SAFE_NO_PAD.decode(&page.1).ok()) {
        Some(inner) => url::form_urlencoded::parse(&inner).into_owned().collect(),
        None => pairs,
    }
}

fn page_parameter(pairs: &[(String, String)]) -> String {
    let inner = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("{PAGE}={}", URL_SAFE_NO_PAD.encode(inner))
}

/// A FHIR body.
pub(crate) fn reply(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = (status, body.to_string()).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON));
    response
}

/// A resource with its version in the headers (FHIR R4 §3.1.0.5).
pub(crate) fn reply_resource(status: StatusCode, resource: &Value) -> Response<Body> {
    let mut response = reply(status, resource);
    let headers = response.headers_mut();
    if let Some(tag) = etag(resource).and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        headers.insert(header::ETAG, tag);
    }
    let modified = resource["meta"]["lastUpdated"]
        .as_str()
        .and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok())
        .and_then(|at| HeaderValue::from_str(&crate::answer::http_date(at.to_utc())).ok());
    if let Some(modified) = modified {
        headers.insert(header::LAST_MODIFIED, modified);
    }
    response
}

pub(crate) fn etag(resource: &Value) -> Option<String> {
    Some(format!("W/\"{}\"", resource["meta"]["versionId"].as_str()?))
}
