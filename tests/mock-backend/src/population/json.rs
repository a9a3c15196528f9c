//! Small builders of FHIR R4 JSON. No content of their own.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Europe::London;
use serde_json::{Value, json};

use super::codes::{DELIVERY_CHANNEL, DELIVERY_CHANNEL_CODES, LOINC, SNOMED, UCUM};

/// A moment on a day in England, by minutes since midnight. In the hour that a clock change
/// leaves out, the time an hour later; nothing is generated at night in any case.
pub(crate) fn local(day: NaiveDate, minute: i64) -> DateTime<chrono_tz::Tz> {
    let naive = day.and_time(NaiveTime::MIN) + Duration::minutes(minute);
    London
        .from_local_datetime(&naive)
        .earliest()
        .unwrap_or_else(|| London.from_utc_datetime(&naive))
}

/// A FHIR dateTime with the offset of England at that time.
pub(crate) fn date_time(day: NaiveDate, minute: i64) -> String {
    local(day, minute).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A FHIR instant in UTC.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `meta` of a first version under a UK Core profile; last updated on the evening of `day`.
pub(crate) fn meta(profile: &str, day: NaiveDate) -> Value {
    json!({
        "versionId": "1",
        "lastUpdated": instant(local(day, 20 * 60).with_timezone(&Utc)),
        "profile": [format!("https://fhir.hl7.org.uk/StructureDefinition/UKCore-{profile}")],
    })
}

pub(crate) fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

/// A CodeableConcept of one coding with its own words.
pub(crate) fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [coding(system, code, display)], "text": display })
}

/// A SNOMED CT CodeableConcept.
pub(crate) fn snomed(code: &str, display: &str) -> Value {
    concept(SNOMED, code, display)
}

/// SNOMED CT with LOINC beside it.
pub(crate) fn snomed_loinc(code: &str, loinc: &str, display: &str) -> Value {
    json!({
        "coding": [coding(SNOMED, code, display), coding(LOINC, loinc, display)],
        "text": display,
    })
}

/// A SNOMED CT concept, or words alone where the table knows no certain code.
pub(crate) fn snomed_or_text(code: &str, text: &str) -> Value {
    if code.is_empty() {
        json!({ "text": text })
    } else {
        snomed(code, text)
    }
}

pub(crate) fn reference(kind: &str, id: &str, display: &str) -> Value {
    json!({ "reference": format!("{kind}/{id}"), "type": kind, "display": display })
}

/// A measured value, written with so many decimals: `5.40` tells more than `5.4` (FHIR R4 `decimal`).
pub(crate) fn quantity(value: f64, decimals: u32, unit: &str, ucum: &str) -> Value {
    json!({ "value": number(value, decimals), "unit": unit, "system": UCUM, "code": ucum })
}

/// A number with so many decimals, also where the last are zeros.
pub(crate) fn number(value: f64, decimals: u32) -> Value {
    let places = usize::try_from(decimals).unwrap_or(0);
    format!("{value:.places$}")
        .parse()
        .map_or(Value::Null, Value::Number)
}

/// Rounds to a number of decimals.
pub(crate) fn round(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.pow(decimals));
    (value * scale).round() / scale
}

/// The same value without spare room: what is built field by field has much of it, and a long
/// record has thousands of resources.
pub(crate) fn packed(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(mut name, value)| {
                name.shrink_to_fit();
                (name, packed(value))
            })
            .collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(packed).collect();
            items.shrink_to_fit();
            Value::Array(items)
        }
        Value::String(mut text) => {
            text.shrink_to_fit();
            Value::String(text)
        }
        other => other,
    }
}

/// How an appointment takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    InPerson,
    Telephone,
    Video,
}

impl Channel {
    /// UK Core's delivery channel extension.
    pub(crate) fn extension(self) -> Value {
        let (code, display) = match self {
            Self::InPerson => ("In-person", "In person"),
            Self::Telephone => ("Telephone", "Telephone"),
            Self::Video => ("Video", "Video"),
        };
        json!({
            "url": DELIVERY_CHANNEL,
            "valueCodeableConcept": { "coding": [coding(DELIVERY_CHANNEL_CODES, code, display)] },
        })
    }
}

/// A narrative: each line a paragraph, escaped.
pub(crate) fn narrative(status: &str, lines: &[String]) -> Value {
    let mut div = String::from("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
    for line in lines {
        div.push_str("<p>");
        div.push_str(
            &line
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        );
        div.push_str("</p>");
    }
    div.push_str("</div>");
    json!({ "status": status, "div": div })
}
