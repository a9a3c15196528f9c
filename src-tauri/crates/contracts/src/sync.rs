//! How the record on this device stands to what the sources hold.

use serde::{Deserialize, Serialize};

use crate::error::ErrorView;
use crate::provenance::{FreshnessView, SourceView};
use crate::reasons::WhyNot;
use crate::record::SectionKind;

/// What is synchronised on its own: a section of the record, or another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "section")]
pub enum SyncUnit {
    /// The patient's own details and the practice's facts.
    Person,
    /// Appointments.
    Appointments,
    /// What was asked for of the repeat prescriptions, and where it is.
    Repeats,
    /// A section of the record.
    Record(SectionKind),
}

/// One unit of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncUnitView {
    /// The source.
    pub source: SourceView,
    /// The unit.
    pub unit: SyncUnit,
    /// How fresh it is.
    pub freshness: FreshnessView,
    /// Why the source does not give it, if that is what it said.
    pub not_allowed: Option<WhyNot>,
    /// What failed at the last check.
    pub error: Option<ErrorView>,
    /// How many entries could not be read and were skipped.
    pub skipped: u32,
}

/// The whole state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncStatusView {
    /// Whether a check is under way.
    pub is_running: bool,
    /// Whether the last attempt found no network at all.
    pub is_offline: bool,
    /// Whether something that waits for its next attempt may be sent by now.
    #[serde(default)]
    pub is_sending_due: bool,
    /// The oldest "last checked" of everything shown together.
    pub overall: FreshnessView,
    /// Every unit.
    pub units: Vec<SyncUnitView>,
}

/// Progress of a running check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SyncProgress {
    /// The check began.
    Started {
        /// How many units will be read.
        units: u32,
    },
    /// Entries of a unit arrived and are on the device.
    Stored {
        /// The unit.
        unit: SyncUnit,
        /// How many of its entries are stored so far in this check.
        entries: u32,
    },
    /// A unit ended, well or not.
    UnitDone {
        /// The unit with its result.
        result: SyncUnitView,
    },
    /// The check ended.
    Finished {
        /// How it stands.
        status: SyncStatusView,
    },
}
