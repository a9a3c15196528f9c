//! Consultations and other encounters.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(
        list(&json["type"])
            .find_map(concept::words)
            .or_else(|| concept::words(&json["serviceType"]))
            .or_else(|| concept::words(&json["class"])),
    );
    let reasons: Vec<Phrase> = list(&json["reasonCode"])
        .filter_map(phrase::coded)
        .chain(
            resolver
                .names(&json["reasonReference"])
                .into_iter()
                .map(Phrase::Text),
        )
        .collect();
    draft.subtitle = phrase::all(reasons.clone());
    draft.period(FieldLabel::Happened, &json["period"]);
    for reason in reasons {
        draft.fact(FieldLabel::Reason, Some(reason));
    }
    for participant in list(&json["participant"]) {
        let name = resolver.name(&participant["individual"]);
        let role = phrase::coded(&participant["type"]);
        draft.author(name.clone());
        draft.fact(
            FieldLabel::Performer,
            name.map(|name| phrase::with(Phrase::Text(name), role)),
        );
    }
    for place in list(&json["location"]) {
        draft.text(FieldLabel::Place, resolver.name(&place["location"]));
    }
    for diagnosis in list(&json["diagnosis"]) {
        draft.text(FieldLabel::Outcome, resolver.name(&diagnosis["condition"]));
    }
    let stay = &json["hospitalization"];
    draft.fact(
        FieldLabel::DischargedTo,
        phrase::coded(&stay["dischargeDisposition"]),
    );
    draft.fact(
        FieldLabel::AdmittedFrom,
        phrase::coded(&stay["admitSource"]),
    );
    draft.concepts(FieldLabel::Category, &json["class"]);
    draft.concepts(FieldLabel::Category, &json["serviceType"]);
    draft.organisation(resolver.name(&json["serviceProvider"]));
    for kind in list(&json["type"]) {
        draft.codes(kind);
    }
}
