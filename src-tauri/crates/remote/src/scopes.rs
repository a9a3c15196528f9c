//! What Hale asks to be allowed (SMART App Launch 2.2 §3). The list stands here once; a backend may
//! grant less, and the granted scopes are what counts later.

/// Read types of the patient's own record.
const RECORD: [&str; 16] = [
    "AllergyIntolerance",
    "Condition",
    "Observation",
    "DiagnosticReport",
    "Immunization",
    "MedicationStatement",
    "MedicationRequest",
    "Encounter",
    "Procedure",
    "DocumentReference",
    "Binary",
    "ServiceRequest",
    "CarePlan",
    "CareTeam",
    "Medication",
    "List",
];

/// Types of the patient that Hale also writes, with their version 2 permissions.
const WRITTEN: [(&str, &str); 6] = [
    ("Patient", "rus"),
    ("Appointment", "cruds"),
    ("Task", "cruds"),
    ("Consent", "cruds"),
    ("Communication", "crus"),
    ("QuestionnaireResponse", "crs"),
];

/// Read types that some servers hold for the patient and others for every user.
const SHARED: [&str; 3] = ["Slot", "Schedule", "RelatedPerson"];

/// Directories that belong to nobody.
const DIRECTORIES: [&str; 8] = [
    "Questionnaire",
    "HealthcareService",
    "Organization",
    "Location",
    "Practitioner",
    "PractitionerRole",
    "Slot",
    "Schedule",
];

/// The scopes to ask a backend with these SMART capabilities for. OpenID's are asked for only where
/// an id token can be checked.
pub(crate) fn scopes(capabilities: &[String], can_check_id_token: bool) -> String {
    let lists = |name: &str| capabilities.iter().any(|listed| listed == name);
    let says_nothing_of_permissions = !capabilities
        .iter()
        .any(|listed| listed.starts_with("permission-"));
    let mut scopes: Vec<String> = Vec::new();
    if can_check_id_token {
        scopes.extend(["openid", "fhirUser"].map(str::to_owned));
    }
    scopes.push("launch/patient".to_owned());
    if lists("permission-offline") || says_nothing_of_permissions {
        scopes.push("offline_access".to_owned());
    }
    if lists("permission-v2") {
        scopes.extend(WRITTEN.map(|(name, may)| format!("patient/{name}.{may}")));
        scopes.extend(
            RECORD
                .iter()
                .chain(&SHARED)
                .map(|name| format!("patient/{name}.rs")),
        );
        scopes.extend(DIRECTORIES.map(|name| format!("user/{name}.rs")));
    } else {
        scopes.push("patient/*.read".to_owned());
        scopes.extend(WRITTEN.map(|(name, _)| format!("patient/{name}.write")));
        scopes.extend(DIRECTORIES.map(|name| format!("user/{name}.read")));
    }
    scopes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(capabilities: &[&str], openid: bool) -> Vec<String> {
        let capabilities: Vec<_> = capabilities.iter().map(|&name| name.to_owned()).collect();
        scopes(&capabilities, openid)
            .split(' ')
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn version_2_scopes_are_asked_only_where_they_are_offered() {
        let v2 = asked(&["permission-v2"], true);
        assert!(v2.contains(&"patient/Condition.rs".to_owned()));
        assert!(v2.contains(&"patient/Appointment.cruds".to_owned()));
        assert!(
            !v2.iter()
                .any(|scope| scope.ends_with(".read") || scope.ends_with(".write"))
        );
        let v1 = asked(&["permission-v1"], true);
        assert!(v1.contains(&"patient/*.read".to_owned()));
        assert!(v1.contains(&"patient/Appointment.write".to_owned()));
        assert!(
            !v1.iter()
                .any(|scope| scope.ends_with(".rs") || scope.ends_with(".cruds"))
        );
    }

    #[test]
    fn staying_signed_in_is_asked_where_it_is_offered_or_unknown() {
        let offline = "offline_access".to_owned();
        assert!(asked(&["permission-offline", "permission-v2"], true).contains(&offline));
        assert!(asked(&[], true).contains(&offline));
        assert!(!asked(&["permission-v2"], true).contains(&offline));
    }

    #[test]
    fn openid_is_asked_only_where_the_id_token_can_be_checked() {
        assert!(asked(&[], true).contains(&"openid".to_owned()));
        assert!(!asked(&[], false).contains(&"openid".to_owned()));
    }
}
