//! What each unit reads: the searches of the backend contract, §2, §3 and §8a.

use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;

/// Every unit, in the order in which they begin: what the first screen needs comes first.
pub const ALL: [SyncUnit; 14] = [
    SyncUnit::Person,
    SyncUnit::Appointments,
    SyncUnit::Record(SectionKind::Allergies),
    SyncUnit::Record(SectionKind::Medicines),
    SyncUnit::Repeats,
    SyncUnit::Record(SectionKind::Conditions),
    SyncUnit::Record(SectionKind::Results),
    SyncUnit::Record(SectionKind::Immunisations),
    SyncUnit::Record(SectionKind::Consultations),
    SyncUnit::Record(SectionKind::Observations),
    SyncUnit::Record(SectionKind::Procedures),
    SyncUnit::Record(SectionKind::Documents),
    SyncUnit::Record(SectionKind::Referrals),
    SyncUnit::Record(SectionKind::CarePlans),
];

/// The searches of a unit, below the FHIR base. Those of [`SyncUnit::Person`] go on from the
/// patient's own practice and are made by the run.
#[must_use]
pub fn searches(unit: SyncUnit, patient_id: &str) -> Vec<String> {
    let patient = encode(patient_id);
    let of = |search: &str| search.replace("{}", &patient);
    match unit {
        SyncUnit::Person => vec![of("Patient/{}")],
        SyncUnit::Appointments => vec![of(
            "Appointment?patient={}&_include=Appointment:location&_include=Appointment:practitioner&_count=100",
        )],
        // What they ask about is read with the medicines; not every service includes it here.
        SyncUnit::Repeats => vec![of(
            "Task?patient={}&code=http%3A%2F%2Fsnomed.info%2Fsct%7C103742009&_count=100",
        )],
        SyncUnit::Record(section) => match section {
            SectionKind::Allergies => vec![of("AllergyIntolerance?patient={}&_count=100")],
            SectionKind::Medicines => vec![
                of("MedicationStatement?patient={}&_count=100"),
                of("MedicationRequest?patient={}&_include=MedicationRequest:medication&_count=100"),
            ],
            SectionKind::Conditions => vec![of("Condition?patient={}&_count=100")],
            SectionKind::Results => vec![
                of("DiagnosticReport?patient={}&_include=DiagnosticReport:result&_count=100"),
                of("Observation?patient={}&category=laboratory&_count=100"),
            ],
            SectionKind::Immunisations => vec![of("Immunization?patient={}&_count=100")],
            SectionKind::Consultations => vec![of("Encounter?patient={}&_count=100")],
            SectionKind::Observations => vec![
                of("Observation?patient={}&category=vital-signs&_count=100"),
                of("Observation?patient={}&category=social-history&_count=100"),
            ],
            SectionKind::Procedures => vec![of("Procedure?patient={}&_count=100")],
            SectionKind::Documents => vec![of("DocumentReference?patient={}&_count=100")],
            SectionKind::Referrals => vec![of("ServiceRequest?patient={}&_count=100")],
            SectionKind::CarePlans => vec![
                of("CarePlan?patient={}&_count=100"),
                of("CareTeam?patient={}&_count=100"),
            ],
        },
    }
}

/// The resource type that a search is for.
#[must_use]
pub fn resource_type(search: &str) -> &str {
    search.split(['?', '/']).next().unwrap_or(search)
}

/// Encodes a value for a path segment or a query value (RFC 3986 §2.1).
#[must_use]
pub fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_of_the_record_is_a_unit() {
        for section in SectionKind::ALL {
            assert!(
                ALL.contains(&SyncUnit::Record(section)),
                "{section:?} is never read"
            );
        }
    }

    #[test]
    fn a_patient_id_cannot_change_the_search() {
        for search in searches(SyncUnit::Record(SectionKind::Allergies), "1&_count=1/../x") {
            assert!(!search.contains("1&_count=1/"), "{search}");
        }
    }

    #[test]
    fn the_type_of_a_search_is_its_first_word() {
        assert_eq!(resource_type("Observation?patient=1"), "Observation");
        assert_eq!(resource_type("Patient/1"), "Patient");
    }
}
