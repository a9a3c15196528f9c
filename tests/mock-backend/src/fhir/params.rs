//! The search parameters that this server knows, where each looks, and when it matches (FHIR R4
//! §3.1.1). Controls such as `_count` are the search's own.

use serde_json::Value;

use super::dates::{Comparison, Range};
use crate::outcome::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    Date,
    Reference,
    /// A reference to one type among those that the element may hold.
    To(&'static str),
    Text,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    paths: &'static [&'static str],
}

const fn parameter(name: &'static str, kind: Kind, paths: &'static [&'static str]) -> Parameter {
    Parameter { name, kind, paths }
}

macro_rules! table {
    ($($name:literal $kind:expr => $($path:literal),+;)*) => {
        const { &[$(parameter($name, $kind, &[$($path),+])),*] }
    };
}

use Kind::{Date, Reference, Text, To, Token};

static COMMON: &[Parameter] = table![
    "_id" Token => "id";
    "_lastUpdated" Date => "meta.lastUpdated";
    "_security" Token => "meta.security";
    "identifier" Token => "identifier";
    "status" Token => "status";
];

/// The parameters of a type beside the common ones; none for a type that is not served.
pub(super) fn of_type(kind: &str) -> Option<&'static [Parameter]> {
    Some(match kind {
        "Patient" => table![
            "birthdate" Date => "birthDate";
            "name" Text => "name";
        ],
        "AllergyIntolerance" => table![
            "patient" To("Patient") => "patient";
            "code" Token => "code";
            "category" Token => "category";
            "clinical-status" Token => "clinicalStatus";
            "date" Date => "recordedDate";
        ],
        "Condition" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "code" Token => "code";
            "clinical-status" Token => "clinicalStatus";
            "onset-date" Date => "onsetDateTime", "onsetPeriod";
            "recorded-date" Date => "recordedDate";
            "encounter" To("Encounter") => "encounter";
        ],
        "Observation" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "code" Token => "code";
            "date" Date => "effectiveDateTime", "effectivePeriod", "effectiveInstant";
            "has-member" Reference => "hasMember";
            "performer" Reference => "performer";
        ],
        "DiagnosticReport" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "code" Token => "code";
            "date" Date => "effectiveDateTime", "effectivePeriod";
            "issued" Date => "issued";
            "result" To("Observation") => "result";
            "performer" Reference => "performer";
        ],
        "Immunization" => table![
            "patient" To("Patient") => "patient";
            "date" Date => "occurrenceDateTime";
            "vaccine-code" Token => "vaccineCode";
        ],
        "MedicationStatement" => table![
            "patient" To("Patient") => "subject";
            "code" Token => "medicationCodeableConcept";
            "effective" Date => "effectiveDateTime", "effectivePeriod";
            "medication" To("Medication") => "medicationReference";
        ],
        "MedicationRequest" => table![
            "patient" To("Patient") => "subject";
            "code" Token => "medicationCodeableConcept";
            "intent" Token => "intent";
            "authoredon" Date => "authoredOn";
            "medication" To("Medication") => "medicationReference";
            "requester" Reference => "requester";
        ],
        "Medication" => table!["code" Token => "code";],
        "Encounter" => table![
            "patient" To("Patient") => "subject";
            "date" Date => "period";
            "type" Token => "type";
            "class" Token => "class";
        ],
        "Procedure" => table![
            "patient" To("Patient") => "subject";
            "code" Token => "code";
            "category" Token => "category";
            "date" Date => "performedDateTime", "performedPeriod";
        ],
        "DocumentReference" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "type" Token => "type";
            "date" Date => "date";
        ],
        "Appointment" => table![
            "patient" To("Patient") => "participant.actor";
            "actor" Reference => "participant.actor";
            "location" To("Location") => "participant.actor";
            "practitioner" To("Practitioner") => "participant.actor";
            "date" Date => "start";
            "slot" To("Slot") => "slot";
            "service-type" Token => "serviceType";
        ],
        "Slot" => table![
            "schedule" To("Schedule") => "schedule";
            "start" Date => "start";
            "service-type" Token => "serviceType";
        ],
        "Schedule" => table![
            "actor" Reference => "actor";
            "active" Token => "active";
            "service-type" Token => "serviceType";
            "service-category" Token => "serviceCategory";
        ],
        "HealthcareService" => table![
            "organization" To("Organization") => "providedBy";
            "service-type" Token => "type";
            "location" To("Location") => "location";
            "active" Token => "active";
            "name" Text => "name";
        ],
        "Organization" => table![
            "name" Text => "name";
            "type" Token => "type";
            "active" Token => "active";
            "address-postalcode" Text => "address.postalCode";
        ],
        "Location" => table![
            "organization" To("Organization") => "managingOrganization";
            "name" Text => "name";
        ],
        "Practitioner" => table![
            "name" Text => "name";
            "active" Token => "active";
        ],
        "PractitionerRole" => table![
            "organization" To("Organization") => "organization";
            "practitioner" To("Practitioner") => "practitioner";
            "location" To("Location") => "location";
            "role" Token => "code";
            "specialty" Token => "specialty";
        ],
        "Task" => table![
            "patient" To("Patient") => "for";
            "code" Token => "code";
            "intent" Token => "intent";
            "focus" Reference => "focus";
            "authored-on" Date => "authoredOn";
            "modified" Date => "lastModified";
        ],
        "Consent" => table![
            "patient" To("Patient") => "patient";
            "category" Token => "category";
            "performer" Reference => "performer";
            "actor" Reference => "provision.actor.reference";
            "consentor" Reference => "performer";
            "date" Date => "dateTime";
        ],
        "Communication" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "sent" Date => "sent";
            "received" Date => "received";
            "sender" Reference => "sender";
        ],
        "QuestionnaireResponse" => table![
            "patient" To("Patient") => "subject";
            "questionnaire" Text => "questionnaire";
            "authored" Date => "authored";
        ],
        "Questionnaire" => table!["url" Text => "url"; "context" Token => "useContext.value";],
        "RelatedPerson" => table!["patient" To("Patient") => "patient";],
        "List" => table![
            "patient" To("Patient") => "subject";
            "code" Token => "code";
            "date" Date => "date";
        ],
        "ServiceRequest" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "code" Token => "code";
            "authored" Date => "authoredOn";
        ],
        "CarePlan" | "CareTeam" => table![
            "patient" To("Patient") => "subject";
            "category" Token => "category";
            "date" Date => "period";
        ],
        "Flag" => table!["patient" To("Patient") => "subject";],
        "Binary" => table![],
        _ => return None,
    })
}

/// Every parameter of a type.
pub(super) fn all_of(kind: &str) -> impl Iterator<Item = &'static Parameter> {
    COMMON.iter().chain(of_type(kind).unwrap_or_default())
}

/// The parameter of this name.
pub(super) fn find(kind: &str, name: &str) -> Option<&'static Parameter> {
    all_of(kind).find(|parameter| parameter.name == name)
}

/// The values at a dotted path, arrays opened.
fn at<'a>(value: &'a Value, path: &str, out: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| at(item, path, out)),
        Value::Null => {}
        found if path.is_empty() => out.push(found),
        Value::Object(_) => {
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            if let Some(inner) = value.get(name) {
                at(inner, rest, out);
            }
        }
        _ => {}
    }
}

impl Parameter {
    /// The values that the parameter looks at.
    pub(super) fn values<'a>(&self, resource: &'a Value) -> Vec<&'a Value> {
        let mut out = Vec::new();
        for path in self.paths {
            at(resource, path, &mut out);
        }
        out
    }

    /// The references that an include of this parameter follows.
    pub(super) fn references<'a>(&self, resource: &'a Value) -> Vec<&'a str> {
        let only = match self.kind {
            Kind::To(only) => Some(only),
            Kind::Reference => None,
            _ => return Vec::new(),
        };
        self.values(resource)
            .into_iter()
            .filter_map(|value| value["reference"].as_str())
            .filter(|reference| only.is_none_or(|only| target(reference).0 == only))
            .collect()
    }

    /// Whether one of the comma-separated values matches.
    pub(super) fn matches(
        &self,
        resource: &Value,
        modifier: Option<&str>,
        asked: &str,
    ) -> Result<bool, Refusal> {
        let values = self.values(resource);
        if modifier == Some("missing") {
            return Ok(values.is_empty() == (asked == "true"));
        }
        let mut any = false;
        for one in asked.split(',').filter(|one| !one.is_empty()) {
            any |= self.matches_one(&values, modifier, one)?;
        }
        Ok(if modifier == Some("not") { !any } else { any })
    }

    fn matches_one(
        &self,
        values: &[&Value],
        modifier: Option<&str>,
        asked: &str,
    ) -> Result<bool, Refusal> {
        let any = |test: &dyn Fn(&Value) -> bool| values.iter().any(|value| test(value));
        Ok(match (self.kind, modifier) {
            (Kind::Token, None | Some("not")) => any(&|value| is_token(value, asked)),
            (Kind::Date, None) => {
                let comparison = Comparison::parse(asked).ok_or_else(|| {
                    Refusal::invalid_value(format!("{} is not a date", self.name))
                })?;
                any(&|value| Range::of_value(value).is_some_and(|range| comparison.holds(range)))
            }
            (Kind::Reference | Kind::To(_), Some("identifier")) => {
                any(&|value| is_token(&value["identifier"], asked))
            }
            (kind @ (Kind::Reference | Kind::To(_)), modifier) => {
                let only = match (kind, modifier) {
                    (Kind::To(only), None) => Some(only),
                    (_, Some(named)) => Some(named),
                    _ => None,
                };
                any(&|value| {
                    value["reference"]
                        .as_str()
                        .is_some_and(|have| is_reference(have, asked, only))
                })
            }
            (Kind::Text, None | Some("contains")) => any(&|value| {
                value
                    .to_string()
                    .to_lowercase()
                    .contains(&asked.to_lowercase())
            }),
            (Kind::Text, Some("exact")) => any(&|value| value.as_str() == Some(asked)),
            _ => return Err(Refusal::bad_request("This modifier is not supported")),
        })
    }
}

/// Type and id at the end of a reference, versions cut off.
pub(crate) fn target(reference: &str) -> (&str, &str) {
    let reference = reference.split("/_history").next().unwrap_or(reference);
    let mut parts = reference.rsplit('/');
    let id = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), id)
}

fn is_reference(have: &str, asked: &str, only: Option<&str>) -> bool {
    let have = target(have);
    match target(asked) {
        ("", id) => have.1 == id && only.is_none_or(|only| have.0 == only),
        asked => have == asked && only.is_none_or(|only| have.0 == only),
    }
}

/// `code`, `system|code`, `|code` or `system|` against a code, Coding, CodeableConcept, Identifier
/// or boolean.
fn is_token(value: &Value, asked: &str) -> bool {
    let (system, code) = match asked.split_once('|') {
        Some((system, code)) => (Some(system), code),
        None => (None, asked),
    };
    match value {
        Value::String(text) => text == code,
        Value::Bool(truth) => truth.to_string() == code,
        Value::Object(_) => {
            if let Some(codings) = value["coding"].as_array() {
                return codings.iter().any(|coding| is_token(coding, asked));
            }
            let name = if value.get("code").is_some() {
                "code"
            } else {
                "value"
            };
            let right_system =
                system.is_none_or(|system| value["system"].as_str().unwrap_or_default() == system);
            right_system && (code.is_empty() || value[name] == code)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_match_with_and_without_their_system() {
        let resource = json!({
            "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "1" }] },
            "identifier": [{ "system": "s", "value": "v" }],
            "status": "active",
        });
        for (name, asked, expected) in [
            ("code", "1", true),
            ("code", "http://snomed.info/sct|1", true),
            ("code", "other|1", false),
            ("code", "http://snomed.info/sct|", true),
            ("code", "2,1", true),
            ("identifier", "s|v", true),
            ("identifier", "s|w", false),
            ("status", "active", true),
            ("status", "inactive", false),
        ] {
            let parameter = find("Condition", name).unwrap();
            assert_eq!(
                parameter.matches(&resource, None, asked).unwrap(),
                expected,
                "{name}={asked}"
            );
        }
    }

    #[test]
    fn references_match_in_every_form() {
        let resource = json!({ "participant": [
            { "actor": { "reference": "Patient/p1" } },
            { "actor": { "reference": "https://x.example/fhir/Location/l1/_history/2" } },
        ]});
        let find = |name| find("Appointment", name).unwrap();
        for (name, asked, expected) in [
            ("patient", "p1", true),
            ("patient", "Patient/p1", true),
            ("patient", "https://y.example/Patient/p1", true),
            ("patient", "l1", false),
            ("location", "l1", true),
            ("actor", "Location/l1", true),
            ("actor", "Location/p1", false),
        ] {
            assert_eq!(
                find(name).matches(&resource, None, asked).unwrap(),
                expected,
                "{name}={asked}"
            );
        }
    }
}
