//! Dates in searches (FHIR R4 §3.1.1.4.7): every date is the range of time that it may mean, in UTC;
//! a date without a time is a day in England.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;
use serde_json::Value;

/// From the first moment up to, not including, the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(
        London
            .from_local_datetime(&day.and_time(NaiveTime::MIN))
            .earliest()?
            .to_utc(),
    )
}

impl Range {
    /// A partial date, a date or a time with its offset.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // A plus sign that was not encoded arrives as a space.
        let text = text.trim().replace(' ', "+");
        // FHIR's years have four digits; a calendar that goes on for ever has an end to fall over.
        let year = text.get(..4)?;
        let is_year = year.bytes().all(|byte| byte.is_ascii_digit());
        if !is_year || text.get(4..5).is_some_and(|after| after != "-") {
            return None;
        }
        if text.contains('T') {
            let from = DateTime::parse_from_rfc3339(&text)
                .or_else(|_| DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M%:z"))
                .ok()?
                .to_utc();
            let precision = if text.contains('.') {
                TimeDelta::milliseconds(1)
            } else {
                TimeDelta::seconds(1)
            };
            return Some(Self {
                from,
                to: from + precision,
            });
        }
        let (first, after) = match text.len() {
            4 => {
                let first = NaiveDate::from_ymd_opt(text.parse().ok()?, 1, 1)?;
                (first, first.with_year(first.year() + 1)?)
            }
            7 => {
                let first: NaiveDate = format!("{text}-01").parse().ok()?;
                (first, first.checked_add_months(Months::new(1))?)
            }
            _ => {
                let first: NaiveDate = text.parse().ok()?;
                (first, first.checked_add_days(Days::new(1))?)
            }
        };
        Some(Self {
            from: midnight(first)?,
            to: midnight(after)?,
        })
    }

    /// The range of a date, an instant or a Period.
    pub(super) fn of_value(value: &Value) -> Option<Self> {
        if let Some(text) = value.as_str() {
            return Self::parse(text);
        }
        let end = |name: &str| value[name].as_str().and_then(Self::parse);
        let (start, end) = (end("start"), end("end"));
        start.or(end)?;
        Some(Self {
            from: start.map_or(DateTime::<Utc>::MIN_UTC, |range| range.from),
            to: end.map_or(DateTime::<Utc>::MAX_UTC, |range| range.to),
        })
    }
}

/// A comparison of a search, such as `ge2026-01-05`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    prefix: [u8; 2],
    pub(super) range: Range,
}

impl Comparison {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let prefix = text
            .get(..2)
            .filter(|start| start.bytes().all(|byte| byte.is_ascii_lowercase()));
        let rest = if prefix.is_some() {
            text.get(2..)?
        } else {
            text
        };
        let prefix = prefix.unwrap_or("eq");
        if !["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"].contains(&prefix) {
            return None;
        }
        let bytes = prefix.as_bytes();
        Some(Self {
            prefix: [*bytes.first()?, *bytes.get(1)?],
            range: Range::parse(rest)?,
        })
    }

    /// The first moment that may match, if this is a lower bound.
    pub(super) fn lower_bound(self) -> Option<DateTime<Utc>> {
        match &self.prefix {
            b"ge" => Some(self.range.from),
            b"gt" | b"sa" => Some(self.range.to),
            _ => None,
        }
    }

    /// The moment from which on nothing matches, if this is an upper bound.
    pub(super) fn upper_bound(self) -> Option<DateTime<Utc>> {
        match &self.prefix {
            b"le" => Some(self.range.to),
            b"lt" | b"eb" => Some(self.range.from),
            _ => None,
        }
    }

    pub(super) fn holds(self, value: Range) -> bool {
        let asked = self.range;
        let within = asked.from <= value.from && value.to <= asked.to;
        match &self.prefix {
            b"eq" => within,
            b"ne" => !within,
            b"gt" => value.to > asked.to,
            b"lt" => value.from < asked.from,
            b"ge" => value.to > asked.to || value.from >= asked.from,
            b"le" => value.from < asked.from || value.to <= asked.to,
            b"sa" => value.from >= asked.to,
            b"eb" => value.to <= asked.from,
            _ => value.from < asked.to && asked.from < value.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_see_ranges() {
        for (asked, value, expected) in [
            ("ge2026-01-05", "2026-01-05T08:00:00+00:00", true),
            ("ge2026-01-05", "2026-01-04T23:59:59+00:00", false),
            ("lt2026-01-05", "2026-01-04T23:59:59+00:00", true),
            ("lt2026-01-05", "2026-01-05T00:00:00+00:00", false),
            ("le2026-01-05", "2026-01-05T23:00:00+00:00", true),
            ("2026-01", "2026-01-31", true),
            ("2026-01", "2026-02-01", false),
            ("gt2026-01-05T08:00:00Z", "2026-01-05T08:00:00Z", false),
            ("gt2026-01-05T08:00:00Z", "2026-01-05T08:00:01Z", true),
            ("ge2026-07-01T09:00:00 01:00", "2026-07-01T08:00:00Z", true),
            ("ne2026", "2025-12-31", true),
        ] {
            let asked_for = Comparison::parse(asked).unwrap();
            assert_eq!(
                asked_for.holds(Range::parse(value).unwrap()),
                expected,
                "{asked} {value}"
            );
        }
        assert!(Comparison::parse("xx2026").is_none());
        assert!(Comparison::parse("ge+262142-12-31").is_none());
        assert!(Comparison::parse("-262143-01-01").is_none());
        assert!(Comparison::parse("ge").is_none());
        assert!(Comparison::parse("geé").is_none());
    }
}
