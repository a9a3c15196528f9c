//! A care plan with its team, for those with several long-term conditions.

use chrono::Duration;
use serde_json::json;

use super::{Record, identifier};
use crate::population::directory;
use crate::population::json::{date_time, meta, reference};
use crate::population::person::{Person, epoch};
use crate::population::personas::Story;
use crate::population::practices::Role;

pub(super) fn add(record: &mut Record<'_>) {
    if !matches!(record.person.story, Story::Full | Story::Long) {
        return;
    }
    let mut rng = record.person.rng("care plan");
    let day = Person::weekday(epoch() - Duration::days(rng.between(20, 200)));
    let practice = record.person.practice;
    let (doctor, _) = record.person.clinician(&mut rng, Role::Gp);
    let (nurse, _) = record.person.clinician(&mut rng, Role::Nurse);
    let title = "Living well with long-term conditions";
    let team = record.id("team", 1);
    let care_team = json!({
        "resourceType": "CareTeam",
        "id": team,
        "meta": meta("CareTeam", day),
        "identifier": identifier(&mut rng),
        "status": "active",
        "name": "Your team at the practice",
        "subject": record.subject(),
        "period": { "start": date_time(day, 9 * 60) },
        "participant": [
            { "role": [{ "text": "General practitioner" }],
              "member": directory::practitioner(practice, doctor) },
            { "role": [{ "text": "Practice nurse" }],
              "member": directory::practitioner(practice, nurse) },
        ],
        "managingOrganization": [directory::organization(practice)],
    });
    let plan = json!({
        "resourceType": "CarePlan",
        "id": record.id("plan", 1),
        "meta": meta("CarePlan", day),
        "identifier": identifier(&mut rng),
        "status": "active",
        "intent": "plan",
        "title": title,
        "description": "Agreed with the practice nurse at the yearly review",
        "subject": record.subject(),
        "period": { "start": date_time(day, 9 * 60) },
        "created": date_time(day, 9 * 60),
        "author": directory::practitioner(practice, nurse),
        "careTeam": [reference("CareTeam", &team, "Your team at the practice")],
        "activity": [
            { "detail": { "status": "in-progress",
                "description": "Blood pressure at home, each week" } },
            { "detail": { "status": "scheduled",
                "description": "Blood test and review, once a year" } },
        ],
    });
    record.add(day, || care_team);
    record.add(day, || plan);
}
