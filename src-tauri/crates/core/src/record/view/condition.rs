//! Conditions and problems.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(concept::words(&json["code"]));
    draft.fact(FieldLabel::Severity, phrase::coded(&json["severity"]));
    draft.fact(
        FieldLabel::Certainty,
        phrase::coded(&json["verificationStatus"]),
    );
    draft.when(FieldLabel::Started, json, "onset");
    draft.when(FieldLabel::Ended, json, "abatement");
    draft.concepts(FieldLabel::BodySite, &json["bodySite"]);
    for stage in list(&json["stage"]) {
        draft.fact(FieldLabel::Stage, phrase::coded(&stage["summary"]));
    }
    for evidence in list(&json["evidence"]) {
        draft.concepts(FieldLabel::Evidence, &evidence["code"]);
        draft.texts(FieldLabel::Evidence, resolver.names(&evidence["detail"]));
    }
    draft.date(FieldLabel::Recorded, &json["recordedDate"]);
    draft.concepts(FieldLabel::Category, &json["category"]);
    draft.author(resolver.name(&json["recorder"]));
    draft.author(resolver.name(&json["asserter"]));
    draft.text(FieldLabel::ToldBy, resolver.name(&json["asserter"]));
    draft.codes(&json["code"]);
}
