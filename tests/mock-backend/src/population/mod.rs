//! The made-up population: patients generated from a seed, each computed on demand from the seed
//! and an index, so that nothing is stored and memory stays flat however many there are.
//!
//! It owns the people, their records, the five practices and the slots. It refuses to know HTTP,
//! sign-in, access rules or anything that was written: the store lays writes over what it gives.
//! A resource's content depends on the seed and its id alone; what lies in the future of `today`
//! is left out, so records grow as time passes and nothing already there ever changes.

pub mod codes;
mod directory;
mod elsewhere;
mod history;
mod json;
mod names;
pub mod nhs_number;
mod person;
mod personas;
mod practices;
mod rng;
mod slots;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

pub use self::elsewhere::Place;
use self::person::{Person, id_of};
use self::personas::SPECS;
pub use self::personas::{IdentityLevel, Persona, RecordAccess};
pub use self::practices::{Practice, Reason};

/// How many patients a population can have: enough for every persona, and as many as there are
/// NHS numbers of the test range.
pub const SIZES: RangeInclusive<u32> = 16..=self::nhs_number::MOST;

/// The population of one seed. Cloning shares the personas; nothing else is held.
#[derive(Debug, Clone)]
pub struct Population {
    seed: u64,
    patients: u32,
    personas: Arc<[Persona]>,
    place: Place,
}

impl Population {
    /// A population of `patients` people made from `seed`; outside of [`SIZES`], of the nearest
    /// size there is.
    #[must_use]
    pub fn new(seed: u64, patients: u32) -> Self {
        let patients = patients.clamp(*SIZES.start(), *SIZES.end());
        let personas = SPECS
            .iter()
            .map(|spec| {
                let person = Person::new(seed, spec.index);
                Persona {
                    key: spec.key.to_owned(),
                    name: person.name(),
                    title: spec.title.to_owned(),
                    description: spec.description.to_owned(),
                    patient_index: spec.index,
                    patient_id: person.id,
                    nhs_number: person.nhs,
                    identity_level: spec.identity,
                    access: spec.access,
                    acts_for: spec.acts_for.iter().map(|index| id_of(*index)).collect(),
                }
            })
            .collect();
        Self {
            seed,
            patients,
            personas,
            place: Place::default(),
        }
    }

    /// The same people, as another part of care knows them.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Which part of care it is.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// How many patients there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.patients
    }

    /// Never: there are always the personas.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patients == 0
    }

    /// The index of a Patient id such as `p000123`.
    #[must_use]
    pub fn index_of(&self, patient_id: &str) -> Option<u32> {
        let digits = patient_id.strip_prefix('p')?;
        let written = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let index = written.then(|| digits.parse().ok()).flatten()?;
        (index < self.patients).then_some(index)
    }

    /// The index of the patient with this NHS number (spaces allowed); computed, not searched.
    #[must_use]
    pub fn find_by_nhs_number(&self, nhs: &str) -> Option<u32> {
        nhs_number::to_index(self.seed, nhs).filter(|index| *index < self.patients)
    }

    /// Whom a tester can sign in as.
    #[must_use]
    pub fn personas(&self) -> &[Persona] {
        &self.personas
    }

    /// Every resource of a patient as of `today` (a day in England), the Patient first. Each has
    /// an id, `meta.versionId` "1" and a `meta.lastUpdated` before `today`. Empty for an index
    /// that is not in the population.
    #[must_use]
    pub fn compartment(&self, index: u32, today: NaiveDate) -> Vec<Value> {
        if index >= self.patients {
            return Vec::new();
        }
        let person = Person::new(self.seed, index);
        match self.place {
            Place::Practice => history::compartment(&person, today),
            place => elsewhere::compartment(place, &person, today),
        }
    }

    /// The first resource of [`Self::compartment`] alone, which takes a thousandth of the work.
    #[must_use]
    pub fn patient(&self, index: u32, today: NaiveDate) -> Option<Value> {
        let person = (index < self.patients).then(|| Person::new(self.seed, index))?;
        Some(match self.place {
            Place::Practice => history::patient(&person, today),
            place => elsewhere::patient(place, &person, today),
        })
    }

    /// Organizations, Locations, Practitioners, PractitionerRoles, HealthcareServices (with the
    /// practices' rules) and Schedules.
    #[must_use]
    pub fn directory(&self) -> Vec<Value> {
        match self.place {
            Place::Practice => directory::all(),
            place => elsewhere::directory(place),
        }
    }

    /// All practices' slots, free and busy, that begin from `from` on and before `to`, in order.
    #[must_use]
    pub fn slots(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Value> {
        if self.place != Place::Practice {
            return Vec::new();
        }
        slots::between(self.seed, None, from, to)
    }

    /// As [`Self::slots`], of the practice with this Organization id alone; far quicker.
    #[must_use]
    pub fn slots_of(
        &self,
        practice_id: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<Value> {
        if self.place != Place::Practice {
            return Vec::new();
        }
        slots::between(self.seed, Some(practice_id), from, to)
    }

    /// The slot of an id that [`Self::slots`] gave.
    #[must_use]
    pub fn slot(&self, id: &str) -> Option<Value> {
        slots::by_id(self.seed, id).filter(|_| self.place == Place::Practice)
    }

    /// The practice of a patient.
    #[must_use]
    pub fn practice_of(&self, index: u32) -> &Practice {
        person::practice_of(self.seed, index)
    }
}
