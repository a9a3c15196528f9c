//! Any other type: its name, and every simple fact under its name in the standard, so that
//! nothing that was sent is lost.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::FieldLabel;
use hale_fhir::date::{self, FhirDate};
use hale_fhir::lenient::list;
use hale_fhir::{Resolver, concept, people};
use serde_json::Value;

use super::draft::Draft;
use super::phrase;

/// Members that are shown elsewhere, or say nothing to a patient.
const NOT_FACTS: [&str; 14] = [
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "identifier",
    "subject",
    "patient",
    "note",
    "status",
];

/// How many facts are shown at most.
const MOST: usize = 60;

/// How deeply parts of parts are read.
const DEEPEST: u32 = 3;

pub(super) fn read(draft: &mut Draft, json: &Value, find: &dyn Fn(&str) -> Option<Value>) {
    let resolver = Resolver::new(json, find);
    let name = json["resourceType"]
        .as_str()
        .and_then(|_| people::resource_name(json));
    draft.title(name.or_else(|| list(&json["category"]).find_map(concept::words)));
    for field in ["author", "recorder", "performer", "sender", "requester"] {
        draft.author(resolver.names(&json[field]).into_iter().next());
    }
    draft.fact(FieldLabel::Status, draft.status_text.clone());
    let members = json.as_object().into_iter().flatten();
    for (field, value) in members.take(MOST) {
        if NOT_FACTS.contains(&field.as_str()) || field.starts_with('_') {
            continue;
        }
        for one in list(value) {
            let said = said(field, one, &resolver, 0);
            draft.more(FieldLabel::Element(field.clone()), phrase::all(said));
        }
    }
    draft.codes(&json["code"]);
}

/// Whether an element holds a date, by its name; a text that is none stays as it was written.
fn is_date(field: &str) -> bool {
    [
        "date", "issued", "created", "sent", "received", "authored", "recorded", "start", "end",
        "event",
    ]
    .contains(&field)
        || ["Date", "DateTime", "Instant", "On"]
            .into_iter()
            .any(|end| field.ends_with(end))
}

/// A date or a span of time. A moment is one under any name: its hour would be UTC's otherwise.
fn dated(field: &str, element: &Value) -> Option<Phrase> {
    match element {
        Value::String(written) => {
            let is_moment = matches!(
                date::parse(written),
                Some(FhirDate::Moment(_) | FhirDate::Floating(_))
            );
            (is_moment || is_date(field)).then(|| phrase::date(element))?
        }
        Value::Object(parts) => {
            let is_period = parts
                .keys()
                .all(|part| ["start", "end", "id", "extension"].contains(&part.as_str()));
            is_period.then(|| phrase::period(element))?
        }
        _ => None,
    }
}

/// What an element says: its own words, else those of its parts.
fn said(field: &str, element: &Value, resolver: &Resolver<'_>, depth: u32) -> Vec<Phrase> {
    let own = dated(field, element)
        .or_else(|| phrase::any(element))
        .or_else(|| phrase::words(resolver.name(element)))
        .or_else(|| phrase::words(people::human_name(element).filter(|_| element.is_object())));
    if own.is_some() || depth >= DEEPEST {
        return own.into_iter().collect();
    }
    let parts = element.as_object().into_iter().flatten();
    parts
        .filter(|(field, _)| !NOT_FACTS.contains(&field.as_str()) && *field != "reference")
        .flat_map(|(field, part)| list(part).map(move |part| (field, part)))
        .flat_map(|(field, part)| said(field, part, resolver, depth + 1))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use hale_contracts::time::PartialDate;
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_at_any_depth_are_londons() {
        // Half past midnight in London's summer is still the day before in UTC.
        let written = "2026-07-04T23:30:00Z";
        let moment = || crate::london::partial_date(written);
        assert!(matches!(moment(), PartialDate::Moment(_)));
        let date = |date| vec![Phrase::Date(date)];
        let cases = [
            ("authoredOn", json!(written), date(moment())),
            ("unheardOf", json!(written), date(moment())),
            ("bornDate", json!("1950"), date(PartialDate::Year(1950))),
            ("edition", json!("1950"), vec![Phrase::Text("1950".into())]),
            (
                "created",
                json!("last week"),
                date(PartialDate::AsWritten("last week".into())),
            ),
            (
                "period",
                json!({"start": written}),
                vec![Phrase::Period(Some(moment()), None)],
            ),
            (
                "activity",
                json!({"detail": {"scheduledTiming": {"event": [written, "2026-08"]}}}),
                [moment(), PartialDate::Month(2026, 8)]
                    .map(Phrase::Date)
                    .to_vec(),
            ),
            (
                "activity",
                json!({"detail": {"description": "A walk", "scheduledPeriod": {"end": written}}}),
                vec![
                    Phrase::Text("A walk".into()),
                    Phrase::Period(None, Some(moment())),
                ],
            ),
        ];
        for (field, element, expected) in cases {
            let resolver = Resolver::new(&Value::Null, &|_| None);
            assert_eq!(
                said(field, &element, &resolver, 0),
                expected,
                "{field} {element}"
            );
        }
    }
}
