//! Extensions (FHIR R4 §2.4) by their url, and values of any type.

use serde_json::Value;

use crate::lenient::list;

/// The first extension of an element with exactly this url.
#[must_use]
pub fn by_url<'a>(element: &'a Value, url: &str) -> Option<&'a Value> {
    list(&element["extension"]).find(|extension| extension["url"].as_str() == Some(url))
}

/// The first extension of an element whose url ends so. Publishers move their extensions between
/// hosts; the last part of the url stays.
#[must_use]
pub fn by_suffix<'a>(element: &'a Value, suffix: &str) -> Option<&'a Value> {
    all_by_suffix(element, suffix).next()
}

/// Every extension of an element whose url ends so.
pub fn all_by_suffix<'a>(element: &'a Value, suffix: &str) -> impl Iterator<Item = &'a Value> {
    list(&element["extension"]).filter(move |extension| {
        extension["url"]
            .as_str()
            .is_some_and(|url| url.ends_with(suffix))
    })
}

/// The value of a choice of types (FHIR R4 §2.6.1.3): the member `value…` of an extension,
/// `effective…` of an observation and so on, with the type that its name says.
#[must_use]
pub fn choice<'a>(element: &'a Value, prefix: &str) -> Option<(&'a str, &'a Value)> {
    element.as_object()?.iter().find_map(|(name, value)| {
        let kind = name.strip_prefix(prefix)?;
        let is_type = kind.chars().next().is_some_and(char::is_uppercase);
        (is_type && !value.is_null()).then_some((kind, value))
    })
}

/// The value of an extension, whatever its type.
#[must_use]
pub fn value(extension: &Value) -> Option<&Value> {
    choice(extension, "value").map(|(_, value)| value)
}

/// The value of a part of a complex extension.
#[must_use]
pub fn part<'a>(extension: &'a Value, url: &str) -> Option<&'a Value> {
    by_url(extension, url).and_then(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_of_an_extension_are_found_by_their_url() {
        let element = json!({"extension": [
            {"url": "https://a.example/StructureDefinition/repeat", "extension": [
                {"url": "issued", "valueUnsignedInt": 3},
                {"url": "empty"}
            ]},
            "nonsense"
        ]});
        let repeat = by_suffix(&element, "/repeat").unwrap();
        assert_eq!(part(repeat, "issued"), Some(&json!(3)));
        assert_eq!(part(repeat, "empty"), None);
        assert_eq!(by_url(&element, "repeat"), None);
    }

    #[test]
    fn a_choice_is_told_from_a_name_that_merely_begins_so() {
        let element = json!({"valueset": 1, "valueString": "x"});
        assert_eq!(choice(&element, "value"), Some(("String", &json!("x"))));
        assert_eq!(choice(&json!("x"), "value"), None);
    }
}
