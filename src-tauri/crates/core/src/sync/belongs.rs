//! Whose resource is it? Nothing of another patient is ever stored, whatever a server sends.

use std::collections::HashSet;

use hale_fhir::lenient::list;
use hale_fhir::{Page, reference};
use serde_json::Value;

use crate::account::view as account;

/// The patient whose record it is.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The id at the source.
    pub patient_id: &'a str,
    /// The NHS number, if it is known: ten digits.
    pub nhs_number: Option<&'a str>,
}

impl<'a> From<&'a str> for Whose<'a> {
    fn from(patient_id: &'a str) -> Self {
        Self {
            patient_id,
            nhs_number: None,
        }
    }
}

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
pub(crate) fn belongs_to(resource: &Value, whose: Whose<'_>, strangers: &Strangers) -> bool {
    if resource["resourceType"] == "Patient" {
        return resource["id"] == whose.patient_id;
    }
    let direct = ["subject", "patient", "for", "beneficiary"]
        .iter()
        .flat_map(|field| list(&resource[*field]));
    let actors = list(&resource["participant"]).flat_map(|participant| list(&participant["actor"]));
    let mut names_a_stranger = false;
    for element in direct.chain(actors) {
        let name = reference::of(element).unwrap_or_default();
        match name.strip_prefix("Patient/") {
            Some(id) if id == whose.patient_id => return true,
            Some(_) => names_a_stranger = true,
            None => names_a_stranger |= strangers.0.contains(&name),
        }
        // A reference may name somebody by their number alone (FHIR R4 §2.3.0.2), or by what the
        // resource itself contains of them.
        let number = nhs_number(&element["identifier"]).or_else(|| {
            let contained = list(&resource["contained"])
                .filter(|one| one["resourceType"] == "Patient")
                .find(|one| {
                    one["id"]
                        .as_str()
                        .is_some_and(|id| name == format!("#{id}"))
                })?;
            list(&contained["identifier"]).find_map(nhs_number)
        });
        match (number, whose.nhs_number) {
            (Some(number), Some(own)) if number == own => return true,
            (Some(_), Some(_)) => names_a_stranger = true,
            _ => {}
        }
    }
    !names_a_stranger
}

/// The NHS number that an identifier is.
fn nhs_number(identifier: &Value) -> Option<String> {
    let system = identifier["system"].as_str()?.trim();
    let value = identifier["value"].as_str()?;
    system
        .eq_ignore_ascii_case(account::NHS_NUMBER)
        .then(|| account::nhs_number(value))?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(value: &str) -> Value {
        json!({"system": account::NHS_NUMBER, "value": value})
    }

    fn by_number(value: &str) -> Value {
        json!({"resourceType": "Condition", "subject": {"identifier": number(value)}})
    }

    fn containing(value: &str) -> Value {
        json!({"resourceType": "Condition", "subject": {"reference": "#p"},
            "contained": [{"resourceType": "Patient", "id": "p", "identifier": [number(value)]}]})
    }

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
            (by_number("999 000 0018"), true),
            (by_number("9990000026"), false),
            // Nobody knows whose that is.
            (by_number("none"), true),
            (containing("9990000018"), true),
            (containing("9990000026"), false),
            (
                json!({"resourceType": "Appointment", "participant": [
                    {"actor": {"identifier": number("9990000026")}}]}),
                false,
            ),
        ];
        let page = json!({"resourceType": "Bundle", "entry": [
            {"fullUrl": "urn:uuid:0a", "resource": {"resourceType": "Patient", "id": "b"}},
            {"fullUrl": "urn:uuid:0c", "resource": {"resourceType": "Patient", "id": "a"}}]});
        let page = hale_fhir::read_page(page.to_string().as_bytes()).unwrap();
        let strangers = Strangers::of(&page, "a");
        let whose = Whose {
            patient_id: "a",
            nhs_number: Some("9990000018"),
        };
        for (resource, expected) in cases {
            assert_eq!(
                belongs_to(&resource, whose, &strangers),
                expected,
                "{resource}"
            );
        }
    }
}
