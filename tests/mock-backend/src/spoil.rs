//! Answers made bad on purpose: cut short, mislabelled, with links and entries that should not be
//! there. It touches only finished answers.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::faults::{BadEntry, Fault, HostileBody};
use crate::outcome::{FHIR_JSON, outcome};
use crate::state::{Request, State};

/// The most of an answer of our own that is read back.
const LIMIT: usize = 64 * 1024 * 1024;

pub(crate) fn gateway_page(status: u16) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let page =
        format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// A status and nothing else.
pub(crate) fn bare(status: u16) -> Response<Body> {
    StatusCode::from_u16(status)
        .unwrap_or(StatusCode::BAD_GATEWAY)
        .into_response()
}

/// An answer that leads elsewhere.
pub(crate) fn redirect(to: &str) -> Response<Body> {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Err(_) => bare(500),
    }
}

const MEBIBYTE: usize = 1024 * 1024;

static BOMB: LazyLock<Bytes> = LazyLock::new(|| {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let blanks = vec![b' '; MEBIBYTE];
    let written = (0..256).try_for_each(|_| gzip.write_all(&blanks));
    written
        .and_then(|()| gzip.finish())
        .map_or_else(|_| Bytes::new(), Bytes::from)
});

/// A body that would harm a reader without limits.
pub(crate) fn hostile(body: HostileBody) -> Response<Body> {
    let blanks = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; MEBIBYTE]));
    let mut length = None;
    let mut is_compressed = false;
    let body = match body {
        HostileBody::Large => {
            length = Some(100 * MEBIBYTE);
            Body::from_stream(futures::stream::iter((0..100).map(move |_| blanks())))
        }
        HostileBody::Endless => {
            Body::from_stream(futures::stream::iter((0_u64..).map(move |_| blanks())))
        }
        HostileBody::GzipBomb => {
            is_compressed = true;
            Body::from(BOMB.clone())
        }
        HostileBody::DeepNesting => {
            const DEEP: usize = 100_000;
            let (open, close) = ("[".repeat(DEEP), "]".repeat(DEEP));
            Body::from(format!(
                r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{open}{close}}}]}}"#
            ))
        }
        HostileBody::InvalidUtf8 => Body::from(
            &b"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"id\":\"\xff\xfe\"}"[..],
        ),
        HostileBody::Reset => {
            let begun = Bytes::from_static(br#"{"resourceType":"Bundle","type":"searchset","#);
            let parts = [Ok(begun), Err(std::io::Error::other("reset on purpose"))];
            Body::from_stream(futures::stream::iter(parts))
        }
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON));
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

pub(crate) async fn spoil(
    state: &State,
    request: &Request,
    response: Response<Body>,
) -> Response<Body> {
    let route = &request.route;
    let is_to_be = response.status().is_success()
        && route.path.starts_with("/fhir")
        && !state.faults.is_empty();
    if !is_to_be {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LIMIT).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut text = None;
    if let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) {
        let mut touched = false;
        if json["type"] == "searchset" {
            touched = spoil_search(state, request, &mut json, &mut parts.status);
        }
        if state.faults.strikes(route, &Fault::OutcomeWithSuccess) {
            json = outcome(
                "error",
                "exception",
                "INTERNAL_SERVER_ERROR",
                "Something went wrong",
                None,
            );
            touched = true;
        }
        text = touched.then(|| json.to_string().into_bytes());
    }
    let mut bytes = text.unwrap_or_else(|| bytes.to_vec());
    if state.faults.strikes(route, &Fault::TruncatedBody) {
        bytes.truncate(bytes.len() / 2);
    }
    let kind = if state.faults.strikes(route, &Fault::WrongContentType) {
        Some(HeaderValue::from_static("text/html"))
    } else {
        parts.headers.remove(header::CONTENT_TYPE)
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        kind.unwrap_or(HeaderValue::from_static(FHIR_JSON)),
    );
    Response::from_parts(parts, Body::from(bytes))
}

fn spoil_search(
    state: &State,
    request: &Request,
    bundle: &mut Value,
    status: &mut StatusCode,
) -> bool {
    let route = &request.route;
    let mut touched = false;
    let mut next = None;
    if state.faults.strikes(route, &Fault::EndlessPages) {
        next = bundle
            .pointer("/link/0/url")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or(Some(format!("{}{}", request.origin, route.path)));
    }
    if state.faults.strikes(route, &Fault::ForeignNextLink) {
        next = Some(format!("https://elsewhere.example{}", route.path));
    }
    if state.faults.strikes(route, &Fault::NoNextLink)
        && let Some(links) = bundle["link"].as_array_mut()
    {
        touched = true;
        links.retain(|link| link["relation"] != "next");
    }
    if let Some(url) = next {
        touched = true;
        if !bundle["link"].is_array() {
            bundle["link"] = json!([]);
        }
        if let Some(links) = bundle["link"].as_array_mut() {
            links.retain(|link| link["relation"] != "next");
            links.push(json!({ "relation": "next", "url": url }));
        }
    }
    let twice = Fault::BadEntry {
        entry: BadEntry::Twice,
    };
    if state.faults.strikes(route, &twice)
        && let Some(entries) = bundle["entry"].as_array_mut()
    {
        touched = true;
        entries.extend(entries.clone());
    }
    let mut extra = Vec::new();
    if state.faults.strikes(route, &Fault::Partial) {
        *status = StatusCode::MULTI_STATUS;
        extra.push(outcome(
            "warning",
            "incomplete",
            "UNABLE_TO_CALL_SERVICE",
            "One of the sources did not answer",
            None,
        ));
    }
    for entry in [
        BadEntry::SchemaInvalid,
        BadEntry::WithoutId,
        BadEntry::OtherPatient,
        BadEntry::Outcome,
        BadEntry::NotAResource,
    ] {
        if state.faults.strikes(route, &Fault::BadEntry { entry }) {
            let kind = route.path.rsplit('/').next().unwrap_or_default();
            extra.extend(bad_entries(entry, kind));
        }
    }
    if !extra.is_empty() {
        touched = true;
        if !bundle["entry"].is_array() {
            bundle["entry"] = json!([]);
        }
        if let Some(entries) = bundle["entry"].as_array_mut() {
            entries.extend(extra.into_iter().map(|resource| {
                let mode = if resource["resourceType"] == "OperationOutcome" {
                    "outcome"
                } else {
                    "match"
                };
                json!({ "resource": resource, "search": { "mode": mode } })
            }));
        }
    }
    touched
}

fn bad_entries(entry: BadEntry, kind: &str) -> Vec<Value> {
    match entry {
        // As in examples that NHS England publishes: a reference list as an object, a Slot without
        // its schedule, a truth value and a number as the wrong types.
        BadEntry::SchemaInvalid => vec![
            json!({
                "resourceType": kind, "id": "schema-invalid", "basedOn": { "reference": "X/1" },
                "status": 7,
                "code": { "coding": [{ "code": 400, "userSelected": "true" }], "text": "Odd entry" },
                "identifier": [{ "value": 9_000_000_009_u64 }],
            }),
            json!({ "resourceType": "Slot", "id": "no-schedule", "status": "free" }),
        ],
        BadEntry::WithoutId => {
            vec![json!({ "resourceType": kind, "code": { "text": "Entry without an id" } })]
        }
        BadEntry::OtherPatient => vec![json!({
            "resourceType": kind, "id": "somebody-elses", "code": { "text": "Not this patient's" },
            "subject": { "reference": "Patient/p999999" },
            "patient": { "reference": "Patient/p999999" },
        })],
        BadEntry::Outcome => vec![outcome(
            "warning",
            "incomplete",
            "NO_RECORD_FOUND",
            "1 item could not be shown",
            None,
        )],
        // Made of what is there.
        BadEntry::Twice => Vec::new(),
        BadEntry::NotAResource => {
            vec![json!("nonsense"), json!({ "resourceType": 3 }), Value::Null]
        }
    }
}
