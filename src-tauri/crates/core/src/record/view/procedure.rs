//! Procedures and operations.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(concept::words(&json["code"]));
    draft.when(FieldLabel::Happened, json, "performed");
    draft.concepts(FieldLabel::Reason, &json["reasonCode"]);
    draft.texts(FieldLabel::Reason, resolver.names(&json["reasonReference"]));
    draft.concepts(FieldLabel::BodySite, &json["bodySite"]);
    draft.concepts(FieldLabel::Outcome, &json["outcome"]);
    draft.concepts(FieldLabel::Complication, &json["complication"]);
    draft.concepts(FieldLabel::FollowUp, &json["followUp"]);
    draft.texts(
        FieldLabel::Complication,
        resolver.names(&json["complicationDetail"]),
    );
    draft.concepts(FieldLabel::StatusReason, &json["statusReason"]);
    for performer in list(&json["performer"]) {
        let name = resolver.name(&performer["actor"]);
        draft.author(name.clone());
        draft.text(FieldLabel::Performer, name);
        draft.organisation(resolver.name(&performer["onBehalfOf"]));
    }
    draft.text(FieldLabel::Place, resolver.name(&json["location"]));
    draft.concepts(FieldLabel::Category, &json["category"]);
    for field in ["recorder", "asserter"] {
        draft.author(resolver.name(&json[field]));
    }
    for device in list(&json["focalDevice"]) {
        draft.text(FieldLabel::Device, resolver.name(&device["manipulated"]));
    }
    draft.concepts(FieldLabel::Used, &json["usedCode"]);
    draft.codes(&json["code"]);
}
