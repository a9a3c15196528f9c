//! What became of resources (FHIR R4 §3.1.0.10), deletions among them.

use axum::http::StatusCode;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::page::{self, Page};
use super::{Answered, Caller, reply, reply_resource};
use crate::outcome::Refusal;
use crate::state::{Request, State};
use crate::store::{Version, Wrote};

const USUAL_COUNT: usize = 100;

pub(super) fn of_type(
    state: &State,
    request: &Request,
    caller: &Caller,
    kind: &str,
    id: Option<&str>,
    query: &[(String, String)],
) -> Answered {
    caller.may(kind, 'r')?;
    let since = page::since(query)?;
    let page = Page::of(query, USUAL_COUNT)?;
    let mut versions = state.store.history(caller.patient, kind, caller.today);
    versions.retain(|version| {
        since.is_none_or(|since| version.at >= since) && id.is_none_or(|id| version.key.1 == id)
    });
    if id.is_some() && versions.is_empty() && since.is_none() {
        return Err(Refusal::not_found());
    }
    let total = versions.len();
    let entries = page
        .of_all(&versions)
        .map(|version| entry(request, version))
        .collect();
    let here = format!("{}{}", request.origin, request.route.path);
    Ok(reply(
        StatusCode::OK,
        &page.bundle("history", &here, query, total, entries),
    ))
}

fn entry(request: &Request, version: &Version) -> Value {
    let (kind, id) = &version.key;
    let url = if version.wrote.method() == "POST" {
        kind.clone()
    } else {
        format!("{kind}/{id}")
    };
    let status = match version.wrote {
        Wrote::Generated | Wrote::Created => "201 Created",
        Wrote::Updated | Wrote::Patched => "200 OK",
        Wrote::Deleted => "204 No Content",
    };
    let mut entry = json!({
        "fullUrl": format!("{}/{kind}/{id}", request.fhir_base()),
        "request": { "method": version.wrote.method(), "url": url },
        "response": {
            "status": status,
            "etag": format!("W/\"{}\"", version.number),
            "lastModified": version.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        },
    });
    if let Some(resource) = &version.resource {
        entry["resource"] = (**resource).clone();
    }
    entry
}

pub(super) fn version(
    state: &State,
    _request: &Request,
    caller: &Caller,
    kind: &str,
    id: &str,
    number: &str,
) -> Answered {
    caller.may(kind, 'r')?;
    let found = state
        .store
        .history(caller.patient, kind, caller.today)
        .into_iter()
        .find(|version| version.key.1 == id && version.number.to_string() == number)
        .ok_or_else(Refusal::not_found)?;
    match found.resource {
        Some(resource) => Ok(reply_resource(StatusCode::OK, &resource)),
        None => Err(Refusal::gone()),
    }
}
