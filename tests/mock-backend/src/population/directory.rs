//! What all patients share: practices, hospitals, pharmacies, places, people, services and
//! schedules. The same for every seed.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::codes::{
    RULE_BOOKING_ENABLED, RULE_BOOKING_LIMIT, RULE_CANCELLATION_CUT_OFF, RULE_CANCELLATION_ENABLED,
    RULE_ORDERING_ENABLED, RULE_REASON, RULE_REASON_MAX_LENGTH, RULE_SAME_DAY, SNOMED, SYS_ODS,
};
use super::json::{coding, meta, reference, snomed};
use super::practices::{Clinician, PRACTICES, Practice, Role};

pub(crate) fn practitioner_id(practice: &Practice, at: usize) -> String {
    format!("{}-c{}", practice.id, at + 1)
}

pub(crate) fn role_id(practice: &Practice, at: usize) -> String {
    format!("{}-r{}", practice.id, at + 1)
}

pub(crate) fn schedule_id(practice: &Practice, at: usize) -> String {
    format!("{}-s{}", practice.id, at + 1)
}

pub(crate) fn location_id(practice: &Practice) -> String {
    format!("{}-place", practice.id)
}

pub(crate) fn hospital_id(practice: &Practice) -> String {
    format!("{}-hospital", practice.id)
}

/// ODS code of the pharmacy beside the practice.
pub(crate) fn pharmacy_ods(practice: &Practice) -> String {
    format!("Y8{}", &practice.ods[2..])
}

/// Reference to a practitioner of a practice.
pub(crate) fn practitioner(practice: &Practice, at: usize) -> Value {
    reference(
        "Practitioner",
        &practitioner_id(practice, at),
        &practice.clinicians[at].display(),
    )
}

/// Reference to the practice as an organisation.
pub(crate) fn organization(practice: &Practice) -> Value {
    reference("Organization", practice.id, practice.name)
}

/// Reference to the practice as a place.
pub(crate) fn location(practice: &Practice) -> Value {
    reference("Location", &location_id(practice), practice.name)
}

fn filed() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap_or_default()
}

fn address(practice: &Practice) -> Value {
    json!({
        "use": "work",
        "line": [practice.street],
        "city": practice.towns[0].0,
        "district": practice.county,
        "postalCode": practice.postcode,
        "country": "England",
    })
}

fn telecom(practice: &Practice) -> Value {
    json!([{ "system": "phone", "value": practice.phone, "use": "work" }])
}

pub(crate) fn role_coding(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Gp => ("62247001", "General practitioner"),
        Role::Nurse => ("224535009", "Registered nurse"),
        Role::Pharmacist => ("46255001", "Pharmacist"),
    }
}

fn service(practice: &Practice) -> Value {
    let mut channels = vec!["in person", "by telephone"];
    if practice.clinicians.len() > 5 {
        channels.push("by video");
    }
    json!({
        "resourceType": "HealthcareService",
        "id": format!("{}-gp", practice.id),
        "meta": meta("HealthcareService", filed()),
        "extension": [
            { "url": RULE_BOOKING_ENABLED, "valueBoolean": practice.booking_enabled },
            { "url": RULE_CANCELLATION_ENABLED, "valueBoolean": practice.cancellation_enabled },
            { "url": RULE_CANCELLATION_CUT_OFF,
              "valueInteger": practice.cancellation_cut_off_minutes },
            { "url": RULE_REASON, "valueCode": practice.reason.code() },
            { "url": RULE_REASON_MAX_LENGTH, "valueInteger": practice.reason_max_length },
            { "url": RULE_BOOKING_LIMIT, "valueInteger": practice.booking_limit },
            { "url": RULE_SAME_DAY, "valueBoolean": practice.same_day_booking },
            { "url": RULE_ORDERING_ENABLED, "valueBoolean": practice.ordering_enabled },
        ],
        "active": true,
        "providedBy": organization(practice),
        "category": [snomed("788007007", "General practice service")],
        "location": [location(practice)],
        "name": format!("Appointments at {}", practice.name),
        "comment": format!("We see you {}.", channels.join(", ")),
        "extraDetails": practice.guidance,
        "telecom": telecom(practice),
        "appointmentRequired": true,
        "availableTime": [{
            "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"],
            "availableStartTime": "08:00:00",
            "availableEndTime": "18:00:00",
        }],
    })
}

fn person(practice: &Practice, at: usize, clinician: &Clinician, out: &mut Vec<Value>) {
    let mut name = json!({
        "use": "official",
        "text": clinician.display(),
        "family": clinician.family,
        "given": [clinician.given],
    });
    if !clinician.prefix.is_empty() {
        name["prefix"] = json!([clinician.prefix]);
    }
    out.push(json!({
        "resourceType": "Practitioner",
        "id": practitioner_id(practice, at),
        "meta": meta("Practitioner", filed()),
        "identifier": [{
            "system": "https://fhir.nhs.uk/Id/sds-user-id",
            "value": format!("99{}{:04}", practice.weight, at + 1),
        }],
        "active": true,
        "name": [name],
        "gender": clinician.gender,
    }));
    let (code, display) = role_coding(clinician.role);
    out.push(json!({
        "resourceType": "PractitionerRole",
        "id": role_id(practice, at),
        "meta": meta("PractitionerRole", filed()),
        "active": true,
        "practitioner": practitioner(practice, at),
        "organization": organization(practice),
        "location": [location(practice)],
        "code": [snomed(code, display)],
        "telecom": telecom(practice),
    }));
    out.push(json!({
        "resourceType": "Schedule",
        "id": schedule_id(practice, at),
        "meta": meta("Schedule", filed()),
        "active": true,
        "serviceCategory": [{
            "coding": [coding(SNOMED, "788007007", "General practice service")],
            "text": super::slots::session_name(clinician.role),
        }],
        "actor": [
            practitioner(practice, at),
            reference("PractitionerRole", &role_id(practice, at), &clinician.display()),
            location(practice),
            reference("HealthcareService", &format!("{}-gp", practice.id), practice.name),
        ],
        "planningHorizon": { "start": "2026-01-01", "end": "2035-12-31" },
    }));
}

/// Every shared resource.
pub(crate) fn all() -> Vec<Value> {
    let mut out = Vec::with_capacity(140);
    for practice in &PRACTICES {
        out.push(json!({
            "resourceType": "Organization",
            "id": practice.id,
            "meta": meta("Organization", filed()),
            "identifier": [{ "system": SYS_ODS, "value": practice.ods }],
            "active": true,
            "type": [snomed("408443003", "General medical practice")],
            "name": practice.name,
            "telecom": telecom(practice),
            "address": [address(practice)],
        }));
        out.push(json!({
            "resourceType": "Organization",
            "id": hospital_id(practice),
            "meta": meta("Organization", filed()),
            "identifier": [{ "system": SYS_ODS, "value": format!("Y7{}", &practice.ods[2..]) }],
            "active": true,
            "type": [snomed("22232009", "Hospital")],
            "name": practice.hospital,
        }));
        out.push(json!({
            "resourceType": "Organization",
            "id": format!("{}-pharmacy", practice.id),
            "meta": meta("Organization", filed()),
            "identifier": [{ "system": SYS_ODS, "value": pharmacy_ods(practice) }],
            "active": true,
            "type": [snomed("264372000", "Pharmacy")],
            "name": practice.pharmacy,
            "address": [{
                "city": practice.towns[0].0,
                "postalCode": practice.postcode,
                "country": "England",
            }],
        }));
        out.push(json!({
            "resourceType": "Location",
            "id": location_id(practice),
            "meta": meta("Location", filed()),
            "status": "active",
            "name": practice.name,
            "mode": "instance",
            "telecom": telecom(practice),
            "address": address(practice),
            "managingOrganization": organization(practice),
        }));
        out.push(service(practice));
        for (at, clinician) in practice.clinicians.iter().enumerate() {
            person(practice, at, clinician, &mut out);
        }
    }
    out
}
