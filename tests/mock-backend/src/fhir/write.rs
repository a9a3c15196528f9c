//! Writes: conditional create, update and patch with `If-Match`, delete (FHIR R4 §3.1.0). What a
//! write means for appointments and repeat prescriptions is decided there.

use std::sync::Arc;

use axum::body::Body;
use axum::body::Bytes;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::Value;

use super::metadata::may_write;
use super::read::found;
use super::{Answered, Caller, etag, limits, reply_resource, search};
use crate::appointments;
use crate::faults::Fault;
use crate::outcome::Refusal;
use crate::repeats;
use crate::state::{Request, State};
use crate::store::{Found, Wrote};

/// The most operations of one patch.
const MOST_OPERATIONS: usize = 1000;

fn read_body(body: &Bytes) -> Result<Value, Refusal> {
    let resource =
        serde_json::from_slice(body).map_err(|_| Refusal::bad_request("The body is not JSON"))?;
    limits::check(&resource)?;
    Ok(resource)
}

fn check_may(
    state: &State,
    caller: &Caller,
    kind: &str,
    name: &str,
    letter: char,
) -> Result<(), Refusal> {
    caller.may(kind, letter)?;
    let is_read_only = state.store.population().place().is_read_only();
    if may_write(kind, name) && !is_read_only {
        return Ok(());
    }
    Err(Refusal::new(
        405,
        "not-supported",
        "BAD_REQUEST",
        "This cannot be changed here",
    ))
}

pub(super) fn create(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    body: &Bytes,
) -> Answered {
    check_may(state, caller, kind, "create", 'c')?;
    let resource = read_body(body)?;
    if resource["resourceType"] != kind {
        return Err(Refusal::invalid_resource(
            "The resource is not of the type of its address",
        ));
    }
    if !caller.owns(&resource) {
        return Err(Refusal::denied("This is not your record"));
    }
    let _turn = state.store.writing();
    if let Some(condition) = request.header("if-none-exist")
        && !state
            .faults
            .strikes(&request.route, &Fault::NoConditionalCreate)
    {
        let found = search::existing(state, caller, kind, condition)?;
        match found.as_slice() {
            [] => {}
            [one] => return Ok(written(request, StatusCode::OK, one)),
            _ => {
                return Err(Refusal::new(
                    412,
                    "multiple-matches",
                    "PRECONDITION_FAILED",
                    "Several resources have this identifier",
                ));
            }
        }
    }
    let unrelated = unrelated(state, request, caller, kind);
    if let Some((other, false)) = &unrelated {
        return Ok(written(request, StatusCode::OK, other));
    }
    let resource = match kind {
        "Appointment" => appointments::book(state, request, caller, resource)?,
        "Task" => {
            repeats::check(state, caller, &resource)?;
            resource
        }
        _ => resource,
    };
    let stored = state.store.create(caller.patient, resource);
    if kind == "Task" {
        repeats::came(state, caller, &stored);
    }
    Ok(match unrelated {
        Some((other, _)) => written(request, StatusCode::OK, &other),
        None => written(request, StatusCode::CREATED, &stored),
    })
}

/// Another resource to answer with, where a fault asks for it, and whether the create takes effect.
fn unrelated(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
) -> Option<(Arc<Value>, bool)> {
    let is_unrelated = |fault: &Fault| matches!(fault, Fault::UnrelatedAnswer { .. });
    let fault = state.faults.take(&request.route, is_unrelated)?;
    let Fault::UnrelatedAnswer { takes_effect } = fault else {
        return None;
    };
    let all = state.store.all(caller.patient, kind, caller.today);
    Some((all.into_iter().next()?, takes_effect))
}

pub(super) fn update(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    id: &str,
    body: &Bytes,
) -> Answered {
    check_may(state, caller, kind, "update", 'u')?;
    let resource = read_body(body)?;
    if resource["resourceType"] != kind || resource["id"] != id {
        return Err(Refusal::bad_request(
            "The resource is not the one of its address",
        ));
    }
    if !caller.owns(&resource) {
        return Err(Refusal::denied("This is not your record"));
    }
    replace(state, request, caller, (kind, id), Wrote::Updated, |_| {
        Ok(resource)
    })
}

pub(super) fn patch(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    id: &str,
    body: &Bytes,
) -> Answered {
    check_may(state, caller, kind, "patch", 'u')?;
    let is_patch = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json-patch+json"));
    if !is_patch {
        return Err(Refusal::new(
            415,
            "not-supported",
            "BAD_REQUEST",
            "Send a JSON Patch",
        ));
    }
    let operations: json_patch::Patch = serde_json::from_slice(body)
        .map_err(|_| Refusal::bad_request("The body is not a JSON Patch"))?;
    if operations.len() > MOST_OPERATIONS {
        return Err(Refusal::invalid_resource("The patch is too long"));
    }
    replace(
        state,
        request,
        caller,
        (kind, id),
        Wrote::Patched,
        |before| {
            let mut resource = before.clone();
            for operation in operations.iter() {
                json_patch::patch(&mut resource, std::slice::from_ref(operation)).map_err(
                    |_| {
                        Refusal::new(
                            422,
                            "processing",
                            "INVALID_RESOURCE",
                            "The patch does not apply",
                        )
                    },
                )?;
                limits::check(&resource)?;
            }
            if resource["resourceType"] != before["resourceType"] || resource["id"] != before["id"]
            {
                return Err(Refusal::invalid_resource("Type and id cannot be changed"));
            }
            Ok(resource)
        },
    )
}

fn replace(
    state: &State,
    request: &Request,
    caller: &Caller,
    (kind, id): (&str, &str),
    wrote: Wrote,
    change: impl FnOnce(&Value) -> Result<Value, Refusal>,
) -> Answered {
    let _turn = state.store.writing();
    let before = current(state, request, caller, kind, id)?;
    let resource = change(&before)?;
    match kind {
        "Appointment" => appointments::change(state, request, caller, &before, &resource)?,
        "Task" => repeats::check_change(&before, &resource)?,
        _ => {}
    }
    let stored = state
        .store
        .update(caller.patient, resource, Some(&before), wrote);
    Ok(written(request, StatusCode::OK, &stored))
}

/// The resource to change, if it is there and still of the version that the client knows.
fn current(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    id: &str,
) -> Result<Arc<Value>, Refusal> {
    let before = found(state, caller, kind, id)?;
    let is_stale = request
        .header("if-match")
        .is_some_and(|known| Some(known.trim()) != etag(&before).as_deref());
    if !is_stale {
        return Ok(before);
    }
    let status = if state.faults.strikes(&request.route, &Fault::ConflictAs409) {
        409
    } else {
        412
    };
    Err(Refusal::of_status(status).with_code(Some("RESOURCE_VERSION_MISMATCH")))
}

pub(super) fn delete(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    id: &str,
) -> Answered {
    check_may(state, caller, kind, "delete", 'd')?;
    let _turn = state.store.writing();
    let before = match current(state, request, caller, kind, id) {
        // FHIR R4 §3.1.0.7.1: deleting what is deleted succeeds.
        Err(_)
            if matches!(
                state.store.find(caller.patient, kind, id, caller.today),
                Found::Deleted
            ) =>
        {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        other => other?,
    };
    state.store.delete_known(caller.patient, &before);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The answer to a write: the resource unless the client wants none of it.
fn written(request: &Request, status: StatusCode, resource: &Value) -> Response<Body> {
    let mut response = reply_resource(status, resource);
    if request
        .header("prefer")
        .is_some_and(|prefer| prefer.contains("return=minimal"))
    {
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    let version = resource["meta"]["versionId"].as_str().unwrap_or("1");
    let location = format!(
        "{}/{}/{}/_history/{version}",
        request.fhir_base(),
        text("resourceType"),
        text("id")
    );
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
