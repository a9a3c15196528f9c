//! References between resources (FHIR R4 §2.3) in all the shapes that servers use.

use serde_json::Value;

use crate::lenient::{list, text};
use crate::people;

/// A reference in its plain form: `Type/id`, without a server's address or a version; a `urn:` or
/// `#fragment` as it is, a UUID in lower case (RFC 4122 §3). None if it is nothing of these.
#[must_use]
pub fn plain(reference: &str) -> Option<String> {
    let reference = reference.trim();
    if reference.is_empty() {
        return None;
    }
    if is_uuid(reference) {
        return Some(reference.to_ascii_lowercase());
    }
    if reference.starts_with('#') || reference.starts_with("urn:") {
        return Some(reference.to_owned());
    }
    let path = reference.split(['?', '#', '|']).next()?;
    let path = path.split("/_history/").next()?;
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let id = segments.next()?;
    let resource_type = segments.next()?;
    (is_type(resource_type) && !id.is_empty()).then(|| format!("{resource_type}/{id}"))
}

/// Whether this is `urn:uuid:…`, by which resources that have no place on a server yet are named
/// within one Bundle (FHIR R4 §2.36.4.1).
fn is_uuid(reference: &str) -> bool {
    reference
        .get(..9)
        .is_some_and(|start| start.eq_ignore_ascii_case("urn:uuid:"))
}

/// Whether this may be the name of a resource type.
#[must_use]
pub fn is_type(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The reference of a Reference element, in its plain form. A bare string counts too.
#[must_use]
pub fn of(element: &Value) -> Option<String> {
    plain(element["reference"].as_str().or_else(|| element.as_str())?)
}

/// The resource type that a Reference element points at, by its reference or its `type`.
#[must_use]
pub fn target_type(element: &Value) -> Option<String> {
    of(element)
        .and_then(|plain| plain.split_once('/').map(|(name, _)| name.to_owned()))
        .filter(|name| is_type(name))
        .or_else(|| text(&element["type"]))
}

/// Finds what a resource refers to: in itself (`contained`), or through `find`, which is asked with
/// plain references.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    root: &'a Value,
    find: &'a dyn Fn(&str) -> Option<Value>,
}

impl std::fmt::Debug for Resolver<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Resolver")
    }
}

impl<'a> Resolver<'a> {
    /// For the references of this resource.
    #[must_use]
    pub const fn new(root: &'a Value, find: &'a dyn Fn(&str) -> Option<Value>) -> Self {
        Self { root, find }
    }

    /// The resource that a Reference element points at, if it is at hand.
    #[must_use]
    pub fn resource(&self, element: &Value) -> Option<Value> {
        let plain = of(element)?;
        match plain.strip_prefix('#') {
            Some("") => None,
            Some(fragment) => list(&self.root["contained"])
                .find(|contained| {
                    contained["id"]
                        .as_str()
                        .is_some_and(|id| id.trim_start_matches('#') == fragment)
                })
                .cloned(),
            None => (self.find)(&plain),
        }
    }

    /// What the target of a Reference element is called: the source's own `display`, else the name
    /// of the resource. A role is called by its person, else by its kind.
    #[must_use]
    pub fn name(&self, element: &Value) -> Option<String> {
        if let Some(display) = text(&element["display"]) {
            return Some(display);
        }
        let resource = self.resource(element)?;
        if resource["resourceType"] == "PractitionerRole" {
            return self
                .inner_name(&resource["practitioner"])
                .or_else(|| list(&resource["code"]).find_map(crate::concept::words))
                .or_else(|| self.inner_name(&resource["organization"]));
        }
        people::resource_name(&resource)
    }

    /// The name of what a resource that was found refers to in turn; not followed any further, so
    /// that a circle ends.
    #[must_use]
    pub fn inner_name(&self, element: &Value) -> Option<String> {
        text(&element["display"]).or_else(|| {
            self.resource(element)
                .and_then(|inner| people::resource_name(&inner))
        })
    }

    /// The names of several, each once, in order.
    #[must_use]
    pub fn names(&self, elements: &Value) -> Vec<String> {
        let mut names = Vec::new();
        for name in list(elements).filter_map(|element| self.name(element)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_of_a_reference_becomes_plain() {
        let cases = [
            ("Patient/1", Some("Patient/1")),
            ("https://a.example/fhir/R4/Patient/1", Some("Patient/1")),
            ("Patient/1/_history/3", Some("Patient/1")),
            ("https://a.example/Patient/1?x=y", Some("Patient/1")),
            ("/Patient/1", Some("Patient/1")),
            ("#med", Some("#med")),
            ("urn:uuid:4cc18add", Some("urn:uuid:4cc18add")),
            ("URN:UUID:4CC18ADD", Some("urn:uuid:4cc18add")),
            ("urn:oid:1.2.A", Some("urn:oid:1.2.A")),
            ("https://a.example/patient/1", None),
            ("1", None),
            ("", None),
            ("Patient/", None),
        ];
        for (written, expected) in cases {
            assert_eq!(plain(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn names_come_from_display_contained_or_found_resources() {
        let root = json!({
            "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Aspirin"}}]
        });
        let find = |reference: &str| match reference {
            "PractitionerRole/r" => Some(json!({
                "resourceType": "PractitionerRole",
                "practitioner": {"reference": "Practitioner/p"},
                "code": [{"text": "GP"}]
            })),
            "PractitionerRole/bare" => {
                Some(json!({"resourceType": "PractitionerRole", "code": {"text": "Nurse"}}))
            }
            "Practitioner/p" => {
                Some(json!({"resourceType": "Practitioner", "name": {"text": "Dr Jo"}}))
            }
            _ => None,
        };
        let resolver = Resolver::new(&root, &find);
        let cases = [
            (
                json!({"display": "Own words", "reference": "Practitioner/p"}),
                Some("Own words"),
            ),
            (json!({"reference": "#m"}), Some("Aspirin")),
            (json!({"reference": "#"}), None),
            (json!({"reference": "PractitionerRole/r"}), Some("Dr Jo")),
            (json!({"reference": "PractitionerRole/bare"}), Some("Nurse")),
            (
                json!({"reference": "https://x.example/Practitioner/p"}),
                Some("Dr Jo"),
            ),
            (json!({"reference": "Practitioner/unknown"}), None),
            (json!("Practitioner/p"), Some("Dr Jo")),
            (json!(5), None),
        ];
        for (element, expected) in cases {
            assert_eq!(resolver.name(&element).as_deref(), expected, "{element}");
        }
    }
}
