//! No part of an instruction is lost in silence.

use hale_contracts::dose::{DayPart, DoseView, LengthUnit, Within};

use super::*;

fn dose(parts: &Value) -> DoseView {
    let mut dosage = json!({"doseAndRate": [{"doseQuantity": {"value": 2.5, "unit": "mg"}}]});
    for (name, value) in parts.as_object().unwrap() {
        dosage[name] = value.clone();
    }
    let medicine = json!({"resourceType": "MedicationRequest", "id": "1", "status": "active",
        "dosageInstruction": [dosage]});
    shown(&medicine).doses.remove(0)
}

#[test]
fn every_part_without_words_is_read() {
    let repeat = |repeat: Value| json!({"timing": {"repeat": repeat}});
    let whole = dose(&json!({"asNeededBoolean": true, "sequence": 1,
        "timing": {"event": ["2026-01-05"], "code": {"text": "Weekly"}, "repeat": {
            "boundsPeriod": {"start": "2026-01", "end": "2026-03-01"}, "count": 4,
            "duration": 2, "durationUnit": "h", "frequency": 1, "frequencyMax": 2, "period": 1,
            "periodUnit": "wk", "dayOfWeek": ["mon", "thu"], "timeOfDay": ["08:00:00"],
            "when": ["ACM", "HS"], "offset": 30}},
        "maxDosePerPeriod": {"numerator": {"value": 10, "unit": "mg"},
            "denominator": {"value": 24, "unit": "hours"}},
        "maxDosePerAdministration": {"value": 5, "unit": "mg"},
        "additionalInstruction": [{"text": "With water"}], "patientInstruction": "Sit up"}));
    assert!(!whole.is_partial, "{whole:?}");
    assert!(whole.is_as_needed);
    assert_eq!(whole.timing.days, [1, 4]);
    assert_eq!(
        whole.timing.when,
        [DayPart::BeforeBreakfast, DayPart::BeforeSleep]
    );
    assert_eq!(whole.timing.offset, Some(30));
    assert_eq!(whole.timing.every.as_ref().unwrap().unit, LengthUnit::Week);
    assert_eq!(
        whole.timing.times.as_ref().unwrap().most.as_deref(),
        Some("2")
    );
    assert_eq!(whole.timing.in_all.as_ref().unwrap().least, "4");
    assert_eq!(whole.timing.from, Some(london::partial_date("2026-01")));
    assert_eq!(whole.timing.on, [london::partial_date("2026-01-05")]);
    assert_eq!(whole.timing.words.as_deref(), Some("Weekly"));
    assert_eq!(whole.at_most[1].within, Within::Once);
    assert_eq!(whole.at_most[0].amount.per.as_deref(), Some("24 hours"));
    assert_eq!(whole.instructions, ["With water", "Sit up"]);
    let needed = dose(&json!({"asNeededCodeableConcept": {"text": "pain"}}));
    assert!(needed.is_as_needed && needed.as_needed_for == ["pain"]);
    let bounds = dose(&repeat(
        json!({"boundsRange": {"low": {"value": 5, "unit": "days"},
        "high": {"value": 7, "unit": "days"}}}),
    ));
    assert_eq!(
        bounds.timing.length.unwrap().high.as_deref(),
        Some("7 days")
    );
}

#[test]
fn a_part_that_cannot_be_shown_makes_the_instruction_a_partial_one() {
    let repeat = |repeat: Value| json!({"timing": {"repeat": repeat}});
    let cases = [
        (json!({}), false),
        (json!({"asNeededBoolean": true}), false),
        (json!({"asNeededBoolean": "perhaps"}), true),
        (json!({"somethingNew": true}), true),
        (
            json!({"modifierExtension": [{"url": "x", "valueBoolean": true}]}),
            true,
        ),
        (json!({"asNeededCodeableConcept": {}}), true),
        (
            json!({"maxDosePerPeriod": {"numerator": {"value": 4, "unit": "g"}}}),
            true,
        ),
        (
            json!({"doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "mg"}}}]}),
            true,
        ),
        (
            json!({"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}]}),
            false,
        ),
        (
            json!({"doseAndRate": [{"doseQuantity": {"unit": "mg"}}]}),
            true,
        ),
        (json!({"doseAndRate": [{"doseString": "one"}]}), true),
        (repeat(json!({"when": ["MORN"]})), false),
        (repeat(json!({"when": ["SOON"]})), true),
        (repeat(json!({"when": ["MORN"], "offset": 30})), true),
        (repeat(json!({"dayOfWeek": ["mon"]})), false),
        (repeat(json!({"dayOfWeek": ["monday"]})), true),
        (repeat(json!({"timeOfDay": ["8 o'clock"]})), true),
        (
            repeat(json!({"frequency": 2, "period": 1, "periodUnit": "d"})),
            false,
        ),
        (
            repeat(json!({"frequency": 2, "period": 1, "periodUnit": "moon"})),
            true,
        ),
        (repeat(json!({"frequency": 2})), true),
        (repeat(json!({"period": 12, "periodUnit": "h"})), false),
        (
            repeat(json!({"frequencyMax": 2, "period": 1, "periodUnit": "d"})),
            true,
        ),
        (repeat(json!({"somethingNew": 1})), true),
        (json!({"timing": {"somethingNew": 1}}), true),
        // The source's own words are the whole instruction.
        (json!({"text": "Take one", "somethingNew": true}), false),
        (
            json!({"text": "Take one", "modifierExtension": [{"url": "x"}]}),
            true,
        ),
    ];
    for (parts, expected) in cases {
        assert_eq!(dose(&parts).is_partial, expected, "{parts}");
    }
}

#[test]
fn instructions_that_follow_each_other_stay_in_their_order() {
    let of = |sequence: Value| {
        let dosage = |text: &str, step: &Value| json!({"text": text, "sequence": step});
        let medicine = json!({"resourceType": "MedicationRequest", "id": "1",
            "dosageInstruction": [dosage("then", &sequence[0]), dosage("first", &sequence[1])]});
        let doses = shown(&medicine).doses;
        doses
            .iter()
            .map(|dose| (dose.text.clone().unwrap(), dose.step))
            .collect::<Vec<_>>()
    };
    let named = |first: &str, step, other: &str, other_step| {
        vec![(first.to_owned(), step), (other.to_owned(), other_step)]
    };
    assert_eq!(of(json!([2, 1])), named("first", Some(1), "then", Some(2)));
    assert_eq!(of(json!([1, 1])), named("then", None, "first", None));
    assert_eq!(of(json!([null, null])), named("then", None, "first", None));
}
