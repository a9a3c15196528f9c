//! Any other type: its name, and every simple fact under the source's own name for it, so that
//! nothing that was sent is lost.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, people};
use serde_json::Value;

use super::draft::{Draft, in_words};

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
    draft.text(FieldLabel::Status, draft.status_text.clone());
    let members = json.as_object().into_iter().flatten();
    for (field, value) in members.take(MOST) {
        if NOT_FACTS.contains(&field.as_str()) || field.starts_with('_') {
            continue;
        }
        for one in list(value) {
            let words = words(one, &resolver, 0);
            draft.more(
                &spaced(field),
                (!words.is_empty()).then(|| words.join(", ")),
            );
        }
    }
    draft.codes(&json["code"]);
}

/// What an element says: its own words, else those of its parts.
fn words(element: &Value, resolver: &Resolver<'_>, depth: u32) -> Vec<String> {
    let own = text(element)
        .or_else(|| in_words(element))
        .or_else(|| resolver.name(element))
        .or_else(|| people::human_name(element).filter(|_| element.is_object()));
    if own.is_some() || depth >= DEEPEST {
        return own.into_iter().collect();
    }
    let parts = element.as_object().into_iter().flatten();
    parts
        .filter(|(field, _)| !NOT_FACTS.contains(&field.as_str()) && *field != "reference")
        .flat_map(|(_, part)| list(part))
        .flat_map(|part| words(part, resolver, depth + 1))
        .take(MOST)
        .collect()
}

/// An element's name as people read it: `authoredOn` becomes `Authored on`.
fn spaced(field: &str) -> String {
    let mut words = String::with_capacity(field.len() + 4);
    for letter in field.chars() {
        if words.is_empty() {
            words.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}
