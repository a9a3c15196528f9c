//! What comes along with a search's matches, and how much of each match (FHIR R4 §3.1.1.5).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Caller;
use super::params::{self, target};
use super::search::Resources;
use crate::store::{Found, Store, key_of};

/// What the includes lead to, each resource once.
pub(super) fn included(
    store: &Store,
    caller: &Caller,
    page: &Resources,
    include: &[&str],
    iterate: &[&str],
) -> Resources {
    let mut seen: HashSet<_> = page
        .iter()
        .filter_map(|resource| key_of(resource))
        .collect();
    let mut all = Vec::new();
    let mut from: Resources = page.clone();
    let mut is_first = true;
    while !from.is_empty() {
        let mut next = Vec::new();
        for resource in &from {
            let source = resource["resourceType"].as_str().unwrap_or_default();
            let once = include.iter().filter(|_| is_first);
            for asked in once.chain(iterate) {
                let mut parts = asked.split(':');
                let (of, name, only) = (parts.next(), parts.next(), parts.next());
                let Some(parameter) = name
                    .filter(|_| of == Some(source))
                    .and_then(|name| params::find(source, name))
                else {
                    continue;
                };
                for reference in parameter.references(resource) {
                    let (kind, id) = target(reference);
                    let key = (kind.to_owned(), id.to_owned());
                    let is_wanted = only.is_none_or(|only| only == kind)
                        && caller.may(kind, 'r').is_ok()
                        && !seen.contains(&key);
                    if is_wanted
                        && let Found::Resource(other) =
                            store.find(caller.patient, kind, id, caller.today)
                    {
                        seen.insert(key);
                        next.push(other);
                    }
                }
            }
        }
        all.extend(next.iter().cloned());
        from = next;
        is_first = false;
    }
    all
}

/// The resource with the named elements alone (FHIR R4 §3.1.1.5.9).
pub(super) fn subset(resource: &Value, elements: &[&str]) -> Value {
    if elements.is_empty() {
        return resource.clone();
    }
    let mut kept = json!({});
    for name in ["resourceType", "id", "meta"].iter().chain(elements) {
        if let Some(value) = resource.get(*name) {
            kept[*name] = value.clone();
        }
    }
    if !kept["meta"].is_object() {
        kept["meta"] = json!({});
    }
    kept["meta"]["tag"] = json!([{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
        "code": "SUBSETTED",
    }]);
    kept
}
