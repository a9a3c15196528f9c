//! OperationOutcome (FHIR R4 §2.27), in all the shapes that servers send.

use serde_json::Value;

/// One issue of an OperationOutcome. Absent parts are `None`; nothing is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issue {
    /// `fatal`, `error`, `warning` or `information`.
    pub severity: Option<String>,
    /// `issue.code`.
    pub code: Option<String>,
    /// `details.coding[].code`: the first one. The coding system differs between services and is
    /// not looked at.
    pub nhs_code: Option<String>,
    /// `details.text`: words for people.
    pub text: Option<String>,
    /// `diagnostics`: for the log, not for people.
    pub diagnostics: Option<String>,
}

/// An OperationOutcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its issues, in order.
    pub issues: Vec<Issue>,
}

/// Reads an OperationOutcome; none if the bytes are something else.
#[must_use]
pub fn read_outcome(bytes: &[u8]) -> Option<Outcome> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    from_value(&value)
}

/// Reads an OperationOutcome that is JSON already.
pub(crate) fn from_value(value: &Value) -> Option<Outcome> {
    if value["resourceType"] != "OperationOutcome" {
        return None;
    }
    let issues = match &value["issue"] {
        Value::Array(issues) => issues.iter().map(issue).collect(),
        Value::Null => Vec::new(),
        one => vec![issue(one)],
    };
    Some(Outcome { issues })
}

fn issue(value: &Value) -> Issue {
    let details = &value["details"];
    let codings = match &details["coding"] {
        Value::Array(codings) => codings.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    Issue {
        severity: text(&value["severity"]),
        code: text(&value["code"]),
        nhs_code: codings.iter().find_map(|coding| text(&coding["code"])),
        text: text(&details["text"]).or_else(|| text(details)),
        diagnostics: text(&value["diagnostics"]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_read_in_the_shapes_that_services_send() {
        let plain = read_outcome(
            br#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"duplicate",
            "details":{"coding":[{"system":"x","code":"DUPLICATE_REJECTED"}],"text":"Already booked"},
            "diagnostics":"d"}]}"#,
        );
        let issue = &plain.unwrap().issues[0];
        assert_eq!(issue.nhs_code.as_deref(), Some("DUPLICATE_REJECTED"));
        assert_eq!(issue.text.as_deref(), Some("Already booked"));
        let odd = read_outcome(
            br#"{"resourceType":"OperationOutcome","issue":{"code":400,"details":"no"}}"#,
        );
        let issue = &odd.unwrap().issues[0];
        assert_eq!(issue.code.as_deref(), Some("400"));
        assert_eq!(issue.text.as_deref(), Some("no"));
    }

    #[test]
    fn anything_else_is_no_outcome() {
        for bytes in [
            &b""[..],
            b"<html>",
            b"{}",
            b"{\"resourceType\":\"Bundle\"}",
            b"[1]",
        ] {
            assert_eq!(read_outcome(bytes), None);
        }
    }
}
