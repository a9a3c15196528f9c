//! Values as they stand in a row: moments as microseconds, units by name, the rest as JSON.

use chrono::{DateTime, Utc};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A moment as microseconds since 1970, UTC.
pub(crate) fn micros(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_micros()
}

/// The moment in a column.
pub(crate) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    optional_moment(row, column)?.ok_or_else(|| unreadable(column, "no moment".into()))
}

/// The moment in a column that may be null. One that no calendar has reads as null.
pub(crate) fn optional_moment(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let micros: Option<i64> = row.get(column)?;
    Ok(micros.and_then(DateTime::from_timestamp_micros))
}

/// A value as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The value of a JSON text in a column.
pub(crate) fn from_json<T: DeserializeOwned>(column: usize, json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json).map_err(|error| unreadable(column, Box::new(error)))
}

/// A unit's name in a row.
pub(crate) fn unit_name(unit: SyncUnit) -> String {
    match unit {
        SyncUnit::Person => "person".to_owned(),
        SyncUnit::Appointments => "appointments".to_owned(),
        SyncUnit::Repeats => "repeats".to_owned(),
        SyncUnit::Record(section) => format!("record-{}", section.slug()),
    }
}

/// The unit in a column.
pub(crate) fn unit(row: &Row<'_>, column: usize) -> rusqlite::Result<SyncUnit> {
    let name = row.get_ref(column)?.as_str()?;
    match name {
        "person" => Some(SyncUnit::Person),
        "appointments" => Some(SyncUnit::Appointments),
        "repeats" => Some(SyncUnit::Repeats),
        _ => name
            .strip_prefix("record-")
            .and_then(SectionKind::from_slug)
            .map(SyncUnit::Record),
    }
    .ok_or_else(|| unreadable(column, "no unit of this version".into()))
}

fn unreadable(column: usize, source: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_comes_back_from_its_name() {
        let units = [SyncUnit::Person, SyncUnit::Appointments, SyncUnit::Repeats]
            .into_iter()
            .chain(SectionKind::ALL.into_iter().map(SyncUnit::Record));
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for expected in units {
            let found = connection
                .query_row("SELECT ?1", [unit_name(expected)], |row| unit(row, 0))
                .unwrap();
            assert_eq!(found, expected);
        }
    }
}
