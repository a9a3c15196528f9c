//! Conditions and problems.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(concept::words(&json["code"]));
    draft.text(FieldLabel::Severity, concept::words(&json["severity"]));
    draft.text(
        FieldLabel::Certainty,
        concept::words(&json["verificationStatus"]),
    );
    draft.when(FieldLabel::Started, json, "onset");
    draft.when(FieldLabel::Ended, json, "abatement");
    draft.concepts(FieldLabel::BodySite, &json["bodySite"]);
    for stage in list(&json["stage"]) {
        draft.other("Stage", concept::words(&stage["summary"]));
    }
    for evidence in list(&json["evidence"]) {
        for code in list(&evidence["code"]) {
            draft.other("Evidence", concept::words(code));
        }
        for name in resolver.names(&evidence["detail"]) {
            draft.other("Evidence", Some(name));
        }
    }
    draft.date(FieldLabel::Recorded, &json["recordedDate"]);
    draft.concepts(FieldLabel::Category, &json["category"]);
    draft.author(resolver.name(&json["recorder"]));
    draft.author(resolver.name(&json["asserter"]));
    draft.other("Told by", resolver.name(&json["asserter"]));
    draft.codes(&json["code"]);
}
