//! Laboratory results: panels as the problems ask for them, with values that move from test to
//! test as they would, reference ranges, and a clinician's comment.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use super::terms::{Analyte, Panel, panel};
use super::{Record, identifier};
use crate::population::codes::{CONFIDENTIALITY, LOINC, SNOMED};
use crate::population::directory;
use crate::population::json::{
    coding, date_time, meta, quantity, reference, round, snomed_or_text,
};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::practices::Role;
use crate::population::rng::Rng;

/// A panel that is done again and again.
struct Series {
    panel: &'static str,
    /// How many days before the epoch it began.
    back: i64,
    every: i64,
}

const fn series(panel: &'static str, back: i64, every: i64) -> Series {
    Series { panel, back, every }
}

fn plan(record: &Record<'_>, rng: &mut Rng) -> Vec<Series> {
    let person = record.person;
    match person.story {
        Story::Long => {
            return vec![
                series("inr", 28 * 365, 9),
                series("ue", 20 * 365, 30),
                series("fbc", 15 * 365, 60),
                series("liver", 12 * 365, 182),
                series("lipids", 20 * 365, 365),
            ];
        }
        Story::Full => {
            return vec![
                series("hba1c", 720, 182),
                series("ue", 500, 365),
                series("lipids", 330, 730),
                series("thyroid", 380, 365),
                series("fbc", 300, 730),
                series("acr", 90, 730),
                series("crp", 60, 2_000),
            ];
        }
        _ => {}
    }
    let age = person.age(epoch());
    if age < 16 {
        return Vec::new();
    }
    let start = rng.between(0, 300);
    let mut out = Vec::new();
    if record.has("diabetes") {
        out.push(series("hba1c", 1_900 + start, 182));
        out.push(series("acr", 1_100 + start, 365));
    }
    if ["diabetes", "hypertension", "ckd", "heart", "af"]
        .iter()
        .any(|key| record.has(key))
    {
        out.push(series(
            "ue",
            1_500 + start,
            if record.has("ckd") { 182 } else { 365 },
        ));
    }
    if record.has("hypothyroid") {
        out.push(series("thyroid", 1_500 + start, 365));
    }
    if record.has("cholesterol") || record.has("diabetes") {
        out.push(series("lipids", 1_500 + start, 365));
        out.push(series("liver", 1_400 + start, 730));
    }
    if record.has("anaemia") {
        out.push(series("fbc", 700 + start, 182));
    }
    if age >= 40 && out.is_empty() {
        out.push(series("hba1c", 1_000 + start, 1_825));
        out.push(series("lipids", 1_000 + start, 1_825));
    }
    if rng.chance(45) {
        out.push(series("fbc", 600 + start, 1_460));
    }
    if rng.chance(12) {
        out.push(series("crp", 200 + start, 1_460));
    }
    out
}

/// What a problem does to a value: where it begins, and how it moves each year.
fn course(record: &Record<'_>, analyte: &Analyte) -> (f64, f64) {
    let old = record.person.age(epoch()) as f64;
    match analyte.key {
        "hba1c" if record.has("diabetes") => (63.0, -2.6),
        "tsh" if record.has("hypothyroid") => (5.6, -0.7),
        "egfr" if record.has("ckd") => (55.0, -1.1),
        "creatinine" if record.has("ckd") => (112.0, 2.4),
        "egfr" => ((118.0 - old * 0.6).min(90.0), -0.3),
        "cholesterol" if record.has("cholesterol") => (6.3, -0.35),
        "ldl" if record.has("cholesterol") => (4.1, -0.3),
        "hb" if record.has("anaemia") => (102.0, 5.0),
        "mcv" if record.has("anaemia") => (74.0, 2.0),
        "hb" if !record.person.female() => (150.0, 0.0),
        _ => (analyte.mean, 0.0),
    }
}

pub(super) fn add(record: &mut Record<'_>) {
    let mut rng = record.person.rng("results");
    for (at, series) in plan(record, &mut rng).iter().enumerate() {
        let Some(panel) = panel(series.panel) else {
            continue;
        };
        let mut rng = record.person.rng(&format!("series {at}"));
        let own: f64 = rng.noise() * 0.5;
        let from = epoch() - Duration::days(series.back);
        let mut day = Person::weekday(from.max(record.person.birth));
        let mut turn = 0;
        while record.is_past(day) {
            turn += 1;
            let years = (day - from).num_days() as f64 / 365.0;
            report(record, &mut rng, panel, (at + 1, turn), day, (own, years));
            day = Person::weekday(day + Duration::days(series.every + rng.between(-4, 4)));
        }
    }
}

/// Adds a report with its results; `place` is the series and the turn in it.
fn report(
    record: &mut Record<'_>,
    rng: &mut Rng,
    panel: &'static Panel,
    place: (usize, usize),
    day: NaiveDate,
    at: (f64, f64),
) {
    let (series, turn) = place;
    let id = format!("{}-{turn}", record.id("report", series));
    let minute = 8 * 60 + 30 + rng.between(0, 180);
    let (taken, issued) = (
        date_time(day, minute),
        date_time(day, 17 * 60 + rng.between(0, 120)),
    );
    let mut results = Vec::new();
    let mut out_of_range = false;
    for (number, analyte) in panel.analytes.iter().enumerate() {
        let result_id = format!("{}-{turn}-{}", record.id("result", series), number + 1);
        let (observation, flagged) =
            observation(record, rng, analyte, &result_id, (day, &taken, &issued), at);
        out_of_range |= flagged;
        results.push(reference("Observation", &result_id, analyte.display));
        record.add(day, || observation);
    }
    let (who, clinician) = record.person.clinician(rng, Role::Gp);
    let recent = day > epoch() - Duration::days(120);
    let waiting = if record.person.story == Story::Full {
        panel.key == "acr"
    } else {
        recent && rng.chance(20)
    };
    let sensitive = if record.person.story == Story::Full {
        panel.key == "crp"
    } else {
        rng.chance(3)
    };
    let mut meta = meta("DiagnosticReport-Lab", day);
    if sensitive {
        meta["security"] = json!([coding(CONFIDENTIALITY, "R", "restricted")]);
    }
    let mut report = json!({
        "resourceType": "DiagnosticReport",
        "id": id,
        "meta": meta,
        "identifier": identifier(rng),
        "status": if waiting { "preliminary" } else { "final" },
        "category": [{ "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory",
        )] }],
        "code": snomed_or_text(panel.code, panel.display),
        "subject": record.subject(),
        "effectiveDateTime": taken,
        "issued": issued,
        "performer": [
            reference("Organization", &directory::hospital_id(record.person.practice),
                record.person.practice.hospital),
        ],
        "resultsInterpreter": [directory::practitioner(record.person.practice, who)],
        "result": results,
    });
    if !waiting {
        let words = match (out_of_range, rng.below(3)) {
            (false, 0) => Some("Normal, no action needed."),
            (false, 1) => Some("Satisfactory."),
            (false, _) => None,
            (true, 0) => Some("Slightly outside the usual range. Repeat at the next review."),
            (true, 1) => {
                Some("As expected with your condition. Please keep taking your medicines.")
            }
            (true, _) => {
                Some("Please book a routine telephone appointment to talk about this result.")
            }
        };
        if let Some(words) = words {
            report["conclusion"] = json!(format!("{words} {}", clinician.display()));
        }
    }
    record.add(day, || report);
}

/// With how many decimals a value is written. A blood counter prints two, whatever it can tell.
fn places(analyte: &Analyte) -> u32 {
    match analyte.key {
        "wcc" => 2,
        _ => analyte.decimals,
    }
}

/// A result and whether it is out of range.
fn observation(
    record: &Record<'_>,
    rng: &mut Rng,
    analyte: &Analyte,
    id: &str,
    when: (NaiveDate, &str, &str),
    at: (f64, f64),
) -> (Value, bool) {
    let (day, taken, issued) = when;
    let (start, yearly) = course(record, analyte);
    // A trend levels off: most of it happens in the first five years.
    let value = start + yearly * at.1.min(5.0) + (at.0 + rng.noise() * 0.5) * analyte.spread;
    let value = round(value.max(analyte.least), analyte.decimals).max(0.0);
    let mut result = json!({
        "resourceType": "Observation",
        "id": id,
        "meta": meta("Observation-Lab", day),
        "status": "final",
        "category": [{ "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/observation-category",
            "laboratory", "Laboratory",
        )] }],
        "code": if analyte.key == "inr" {
            json!({ "coding": [coding(LOINC, "6301-6", "INR in Platelet poor plasma by Coagulation assay")],
                "text": analyte.display })
        } else {
            json!({ "coding": [coding(SNOMED, analyte.code, analyte.display)],
                "text": analyte.display })
        },
        "subject": record.subject(),
        "effectiveDateTime": taken,
        "issued": issued,
        "performer": [reference("Organization", &directory::hospital_id(record.person.practice),
            record.person.practice.hospital)],
    });
    if rng.below(60) == 0 {
        result["dataAbsentReason"] = json!({
            "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/data-absent-reason", "error", "Error",
            )],
            "text": "The sample could not be tested",
        });
        return (result, false);
    }
    let below_least = analyte.least > 0.0 && value <= analyte.least;
    let written = |value| quantity(value, places(analyte), analyte.unit, analyte.ucum);
    let mut measured = written(value);
    if below_least {
        measured = written(analyte.least);
        measured["comparator"] = json!("<");
    }
    result["valueQuantity"] = measured;
    // One laboratory in ten sends no ranges.
    let ranged = (analyte.low.is_some() || analyte.high.is_some())
        && (record.person.story == Story::Full || record.person.index % 10 != 3);
    let low = analyte.low.is_some_and(|low| value < low);
    let high = analyte.high.is_some_and(|high| value > high);
    if ranged {
        let mut range = json!({});
        if let Some(low) = analyte.low {
            range["low"] = written(low);
        }
        if let Some(high) = analyte.high {
            range["high"] = written(high);
        }
        result["referenceRange"] = json!([range]);
        let (code, words) = match (low, high) {
            (true, _) => ("L", "Low"),
            (_, true) => ("H", "High"),
            _ => ("N", "Normal"),
        };
        result["interpretation"] = json!([{ "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", code, words,
        )] }]);
    }
    (result, ranged && (low || high))
}
