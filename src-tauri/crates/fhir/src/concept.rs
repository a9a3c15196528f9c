//! Codes and their words (FHIR R4 §2.24.0.5 `Coding`, §2.24.0.6 `CodeableConcept`).

use serde_json::Value;

use crate::lenient::{boolean, list, text};

/// The ways in which servers write the SNOMED CT and dm+d code systems.
const SNOMED: [&str; 4] = [
    "http://snomed.info/sct",
    "https://snomed.info/sct",
    "https://dmd.nhs.uk",
    "http://dmd.nhs.uk",
];

/// The words for a CodeableConcept, a Coding or a bare code: those of [`display`], else the code.
#[must_use]
pub fn words(concept: &Value) -> Option<String> {
    if !concept.is_object() {
        return list(concept).find_map(|one| {
            if one.is_object() {
                words(one)
            } else {
                text(one)
            }
        });
    }
    display(concept).or_else(|| codings(concept).find_map(|coding| text(&coding["code"])))
}

/// The words that people wrote for a CodeableConcept or a Coding: `text`, else the display of the
/// coding that the user selected, else of SNOMED CT, else any display. None where there is a code
/// only.
#[must_use]
pub fn display(concept: &Value) -> Option<String> {
    if let Some(words) = text(&concept["text"]) {
        return Some(words);
    }
    let codings: Vec<&Value> = codings(concept).collect();
    let display = |coding: &&Value| text(&coding["display"]);
    codings
        .iter()
        .filter(|coding| boolean(&coding["userSelected"]) == Some(true))
        .find_map(display)
        .or_else(|| {
            codings
                .iter()
                .filter(|coding| is_snomed(coding))
                .find_map(display)
        })
        .or_else(|| codings.iter().find_map(display))
}

/// The codings of a CodeableConcept; a bare Coding counts as one of itself.
pub fn codings(concept: &Value) -> impl Iterator<Item = &Value> {
    let own = (concept["coding"].is_null()
        && (!concept["code"].is_null() || !concept["display"].is_null()))
    .then_some(concept);
    list(&concept["coding"])
        .chain(own)
        .filter(|coding| coding.is_object())
}

/// Whether one of the codings has this code, whatever its system. A bare code counts too.
#[must_use]
pub fn has_code(concept: &Value, code: &str) -> bool {
    concept.as_str() == Some(code)
        || codings(concept).any(|coding| coding["code"].as_str() == Some(code))
}

/// The first code.
#[must_use]
pub fn code(concept: &Value) -> Option<String> {
    text(concept).or_else(|| codings(concept).find_map(|coding| text(&coding["code"])))
}

fn is_snomed(coding: &Value) -> bool {
    coding["system"]
        .as_str()
        .is_some_and(|system| SNOMED.contains(&system.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_taken_in_the_contracts_order() {
        let read = json!({"system": "http://read.info", "code": "R", "display": "read"});
        let snomed = json!({"system": "https://snomed.info/sct", "code": "S", "display": "snomed"});
        let chosen =
            json!({"system": "x", "code": "C", "display": "chosen", "userSelected": "true"});
        let cases = [
            (json!({"text": "own", "coding": [chosen]}), Some("own")),
            (
                json!({"text": " ", "coding": [read, snomed, chosen]}),
                Some("chosen"),
            ),
            (json!({"coding": [read, snomed]}), Some("snomed")),
            (json!({"coding": [{"code": "x"}, read]}), Some("read")),
            (json!({"coding": [{"code": "x"}]}), Some("x")),
            (
                json!({"coding": {"code": "y", "display": "single"}}),
                Some("single"),
            ),
            (
                json!({"code": "z", "display": "bare coding"}),
                Some("bare coding"),
            ),
            (json!("active"), Some("active")),
            (
                json!([{"text": "first"}, {"text": "second"}]),
                Some("first"),
            ),
            (json!({"coding": ["x", null, 5]}), None),
            (json!({}), None),
            (json!(null), None),
        ];
        for (concept, expected) in cases {
            assert_eq!(words(&concept).as_deref(), expected, "{concept}");
        }
    }

    #[test]
    fn a_code_alone_has_no_words() {
        assert_eq!(display(&json!({"coding": [{"code": "active"}]})), None);
        assert_eq!(display(&json!("active")), None);
        assert_eq!(words(&json!("active")).as_deref(), Some("active"));
    }

    #[test]
    fn a_code_is_found_whatever_its_system() {
        let concept =
            json!({"coding": [{"system": "a", "code": "1"}, {"system": "b", "code": "2"}]});
        assert!(has_code(&concept, "2"));
        assert!(!has_code(&concept, "3"));
        assert!(has_code(&json!("2"), "2"));
        assert_eq!(code(&concept).as_deref(), Some("1"));
    }
}
