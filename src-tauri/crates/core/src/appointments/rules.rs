//! What a practice says about bookings (backend contract, §8a). What it does not say is unknown:
//! it is offered, and the server's refusal is obeyed.

use hale_contracts::appointments::ReasonRule;
use hale_fhir::lenient::{boolean, count, list, text};
use hale_fhir::{concept, extension, people};
use serde_json::Value;

/// The rules of a practice. `None` is unknown, never "no".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PracticeRules {
    /// Whether patients may book.
    pub booking_enabled: Option<bool>,
    /// Whether patients may cancel.
    pub cancellation_enabled: Option<bool>,
    /// Up to how many minutes before its start an appointment may be cancelled.
    pub cancellation_cut_off_minutes: Option<u32>,
    /// Whether a reason must be given.
    pub reason: Option<ReasonRule>,
    /// How long a reason may be, in characters.
    pub reason_max: Option<u32>,
    /// How many open bookings a patient may have.
    pub booking_limit: Option<u32>,
    /// Whether times of the same day may be booked.
    pub same_day_booking: Option<bool>,
    /// Whether repeats may be ordered.
    pub ordering_enabled: Option<bool>,
    /// What the practice tells patients before booking, in paragraphs of plain text.
    pub guidance: Vec<String>,
    /// The practice's telephone number.
    pub phone: Option<String>,
}

impl PracticeRules {
    /// Joins what the practice's services (HealthcareService) say. Where two differ, the first that
    /// says something counts; their guidance is joined, each paragraph once.
    #[must_use]
    pub fn from_services(services: &[Value]) -> Self {
        let mut rules = Self::default();
        for service in services {
            let rule = |name: &str| {
                let suffix = format!("/StructureDefinition/practice-rule-{name}");
                extension::by_suffix(service, &suffix).and_then(extension::value)
            };
            let fact = |name: &str| rule(name).and_then(boolean);
            let number = |name: &str| rule(name).and_then(count);
            fill(&mut rules.booking_enabled, || fact("booking-enabled"));
            fill(&mut rules.cancellation_enabled, || {
                fact("cancellation-enabled")
            });
            fill(&mut rules.cancellation_cut_off_minutes, || {
                number("cancellation-cut-off")
            });
            fill(&mut rules.reason, || {
                rule("reason")
                    .and_then(concept::code)
                    .as_deref()
                    .and_then(reason)
            });
            fill(&mut rules.reason_max, || number("reason-max-length"));
            fill(&mut rules.booking_limit, || number("booking-limit"));
            fill(&mut rules.same_day_booking, || fact("same-day-booking"));
            fill(&mut rules.ordering_enabled, || fact("ordering-enabled"));
            fill(&mut rules.phone, || people::phone(&service["telecom"]));
            for words in list(&service["extraDetails"]).chain(list(&service["comment"])) {
                for paragraph in paragraphs(words) {
                    if !rules.guidance.contains(&paragraph) {
                        rules.guidance.push(paragraph);
                    }
                }
            }
        }
        rules
    }
}

fn fill<T>(place: &mut Option<T>, read: impl FnOnce() -> Option<T>) {
    if place.is_none() {
        *place = read();
    }
}

fn reason(code: &str) -> Option<ReasonRule> {
    match code {
        "mandatory" => Some(ReasonRule::Mandatory),
        "optional" => Some(ReasonRule::Optional),
        "off" => Some(ReasonRule::Off),
        _ => None,
    }
}

/// Paragraphs are parted by empty lines; single line breaks are only how it was typed.
fn paragraphs(words: &Value) -> Vec<String> {
    let words = text(words).unwrap_or_default().replace("\r\n", "\n");
    words
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(name: &str, kind: &str, value: Value) -> Value {
        let mut extension =
            json!({"url": format!("https://x.example/StructureDefinition/practice-rule-{name}")});
        extension[kind] = value;
        extension
    }

    #[test]
    fn what_a_practice_does_not_say_is_unknown() {
        assert_eq!(PracticeRules::from_services(&[]), PracticeRules::default());
        let odd = json!({"extension": [
            rule("booking-enabled", "valueString", json!("perhaps")),
            rule("reason", "valueCode", json!("sometimes")),
            rule("booking-limit", "valueInteger", json!(-1)),
            rule("unknown-rule", "valueBoolean", json!(false))]});
        assert_eq!(
            PracticeRules::from_services(&[odd]),
            PracticeRules::default()
        );
    }

    #[test]
    fn every_rule_is_read() {
        let first = json!({"extension": [
            rule("booking-enabled", "valueBoolean", json!(true)),
            rule("cancellation-enabled", "valueBoolean", json!(false)),
            rule("cancellation-cut-off", "valueInteger", json!(120)),
            rule("reason", "valueCode", json!("mandatory")),
            rule("reason-max-length", "valueInteger", json!(150)),
            rule("booking-limit", "valuePositiveInt", json!("3")),
            rule("same-day-booking", "valueBoolean", json!(false)),
            rule("ordering-enabled", "valueBoolean", json!(true))],
            "extraDetails": "Be on\ntime.\r\n\r\nBring your glasses.",
            "telecom": [{"system": "phone", "value": "01632 960001"}]});
        let second = json!({"extension": [rule("booking-enabled", "valueBoolean", json!(false))],
            "extraDetails": "Be on time.", "comment": "No dogs."});
        assert_eq!(
            PracticeRules::from_services(&[first, second]),
            PracticeRules {
                booking_enabled: Some(true),
                cancellation_enabled: Some(false),
                cancellation_cut_off_minutes: Some(120),
                reason: Some(ReasonRule::Mandatory),
                reason_max: Some(150),
                booking_limit: Some(3),
                same_day_booking: Some(false),
                ordering_enabled: Some(true),
                guidance: vec![
                    "Be on time.".into(),
                    "Bring your glasses.".into(),
                    "No dogs.".into()
                ],
                phone: Some("01632 960001".into()),
            }
        );
    }
}
