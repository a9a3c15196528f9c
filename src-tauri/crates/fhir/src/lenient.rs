//! Taking values as they come: a number where a string belongs, one object where a list belongs.

use serde_json::Value;

/// The text of a primitive, without surrounding space; none if it is empty or no primitive.
///
/// Numbers and booleans are accepted where the standard asks for a string, because servers send
/// them.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_true) => Some(is_true.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The members of a list; a value that is no list counts as a list of one, null as an empty one.
pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let (many, one) = match value {
        Value::Array(many) => (many.as_slice(), None),
        Value::Null => ([].as_slice(), None),
        one => ([].as_slice(), Some(one)),
    };
    many.iter().chain(one).filter(|member| !member.is_null())
}

/// A boolean, also where it is written as a string.
#[must_use]
pub fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is_true) => Some(*is_true),
        Value::String(text) => match text.trim() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A count, also where it is written as a string.
#[must_use]
pub fn count(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|count| u32::try_from(count).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn primitives_of_the_wrong_type_are_read_all_the_same() {
        assert_eq!(text(&json!(" a ")), Some("a".into()));
        assert_eq!(text(&json!(9_000_000_009_u64)), Some("9000000009".into()));
        assert_eq!(text(&json!("  ")), None);
        assert_eq!(text(&json!({"a": 1})), None);
        assert_eq!(boolean(&json!("true")), Some(true));
        assert_eq!(boolean(&json!("yes")), None);
        assert_eq!(count(&json!("12")), Some(12));
        assert_eq!(count(&json!(-1)), None);
        assert_eq!(list(&json!({"reference": "A/1"})).count(), 1);
        assert_eq!(list(&json!([1, null, 2])).count(), 2);
        assert_eq!(list(&json!(null)).count(), 0);
    }
}
