//! When a request has waited too long: five working days in England.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// How many working days a practice has before the patient is told to ask.
const PATIENCE: usize = 5;

/// Bank holidays in England and Wales (GOV.UK, "UK bank holidays", with substitute days). After the
/// last one only weekends are left out, so that a patient is told a day too early at the most.
const BANK_HOLIDAYS: [(i32, u32, u32); 24] = [
    (2026, 1, 1),
    (2026, 4, 3),
    (2026, 4, 6),
    (2026, 5, 4),
    (2026, 5, 25),
    (2026, 8, 31),
    (2026, 12, 25),
    (2026, 12, 28),
    (2027, 1, 1),
    (2027, 3, 26),
    (2027, 3, 29),
    (2027, 5, 3),
    (2027, 5, 31),
    (2027, 8, 30),
    (2027, 12, 27),
    (2027, 12, 28),
    (2028, 1, 3),
    (2028, 4, 14),
    (2028, 4, 17),
    (2028, 5, 1),
    (2028, 5, 29),
    (2028, 8, 28),
    (2028, 12, 25),
    (2028, 12, 26),
];

/// Whether practices work on this day.
fn is_working_day(day: NaiveDate) -> bool {
    let date = (day.year(), day.month(), day.day());
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !BANK_HOLIDAYS.contains(&date)
}

/// Whether five working days have gone by since the day of asking. `asked` and `today` are days in
/// London.
#[must_use]
pub fn is_late(asked: NaiveDate, today: NaiveDate) -> bool {
    // Nobody counts further than the end of the calendar.
    let days = (1..).map_while(|after| asked.checked_add_days(Days::new(after)));
    days.take_while(|day| *day <= today)
        .filter(|day| is_working_day(*day))
        .nth(PATIENCE - 1)
        .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_working_days_go_by() {
        let cases = [
            // A Monday, and the Monday after.
            ("2026-11-02", "2026-11-02", false),
            ("2026-11-02", "2026-11-08", false),
            ("2026-11-02", "2026-11-09", true),
            // A Saturday counts as the Friday before.
            ("2026-11-07", "2026-11-12", false),
            ("2026-11-07", "2026-11-13", true),
            // Good Friday and Easter Monday.
            ("2026-04-01", "2026-04-09", false),
            ("2026-04-01", "2026-04-10", true),
            // Christmas Day, and Boxing Day on the Monday.
            ("2026-12-23", "2026-12-31", false),
            ("2026-12-23", "2027-01-04", true),
            // Asked tomorrow, by a clock that was wrong.
            ("2026-11-03", "2026-11-02", false),
            // Later than the table goes.
            ("2040-01-02", "2040-01-09", true),
        ];
        for (asked, today, expected) in cases {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            assert_eq!(is_late(day(asked), day(today)), expected, "{asked} {today}");
        }
    }

    #[test]
    fn every_bank_holiday_is_a_weekday() {
        for (year, month, day) in BANK_HOLIDAYS {
            let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            assert!(
                !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
                "{day}"
            );
        }
    }
}
