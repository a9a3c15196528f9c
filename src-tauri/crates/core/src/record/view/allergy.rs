//! Allergies and adverse reactions. "No known allergies" is a code like any other: its words are the
//! title, as the source gives them.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::source_status::readable;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let reactions: Vec<&Value> = list(&json["reaction"]).collect();
    draft.title(concept::words(&json["code"]).or_else(|| {
        reactions
            .iter()
            .find_map(|reaction| concept::words(&reaction["substance"]))
    }));
    let mut named = Vec::new();
    for reaction in &reactions {
        let manifestations: Vec<String> = list(&reaction["manifestation"])
            .filter_map(concept::words)
            .collect();
        let mut words = manifestations.join(", ");
        if words.is_empty() {
            words = text(&reaction["description"]).unwrap_or_default();
        }
        let severity = text(&reaction["severity"]).map(|code| readable(&code));
        if !words.is_empty() {
            named.push(words.clone());
            if let Some(severity) = &severity {
                words = format!("{words} ({severity})");
            }
            draft.text(FieldLabel::Reaction, Some(words));
        } else {
            draft.text(FieldLabel::Severity, severity);
        }
        if !manifestations.is_empty() {
            draft.other("Reaction", text(&reaction["description"]));
        }
        draft.other("Substance", concept::words(&reaction["substance"]));
        draft.date(FieldLabel::Happened, &reaction["onset"]);
        draft.concepts(FieldLabel::Route, &reaction["exposureRoute"]);
        draft.notes(reaction, find);
    }
    draft.subtitle = (!named.is_empty()).then(|| named.join(", "));
    draft.text(
        FieldLabel::Criticality,
        text(&json["criticality"]).map(|code| readable(&code)),
    );
    draft.text(
        FieldLabel::Certainty,
        concept::words(&json["verificationStatus"]),
    );
    draft.text(
        FieldLabel::Category,
        text(&json["type"]).map(|code| readable(&code)),
    );
    draft.concepts(FieldLabel::Category, &json["category"]);
    draft.when(FieldLabel::Started, json, "onset");
    draft.date(FieldLabel::Happened, &json["lastOccurrence"]);
    draft.date(FieldLabel::Recorded, &json["recordedDate"]);
    draft.author(resolver.name(&json["recorder"]));
    draft.author(resolver.name(&json["asserter"]));
    draft.other("Told by", resolver.name(&json["asserter"]));
    draft.codes(&json["code"]);
}
