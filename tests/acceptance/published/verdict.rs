//! What must become of each resource of an example. Written apart from the code that is tested, so
//! that a mistake would have to be made twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// Why something of an example is not in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is of an earlier release of the standard.
    NotR4,
    /// The file holds no FHIR resource.
    NotAResource,
    /// The entry holds no resource.
    NoResource,
    /// It tells about the answer and is no part of a record.
    Outcome,
    /// It has no id by which it could be found again.
    NoId,
    /// It names other patients only.
    OtherPatient,
    /// The same resource comes again later in the file.
    Replaced,
}

impl Reason {
    /// Whether the patient is told that something could not be shown.
    pub(super) fn is_counted(self) -> bool {
        matches!(self, Self::NoResource | Self::NoId | Self::OtherPatient)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotR4 => "not R4",
            Self::NotAResource => "not a resource",
            Self::NoResource => "an entry without a resource",
            Self::Outcome => "an answer's own words",
            Self::NoId => "refused: no id",
            Self::OtherPatient => "refused: another patient's",
            Self::Replaced => "the same resource comes again later",
        })
    }
}

/// An entry of an example.
pub(super) struct Entry {
    url: Option<String>,
    /// Its resource, if it has one.
    pub(super) resource: Option<Value>,
}

impl Entry {
    /// Type and id, as far as they are there.
    pub(super) fn name(&self) -> (String, Option<String>) {
        let resource = self.resource.as_ref();
        let text = |field: &str| {
            resource
                .and_then(|it| it[field].as_str())
                .map(str::to_owned)
        };
        (text("resourceType").unwrap_or_default(), text("id"))
    }
}

/// The entries of an example, with those of Bundles in Bundles in their place.
pub(super) fn entries(example: &Value) -> Vec<Entry> {
    if example["resourceType"] != "Bundle" {
        return vec![Entry {
            url: None,
            resource: Some(example.clone()),
        }];
    }
    let mut all = Vec::new();
    for entry in example["entry"].as_array().into_iter().flatten() {
        let resource = &entry["resource"];
        if resource["resourceType"] == "Bundle" {
            all.extend(entries(resource));
        } else {
            all.push(Entry {
                url: entry["fullUrl"].as_str().map(str::to_lowercase),
                resource: resource.is_object().then(|| resource.clone()),
            });
        }
    }
    all
}

/// Whom the names within an example stand for.
pub(super) struct People(BTreeMap<String, String>);

impl People {
    /// Those of an example.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let named = entries.iter().filter_map(|entry| match entry.name() {
            (kind, Some(id)) if kind == "Patient" => Some((entry.url.clone()?, id)),
            _ => None,
        });
        Self(named.collect())
    }

    /// Everybody whom a resource says that it is of.
    fn named_by(&self, resource: &Value) -> BTreeSet<String> {
        let mut references = Vec::new();
        for field in ["subject", "patient", "for", "beneficiary"] {
            references.push(&resource[field]);
        }
        for participant in resource["participant"].as_array().into_iter().flatten() {
            references.push(&participant["actor"]);
        }
        references
            .into_iter()
            .filter_map(|it| it["reference"].as_str().or_else(|| it.as_str()))
            .filter_map(|written| self.patient(written))
            .collect()
    }

    fn patient(&self, written: &str) -> Option<String> {
        let unversioned = written.split("/_history").next()?;
        match unversioned.rsplit_once("Patient/") {
            Some((_, id)) => Some(id.to_owned()),
            None => self.0.get(&written.to_lowercase()).cloned(),
        }
    }

    /// Every patient of an example.
    pub(super) fn all(&self, entries: &[Entry]) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for entry in entries {
            match entry.name() {
                (kind, Some(id)) if kind == "Patient" => drop(all.insert(id)),
                _ => all.extend(entry.resource.iter().flat_map(|it| self.named_by(it))),
            }
        }
        all
    }

    /// Why each entry is not in this patient's record; none for those that must be.
    pub(super) fn verdicts(&self, entries: &[Entry], patient: &str) -> Vec<Option<Reason>> {
        let mut later = BTreeSet::new();
        let mut verdicts: Vec<Option<Reason>> = entries
            .iter()
            .rev()
            .map(|entry| {
                self.verdict(entry, patient)
                    .or_else(|| (!later.insert(entry.name())).then_some(Reason::Replaced))
            })
            .collect();
        verdicts.reverse();
        verdicts
    }

    fn verdict(&self, entry: &Entry, patient: &str) -> Option<Reason> {
        let Some(resource) = &entry.resource else {
            return Some(Reason::NoResource);
        };
        let (kind, id) = entry.name();
        if kind == "OperationOutcome" {
            return Some(Reason::Outcome);
        }
        let Some(id) = id else {
            return Some(Reason::NoId);
        };
        let is_others = if kind == "Patient" {
            id != patient
        } else {
            let named = self.named_by(resource);
            !named.is_empty() && !named.contains(patient)
        };
        is_others.then_some(Reason::OtherPatient)
    }
}
