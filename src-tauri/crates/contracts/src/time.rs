//! Dates and times as the window shows them: already in the United Kingdom's civil time.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which of the two civil times of Europe/London holds at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LondonOffset {
    /// Greenwich Mean Time, UTC+0.
    Gmt,
    /// British Summer Time, UTC+1.
    Bst,
}

/// A moment, with what a clock on a wall in London shows then.
///
/// Invariant: `local` is `utc` moved by `offset`. `is_ambiguous` marks the hour that happens twice
/// when summer time ends, where the offset must be shown beside the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LondonTime {
    /// The moment itself.
    pub utc: DateTime<Utc>,
    /// The clock on the wall.
    pub local: NaiveDateTime,
    /// Which civil time holds.
    pub offset: LondonOffset,
    /// Whether this clock time happens twice on its day.
    pub is_ambiguous: bool,
}

/// A date as exact as its source gave it: a year, a month, a day or a moment (FHIR R4 §2.24.0.1
/// `dateTime`). Never made more exact than it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "precision", content = "value", rename_all = "snake_case")]
pub enum PartialDate {
    /// Only the year is known, for example 2019.
    Year(i32),
    /// The year and the month (1 to 12) are known.
    Month(i32, u32),
    /// The day is known, in the source's own civil time.
    Day(chrono::NaiveDate),
    /// The moment is known.
    Moment(LondonTime),
    /// The source wrote something that is no FHIR date; shown as it was written.
    AsWritten(String),
}
