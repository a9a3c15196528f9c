//! What a patient may type while booking: the reason, the telephone number, the first day.
//!
//! Decides only; the words for each fault stand in the screens, and the practice's own rules come
//! with its guidance.

use chrono::{Datelike, Days, Months, NaiveDate};
use hale_contracts::appointments::{Channel, ReasonRule, SlotView};

/// How many days one look at free times spans.
pub(crate) const WINDOW_DAYS: u32 = 14;

/// What is wrong with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReasonFault {
    /// The practice needs one.
    Missing,
    /// It is longer than the practice takes.
    TooLong {
        /// How many characters the practice takes.
        max: u32,
        /// How many there are too many.
        over: u32,
    },
}

/// Says what is wrong with a reason, if anything.
pub(crate) fn reason_fault(rule: ReasonRule, max: u32, reason: &str) -> Option<ReasonFault> {
    let left = characters_left(max, reason);
    match rule {
        // Whatever was typed before is not sent, so that nothing can be wrong with it.
        ReasonRule::Off => None,
        ReasonRule::Mandatory if reason.trim().is_empty() => Some(ReasonFault::Missing),
        ReasonRule::Mandatory | ReasonRule::Optional if left < 0 => Some(ReasonFault::TooLong {
            max,
            over: u32::try_from(-left).unwrap_or(u32::MAX),
        }),
        ReasonRule::Mandatory | ReasonRule::Optional => None,
    }
}

/// How many characters may still be typed; below zero where there are too many.
///
/// Spaces around the text do not count, because they are not sent.
pub(crate) fn characters_left(max: u32, reason: &str) -> i64 {
    let used = reason.trim().chars().count();
    i64::from(max) - i64::try_from(used).unwrap_or(i64::MAX)
}

/// What is wrong with a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PhoneFault {
    /// A telephone appointment needs one.
    Missing,
    /// It cannot be dialled.
    Invalid,
}

/// Says what is wrong with a telephone number, if anything.
///
/// Lenient on purpose: spaces, brackets, dots and hyphens are how people write numbers, and
/// patients live abroad too. Seven to fifteen digits is what ITU-T E.164 and local numbers leave.
pub(crate) fn phone_fault(phone: &str) -> Option<PhoneFault> {
    let phone = phone.trim();
    if phone.is_empty() {
        return Some(PhoneFault::Missing);
    }
    let is_written_well = phone.chars().enumerate().all(|(at, c)| {
        c.is_ascii_digit()
            || c.is_whitespace()
            || matches!(c, '(' | ')' | '-' | '.')
            || (c == '+' && at == 0)
    });
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if is_written_well && (7..=15).contains(&digits) {
        None
    } else {
        Some(PhoneFault::Invalid)
    }
}

/// Whether this time needs a number to call.
pub(crate) fn needs_phone(slot: &SlotView) -> bool {
    slot.channel == Some(Channel::Telephone)
}

/// Whether there is anything to ask between choosing a time and checking it.
pub(crate) fn has_questions(rule: ReasonRule, slot: &SlotView) -> bool {
    rule != ReasonRule::Off || needs_phone(slot)
}

/// What is wrong with the first day to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayFault {
    /// There is no such day.
    NotADate,
    /// It is over.
    Past,
    /// It is more than a year away, where no practice has opened its diary.
    TooFar,
}

/// Reads the day that was typed as day, month and year.
pub(crate) fn read_day(
    day: &str,
    month: &str,
    year: &str,
    today: NaiveDate,
) -> Result<NaiveDate, DayFault> {
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| DayFault::NotADate);
    let year = match number(year)? {
        // People write 26 for 2026.
        short @ 0..=99 => 2000 + short,
        long => long,
    };
    let year = i32::try_from(year).map_err(|_| DayFault::NotADate)?;
    let date =
        NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).ok_or(DayFault::NotADate)?;
    if date < today {
        return Err(DayFault::Past);
    }
    if today
        .checked_add_months(Months::new(12))
        .is_some_and(|last| date > last)
    {
        return Err(DayFault::TooFar);
    }
    Ok(date)
}

/// A day as the three fields of a form show it.
pub(crate) fn day_fields(date: NaiveDate) -> [String; 3] {
    [
        date.day().to_string(),
        date.month().to_string(),
        date.year().to_string(),
    ]
}

/// The first day of the window after this one.
pub(crate) fn later(from: NaiveDate) -> NaiveDate {
    from.checked_add_days(Days::new(u64::from(WINDOW_DAYS)))
        .unwrap_or(from)
}

/// The first day of the window before this one, never before today; none where there is none.
pub(crate) fn earlier(from: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    if from <= today {
        return None;
    }
    let before = from
        .checked_sub_days(Days::new(u64::from(WINDOW_DAYS)))
        .unwrap_or(today);
    Some(before.max(today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a real date")
    }

    #[test]
    fn a_mandatory_reason_of_spaces_is_missing() {
        assert_eq!(
            reason_fault(ReasonRule::Mandatory, 50, "  \n "),
            Some(ReasonFault::Missing),
            "spaces tell the practice nothing"
        );
        assert_eq!(reason_fault(ReasonRule::Optional, 50, "  "), None);
    }

    #[test]
    fn a_reason_is_measured_in_characters_not_bytes() {
        assert_eq!(reason_fault(ReasonRule::Mandatory, 4, "ŵŷêâ"), None);
        assert_eq!(
            reason_fault(ReasonRule::Optional, 4, "ŵŷêâô"),
            Some(ReasonFault::TooLong { max: 4, over: 1 })
        );
        assert_eq!(characters_left(4, " ŵŷ "), 2);
    }

    #[test]
    fn nothing_is_wrong_with_a_reason_that_is_not_sent() {
        assert_eq!(reason_fault(ReasonRule::Off, 1, "far too long"), None);
    }

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        for good in [
            "01632 960 001",
            "(01632) 960-001",
            "+44 808 157 0192",
            "07700.900.982",
        ] {
            assert_eq!(phone_fault(good), None, "{good} can be dialled");
        }
        for bad in [
            "ring me",
            "12345",
            "0770 0900982 x",
            "44+8081570192",
            "0123456789012345",
        ] {
            assert_eq!(
                phone_fault(bad),
                Some(PhoneFault::Invalid),
                "{bad} cannot be dialled"
            );
        }
        assert_eq!(phone_fault(" "), Some(PhoneFault::Missing));
    }

    #[test]
    fn a_day_is_real_not_over_and_within_a_year() {
        let today = day(2026, 11, 23);
        let cases = [
            (("23", "11", "2026"), Ok(today)),
            (("1", "1", "27"), Ok(day(2027, 1, 1))),
            (("23", "11", "2027"), Ok(day(2027, 11, 23))),
            (("24", "11", "2027"), Err(DayFault::TooFar)),
            (("22", "11", "2026"), Err(DayFault::Past)),
            (("31", "2", "2027"), Err(DayFault::NotADate)),
            (("", "2", "2027"), Err(DayFault::NotADate)),
            (("2", "March", "2027"), Err(DayFault::NotADate)),
        ];
        for ((d, m, y), expected) in cases {
            assert_eq!(read_day(d, m, y, today), expected, "{d} {m} {y}");
        }
    }

    #[test]
    fn earlier_dates_never_lead_into_the_past() {
        let today = day(2026, 11, 23);
        assert_eq!(earlier(today, today), None);
        assert_eq!(earlier(day(2026, 11, 30), today), Some(today));
        assert_eq!(earlier(later(later(today)), today), Some(later(today)));
    }
}
