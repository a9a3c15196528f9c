//! Records that make sense, and nothing that could be real.

use super::*;

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
