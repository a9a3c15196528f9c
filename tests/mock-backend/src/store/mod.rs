//! What the server holds: the generated population, with what was written laid over it. Nothing
//! generated is stored; one version list is kept for each resource that somebody wrote. It knows
//! no access rules and no HTTP.

mod collection;
mod overlay;
mod recent;

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use self::collection::Collection;
use self::overlay::{Key, Overlay};
pub(crate) use self::overlay::{Version, Wrote};
use self::recent::Recent;
use crate::clock::MockClock;
use crate::population::{Population, Practice};
use crate::state::lock;

/// A practice's Organization id, from when, and before when.
type PracticeRange = (String, DateTime<Utc>, DateTime<Utc>);

/// A handle on what the server holds.
#[derive(Debug)]
pub struct Store {
    population: Population,
    clock: MockClock,
    directory: Collection,
    /// By patient and day.
    records: Recent<(u32, NaiveDate), Collection>,
    slots: Recent<PracticeRange, Vec<Arc<Value>>>,
    overlay: Mutex<Overlay>,
    writing: Mutex<()>,
}

/// A version of a resource that was written since the start or the last reset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrittenResource {
    /// When, by the backend's clock.
    pub at: DateTime<Utc>,
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// Resource type.
    pub resource_type: String,
    /// Id.
    pub id: String,
    /// Version, counted from 1.
    pub version: usize,
    /// The whole resource; none for a deletion.
    pub resource: Option<Value>,
}

/// What reading one resource leads to.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    Resource(Arc<Value>),
    Deleted,
    Absent,
}

/// Type and id of a resource.
pub(crate) fn key_of(resource: &Value) -> Option<Key> {
    Some((
        resource["resourceType"].as_str()?.to_owned(),
        resource["id"].as_str()?.to_owned(),
    ))
}

fn is_directory(kind: &str) -> bool {
    matches!(
        kind,
        "Organization"
            | "Location"
            | "Practitioner"
            | "PractitionerRole"
            | "HealthcareService"
            | "Schedule"
            | "Questionnaire"
    )
}

impl Store {
    pub(crate) fn new(population: Population, clock: MockClock) -> Self {
        Self {
            directory: population.directory().into_iter().collect(),
            population,
            clock,
            records: Recent::new(|record| record.all().len()),
            slots: Recent::new(Vec::len),
            overlay: Mutex::default(),
            writing: Mutex::default(),
        }
    }

    pub(crate) fn population(&self) -> &Population {
        &self.population
    }

    pub(crate) fn practice_of(&self, patient: u32) -> &Practice {
        self.population.practice_of(patient)
    }

    /// Held from the checks of a write to its end, so that two bookings of a slot come in turn.
    pub(crate) fn writing(&self) -> MutexGuard<'_, ()> {
        lock(&self.writing)
    }

    fn record(&self, patient: u32, today: NaiveDate) -> Arc<Collection> {
        self.records.get_or_make((patient, today), || {
            self.population
                .compartment(patient, today)
                .into_iter()
                .collect()
        })
    }

    /// The Patient resource as it stands.
    pub(crate) fn patient(&self, patient: u32, today: NaiveDate) -> Option<Value> {
        let id = format!("p{patient:06}");
        match self.find(patient, "Patient", &id, today) {
            Found::Resource(resource) => Some((*resource).clone()),
            Found::Deleted | Found::Absent => None,
        }
    }

    /// One resource as this patient may know it: their own, the directory's, or a slot.
    pub(crate) fn find(&self, patient: u32, kind: &str, id: &str, today: NaiveDate) -> Found {
        let key = (kind.to_owned(), id.to_owned());
        if let Some(found) = lock(&self.overlay).current(&key, patient) {
            return found;
        }
        let generated = if kind == "Slot" {
            self.population.slot(id).map(Arc::new)
        } else if is_directory(kind) {
            self.directory.get(&key)
        } else if kind == "Patient" {
            // Every request asks who the patient is; the rest of the record is not needed for it.
            (self.population.index_of(id) == Some(patient))
                .then(|| self.population.patient(patient, today))
                .flatten()
                .map(Arc::new)
        } else {
            self.record(patient, today).get(&key)
        };
        generated.map_or(Found::Absent, Found::Resource)
    }

    /// Every resource of a type that this patient may know, slots apart.
    pub(crate) fn all(&self, patient: u32, kind: &str, today: NaiveDate) -> Vec<Arc<Value>> {
        let record;
        let generated = if is_directory(kind) {
            self.directory.of_kind(kind)
        } else {
            record = self.record(patient, today);
            record.of_kind(kind)
        };
        lock(&self.overlay).lay_over(kind, patient, generated.to_vec())
    }

    /// Every resource of a patient, the Patient first.
    pub(crate) fn everything(&self, patient: u32, today: NaiveDate) -> Vec<Arc<Value>> {
        let generated = self.record(patient, today).all().to_vec();
        lock(&self.overlay).lay_over_all(patient, generated)
    }

    /// A practice's slots that begin in a range, as bookings have left them.
    pub(crate) fn slots(
        &self,
        practice: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<Arc<Value>> {
        let asked = (practice.to_owned(), from, to);
        let generated = self.slots.get_or_make(asked, || {
            let made = self.population.slots_of(practice, from, to);
            made.into_iter().map(Arc::new).collect()
        });
        lock(&self.overlay).replace_known(generated.to_vec())
    }

    /// Every version of every resource of a type, newest first.
    pub(crate) fn history(&self, patient: u32, kind: &str, today: NaiveDate) -> Vec<Version> {
        let record;
        let generated = if is_directory(kind) {
            &[]
        } else {
            record = self.record(patient, today);
            record.of_kind(kind)
        };
        lock(&self.overlay).history(kind, patient, generated)
    }

    /// Stores a resource as new, with an id of the server's.
    pub(crate) fn create(&self, patient: u32, mut resource: Value) -> Value {
        resource["id"] = json!(Uuid::new_v4().to_string());
        self.write(patient, resource, Wrote::Created, None)
    }

    /// Stores a new version of a resource that was there as `before`.
    pub(crate) fn update(
        &self,
        patient: u32,
        resource: Value,
        before: Option<&Arc<Value>>,
        wrote: Wrote,
    ) -> Value {
        self.write(patient, resource, wrote, before)
    }

    /// Deletes a resource that was there as `before`.
    pub(crate) fn delete_known(&self, patient: u32, before: &Arc<Value>) {
        if let Some(key) = key_of(before) {
            let now = self.clock.now();
            lock(&self.overlay).push(key, patient, Some(before), None, now, Wrote::Deleted);
        }
    }

    fn write(
        &self,
        patient: u32,
        mut resource: Value,
        wrote: Wrote,
        before: Option<&Arc<Value>>,
    ) -> Value {
        let Some(key) = key_of(&resource) else {
            return resource;
        };
        let now = self.clock.now();
        let mut overlay = lock(&self.overlay);
        let version = overlay.next_version(&key, before);
        if !resource["meta"].is_object() {
            resource["meta"] = json!({});
        }
        resource["meta"]["versionId"] = json!(version.to_string());
        resource["meta"]["lastUpdated"] = json!(now.to_rfc3339_opts(SecondsFormat::Millis, true));
        let stored = Arc::new(resource.clone());
        overlay.push(key, patient, before, Some(stored), now, wrote);
        resource
    }

    /// Everything written since the start or the last reset, oldest first.
    #[must_use]
    pub fn written(&self) -> Vec<WrittenResource> {
        lock(&self.overlay).written()
    }

    /// A patient's resources of a type as they stand.
    #[must_use]
    pub fn resources(&self, patient_id: &str, kind: &str) -> Vec<Value> {
        let Some(patient) = self.population.index_of(patient_id) else {
            return Vec::new();
        };
        self.all(patient, kind, self.clock.today())
            .iter()
            .map(|resource| (**resource).clone())
            .collect()
    }

    /// Writes a resource of a patient behind the app's back, as a practice would. Gives it as
    /// stored; unchanged if it has no type and id or there is no such patient.
    pub fn put(&self, patient_id: &str, resource: Value) -> Value {
        let Some(((kind, id), patient)) =
            key_of(&resource).zip(self.population.index_of(patient_id))
        else {
            return resource;
        };
        let _turn = self.writing();
        match self.find(patient, &kind, &id, self.clock.today()) {
            Found::Resource(before) => self.write(patient, resource, Wrote::Updated, Some(&before)),
            Found::Deleted | Found::Absent => self.write(patient, resource, Wrote::Updated, None),
        }
    }

    /// Deletes a resource of a patient behind the app's back. Says whether it was there.
    pub fn delete(&self, patient_id: &str, kind: &str, id: &str) -> bool {
        let Some(patient) = self.population.index_of(patient_id) else {
            return false;
        };
        let _turn = self.writing();
        match self.find(patient, kind, id, self.clock.today()) {
            Found::Resource(before) => {
                self.delete_known(patient, &before);
                true
            }
            Found::Deleted | Found::Absent => false,
        }
    }

    /// Forgets everything that was written.
    pub fn reset(&self) {
        *lock(&self.overlay) = Overlay::default();
    }
}
