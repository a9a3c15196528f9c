//! Whose resource is it? Nothing of another patient is ever stored, whatever a server sends.

use std::collections::HashSet;

use hale_fhir::lenient::list;
use hale_fhir::{Page, reference};
use serde_json::Value;

/// The names within one page (`urn:uuid:…`, FHIR R4 §2.36.4.1) that stand for other patients.
#[derive(Debug, Default)]
pub(crate) struct Strangers(HashSet<String>);

impl Strangers {
    /// Those of a page.
    pub(crate) fn of(page: &Page, patient_id: &str) -> Self {
        let names = page
            .entries
            .iter()
            .filter(|entry| entry.resource_type == "Patient" && entry.id != patient_id)
            .filter_map(|entry| reference::plain(entry.full_url.as_deref()?))
            .collect();
        Self(names)
    }
}

/// Whether a resource may be stored for this patient. Resources that name no patient (a
/// practitioner, a place) may; a resource that names only other patients may not.
pub(crate) fn belongs_to(resource: &Value, patient_id: &str, strangers: &Strangers) -> bool {
    if resource["resourceType"] == "Patient" {
        return resource["id"] == patient_id;
    }
    let direct = ["subject", "patient", "for", "beneficiary"]
        .iter()
        .flat_map(|field| list(&resource[*field]));
    let actors = list(&resource["participant"]).flat_map(|participant| list(&participant["actor"]));
    let mut names_a_stranger = false;
    for name in direct.chain(actors).filter_map(reference::of) {
        match name.strip_prefix("Patient/") {
            Some(id) if id == patient_id => return true,
            Some(_) => names_a_stranger = true,
            None => names_a_stranger |= strangers.0.contains(&name),
        }
    }
    !names_a_stranger
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
                json!({"resourceType": "Appointment", "participant": {
                    "actor": [{"reference": "Patient/b"}]}}),
                false,
            ),
            (
                json!({"resourceType": "Immunization", "patient": {"reference": "Patient/b"}}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": "Patient/b"}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": [{"reference": "Patient/b"}]}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": {"reference": "urn:uuid:0A"}}),
                false,
            ),
            (
                json!({"resourceType": "Condition", "subject": {"reference": "urn:uuid:0c"}}),
                true,
            ),
            (
                json!({"resourceType": "Condition", "subject": {"reference": "#within"}}),
                true,
            ),
        ];
        let page = json!({"resourceType": "Bundle", "entry": [
            {"fullUrl": "urn:uuid:0a", "resource": {"resourceType": "Patient", "id": "b"}},
            {"fullUrl": "urn:uuid:0c", "resource": {"resourceType": "Patient", "id": "a"}}]});
        let page = hale_fhir::read_page(page.to_string().as_bytes()).unwrap();
        let strangers = Strangers::of(&page, "a");
        for (resource, expected) in cases {
            assert_eq!(
                belongs_to(&resource, "a", &strangers),
                expected,
                "{resource}"
            );
        }
    }
}
