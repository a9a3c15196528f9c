//! Values as they stand in a row: moments as microseconds, units and reasons as JSON.

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use hale_core::ports::CacheError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A moment as microseconds since 1970, UTC.
pub(crate) fn micros(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_micros()
}

/// The moment of microseconds; one that no calendar has reads as 1970.
pub(crate) fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
}

/// A value as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String, CacheError> {
    serde_json::to_string(value).map_err(|error| CacheError::Other(Box::new(error)))
}

/// A value of JSON.
pub(crate) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, CacheError> {
    serde_json::from_str(json).map_err(|error| CacheError::Damaged(Box::new(error)))
}

/// A unit's name in a row.
pub(crate) fn unit_name(unit: SyncUnit) -> String {
    match unit {
        SyncUnit::Person => "person".to_owned(),
        SyncUnit::Appointments => "appointments".to_owned(),
        SyncUnit::Record(section) => format!("record-{}", section.slug()),
    }
}

/// The unit of a name.
pub(crate) fn unit(name: &str) -> Option<SyncUnit> {
    match name {
        "person" => Some(SyncUnit::Person),
        "appointments" => Some(SyncUnit::Appointments),
        _ => name
            .strip_prefix("record-")
            .and_then(hale_contracts::record::SectionKind::from_slug)
            .map(SyncUnit::Record),
    }
}
