//! Allergies and the statement that there are none.

use chrono::Duration;
use serde_json::{Value, json};

use super::Record;
use super::terms::{ALLERGIES, AllergyTerm};
use crate::population::directory;
use crate::population::json::{coding, meta, snomed, snomed_or_text};
use crate::population::person::epoch;
use crate::population::personas::Story;
use crate::population::practices::Role;

/// Places in the table of the allergies that a patient has; `None` where nobody has asked.
/// Penicillin keeps penicillins out of the medicines.
pub(super) fn plan(record: &Record<'_>) -> Option<Vec<usize>> {
    let mut rng = record.person.rng("allergies");
    match record.person.story {
        Story::Empty => return None,
        Story::Full => return Some(vec![0, 4]),
        Story::Long => return Some(vec![3]),
        Story::Plain | Story::Withheld => {}
    }
    match rng.below(100) {
        0..22 => {
            let mut all = vec![rng.below(9) as usize];
            if rng.chance(25) {
                let other = rng.below(9) as usize;
                if other != all[0] {
                    all.push(other);
                }
            }
            Some(all)
        }
        22..85 => Some(Vec::new()),
        _ => None,
    }
}

fn status() -> (Value, Value) {
    (
        json!({ "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
            "active", "Active",
        )] }),
        json!({ "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
            "confirmed", "Confirmed",
        )] }),
    )
}

pub(super) fn add(record: &mut Record<'_>) {
    let Some(all) = plan(record) else { return };
    let mut rng = record.person.rng("allergy dates");
    let (who, _) = record.person.clinician(&mut rng, Role::Gp);
    let recorder = directory::practitioner(record.person.practice, who);
    let (clinical, verification) = status();
    let age_days = (epoch() - record.person.birth).num_days();
    if all.is_empty() {
        let day = epoch() - Duration::days(rng.between(1, age_days.min(2_000)));
        let resource = json!({
            "resourceType": "AllergyIntolerance",
            "id": record.id("allergy", 1),
            "meta": meta("AllergyIntolerance", day),
            "clinicalStatus": clinical,
            "verificationStatus": verification,
            "code": snomed("716186003", "No known allergy"),
            "patient": record.subject(),
            "recordedDate": day.to_string(),
            "recorder": recorder,
        });
        record.add(day, || resource);
        return;
    }
    for (number, at) in all.iter().enumerate() {
        let AllergyTerm {
            code,
            display,
            category,
            reaction,
            grave,
        } = &ALLERGIES[*at];
        let day = epoch() - Duration::days(rng.between(1, age_days.min(9_000)));
        let resource = json!({
            "resourceType": "AllergyIntolerance",
            "id": record.id("allergy", number + 1),
            "meta": meta("AllergyIntolerance", day),
            "clinicalStatus": clinical,
            "verificationStatus": verification,
            "type": "allergy",
            "category": [category],
            "criticality": if *grave { "high" } else { "low" },
            "code": snomed_or_text(code, display),
            "patient": record.subject(),
            "onsetDateTime": day.format("%Y").to_string(),
            "recordedDate": day.to_string(),
            "recorder": recorder,
            "reaction": [{
                "manifestation": [snomed(reaction.0, reaction.1)],
                "severity": if *grave { "severe" } else { "moderate" },
            }],
        });
        record.add(day, || resource);
    }
}
