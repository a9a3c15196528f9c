//! Vaccinations by the schedule of the years in which somebody had their ages.

use chrono::{Datelike, Duration, NaiveDate};
use serde_json::{Value, json};

use super::Record;
use super::terms::{COVID, FLU, VACCINES};
use crate::population::codes::VACCINATION_PROCEDURE;
use crate::population::directory;
use crate::population::json::{meta, snomed, snomed_or_text};
use crate::population::person::{Person, epoch};
use crate::population::practices::Role;
use crate::population::rng::Rng;

struct Given<'a> {
    code: &'a str,
    display: &'a str,
    diseases: &'a [(&'a str, &'a str)],
    dose: Option<(u32, u32)>,
    procedure: (&'a str, &'a str),
}

pub(super) fn add(record: &mut Record<'_>) {
    let mut rng = record.person.rng("vaccines");
    let mut number = 0;
    for term in &VACCINES {
        let late = rng.between(0, 40);
        let taken = rng.chance(93);
        let day = Person::weekday(record.person.at_months(term.months) + Duration::days(late));
        if !taken || day.year() < term.since {
            continue;
        }
        number += 1;
        let given = Given {
            code: term.code,
            display: term.display,
            diseases: term.diseases,
            dose: Some((term.dose, term.of)),
            procedure: term.procedure,
        };
        immunization(record, &mut rng, number, day, &given);
    }
    seasonal(record, &mut rng);
}

/// Influenza each autumn for those who are offered it, and COVID-19.
fn seasonal(record: &mut Record<'_>, rng: &mut Rng) {
    let offered = ["asthma", "diabetes", "copd", "heart", "ckd"]
        .iter()
        .any(|key| record.has(key));
    let accepts = rng.chance(75);
    let flu = Given {
        code: "46233009",
        display: "Influenza vaccine",
        diseases: FLU,
        dose: None,
        procedure: ("73701000119109", "Influenza vaccination given"),
    };
    for year in 2018..2036 {
        let Some(start) = NaiveDate::from_ymd_opt(year, 9, 20) else {
            continue;
        };
        let day = Person::weekday(start + Duration::days(rng.between(0, 60)));
        let skipped = rng.chance(15);
        let age = record.person.age(day);
        if accepts && !skipped && (age >= 65 || (offered && age >= 3)) {
            immunization(record, rng, 1_000 + year.unsigned_abs() as usize, day, &flu);
        }
    }
    if record.person.age(epoch()) < 20 || rng.chance(12) {
        return;
    }
    let doses = [
        (
            2021,
            2,
            1,
            (
                "1324681000000101",
                "Administration of first dose of COVID-19 vaccine",
            ),
        ),
        (
            2021,
            5,
            2,
            (
                "1324691000000104",
                "Administration of second dose of COVID-19 vaccine",
            ),
        ),
        (
            2021,
            11,
            3,
            (
                "1362591000000103",
                "Administration of booster dose of COVID-19 vaccine",
            ),
        ),
    ];
    for (year, month, dose, procedure) in doses {
        let Some(start) = NaiveDate::from_ymd_opt(year, month, 3) else {
            continue;
        };
        let day = Person::weekday(start + Duration::days(rng.between(0, 24)));
        let given = Given {
            code: "1119349007",
            display: "COVID-19 mRNA vaccine",
            diseases: COVID,
            dose: Some((dose, 3)),
            procedure,
        };
        immunization(record, rng, 2_000 + dose as usize, day, &given);
    }
}

fn immunization(
    record: &mut Record<'_>,
    rng: &mut Rng,
    number: usize,
    day: NaiveDate,
    given: &Given<'_>,
) {
    let (who, _) = record.person.clinician(rng, Role::Nurse);
    let lot = format!(
        "{}{:04}",
        rng.pick(&["AB", "FX", "GL", "PF", "SK"]),
        rng.below(10_000)
    );
    let left = rng.chance(60);
    let mut resource = json!({
        "resourceType": "Immunization",
        "id": record.id("vaccine", number),
        "meta": meta("Immunization", day),
        "status": "completed",
        "vaccineCode": snomed_or_text(given.code, given.display),
        "patient": record.subject(),
        "occurrenceDateTime": day.to_string(),
        "recorded": day.to_string(),
        "primarySource": true,
        "location": directory::location(record.person.practice),
        "lotNumber": lot,
        "site": if left {
            snomed("368208006", "Left upper arm structure")
        } else {
            snomed("368209003", "Right upper arm structure")
        },
        "performer": [{ "actor": directory::practitioner(record.person.practice, who) }],
    });
    if !given.procedure.0.is_empty() {
        resource["extension"] = json!([{
            "url": VACCINATION_PROCEDURE,
            "valueCodeableConcept": snomed(given.procedure.0, given.procedure.1),
        }]);
    }
    let diseases: Vec<Value> = given
        .diseases
        .iter()
        .map(|(code, words)| snomed(code, words))
        .collect();
    let mut protocol = json!({ "targetDisease": diseases, "doseNumberString": "Seasonal" });
    if let Some((dose, of)) = given.dose {
        protocol = json!({
            "targetDisease": diseases, "doseNumberPositiveInt": dose, "seriesDosesPositiveInt": of,
        });
    }
    resource["protocolApplied"] = json!([protocol]);
    record.add(day, || resource);
}
