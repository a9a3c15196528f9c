//! Whose resource is it? Nothing of another patient is ever stored, whatever a server sends.

use serde_json::Value;

/// Whether a resource may be stored for this patient. Resources that name no patient (a
/// practitioner, a place) may; a resource that names only other patients may not.
pub(crate) fn belongs_to(resource: &Value, patient_id: &str) -> bool {
    if resource["resourceType"] == "Patient" {
        return resource["id"] == patient_id;
    }
    let direct = ["subject", "patient", "for", "beneficiary"]
        .iter()
        .filter_map(|field| reference(&resource[*field]));
    let actors = resource["participant"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|participant| reference(&participant["actor"]));
    let mut names_a_patient = false;
    for reference in direct.chain(actors) {
        if let Some(id) = patient_of(reference) {
            if id == patient_id {
                return true;
            }
            names_a_patient = true;
        }
    }
    !names_a_patient
}

fn reference(value: &Value) -> Option<&str> {
    value["reference"].as_str()
}

/// The patient's id in a relative or absolute reference, with or without a version.
fn patient_of(reference: &str) -> Option<&str> {
    let mut segments = reference.split('/').rev();
    let mut id = segments.next()?;
    let mut before = segments.next()?;
    if before == "_history" {
        id = segments.next()?;
        before = segments.next()?;
    }
    (before == "Patient").then_some(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whose_a_resource_is() {
        let cases = [
            (
                json!({"resourceType": "Condition", "subject": {"reference": "Patient/a"}}),
                true,
            ),
            (
                json!({"resourceType": "Condition", "subject": {"reference": "Patient/b"}}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": {"reference": "https://x.example/fhir/Patient/b"}}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": {"reference": "Patient/a/_history/3"}}),
                true,
            ),
            (json!({"resourceType": "Patient", "id": "a"}), true),
            (json!({"resourceType": "Patient", "id": "b"}), false),
            (json!({"resourceType": "Practitioner", "id": "b"}), true),
            (
                json!({"resourceType": "Appointment", "participant": [
                    {"actor": {"reference": "Location/1"}}, {"actor": {"reference": "Patient/a"}}]}),
                true,
            ),
            (
                json!({"resourceType": "Appointment", "participant": [
                    {"actor": {"reference": "Patient/b"}}]}),
                false,
            ),
            (
                json!({"resourceType": "Immunization", "patient": {"reference": "Patient/b"}}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": "Patient/b"}),
                true,
            ),
        ];
        for (resource, expected) in cases {
            assert_eq!(belongs_to(&resource, "a"), expected, "{resource}");
        }
    }
}
