//! Vaccinations. UK Core names the procedure in an extension; the vaccine itself is the product.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, extension};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let procedure = extension::by_suffix(json, "Extension-UKCore-VaccinationProcedure")
        .and_then(extension::value)
        .cloned()
        .unwrap_or_default();
    let vaccine = concept::words(&json["vaccineCode"]);
    draft.title(concept::words(&procedure).or_else(|| vaccine.clone()));
    draft.subtitle = phrase::words(vaccine);
    draft.when(FieldLabel::Happened, json, "occurrence");
    for protocol in list(&json["protocolApplied"]) {
        let number =
            |prefix: &str| extension::choice(protocol, prefix).and_then(|(_, number)| text(number));
        let dose = match (number("doseNumber"), number("seriesDoses")) {
            (Some(number), Some(all)) => Some(Phrase::OutOf { number, all }),
            (dose, _) => phrase::words(dose),
        };
        draft.fact(FieldLabel::DoseNumber, dose);
        draft.text(FieldLabel::Series, text(&protocol["series"]));
        draft.concepts(FieldLabel::ProtectsAgainst, &protocol["targetDisease"]);
    }
    draft.fact(FieldLabel::Dose, phrase::amount(&json["doseQuantity"]));
    draft.text(
        FieldLabel::Manufacturer,
        resolver.name(&json["manufacturer"]),
    );
    draft.text(FieldLabel::BatchNumber, text(&json["lotNumber"]));
    draft.more(FieldLabel::Expires, phrase::date(&json["expirationDate"]));
    draft.concepts(FieldLabel::BodySite, &json["site"]);
    draft.concepts(FieldLabel::Route, &json["route"]);
    draft.concepts(FieldLabel::Reason, &json["reasonCode"]);
    draft.concepts(FieldLabel::Reason, &json["statusReason"]);
    draft.texts(FieldLabel::Reason, resolver.names(&json["reasonReference"]));
    for reaction in list(&json["reaction"]) {
        draft.text(FieldLabel::Reaction, resolver.name(&reaction["detail"]));
        draft.date(FieldLabel::ReactionOn, &reaction["date"]);
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
    draft.concepts(FieldLabel::ReportedBy, &json["reportOrigin"]);
    draft.codes(&procedure);
    draft.codes(&json["vaccineCode"]);
}
