//! Names, addresses and telephone numbers, in one line each (FHIR R4 §2.24.0.8 to §2.24.0.10).

use serde_json::Value;

use crate::concept;
use crate::lenient::{list, text};

/// A person's name in one line, from a list of names: the usual or official one that is in use, as
/// the source writes it, else put together from its parts.
#[must_use]
pub fn human_name(names: &Value) -> Option<String> {
    let names: Vec<&Value> = list(names).filter(|name| name.is_object()).collect();
    let rank = |name: &Value| match name["use"].as_str() {
        Some("usual") => 0,
        Some("official") => 1,
        Some("old" | "maiden" | "temp") => 4,
        Some("nickname" | "anonymous") => 3,
        _ => 2,
    };
    let mut ranked = names;
    // A name that has ended is only used if there is no other.
    ranked.sort_by_key(|name| (name["period"]["end"].is_string(), rank(name)));
    ranked.into_iter().find_map(one_name)
}

fn one_name(name: &Value) -> Option<String> {
    if let Some(whole) = text(&name["text"]) {
        return Some(whole);
    }
    let parts: Vec<String> = ["prefix", "given", "family", "suffix"]
        .into_iter()
        .flat_map(|part| list(&name[part]))
        .filter_map(text)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// An address in one line, from an address or a list of them.
#[must_use]
pub fn address_line(addresses: &Value) -> Option<String> {
    list(addresses)
        .filter(|address| address.is_object())
        .find_map(|address| {
            let parts: Vec<String> = ["line", "city", "district", "postalCode"]
                .into_iter()
                .flat_map(|part| list(&address[part]))
                .filter_map(text)
                .collect();
            if parts.is_empty() {
                text(&address["text"])
                    .map(|whole| whole.lines().map(str::trim).collect::<Vec<_>>().join(", "))
            } else {
                Some(parts.join(", "))
            }
        })
}

/// The first telephone number in a list of contacts.
#[must_use]
pub fn phone(telecom: &Value) -> Option<String> {
    let numbers = |is_fit: fn(&Value) -> bool| {
        list(telecom)
            .filter(|contact| contact["system"].as_str() == Some("phone"))
            .filter(|contact| contact["use"].as_str() != Some("old"))
            .filter(move |contact| is_fit(contact))
            .find_map(|contact| text(&contact["value"]))
    };
    numbers(|contact| contact["use"].as_str() == Some("work")).or_else(|| numbers(|_| true))
}

/// What a resource is called: the name of a person, an organisation or a place, the words of a
/// medicine or of another coded thing.
#[must_use]
pub fn resource_name(resource: &Value) -> Option<String> {
    match resource["resourceType"].as_str()? {
        "Practitioner" | "Patient" | "RelatedPerson" | "Person" => human_name(&resource["name"]),
        "Device" => list(&resource["deviceName"])
            .find_map(|name| text(&name["name"]))
            .or_else(|| concept::words(&resource["type"])),
        "Medication" => concept::words(&resource["code"]).or_else(|| {
            list(&resource["ingredient"])
                .find_map(|ingredient| concept::words(&ingredient["itemCodeableConcept"]))
        }),
        _ => text(&resource["name"])
            .or_else(|| concept::words(&resource["code"]))
            .or_else(|| list(&resource["type"]).find_map(concept::words))
            .or_else(|| text(&resource["title"]))
            .or_else(|| text(&resource["description"])),
    }
}

/// The value of the first identifier with this system, also where it is written as a number.
#[must_use]
pub fn identifier(resource: &Value, system: &str) -> Option<String> {
    list(&resource["identifier"])
        .filter(|identifier| {
            identifier["system"]
                .as_str()
                .is_some_and(|written| written.trim().eq_ignore_ascii_case(system))
        })
        .find_map(|identifier| text(&identifier["value"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_name_in_use_comes_first() {
        let names = json!([
            {"use": "maiden", "family": "Old"},
            {"use": "official", "prefix": ["Ms"], "given": ["Ann", "B"], "family": "New"},
            {"use": "usual", "text": "Gone", "period": {"end": "2010-01-01"}}
        ]);
        assert_eq!(human_name(&names).as_deref(), Some("Ms Ann B New"));
        assert_eq!(
            human_name(&json!({"given": "One", "family": "Object"})).as_deref(),
            Some("One Object")
        );
        assert_eq!(human_name(&json!(["x", {}])), None);
    }

    #[test]
    fn an_address_is_one_line() {
        let address =
            json!([{"line": ["1 High St", ""], "city": "Leeds", "postalCode": "LS1 1AA"}]);
        assert_eq!(
            address_line(&address).as_deref(),
            Some("1 High St, Leeds, LS1 1AA")
        );
        assert_eq!(
            address_line(&json!({"text": "1 High St\nLeeds"})).as_deref(),
            Some("1 High St, Leeds")
        );
    }

    #[test]
    fn the_work_number_comes_first_and_an_old_one_never() {
        let telecom = json!([
            {"system": "phone", "use": "old", "value": "1"},
            {"system": "email", "value": "a@b"},
            {"system": "phone", "value": 2},
            {"system": "phone", "use": "work", "value": "3"}
        ]);
        assert_eq!(phone(&telecom).as_deref(), Some("3"));
        assert_eq!(
            phone(&json!([{"system": "phone", "value": 2}])).as_deref(),
            Some("2")
        );
    }

    #[test]
    fn an_identifier_may_be_a_number() {
        let resource = json!({"identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": 9_990_000_026_u64}]});
        assert_eq!(
            identifier(&resource, "https://fhir.nhs.uk/Id/nhs-number").as_deref(),
            Some("9990000026")
        );
    }
}
