//! The mirror of what the backends said (`record.db`). It may be rebuilt from them at any time.

use std::future::Future;

use chrono::{DateTime, Utc};
use hale_contracts::changes::NewsCountView;
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::SyncUnit;
use serde::{Deserialize, Serialize};

use crate::sync::plan::{Resume, SyncAction};

/// Hale's own id of a backend on this device.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

/// The identity of a resource: ids are unique only within a source and a type (FHIR R4 §2.28.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceKey {
    /// The backend.
    pub source: SourceId,
    /// The FHIR resource type, for example `Condition`.
    pub resource_type: String,
    /// The backend's id.
    pub id: String,
}

/// A resource as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResource {
    /// Its identity.
    pub key: ResourceKey,
    /// The unit that it belongs to.
    pub unit: SyncUnit,
    /// Whether it is an entry of its unit's list, rather than something that entries refer to.
    pub is_listed: bool,
    /// `meta.versionId`.
    pub version: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<DateTime<Utc>>,
    /// What the list is sorted by, newest first: the item's own date in UTC.
    pub sort_date: Option<DateTime<Utc>>,
    /// The resource as the server wrote it. Empty (`{}`) where `removed_at` is set.
    pub json: String,
    /// When Hale first held it.
    pub first_seen_at: DateTime<Utc>,
    /// When its content last changed here.
    pub changed_at: DateTime<Utc>,
    /// When the source last confirmed it: by sending it, or, for an entry, by a check of its unit
    /// that confirms all.
    pub checked_at: DateTime<Utc>,
    /// When the source was found to have removed it; its content is gone then.
    pub removed_at: Option<DateTime<Utc>>,
    /// The entries that show it inside themselves, as plain references, one a line.
    pub part_of: Option<String>,
    /// What is shown of it and its parts; see [`crate::sync::news`].
    pub shown: i64,
    /// What was shown of it when the patient last looked. Nothing of what is no entry.
    pub seen: i64,
}

/// Which rows to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The unit.
    pub unit: SyncUnit,
    /// How many rows to leave out from the start.
    pub offset: u32,
    /// How many rows at most.
    pub limit: u32,
    /// Only rows of `is_listed`.
    pub listed_only: bool,
}

/// A page of rows, sorted by `sort_date` (newest first, none last), then by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The rows.
    pub rows: Vec<StoredResource>,
    /// How many rows there are in all.
    pub total: u32,
    /// How many of all entries differ from the patient's last look.
    pub news: NewsCountView,
    /// The sources that have rows, in the order of their ids.
    pub sources: Vec<SourceId>,
}

/// That a resource is held, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    /// Its identity.
    pub key: ResourceKey,
    /// The unit that it belongs to.
    pub unit: SyncUnit,
    /// Whether it is an entry of the list.
    pub is_listed: bool,
    /// The newest run that met it.
    pub run: i64,
}

/// Why a unit could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitTrouble {
    /// It failed.
    Failed(ErrorCode),
    /// The source refuses it.
    NotAllowed(WhyNot),
}

/// That what was held of a unit went because its source took the access away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: WhyNot,
}

/// How a unit of a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitState {
    /// The backend.
    pub source: SourceId,
    /// The unit.
    pub unit: SyncUnit,
    /// When it was last checked: every page of what there is, or of what changed, with nothing left
    /// out.
    pub checked_at: Option<DateTime<Utc>>,
    /// The server's own time of that check (its first `Date`), for the next increment.
    pub cursor: Option<DateTime<Utc>>,
    /// When it was last tried.
    pub tried_at: Option<DateTime<Utc>>,
    /// What was wrong at the last try; none after a success.
    pub trouble: Option<UnitTrouble>,
    /// How many entries could not be read the last time that its last page was reached.
    pub skipped: u32,
    /// When the source last confirmed everything that is held of it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When all of it was last read, by this device's clock.
    pub whole_at: Option<DateTime<Utc>>,
    /// What the last check was read on; see [`SyncAction::FinishUnit`].
    pub basis: Option<String>,
    /// Where a whole reading was stopped.
    pub resume: Option<Resume>,
    /// Since when what changes is news: the first check, or the first look at what was read until
    /// then. What arrives before is not.
    pub news_since: Option<DateTime<Utc>>,
    /// That what was held of it went, until the patient was told or the source gives it again.
    pub purged: Option<Purged>,
}

/// The mirror could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file is damaged, or is not what its key opens.
    #[error("the store is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The mirror is damaged. It answers nothing more: the next opening makes it anew.
    #[error("the mirror is damaged")]
    MirrorDamaged,
    /// The disk is full. Nothing of what was asked for was written.
    #[error("this device is full")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder or the file may only be read. Nothing of what was asked for was written.
    #[error("the folder may only be read")]
    ReadOnly(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The device failed. Nothing of what was asked for was written.
    #[error("could not write to this device")]
    CannotWrite(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// Anything else that the store reports.
    #[error("the store failed")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The mirror of one person's record.
///
/// Laws (held by the conformance tests for every implementation): `apply` is one transaction, all
/// or nothing; applying the same actions twice ends in the same state as once; reads see whole
/// transactions only.
pub trait Cache: Send + Sync + 'static {
    /// Applies the actions in order, in one transaction.
    fn apply(
        &self,
        actions: Vec<SyncAction>,
    ) -> impl Future<Output = Result<(), CacheError>> + Send;

    /// Lists a unit over all sources.
    fn list(&self, query: ListQuery) -> impl Future<Output = Result<ListPage, CacheError>> + Send;

    /// The resources with these keys that are here, in no promised order.
    fn get_many(
        &self,
        keys: Vec<ResourceKey>,
    ) -> impl Future<Output = Result<Vec<StoredResource>, CacheError>> + Send;

    /// Everything held of a source that was not removed, in no promised order.
    fn keys(
        &self,
        source: SourceId,
    ) -> impl Future<Output = Result<Vec<HeldKey>, CacheError>> + Send;

    /// How every unit stands that was ever tried.
    fn unit_states(&self) -> impl Future<Output = Result<Vec<UnitState>, CacheError>> + Send;

    /// The listed resources whose text holds every word (each taken as a prefix), best first.
    fn search(
        &self,
        words: String,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<StoredResource>, CacheError>> + Send;

    /// Whether opening anew may help: the mirror is damaged, or could only be opened for reading.
    fn needs_reopening(&self) -> bool {
        false
    }

    /// Whether what the mirror held was lost to damage and is not whole again yet: this opening
    /// made it anew.
    fn was_renewed(&self) -> bool {
        false
    }
}
