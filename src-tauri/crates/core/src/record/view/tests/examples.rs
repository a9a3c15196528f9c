//! Realistic resources of our own, and odd ones.

use super::*;

fn coded(code: &str, display: &str) -> Value {
    json!({"coding": [{"system": "http://snomed.info/sct", "code": code, "display": display}]})
}

fn around(reference: &str) -> Option<Value> {
    let quantity = |value: f64, unit: &str| json!({"value": value, "unit": unit, "code": unit});
    match reference {
        "Practitioner/gp" => Some(json!({"resourceType": "Practitioner", "id": "gp",
            "name": [{"prefix": ["Dr"], "given": ["Amara"], "family": "Nwosu"}]})),
        "PractitionerRole/nurse" => Some(json!({"resourceType": "PractitionerRole",
            "practitioner": {"display": "Sam Okoro"}, "code": [{"text": "Nurse"}]})),
        "Organization/lab" => {
            Some(json!({"resourceType": "Organization", "name": "County Pathology"}))
        }
        "Location/l" => Some(json!({"resourceType": "Location", "name": "Elm Surgery"})),
        "Medication/m" => Some(json!({"resourceType": "Medication",
            "code": coded("39732311000001104", "Amoxicillin 250mg capsules"), "form": {"text": "Capsule"}})),
        "Observation/hb" => Some(json!({"resourceType": "Observation", "status": "final",
            "code": coded("1022431000000105", "Haemoglobin estimation"),
            "valueQuantity": quantity(104.0, "g/L"),
            "referenceRange": [{"low": quantity(115.0, "g/L"), "high": quantity(165.0, "g/L")}],
            "note": [{"text": "Repeat in 3 months"}]})),
        "Observation/wbc" => Some(
            json!({"resourceType": "Observation", "status": "preliminary",
            "code": {"text": "White cell count"}, "valueQuantity": quantity(6.1, "10*9/L"),
            "interpretation": [coded("N", "Normal")]}),
        ),
        "Observation/gone" => Some(
            json!({"resourceType": "Observation", "status": "entered-in-error",
            "code": {"text": "Withdrawn"}, "valueString": "x"}),
        ),
        _ => None,
    }
}

fn view(json: &Value) -> RecordItemView {
    item(&stored(json), &around, &source())
}

#[test]
fn an_allergy() {
    insta::assert_json_snapshot!(view(
        &json!({"resourceType": "AllergyIntolerance", "id": "a1",
        "clinicalStatus": {"coding": [{"code": "active", "display": "Active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed", "display": "Confirmed"}]},
        "type": "allergy", "category": ["medication"], "criticality": "high",
        "code": coded("372687004", "Amoxicillin"), "recordedDate": "2019-12-10T13:00:00+00:00",
        "onsetDateTime": "2019-12", "asserter": {"reference": "Practitioner/gp"},
        "reaction": [{"manifestation": [coded("247472004", "Urticarial rash")], "severity": "mild"}],
        "note": [{"text": "Came up within an hour", "authorString": "Dr Nwosu"}]})
    ));
}

#[test]
fn no_known_allergies_is_shown_as_its_code_says() {
    let view = view(&json!({"resourceType": "AllergyIntolerance", "id": "a2",
        "code": coded("716186003", "No known allergy")}));
    assert_eq!(view.title.words(), Some("No known allergy"));
}

#[test]
fn a_repeat_medicine() {
    insta::assert_json_snapshot!(view(
        &json!({"resourceType": "MedicationRequest", "id": "m1",
        "status": "active", "intent": "plan", "authoredOn": "2026-01-05",
        "medicationReference": {"reference": "Medication/m"},
        "requester": {"reference": "Practitioner/gp"},
        "courseOfTherapyType": {"coding": [{"code": "continuous", "display": "Continuous long term therapy"}]},
        "dosageInstruction": [{"text": "2 caps QDS", "patientInstruction": "Finish the course",
            "route": {"text": "Oral"}, "doseAndRate": [{"doseQuantity": {"value": 500, "unit": "milligram"}}],
            "timing": {"repeat": {"frequency": 4, "period": 1, "periodUnit": "d"}}}],
        "dispenseRequest": {"numberOfRepeatsAllowed": 6, "quantity": {"value": 21, "unit": "capsule"},
            "expectedSupplyDuration": {"value": 7, "unit": "days"},
            "performer": {"display": "High Street Pharmacy"}},
        "extension": [
            {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation",
             "extension": [{"url": "numberOfPrescriptionsIssued", "valueUnsignedInt": 2},
                           {"url": "authorisationExpiryDate", "valueDateTime": "2026-09-10"}]},
            {"url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory",
             "extension": [{"url": "status", "valueCoding": {"code": "With Pharmacy"}},
                           {"url": "statusDate", "valueDateTime": "2026-01-06T09:00:00Z"}]},
            {"url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory",
             "extension": [{"url": "status", "valueCoding": {"code": "Ready to Collect"}},
                           {"url": "statusDate", "valueDateTime": "2026-01-07T09:00:00Z"}]}]})
    ));
}

#[test]
fn a_medicine_without_words_for_its_dose() {
    let view = view(
        &json!({"resourceType": "MedicationStatement", "id": "m2", "status": "active",
        "medicationCodeableConcept": {"text": "Timolol eye drops"},
        "dosage": [{"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "drop"}}],
            "timing": {"repeat": {"frequency": 1, "period": 12, "periodUnit": "h"}}}]}),
    );
    let [dose] = view.doses.as_slice() else {
        panic!("one instruction is one line");
    };
    assert_eq!(
        dose.amounts[0].dose.as_ref().unwrap().low.as_deref(),
        Some("1 drop")
    );
    assert!(!dose.is_partial);
}

#[test]
fn a_report_with_its_results() {
    insta::assert_json_snapshot!(view(
        &json!({"resourceType": "DiagnosticReport", "id": "r1",
        "status": "final", "code": coded("26604007", "Full blood count"),
        "effectiveDateTime": "2026-01-05T09:30:00Z", "issued": "2026-01-06T15:00:00Z",
        "performer": [{"reference": "Organization/lab"}],
        "resultsInterpreter": [{"reference": "Practitioner/gp"}],
        "conclusion": "Mild anaemia, please book a review.",
        "result": [{"reference": "Observation/hb"}, {"reference": "Observation/wbc"},
                   {"reference": "Observation/gone"},
                   {"reference": "Observation/absent", "display": "Platelets"}],
        "identifier": [{"system": "https://tools.ietf.org/html/rfc4122", "value": "x"},
                       {"system": "https://lab.example/id", "value": "LAB-77"}]})
    ));
}

#[test]
fn a_blood_pressure() {
    let quantity = |value: u32| json!({"value": value, "unit": "mmHg", "code": "mm[Hg]"});
    insta::assert_json_snapshot!(view(
        &json!({"resourceType": "Observation", "id": "bp", "status": "final",
        "category": [{"coding": [{"code": "vital-signs", "display": "Vital Signs"}]}],
        "code": coded("75367002", "Blood pressure"), "effectiveDateTime": "2026-01-05T09:30:00Z",
        "performer": [{"reference": "PractitionerRole/nurse"}],
        "component": [
            {"code": {"coding": [{"code": "8480-6", "display": "Systolic"}]}, "valueQuantity": quantity(120)},
            {"code": {"coding": [{"code": "8462-4", "display": "Diastolic"}]}, "valueQuantity": quantity(80)},
            {"code": {"text": "Cuff"}, "valueString": "Large"}]})
    ));
}

#[test]
fn pressures_that_are_flagged_alone_stay_apart() {
    let quantity = |value: u32| json!({"value": value, "unit": "mmHg"});
    let view = view(
        &json!({"resourceType": "Observation", "id": "bp", "code": {"text": "Blood pressure"},
        "component": [
            {"code": {"coding": [{"code": "8480-6", "display": "Systolic"}]}, "valueQuantity": quantity(180),
             "interpretation": [{"coding": [{"code": "H"}]}]},
            {"code": {"coding": [{"code": "8462-4", "display": "Diastolic"}]}, "valueQuantity": quantity(80)}]}),
    );
    let values: Vec<(Option<Phrase>, Option<ResultFlag>)> = view
        .values
        .into_iter()
        .map(|value| (value.value, value.flag))
        .collect();
    assert_eq!(
        values,
        [
            (Some(said("180")), Some(ResultFlag::High)),
            (Some(said("80")), None)
        ]
    );
}

#[test]
fn a_condition() {
    insta::assert_json_snapshot!(view(&json!({"resourceType": "Condition", "id": "c1",
        "clinicalStatus": {"coding": [{"code": "resolved"}]},
        "verificationStatus": {"coding": [{"code": "confirmed", "display": "Confirmed"}]},
        "code": coded("65363002", "Otitis media"), "bodySite": [{"text": "Left ear"}],
        "severity": {"text": "Moderate"}, "onsetAge": {"value": 7, "unit": "years"},
        "abatementDateTime": "2012-04", "recordedDate": "2012-03-01",
        "recorder": {"reference": "Practitioner/gp"}, "note": [{"text": "Second episode"}]})));
}

#[test]
fn a_vaccination() {
    insta::assert_json_snapshot!(view(
        &json!({"resourceType": "Immunization", "id": "i1", "status": "completed",
        "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure",
            "valueCodeableConcept": coded("822851000000102", "Seasonal influenza vaccination")}],
        "vaccineCode": coded("39114911000001105", "Influenza vaccine suspension for injection"),
        "occurrenceDateTime": "2025-10-01", "lotNumber": "R04X", "manufacturer": {"display": "Dreamland"},
        "location": {"reference": "Location/l"}, "site": {"text": "Left arm"},
        "doseQuantity": {"value": 0.5, "unit": "ml"},
        "performer": [{"actor": {"reference": "PractitionerRole/nurse"}}],
        "protocolApplied": [{"doseNumberPositiveInt": 1, "seriesDosesPositiveInt": 2,
            "targetDisease": [{"text": "Influenza"}]}]})
    ));
}

#[test]
fn a_consultation_a_procedure_and_a_document() {
    let views = [
        json!({"resourceType": "Encounter", "id": "e1", "status": "finished",
            "class": {"code": "AMB", "display": "ambulatory"}, "type": [{"text": "GP surgery"}],
            "reasonCode": [{"text": "Knee pain"}],
            "period": {"start": "2026-01-05T09:30:00Z", "end": "2026-01-05T09:40:00Z"},
            "participant": [{"individual": {"reference": "Practitioner/gp"}, "type": [{"text": "GP"}]}],
            "location": [{"location": {"reference": "Location/l"}}],
            "serviceProvider": {"reference": "Organization/lab"}}),
        json!({"resourceType": "Procedure", "id": "p1", "status": "completed", "code": {"text": "Appendicectomy"},
            "performedPeriod": {"start": "1998-05"}, "outcome": {"text": "Successful"},
            "complication": [{"text": "Wound infection"}],
            "performer": [{"actor": {"display": "Mr Lee"}, "onBehalfOf": {"reference": "Organization/lab"}}]}),
        json!({"resourceType": "DocumentReference", "id": "d1", "status": "current", "date": "2025-01-24T14:30:00Z",
            "type": {"text": "Discharge letter"}, "custodian": {"display": "General Hospital"},
            "author": [{"reference": "Practitioner/gp"}],
            "content": [{"attachment": {"contentType": "application/pdf", "size": 123_456,
                "title": "Letter", "url": "Binary/1"}}]}),
    ];
    insta::assert_json_snapshot!(views.iter().map(view).collect::<Vec<_>>());
}

#[test]
fn any_other_type() {
    insta::assert_json_snapshot!(view(
        &json!({"resourceType": "FamilyMemberHistory", "id": "f1",
        "status": "completed", "relationship": {"text": "Father"}, "date": "2020-02",
        "condition": [{"code": {"text": "Diabetes"}}], "bornDate": "1950",
        "patient": {"reference": "Patient/1"}})
    ));
}

/// A resource of some type with members of the wrong shapes.
pub(super) fn odd(kind: usize, seed: &[(usize, usize)]) -> Value {
    const KINDS: [&str; 13] = [
        "AllergyIntolerance",
        "MedicationStatement",
        "MedicationRequest",
        "Condition",
        "DiagnosticReport",
        "Observation",
        "Immunization",
        "Encounter",
        "Procedure",
        "DocumentReference",
        "CarePlan",
        "MedicationAdministration",
        "Basic",
    ];
    const FIELDS: [&str; 40] = [
        "code",
        "status",
        "category",
        "note",
        "reaction",
        "dosage",
        "dosageInstruction",
        "result",
        "hasMember",
        "component",
        "referenceRange",
        "interpretation",
        "valueQuantity",
        "valueX",
        "effectiveDateTime",
        "effectivePeriod",
        "onsetAge",
        "clinicalStatus",
        "verificationStatus",
        "extension",
        "identifier",
        "meta",
        "text",
        "contained",
        "performer",
        "participant",
        "content",
        "context",
        "period",
        "type",
        "class",
        "location",
        "protocolApplied",
        "dispenseRequest",
        "medicationReference",
        "dataAbsentReason",
        "specimen",
        "stage",
        "occurrenceString",
        "vaccineCode",
    ];
    let shapes = [
        json!(null),
        json!(""),
        json!("2019-99"),
        json!(-1.5e300),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!([{"coding": [{"code": 5}]}]),
        json!({"reference": "#"}),
        json!({"value": "x", "low": {"value": {}}, "start": 5}),
        json!([null, "x", {"code": []}]),
        json!(true),
    ];
    let mut json = json!({"resourceType": KINDS[kind], "id": "1"});
    for (field, shape) in seed {
        json[FIELDS[*field]] = shapes[*shape].clone();
    }
    json
}
