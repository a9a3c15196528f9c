//! A FHIR server that does nothing while it is measured: every page was made before.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};

use super::observations::{PAGE, PATIENT, observation};
use crate::{Failure, table};

type Pages = Arc<HashMap<String, Bytes>>;

/// Serves this many Observations of one patient until it is ended.
pub(super) async fn serve(count: usize) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/fhir", listener.local_addr()?);
    let pages: Pages = Arc::new(pages(&base, count));
    let app = Router::new().fallback(page).with_state(pages);
    table::say(&base);
    axum::serve(listener, app).await?;
    Ok(())
}

/// The address of a page of Observations.
fn address(base: &str, page: usize) -> String {
    format!("{base}/Observation?patient={PATIENT}&category=vital-signs&_count={PAGE}&page={page}")
}

fn pages(base: &str, count: usize) -> HashMap<String, Bytes> {
    let mut pages = HashMap::new();
    let all = count.div_ceil(PAGE);
    for page in 0..all {
        let entries: Vec<String> = (page * PAGE..count.min((page + 1) * PAGE))
            .map(|number| {
                format!(
                    r#"{{"fullUrl":"{base}/Observation/obs-{number:06}","resource":{},"search":{{"mode":"match"}}}}"#,
                    observation(number)
                )
            })
            .collect();
        let next = if page + 1 < all {
            format!(
                r#",{{"relation":"next","url":"{}"}}"#,
                address(base, page + 1)
            )
        } else {
            String::new()
        };
        let this = address(base, page);
        let body = format!(
            r#"{{"resourceType":"Bundle","type":"searchset","total":{count},"link":[{{"relation":"self","url":"{this}"}}{next}],"entry":[{}]}}"#,
            entries.join(",")
        );
        let path = this.split_once("/fhir").map_or("", |(_, path)| path);
        pages.insert(format!("/fhir{path}"), Bytes::from(body));
    }
    let first = address(base, 0);
    let first = first.split_once("/fhir").map_or("", |(_, path)| path);
    if let Some(body) = pages.get(&format!("/fhir{first}")).cloned() {
        // The first page is asked for without its number.
        pages.insert(format!("/fhir{}", first.trim_end_matches("&page=0")), body);
    }
    pages.insert(
        format!("/fhir/Patient/{PATIENT}"),
        Bytes::from(format!(
            r#"{{"resourceType":"Patient","id":"{PATIENT}","name":[{{"text":"Sam Bench"}}],"birthDate":"1970-01-01"}}"#
        )),
    );
    pages
}

async fn page(
    State(pages): State<Pages>,
    OriginalUri(uri): OriginalUri,
) -> (StatusCode, HeaderMap, Bytes) {
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let body = pages.get(path).cloned().unwrap_or_else(|| {
        Bytes::from_static(br#"{"resourceType":"Bundle","type":"searchset","total":0}"#)
    });
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/fhir+json"),
    );
    (StatusCode::OK, headers, body)
}
