//! What other parts of care hold of the same people: a hospital, and community and social care. Each
//! is a server of its own, which knows nothing of the practice's and gives its resources ids that
//! the practice's may have too.

use chrono::{Datelike, Duration, NaiveDate};
use serde_json::{Value, json};

use super::codes::{SNOMED, SYS_ODS};
use super::history;
use super::json::{Channel, coding, date_time, instant, local, meta, packed, reference, snomed};
use super::person::{Person, epoch};
use super::personas::Story;

/// A part of care that has a server of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// General practice: booking, the whole record.
    #[default]
    Practice,
    /// A hospital: outpatient appointments, stays, operations, letters.
    Hospital,
    /// Community nursing and social care: care plans, care teams, home visits.
    Community,
}

impl Place {
    /// As it names itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Practice => "Hale test server",
            Self::Hospital => "Northgate Hospital (test)",
            Self::Community => "Elmshire Community and Social Care (test)",
        }
    }

    /// The word for it on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Hospital => "hospital",
            Self::Community => "community",
        }
    }

    /// Whether it holds resources of this type at all.
    pub(crate) fn holds(self, kind: &str) -> bool {
        let shared = matches!(
            kind,
            "Appointment"
                | "Location"
                | "Organization"
                | "Patient"
                | "Practitioner"
                | "ServiceRequest"
        );
        match self {
            Self::Practice => true,
            Self::Hospital => {
                shared
                    || matches!(
                        kind,
                        "AllergyIntolerance"
                            | "Binary"
                            | "Condition"
                            | "DiagnosticReport"
                            | "DocumentReference"
                            | "Encounter"
                            | "List"
                            | "Observation"
                            | "Procedure"
                    )
            }
            Self::Community => shared || matches!(kind, "CarePlan" | "CareTeam" | "Encounter"),
        }
    }

    /// Whether patients may change anything there.
    pub(crate) fn is_read_only(self) -> bool {
        self != Self::Practice
    }

    fn organization(self) -> Value {
        reference("Organization", "here", self.name())
    }

    fn who(self) -> Value {
        let name = match self {
            Self::Practice | Self::Hospital => "Ms Ngozi Adeyemi",
            Self::Community => "Tom Ashworth",
        };
        reference("Practitioner", "who", name)
    }
}

fn filed() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap_or_default()
}

/// Whom and where resources refer to.
pub(super) fn directory(place: Place) -> Vec<Value> {
    let (family, given, ods, kind) = match place {
        Place::Practice => return Vec::new(),
        Place::Hospital => ("Adeyemi", "Ngozi", "Y7N01", snomed("22232009", "Hospital")),
        Place::Community => (
            "Ashworth",
            "Tom",
            "Y7E01",
            snomed("225728007", "Community health service"),
        ),
    };
    let who = place.who();
    vec![
        json!({
            "resourceType": "Organization",
            "id": "here",
            "meta": meta("Organization", filed()),
            "identifier": [{ "system": SYS_ODS, "value": ods }],
            "active": true,
            "type": [kind],
            "name": place.name(),
            "telecom": [{ "system": "phone", "value": "0808 157 0100", "use": "work" }],
        }),
        json!({
            "resourceType": "Practitioner",
            "id": "who",
            "meta": meta("Practitioner", filed()),
            "active": true,
            "name": [{ "use": "official", "text": who["display"], "family": family,
                       "given": [given] }],
        }),
        json!({
            "resourceType": "Location",
            "id": "site",
            "meta": meta("Location", filed()),
            "status": "active",
            "name": match place {
                Place::Community => "At home",
                Place::Practice | Place::Hospital => "Outpatients, level 2",
            },
            "managingOrganization": place.organization(),
        }),
    ]
}

/// The Patient as the place knows them: the same person, without what the practice decides.
pub(super) fn patient(place: Place, person: &Person, today: NaiveDate) -> Value {
    let mut patient = history::patient(person, today);
    for element in ["extension", "generalPractitioner"] {
        if let Some(fields) = patient.as_object_mut() {
            fields.remove(element);
        }
    }
    patient["managingOrganization"] = place.organization();
    patient
}

/// What the place holds of a person, the Patient first.
pub(super) fn compartment(place: Place, person: &Person, today: NaiveDate) -> Vec<Value> {
    let mut record = Record {
        place,
        person,
        today,
        out: vec![patient(place, person, today)],
    };
    // Somebody of whom the practice holds nothing was nowhere else either; the others were where
    // one in three goes.
    let was_there = match person.story {
        Story::Empty => false,
        Story::Full | Story::Long => true,
        Story::Plain | Story::Withheld => person.rng(place.word()).chance(35),
    };
    if was_there {
        match place {
            Place::Practice => {}
            Place::Hospital => hospital(&mut record),
            Place::Community => community(&mut record),
        }
    }
    record.out
}

struct Record<'a> {
    place: Place,
    person: &'a Person,
    today: NaiveDate,
    out: Vec<Value>,
}

impl Record<'_> {
    /// Adds what was filed `days` before the day that histories are anchored to.
    fn add(&mut self, days: i64, kind: &str, number: u32, fields: impl FnOnce(NaiveDate) -> Value) {
        self.add_on(
            Person::weekday(epoch() - Duration::days(days)),
            kind,
            &number.to_string(),
            fields,
        );
    }

    fn add_on(
        &mut self,
        day: NaiveDate,
        kind: &str,
        name: &str,
        fields: impl FnOnce(NaiveDate) -> Value,
    ) {
        if day < self.person.birth || day >= self.today {
            return;
        }
        let mut resource = fields(day);
        resource["resourceType"] = json!(kind);
        resource["id"] = json!(format!("{}-{}-{name}", self.person.id, kind.to_lowercase()));
        resource["meta"] = meta(kind, day);
        self.out.push(packed(resource));
    }

    fn subject(&self) -> Value {
        reference("Patient", &self.person.id, &self.person.name())
    }

    /// Appointments every eight weeks, made ten weeks before, so that one is always ahead.
    fn appointments(&mut self, service: &str, what: &str, channel: Channel) {
        let Some(mut monday) = NaiveDate::from_ymd_opt(2026, 1, 12) else {
            return;
        };
        let (place, subject) = (self.place, self.subject());
        loop {
            let day = monday + Duration::days(2);
            let made = day - Duration::days(70);
            if made >= self.today {
                return;
            }
            let week = day.iso_week();
            let name = format!("{}W{:02}", week.year(), week.week());
            let start = local(day, 10 * 60 + 20).to_utc();
            self.add_on(made, "Appointment", &name, |made| {
                json!({
                    "extension": [channel.extension()],
                    "status": "booked",
                    "serviceType": [{ "text": service }],
                    "description": what,
                    "start": instant(start),
                    "end": instant(start + Duration::minutes(20)),
                    "minutesDuration": 20,
                    "created": date_time(made, 9 * 60),
                    "participant": [
                        { "actor": subject, "status": "accepted" },
                        { "actor": place.who(), "status": "accepted" },
                        { "actor": reference("Location", "site", "Outpatients, level 2"),
                          "status": "accepted" },
                    ],
                })
            });
            monday += Duration::weeks(8);
        }
    }
}

fn hospital(record: &mut Record<'_>) {
    let (place, subject) = (record.place, record.subject());
    record.appointments(
        "Eye clinic",
        "Follow-up in the eye clinic",
        Channel::InPerson,
    );
    record.add(410, "AllergyIntolerance", 1, |day| {
        json!({
            "clinicalStatus": { "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                "active", "Active")] },
            "verificationStatus": { "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                "confirmed", "Confirmed")] },
            "code": { "text": "Iodinated contrast media" },
            "patient": subject,
            "recordedDate": date_time(day, 14 * 60),
            "recorder": place.who(),
            "reaction": [{ "manifestation": [{ "text": "Rash" }], "severity": "mild" }],
        })
    });
    record.add(405, "Procedure", 1, |day| {
        json!({
            "status": "completed",
            "code": snomed("110473004", "Cataract surgery"),
            "subject": subject,
            "performedDateTime": date_time(day, 10 * 60),
            "performer": [{ "actor": place.who(), "onBehalfOf": place.organization() }],
        })
    });
    record.add(405, "Encounter", 1, |day| {
        json!({
            "status": "finished",
            "class": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP",
                "inpatient encounter"),
            "type": [{ "text": "Day case" }],
            "subject": subject,
            "period": { "start": date_time(day, 7 * 60 + 30), "end": date_time(day, 15 * 60) },
            "serviceProvider": place.organization(),
        })
    });
    record.add(404, "Observation", 1, |day| {
        json!({
            "status": "final",
            "category": [{ "coding": [coding(
                "http://terminology.hl7.org/CodeSystem/observation-category",
                "laboratory", "Laboratory")] }],
            "code": { "text": "Haemoglobin" },
            "subject": subject,
            "effectiveDateTime": date_time(day, 8 * 60),
            "performer": [place.organization()],
            "valueQuantity": { "value": 132, "unit": "g/L",
                "system": "http://unitsofmeasure.org", "code": "g/L" },
            "referenceRange": [{ "low": { "value": 115, "unit": "g/L" },
                "high": { "value": 165, "unit": "g/L" } }],
        })
    });
    record.add(398, "DocumentReference", 1, |day| {
        json!({
            "status": "current",
            "type": { "coding": [coding(SNOMED, "373942005", "Discharge summary")],
                "text": "Discharge summary" },
            "description": "Discharge summary, day case",
            "subject": subject,
            "date": instant(local(day, 16 * 60).to_utc()),
            "author": [place.who()],
            "custodian": place.organization(),
            "content": [{ "attachment": { "contentType": "text/plain",
                "title": "Discharge summary",
                "data": "TWFkZSB1cDogd2VudCBob21lIHdlbGwgdGhlIHNhbWUgZGF5Lg==" } }],
        })
    });
    record.add(60, "ServiceRequest", 1, |day| {
        json!({
            "status": "active",
            "intent": "order",
            "category": [snomed("3457005", "Patient referral")],
            "code": { "text": "Referral to community eye nursing" },
            "subject": subject,
            "authoredOn": date_time(day, 11 * 60),
            "requester": place.who(),
        })
    });
}

fn community(record: &mut Record<'_>) {
    let (place, subject) = (record.place, record.subject());
    record.appointments("Community nurse", "Visit at home", Channel::InPerson);
    record.add(90, "CareTeam", 1, |day| {
        json!({
            "status": "active",
            "name": "Community nursing and home care",
            "subject": subject,
            "period": { "start": date_time(day, 9 * 60) },
            "participant": [
                { "role": [{ "text": "Community nurse" }], "member": place.who() },
                { "role": [{ "text": "Social worker" }],
                  "member": { "display": "Grace Oduya" } },
            ],
            "managingOrganization": [place.organization()],
        })
    });
    let team = format!("{}-careteam-1", record.person.id);
    record.add(88, "CarePlan", 1, |day| {
        json!({
            "status": "active",
            "intent": "plan",
            "title": "Staying well at home",
            "description": "Support to live at home after an operation",
            "subject": subject,
            "period": { "start": date_time(day, 9 * 60) },
            "created": date_time(day, 9 * 60),
            "author": place.who(),
            "careTeam": [reference("CareTeam", &team, "Community nursing and home care")],
            "activity": [
                { "detail": { "status": "in-progress",
                    "description": "Eye drops given by the community nurse, twice a week" } },
                { "detail": { "status": "scheduled",
                    "description": "Help with shopping from social care, each Friday" } },
            ],
        })
    });
    record.add(85, "Encounter", 1, |day| {
        json!({
            "status": "finished",
            "class": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "HH",
                "home health"),
            "type": [{ "text": "Visit at home" }],
            "subject": subject,
            "period": { "start": date_time(day, 10 * 60), "end": date_time(day, 10 * 60 + 40) },
            "serviceProvider": place.organization(),
        })
    });
    record.add(84, "ServiceRequest", 1, |day| {
        json!({
            "status": "active",
            "intent": "order",
            "category": [snomed("3457005", "Patient referral")],
            "code": { "text": "Assessment for home adaptations" },
            "subject": subject,
            "authoredOn": date_time(day, 12 * 60),
            "requester": place.who(),
        })
    });
}

#[cfg(test)]
mod tests {
    use super::super::Population;
    use super::*;

    #[test]
    fn each_place_holds_its_own_of_the_same_person() {
        let today = NaiveDate::from_ymd_opt(2026, 7, 5).unwrap();
        for place in [Place::Hospital, Place::Community] {
            let population = Population::new(1, 16).at(place);
            let full = population
                .personas()
                .iter()
                .find(|persona| persona.key == "full")
                .unwrap();
            let held = population.compartment(full.patient_index, today);
            assert_eq!(held[0]["resourceType"], "Patient");
            assert_eq!(held[0]["id"], full.patient_id.as_str());
            assert_eq!(held[0]["identifier"][0]["value"], full.nhs_number.as_str());
            assert!(held.len() > 4, "{place:?}");
            for resource in &held {
                let kind = resource["resourceType"].as_str().unwrap();
                assert!(place.holds(kind), "{place:?} {kind}");
            }
            let is_ahead = |one: &&Value| {
                one["resourceType"] == "Appointment" && one["start"].as_str() > Some("2026-07-05")
            };
            assert!(held.iter().any(|one| is_ahead(&one)), "{place:?}");
            assert!(
                population
                    .slots(Default::default(), Default::default())
                    .is_empty()
            );
        }
    }

    #[test]
    fn somebody_without_a_record_has_none_elsewhere() {
        let today = NaiveDate::from_ymd_opt(2026, 7, 5).unwrap();
        let population = Population::new(1, 16).at(Place::Hospital);
        let empty = population
            .personas()
            .iter()
            .find(|persona| persona.key == "empty")
            .unwrap();
        assert_eq!(population.compartment(empty.patient_index, today).len(), 1);
    }
}
