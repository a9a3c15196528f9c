//! A FHIR server that does nothing while it is measured: every page was made before. It knows
//! `_lastUpdated=ge…`, entity tags, and two addresses outside FHIR: `/change` gives ten
//! Observations a new version, `/stats` says what was answered so far.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::routing::{get, post};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::observations::{PAGE, PATIENT, observation, revised, updated};
use crate::{Failure, table};

/// How many Observations one change touches: the first ones.
pub(crate) const CHANGED: usize = 10;

struct Served {
    base: String,
    count: usize,
    pages: Vec<Bytes>,
    /// When each Observation was last updated at first, in order.
    updated: Vec<(DateTime<Utc>, usize)>,
    /// How often something changed, and when last.
    version: u64,
    changed: Option<DateTime<Utc>>,
}

struct Server {
    served: RwLock<Served>,
    requests: AtomicU64,
    bytes: AtomicU64,
}

/// Serves this many Observations of one patient until it is ended.
pub(super) async fn serve(count: usize) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/fhir", listener.local_addr()?);
    let server = Arc::new(Server {
        served: RwLock::new(Served::new(base.clone(), count)),
        requests: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
    });
    let app = Router::new()
        .route("/change", post(change))
        .route("/stats", get(stats))
        .fallback(page)
        .with_state(server);
    table::say(&base);
    axum::serve(listener, app).await?;
    Ok(())
}

impl Served {
    fn new(base: String, count: usize) -> Self {
        let mut updated: Vec<_> = (0..count).map(|it| (updated(it), it)).collect();
        updated.sort_unstable();
        let mut served = Self {
            base,
            count,
            pages: Vec::new(),
            updated,
            version: 1,
            changed: None,
        };
        served.pages = (0..count.div_ceil(PAGE))
            .map(|it| served.made(it))
            .collect();
        served
    }

    fn entry(&self, number: usize) -> String {
        let resource = match self.changed {
            Some(at) if number < CHANGED => revised(number, self.version, at),
            _ => observation(number),
        };
        format!(
            r#"{{"fullUrl":"{}/Observation/obs-{number:06}","resource":{resource},"search":{{"mode":"match"}}}}"#,
            self.base
        )
    }

    /// The address of a page of Observations.
    fn address(&self, page: usize) -> String {
        let base = &self.base;
        format!(
            "{base}/Observation?patient={PATIENT}&category=vital-signs&_count={PAGE}&page={page}"
        )
    }

    fn made(&self, page: usize) -> Bytes {
        let numbers = page * PAGE..self.count.min((page + 1) * PAGE);
        let entries: Vec<String> = numbers.map(|number| self.entry(number)).collect();
        let next = if (page + 1) * PAGE < self.count {
            let next = self.address(page + 1);
            format!(r#",{{"relation":"next","url":"{next}"}}"#)
        } else {
            String::new()
        };
        let (this, count) = (self.address(page), self.count);
        Bytes::from(format!(
            r#"{{"resourceType":"Bundle","type":"searchset","total":{count},"link":[{{"relation":"self","url":"{this}"}}{next}],"entry":[{}]}}"#,
            entries.join(",")
        ))
    }

    /// What changed at a time or later, on one page.
    fn since(&self, at: DateTime<Utc>) -> Bytes {
        let from = self.updated.partition_point(|(when, _)| *when < at);
        let mut numbers: Vec<usize> = self.updated[from..].iter().map(|(_, it)| *it).collect();
        if self.changed.is_some_and(|changed| changed >= at) {
            numbers.retain(|number| *number >= CHANGED);
            numbers.extend(0..CHANGED.min(self.count));
        }
        if numbers.is_empty() {
            return nothing();
        }
        let entries: Vec<String> = numbers.iter().map(|number| self.entry(*number)).collect();
        Bytes::from(format!(
            r#"{{"resourceType":"Bundle","type":"searchset","total":{},"entry":[{}]}}"#,
            entries.len(),
            entries.join(",")
        ))
    }

    fn answer(&self, path: &str, query: &[(String, String)]) -> Bytes {
        let value = |name: &str| {
            let found = query.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.as_str())
        };
        if path == format!("/fhir/Patient/{PATIENT}") {
            return Bytes::from(format!(
                r#"{{"resourceType":"Patient","id":"{PATIENT}","name":[{{"text":"Sam Bench"}}],"birthDate":"1970-01-01"}}"#
            ));
        }
        if path != "/fhir/Observation" || value("category") != Some("vital-signs") {
            return nothing();
        }
        let since = value("_lastUpdated").and_then(|text| text.strip_prefix("ge"));
        if let Some(at) = since.and_then(|text| DateTime::parse_from_rfc3339(text).ok()) {
            return self.since(at.with_timezone(&Utc));
        }
        let page = value("page").and_then(|text| text.parse().ok());
        let found = self.pages.get(page.unwrap_or(0_usize));
        found.cloned().unwrap_or_else(nothing)
    }
}

fn nothing() -> Bytes {
    Bytes::from_static(br#"{"resourceType":"Bundle","type":"searchset","total":0}"#)
}

async fn change(State(server): State<Arc<Server>>) -> String {
    let mut served = server
        .served
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    served.version += 1;
    let at = Utc::now();
    served.changed = Some(at);
    let first = served.made(0);
    if let Some(page) = served.pages.first_mut() {
        *page = first;
    }
    at.to_rfc3339_opts(SecondsFormat::Millis, false)
}

async fn stats(State(server): State<Arc<Server>>) -> String {
    json!({
        "requests": server.requests.load(Ordering::Relaxed),
        "bytes": server.bytes.load(Ordering::Relaxed),
    })
    .to_string()
}

async fn page(
    State(server): State<Arc<Server>>,
    OriginalUri(uri): OriginalUri,
    asked: HeaderMap,
) -> (StatusCode, HeaderMap, Bytes) {
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let served = server.served.read().unwrap_or_else(PoisonError::into_inner);
    // The address says the rest of what an answer depends on.
    let tag = format!("W/\"{}\"", served.version);
    let known = asked.get(header::IF_NONE_MATCH);
    let (status, body) = if known.is_some_and(|it| it.as_bytes() == tag.as_bytes()) {
        (StatusCode::NOT_MODIFIED, Bytes::new())
    } else {
        (StatusCode::OK, served.answer(uri.path(), &query))
    };
    server.requests.fetch_add(1, Ordering::Relaxed);
    server.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/fhir+json"),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    (status, headers, body)
}
