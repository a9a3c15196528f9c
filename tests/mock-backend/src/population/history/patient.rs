//! The Patient itself and, for a child whose parent acts for them, the RelatedPerson.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Record;
use crate::population::codes::{
    ACCESS_LEVEL, ETHNIC_CATEGORY, ETHNIC_CATEGORY_CODES, NHS_NUMBER_STATUS,
    NHS_NUMBER_STATUS_CODES, NOMINATED_PHARMACY, SYS_NHS, SYS_ODS,
};
use crate::population::directory;
use crate::population::json::{coding, meta, packed};
use crate::population::person::{Person, epoch};
use crate::population::personas::{CHILD, PARENT};

/// NHS number with its verification status.
fn nhs_number(person: &Person) -> Value {
    json!({
        "extension": [{
            "url": NHS_NUMBER_STATUS,
            "valueCodeableConcept": {
                "coding": [coding(NHS_NUMBER_STATUS_CODES, "01", "Number present and verified")],
            },
        }],
        "system": SYS_NHS,
        "value": person.nhs,
    })
}

fn name(person: &Person) -> Value {
    let mut name = json!({
        "use": "official",
        "text": person.name(),
        "family": person.family,
        "given": person.given,
    });
    if !person.prefix.is_empty() {
        name["prefix"] = json!([person.prefix]);
    }
    json!([name])
}

fn address(person: &Person) -> Value {
    json!([{
        "use": "home",
        "type": "both",
        "line": [person.line],
        "city": person.town,
        "district": person.practice.county,
        "postalCode": person.postcode,
    }])
}

fn telecom(person: &Person) -> Value {
    let mut all = Vec::new();
    if person.age(epoch()) >= 12 {
        all.push(json!({ "system": "phone", "value": person.mobile, "use": "mobile" }));
    }
    if let Some(landline) = &person.landline {
        all.push(json!({ "system": "phone", "value": landline, "use": "home" }));
    }
    if let Some(email) = &person.email {
        all.push(json!({ "system": "email", "value": email }));
    }
    json!(all)
}

/// The Patient's own filing day does not depend on today: whoever asks must get one.
fn filed(today: NaiveDate) -> NaiveDate {
    epoch()
        .pred_opt()
        .unwrap_or_default()
        .min(today.pred_opt().unwrap_or_default())
}

/// The Patient itself.
pub(in crate::population) fn patient(person: &Person, today: NaiveDate) -> Value {
    let practice = person.practice;
    let mut patient = json!({
        "resourceType": "Patient",
        "id": person.id,
        "meta": meta("Patient", filed(today)),
        "extension": [
            { "url": ETHNIC_CATEGORY, "valueCodeableConcept": {
                "coding": [coding(ETHNIC_CATEGORY_CODES, person.ethnicity.0, person.ethnicity.1)],
            } },
            { "url": NOMINATED_PHARMACY, "valueReference": {
                "identifier": { "system": SYS_ODS, "value": directory::pharmacy_ods(practice) },
                "display": practice.pharmacy,
            } },
            { "url": ACCESS_LEVEL, "extension": [
                { "url": "record", "valueCode": person.access.code() },
                { "url": "historical", "valueCode": person.historical.code() },
                { "url": "effectiveDate", "valueDate": person.access_from.to_string() },
                { "url": "prescriptions", "valueCode": person.prescriptions },
                { "url": "appointments", "valueCode": person.appointments },
            ] },
        ],
        "identifier": [nhs_number(person)],
        "active": true,
        "name": name(person),
        "gender": person.gender,
        "birthDate": person.birth.to_string(),
        "address": address(person),
        "generalPractitioner": [directory::organization(practice)],
        "managingOrganization": directory::organization(practice),
    });
    let telecom = telecom(person);
    if telecom.as_array().is_some_and(|all| !all.is_empty()) {
        patient["telecom"] = telecom;
    }
    patient
}

pub(super) fn add(record: &mut Record<'_>) {
    let person = record.person;
    let filed = filed(record.today);
    record.out.push(packed(patient(person, record.today)));
    if person.index == CHILD {
        let parent = Person::new(person.seed, PARENT);
        let subject = record.subject();
        let id = record.id("related", 1);
        record.add(filed, || {
            json!({
                "resourceType": "RelatedPerson",
                "id": id,
                "meta": meta("RelatedPerson", filed),
                "identifier": [{ "system": SYS_NHS, "value": parent.nhs }],
                "active": true,
                "patient": subject,
                "relationship": [{
                    "coding": [coding(
                        "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother",
                    )],
                }],
                "name": [{ "use": "official", "text": parent.name(), "family": parent.family,
                    "given": parent.given }],
                "telecom": [{ "system": "phone", "value": parent.mobile, "use": "mobile" }],
            })
        });
    }
}
