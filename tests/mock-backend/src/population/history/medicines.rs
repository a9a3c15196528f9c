//! Medicines that fit the problems: what is taken (MedicationStatement), what is authorised
//! (MedicationRequest with intent `plan`) and what was issued (intent `order`).

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use super::terms::{MedicineTerm, medicine_term};
use super::{Record, allergies, identifier, problems};
use crate::population::codes::REPEAT_INFORMATION;
use crate::population::directory;
use crate::population::json::{coding, concept, date_time, meta, reference};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::practices::Role;
use crate::population::rng::Rng;

/// How a medicine is prescribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Repeat,
    Acute,
    /// Electronic repeat dispensing: the pharmacy issues without being asked.
    Dispensing,
}

impl Course {
    fn concept(self) -> Value {
        let hl7 = "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy";
        match self {
            Self::Repeat => concept(hl7, "continuous", "Continuous long term therapy"),
            Self::Acute => concept(hl7, "acute", "Short course (acute) therapy"),
            Self::Dispensing => concept(
                "https://fhir.nhs.uk/CodeSystem/medicationrequest-course-of-therapy",
                "continuous-repeat-dispensing",
                "Continuous long term (repeat dispensing)",
            ),
        }
    }
}

/// One medicine of a patient: what, why and how.
struct Taken {
    term: &'static MedicineTerm,
    problem: usize,
    since: NaiveDate,
    until: Option<NaiveDate>,
    course: Course,
}

/// How often a repeat is issued, in days.
const EVERY: i64 = 56;

fn penicillin(key: &str) -> bool {
    matches!(key, "amoxicillin" | "penicillin-v" | "flucloxacillin")
}

fn plan(record: &Record<'_>) -> Vec<Taken> {
    let person = record.person;
    let mut rng = person.rng("medicines");
    let no_penicillin = allergies::plan(record).is_some_and(|all| all.contains(&0));
    let dispensing = rng.chance(12) && person.story != Story::Full;
    let mut out: Vec<Taken> = Vec::new();
    for (at, problem) in record.problems.iter().enumerate() {
        if !problem.course.is_empty() {
            let key = if no_penicillin && penicillin(problem.course) {
                "doxycycline"
            } else {
                problem.course
            };
            if let Some(term) = medicine_term(key) {
                out.push(Taken {
                    term,
                    problem: at,
                    since: problem.onset,
                    until: problem.abated,
                    course: Course::Acute,
                });
            }
            continue;
        }
        for (place, key) in problem.medicines.iter().enumerate() {
            // The first medicine is usual; a second one is added for some, later on.
            let second = place > 0 && !matches!(person.story, Story::Full | Story::Long);
            if (second && !rng.chance(45)) || out.iter().any(|taken| taken.term.key == *key) {
                continue;
            }
            let Some(term) = medicine_term(key) else {
                continue;
            };
            let later = if place > 0 {
                rng.between(120, 900)
            } else {
                rng.between(0, 60)
            };
            let since = (problem.onset + Duration::days(later)).min(epoch() - Duration::days(4));
            out.push(Taken {
                term,
                problem: at,
                since: since.max(person.birth),
                until: None,
                course: if dispensing {
                    Course::Dispensing
                } else {
                    Course::Repeat
                },
            });
        }
    }
    // A medicine that was stopped: the statin before the present one.
    if let Some(at) = record
        .problems
        .iter()
        .position(|problem| problem.key == "cholesterol")
    {
        let onset = record.problems[at].onset;
        let stopped = onset + Duration::days(400);
        if let Some(term) = medicine_term("simvastatin")
            && stopped < epoch()
            && (person.story == Story::Full || rng.chance(40))
        {
            out.push(Taken {
                term,
                problem: at,
                since: onset,
                until: Some(stopped),
                course: Course::Repeat,
            });
        }
    }
    out
}

fn medication(term: &MedicineTerm) -> Value {
    if term.code.is_empty() {
        json!({ "text": term.text })
    } else {
        json!({ "coding": [coding(term.system, term.code, term.display)], "text": term.text })
    }
}

fn dosage(term: &MedicineTerm) -> Value {
    let mut dosage = json!({ "text": term.dose });
    if !term.advice.is_empty() {
        dosage["patientInstruction"] = json!(term.advice);
    }
    json!([dosage])
}

pub(super) fn add(record: &mut Record<'_>) {
    for (at, taken) in plan(record).iter().enumerate() {
        let mut rng = record.person.rng(&format!("medicine {at}"));
        let (who, _) = record.person.clinician(&mut rng, Role::Gp);
        let requester = directory::practitioner(record.person.practice, who);
        let authorised = authorised(record, &mut rng, at, taken, &requester);
        statement(record, &mut rng, at, taken);
        // Last: how many issues there are by now must not change what else is drawn.
        issues(record, &mut rng, at, taken, &requester, authorised);
    }
}

/// Adds the authorisation and gives its day.
fn authorised(
    record: &mut Record<'_>,
    rng: &mut Rng,
    at: usize,
    taken: &Taken,
    requester: &Value,
) -> NaiveDate {
    let person = record.person;
    // Repeats are authorised again at each review.
    let day = match taken.until {
        Some(_) => taken.since,
        None => (epoch() - Duration::days(rng.between(5, 170))).max(taken.since),
    };
    let day = Person::weekday(day).min(taken.until.unwrap_or(day + Duration::days(2)));
    let allowed = rng.between(6, 12);
    let used_up = rng.chance(10) && person.story == Story::Plain;
    let issued = if used_up {
        allowed
    } else {
        rng.between(1, allowed - 2)
    };
    let expires = epoch()
        + Duration::days(match person.story {
            Story::Full | Story::Long => rng.between(800, 1_400),
            _ => rng.between(150, 1_000),
        });
    let next = day + Duration::days(EVERY - 7);
    let mut plan = json!({
        "resourceType": "MedicationRequest",
        "id": record.id("plan", at + 1),
        "meta": meta("MedicationRequest", day),
        "identifier": identifier(rng),
        "status": if taken.until.is_some() { "completed" } else { "active" },
        "intent": "plan",
        "medicationCodeableConcept": medication(taken.term),
        "subject": record.subject(),
        "authoredOn": date_time(day, 9 * 60 + rng.between(0, 500)),
        "requester": requester,
        "recorder": requester,
        "reasonReference": [problems::condition(record, taken.problem)],
        "courseOfTherapyType": taken.course.concept(),
        "dosageInstruction": dosage(taken.term),
        "dispenseRequest": {
            "quantity": { "value": taken.term.quantity, "unit": taken.term.unit },
        },
    });
    if taken.course != Course::Acute {
        plan["extension"] = json!([{ "url": REPEAT_INFORMATION, "extension": [
            { "url": "numberOfPrescriptionsIssued", "valueUnsignedInt": issued },
            { "url": "authorisationExpiryDate", "valueDateTime": expires.to_string() },
        ] }]);
        plan["dispenseRequest"]["numberOfRepeatsAllowed"] = json!(allowed);
        plan["dispenseRequest"]["validityPeriod"] =
            json!({ "start": next.to_string(), "end": expires.max(next).to_string() });
        plan["dispenseRequest"]["expectedSupplyDuration"] = json!({
            "value": EVERY, "unit": "day", "system": "http://unitsofmeasure.org", "code": "d",
        });
    }
    record.add(day, || plan);
    day
}

fn issues(
    record: &mut Record<'_>,
    rng: &mut Rng,
    at: usize,
    taken: &Taken,
    requester: &Value,
    authorised: NaiveDate,
) {
    // Only the repeats of the present authorisation are kept issue by issue.
    let every = if record.person.story == Story::Full {
        EVERY * 3
    } else {
        EVERY
    };
    let mut day = authorised;
    let mut number = 0;
    while record.is_past(day) {
        number += 1;
        let order = json!({
            "resourceType": "MedicationRequest",
            "id": format!("{}-{number}", record.id("issue", at + 1)),
            "meta": meta("MedicationRequest", day),
            "identifier": identifier(rng),
            "basedOn": [reference(
                "MedicationRequest", &record.id("plan", at + 1), taken.term.text,
            )],
            "status": "completed",
            "intent": "order",
            "medicationCodeableConcept": medication(taken.term),
            "subject": record.subject(),
            "authoredOn": date_time(day, 10 * 60 + rng.between(0, 400)),
            "requester": requester,
            "courseOfTherapyType": taken.course.concept(),
            "dosageInstruction": dosage(taken.term),
            "dispenseRequest": {
                "quantity": { "value": taken.term.quantity, "unit": taken.term.unit },
                "performer": {
                    "identifier": {
                        "system": crate::population::codes::SYS_ODS,
                        "value": directory::pharmacy_ods(record.person.practice),
                    },
                    "display": record.person.practice.pharmacy,
                },
            },
        });
        record.add(day, || order);
        if taken.until.is_some() {
            break;
        }
        day += Duration::days(every + rng.between(-3, 3));
    }
}

fn statement(record: &mut Record<'_>, rng: &mut Rng, at: usize, taken: &Taken) {
    let filed = taken.until.unwrap_or(taken.since);
    let mut period = json!({ "start": taken.since.to_string() });
    if let Some(until) = taken.until {
        period["end"] = json!(until.to_string());
    }
    let mut statement = json!({
        "resourceType": "MedicationStatement",
        "id": record.id("medicine", at + 1),
        "meta": meta("MedicationStatement", filed),
        "identifier": identifier(rng),
        "status": match (taken.until, taken.course) {
            (None, _) => "active",
            (Some(_), Course::Acute) => "completed",
            (Some(_), _) => "stopped",
        },
        "medicationCodeableConcept": medication(taken.term),
        "subject": record.subject(),
        "effectivePeriod": period,
        "dateAsserted": filed.to_string(),
        "informationSource": directory::organization(record.person.practice),
        "reasonReference": [problems::condition(record, taken.problem)],
        "dosage": dosage(taken.term),
    });
    if taken.term.key == "simvastatin" {
        statement["statusReason"] = json!([{ "text": "Changed to atorvastatin" }]);
    }
    // A long-standing medicine outlives its authorisations: what it stands on is named only
    // where both were filed.
    if taken.until.is_some() {
        statement["basedOn"] = json!([reference(
            "MedicationRequest",
            &record.id("plan", at + 1),
            taken.term.text,
        )]);
    }
    record.add(filed, || statement);
}
