//! Medicines: what is taken, authorised, issued, dispensed or given. Doses are shown as written;
//! abbreviations are never expanded.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::lenient::{count, list, text};
use hale_fhir::{Resolver, concept, extension};
use serde_json::Value;

use super::draft::Draft;
use super::{dosage, phrase};

pub(super) fn read(
    draft: &mut Draft,
    resource_type: &str,
    json: &Value,
    find: &dyn Fn(&str) -> Option<Value>,
) {
    let resolver = Resolver::new(json, find);
    let medication = resolver
        .resource(&json["medicationReference"])
        .unwrap_or_default();
    draft.title(
        concept::words(&json["medicationCodeableConcept"])
            .or_else(|| resolver.name(&json["medicationReference"])),
    );
    let dosages = || {
        ["dosageInstruction", "dosage"]
            .into_iter()
            .flat_map(|field| list(&json[field]))
    };
    draft.doses = dosage::read_all(dosages());
    for dosage in dosages() {
        beside_dose(draft, dosage);
    }
    tracking(draft, json);
    draft.when(FieldLabel::Started, json, "effective");
    draft.date(FieldLabel::Recorded, &json["authoredOn"]);
    draft.date(FieldLabel::Recorded, &json["dateAsserted"]);
    draft.date(FieldLabel::Happened, &json["whenHandedOver"]);
    repeats(draft, json);
    supply(draft, json, &resolver);
    draft.concepts(FieldLabel::Reason, &json["reasonCode"]);
    draft.texts(FieldLabel::Reason, resolver.names(&json["reasonReference"]));
    draft.concepts(FieldLabel::StatusReason, &json["statusReason"]);
    draft.concepts(FieldLabel::Category, &json["courseOfTherapyType"]);
    draft.fact(FieldLabel::Form, phrase::coded(&medication["form"]));
    for field in ["requester", "informationSource", "recorder"] {
        draft.author(resolver.name(&json[field]));
    }
    for performer in list(&json["performer"]) {
        let actor = if performer["actor"].is_null() {
            performer
        } else {
            &performer["actor"]
        };
        draft.text(FieldLabel::Performer, resolver.name(actor));
    }
    for category in list(&json["category"]) {
        draft.more(FieldLabel::Category, phrase::coded(category));
    }
    draft.more(FieldLabel::Intent, phrase::code(&json["intent"]));
    draft.more(FieldLabel::Priority, phrase::code(&json["priority"]));
    draft.codes(&json["medicationCodeableConcept"]);
    draft.codes(&medication["code"]);
    if resource_type == "MedicationStatement" {
        draft.more(FieldLabel::Taken, phrase::coded(&json["taken"]));
    }
}

/// What stands beside the instruction under labels of its own.
fn beside_dose(draft: &mut Draft, dosage: &Value) {
    draft.text(
        FieldLabel::PatientInstruction,
        text(&dosage["patientInstruction"]),
    );
    draft.concepts(
        FieldLabel::PatientInstruction,
        &dosage["additionalInstruction"],
    );
    draft.concepts(FieldLabel::Route, &dosage["route"]);
    draft.concepts(FieldLabel::BodySite, &dosage["site"]);
    draft.concepts(FieldLabel::Method, &dosage["method"]);
}

/// How often it may be issued and was, when it was last, and until when (UK Core extensions).
fn repeats(draft: &mut Draft, json: &Value) {
    let information = extension::by_suffix(json, "Extension-UKCore-MedicationRepeatInformation");
    let part = |name: &str| information.and_then(|information| extension::part(information, name));
    let issued = part("numberOfPrescriptionsIssued").and_then(count);
    let allowed = count(&json["dispenseRequest"]["numberOfRepeatsAllowed"])
        .or_else(|| part("numberOfRepeatPrescriptionsAllowed").and_then(count));
    let repeats = match (issued, allowed) {
        (Some(issued), Some(allowed)) => Some(Phrase::OutOf {
            number: issued.to_string(),
            all: allowed.to_string(),
        }),
        (Some(issued), None) => Some(Phrase::Issued(issued)),
        (None, allowed) => allowed.map(Phrase::Count),
    };
    draft.fact(FieldLabel::Repeats, repeats);
    if let Some(date) = part("authorisationExpiryDate") {
        draft.date(FieldLabel::ReviewBy, date);
    }
    let last = extension::by_suffix(json, "-MedicationStatementLastIssueDate")
        .or_else(|| extension::by_suffix(json, "-MedicationStatementLastIssueDate-1"))
        .and_then(extension::value);
    if let Some(date) = last {
        draft.date(FieldLabel::LastIssued, date);
    }
}

/// How much is supplied, for how long, and by whom.
fn supply(draft: &mut Draft, json: &Value, resolver: &Resolver<'_>) {
    let request = &json["dispenseRequest"];
    draft.fact(
        FieldLabel::Quantity,
        phrase::amount(&request["quantity"]).or_else(|| phrase::amount(&json["quantity"])),
    );
    draft.fact(
        FieldLabel::SupplyLasts,
        phrase::amount(&request["expectedSupplyDuration"])
            .or_else(|| phrase::amount(&json["daysSupply"])),
    );
    draft.text(FieldLabel::Pharmacy, resolver.name(&request["performer"]));
    draft.more(
        FieldLabel::Valid,
        phrase::period(&request["validityPeriod"]),
    );
}

/// Where a prescription stands at the pharmacy: its latest status (prescriptions for patients).
fn tracking(draft: &mut Draft, json: &Value) {
    let history = extension::all_by_suffix(json, "Extension-DM-PrescriptionStatusHistory");
    let latest = history
        .filter_map(|entry| {
            let status = extension::part(entry, "status").and_then(phrase::coded)?;
            let date = extension::part(entry, "statusDate").and_then(text);
            Some((date.as_deref().and_then(crate::london::sort_key), status))
        })
        .max_by_key(|(date, _)| *date);
    draft.fact(FieldLabel::Status, latest.map(|(_, status)| status));
}
