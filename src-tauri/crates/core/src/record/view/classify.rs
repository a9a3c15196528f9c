//! Which list a resource belongs to, under which date, and what a search finds it by.

use chrono::{DateTime, Utc};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use hale_fhir::lenient::{list, text};
use hale_fhir::{concept, reference};
use serde_json::Value;

use super::{is_entered_in_error, read};
use crate::london;
use crate::repeats::view as repeats;
use crate::sync::news;

/// Where a resource belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// The unit whose list it belongs to.
    pub unit: SyncUnit,
    /// Whether it is an entry of that list, rather than something that entries refer to.
    pub is_listed: bool,
    /// The first moment that its own date may mean.
    pub sort_date: Option<DateTime<Utc>>,
    /// All text that a patient would see of it. Empty for what is not listed.
    pub search_text: String,
    /// What is shown of it without its parts, as a number; see [`crate::sync::news`]. Nothing of what
    /// is not listed.
    pub shown: i64,
    /// Whether its source withdrew it as a mistake. As an entry it is gone then; in what shows it
    /// inside itself it stands by its name.
    pub is_withdrawn: bool,
}

/// Which unit's list a resource belongs to, given the unit that it was read for. The answer depends
/// on the resource alone wherever the resource says enough, so that two units that both read it
/// agree.
///
/// A laboratory observation counts as listed; those that a report shows as its own are told by
/// [`super::members`], which the caller leaves out of the list.
#[must_use]
pub fn classify(context: SyncUnit, resource: &Value) -> Classified {
    let resource_type = resource["resourceType"].as_str().unwrap_or_default();
    let sort_date = own_date(resource_type, resource)
        .as_deref()
        .and_then(london::sort_key);
    let (unit, is_listed) = place(context, resource_type, resource);
    let (search_text, shown) = if is_listed && unit == SyncUnit::Repeats {
        // Not part of the record, and not found there.
        (String::new(), repeats::shown(resource))
    } else if is_listed {
        let draft = read(resource_type, resource, &|_| None);
        (draft.search_text(), with_members(draft.shown(), resource))
    } else {
        (String::new(), news::NOTHING)
    };
    Classified {
        unit,
        is_listed,
        sort_date,
        search_text,
        shown,
        is_withdrawn: is_entered_in_error(resource),
    }
}

/// Which parts an entry shows is part of what is shown, whether they are at hand or not.
fn with_members(own: i64, resource: &Value) -> i64 {
    let members = super::members(resource);
    if own == news::NOTHING || members.is_empty() {
        return own;
    }
    news::of_view(&(own, members))
}

fn place(context: SyncUnit, resource_type: &str, resource: &Value) -> (SyncUnit, bool) {
    if resource_type == "Appointment" {
        // An appointment that was a mistake is not shown at all: nobody must travel to it.
        return (SyncUnit::Appointments, !is_entered_in_error(resource));
    }
    if resource_type == "Task" && repeats::is_renewal(resource) {
        return (SyncUnit::Repeats, !is_entered_in_error(resource));
    }
    let SyncUnit::Record(section) = context else {
        return (context, false);
    };
    if resource_type == "Observation" {
        return (
            SyncUnit::Record(observation_section(section, resource)),
            true,
        );
    }
    match section_of_type(resource_type) {
        Some(own) => (SyncUnit::Record(own), true),
        None => (context, is_clinical(resource_type, resource)),
    }
}

/// The section of a type that has one of its own.
pub(super) fn section_of_type(resource_type: &str) -> Option<SectionKind> {
    match resource_type {
        "AllergyIntolerance" => Some(SectionKind::Allergies),
        "MedicationStatement"
        | "MedicationRequest"
        | "MedicationDispense"
        | "MedicationAdministration" => Some(SectionKind::Medicines),
        "Condition" => Some(SectionKind::Conditions),
        "DiagnosticReport" => Some(SectionKind::Results),
        "Immunization" => Some(SectionKind::Immunisations),
        "Encounter" => Some(SectionKind::Consultations),
        "Observation" => Some(SectionKind::Observations),
        "Procedure" => Some(SectionKind::Procedures),
        "DocumentReference" => Some(SectionKind::Documents),
        "ServiceRequest" => Some(SectionKind::Referrals),
        "CarePlan" | "CareTeam" => Some(SectionKind::CarePlans),
        _ => None,
    }
}

/// Laboratory results are results; every other category is a measurement. Without a category, what
/// was read for the results is one.
fn observation_section(context: SectionKind, resource: &Value) -> SectionKind {
    let is =
        |code: &str| list(&resource["category"]).any(|category| concept::has_code(category, code));
    let has_category =
        list(&resource["category"]).any(|category| concept::code(category).is_some());
    if is("laboratory") || is("LAB") {
        SectionKind::Results
    } else if has_category || context != SectionKind::Results {
        SectionKind::Observations
    } else {
        SectionKind::Results
    }
}

/// Whether a resource of a type without a section is about the patient's health, rather than
/// something that other entries refer to.
fn is_clinical(resource_type: &str, resource: &Value) -> bool {
    let is_support = matches!(
        resource_type,
        "Patient"
            | "Practitioner"
            | "PractitionerRole"
            | "Organization"
            | "Location"
            | "HealthcareService"
            | "Medication"
            | "Substance"
            | "Specimen"
            | "Device"
            | "Binary"
            | "Schedule"
            | "Slot"
            | "Provenance"
            | "AuditEvent"
            | "RelatedPerson"
            | "EpisodeOfCare"
            | "List"
            | "Consent"
            | "Task"
            | "Coverage"
            | "Claim"
            | "ExplanationOfBenefit"
    );
    let names_a_person = ["subject", "patient"]
        .into_iter()
        .any(|field| reference::of(&resource[field]).is_some());
    !is_support && names_a_person
}

/// The date that an item stands under: when it happened, else when it was recorded. The first that
/// can be sorted by counts; else the first that is written at all.
pub(super) fn own_date(resource_type: &str, json: &Value) -> Option<String> {
    let paths: &[&str] = match resource_type {
        "AllergyIntolerance" => &[
            "recordedDate",
            "onsetDateTime",
            "onsetPeriod.start",
            "lastOccurrence",
        ],
        "MedicationStatement" => &["effectiveDateTime", "effectivePeriod.start", "dateAsserted"],
        "MedicationRequest" => &["authoredOn", "dispenseRequest.validityPeriod.start"],
        "MedicationDispense" => &["whenHandedOver", "whenPrepared"],
        "Condition" => &["onsetDateTime", "onsetPeriod.start", "recordedDate"],
        "DiagnosticReport" | "Observation" | "MedicationAdministration" => &[
            "effectiveDateTime",
            "effectivePeriod.start",
            "effectiveInstant",
            "effectiveTiming.event",
            "issued",
        ],
        "Immunization" => &["occurrenceDateTime", "recorded", "occurrenceString"],
        "Encounter" => &["period.start", "period.end"],
        "Procedure" => &[
            "performedDateTime",
            "performedPeriod.start",
            "performedString",
        ],
        "DocumentReference" => &[
            "date",
            "context.period.start",
            "content.attachment.creation",
        ],
        "CarePlan" | "CareTeam" => &["period.start", "created", "period.end"],
        "ServiceRequest" => &["authoredOn", "occurrenceDateTime", "occurrencePeriod.start"],
        "Appointment" => &["start", "requestedPeriod.start", "created"],
        _ => &[
            "date",
            "authoredOn",
            "occurrenceDateTime",
            "effectiveDateTime",
            "period.start",
            "sent",
            "authored",
            "created",
            "recordedDate",
            "recorded",
            "issued",
            "dateTime",
        ],
    };
    let written = || paths.iter().filter_map(|path| follow(json, path));
    written()
        .find(|date| london::sort_key(date).is_some())
        .or_else(|| written().next())
}

/// The text at a path; of lists the first member counts.
fn follow(json: &Value, path: &str) -> Option<String> {
    let mut place = json;
    for name in path.split('.') {
        place = &list(place).next()?[name];
    }
    list(place).next().and_then(text)
}
