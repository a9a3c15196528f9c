//! The same people every time, whatever the day.

use super::*;

#[test]
fn a_seed_makes_the_same_people_on_every_platform_and_in_every_release() {
    let population = population();
    let mut hash = Sha256::new();
    for index in [1, 7, 8, 4_711, 238_999] {
        hash.update(sorted(population.compartment(index, today())));
    }
    let from = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap();
    hash.update(sorted(population.slots(from, from + Duration::days(2))));
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

/// As JSON with its fields in the order of their names, whatever order they were written in.
fn sorted(resources: Vec<Value>) -> Vec<u8> {
    let mut all = Value::Array(resources);
    all.sort_all_objects();
    serde_json::to_vec(&all).unwrap()
}

const SNAPSHOT: &str = "f4ab9d3515748c5ab49bcbcd550a5ceacbaa9c7f7c7282c6c6504520a5fa20b8";

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
