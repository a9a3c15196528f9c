//! Consultations (Encounter), what was done (Procedure) and where somebody was sent
//! (ServiceRequest).

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use super::terms::PROCEDURES;
use super::{Record, identifier, problems};
use crate::population::directory;
use crate::population::json::{coding, date_time, meta, narrative, reference, snomed};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::practices::Role;
use crate::population::rng::Rng;

/// What people come for when it is none of their problems: reason and what was noted.
const REASONS: [(&str, &str); 8] = [
    (
        "Cough for two weeks",
        "Chest clear. No fever. Advised rest and fluids, come back if not better in two weeks.",
    ),
    (
        "Tired all the time",
        "Sleeps badly. Blood tests arranged, to speak again with the results.",
    ),
    (
        "Sore knee",
        "No injury. Mild swelling, full movement. Exercises given.",
    ),
    (
        "Rash on arms",
        "Dry, itchy skin on both forearms. Emollient advised.",
    ),
    ("Earache", "Ear drum red on the right. Pain relief advised."),
    ("Travel advice", "Vaccines for the journey discussed."),
    ("Fit note", "Fit note given for two weeks."),
    (
        "Headaches",
        "No warning signs. Diary of headaches to be kept.",
    ),
];

pub(super) fn add(record: &mut Record<'_>) {
    if record.person.story != Story::Withheld {
        encounters(record);
    }
    procedures(record);
    referrals(record);
}

fn encounters(record: &mut Record<'_>) {
    let mut rng = record.person.rng("encounters");
    let active = record
        .problems
        .iter()
        .filter(|problem| problem.abated.is_none())
        .count() as i64;
    let (back, every) = match record.person.story {
        Story::Long => (25 * 365, 24),
        Story::Full => (1_100, 160),
        _ => (1_400, (700 - active * 110).max(130)),
    };
    let first = (epoch() - Duration::days(back - rng.between(0, 100).min(back)))
        .max(record.person.birth + Duration::days(20));
    let mut day = Person::weekday(first);
    let mut number = 0;
    while record.is_past(day) {
        number += 1;
        encounter(record, &mut rng, number, day);
        let jitter = rng.between(-every / 3, every / 3);
        day = Person::weekday(day + Duration::days((every + jitter).max(2)));
    }
}

fn encounter(record: &mut Record<'_>, rng: &mut Rng, number: usize, day: NaiveDate) {
    let role = match rng.below(10) {
        0..7 => Role::Gp,
        7..9 => Role::Nurse,
        _ => Role::Pharmacist,
    };
    let (who, clinician) = record.person.clinician(rng, role);
    let telephone = role != Role::Nurse && rng.chance(45);
    let start = 8 * 60 + 30 + rng.between(0, 50) * 10;
    let child = record.person.age(day) < 16;
    let (reason, noted) = *rng.pick(&REASONS);
    let (reason, noted) = if child && matches!(reason, "Fit note" | "Sore knee") {
        REASONS[0]
    } else {
        (reason, noted)
    };
    // Half of all contacts are about a problem that was there by then.
    let about: Vec<usize> = (0..record.problems.len())
        .filter(|at| {
            let problem = &record.problems[*at];
            problem.onset <= day && problem.abated.is_none()
        })
        .collect();
    let about = (!about.is_empty() && rng.chance(55)).then(|| *rng.pick(&about));
    let note = match about {
        Some(at) => format!(
            "Review of {}. Getting on well with treatment. Next review in a year.",
            record.problems[at].display.to_lowercase()
        ),
        None => noted.to_owned(),
    };
    let heading = format!(
        "{}, {}",
        clinician.display(),
        if telephone {
            "telephone consultation"
        } else {
            "seen at the practice"
        }
    );
    let mut resource = json!({
        "resourceType": "Encounter",
        "id": record.id("contact", number),
        "meta": meta("Encounter", day),
        "text": narrative("additional", &[heading, note]),
        "identifier": identifier(rng),
        "status": "finished",
        "class": if telephone {
            coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR", "virtual")
        } else {
            coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory")
        },
        "type": [if telephone {
            snomed("386472008", "Telephone consultation")
        } else {
            snomed("325851000000107", "Consultation")
        }],
        "subject": record.subject(),
        "participant": [{
            "type": [{ "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                "PPRF", "primary performer",
            )] }],
            "individual": directory::practitioner(record.person.practice, who),
        }],
        "period": { "start": date_time(day, start), "end": date_time(day, start + 10) },
        "serviceProvider": directory::organization(record.person.practice),
    });
    if !telephone {
        resource["location"] = json!([{ "location": directory::location(record.person.practice) }]);
    }
    match about {
        Some(at) => {
            let problem = &record.problems[at];
            resource["reasonCode"] = json!([snomed(problem.code, problem.display)]);
            resource["reasonReference"] = json!([problems::condition(record, at)]);
        }
        None => resource["reasonCode"] = json!([{ "text": reason }]),
    }
    record.add(day, || resource);
}

fn procedures(record: &mut Record<'_>) {
    let mut rng = record.person.rng("procedures");
    let age = record.person.age(epoch());
    let mut number = 0;
    for (code, display, from, sex, thousand) in &PROCEDURES {
        let draw = rng.below(1000);
        let place = i64::from(rng.below(1000));
        let day_of_year = rng.between(1, 300);
        let wanted = match record.person.story {
            Story::Full | Story::Long => matches!(*code, "54885007" | "29303009" | "80146002"),
            _ => false,
        };
        let fits = sex.is_empty() || *sex == record.person.gender;
        let grown = (age - from).clamp(0, 80 - from);
        let share = i64::from(*thousand) * grown / (80 - from).max(1);
        if age <= *from || !fits || (!wanted && i64::from(draw) >= share) {
            continue;
        }
        number += 1;
        let years = (age - from) * place / 1000;
        let day = Person::weekday(epoch() - Duration::days(years * 365 + day_of_year));
        let resource = procedure(record, &mut rng, (number, day), code, display);
        record.add(day, || resource);
    }
}

fn procedure(
    record: &Record<'_>,
    rng: &mut Rng,
    at: (usize, NaiveDate),
    code: &str,
    display: &str,
) -> Value {
    let (number, day) = at;
    let old = (epoch() - day).num_days() > 10 * 365;
    let performed = if old {
        day.format("%Y-%m").to_string()
    } else {
        day.to_string()
    };
    json!({
        "resourceType": "Procedure",
        "id": record.id("procedure", number),
        "meta": meta("Procedure", day),
        "identifier": identifier(rng),
        "status": "completed",
        "code": snomed(code, display),
        "subject": record.subject(),
        "performedDateTime": performed,
        "performer": [{ "actor": reference(
            "Organization", &directory::hospital_id(record.person.practice),
            record.person.practice.hospital,
        ) }],
    })
}

fn referrals(record: &mut Record<'_>) {
    let mut rng = record.person.rng("referrals");
    let age = record.person.age(epoch());
    let sent = record.person.story == Story::Full || rng.chance(if age > 50 { 25 } else { 8 });
    if !sent || age < 2 {
        return;
    }
    let day = Person::weekday(epoch() - Duration::days(rng.between(10, 300)));
    let service = *rng.pick(&[
        "Eye clinic",
        "Physiotherapy",
        "Dermatology clinic",
        "Cardiology clinic",
    ]);
    let (who, _) = record.person.clinician(&mut rng, Role::Gp);
    let resource = json!({
        "resourceType": "ServiceRequest",
        "id": record.id("referral", 1),
        "meta": meta("ServiceRequest", day),
        "identifier": identifier(&mut rng),
        "status": "active",
        "intent": "order",
        "category": [snomed("3457005", "Patient referral")],
        "priority": "routine",
        "code": { "text": format!("Referral to {}", service.to_lowercase()) },
        "subject": record.subject(),
        "authoredOn": date_time(day, 12 * 60),
        "requester": directory::practitioner(record.person.practice, who),
        "performer": [reference(
            "Organization", &directory::hospital_id(record.person.practice),
            record.person.practice.hospital,
        )],
        "reasonCode": [{ "text": "For assessment and advice" }],
    });
    record.add(day, || resource);
}
