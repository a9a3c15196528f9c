//! Which problems a patient has, from when to when; everything else in the record follows from
//! this plan. And the Conditions that say so.

use chrono::{Datelike, Duration, NaiveDate};
use serde_json::{Value, json};

use super::Record;
use super::terms::{ILLNESSES, PROBLEMS};
use crate::population::directory;
use crate::population::json::{coding, meta, reference, snomed};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::practices::Role;
use crate::population::rng::Rng;

/// A problem of a patient.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// Key of the term, or `illness`.
    pub(super) key: &'static str,
    pub(super) code: &'static str,
    pub(super) display: &'static str,
    pub(super) onset: NaiveDate,
    pub(super) abated: Option<NaiveDate>,
    pub(super) medicines: &'static [&'static str],
    /// The course that an illness got.
    pub(super) course: &'static str,
}

const FULL: &[(&str, i64)] = &[
    ("hypertension", 18),
    ("diabetes", 11),
    ("hypothyroid", 24),
    ("osteoarthritis", 9),
    ("cholesterol", 12),
];
const LONG: &[(&str, i64)] = &[
    ("hypertension", 33),
    ("af", 27),
    ("ckd", 14),
    ("copd", 19),
    ("osteoporosis", 12),
    ("osteoarthritis", 25),
    ("reflux", 21),
];

fn long_term(key: &str, onset: NaiveDate) -> Option<Problem> {
    PROBLEMS
        .iter()
        .find(|term| term.key == key)
        .map(|term| Problem {
            key: term.key,
            code: term.code,
            display: term.display,
            onset,
            abated: None,
            medicines: term.medicines,
            course: "",
        })
}

/// The plan of a patient. The same whatever today is.
pub(super) fn plan(person: &Person) -> Vec<Problem> {
    let mut rng = person.rng("problems");
    let age = person.age(epoch());
    let given = match person.story {
        Story::Empty => return Vec::new(),
        Story::Full => FULL,
        Story::Long => LONG,
        Story::Plain | Story::Withheld => &[],
    };
    let mut out: Vec<Problem> = given
        .iter()
        .filter_map(|(key, years)| {
            long_term(
                key,
                epoch() - Duration::days(years * 365 + rng.between(0, 300)),
            )
        })
        .collect();
    if out.is_empty() {
        for term in &PROBLEMS {
            let draw = rng.below(1000);
            let (when, day) = (rng.below(1000), rng.between(0, 364));
            if age <= term.from {
                continue;
            }
            let share = if term.flat {
                term.thousand
            } else {
                let grown = (age - term.from).min(80 - term.from);
                let grown = u32::try_from(grown).unwrap_or(0);
                term.thousand * grown / u32::try_from(80 - term.from).unwrap_or(1)
            };
            if draw < share {
                let years = (age - term.from) * i64::from(when) / 1000;
                let onset = epoch() - Duration::days(years * 365 + day.min(360) + 5);
                out.extend(long_term(
                    term.key,
                    onset.max(person.birth + Duration::days(60)),
                ));
            }
        }
    }
    illnesses(person, &mut rng, age, &mut out);
    out
}

fn illnesses(person: &Person, rng: &mut Rng, age: i64, out: &mut Vec<Problem>) {
    let many = rng.between(0, 3) + i64::from(person.story == Story::Full);
    for _ in 0..many {
        let (code, display, from, course) = *rng.pick(&ILLNESSES);
        let days = rng.between(30, 4 * 365);
        let lasts = rng.between(7, 40);
        let onset = epoch() - Duration::days(days);
        if person.age(onset) < from || age <= from || onset <= person.birth + Duration::days(30) {
            continue;
        }
        out.push(Problem {
            key: "illness",
            code,
            display,
            onset,
            abated: Some(onset + Duration::days(lasts)),
            medicines: &[],
            course,
        });
    }
}

/// A date as exactly as people remember it: a day, a month or a year.
fn remembered(rng: &mut Rng, problem: &Problem) -> String {
    match rng.below(10) {
        _ if problem.abated.is_some() => problem.onset.to_string(),
        0..6 => problem.onset.to_string(),
        6..8 => format!("{}-{:02}", problem.onset.year(), problem.onset.month()),
        _ => problem.onset.year().to_string(),
    }
}

/// Reference to the Condition of the problem at a place of the plan.
pub(super) fn condition(record: &Record<'_>, at: usize) -> Value {
    reference(
        "Condition",
        &record.id("problem", at + 1),
        record.problems[at].display,
    )
}

pub(super) fn add(record: &mut Record<'_>) {
    let mut rng = record.person.rng("conditions");
    for at in 0..record.problems.len() {
        let problem = record.problems[at].clone();
        let (who, _) = record.person.clinician(&mut rng, Role::Gp);
        let onset = remembered(&mut rng, &problem);
        let note = rng.below(3);
        let filed = problem.abated.unwrap_or(problem.onset);
        let status = match problem.abated {
            None => ("active", "Active"),
            Some(_) => ("resolved", "Resolved"),
        };
        let mut resource = json!({
            "resourceType": "Condition",
            "id": record.id("problem", at + 1),
            "meta": meta("Condition", filed),
            "clinicalStatus": { "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/condition-clinical", status.0, status.1,
            )] },
            "verificationStatus": { "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                "confirmed", "Confirmed",
            )] },
            "category": [{ "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/condition-category",
                "problem-list-item", "Problem List Item",
            )] }],
            "code": snomed(problem.code, problem.display),
            "subject": record.subject(),
            "onsetDateTime": onset,
            "recordedDate": problem.onset.to_string(),
            "asserter": directory::practitioner(record.person.practice, who),
        });
        if let Some(abated) = problem.abated {
            resource["abatementDateTime"] = json!(abated.to_string());
        } else if note == 0 {
            resource["note"] = json!([{ "text": "Reviewed once a year at the practice." }]);
        }
        record.add(filed, || resource);
    }
}
