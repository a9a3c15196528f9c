//! Reading a resource's parts from `serde_json::Value` with all the leniency that real servers need.

use serde_json::Value;

/// SNOMED CT's system, in the spellings that servers use.
const SNOMED: [&str; 2] = ["http://snomed.info/sct", "https://snomed.info/sct"];

/// The items of an element that should repeat; a single one counts as a list of one.
#[must_use]
pub fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// Words; numbers and truth values as they would be written. None where empty.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The words of a CodeableConcept, in the order of the backend contract §3: its text, the coding
/// that a user chose, SNOMED CT's display, any display, any code. A bare Coding or string works too.
#[must_use]
pub fn concept(value: &Value) -> Option<String> {
    if let Some(text) = text(value) {
        return Some(text);
    }
    if let Some(text) = text(&value["text"]) {
        return Some(text);
    }
    let codings = items(&value["coding"]);
    let is_chosen = |coding: &&Value| {
        matches!(&coding["userSelected"], Value::Bool(true)) || coding["userSelected"] == "true"
    };
    let is_snomed = |coding: &&Value| {
        coding["system"]
            .as_str()
            .is_some_and(|system| SNOMED.contains(&system))
    };
    codings
        .iter()
        .filter(is_chosen)
        .chain(codings.iter().filter(is_snomed))
        .chain(codings)
        .chain(std::iter::once(value))
        .find_map(|coding| text(&coding["display"]))
        .or_else(|| {
            codings
                .iter()
                .chain(std::iter::once(value))
                .find_map(|coding| text(&coding["code"]))
        })
}

/// Every code of a CodeableConcept, as `display (code, system)` would need them: system, code,
/// display.
pub fn codes(value: &Value) -> impl Iterator<Item = (Option<String>, String, Option<String>)> + '_ {
    items(&value["coding"]).iter().filter_map(|coding| {
        let code = text(&coding["code"])?;
        Some((text(&coding["system"]), code, text(&coding["display"])))
    })
}

/// Whether a CodeableConcept has one of these codes, in any system.
#[must_use]
pub fn has_code(value: &Value, codes: &[&str]) -> bool {
    items(&value["coding"])
        .iter()
        .filter_map(|coding| coding["code"].as_str())
        .any(|code| codes.contains(&code))
}

/// The relative form `Type/id` of a reference: absolute and versioned ones are cut down to it.
/// None for contained (`#x`), logical and `urn:` references.
#[must_use]
pub fn reference(value: &Value) -> Option<String> {
    let text = value["reference"].as_str().or_else(|| value.as_str())?;
    let path = text.split(['?', '#']).next()?;
    let mut segments = path.rsplit('/');
    let mut id = segments.next()?;
    let mut resource_type = segments.next()?;
    if resource_type == "_history" {
        id = segments.next()?;
        resource_type = segments.next()?;
    }
    let is_type = resource_type
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_uppercase());
    (is_type && !id.is_empty()).then(|| format!("{resource_type}/{id}"))
}

/// What a contained reference (`#x`) points at within its resource.
#[must_use]
pub fn contained<'a>(resource: &'a Value, value: &Value) -> Option<&'a Value> {
    let id = value["reference"].as_str()?.strip_prefix('#')?;
    items(&resource["contained"])
        .iter()
        .find(|inner| inner["id"].as_str() == Some(id))
}

/// The extensions whose address ends in this name, wherever they are published.
pub fn extensions<'a>(value: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> + 'a {
    items(&value["extension"]).iter().filter(move |extension| {
        extension["url"]
            .as_str()
            .and_then(|url| url.rsplit('/').next())
            == Some(name)
    })
}

/// The first extension whose address ends in this name.
#[must_use]
pub fn extension<'a>(value: &'a Value, name: &'a str) -> Option<&'a Value> {
    extensions(value, name).next()
}

/// An extension's value, whichever type it has.
#[must_use]
pub fn extension_value(extension: &Value) -> Option<&Value> {
    extension
        .as_object()?
        .iter()
        .find(|(name, _)| name.starts_with("value"))
        .map(|(_, value)| value)
}

/// The value of an identifier of this system.
#[must_use]
pub fn identifier(resource: &Value, system: &str) -> Option<String> {
    items(&resource["identifier"])
        .iter()
        .find(|identifier| identifier["system"] == system)
        .and_then(|identifier| text(&identifier["value"]))
}

/// A HumanName as people say it.
#[must_use]
pub fn human_name(name: &Value) -> Option<String> {
    if let Some(text) = text(&name["text"]) {
        return Some(text);
    }
    let parts: Vec<String> = items(&name["prefix"])
        .iter()
        .chain(items(&name["given"]))
        .chain(items(&name["family"]))
        .chain(items(&name["suffix"]))
        .filter_map(text)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The name of a person or thing, for showing.
#[must_use]
pub fn name(resource: &Value) -> Option<String> {
    if let Some(text) = text(&resource["name"]) {
        return Some(text);
    }
    let names = items(&resource["name"]);
    names
        .iter()
        .find(|name| name["use"] == "official")
        .or_else(|| names.first())
        .and_then(human_name)
}

/// An Address in one line.
#[must_use]
pub fn address(address: &Value) -> Option<String> {
    if let Some(text) = text(&address["text"]) {
        return Some(text);
    }
    let parts: Vec<String> = items(&address["line"])
        .iter()
        .chain([
            &address["city"],
            &address["district"],
            &address["postalCode"],
        ])
        .filter_map(text)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The telephone number of something with `telecom`.
#[must_use]
pub fn phone(resource: &Value) -> Option<String> {
    items(&resource["telecom"])
        .iter()
        .find(|telecom| telecom["system"] == "phone")
        .and_then(|telecom| text(&telecom["value"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_words_of_a_concept_in_order() {
        let cases = [
            (
                json!({"text": "A", "coding": [{"display": "B"}]}),
                Some("A"),
            ),
            (
                json!({"coding": [{"display": "B"}, {"display": "C", "userSelected": true}]}),
                Some("C"),
            ),
            (
                json!({"coding": [{"display": "B"}, {"display": "C", "userSelected": "true"}]}),
                Some("C"),
            ),
            (
                json!({"coding": [{"display": "B"}, {"display": "S", "system": "http://snomed.info/sct"}]}),
                Some("S"),
            ),
            (
                json!({"coding": [{"code": "1"}, {"display": "B"}]}),
                Some("B"),
            ),
            (json!({"coding": [{"code": "1"}]}), Some("1")),
            (json!({"coding": {"code": "1", "display": "D"}}), Some("D")),
            (json!({"code": "x", "display": "D"}), Some("D")),
            (json!("plain"), Some("plain")),
            (json!({}), None),
            (json!(null), None),
        ];
        for (value, expected) in cases {
            assert_eq!(concept(&value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn references_are_cut_down_to_type_and_id() {
        let cases = [
            ("Patient/1", Some("Patient/1")),
            ("https://x.example/fhir/Patient/1", Some("Patient/1")),
            ("Patient/1/_history/4", Some("Patient/1")),
            ("#inside", None),
            ("urn:uuid:1234", None),
            ("1", None),
        ];
        for (text, expected) in cases {
            let value = json!({"reference": text});
            assert_eq!(reference(&value).as_deref(), expected, "{text}");
        }
    }
}
