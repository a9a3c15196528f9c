//! OperationOutcome (FHIR R4 §2.28.17): what a server says went wrong.

use serde_json::Value;

use crate::lenient::{list, text};
use crate::sound;

/// One issue, as far as it could be read. Codes are as written: several systems are in use, and
/// which one does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issue {
    /// `severity`: fatal, error, warning, information.
    pub severity: Option<String>,
    /// `code`: the kind of issue. Some servers write the HTTP status here.
    pub code: Option<String>,
    /// The first code in `details.coding`: an NHS or Spine error code.
    pub nhs_code: Option<String>,
    /// `details.text`: words for people.
    pub text: Option<String>,
    /// `diagnostics`: words for developers; never shown.
    pub diagnostics: Option<String>,
}

/// An OperationOutcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its issues, in order.
    pub issues: Vec<Issue>,
}

/// Reads a body as an OperationOutcome. None if it is anything else: another resource, a gateway's
/// page, plain JSON, or nothing.
#[must_use]
pub fn read_outcome(bytes: &[u8]) -> Option<Outcome> {
    let json = std::str::from_utf8(bytes).ok()?;
    let json = json.trim_start_matches('\u{feff}');
    sound::check(json).ok()?;
    let resource: Value = serde_json::from_str(json).ok()?;
    (resource["resourceType"] == "OperationOutcome").then(|| outcome(&resource))
}

/// The issues of a parsed OperationOutcome.
pub(crate) fn outcome(resource: &Value) -> Outcome {
    Outcome {
        issues: list(&resource["issue"])
            .filter(|issue| issue.is_object())
            .map(issue)
            .collect(),
    }
}

fn issue(issue: &Value) -> Issue {
    let details = &issue["details"];
    Issue {
        severity: text(&issue["severity"]),
        code: text(&issue["code"]),
        nhs_code: list(&details["coding"]).find_map(|coding| text(&coding["code"])),
        // Published examples write the words straight into `details`.
        text: text(&details["text"]).or_else(|| text(details)),
        diagnostics: text(&issue["diagnostics"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_shapes_still_tell_what_they_can() {
        let body = br#"{"resourceType":"OperationOutcome","issue":[
            {"severity":"error","code":"400","details":"Bad request"},
            {"severity":"error","code":409,"details":{"coding":{"system":"x","code":"DUPLICATE_REJECTED"},"text":"Already there"},"diagnostics":"trace"},
            "nonsense",
            {"details":{"coding":[{"display":"no code"},{"code":"SECOND"}]}}
        ]}"#;
        let outcome = read_outcome(body).unwrap();
        assert_eq!(
            outcome.issues,
            [
                Issue {
                    severity: Some("error".into()),
                    code: Some("400".into()),
                    text: Some("Bad request".into()),
                    ..Issue::default()
                },
                Issue {
                    severity: Some("error".into()),
                    code: Some("409".into()),
                    nhs_code: Some("DUPLICATE_REJECTED".into()),
                    text: Some("Already there".into()),
                    diagnostics: Some("trace".into()),
                },
                Issue {
                    nhs_code: Some("SECOND".into()),
                    ..Issue::default()
                },
            ]
        );
    }

    #[test]
    fn what_is_no_outcome_is_none() {
        for body in [
            "",
            "<html>403</html>",
            "{}",
            r#"{"issue":[]}"#,
            "[]",
            r#"{"error":"x"}"#,
        ] {
            assert_eq!(read_outcome(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read_outcome(&[0xff, 0xfe]), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = read_outcome(&bytes);
        }
    }
}
