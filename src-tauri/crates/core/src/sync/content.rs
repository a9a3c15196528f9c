//! When two writings of a resource say the same. Owns that one question.

use serde_json::Value;

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
