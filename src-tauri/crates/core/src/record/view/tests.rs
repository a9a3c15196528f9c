use chrono::DateTime;
use hale_contracts::changes::ChangeKind;
use hale_contracts::phrase::{Phrase, RangeView};
use hale_contracts::record::{FieldLabel, FieldView, ItemTitle, NoValueView, ResultFlag};
use serde_json::json;

use super::*;

mod dosage;
mod examples;
mod published;

fn source() -> SourceView {
    SourceView {
        id: "main".into(),
        name: "Elm Surgery".into(),
    }
}

fn stored(json: &Value) -> StoredResource {
    let resource_type = json["resourceType"].as_str().unwrap_or("Basic");
    let context = SyncUnit::Record(SectionKind::Results);
    let classified = classify(context, json);
    StoredResource {
        key: ResourceKey {
            source: SourceId("main".into()),
            resource_type: resource_type.into(),
            id: json["id"].as_str().unwrap_or("1").into(),
        },
        unit: classified.unit,
        is_listed: classified.is_listed,
        version: None,
        last_updated: None,
        sort_date: classified.sort_date,
        json: json.to_string(),
        first_seen_at: DateTime::UNIX_EPOCH,
        changed_at: DateTime::UNIX_EPOCH,
        checked_at: DateTime::UNIX_EPOCH,
        removed_at: None,
        part_of: None,
        shown: 1,
        seen: 1,
    }
}

fn shown(json: &Value) -> RecordItemView {
    item(&stored(json), &|_| None, &source())
}

fn said(words: &str) -> Phrase {
    Phrase::Text(words.to_owned())
}

fn between(low: Option<&str>, high: Option<&str>, unit: Option<&str>) -> RangeView {
    let own = |words: Option<&str>| words.map(str::to_owned);
    RangeView {
        low: own(low),
        high: own(high),
        unit: own(unit),
    }
}

fn texts(view: &RecordItemView) -> String {
    serde_json::to_string(view).unwrap()
}

fn measured(number: &Value, extra: &Value) -> RecordItemView {
    let mut json = json!({"resourceType": "Observation", "id": "1", "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}], "code": {"text": "Potassium"},
        "valueQuantity": number});
    for (name, value) in extra.as_object().unwrap() {
        json[name] = value.clone();
    }
    shown(&json)
}

#[test]
fn an_id_of_the_window_leads_back_to_its_resource() {
    for id in ["1", "a.b-c", "with~tilde"] {
        let key = ResourceKey {
            source: SourceId("main".into()),
            resource_type: "Condition".into(),
            id: id.into(),
        };
        assert_eq!(parse_item_id(&item_id(&key)), Some(key));
    }
    for bad in [
        "",
        "main",
        "main~Condition",
        "main~Condition~",
        "~Condition~1",
        "main~~1",
    ] {
        assert_eq!(parse_item_id(&RecordItemId(bad.into())), None, "{bad}");
    }
}

#[test]
fn only_plain_numbers_in_the_same_unit_are_compared_with_a_range() {
    let unit = |value: f64| json!({"value": value, "unit": "mmol/L"});
    let range = json!({"referenceRange": [{"low": unit(3.5), "high": unit(5.3)}]});
    let cases = [
        (unit(5.4), range.clone(), Some(ResultFlag::OutsideRange)),
        (unit(3.4), range.clone(), Some(ResultFlag::OutsideRange)),
        (unit(5.3), range.clone(), Some(ResultFlag::WithinRange)),
        (
            json!({"value": 2, "comparator": "<", "unit": "mmol/L"}),
            range.clone(),
            None,
        ),
        (json!({"value": 5.4, "unit": "mg/L"}), range.clone(), None),
        (json!({"value": 5.4}), range.clone(), None),
        (unit(5.4), json!({}), None),
        (
            unit(5.4),
            json!({"referenceRange": [{"text": "3.5 to 5.3"}]}),
            None,
        ),
        (
            unit(5.4),
            json!({"referenceRange": [{"low": unit(3.5), "appliesTo": [{"text": "female"}]}]}),
            None,
        ),
        (
            unit(5.4),
            json!({"referenceRange": [{"high": unit(5.3), "age": {"low": {"value": 65}}}]}),
            None,
        ),
        (
            unit(5.4),
            json!({"referenceRange": [{"high": unit(5.3)}, {"high": unit(5.9)}]}),
            None,
        ),
        (
            unit(5.4),
            json!({"referenceRange": [{"high": unit(5.3)}],
                   "interpretation": [{"coding": [{"code": "N"}]}]}),
            Some(ResultFlag::Normal),
        ),
        (
            unit(5.0),
            json!({"referenceRange": [{"high": unit(5.3)}],
                   "interpretation": [{"text": "see comment"}]}),
            None,
        ),
    ];
    for (number, extra, expected) in cases {
        let view = measured(&number, &extra);
        assert_eq!(view.values[0].flag, expected, "{number} {extra}");
    }
}

#[test]
fn a_number_reaches_the_window_with_every_digit_of_its_source() {
    let result = r#"{"resourceType": "Observation", "id": "1", "code": {"text": "Potassium"},
        "valueQuantity": {"value": 5.40, "unit": "mmol/L"},
        "referenceRange": [{"low": {"value": 3.50}, "high": {"value": 5.30}}],
        "component": [{"code": {"text": "Ratio"}, "valueRatio": {"numerator": {"value": 1.0},
            "denominator": {"value": 0.10}}}]}"#;
    let view = shown(&serde_json::from_str(result).unwrap());
    assert_eq!(view.values[0].value, Some(said("5.40")));
    assert_eq!(
        view.values[0].ranges,
        [Phrase::Range(between(Some("3.50"), Some("5.30"), None))]
    );
    assert_eq!(view.values[1].value, Some(said("1.0:0.10")));

    let medicine = r#"{"resourceType": "MedicationRequest", "id": "1",
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 0.10, "unit": "mg"}}]}],
        "dispenseRequest": {"quantity": {"value": 28.0, "unit": "tablet"}}}"#;
    let view = shown(&serde_json::from_str(medicine).unwrap());
    assert!(texts(&view).contains("\"0.10 mg\""));
    assert!(texts(&view).contains("28.0 tablet"));

    let other = r#"{"resourceType": "NutritionOrder", "id": "1", "amount": 1e-3}"#;
    let view = shown(&serde_json::from_str(other).unwrap());
    assert!(texts(&view).contains("1e-3"));
}

#[test]
fn every_interpretation_of_the_standard_means_what_it_says() {
    use ResultFlag as Flag;
    let cases = [
        ("N", Some(Flag::Normal)),
        ("A", Some(Flag::Abnormal)),
        ("AA", Some(Flag::Critical)),
        ("H", Some(Flag::High)),
        ("HU", Some(Flag::High)),
        ("H>", Some(Flag::High)),
        ("HH", Some(Flag::CriticalHigh)),
        ("L", Some(Flag::Low)),
        ("LU", Some(Flag::Low)),
        ("L<", Some(Flag::Low)),
        ("LL", Some(Flag::CriticalLow)),
        ("U", Some(Flag::ChangedUp)),
        ("D", Some(Flag::ChangedDown)),
        ("B", Some(Flag::Better)),
        ("W", Some(Flag::Worse)),
        (">", Some(Flag::OffScaleHigh)),
        ("<", Some(Flag::OffScaleLow)),
        ("POS", Some(Flag::Positive)),
        ("DET", Some(Flag::Positive)),
        ("NEG", Some(Flag::Negative)),
        ("ND", Some(Flag::Negative)),
        ("IND", Some(Flag::Unclear)),
        ("E", Some(Flag::Unclear)),
        ("IE", Some(Flag::InsufficientEvidence)),
        ("QCF", Some(Flag::QualityFailed)),
        ("EXP", Some(Flag::Expected)),
        ("UNE", Some(Flag::Unexpected)),
        ("RR", Some(Flag::Reactive)),
        ("WR", Some(Flag::WeaklyReactive)),
        ("NR", Some(Flag::NotReactive)),
        ("CAR", Some(Flag::Carrier)),
        ("S", Some(Flag::Susceptible)),
        ("SYN-S", Some(Flag::Susceptible)),
        ("VS", Some(Flag::Susceptible)),
        ("SDD", Some(Flag::SusceptibleDoseDependent)),
        ("I", Some(Flag::Intermediate)),
        ("MS", Some(Flag::Intermediate)),
        ("NS", Some(Flag::NotSusceptible)),
        ("R", Some(Flag::Resistant)),
        ("SYN-R", Some(Flag::Resistant)),
        // Outside what a study includes, no breakpoint defined, and older ones: words alone.
        ("EX", None),
        ("HX", None),
        ("LX", None),
        ("NCL", None),
        ("AC", None),
        ("TOX", None),
        ("HM", None),
        ("ORL", None),
    ];
    for (code, expected) in cases {
        let view = measured(
            &json!({"value": 5, "unit": "mg/L"}),
            &json!({"interpretation": [{"coding": [{"code": code, "display": "As the laboratory says"}]}]}),
        );
        assert_eq!(view.values[0].flag, expected, "{code}");
        assert!(
            texts(&view).contains("As the laboratory says"),
            "{code}: the source's own words stay"
        );
    }
}

#[test]
fn of_several_interpretations_the_gravest_is_the_flag_and_none_is_lost() {
    let cases = [
        (["N", "U"], ResultFlag::ChangedUp, "N"),
        (["A", "HH"], ResultFlag::CriticalHigh, "A"),
        (["H", "N"], ResultFlag::High, "N"),
        (["U", "H"], ResultFlag::High, "U"),
    ];
    for (codes, expected, other) in cases {
        let said: Vec<Value> = codes
            .iter()
            .map(|code| json!({"coding": [{"code": code}]}))
            .collect();
        let view = measured(
            &json!({"value": 5, "unit": "mg/L"}),
            &json!({"interpretation": said}),
        );
        assert_eq!(view.values[0].flag, Some(expected), "{codes:?}");
        let fact = FieldView {
            label: FieldLabel::Interpretation,
            value: Phrase::Code(other.to_owned()),
        };
        assert!(view.fields.contains(&fact), "{codes:?}");
    }
}

#[test]
fn a_comparator_and_every_range_stay_as_written() {
    let view = measured(
        &json!({"value": 5, "comparator": "<", "unit": "mg/L"}),
        &json!({"referenceRange": [
            {"low": {"value": 0, "unit": "mg/L"}, "high": {"value": 5, "unit": "mg/L"},
             "appliesTo": [{"text": "female"}]},
            {"text": "under 6", "age": {"low": {"value": 65, "unit": "years"}}}]}),
    );
    assert_eq!(view.values[0].value, Some(said("<5")));
    let whom = |range, more| Phrase::With(Box::new(range), vec![more]);
    assert_eq!(
        view.values[0].ranges,
        [
            whom(
                Phrase::Range(between(Some("0"), Some("5"), None)),
                said("female")
            ),
            whom(
                said("under 6"),
                Phrase::Age(between(Some("65"), None, Some("years")))
            ),
        ]
    );
}

#[test]
fn a_missing_value_says_why() {
    let json = json!({"resourceType": "Observation", "id": "1", "status": "final",
        "code": {"text": "Potassium"},
        "dataAbsentReason": {"coding": [{"code": "x", "display": "Sample haemolysed"}]}});
    let view = shown(&json);
    assert_eq!(view.values[0].value, None);
    assert_eq!(
        view.values[0].absent,
        Some(NoValueView::Said(said("Sample haemolysed")))
    );
}

#[test]
fn values_of_every_type_are_shown() {
    let cases = [
        (json!({"valueString": "Clear"}), said("Clear")),
        (
            json!({"valueCodeableConcept": {"text": "Negative"}}),
            said("Negative"),
        ),
        (
            json!({"valueCodeableConcept": {"coding": [{"code": "not-seen"}]}}),
            Phrase::Code("not-seen".to_owned()),
        ),
        (json!({"valueBoolean": true}), Phrase::YesNo(true)),
        (json!({"valueBoolean": "false"}), Phrase::YesNo(false)),
        (json!({"valueInteger": 3}), said("3")),
        (
            json!({"valueRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "kg"}}}),
            Phrase::Range(between(Some("1"), Some("2"), Some("kg"))),
        ),
        (
            json!({"valueRange": {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "kg"}}}),
            Phrase::Range(between(Some("1 g"), Some("2 kg"), None)),
        ),
        (
            json!({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 8}}}),
            said("1:8"),
        ),
        (
            json!({"valueDateTime": "2020-01-05"}),
            Phrase::Date(london::partial_date("2020-01-05")),
        ),
        (
            json!({"valuePeriod": {"start": "2020", "end": "2021"}}),
            Phrase::Period(
                Some(london::partial_date("2020")),
                Some(london::partial_date("2021")),
            ),
        ),
        (json!({"valueTime": "10:30:00"}), said("10:30:00")),
        (json!({"valueQuantity": {"value": "5.0"}}), said("5.0")),
    ];
    for (value, expected) in cases {
        let mut json = json!({"resourceType": "Observation", "id": "1", "code": {"text": "Test"}});
        for (name, part) in value.as_object().unwrap() {
            json[name] = part.clone();
        }
        assert_eq!(shown(&json).values[0].value, Some(expected), "{value}");
    }
}

#[test]
fn which_list_an_observation_belongs_to() {
    let record = SyncUnit::Record;
    let cases = [
        (
            SectionKind::Results,
            Some("laboratory"),
            SectionKind::Results,
        ),
        (
            SectionKind::Observations,
            Some("laboratory"),
            SectionKind::Results,
        ),
        (
            SectionKind::Results,
            Some("vital-signs"),
            SectionKind::Observations,
        ),
        (
            SectionKind::Observations,
            Some("social-history"),
            SectionKind::Observations,
        ),
        (SectionKind::Results, None, SectionKind::Results),
        (SectionKind::Observations, None, SectionKind::Observations),
    ];
    for (context, category, expected) in cases {
        let mut json = json!({"resourceType": "Observation", "id": "1"});
        if let Some(category) = category {
            json["category"] = json!([{"coding": [{"code": category}]}]);
        }
        let got = classify(record(context), &json);
        assert_eq!(
            (got.unit, got.is_listed),
            (record(expected), true),
            "{context:?} {category:?}"
        );
    }
}

#[test]
fn what_entries_refer_to_is_not_listed() {
    let context = SyncUnit::Record(SectionKind::Medicines);
    let subject = json!({"reference": "Patient/1"});
    for kind in [
        "Practitioner",
        "Medication",
        "Location",
        "Organization",
        "Patient",
        "Specimen",
    ] {
        let got = classify(
            context,
            &json!({"resourceType": kind, "id": "1", "subject": subject}),
        );
        assert_eq!(
            (got.unit, got.is_listed, got.search_text.as_str()),
            (context, false, ""),
            "{kind}"
        );
    }
    let other = json!({"resourceType": "CarePlan", "id": "1", "subject": subject, "title": "Plan"});
    assert!(
        classify(context, &other).is_listed,
        "nothing about the patient is lost"
    );
    let list = json!({"resourceType": "List", "id": "1", "subject": subject});
    assert!(!classify(SyncUnit::Person, &list).is_listed);
    let condition = json!({"resourceType": "Condition", "id": "1"});
    assert_eq!(
        classify(context, &condition).unit,
        SyncUnit::Record(SectionKind::Conditions)
    );
}

#[test]
fn an_appointment_entered_in_error_is_hidden() {
    for (status, is_listed) in [
        ("booked", true),
        ("cancelled", true),
        ("entered-in-error", false),
    ] {
        let json = json!({"resourceType": "Appointment", "id": "1", "status": status});
        assert_eq!(
            classify(SyncUnit::Appointments, &json).is_listed,
            is_listed,
            "{status}"
        );
    }
}

#[test]
fn the_search_finds_what_is_shown() {
    let json = json!({"resourceType": "AllergyIntolerance", "id": "1",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "372687004", "display": "Amoxicillin"}]},
        "reaction": [{"manifestation": [{"text": "Urticaria"}]}],
        "note": [{"text": "As a child"}], "asserter": {"display": "Dr Gose"}});
    let text = classify(SyncUnit::Record(SectionKind::Allergies), &json).search_text;
    for word in [
        "Amoxicillin",
        "372687004",
        "Urticaria",
        "As a child",
        "Dr Gose",
    ] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}

#[test]
fn an_entry_made_in_error_keeps_its_name_and_nothing_else() {
    for (kind, status) in [
        (
            "AllergyIntolerance",
            json!({"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}),
        ),
        (
            "Observation",
            json!({"status": "entered-in-error", "valueString": "SECRET"}),
        ),
    ] {
        let mut json = json!({"resourceType": kind, "id": "1", "code": {"text": "Peanut"},
            "note": [{"text": "SECRET"}], "reaction": [{"description": "SECRET"}]});
        for (name, part) in status.as_object().unwrap() {
            json[name] = part.clone();
        }
        let view = shown(&json);
        assert_eq!(view.status, Some(ItemStatus::EnteredInError));
        assert_eq!(view.title.words(), Some("Peanut"));
        assert!(!texts(&view).contains("SECRET"));
        let found = classify(SyncUnit::Record(SectionKind::Results), &json);
        assert!(found.is_listed, "the patient sees that it was removed");
        assert!(found.is_withdrawn);
        assert!(!found.search_text.contains("SECRET"));
    }
}

#[test]
fn what_the_source_removed_is_a_note() {
    let mut row = stored(&json!({"resourceType": "Condition", "id": "1"}));
    row.json = "{}".into();
    row.removed_at = Some(DateTime::UNIX_EPOCH);
    row.sort_date = london::sort_key("2019");
    let view = item(&row, &|_| None, &source());
    assert_eq!(view.status, Some(ItemStatus::RemovedBySource));
    assert!(view.fields.is_empty() && view.values.is_empty());
    assert_eq!(
        view.provenance.recorded,
        Some(london::partial_date("2019")),
        "a year does not become its first day"
    );
    assert_eq!(
        view.title,
        ItemTitle::Type("Condition".to_owned()),
        "the window says what was removed, never a blank line"
    );
}

#[test]
fn an_element_of_an_unknown_type_keeps_its_name_for_the_window_to_translate() {
    let json = json!({"resourceType": "FamilyMemberHistory", "id": "1",
        "relationship": {"coding": [{"code": "FTH", "display": "father"}]},
        "deceasedBoolean": true,
        "condition": [{"code": {"text": "Stroke"}, "onsetRange": {"low": {"value": 60}}}]});
    let view = shown(&json);
    let fact = |name: &str| {
        let label = FieldLabel::Element(name.to_owned());
        let found = view.more.iter().find(|field| field.label == label);
        found.map(|field| field.value.clone())
    };
    assert_eq!(fact("relationship"), Some(said("father")));
    assert_eq!(fact("deceasedBoolean"), Some(Phrase::YesNo(true)));
    assert_eq!(
        fact("condition"),
        Some(Phrase::All(vec![
            said("Stroke"),
            Phrase::Range(between(Some("60"), None, None))
        ]))
    );
}

#[test]
fn how_an_item_stands() {
    let coded = |code: &str| json!({"coding": [{"code": code}]});
    let cases = [
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("active")}),
            Some(ItemStatus::Active),
        ),
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("remission")}),
            Some(ItemStatus::Other),
        ),
        (
            json!({"resourceType": "AllergyIntolerance", "clinicalStatus": coded("active"),
                   "verificationStatus": coded("refuted")}),
            Some(ItemStatus::Other),
        ),
        (
            json!({"resourceType": "AllergyIntolerance", "clinicalStatus": coded("active"),
                   "verificationStatus": coded("unconfirmed")}),
            Some(ItemStatus::Unconfirmed),
        ),
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("active"),
                   "verificationStatus": coded("provisional")}),
            Some(ItemStatus::Unconfirmed),
        ),
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("recurrence"),
                   "verificationStatus": {"text": "Differential"}}),
            Some(ItemStatus::Unconfirmed),
        ),
        (
            json!({"resourceType": "Condition", "verificationStatus": coded("unconfirmed")}),
            Some(ItemStatus::Unconfirmed),
        ),
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("resolved"),
                   "verificationStatus": coded("differential")}),
            Some(ItemStatus::UnconfirmedEnded),
        ),
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("active"),
                   "verificationStatus": coded("brand-new")}),
            Some(ItemStatus::Other),
        ),
        (
            json!({"resourceType": "Condition", "clinicalStatus": coded("active"),
                   "verificationStatus": coded("confirmed")}),
            Some(ItemStatus::Active),
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "active", "doNotPerform": true}),
            Some(ItemStatus::DoNotTake),
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "completed", "doNotPerform": "true"}),
            Some(ItemStatus::DoNotTake),
        ),
        (
            json!({"resourceType": "MedicationRequest", "doNotPerform": true}),
            Some(ItemStatus::DoNotTake),
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "entered-in-error", "doNotPerform": true}),
            Some(ItemStatus::EnteredInError),
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "active", "doNotPerform": false}),
            Some(ItemStatus::Active),
        ),
        (
            json!({"resourceType": "MedicationStatement", "status": "active", "taken": "n"}),
            Some(ItemStatus::Other),
        ),
        (json!({"resourceType": "Condition"}), None),
        (
            json!({"resourceType": "DiagnosticReport", "status": "final"}),
            None,
        ),
        (
            json!({"resourceType": "DiagnosticReport", "status": "partial"}),
            Some(ItemStatus::Preliminary),
        ),
        (
            json!({"resourceType": "Observation", "status": "corrected"}),
            Some(ItemStatus::Amended),
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "completed"}),
            Some(ItemStatus::Completed),
        ),
        (
            json!({"resourceType": "MedicationStatement", "status": "not-taken"}),
            Some(ItemStatus::Other),
        ),
        (
            json!({"resourceType": "Immunization", "status": "completed"}),
            None,
        ),
        (
            json!({"resourceType": "Immunization", "status": "not-done", "statusReason": coded("PATOBJ")}),
            Some(ItemStatus::Refused),
        ),
        (
            json!({"resourceType": "Procedure", "status": "not-done"}),
            Some(ItemStatus::NotDone),
        ),
        (
            json!({"resourceType": "DocumentReference", "status": "current", "docStatus": "preliminary"}),
            Some(ItemStatus::Preliminary),
        ),
        (
            json!({"resourceType": "Observation", "status": "brand-new"}),
            Some(ItemStatus::Other),
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(shown(&json).status, expected, "{json}");
    }
}

#[test]
fn what_the_source_marks_as_sensitive_is_and_so_is_a_report_that_shows_it() {
    for (code, expected) in [("R", true), ("V", true), ("N", false)] {
        let label = json!({"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code}]});
        let member = json!({"resourceType": "Observation", "id": "o", "meta": label, "code": {"text": "HIV"}});
        assert_eq!(shown(&member).is_sensitive, expected, "{code}");
        let report = json!({"resourceType": "DiagnosticReport", "id": "r", "code": {"text": "Virology"},
            "result": [{"reference": "Observation/o"}]});
        let find = |reference: &str| (reference == "Observation/o").then(|| member.clone());
        let view = item(&stored(&report), &find, &source());
        assert_eq!(view.is_sensitive, expected, "{code}");
    }
}

#[test]
fn an_entry_is_marked_by_what_it_reads_now_and_read_at_the_last_look() {
    let mut row = stored(&json!({"resourceType": "Condition", "id": "1"}));
    row.changed_at = "2026-01-02T00:00:00Z".parse().unwrap();
    let cases = [
        (1, 1, None),
        (0, 1, Some(ChangeKind::New)),
        (2, 1, Some(ChangeKind::Amended)),
        (2, 0, Some(ChangeKind::Removed)),
        (0, 0, None),
    ];
    for (seen, shown, expected) in cases {
        (row.seen, row.shown) = (seen, shown);
        let change = item(&row, &|_| None, &source()).change;
        let kind = change.as_ref().map(|change| change.kind);
        assert_eq!(kind, expected, "{seen} {shown}");
        if let Some(change) = change {
            assert_eq!(change.found_at.utc, row.changed_at);
            let marks = news::read_marks(&[change.shown]);
            assert_eq!(marks, [(row.key.clone(), shown)]);
        }
    }
}

#[test]
fn only_what_the_patient_sees_is_an_amendment() {
    let shown = |change: &dyn Fn(&mut Value)| {
        let mut json = json!({"resourceType": "Observation", "id": "1", "status": "final",
            "meta": {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"},
            "code": {"text": "Potassium"}, "valueQuantity": {"value": 4.2, "unit": "mmol/L"}});
        change(&mut json);
        classify(SyncUnit::Record(SectionKind::Results), &json).shown
    };
    let as_it_was = shown(&|_| ());
    let same: [&dyn Fn(&mut Value); 3] = [
        &|json| json["meta"]["versionId"] = json!("2"),
        &|json| json["meta"]["lastUpdated"] = json!("2026-02-02T00:00:00Z"),
        &|json| json["meta"]["profile"] = json!(["https://example.org/another"]),
    ];
    for change in same {
        assert_eq!(shown(change), as_it_was);
    }
    let amended: [&dyn Fn(&mut Value); 4] = [
        &|json| json["valueQuantity"]["value"] = json!(4.3),
        &|json| json["status"] = json!("amended"),
        &|json| json["note"] = json!([{"text": "Repeat"}]),
        &|json| json["hasMember"] = json!([{"reference": "Observation/2"}]),
    ];
    for change in amended {
        assert_ne!(shown(change), as_it_was);
    }
}

#[test]
fn html_is_never_passed_on() {
    let json = json!({"resourceType": "Condition", "id": "1",
        "text": {"div": "<div><script>x</script><b>Old</b> note</div>"}});
    let view = shown(&json);
    assert_eq!(view.title.words(), Some("Old note"));
    assert!(!texts(&view).contains('<'));
    assert_eq!(
        shown(&json!({"resourceType": "CarePlan", "id": "1"})).title,
        ItemTitle::Type("CarePlan".to_owned())
    );
}

#[test]
fn a_date_is_shown_as_exact_as_it_was_written() {
    let json = json!({"resourceType": "Condition", "id": "1", "onsetDateTime": "2019",
        "onsetAge": null, "abatementString": "last winter"});
    let view = shown(&json);
    assert_eq!(view.provenance.recorded, Some(london::partial_date("2019")));
    let values: Vec<&Phrase> = view.fields.iter().map(|field| &field.value).collect();
    assert_eq!(
        values,
        [
            &Phrase::Date(london::partial_date("2019")),
            &said("last winter")
        ]
    );
}

#[test]
fn references_worth_having_leave_out_the_patient_and_what_is_inside() {
    let json = json!({"resourceType": "DiagnosticReport", "subject": {"reference": "Patient/1"},
        "encounter": {"reference": "Encounter/1"},
        "performer": [{"reference": "https://x.example/Organization/o"}, {"reference": "#c"}],
        "result": [{"reference": "Observation/1/_history/2"}, {"reference": "Observation/1"},
                   {"reference": "urn:uuid:5"}]});
    let mut found = references(&json);
    found.sort();
    assert_eq!(found, ["Observation/1", "Organization/o"]);
    assert_eq!(members(&json), ["Observation/1", "Observation/1"]);
    assert!(members(&json!({"resourceType": "Condition"})).is_empty());
}

proptest::proptest! {
    #[test]
    fn no_shape_of_a_resource_makes_a_view_panic(
        kind in 0_usize..13,
        seed in proptest::collection::vec((0_usize..40, 0_usize..12), 0..12),
    ) {
        let json = examples::odd(kind, &seed);
        let view = shown(&json);
        proptest::prop_assert_ne!(view.title.words(), Some(""));
    }
}
