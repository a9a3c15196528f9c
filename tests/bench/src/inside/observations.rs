//! Made-up Observations of about a kilobyte each, the same ones at every call.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// The patient whom they are of.
pub(crate) const PATIENT: &str = "bench";

/// How many stand on a page.
pub(crate) const PAGE: usize = 100;

const MEASURED: [(&str, &str, &str); 8] = [
    ("75367002", "Blood pressure", "mm[Hg]"),
    ("27113001", "Body weight", "kg"),
    ("50373000", "Body height", "cm"),
    ("60621009", "Body mass index", "kg/m2"),
    ("364075005", "Heart rate", "/min"),
    ("386725007", "Body temperature", "Cel"),
    ("86290005", "Respiratory rate", "/min"),
    ("431314004", "Peripheral oxygen saturation", "%"),
];

const CLINICIANS: [&str; 6] = [
    "Dr Amara Okafor",
    "Dr Helen Whitcombe",
    "Nurse Priya Raman",
    "Nurse Tomasz Zielinski",
    "Dr Gareth Llewellyn",
    "Healthcare assistant Joan Oyelaran",
];

const NOTES: [&str; 5] = [
    "Taken at rest in the left arm, patient seated.",
    "Repeated after ten minutes because the first reading was high.",
    "Home reading brought in by the patient.",
    "Taken before the annual review of long-term conditions.",
    "Routine check at registration.",
];

/// The year, month and day of an Observation.
fn day(number: usize) -> (usize, usize, usize) {
    (
        1990 + number % 35,
        1 + number / 35 % 12,
        1 + number / 420 % 28,
    )
}

/// When an Observation was last updated at first.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a date"
)]
pub(crate) fn updated(number: usize) -> DateTime<Utc> {
    let (year, month, day) = day(number);
    NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)
        .and_then(|date| date.and_hms_opt(10, 15, 0))
        .map_or(DateTime::UNIX_EPOCH, |at| at.and_utc())
}

/// The same Observation as JSON after it changed.
pub(crate) fn revised(number: usize, version: u64, at: DateTime<Utc>) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, false);
    written(number, &version.to_string(), &at)
}

/// One Observation as JSON.
pub(crate) fn observation(number: usize) -> String {
    let (year, month, day) = day(number);
    let at = format!("{year}-{month:02}-{day:02}T10:15:00+00:00");
    written(number, "1", &at)
}

fn written(number: usize, version: &str, updated: &str) -> String {
    let (code, name, unit) = MEASURED[number % MEASURED.len()];
    let clinician = CLINICIANS[number / 3 % CLINICIANS.len()];
    let note = NOTES[number / 7 % NOTES.len()];
    let (year, month, day) = day(number);
    let value = 40 + number * 7 % 120;
    let mut json = String::with_capacity(1_100);
    let _ = write!(
        json,
        concat!(
            r#"{{"resourceType":"Observation","id":"obs-{number:06}","#,
            r#""meta":{{"versionId":"{version}","lastUpdated":"{updated}","#,
            r#""profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns"]}},"#,
            r#""identifier":[{{"system":"urn:ietf:rfc:3986","value":"urn:uuid:00000000-0000-4000-8000-{number:012}"}}],"#,
            r#""status":"final","#,
            r#""category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","#,
            r#""code":"vital-signs","display":"Vital Signs"}}]}}],"#,
            r#""code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}","display":"{name}"}}],"text":"{name}"}},"#,
            r#""subject":{{"reference":"Patient/{patient}"}},"#,
            r#""effectiveDateTime":"{year}-{month:02}-{day:02}T10:10:00+00:00","#,
            r#""issued":"{year}-{month:02}-{day:02}T10:15:00+00:00","#,
            r#""performer":[{{"reference":"Practitioner/{who}","display":"{clinician}"}}],"#,
            r#""valueQuantity":{{"value":{value},"unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}"}},"#,
            r#""note":[{{"text":"{note}"}}]}}"#
        ),
        number = number,
        version = version,
        updated = updated,
        year = year,
        month = month,
        day = day,
        code = code,
        name = name,
        patient = PATIENT,
        who = number % CLINICIANS.len(),
        clinician = clinician,
        value = value,
        unit = unit,
        note = note,
    );
    json
}
