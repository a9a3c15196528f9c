//! Vaccinations. UK Core names the procedure in an extension; the vaccine itself is the product.

use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, extension, quantity};
use serde_json::Value;

use super::draft::Draft;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let procedure = extension::by_suffix(json, "Extension-UKCore-VaccinationProcedure")
        .and_then(extension::value)
        .cloned()
        .unwrap_or_default();
    let vaccine = concept::words(&json["vaccineCode"]);
    draft.title(concept::words(&procedure).or_else(|| vaccine.clone()));
    draft.subtitle = vaccine;
    draft.when(FieldLabel::Happened, json, "occurrence");
    for protocol in list(&json["protocolApplied"]) {
        let number =
            |prefix: &str| extension::choice(protocol, prefix).and_then(|(_, number)| text(number));
        let dose = match (number("doseNumber"), number("seriesDoses")) {
            (Some(dose), Some(all)) => Some(format!("{dose} of {all}")),
            (dose, _) => dose,
        };
        draft.text(FieldLabel::DoseNumber, dose);
        draft.other("Series", text(&protocol["series"]));
        draft.concepts(FieldLabel::ProtectsAgainst, &protocol["targetDisease"]);
    }
    draft.text(
        FieldLabel::Dose,
        quantity::quantity(&json["doseQuantity"]).map(|dose| dose.in_words()),
    );
    draft.text(
        FieldLabel::Manufacturer,
        resolver.name(&json["manufacturer"]),
    );
    draft.text(FieldLabel::BatchNumber, text(&json["lotNumber"]));
    draft.more("Expires", text(&json["expirationDate"]));
    draft.concepts(FieldLabel::BodySite, &json["site"]);
    draft.concepts(FieldLabel::Route, &json["route"]);
    draft.concepts(FieldLabel::Reason, &json["reasonCode"]);
    draft.concepts(FieldLabel::Reason, &json["statusReason"]);
    draft.texts(FieldLabel::Reason, resolver.names(&json["reasonReference"]));
    for reaction in list(&json["reaction"]) {
        draft.text(FieldLabel::Reaction, resolver.name(&reaction["detail"]));
        draft.other("Reaction on", text(&reaction["date"]));
    }
    draft.text(FieldLabel::Place, resolver.name(&json["location"]));
    for performer in list(&json["performer"]) {
        let name = resolver.name(&performer["actor"]);
        let kind = hale_fhir::reference::target_type(&performer["actor"]);
        if kind.as_deref() == Some("Organization") {
            draft.organisation(name.clone());
        } else {
            draft.author(name.clone());
        }
        draft.text(FieldLabel::Performer, name);
    }
    draft.date(FieldLabel::Recorded, &json["recorded"]);
    draft.other("Reported by", concept::words(&json["reportOrigin"]));
    draft.codes(&procedure);
    draft.codes(&json["vaccineCode"]);
}
