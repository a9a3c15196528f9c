//! Allergies and adverse reactions. "No known allergies" is a code like any other: its words are the
//! title, as the source gives them.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

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
        let severity = phrase::code(&reaction["severity"]);
        if words.is_empty() {
            draft.fact(FieldLabel::Severity, severity);
        } else {
            named.push(words.clone());
            let words = phrase::with(Phrase::Text(words), severity);
            draft.fact(FieldLabel::Reaction, Some(words));
        }
        if !manifestations.is_empty() {
            let description = text(&reaction["description"]);
            draft.text(FieldLabel::ReactionDescription, description);
        }
        draft.fact(FieldLabel::Substance, phrase::coded(&reaction["substance"]));
        draft.date(FieldLabel::Happened, &reaction["onset"]);
        draft.concepts(FieldLabel::Route, &reaction["exposureRoute"]);
        draft.notes(reaction, find);
    }
    draft.subtitle = phrase::all(named.into_iter().map(Phrase::Text).collect());
    draft.fact(FieldLabel::Criticality, phrase::code(&json["criticality"]));
    draft.fact(
        FieldLabel::Certainty,
        phrase::coded(&json["verificationStatus"]),
    );
    draft.fact(FieldLabel::Category, phrase::code(&json["type"]));
    draft.concepts(FieldLabel::Category, &json["category"]);
    draft.when(FieldLabel::Started, json, "onset");
    draft.date(FieldLabel::Happened, &json["lastOccurrence"]);
    draft.date(FieldLabel::Recorded, &json["recordedDate"]);
    draft.author(resolver.name(&json["recorder"]));
    draft.author(resolver.name(&json["asserter"]));
    draft.text(FieldLabel::ToldBy, resolver.name(&json["asserter"]));
    draft.codes(&json["code"]);
}
