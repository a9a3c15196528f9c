//! Bundles (FHIR R4 §2.36) and single resources as pages of entries.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::outcome::{self, Issue};

/// The answer could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not JSON, is cut off, nests too deep, or is not UTF-8.
    #[error("not readable JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON, but no FHIR resource.
    #[error("not a FHIR resource")]
    NotFhir,
}

/// Why an entry stands in an answer (`entry.search.mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryMode {
    /// It matches, or the server does not say.
    Match,
    /// It is referred to by a match.
    Include,
}

/// A resource of an answer.
#[derive(Debug, Clone)]
pub struct Entry {
    /// `resourceType`.
    pub resource_type: String,
    /// `id`.
    pub id: String,
    /// `meta.versionId`.
    pub version: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<DateTime<Utc>>,
    /// Why it is here.
    pub mode: EntryMode,
    /// Whether a history says that it was deleted; `raw` is `{}` then.
    pub is_deleted: bool,
    /// The resource as the server wrote it.
    pub raw: Box<RawValue>,
}

/// Why an entry was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhySkipped {
    /// It has no resource, or one that is no object with a type.
    NoResource,
    /// Its resource has no id, so that it cannot be told from others.
    NoId,
}

/// An entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the Bundle, from 0.
    pub index: usize,
    /// Its type, if it has one.
    pub resource_type: Option<String>,
    /// Why.
    pub why: WhySkipped,
}

/// A page of an answer.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The address of the next page, as written. Not checked here.
    pub next: Option<String>,
    /// `total`, where the server counts.
    pub total: Option<u32>,
    /// The entries that could be read, in order.
    pub entries: Vec<Entry>,
    /// What the server reports beside them.
    pub issues: Vec<Issue>,
    /// The entries that could not be read.
    pub skipped: Vec<Skipped>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "resourceType")]
    resource_type: Option<Value>,
    id: Option<Value>,
    meta: Option<Value>,
}

#[derive(Deserialize)]
struct WireBundle {
    total: Option<Value>,
    link: Option<Value>,
    #[serde(default)]
    entry: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
struct WireEntry {
    resource: Option<Box<RawValue>>,
    search: Option<Value>,
    request: Option<Value>,
    #[serde(rename = "fullUrl")]
    full_url: Option<Value>,
}

/// Reads an answer: a Bundle (nested ones are flattened), a single resource as its one entry, an
/// OperationOutcome as issues, an empty body as an empty page.
///
/// # Errors
/// If the whole is not JSON or no FHIR. A bad entry is no error: it is skipped and named.
pub fn read_page(bytes: &[u8]) -> Result<Page, ReadError> {
    let mut page = Page::default();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(page);
    }
    let raw: Box<RawValue> = serde_json::from_slice(bytes).map_err(ReadError::NotJson)?;
    let head: Head = serde_json::from_str(raw.get()).map_err(|_| ReadError::NotFhir)?;
    match text(head.resource_type.as_ref()).as_deref() {
        None => Err(ReadError::NotFhir),
        Some("Bundle") => {
            let bundle: WireBundle =
                serde_json::from_str(raw.get()).map_err(|_| ReadError::NotFhir)?;
            page.total = bundle
                .total
                .as_ref()
                .and_then(Value::as_u64)
                .and_then(|total| u32::try_from(total).ok());
            page.next = next(bundle.link.as_ref());
            for (index, entry) in bundle.entry.unwrap_or_default().iter().enumerate() {
                read_entry(&mut page, index, entry);
            }
            Ok(page)
        }
        Some(_) => {
            read_resource(&mut page, 0, &raw, EntryMode::Match);
            Ok(page)
        }
    }
}

fn read_entry(page: &mut Page, index: usize, raw: &RawValue) {
    let Ok(entry) = serde_json::from_str::<WireEntry>(raw.get()) else {
        page.skipped.push(Skipped {
            index,
            resource_type: None,
            why: WhySkipped::NoResource,
        });
        return;
    };
    let request = entry.request.unwrap_or_default();
    if request["method"] == "DELETE" {
        let place = text(request.get("url")).or_else(|| text(entry.full_url.as_ref()));
        match place.as_deref().and_then(type_and_id) {
            Some((resource_type, id)) => page.entries.push(Entry {
                resource_type,
                id,
                version: None,
                last_updated: None,
                mode: EntryMode::Match,
                is_deleted: true,
                raw: RawValue::from_string("{}".to_owned()).unwrap_or_default(),
            }),
            None => page.skipped.push(Skipped {
                index,
                resource_type: None,
                why: WhySkipped::NoId,
            }),
        }
        return;
    }
    let Some(resource) = entry.resource else {
        page.skipped.push(Skipped {
            index,
            resource_type: None,
            why: WhySkipped::NoResource,
        });
        return;
    };
    let mode = match entry.search.as_ref().map(|search| &search["mode"]) {
        Some(mode) if mode == "include" => EntryMode::Include,
        _ => EntryMode::Match,
    };
    read_resource(page, index, &resource, mode);
}

fn read_resource(page: &mut Page, index: usize, raw: &RawValue, mode: EntryMode) {
    let head = serde_json::from_str::<Head>(raw.get()).ok();
    let resource_type = head
        .as_ref()
        .and_then(|head| text(head.resource_type.as_ref()));
    let (Some(head), Some(resource_type)) = (head, resource_type) else {
        page.skipped.push(Skipped {
            index,
            resource_type: None,
            why: WhySkipped::NoResource,
        });
        return;
    };
    match resource_type.as_str() {
        "OperationOutcome" => {
            if let Ok(value) = serde_json::from_str::<Value>(raw.get()) {
                let outcome = outcome::from_value(&value).unwrap_or_default();
                page.issues.extend(outcome.issues);
            }
        }
        // Some services answer with Bundles inside a Bundle. One level is enough for them, and
        // keeps the depth bounded.
        "Bundle" => {
            if let Ok(bundle) = serde_json::from_str::<WireBundle>(raw.get()) {
                for inner in bundle.entry.unwrap_or_default() {
                    if let Ok(WireEntry {
                        resource: Some(resource),
                        ..
                    }) = serde_json::from_str(inner.get())
                        && !is_bundle(&resource)
                    {
                        read_resource(page, index, &resource, mode);
                    } else {
                        page.skipped.push(Skipped {
                            index,
                            resource_type: None,
                            why: WhySkipped::NoResource,
                        });
                    }
                }
            }
        }
        _ => {
            let Some(id) = text(head.id.as_ref()) else {
                page.skipped.push(Skipped {
                    index,
                    resource_type: Some(resource_type),
                    why: WhySkipped::NoId,
                });
                return;
            };
            let meta = head.meta.unwrap_or_default();
            page.entries.push(Entry {
                resource_type,
                id,
                version: text(meta.get("versionId")),
                last_updated: meta["lastUpdated"]
                    .as_str()
                    .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
                    .map(|moment| moment.to_utc()),
                mode,
                is_deleted: false,
                raw: raw.to_owned(),
            });
        }
    }
}

fn is_bundle(raw: &RawValue) -> bool {
    serde_json::from_str::<Head>(raw.get())
        .is_ok_and(|head| text(head.resource_type.as_ref()).as_deref() == Some("Bundle"))
}

fn next(links: Option<&Value>) -> Option<String> {
    links?
        .as_array()?
        .iter()
        .find(|link| link["relation"] == "next")
        .and_then(|link| text(link.get("url")))
}

fn type_and_id(place: &str) -> Option<(String, String)> {
    let path = place.split(['?', '#']).next()?;
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let id = segments.next()?;
    let resource_type = segments.next()?;
    (!id.is_empty() && !resource_type.is_empty()).then(|| (resource_type.to_owned(), id.to_owned()))
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        // Some services send numbers where the standard has strings.
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_bad_entry_never_drops_a_good_one() {
        let page = read_page(
            br#"{"resourceType":"Bundle","type":"searchset","total":9,
            "link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}],
            "entry":[
              {"resource":{"resourceType":"Condition","id":"1","meta":{"versionId":"2","lastUpdated":"2026-01-02T03:04:05Z"}}},
              {"resource":{"resourceType":"Condition"}},
              {"resource":[]}, 7, {}, null,
              {"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"warning"}]}},
              {"resource":{"resourceType":"Practitioner","id":5},"search":{"mode":"include"}},
              {"request":{"method":"DELETE","url":"Condition/9"}}]}"#,
        )
        .unwrap();
        let found: Vec<(&str, &str)> = page
            .entries
            .iter()
            .map(|entry| (entry.resource_type.as_str(), entry.id.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("Condition", "1"),
                ("Practitioner", "5"),
                ("Condition", "9")
            ]
        );
        assert_eq!(page.entries[0].version.as_deref(), Some("2"));
        assert!(page.entries[0].last_updated.is_some());
        assert_eq!(page.entries[1].mode, EntryMode::Include);
        assert!(page.entries[2].is_deleted);
        assert_eq!(page.skipped.len(), 5);
        assert_eq!(page.issues.len(), 1);
        assert_eq!(page.next.as_deref(), Some("b"));
        assert_eq!(page.total, Some(9));
    }

    #[test]
    fn a_single_resource_is_a_page_of_one_and_an_empty_body_of_none() {
        assert_eq!(
            read_page(br#"{"resourceType":"Patient","id":"1"}"#)
                .unwrap()
                .entries
                .len(),
            1
        );
        assert!(read_page(b" \n").unwrap().entries.is_empty());
    }

    #[test]
    fn bundles_inside_a_bundle_are_flattened() {
        let page = read_page(
            br#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle","id":"x","entry":[
            {"resource":{"resourceType":"MedicationRequest","id":"1"}}]}}]}"#,
        )
        .unwrap();
        assert_eq!(page.entries.len(), 1);
        assert_eq!(page.entries[0].resource_type, "MedicationRequest");
    }

    #[test]
    fn what_is_no_fhir_is_an_error_and_never_an_empty_page() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for bytes in [
            &b"<html>"[..],
            b"{}",
            b"[]",
            b"null",
            b"{\"resourceType\":\"Bundle\",\"entry\":[",
            b"\xff\xfe",
            deep.as_bytes(),
        ] {
            assert!(
                read_page(bytes).is_err(),
                "{:?}",
                &bytes[..bytes.len().min(20)]
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(read_page(&bytes));
            drop(outcome::from_value(&Value::Null));
        }

        #[test]
        fn good_entries_survive_any_neighbour(junk in "[ -~]{0,40}") {
            let junk = serde_json::to_string(&junk).unwrap();
            let text = format!(
                r#"{{"resourceType":"Bundle","entry":[{junk},{{"resource":{junk}}},{{"resource":{{"resourceType":"Condition","id":"1"}}}}]}}"#
            );
            prop_assert_eq!(read_page(text.as_bytes()).unwrap().entries.len(), 1);
        }
    }
}
