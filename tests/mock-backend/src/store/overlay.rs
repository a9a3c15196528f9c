//! What was written: every version of every resource touched, and nothing else.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Found, WrittenResource, key_of};

/// Type and id.
pub(crate) type Key = (String, String);

/// How a version came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrote {
    /// It was made with the population.
    Generated,
    Created,
    Updated,
    Patched,
    Deleted,
}

impl Wrote {
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Generated | Self::Created => "POST",
            Self::Updated => "PUT",
            Self::Patched => "PATCH",
            Self::Deleted => "DELETE",
        }
    }
}

/// One version.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) key: Key,
    pub(crate) number: usize,
    /// None for a deletion.
    pub(crate) resource: Option<Arc<Value>>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) wrote: Wrote,
}

#[derive(Debug)]
struct Entry {
    owner: u32,
    versions: Vec<Version>,
}

#[derive(Debug, Default)]
pub(super) struct Overlay {
    entries: BTreeMap<Key, Entry>,
}

/// Slots belong to nobody; the rest to the patient who has it.
fn is_visible(key: &Key, owner: u32, patient: u32) -> bool {
    owner == patient || key.0 == "Slot"
}

fn generated(resource: &Arc<Value>) -> Option<Version> {
    let at = resource["meta"]["lastUpdated"].as_str()?;
    Some(Version {
        key: key_of(resource)?,
        number: 1,
        resource: Some(Arc::clone(resource)),
        at: DateTime::parse_from_rfc3339(at).ok()?.to_utc(),
        wrote: Wrote::Generated,
    })
}

impl Overlay {
    pub(super) fn current(&self, key: &Key, patient: u32) -> Option<Found> {
        let entry = self
            .entries
            .get(key)
            .filter(|entry| is_visible(key, entry.owner, patient))?;
        let last = entry.versions.last()?;
        Some(
            last.resource
                .clone()
                .map_or(Found::Deleted, Found::Resource),
        )
    }

    pub(super) fn next_version(&self, key: &Key, before: Option<&Arc<Value>>) -> usize {
        match self
            .entries
            .get(key)
            .and_then(|entry| entry.versions.last())
        {
            Some(last) => last.number + 1,
            None if before.is_some() => 2,
            None => 1,
        }
    }

    pub(super) fn push(
        &mut self,
        key: Key,
        owner: u32,
        before: Option<&Arc<Value>>,
        resource: Option<Arc<Value>>,
        at: DateTime<Utc>,
        wrote: Wrote,
    ) {
        let number = self.next_version(&key, before);
        let entry = self.entries.entry(key.clone()).or_insert_with(|| Entry {
            owner,
            versions: before.and_then(generated).into_iter().collect(),
        });
        entry.versions.push(Version {
            key,
            number,
            resource,
            at,
            wrote,
        });
    }

    /// The generated resources with the written ones in their place, and the new ones behind.
    pub(super) fn lay_over(
        &self,
        kind: &str,
        patient: u32,
        generated: Vec<Arc<Value>>,
    ) -> Vec<Arc<Value>> {
        self.lay(patient, generated, |key| key.0 == kind)
    }

    pub(super) fn lay_over_all(&self, patient: u32, generated: Vec<Arc<Value>>) -> Vec<Arc<Value>> {
        self.lay(patient, generated, |key| key.0 != "Slot")
    }

    pub(super) fn replace_known(&self, generated: Vec<Arc<Value>>) -> Vec<Arc<Value>> {
        self.lay(0, generated, |_| false)
    }

    fn lay(
        &self,
        patient: u32,
        generated: Vec<Arc<Value>>,
        add: impl Fn(&Key) -> bool,
    ) -> Vec<Arc<Value>> {
        if self.entries.is_empty() {
            return generated;
        }
        let mut seen = HashSet::new();
        let mut all = Vec::with_capacity(generated.len());
        for resource in generated {
            let Some(key) = key_of(&resource) else {
                continue;
            };
            match self.current(&key, patient) {
                None => all.push(resource),
                Some(Found::Resource(newer)) => all.push(newer),
                Some(_) => {}
            }
            seen.insert(key);
        }
        for (key, entry) in &self.entries {
            let is_new = add(key) && entry.owner == patient && !seen.contains(key);
            if is_new && let Some(Found::Resource(resource)) = self.current(key, patient) {
                all.push(resource);
            }
        }
        all
    }

    pub(super) fn history(
        &self,
        kind: &str,
        patient: u32,
        unwritten: &[Arc<Value>],
    ) -> Vec<Version> {
        let mut all: Vec<Version> = self
            .entries
            .iter()
            .filter(|(key, entry)| key.0 == kind && is_visible(key, entry.owner, patient))
            .flat_map(|(_, entry)| entry.versions.iter().cloned())
            .collect();
        let written: HashSet<Key> = all.iter().map(|version| version.key.clone()).collect();
        all.extend(
            unwritten
                .iter()
                .filter_map(generated)
                .filter(|version| !written.contains(&version.key)),
        );
        all.sort_by_key(|version| std::cmp::Reverse((version.at, version.number)));
        all
    }

    pub(super) fn written(&self) -> Vec<WrittenResource> {
        let mut all: Vec<WrittenResource> = self
            .entries
            .values()
            .flat_map(|entry| &entry.versions)
            .filter(|version| version.wrote != Wrote::Generated)
            .map(|version| WrittenResource {
                at: version.at,
                method: version.wrote.method().to_owned(),
                resource_type: version.key.0.clone(),
                id: version.key.1.clone(),
                version: version.number,
                resource: version.resource.as_deref().cloned(),
            })
            .collect();
        all.sort_by_key(|written| written.at);
        all
    }
}
