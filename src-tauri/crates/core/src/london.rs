//! Europe/London civil time: the only zone that a patient sees. Owns every step from a date on the
//! wire to a date on the screen; reads no clock.

use chrono::offset::LocalResult;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;
use hale_contracts::time::{LondonOffset, LondonTime, PartialDate};
use hale_fhir::date::{self, FhirDate};

/// What a clock in London shows at a moment.
#[must_use]
pub fn from_utc(utc: DateTime<Utc>) -> LondonTime {
    // In wartime London was two hours ahead. The view knows one summer time only, and its clock
    // time must follow from its offset.
    let is_summer = utc.with_timezone(&London).offset().fix().local_minus_utc() >= 3_600;
    let (offset, hours) = if is_summer {
        (LondonOffset::Bst, 1)
    } else {
        (LondonOffset::Gmt, 0)
    };
    let local = utc
        .naive_utc()
        .checked_add_signed(TimeDelta::hours(hours))
        .unwrap_or(utc.naive_utc());
    LondonTime {
        utc,
        local,
        offset,
        is_ambiguous: matches!(
            London.from_local_datetime(&local),
            LocalResult::Ambiguous(..)
        ),
    }
}

/// What may be said of a date of which only its sorting moment is left (see [`sort_key`]): never
/// more than was written. A first of January may have been a year alone, a midnight a day alone.
#[must_use]
pub fn loosest(sort_key: DateTime<Utc>) -> PartialDate {
    let local = sort_key.with_timezone(&London).naive_local();
    let is_midnight = local.time() == NaiveTime::MIN;
    match (is_midnight, local.month(), local.day()) {
        (true, 1, 1) => PartialDate::Year(local.year()),
        (true, month, 1) => PartialDate::Month(local.year(), month),
        _ => PartialDate::Day(local.date()),
    }
}

/// The day in London at a moment.
#[must_use]
pub fn local_date(utc: DateTime<Utc>) -> NaiveDate {
    utc.with_timezone(&London).date_naive()
}

/// The first moment of a day in London and the first moment after it.
#[must_use]
pub fn day_bounds(day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let next = day.succ_opt().unwrap_or(day);
    (midnight(day), midnight(next))
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    // London's clocks never change at midnight in our time; a zone file that said otherwise would
    // be answered with the moment in UTC.
    London
        .from_local_datetime(&local)
        .earliest()
        .map_or_else(|| local.and_utc(), |moment| moment.to_utc())
}

/// A FHIR date, dateTime or instant (FHIR R4 §2.24.0.1), as exact as it was written. What is none
/// is kept as it was written.
#[must_use]
pub fn partial_date(text: &str) -> PartialDate {
    match date::parse(text) {
        Some(FhirDate::Year(year)) => PartialDate::Year(year),
        Some(FhirDate::Month(year, month)) => PartialDate::Month(year, month),
        Some(FhirDate::Day(day)) => PartialDate::Day(day),
        Some(FhirDate::Moment(moment)) => PartialDate::Moment(from_utc(moment)),
        // Some services leave the offset out. The standard forbids it; London is what they mean. A
        // clock time that happens twice is taken as the first, one that does not happen is no date.
        Some(FhirDate::Floating(local)) => {
            London.from_local_datetime(&local).earliest().map_or_else(
                || PartialDate::AsWritten(text.trim().to_owned()),
                |moment| PartialDate::Moment(from_utc(moment.to_utc())),
            )
        }
        None => PartialDate::AsWritten(text.trim().to_owned()),
    }
}

/// A moment to sort a FHIR date by: the first one that it may mean.
#[must_use]
pub fn sort_key(text: &str) -> Option<DateTime<Utc>> {
    match partial_date(text) {
        PartialDate::Moment(moment) => Some(moment.utc),
        PartialDate::Day(day) => Some(midnight(day)),
        PartialDate::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1).map(midnight),
        PartialDate::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1).map(midnight),
        PartialDate::AsWritten(_) => None,
    }
}

/// The day that a FHIR date means, where it is that exact.
#[must_use]
pub fn whole_day(text: &str) -> Option<NaiveDate> {
    match partial_date(text) {
        PartialDate::Day(day) => Some(day),
        PartialDate::Moment(moment) => Some(moment.local.date()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn summer_and_winter_and_the_hour_that_happens_twice() {
        let cases = [
            (
                "2026-01-05T14:30:00Z",
                "2026-01-05T14:30:00",
                LondonOffset::Gmt,
                false,
            ),
            (
                "2026-07-05T14:30:00Z",
                "2026-07-05T15:30:00",
                LondonOffset::Bst,
                false,
            ),
            // Clocks go back at 2am on 25 October 2026: 1:30am happens twice.
            (
                "2026-10-25T00:30:00Z",
                "2026-10-25T01:30:00",
                LondonOffset::Bst,
                true,
            ),
            (
                "2026-10-25T01:30:00Z",
                "2026-10-25T01:30:00",
                LondonOffset::Gmt,
                true,
            ),
            (
                "2026-03-29T01:00:00Z",
                "2026-03-29T02:00:00",
                LondonOffset::Bst,
                false,
            ),
        ];
        for (moment, local, offset, is_ambiguous) in cases {
            let got = from_utc(utc(moment));
            assert_eq!(got.local.format("%FT%T").to_string(), local);
            assert_eq!(
                (got.offset, got.is_ambiguous),
                (offset, is_ambiguous),
                "{moment}"
            );
        }
    }

    #[test]
    fn clock_time_is_always_the_moment_moved_by_its_offset() {
        for moment in [
            "1941-07-01T12:00:00Z",
            "1969-01-01T12:00:00Z",
            "1840-01-01T12:00:00Z",
        ] {
            let got = from_utc(utc(moment));
            let hours = (got.local - got.utc.naive_utc()).num_minutes();
            let expected = if got.offset == LondonOffset::Bst {
                60
            } else {
                0
            };
            assert_eq!(hours, expected, "{moment}");
        }
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        let (from, to) = day_bounds(NaiveDate::MAX);
        assert!(from <= to);
        let _ = from_utc(DateTime::<Utc>::MAX_UTC);
        let _ = local_date(DateTime::<Utc>::MIN_UTC + TimeDelta::days(2));
    }

    #[test]
    fn dates_sort_by_the_first_moment_that_they_may_mean() {
        let cases = [
            ("2019", Some("2019-01-01T00:00:00Z")),
            ("2019-07", Some("2019-06-30T23:00:00Z")),
            ("2019-07-01", Some("2019-06-30T23:00:00Z")),
            ("2019-07-01T00:30:00+01:00", Some("2019-06-30T23:30:00Z")),
            // The clock time happens twice; the first is an hour earlier.
            ("2026-10-25T01:30:00", Some("2026-10-25T00:30:00Z")),
            ("2026-03-29T01:30:00", None),
            ("soon", None),
        ];
        for (text, expected) in cases {
            assert_eq!(sort_key(text), expected.map(utc), "{text}");
        }
    }

    #[test]
    fn what_is_left_of_a_date_is_never_more_exact_than_it_was() {
        let day = |text: &str| PartialDate::Day(text.parse().unwrap());
        let cases = [
            ("2019", PartialDate::Year(2019)),
            ("2019-01", PartialDate::Year(2019)),
            ("2019-01-01", PartialDate::Year(2019)),
            ("2019-07", PartialDate::Month(2019, 7)),
            ("2019-07-01", PartialDate::Month(2019, 7)),
            ("2019-07-02", day("2019-07-02")),
            ("2019-07-01T00:30:00+01:00", day("2019-07-01")),
            ("2019-07-02T23:30:00Z", day("2019-07-03")),
        ];
        for (written, expected) in cases {
            assert_eq!(loosest(sort_key(written).unwrap()), expected, "{written}");
        }
    }

    #[test]
    fn a_day_is_as_long_as_it_is() {
        let hours = |day: &str| {
            let (from, to) = day_bounds(day.parse().unwrap());
            (to - from).num_hours()
        };
        assert_eq!(hours("2026-06-01"), 24);
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(hours("2026-10-25"), 25);
    }

    #[test]
    fn a_date_is_never_made_more_exact_than_it_was() {
        let day = NaiveDate::from_ymd_opt(2019, 2, 3).unwrap();
        let cases = [
            ("2019", PartialDate::Year(2019)),
            ("2019-02", PartialDate::Month(2019, 2)),
            ("2019-02-03", PartialDate::Day(day)),
            ("2019-13", PartialDate::AsWritten("2019-13".into())),
            ("2019-02-30", PartialDate::AsWritten("2019-02-30".into())),
            ("about 2019", PartialDate::AsWritten("about 2019".into())),
            ("", PartialDate::AsWritten(String::new())),
        ];
        for (text, expected) in cases {
            assert_eq!(partial_date(text), expected, "{text}");
        }
        let written = partial_date("2026-07-05T15:30:00+01:00");
        assert_eq!(
            written,
            PartialDate::Moment(from_utc(utc("2026-07-05T14:30:00Z")))
        );
        assert_eq!(partial_date("2026-07-05T15:30:00"), written);
    }
}
