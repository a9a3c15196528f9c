//! Dates as exact as they were written (FHIR R4 §2.24.0.1 `date`, `dateTime`, `instant`).

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// A date of FHIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FhirDate {
    /// A year.
    Year(i32),
    /// A year and a month, 1 to 12.
    Month(i32, u32),
    /// A day, in the writer's own civil time.
    Day(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
    /// A time without an offset, which the standard does not allow: it cannot be said which moment
    /// it is.
    Floating(NaiveDateTime),
}

/// Reads a date; none if it is no FHIR date.
#[must_use]
pub fn parse(written: &str) -> Option<FhirDate> {
    let written = written.trim();
    // Years have four digits; anything else would be read as something that it is not.
    let year = written.get(..4)?;
    if !written.is_ascii() || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match written.len() {
        4 => year
            .parse()
            .ok()
            .filter(|year| *year > 0)
            .map(FhirDate::Year),
        7 => {
            let first = NaiveDate::parse_from_str(&format!("{written}-01"), "%Y-%m-%d").ok()?;
            is_shaped(written).then(|| {
                use chrono::Datelike;
                FhirDate::Month(first.year(), first.month())
            })
        }
        10 => is_shaped(written)
            .then(|| NaiveDate::parse_from_str(written, "%Y-%m-%d").ok())?
            .map(FhirDate::Day),
        _ => {
            if !is_shaped(written.get(..10)?) || written.as_bytes().get(10) != Some(&b'T') {
                return None;
            }
            if let Ok(moment) = DateTime::parse_from_rfc3339(written) {
                return Some(FhirDate::Moment(moment.with_timezone(&Utc)));
            }
            NaiveDateTime::parse_from_str(written, "%Y-%m-%dT%H:%M:%S%.f")
                .ok()
                .map(FhirDate::Floating)
        }
    }
}

/// Whether digits and hyphens stand where `YYYY-MM-DD` (or its beginning) has them.
fn is_shaped(written: &str) -> bool {
    written
        .bytes()
        .enumerate()
        .all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_precision_is_kept() {
        let day = NaiveDate::from_ymd_opt(2019, 12, 10).unwrap();
        assert_eq!(parse("2019"), Some(FhirDate::Year(2019)));
        assert_eq!(parse("2019-12"), Some(FhirDate::Month(2019, 12)));
        assert_eq!(parse(" 2019-12-10 "), Some(FhirDate::Day(day)));
        assert_eq!(
            parse("2019-12-10T13:00:00.250+01:00"),
            Some(FhirDate::Moment(
                "2019-12-10T12:00:00.250Z".parse().unwrap()
            ))
        );
        assert_eq!(
            parse("2019-12-10T13:00:00"),
            Some(FhirDate::Floating(day.and_hms_opt(13, 0, 0).unwrap()))
        );
    }

    #[test]
    fn what_is_no_date_is_none() {
        for written in [
            "",
            "19",
            "0000",
            "2019-13",
            "2019-02-30",
            "2019-1-01",
            "10/12/2019",
            "2019-12-10T",
            "2019-12-10 13:00:00Z",
            "٢٠١٩",
            "+2019",
            "2019-+1",
            "unknown",
            "20191210",
        ] {
            assert_eq!(parse(written), None, "{written}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(written: String) {
            let _ = parse(&written);
        }

        #[test]
        fn near_dates_do_not_either(written in "[0-9TZ:+. -]{0,30}") {
            let _ = parse(&written);
        }
    }
}
