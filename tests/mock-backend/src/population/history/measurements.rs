//! Measurements of the body and how somebody lives: blood pressure, weight, height, BMI, pulse,
//! smoking.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use super::Record;
use crate::population::codes::{LOINC, SNOMED};
use crate::population::directory;
use crate::population::json::{coding, date_time, meta, quantity, round, snomed, snomed_loinc};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::practices::Role;
use crate::population::rng::Rng;

fn observation(
    record: &Record<'_>,
    id: String,
    profile: &str,
    category: (&str, &str),
    code: Value,
    day: NaiveDate,
    who: &Value,
) -> Value {
    json!({
        "resourceType": "Observation",
        "id": id,
        "meta": meta(profile, day),
        "status": "final",
        "category": [{ "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/observation-category", category.0, category.1,
        )] }],
        "code": code,
        "subject": record.subject(),
        "effectiveDateTime": date_time(day, 11 * 60 + 5),
        "performer": [who],
    })
}

const VITAL: (&str, &str) = ("vital-signs", "Vital Signs");

pub(super) fn add(record: &mut Record<'_>) {
    let mut rng = record.person.rng("measurements");
    let age = record.person.age(epoch());
    let watched = ["hypertension", "diabetes", "ckd", "heart", "af", "copd"]
        .iter()
        .any(|key| record.has(key));
    let (back, every) = match record.person.story {
        Story::Long => (25 * 365, 7),
        Story::Full => (700, 365),
        _ if age < 5 => (age * 365, 240),
        _ if age < 16 => return,
        _ if watched => (1_500 + rng.between(0, 300), 365),
        _ => (1_200 + rng.between(0, 900), 1_825),
    };
    let mut body = Body::new(record, &mut rng);
    let first = (epoch() - Duration::days(back)).max(record.person.birth + Duration::days(42));
    let mut day = Person::weekday(first);
    let mut turn = 0;
    while record.is_past(day) {
        turn += 1;
        let (who, _) = record.person.clinician(&mut rng, Role::Nurse);
        let who = directory::practitioner(record.person.practice, who);
        // A weekly reading is the blood pressure alone; the rest is measured once a year.
        let whole = record.person.story != Story::Long || turn % 52 == 1;
        visit(record, &mut rng, &mut body, (turn, day, whole), &who);
        day = Person::weekday(day + Duration::days(every + rng.between(-3, 3)));
    }
}

/// What stays alike from visit to visit.
struct Body {
    height: f64,
    weight: f64,
    systolic: f64,
    diastolic: f64,
    smoking: (&'static str, &'static str),
}

impl Body {
    fn new(record: &Record<'_>, rng: &mut Rng) -> Self {
        let female = record.person.female();
        let height = if female { 162.0 } else { 176.0 } + rng.noise() * 14.0;
        let bmi = 26.5 + rng.noise() * 7.0 + if record.has("diabetes") { 3.0 } else { 0.0 };
        let raised = if record.has("hypertension") {
            22.0
        } else {
            0.0
        };
        let smoking = match rng.below(100) {
            _ if record.has("copd") => ("8517006", "Ex-smoker"),
            0..58 => ("266919005", "Never smoked tobacco"),
            58..87 => ("8517006", "Ex-smoker"),
            _ => ("77176002", "Smoker"),
        };
        Self {
            height: round(height, 0),
            weight: bmi * height * height / 10_000.0,
            systolic: 124.0 + raised + rng.noise() * 10.0,
            diastolic: 76.0 + raised / 2.0 + rng.noise() * 6.0,
            smoking,
        }
    }
}

fn visit(
    record: &mut Record<'_>,
    rng: &mut Rng,
    body: &mut Body,
    at: (usize, NaiveDate, bool),
    who: &Value,
) {
    let (turn, day, whole) = at;
    let months = (day - record.person.birth).num_days() as f64 / 30.4;
    let child = record.person.age(day) < 16;
    if child {
        // Roughly the middle of the growth charts.
        body.weight = (3.4 + months * 0.55).min(9.5 + months * 0.19);
        body.height = (50.0 + months * 2.0).min(74.0 + months * 0.62);
    } else {
        body.weight += rng.noise() * 0.8;
        // Treatment lowers a raised blood pressure bit by bit.
        if body.systolic > 134.0 {
            body.systolic -= 1.5;
        }
        let (systolic, diastolic) = (
            round(body.systolic + rng.noise() * 9.0, 0),
            round(body.diastolic + rng.noise() * 7.0, 0),
        );
        pressure(record, (turn, day), who, (systolic, diastolic));
    }
    if !whole {
        return;
    }
    let (weight, height) = (round(body.weight, 1), round(body.height, 0));
    single(
        record,
        ("weight", turn),
        day,
        who,
        snomed_loinc("27113001", "29463-7", "Body weight"),
        quantity(weight, 1, "kg", "kg"),
    );
    if child || turn == 1 {
        single(
            record,
            ("height", turn),
            day,
            who,
            snomed_loinc("50373000", "8302-2", "Body height"),
            quantity(height, 0, "cm", "cm"),
        );
    }
    if child {
        return;
    }
    let bmi = round(weight / (height * height) * 10_000.0, 1);
    single(
        record,
        ("bmi", turn),
        day,
        who,
        snomed_loinc("60621009", "39156-5", "Body mass index"),
        quantity(bmi, 1, "kg/m2", "kg/m2"),
    );
    let pulse = round(72.0 + rng.noise() * 14.0, 0);
    single(
        record,
        ("pulse", turn),
        day,
        who,
        snomed_loinc("78564009", "8867-4", "Pulse rate"),
        quantity(pulse, 0, "beats/minute", "/min"),
    );
    let mut smoking = observation(
        record,
        record.id("smoking", turn),
        "Observation",
        ("social-history", "Social History"),
        json!({
            "coding": [
                coding(SNOMED, "365981007", "Tobacco smoking behaviour"),
                coding(LOINC, "72166-2", "Tobacco smoking status"),
            ],
            "text": "Smoking status",
        }),
        day,
        who,
    );
    smoking["valueCodeableConcept"] = snomed(body.smoking.0, body.smoking.1);
    record.add(day, || smoking);
}

fn single(
    record: &mut Record<'_>,
    at: (&str, usize),
    day: NaiveDate,
    who: &Value,
    code: Value,
    value: Value,
) {
    let id = record.id(at.0, at.1);
    let mut one = observation(record, id, "Observation-VitalSigns", VITAL, code, day, who);
    one["valueQuantity"] = value;
    record.add(day, || one);
}

fn pressure(record: &mut Record<'_>, at: (usize, NaiveDate), who: &Value, value: (f64, f64)) {
    let code = snomed_loinc("75367002", "85354-9", "Blood pressure");
    let id = record.id("bp", at.0);
    let mut one = observation(record, id, "Observation-VitalSigns", VITAL, code, at.1, who);
    one["component"] = json!([
        { "code": snomed_loinc("72313002", "8480-6", "Systolic blood pressure"),
          "valueQuantity": quantity(value.0, 0, "mmHg", "mm[Hg]") },
        { "code": snomed_loinc("1091811000000102", "8462-4", "Diastolic blood pressure"),
          "valueQuantity": quantity(value.1, 0, "mmHg", "mm[Hg]") },
    ]);
    record.add(at.1, || one);
}
