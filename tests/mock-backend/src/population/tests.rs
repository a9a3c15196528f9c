//! Behaviour of the population as a whole: it is the same every time, coherent, and what the
//! personas promise.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Europe::London;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;

const SEED: u64 = 20_260_101;

fn population() -> Population {
    Population::new(SEED, 239_000)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn today() -> NaiveDate {
    day(2026, 11, 23)
}

/// Every persona but the long record, and a spread of others.
fn sample() -> impl Iterator<Item = u32> {
    (0..12)
        .filter(|index| *index != 7)
        .chain((100..239_000).step_by(11_003))
}

fn persona<'a>(population: &'a Population, key: &str) -> &'a Persona {
    population
        .personas()
        .iter()
        .find(|persona| persona.key == key)
        .unwrap()
}

fn record(key: &str) -> Vec<Value> {
    let population = population();
    population.compartment(persona(&population, key).patient_index, today())
}

fn of_type<'a>(resources: &'a [Value], kind: &str) -> Vec<&'a Value> {
    resources
        .iter()
        .filter(|resource| resource["resourceType"] == kind)
        .collect()
}

fn key(resource: &Value) -> String {
    format!(
        "{}/{}",
        resource["resourceType"].as_str().unwrap(),
        resource["id"].as_str().unwrap()
    )
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if name == "reference" => found.push(text.clone()),
                    Value::String(text) if name == "url" && text.starts_with("Binary/") => {
                        found.push(text.clone());
                    }
                    _ => references(value, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn a_seed_makes_the_same_people_on_every_platform_and_in_every_release() {
    let population = population();
    let mut hash = Sha256::new();
    for index in [1, 7, 8, 4_711, 238_999] {
        hash.update(serde_json::to_vec(&population.compartment(index, today())).unwrap());
    }
    let from = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap();
    hash.update(serde_json::to_vec(&population.slots(from, from + Duration::days(2))).unwrap());
    let hash: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hash, SNAPSHOT,
        "a change of content needs this line changed on purpose"
    );
}

const SNAPSHOT: &str = "f72d8d767e7fc8fde0b180d1c1fa500f224ba02b15b153ca06a90b9b993652ea";

#[test]
fn another_seed_makes_other_people() {
    let (one, two) = (Population::new(1, 1_000), Population::new(2, 1_000));
    let same = (20..1_000)
        .step_by(20)
        .filter(|index| one.compartment(*index, today())[0] == two.compartment(*index, today())[0])
        .count();
    assert_eq!(same, 0);
}

#[test]
fn content_of_an_id_never_changes_from_day_to_day() {
    let population = population();
    for index in sample() {
        let mut seen: HashMap<String, Value> = HashMap::new();
        for today in [
            day(2026, 1, 2),
            day(2026, 6, 30),
            today(),
            day(2027, 4, 1),
            day(2029, 2, 28),
        ] {
            for resource in population.compartment(index, today) {
                let before = seen.insert(key(&resource), resource.clone());
                assert!(
                    before.is_none_or(|before| before == resource),
                    "{}",
                    key(&resource)
                );
            }
        }
    }
}

#[test]
fn records_grow_and_lose_nothing_but_reasons_for_emptiness() {
    let population = population();
    for index in sample() {
        let later: HashSet<String> = population
            .compartment(index, day(2027, 4, 1))
            .iter()
            .map(key)
            .collect();
        for resource in population.compartment(index, today()) {
            assert!(
                resource["resourceType"] == "List" || later.contains(&key(&resource)),
                "{}",
                key(&resource)
            );
        }
    }
}

#[test]
fn patient_ids_and_nhs_numbers_lead_to_their_patients() {
    let population = population();
    assert_eq!(population.len(), 239_000);
    for index in sample() {
        let patient = &population.compartment(index, today())[0];
        assert_eq!(patient["resourceType"], "Patient");
        assert_eq!(
            population.index_of(patient["id"].as_str().unwrap()),
            Some(index)
        );
        let nhs = patient["identifier"][0]["value"].as_str().unwrap();
        assert!(nhs_number::is_valid(nhs));
        assert_eq!(population.find_by_nhs_number(nhs), Some(index));
        let spaced = format!("{} {} {}", &nhs[..3], &nhs[3..6], &nhs[6..]);
        assert_eq!(population.find_by_nhs_number(&spaced), Some(index));
    }
    for wrong in [
        "p239000", "p00012", "p0000123", "000123", "p+00123", "p", "",
    ] {
        assert_eq!(population.index_of(wrong), None, "{wrong}");
    }
    let small = Population::new(SEED, 20);
    let beyond = nhs_number::of_index(SEED, 21);
    assert_eq!(small.find_by_nhs_number(&beyond), None);
    assert!(small.compartment(20, today()).is_empty());
}

#[test]
fn every_resource_has_a_type_a_unique_id_and_a_first_version_from_the_past() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 11, 24, 0, 0, 0).unwrap();
    let shared = [
        population.directory(),
        population.slots(from, from + Duration::days(1)),
    ]
    .concat();
    let mut ids: HashSet<String> = HashSet::new();
    let now = London
        .from_local_datetime(&today().and_hms_opt(0, 0, 0).unwrap())
        .unwrap();
    for resource in sample()
        .flat_map(|index| population.compartment(index, today()))
        .chain(shared)
    {
        let key = key(&resource);
        let id = resource["id"].as_str().unwrap();
        assert!(
            id.len() <= 64
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'),
            "{id}"
        );
        assert_eq!(resource["meta"]["versionId"], "1", "{key}");
        let updated: DateTime<Utc> = resource["meta"]["lastUpdated"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!(updated < now, "{key} {updated}");
        assert!(ids.insert(key.clone()), "{key} twice");
    }
}

#[test]
fn every_reference_resolves() {
    let population = population();
    let shared: HashSet<String> = population.directory().iter().map(key).collect();
    let mut inside = Vec::new();
    population
        .directory()
        .iter()
        .for_each(|resource| references(resource, &mut inside));
    for index in sample() {
        for today in [day(2026, 1, 3), today()] {
            let resources = population.compartment(index, today);
            let own: HashSet<String> = resources.iter().map(key).collect();
            let mut found = Vec::new();
            resources
                .iter()
                .for_each(|resource| references(resource, &mut found));
            for reference in found {
                let slot = reference.strip_prefix("Slot/").is_some_and(|id| {
                    population
                        .slot(id)
                        .is_some_and(|slot| slot["status"] == "busy")
                });
                assert!(
                    own.contains(&reference) || shared.contains(&reference) || slot,
                    "{reference}"
                );
            }
        }
    }
    for reference in inside {
        assert!(shared.contains(&reference), "{reference}");
    }
}

/// Days in a resource by the names of the elements that say when something happened.
fn days(value: &Value, found: &mut Vec<String>) {
    const WHEN: [&str; 11] = [
        "onsetDateTime",
        "abatementDateTime",
        "recordedDate",
        "effectiveDateTime",
        "issued",
        "occurrenceDateTime",
        "performedDateTime",
        "authoredOn",
        "dateAsserted",
        "created",
        "lastUpdated",
    ];
    if let Value::Object(map) = value {
        for (name, value) in map {
            match value {
                Value::String(text) if WHEN.contains(&name.as_str()) || (name == "start") => {
                    found.push(text.clone());
                }
                _ => days(value, found),
            }
        }
    }
}

#[test]
fn nothing_happens_before_birth_and_nothing_is_filed_before_it_happened() {
    let population = population();
    for index in sample() {
        let resources = population.compartment(index, today());
        let birth = resources[0]["birthDate"].as_str().unwrap().to_owned();
        for resource in &resources {
            let mut found = Vec::new();
            days(resource, &mut found);
            for text in &found {
                let least = &birth[..text.len().min(10)];
                assert!(
                    &text[..text.len().min(10)] >= least,
                    "{} {text} {birth}",
                    key(resource)
                );
            }
            let updated = &resource["meta"]["lastUpdated"].as_str().unwrap()[..10];
            let happened = match resource["resourceType"].as_str().unwrap() {
                "Condition" => &resource["recordedDate"],
                "Observation" | "DiagnosticReport" => &resource["issued"],
                "Immunization" => &resource["occurrenceDateTime"],
                "MedicationRequest" | "ServiceRequest" => &resource["authoredOn"],
                "Encounter" => &resource["period"]["end"],
                "Appointment" => &resource["created"],
                _ => continue,
            };
            if let Some(happened) = happened.as_str() {
                assert!(
                    &happened[..10] <= updated,
                    "{} {happened} {updated}",
                    key(resource)
                );
            }
        }
    }
}

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
    assert_eq!(resources.len(), 10, "the Patient and nine Lists");
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
fn medicines_and_results_fit_the_problems() {
    let population = population();
    let mut diabetics = 0;
    for index in (20..12_000).step_by(31) {
        let resources = population.compartment(index, today());
        let texts = |kind: &str, element: &str| -> Vec<String> {
            of_type(&resources, kind)
                .iter()
                .map(|r| r[element]["text"].as_str().unwrap_or_default().to_owned())
                .collect()
        };
        let (problems, medicines) = (
            texts("Condition", "code"),
            texts("MedicationStatement", "medicationCodeableConcept"),
        );
        let has = |word: &str| problems.iter().any(|text| text.contains(word));
        let takes = |word: &str| medicines.iter().any(|text| text.contains(word));
        assert_eq!(has("diabetes"), takes("Metformin"), "{index}");
        assert_eq!(has("Hypothyroidism"), takes("Levothyroxine"), "{index}");
        assert_eq!(
            has("Essential hypertension"),
            takes("Amlodipine"),
            "{index}"
        );
        if has("diabetes") {
            diabetics += 1;
            assert!(
                texts("DiagnosticReport", "code")
                    .iter()
                    .any(|text| text.contains("HbA1c")),
                "{index}"
            );
        }
        let penicillin = texts("AllergyIntolerance", "code").contains(&"Penicillin".to_owned());
        assert!(
            !(penicillin && (takes("Amoxicillin") || takes("Flucloxacillin"))),
            "{index}"
        );
    }
    assert!(diabetics > 5, "{diabetics}");
}

#[test]
fn children_have_vaccines_and_few_problems() {
    let population = population();
    let (mut children, mut vaccines, mut problems) = (0, 0, 0);
    for index in (20..12_000).step_by(31) {
        let resources = population.compartment(index, today());
        let birth: NaiveDate = resources[0]["birthDate"].as_str().unwrap().parse().unwrap();
        if (2013..2024).contains(&birth.year()) {
            children += 1;
            vaccines += of_type(&resources, "Immunization").len();
            problems += of_type(&resources, "Condition").len();
        }
    }
    assert!(children > 25, "{children}");
    assert!(vaccines > children * 7, "{vaccines} of {children}");
    assert!(problems < children * 3, "{problems} of {children}");
}

#[test]
fn documents_state_their_size_and_hash_rightly() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let resources = record("full");
    let documents = of_type(&resources, "DocumentReference");
    assert!(!documents.is_empty());
    for document in documents {
        let attachment = &document["content"][0]["attachment"];
        let id = attachment["url"]
            .as_str()
            .unwrap()
            .strip_prefix("Binary/")
            .unwrap();
        let binary = resources
            .iter()
            .find(|r| r["resourceType"] == "Binary" && r["id"] == id)
            .unwrap();
        assert_eq!(binary["contentType"], attachment["contentType"]);
        let bytes = STANDARD.decode(binary["data"].as_str().unwrap()).unwrap();
        assert_eq!(attachment["size"], bytes.len());
        let hash = <sha1::Sha1 as sha1::Digest>::digest(&bytes);
        assert_eq!(attachment["hash"], STANDARD.encode(hash));
        if attachment["contentType"] == "application/pdf" {
            assert!(bytes.starts_with(b"%PDF-1.4") && bytes.ends_with(b"%%EOF\n"));
        }
    }
}

#[test]
fn slots_keep_the_clock_of_england_across_both_changes() {
    let population = population();
    for (year, month, sunday, before, after) in [
        (2026, 10, 25, "+01:00", "+00:00"),
        (2027, 3, 28, "+00:00", "+01:00"),
    ] {
        let sunday = day(year, month, sunday);
        let from = (sunday - Days::new(2))
            .and_hms_opt(0, 0, 0)
            .unwrap()
            .and_utc()
            - Duration::hours(2);
        let slots = population.slots(from, from + Duration::days(4));
        assert!(!slots.is_empty());
        for slot in &slots {
            let start = slot["start"].as_str().unwrap();
            let end = slot["end"].as_str().unwrap();
            let date: NaiveDate = start[..10].parse().unwrap();
            assert_ne!(date, sunday, "{start}");
            let offset = if date < sunday { before } else { after };
            assert!(start.ends_with(offset) && end.ends_with(offset), "{start}");
            assert!(("08:00".."18:00").contains(&&start[11..16]), "{start}");
            assert!(&end[11..16] <= "18:00", "{end}");
        }
    }
}

#[test]
fn a_slot_is_found_again_by_its_id_and_no_other_id_is_a_slot() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 7, 6, 9, 0, 0).unwrap();
    let slots = population.slots(from, from + Duration::hours(1));
    assert!(slots.len() > 50);
    for slot in &slots {
        assert_eq!(
            population.slot(slot["id"].as_str().unwrap()).as_ref(),
            Some(slot)
        );
        let start: DateTime<Utc> = slot["start"].as_str().unwrap().parse().unwrap();
        assert!(start >= from && start < from + Duration::hours(1));
    }
    for wrong in [
        "",
        "-",
        "y9l01-s1",
        "y9l01-s1-20260706T0301",
        "y9l01-s99-20260706T0800",
        "y9l01-s1-20260705T0800",
        "y9l01-s1-2026-7-6T08:00",
        "y9l01-s1-20260706T0801",
    ] {
        assert_eq!(population.slot(wrong), None, "{wrong}");
    }
}

#[test]
fn the_slots_of_a_practice_are_its_part_of_all_slots() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 7, 6, 0, 0, 0).unwrap();
    let to = from + Duration::days(1);
    let mut all = population.slots(from, to);
    all.retain(|slot| slot["id"].as_str().unwrap().starts_with("y9b01-"));
    assert!(!all.is_empty());
    assert_eq!(population.slots_of("y9b01", from, to), all);
}

#[test]
fn some_days_are_full_and_the_others_are_free_in_part() {
    let population = population();
    let from = Utc.with_ymd_and_hms(2026, 9, 7, 0, 0, 0).unwrap();
    let slots = population.slots(from, from + Duration::days(14));
    let mut days: HashMap<String, (u32, u32)> = HashMap::new();
    let mut channels: HashSet<&str> = HashSet::new();
    for slot in &slots {
        let id = slot["id"].as_str().unwrap();
        let entry = days.entry(id[..id.len() - 5].to_owned()).or_default();
        entry.0 += u32::from(slot["status"] == "free");
        entry.1 += 1;
        let channel = &slot["extension"][0]["valueCodeableConcept"]["coding"][0]["code"];
        channels.insert(channel.as_str().unwrap());
        let date: NaiveDate = slot["start"].as_str().unwrap()[..10].parse().unwrap();
        assert!(!matches!(date.weekday(), Weekday::Sat | Weekday::Sun));
    }
    let full = days.values().filter(|(free, _)| *free == 0).count();
    assert!(
        full > 0 && full * 4 < days.len(),
        "{full} of {}",
        days.len()
    );
    let (free, all) = days
        .values()
        .fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    assert!((30..=60).contains(&(free * 100 / all)), "{free} of {all}");
    assert_eq!(channels, HashSet::from(["In-person", "Telephone", "Video"]));
}

#[test]
fn practices_differ_in_what_they_switch_on_and_say_so() {
    let directory = population().directory();
    let services = of_type(&directory, "HealthcareService");
    assert_eq!(services.len(), 5);
    let rules = |name: &str| -> HashSet<String> {
        services
            .iter()
            .map(|service| {
                let rule = service["extension"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|rule| rule["url"] == format!("{}{name}", codes::PRACTICE_RULE))
                    .unwrap();
                format!(
                    "{}{}{}",
                    rule["valueBoolean"], rule["valueCode"], rule["valueInteger"]
                )
            })
            .collect()
    };
    for name in [
        "booking-enabled",
        "cancellation-enabled",
        "same-day-booking",
        "ordering-enabled",
    ] {
        assert_eq!(rules(name).len(), 2, "{name}");
    }
    assert_eq!(rules("reason").len(), 3);
    for name in [
        "cancellation-cut-off-minutes",
        "reason-max-length",
        "booking-limit",
    ] {
        assert!(rules(name).len() > 2, "{name}");
    }
}

#[test]
fn telephone_numbers_and_postcodes_are_fictional() {
    let population = population();
    for index in sample() {
        let patient = &population.compartment(index, today())[0];
        for contact in patient["telecom"].as_array().into_iter().flatten() {
            let value = contact["value"].as_str().unwrap();
            if contact["system"] == "email" {
                assert!(value.ends_with("@example.org"));
                continue;
            }
            let digits = value.replace(' ', "");
            assert_eq!(digits.len(), 11, "{value}");
            let ranges = ["07700900", "01514960", "01174960", "01632960"];
            assert!(
                ranges.iter().any(|range| digits.starts_with(range)),
                "{value}"
            );
        }
        let postcode = patient["address"][0]["postalCode"].as_str().unwrap();
        assert!(
            "CIKMOV".contains(postcode.chars().last().unwrap()),
            "{postcode}"
        );
    }
}

#[test]
fn the_population_is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync>(_: &T) {}
    shared(&population());
}
