//! What a resource refers to.

use hale_fhir::lenient::list;
use hale_fhir::reference;
use serde_json::Value;

/// Elements whose targets are never shown by name: the patient themselves, and the visits and
/// requests around an item.
const NOT_SHOWN: [&str; 8] = [
    "subject",
    "patient",
    "encounter",
    "basedOn",
    "partOf",
    "for",
    "generalPractitioner",
    "managingOrganization",
];

/// More than any resource needs for its display.
const MOST: usize = 200;

/// The plain references (`Type/id`) of a resource whose targets are worth having for its display:
/// performers, medicines, the members of a report. Each once, at most 200.
#[must_use]
pub fn references(resource: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(resource, &mut found);
    found
}

/// The plain references of observations that a resource shows as its own: a report's results, a
/// panel's members. They do not stand in a list beside it.
#[must_use]
pub fn members(resource: &Value) -> Vec<String> {
    let field = match resource["resourceType"].as_str() {
        Some("DiagnosticReport") => "result",
        Some("Observation") => "hasMember",
        _ => return Vec::new(),
    };
    list(&resource[field])
        .filter_map(reference::of)
        .filter(|plain| plain.starts_with("Observation/"))
        .collect()
}

// Depth is bounded: resources are read by a parser that goes 128 levels deep.
fn collect(value: &Value, found: &mut Vec<String>) {
    if found.len() >= MOST {
        return;
    }
    match value {
        Value::Array(members) => members.iter().for_each(|member| collect(member, found)),
        Value::Object(members) => {
            let plain = members
                .get("reference")
                .and_then(Value::as_str)
                .and_then(reference::plain)
                .filter(|plain| plain.contains('/') && !plain.starts_with("urn:"))
                .filter(|plain| !plain.starts_with('#') && !plain.starts_with("Patient/"));
            if let Some(plain) = plain
                && !found.contains(&plain)
            {
                found.push(plain);
            }
            for (name, member) in members {
                if !NOT_SHOWN.contains(&name.as_str()) {
                    collect(member, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
