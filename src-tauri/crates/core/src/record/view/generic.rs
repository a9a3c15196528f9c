//! Any other type: its name, and every simple fact under its name in the standard, so that
//! nothing that was sent is lost.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept, people};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

/// Members that are shown elsewhere, or say nothing to a patient.
const NOT_FACTS: [&str; 14] = [
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "identifier",
    "subject",
    "patient",
    "note",
    "status",
];

/// How many facts are shown at most.
const MOST: usize = 60;

/// How deeply parts of parts are read.
const DEEPEST: u32 = 3;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let name = json["resourceType"]
        .as_str()
        .and_then(|_| people::resource_name(json));
    draft.title(name.or_else(|| list(&json["category"]).find_map(concept::words)));
    for field in ["author", "recorder", "performer", "sender", "requester"] {
        draft.author(resolver.names(&json[field]).into_iter().next());
    }
    draft.fact(FieldLabel::Status, draft.status_text.clone());
    let members = json.as_object().into_iter().flatten();
    for (field, value) in members.take(MOST) {
        if NOT_FACTS.contains(&field.as_str()) || field.starts_with('_') {
            continue;
        }
        for one in list(value) {
            let said = if is_date(field) {
                phrase::date(one)
            } else {
                phrase::all(said(one, &resolver, 0))
            };
            draft.more(FieldLabel::Element(field.clone()), said);
        }
    }
    draft.codes(&json["code"]);
}

/// Whether an element holds a date, by its name; a text that is none stays as it was written.
fn is_date(field: &str) -> bool {
    [
        "date", "issued", "created", "sent", "received", "authored", "recorded",
    ]
    .contains(&field)
        || ["Date", "DateTime", "Instant", "On"]
            .into_iter()
            .any(|end| field.ends_with(end))
}

/// What an element says: its own words, else those of its parts.
fn said(element: &Value, resolver: &Resolver<'_>, depth: u32) -> Vec<Phrase> {
    let own = phrase::any(element)
        .or_else(|| phrase::words(resolver.name(element)))
        .or_else(|| phrase::words(people::human_name(element).filter(|_| element.is_object())));
    if own.is_some() || depth >= DEEPEST {
        return own.into_iter().collect();
    }
    let parts = element.as_object().into_iter().flatten();
    parts
        .filter(|(field, _)| !NOT_FACTS.contains(&field.as_str()) && *field != "reference")
        .flat_map(|(_, part)| list(part))
        .flat_map(|part| said(part, resolver, depth + 1))
        .take(MOST)
        .collect()
}
