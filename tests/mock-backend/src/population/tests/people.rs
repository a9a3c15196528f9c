//! Personas are what they promise.

use super::*;

#[test]
fn personas_are_who_they_say() {
    let population = population();
    let keys: Vec<&str> = population
        .personas()
        .iter()
        .map(|persona| persona.key.as_str())
        .collect();
    for wanted in [
        "full",
        "summary",
        "p5",
        "under-16",
        "parent",
        "child",
        "long",
        "empty",
        "booking-off",
        "withheld",
    ] {
        assert!(keys.contains(&wanted), "{wanted}");
    }
    for persona in population.personas() {
        let patient = &population.compartment(persona.patient_index, today())[0];
        assert_eq!(patient["id"], persona.patient_id.as_str());
        assert_eq!(patient["name"][0]["text"], persona.name.as_str());
        assert_eq!(
            patient["identifier"][0]["value"],
            persona.nhs_number.as_str()
        );
        let access = patient["extension"]
            .as_array()
            .unwrap()
            .iter()
            .find(|e| e["url"] == codes::ACCESS_LEVEL)
            .unwrap();
        assert_eq!(access["extension"][0]["valueCode"], persona.access.code());
    }
    let full = persona(&population, "full");
    assert_eq!(full.name, "Margaret Ellis");
    assert_eq!(
        population.practice_of(full.patient_index).reason,
        Reason::Mandatory
    );
    assert_eq!(persona(&population, "p5").identity_level, IdentityLevel::P5);
    assert_eq!(
        persona(&population, "parent").acts_for,
        [persona(&population, "child").patient_id.clone()]
    );
    let off = population.practice_of(persona(&population, "booking-off").patient_index);
    assert!(!off.booking_enabled);
}

#[test]
fn the_full_record_has_every_section_and_an_appointment_ahead_on_any_day() {
    let resources = record("full");
    assert!(
        (100..=200).contains(&resources.len()),
        "{}",
        resources.len()
    );
    for kind in [
        "AllergyIntolerance",
        "Condition",
        "MedicationStatement",
        "MedicationRequest",
        "Observation",
        "DiagnosticReport",
        "Immunization",
        "Encounter",
        "Procedure",
        "DocumentReference",
        "Binary",
        "Appointment",
        "ServiceRequest",
        "CarePlan",
        "CareTeam",
    ] {
        assert!(!of_type(&resources, kind).is_empty(), "{kind}");
    }
    assert!(of_type(&resources, "List").is_empty());
    let population = population();
    let index = persona(&population, "full").patient_index;
    for later in (0..400).step_by(3) {
        let today = day(2026, 3, 1) + Days::new(later);
        let ahead = population.compartment(index, today).iter().any(|resource| {
            resource["resourceType"] == "Appointment"
                && resource["status"] == "booked"
                && resource["start"].as_str().unwrap()[..10] > *today.to_string()
        });
        assert!(ahead, "{today}");
    }
}

#[test]
fn the_full_record_shows_what_is_hard_to_show() {
    let resources = record("full");
    let any = |test: &dyn Fn(&Value) -> bool| resources.iter().any(test);
    assert!(
        any(&|r| r["meta"]["security"][0]["code"] == "R"),
        "a sensitive result"
    );
    assert!(
        any(&|r| r["conclusion"].is_string()),
        "a clinician's comment"
    );
    assert!(
        any(&|r| r["interpretation"][0]["coding"][0]["code"] == "H"),
        "a value out of range"
    );
    assert!(any(&|r| r["component"].is_array()), "a blood pressure");
    assert!(any(
        &|r| r["resourceType"] == "MedicationStatement" && r["status"] == "stopped"
    ));
    let orderable = resources.iter().filter(|r| {
        r["intent"] == "plan"
            && r["status"] == "active"
            && r["courseOfTherapyType"]["coding"][0]["code"] == "continuous"
    });
    assert!(orderable.count() >= 4);
}

#[test]
fn the_population_has_comparators_missing_ranges_absent_values_and_previews() {
    let population = population();
    let mut seen: HashSet<&str> = HashSet::new();
    for index in (20..20_000).step_by(3) {
        if seen.len() == 10 {
            break;
        }
        for r in population.compartment(index, today()) {
            let laboratory = r["category"][0]["coding"][0]["code"] == "laboratory";
            let tests = [
                ("comparator", r["valueQuantity"]["comparator"] == "<"),
                (
                    "no range",
                    laboratory && r["valueQuantity"].is_object() && r["referenceRange"].is_null(),
                ),
                ("absent", r["dataAbsentReason"].is_object()),
                ("preliminary", r["status"] == "preliminary"),
                (
                    "sensitive",
                    r["resourceType"] == "DiagnosticReport" && r["meta"]["security"].is_array(),
                ),
                (
                    "repeat dispensing",
                    r["courseOfTherapyType"]["coding"][0]["code"] == "continuous-repeat-dispensing",
                ),
                (
                    "no known allergy",
                    r["code"]["coding"][0]["code"] == "716186003",
                ),
                (
                    "cancelled",
                    r["resourceType"] == "Appointment" && r["status"] == "cancelled",
                ),
                (
                    "text only",
                    r["medicationCodeableConcept"].is_object()
                        && r["medicationCodeableConcept"]["coding"].is_null(),
                ),
                (
                    "partial date",
                    r["onsetDateTime"]
                        .as_str()
                        .is_some_and(|text| text.len() == 4),
                ),
            ];
            seen.extend(
                tests
                    .iter()
                    .filter(|(_, found)| *found)
                    .map(|(name, _)| *name),
            );
        }
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
}

#[test]
fn the_long_record_has_more_than_five_thousand_resources() {
    let many = record("long").len();
    assert!((5_001..12_000).contains(&many), "{many}");
}

#[test]
fn the_empty_record_says_why_in_every_section() {
    let resources = record("empty");
    assert_eq!(resources.len(), 12, "the Patient and eleven Lists");
    let reasons: HashSet<&str> = of_type(&resources, "List")
        .iter()
        .map(|list| list["emptyReason"]["coding"][0]["code"].as_str().unwrap())
        .collect();
    assert!(reasons.is_superset(&HashSet::from(["nilknown", "notasked", "unavailable"])));
}

#[test]
fn what_is_withheld_is_not_sent_and_said_to_be_withheld() {
    let resources = record("withheld");
    for kind in ["DiagnosticReport", "Encounter", "DocumentReference"] {
        assert!(of_type(&resources, kind).is_empty(), "{kind}");
    }
    let withheld = of_type(&resources, "List")
        .iter()
        .filter(|list| list["emptyReason"]["coding"][0]["code"] == "withheld")
        .count();
    assert_eq!(withheld, 3);
}

#[test]
fn a_patient_alone_is_the_first_of_their_record() {
    let population = population();
    for index in sample() {
        assert_eq!(
            population.patient(index, today()).as_ref(),
            population.compartment(index, today()).first(),
            "{index}"
        );
    }
    assert_eq!(population.patient(population.len(), today()), None);
}
