//! The person as shown: from their Patient resource and the claims of the sign-in. The one place
//! where a Patient becomes a view.

use hale_contracts::account::{PersonView, PracticeView};
use hale_contracts::reasons::{IdentityLevel, RecordAccess};
use hale_contracts::time::PartialDate;
use hale_fhir::lenient::{list, text};
use hale_fhir::{Resolver, concept, extension, people, reference};
use serde_json::Value;

use crate::london;
use crate::ports::IdentityClaims;

/// The identifier system of NHS numbers.
pub const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// How much a person may do with appointments or prescriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskAccess {
    /// Nothing.
    None,
    /// See.
    View,
    /// See and change.
    Manage,
}

/// What the practice shares with the person (backend contract, §8a). `None` is unknown, never "no".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessLevels {
    /// The record from `effective_date` on.
    pub record: Option<RecordAccess>,
    /// The record before it.
    pub historical: Option<RecordAccess>,
    /// From when the record is shared.
    pub effective_date: Option<PartialDate>,
    /// Prescriptions.
    pub prescriptions: Option<TaskAccess>,
    /// Appointments.
    pub appointments: Option<TaskAccess>,
}

impl AccessLevels {
    /// Whether appointments may be booked, as far as the practice says.
    #[must_use]
    pub fn may_manage_appointments(&self) -> Option<bool> {
        self.appointments.map(|access| access == TaskAccess::Manage)
    }
}

/// The person. What the Patient does not say comes from the claims; the identity level comes from
/// the claims alone, because only a sign-in can state it. `patient` may be null.
#[must_use]
pub fn person(
    patient: &Value,
    claims: &IdentityClaims,
    find: &dyn Fn(&str) -> Option<Value>,
) -> PersonView {
    let born = text(&patient["birthDate"]).or_else(|| claims.birthdate.clone());
    PersonView {
        name: people::human_name(&patient["name"])
            .or_else(|| claims.name.clone())
            .unwrap_or_default(),
        date_of_birth: born.as_deref().and_then(london::whole_day),
        nhs_number: people::identifier(patient, NHS_NUMBER)
            .as_deref()
            .and_then(nhs_number)
            .or_else(|| claims.nhs_number.as_deref().and_then(nhs_number)),
        identity_level: claims
            .identity_proofing_level
            .as_deref()
            .and_then(identity_level),
        practice: practice(patient, find),
    }
}

/// The ten digits of an NHS number (NHS Data Dictionary), however they are grouped. Anything else is
/// none: it must neither be shown as one nor tell two people apart.
pub(crate) fn nhs_number(written: &str) -> Option<String> {
    let digits: String = written
        .chars()
        .filter(|one| !one.is_whitespace() && *one != '-')
        .collect();
    let is_one = digits.len() == 10 && digits.bytes().all(|one| one.is_ascii_digit());
    is_one.then_some(digits)
}

fn identity_level(code: &str) -> Option<IdentityLevel> {
    match code {
        "P0" => Some(IdentityLevel::P0),
        "P5" => Some(IdentityLevel::P5),
        "P9" => Some(IdentityLevel::P9),
        _ => None,
    }
}

/// The practice: the first organisation among the general practitioners and the keeper of the
/// record that can be found; else the first that is at least named.
fn practice(patient: &Value, find: &dyn Fn(&str) -> Option<Value>) -> Option<PracticeView> {
    let resolver = Resolver::new(patient, find);
    let mut named = None;
    for element in
        list(&patient["generalPractitioner"]).chain(list(&patient["managingOrganization"]))
    {
        let display = text(&element["display"]);
        if reference::target_type(element).is_some_and(|kind| kind != "Organization") {
            continue;
        }
        let organisation = resolver.resource(element).filter(|found| {
            found["resourceType"]
                .as_str()
                .is_none_or(|kind| kind == "Organization")
        });
        if let Some(organisation) = organisation
            && let Some(name) = text(&organisation["name"]).or_else(|| display.clone())
        {
            return Some(PracticeView {
                name,
                phone: people::phone(&organisation["telecom"]),
                address: people::address_line(&organisation["address"]),
            });
        }
        named = named.or(display);
    }
    named.map(|name| PracticeView {
        name,
        phone: None,
        address: None,
    })
}

/// What the practice shares, from the extension `…/StructureDefinition/access-level` of the Patient.
#[must_use]
pub fn access(patient: &Value) -> AccessLevels {
    let Some(levels) = extension::by_suffix(patient, "/StructureDefinition/access-level") else {
        return AccessLevels::default();
    };
    let part = |url| extension::part(levels, url);
    let code = |url| part(url).and_then(concept::code);
    AccessLevels {
        record: code("record").as_deref().and_then(record_access),
        historical: code("historical").as_deref().and_then(record_access),
        effective_date: part("effectiveDate")
            .and_then(text)
            .as_deref()
            .map(london::partial_date),
        prescriptions: code("prescriptions").as_deref().and_then(task_access),
        appointments: code("appointments").as_deref().and_then(task_access),
    }
}

fn record_access(code: &str) -> Option<RecordAccess> {
    match code {
        "none" => Some(RecordAccess::None),
        "summary" => Some(RecordAccess::Summary),
        "detailed" => Some(RecordAccess::Detailed),
        "documents" => Some(RecordAccess::Documents),
        "full" => Some(RecordAccess::Full),
        _ => None,
    }
}

fn task_access(code: &str) -> Option<TaskAccess> {
    match code {
        "none" => Some(TaskAccess::None),
        "view" => Some(TaskAccess::View),
        "manage" => Some(TaskAccess::Manage),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn elm(reference: &str) -> Option<Value> {
        (reference == "Organization/o").then(|| {
            json!({"resourceType": "Organization", "name": "Elm Surgery",
                   "telecom": [{"system": "phone", "value": "01632 960000"}],
                   "address": [{"line": ["1 High Street"], "city": "Hastings"}]})
        })
    }

    #[test]
    fn a_person_is_read_from_the_patient_first_and_the_claims_second() {
        let patient = json!({"resourceType": "Patient", "id": "1",
            "identifier": [{"system": NHS_NUMBER, "value": "999 000 0018"}],
            "name": [{"use": "official", "prefix": ["Mrs"], "given": ["Margaret"], "family": "Ellis"},
                     {"use": "old", "text": "Margaret Smith"}],
            "birthDate": "1948-03-12",
            "generalPractitioner": [{"reference": "Practitioner/x", "display": "Dr No"},
                                    {"reference": "https://x.example/Organization/o"}]});
        let claims = IdentityClaims {
            identity_proofing_level: Some("P9".into()),
            name: Some("somebody".into()),
            birthdate: Some("1950-01-01".into()),
            nhs_number: Some("9990000026".into()),
        };
        let got = person(&patient, &claims, &elm);
        assert_eq!(got.name, "Mrs Margaret Ellis");
        assert_eq!(
            got.date_of_birth,
            chrono::NaiveDate::from_ymd_opt(1948, 3, 12)
        );
        assert_eq!(got.nhs_number.as_deref(), Some("9990000018"));
        assert_eq!(got.identity_level, Some(IdentityLevel::P9));
        let practice = got.practice.unwrap();
        assert_eq!(practice.name, "Elm Surgery");
        assert_eq!(practice.phone.as_deref(), Some("01632 960000"));
        assert_eq!(practice.address.as_deref(), Some("1 High Street, Hastings"));
        let from_claims = person(&Value::Null, &claims, &|_| None);
        assert_eq!(from_claims.name, "somebody");
        assert_eq!(from_claims.nhs_number.as_deref(), Some("9990000026"));
        assert_eq!(from_claims.practice, None);
    }

    #[test]
    fn only_ten_digits_are_an_nhs_number() {
        let claims = IdentityClaims {
            nhs_number: Some("999 000 0026".into()),
            ..IdentityClaims::default()
        };
        let cases = [
            ("999 000 0018", "9990000018"),
            ("999-000-0018", "9990000018"),
            ("99900000180", "9990000026"),
            ("999000001", "9990000026"),
            ("999000001X", "9990000026"),
            ("９９９０００００１８", "9990000026"),
        ];
        for (written, expected) in cases {
            let patient = json!({"identifier": [{"system": NHS_NUMBER, "value": written}]});
            let got = person(&patient, &claims, &|_| None);
            assert_eq!(got.nhs_number.as_deref(), Some(expected), "{written}");
        }
        let patient = json!({"identifier": [{"system": NHS_NUMBER, "value": "none"}]});
        let got = person(&patient, &IdentityClaims::default(), &|_| None);
        assert_eq!(got.nhs_number, None);
    }

    #[test]
    fn a_date_of_birth_that_is_not_a_whole_date_is_not_made_one() {
        let got = person(
            &json!({"birthDate": "1948-03"}),
            &IdentityClaims::default(),
            &|_| None,
        );
        assert_eq!(got.date_of_birth, None);
    }

    #[test]
    fn a_practice_that_is_only_named_is_shown_by_its_name() {
        let patient =
            json!({"generalPractitioner": {"type": "Organization", "display": "Oak Practice"}});
        let got = person(&patient, &IdentityClaims::default(), &|_| None);
        assert_eq!(got.practice.unwrap().name, "Oak Practice");
    }

    #[test]
    fn access_that_is_not_stated_is_unknown() {
        assert_eq!(access(&json!({})), AccessLevels::default());
        let patient = json!({"extension": [{"url": "https://x.example/StructureDefinition/access-level", "extension": [
            {"url": "record", "valueCode": "summary"},
            {"url": "historical", "valueCodeableConcept": {"coding": [{"code": "none"}]}},
            {"url": "effectiveDate", "valueDate": "2020-01-01"},
            {"url": "prescriptions", "valueCode": "something new"},
            {"url": "appointments", "valueCode": "view"}]}]});
        let got = access(&patient);
        assert_eq!(got.record, Some(RecordAccess::Summary));
        assert_eq!(got.historical, Some(RecordAccess::None));
        assert_eq!(got.effective_date, Some(london::partial_date("2020-01-01")));
        assert_eq!(got.prescriptions, None);
        assert_eq!(got.may_manage_appointments(), Some(false));
    }
}
