//! Where an item came from and how fresh it is. Every item that is shown carries this.

use serde::{Deserialize, Serialize};

use crate::time::{LondonTime, PartialDate};

/// A backend that the record is read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceView {
    /// Hale's own id of the source on this device.
    pub id: String,
    /// Its name as people know it, for example the practice's.
    pub name: String,
}

/// Source, date and freshness of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenanceView {
    /// The backend that it was read from.
    pub source: SourceView,
    /// The organisation that recorded it, where the item names one.
    pub organisation: Option<String>,
    /// The person who recorded it, where the item names one.
    pub author: Option<String>,
    /// The item's own date: when it was recorded or happened.
    pub recorded: Option<PartialDate>,
    /// When Hale last confirmed it with the source.
    pub last_checked: Option<LondonTime>,
}

/// How fresh a list or a screen is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FreshnessView {
    /// It has never been loaded on this device.
    NeverLoaded,
    /// It is being loaded for the first time now.
    Loading,
    /// It was confirmed with every source at the last check.
    Fresh {
        /// When.
        at: LondonTime,
    },
    /// What is shown is older: the last check failed or could not be made.
    Stale {
        /// When it was last confirmed, if ever.
        at: Option<LondonTime>,
        /// Why it could not be confirmed since.
        because: crate::error::ErrorCode,
    },
}
