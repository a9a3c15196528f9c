//! Reports of tests: the clinician's words first, then the values of their results.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::observation::{add_members, specimen};
use super::phrase;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(concept::words(&json["code"]));
    if let Some(conclusion) = text(&json["conclusion"]) {
        draft.comments.insert(0, conclusion);
    }
    for code in list(&json["conclusionCode"]) {
        draft.comments.extend(concept::words(code));
    }
    add_members(draft, &json["result"], &resolver, find, 0);
    draft.when(FieldLabel::Happened, json, "effective");
    specimen(draft, &json["specimen"], &resolver);
    draft.date(FieldLabel::Recorded, &json["issued"]);
    draft.author(
        resolver
            .names(&json["resultsInterpreter"])
            .into_iter()
            .next(),
    );
    draft.performers(&json["performer"], &resolver);
    draft.texts(
        FieldLabel::InterpretedBy,
        resolver.names(&json["resultsInterpreter"]),
    );
    for form in list(&json["presentedForm"]) {
        draft.text(
            FieldLabel::Attached,
            text(&form["title"]).or_else(|| text(&form["contentType"])),
        );
    }
    for media in list(&json["media"]) {
        draft.text(FieldLabel::Picture, text(&media["comment"]));
    }
    for category in list(&json["category"]) {
        draft.more(FieldLabel::Category, phrase::coded(category));
    }
    draft.codes(&json["code"]);
}
