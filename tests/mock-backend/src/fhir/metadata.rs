//! The CapabilityStatement (FHIR R4 §5.2): what this server can do, derived from what it does.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::params::{self, Kind};
use super::{Answered, reply};
use crate::faults::Fault;
use crate::outcome::Refusal;
use crate::state::{Request, State};

/// Types that are read and searched only.
const READ: [&str; 25] = [
    "AllergyIntolerance",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "HealthcareService",
    "Immunization",
    "List",
    "Location",
    "Medication",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Questionnaire",
    "RelatedPerson",
    "Schedule",
    "ServiceRequest",
    "Slot",
];

/// Types that patients write, with the interactions beyond reading.
const WRITTEN: [(&str, &[&str]); 6] = [
    ("Appointment", &["create", "update"]),
    ("Communication", &["create", "update", "patch"]),
    ("Consent", &["create", "update", "delete"]),
    ("Patient", &["patch"]),
    ("QuestionnaireResponse", &["create"]),
    ("Task", &["create", "update", "patch"]),
];

/// Whether patients may do this with a type.
pub(super) fn may_write(kind: &str, interaction: &str) -> bool {
    WRITTEN
        .iter()
        .any(|(name, can)| *name == kind && can.contains(&interaction))
}

pub(super) fn metadata(state: &State, request: &Request) -> Answered {
    if state.faults.strikes(&request.route, &Fault::NoMetadata) {
        return Err(Refusal::not_found());
    }
    let version = match state.faults.take(&request.route, |fault| {
        matches!(fault, Fault::FhirVersion { .. })
    }) {
        Some(Fault::FhirVersion { version }) => version,
        _ => "4.0.1".to_owned(),
    };
    let place = state.store.population().place();
    let written = WRITTEN.iter().map(|(name, can)| {
        let can = if place.is_read_only() { &[] } else { *can };
        (*name, resource(name, can))
    });
    let resources: Vec<Value> = READ
        .iter()
        .map(|name| (*name, resource(name, &[])))
        .chain(written)
        .filter(|(name, _)| place.holds(name))
        .map(|(_, resource)| resource)
        .collect();
    let auth = format!("{}/auth", request.origin);
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "experimental": true,
        "date": "2026-01-05",
        "kind": "instance",
        "software": { "name": place.name(), "version": env!("CARGO_PKG_VERSION") },
        "implementation": {
            "description": "Hale test server with a made-up population",
            "url": request.fhir_base(),
        },
        "fhirVersion": version,
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [{
            "mode": "server",
            "security": {
                "service": [{ "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "code": "SMART-on-FHIR",
                }]}],
                "extension": [{
                    "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    "extension": [
                        { "url": "authorize", "valueUri": format!("{auth}/authorize") },
                        { "url": "token", "valueUri": format!("{auth}/token") },
                    ],
                }],
            },
            "resource": resources,
        }],
    });
    Ok(reply(StatusCode::OK, &statement))
}

fn resource(name: &str, writes: &[&str]) -> Value {
    let mut interactions = vec![
        "read",
        "vread",
        "history-instance",
        "history-type",
        "search-type",
    ];
    interactions.extend(writes);
    let parameters: Vec<Value> = params::all_of(name)
        .map(|parameter| {
            let kind = match parameter.kind {
                Kind::Token => "token",
                Kind::Date => "date",
                Kind::Reference | Kind::To(_) => "reference",
                Kind::Text => "string",
            };
            json!({ "name": parameter.name, "type": kind })
        })
        .collect();
    let includes: Vec<String> = params::all_of(name)
        .filter(|parameter| matches!(parameter.kind, Kind::Reference | Kind::To(_)))
        .map(|parameter| format!("{name}:{}", parameter.name))
        .collect();
    let codes: Vec<Value> = interactions
        .iter()
        .map(|code| json!({ "code": code }))
        .collect();
    let mut resource = json!({
        "type": name,
        "supportedProfile": [
            format!("https://fhir.hl7.org.uk/StructureDefinition/UKCore-{name}"),
        ],
        "interaction": codes,
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": false,
        "conditionalCreate": writes.contains(&"create"),
        "searchParam": parameters,
        "searchInclude": includes,
    });
    if name == "Patient" {
        resource["operation"] = json!([{
            "name": "everything",
            "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        }]);
    }
    resource
}
