//! Consultations and other encounters.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept};
use serde_json::Value;

use super::draft::Draft;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    draft.title(
        list(&json["type"])
            .find_map(concept::words)
            .or_else(|| concept::words(&json["serviceType"]))
            .or_else(|| concept::words(&json["class"])),
    );
    let reasons: Vec<String> = list(&json["reasonCode"])
        .filter_map(concept::words)
        .chain(resolver.names(&json["reasonReference"]))
        .collect();
    draft.subtitle = (!reasons.is_empty()).then(|| reasons.join(", "));
    draft.period(FieldLabel::Happened, &json["period"]);
    draft.texts(FieldLabel::Reason, reasons);
    for participant in list(&json["participant"]) {
        let name = resolver.name(&participant["individual"]);
        let role = list(&participant["type"]).find_map(concept::words);
        draft.author(name.clone());
        draft.text(
            FieldLabel::Performer,
            match (name, role) {
                (Some(name), Some(role)) => Some(format!("{name} ({role})")),
                (name, _) => name,
            },
        );
    }
    for place in list(&json["location"]) {
        draft.text(FieldLabel::Place, resolver.name(&place["location"]));
    }
    for diagnosis in list(&json["diagnosis"]) {
        draft.text(FieldLabel::Outcome, resolver.name(&diagnosis["condition"]));
    }
    let stay = &json["hospitalization"];
    draft.other(
        "Discharged to",
        concept::words(&stay["dischargeDisposition"]),
    );
    draft.other("Admitted from", concept::words(&stay["admitSource"]));
    draft.concepts(FieldLabel::Category, &json["class"]);
    draft.concepts(FieldLabel::Category, &json["serviceType"]);
    draft.organisation(resolver.name(&json["serviceProvider"]));
    for kind in list(&json["type"]) {
        draft.codes(kind);
    }
}
