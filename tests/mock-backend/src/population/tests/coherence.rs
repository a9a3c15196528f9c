//! Resources that hold together: ids, references, order in time.

use super::*;

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
