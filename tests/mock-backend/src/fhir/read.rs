//! Reading one resource (FHIR R4 §3.1.0.1), with `If-None-Match`, and documents' bytes.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Answered, Caller, etag, reply_resource};
use crate::outcome::Refusal;
use crate::state::{Request, State};
use crate::store::Found;

pub(super) fn read(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    id: &str,
) -> Answered {
    caller.may(kind, 'r')?;
    let resource = found(state, caller, kind, id)?;
    if let (Some(known), Some(tag)) = (request.header("if-none-match"), etag(&resource))
        && known.split(',').any(|one| one.trim() == tag)
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    if kind == "Binary"
        && let Some(response) = bytes(request, &resource)
    {
        return Ok(response);
    }
    Ok(reply_resource(StatusCode::OK, &resource))
}

/// A resource that the caller may know, or why there is none.
pub(super) fn found(
    state: &State,
    caller: &Caller,
    kind: &str,
    id: &str,
) -> Result<Arc<Value>, Refusal> {
    if kind == "Patient" && id != caller.patient_id {
        return Err(Refusal::denied("This is not your record"));
    }
    match state.store.find(caller.patient, kind, id, caller.today) {
        Found::Resource(resource) => Ok(resource),
        Found::Deleted => Err(Refusal::gone()),
        Found::Absent => Err(Refusal::not_found()),
    }
}

/// A Binary as itself, unless FHIR is asked for (FHIR R4 §2.42.3).
fn bytes(request: &Request, resource: &Value) -> Option<axum::http::Response<Body>> {
    if request
        .header("accept")
        .is_none_or(|accept| accept.contains("fhir"))
    {
        return None;
    }
    let data = STANDARD.decode(resource["data"].as_str()?).ok()?;
    let kind = HeaderValue::from_str(resource["contentType"].as_str()?).ok()?;
    Some((StatusCode::OK, [(header::CONTENT_TYPE, kind)], data).into_response())
}
