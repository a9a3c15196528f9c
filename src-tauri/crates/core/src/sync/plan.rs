//! What a synchronisation changes, as values. Deciding happens here; applying is the store's work.

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;

use crate::ports::{ResourceKey, SourceId, UnitTrouble};

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
