//! When two writings of a resource say the same, and which of two is the later one.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// When a writing of a resource was read, and what its server says of its age.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// The run that read it.
    pub run: i64,
    /// `meta.versionId`.
    pub version: Option<&'a str>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<DateTime<Utc>>,
}

impl Stamp<'_> {
    /// Whether this one, which is held, is later than one that arrives: a page that was on its way
    /// while the patient changed the same thing.
    ///
    /// Versions tell only whether they differ (FHIR R4 §2.26.3.3); where a server does not date both,
    /// what a later run read is the later one.
    #[must_use]
    pub fn is_later_than(&self, arriving: &Stamp<'_>) -> bool {
        let is_later = match (self.last_updated, arriving.last_updated) {
            (Some(held), Some(arriving)) => held > arriving,
            _ => self.version != arriving.version,
        };
        self.run > arriving.run && is_later
    }
}

/// Whether two writings of a resource hold the same content.
///
/// A server may count its versions, move `meta.lastUpdated` or order its fields anew without having
/// changed anything that a patient could see; none of that is news.
#[must_use]
pub fn is_same_content(held: &str, incoming: &str) -> bool {
    if held == incoming {
        return true;
    }
    match (content(held), content(incoming)) {
        (Some(held), Some(incoming)) => held == incoming,
        _ => false,
    }
}

fn content(json: &str) -> Option<Value> {
    let mut value: Value = serde_json::from_str(json).ok()?;
    if let Some(resource) = value.as_object_mut()
        && let Some(meta) = resource.get_mut("meta").and_then(Value::as_object_mut)
    {
        meta.remove("versionId");
        meta.remove("lastUpdated");
        if meta.is_empty() {
            resource.remove("meta");
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_gives_way_unless_it_is_later() {
        let at = |second| DateTime::from_timestamp(second, 0);
        // (held, arriving, whether what is held stays): run, version, last updated
        let cases = [
            ((2, Some("2"), at(2)), (1, Some("1"), at(1)), true),
            ((2, Some("2"), at(2)), (1, Some("3"), at(3)), false),
            ((2, Some("2"), at(2)), (1, Some("2"), at(2)), false),
            // A server that does not date what it holds, or not always.
            ((2, Some("2"), None), (1, Some("1"), None), true),
            ((2, Some("2"), None), (1, Some("2"), None), false),
            ((2, Some("2"), at(2)), (1, Some("1"), None), true),
            ((2, None, None), (1, Some("1"), None), true),
            ((2, None, None), (1, None, None), false),
            // Read by the same run or a later one.
            ((1, Some("2"), at(2)), (1, Some("1"), at(1)), false),
            ((1, Some("2"), at(2)), (2, Some("1"), at(1)), false),
        ];
        for (held, arriving, expected) in cases {
            let stamp = |(run, version, last_updated)| Stamp {
                run,
                version,
                last_updated,
            };
            assert_eq!(
                stamp(held).is_later_than(&stamp(arriving)),
                expected,
                "{held:?} {arriving:?}"
            );
        }
    }

    #[test]
    fn a_result_written_more_exactly_is_a_change() {
        let result = |value: &str| format!(r#"{{"valueQuantity":{{"value":{value}}}}}"#);
        assert!(!is_same_content(&result("5.4"), &result("5.40")));
        assert!(is_same_content(
            &result("5.40"),
            &format!(" {}", result("5.40"))
        ));
    }

    #[test]
    fn only_what_a_patient_could_see_is_a_change() {
        let held = r#"{"resourceType":"Condition","id":"1","meta":{"versionId":"1","lastUpdated":"2026-01-01T00:00:00Z"},"note":"a"}"#;
        let table = [
            (held, true),
            // Another version of the same.
            (
                r#"{"resourceType":"Condition","id":"1","meta":{"versionId":"2","lastUpdated":"2026-02-01T00:00:00Z"},"note":"a"}"#,
                true,
            ),
            // No metadata any more, other order, other spaces.
            (
                r#"{ "id": "1", "note": "a", "resourceType": "Condition" }"#,
                true,
            ),
            // Another note.
            (
                r#"{"resourceType":"Condition","id":"1","meta":{"versionId":"1"},"note":"b"}"#,
                false,
            ),
            // A new security label is a change.
            (
                r#"{"resourceType":"Condition","id":"1","meta":{"versionId":"1","security":[{"code":"R"}]},"note":"a"}"#,
                false,
            ),
            ("not json", false),
        ];
        for (incoming, is_same) in table {
            assert_eq!(is_same_content(held, incoming), is_same, "{incoming}");
        }
    }
}
