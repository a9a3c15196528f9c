//! A patient's whole record. Each module makes one kind of resource from the same plan of
//! problems, so that medicines, results and contacts fit them; this one puts them together and
//! leaves out what lies in the future.

mod allergies;
mod appointments;
mod contacts;
mod documents;
mod lists;
mod measurements;
mod medicines;
mod patient;
mod plans;
mod problems;
mod results;
mod terms;
mod vaccines;

use chrono::NaiveDate;
use serde_json::{Value, json};

pub(super) use self::patient::patient;
use self::problems::Problem;
use super::json::{packed, reference};
use super::person::Person;
use super::personas::Story;
use super::rng::Rng;

/// A record in the making.
struct Record<'a> {
    person: &'a Person,
    problems: Vec<Problem>,
    today: NaiveDate,
    out: Vec<Value>,
}

impl Record<'_> {
    /// Whether something of that day is in the record: after birth and before today.
    pub(super) fn is_past(&self, day: NaiveDate) -> bool {
        day >= self.person.birth && day < self.today
    }

    /// Adds a resource that was filed on `day`, unless that is still to come.
    pub(super) fn add(&mut self, day: NaiveDate, resource: impl FnOnce() -> Value) {
        if self.is_past(day) {
            self.out.push(packed(resource()));
        }
    }

    /// An id of this patient's own.
    pub(super) fn id(&self, what: &str, number: usize) -> String {
        format!("{}-{what}-{number}", self.person.id)
    }

    /// Reference to the patient.
    pub(super) fn subject(&self) -> Value {
        reference("Patient", &self.person.id, &self.person.name())
    }

    /// Whether the patient has this problem now.
    pub(super) fn has(&self, key: &str) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.key == key && problem.abated.is_none())
    }
}

/// A UUID made from a stream (version 4 in form).
pub(super) fn uuid(rng: &mut Rng) -> String {
    let (a, b) = (rng.next(), rng.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xFFFF,
        a & 0xFFF,
        8 + (b >> 62),
        b >> 48 & 0xFFF,
        b & 0xFFFF_FFFF_FFFF,
    )
}

/// An identifier of [`uuid`].
pub(super) fn identifier(rng: &mut Rng) -> Value {
    json!([{ "system": super::codes::SYS_UUID, "value": uuid(rng) }])
}

/// Every resource of a patient, the Patient first.
pub(super) fn compartment(person: &Person, today: NaiveDate) -> Vec<Value> {
    let mut record = Record {
        person,
        problems: problems::plan(person),
        today,
        out: Vec::new(),
    };
    patient::add(&mut record);
    if person.story == Story::Empty {
        lists::add(&mut record);
        return record.out;
    }
    allergies::add(&mut record);
    problems::add(&mut record);
    medicines::add(&mut record);
    vaccines::add(&mut record);
    measurements::add(&mut record);
    contacts::add(&mut record);
    if person.story != Story::Withheld {
        results::add(&mut record);
        documents::add(&mut record);
    }
    plans::add(&mut record);
    appointments::add(&mut record);
    lists::add(&mut record);
    record.out
}
