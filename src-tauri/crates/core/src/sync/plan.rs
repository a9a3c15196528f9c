//! What a synchronisation changes, as values. Deciding happens here; applying is the store's work.

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use hale_fhir::Page;
use serde_json::Value;

use super::belongs::belongs_to;
use crate::ports::{ResourceKey, SourceId, UnitTrouble};
use crate::record::view::classify;

/// A resource on its way into the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its identity.
    pub key: ResourceKey,
    /// The unit whose list it belongs to.
    pub unit: SyncUnit,
    /// Whether it is an entry of the list itself.
    pub is_listed: bool,
    /// `meta.versionId`.
    pub version: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<DateTime<Utc>>,
    /// The item's own date, for sorting.
    pub sort_date: Option<DateTime<Utc>>,
    /// The resource as the server wrote it.
    pub json: String,
    /// All text that a patient would see of it, for the search. Empty for what is not listed.
    pub search_text: String,
}

/// One change of the mirror. Applying the same action twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncAction {
    /// Keep this resource. Its `changed_at` moves only if the content differs from what is held.
    Upsert {
        /// The resource.
        resource: Box<Incoming>,
        /// The run that it arrived in: rows that a whole run did not meet are gone at the source.
        run: i64,
        /// When it arrived.
        at: DateTime<Utc>,
    },
    /// The source has removed this: empty its content and keep a note of it.
    MarkRemoved {
        /// Which.
        key: ResourceKey,
        /// When that was found.
        at: DateTime<Utc>,
    },
    /// Every page of a unit arrived.
    FinishUnit {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// The run.
        run: i64,
        /// Whether the run read the whole unit, so that rows of it that the run did not meet are
        /// marked as removed (listed ones) or dropped (others).
        is_whole: bool,
        /// The server's own time when the run began.
        cursor: Option<DateTime<Utc>>,
        /// When.
        at: DateTime<Utc>,
        /// How many entries could not be read.
        skipped: u32,
    },
    /// A unit could not be read. What is held of it stays, with this beside it.
    UnitTroubled {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// Why.
        trouble: UnitTrouble,
        /// When.
        at: DateTime<Utc>,
    },
    /// The source no longer lets this person see a unit: its rows go, its state keeps the reason.
    PurgeUnit {
        /// The backend.
        source: SourceId,
        /// The unit.
        unit: SyncUnit,
        /// Why.
        trouble: UnitTrouble,
        /// When.
        at: DateTime<Utc>,
    },
    /// Everything of a source goes: another patient, or the source was removed.
    PurgeSource {
        /// The backend.
        source: SourceId,
    },
}

/// What a page changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PagePlan {
    /// The changes, in order.
    pub actions: Vec<SyncAction>,
    /// How many entries of the page will be kept.
    pub kept: u32,
    /// How many entries could not be read, belong to somebody else, or were reported by the server
    /// as left out.
    pub skipped: u32,
    /// Whether the server reported an error among the entries.
    pub has_errors: bool,
}

/// Plans a page of a search: what it changes, decided from the page alone.
///
/// One bad entry never drops a good one. An entry that names another patient is never kept.
#[must_use]
pub fn plan_page(
    page: &Page,
    source: &SourceId,
    unit: SyncUnit,
    patient_id: &str,
    run: i64,
    at: DateTime<Utc>,
) -> PagePlan {
    let mut plan = PagePlan {
        skipped: count(page.skipped.len()),
        ..PagePlan::default()
    };
    for issue in &page.issues {
        match issue.severity.as_deref() {
            Some("information") => {}
            Some("warning") => plan.skipped += 1,
            _ => {
                plan.skipped += 1;
                plan.has_errors = true;
            }
        }
    }
    for entry in &page.entries {
        let key = ResourceKey {
            source: source.clone(),
            resource_type: entry.resource_type.clone(),
            id: entry.id.clone(),
        };
        if entry.is_deleted {
            plan.actions.push(SyncAction::MarkRemoved { key, at });
            continue;
        }
        let json = entry.raw.get();
        let Ok(resource) = serde_json::from_str::<Value>(json) else {
            plan.skipped += 1;
            continue;
        };
        if !belongs_to(&resource, patient_id) {
            plan.skipped += 1;
            continue;
        }
        let classified = classify(unit, &resource);
        plan.kept += 1;
        plan.actions.push(SyncAction::Upsert {
            resource: Box::new(Incoming {
                key,
                unit: classified.unit,
                is_listed: classified.is_listed,
                version: entry.version.clone(),
                last_updated: entry.last_updated,
                sort_date: classified.sort_date,
                json: json.to_owned(),
                search_text: classified.search_text,
            }),
            run,
            at,
        });
    }
    plan
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
