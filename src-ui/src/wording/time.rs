//! Dates and times, as the NHS service manual writes them: 5 January 2026, 2:30pm, midday.
//! Never makes a date more exact than it is, and never moves a clock time: the shell has already
//! turned moments into London's civil time.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use hale_contracts::time::{LondonOffset, LondonTime, PartialDate};

use super::{Lang, td_string};

/// `5 January 2026`.
pub(crate) fn date(lang: Lang, date: NaiveDate) -> String {
    td_string!(
        lang,
        wording.time.date,
        day = date.day(),
        month = month(lang, date.month()),
        year = date.year()
    )
}

/// `Monday 5 January 2026`.
pub(crate) fn weekday_date(lang: Lang, day: NaiveDate) -> String {
    let number = u8::try_from(day.weekday().number_from_monday()).unwrap_or_default();
    td_string!(
        lang,
        wording.time.weekday_date,
        weekday = weekday(lang, number),
        date = date(lang, day)
    )
}

/// The name of a day of the week, Monday is 1.
pub(crate) fn weekday(lang: Lang, number: u8) -> &'static str {
    match number {
        1 => td_string!(lang, wording.weekday.d1),
        2 => td_string!(lang, wording.weekday.d2),
        3 => td_string!(lang, wording.weekday.d3),
        4 => td_string!(lang, wording.weekday.d4),
        5 => td_string!(lang, wording.weekday.d5),
        6 => td_string!(lang, wording.weekday.d6),
        _ => td_string!(lang, wording.weekday.d7),
    }
}

/// `2:30pm`, `9am`, `midday`; in the hour that happens twice also which of the two it is.
pub(crate) fn clock_time(lang: Lang, time: &LondonTime) -> String {
    let clock = clock(lang, time.local.time());
    if !time.is_ambiguous {
        return clock;
    }
    match time.offset {
        LondonOffset::Bst => td_string!(lang, wording.time.summer, time = clock),
        LondonOffset::Gmt => td_string!(lang, wording.time.winter, time = clock),
    }
}

/// `5 January 2026 at 2:30pm`.
fn moment(lang: Lang, time: &LondonTime) -> String {
    td_string!(
        lang,
        wording.time.moment,
        date = date(lang, time.local.date()),
        time = clock_time(lang, time)
    )
}

/// As [`moment`], but `today at 2:30pm` and `yesterday at 2:30pm` where that is so.
pub(crate) fn moment_near(lang: Lang, time: &LondonTime, today: NaiveDate) -> String {
    let day = time.local.date();
    let clock = clock_time(lang, time);
    if day == today {
        td_string!(lang, wording.time.today, time = clock)
    } else if day.checked_add_days(Days::new(1)) == Some(today) {
        td_string!(lang, wording.time.yesterday, time = clock)
    } else {
        moment(lang, time)
    }
}

/// `2019`, `March 2019`, `5 March 2019` or `5 March 2019 at 2:30pm`, as exact as the source was.
pub(crate) fn partial_date(lang: Lang, when: &PartialDate) -> String {
    match when {
        PartialDate::Year(year) => year.to_string(),
        PartialDate::Month(year, number) => td_string!(
            lang,
            wording.time.month_year,
            month = month(lang, *number),
            year = *year
        ),
        PartialDate::Day(day) => date(lang, *day),
        PartialDate::Moment(time) => moment(lang, time),
        PartialDate::AsWritten(text) => text.clone(),
    }
}

/// `1 minute`, `15 minutes`.
pub(crate) fn minutes(lang: Lang, count: u32) -> String {
    td_string!(lang, wording.time.minutes, count = count)
}

/// What the calendar on a wall in London shows, whatever zone this device is in.
pub(crate) fn london_today() -> NaiveDate {
    london_date(now())
}

/// The device's clock. Only for words such as "today": never for a decision.
fn now() -> DateTime<Utc> {
    #[cfg(target_arch = "wasm32")]
    // Milliseconds since 1970 are far below the limit of i64.
    let millis = js_sys::Date::now() as i64;
    #[cfg(not(target_arch = "wasm32"))]
    let millis = Utc::now().timestamp_millis();
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Summer time lasts from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of
/// October (The Summer Time Order 2002).
fn london_date(utc: DateTime<Utc>) -> NaiveDate {
    let is_summer = last_sunday(utc.year(), 3).is_some_and(|from| utc.naive_utc() >= from)
        && last_sunday(utc.year(), 10).is_some_and(|to| utc.naive_utc() < to);
    let local = if is_summer {
        utc + chrono::Duration::hours(1)
    } else {
        utc
    };
    local.date_naive()
}

/// 01:00 on the last Sunday of a month with 31 days.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDateTime> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let back = u64::from(last.weekday().num_days_from_sunday());
    last.checked_sub_days(Days::new(back))?.and_hms_opt(1, 0, 0)
}

/// `8am`: a time of the day, of no day in particular.
pub(crate) fn clock(lang: Lang, time: NaiveTime) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) => return td_string!(lang, wording.time.midnight).to_owned(),
        (12, 0) => return td_string!(lang, wording.time.midday).to_owned(),
        _ => {}
    }
    let (is_pm, hour) = time.hour12();
    let clock = match time.minute() {
        0 => hour.to_string(),
        minute => format!("{hour}:{minute:02}"),
    };
    if is_pm {
        td_string!(lang, wording.time.pm, clock = clock)
    } else {
        td_string!(lang, wording.time.am, clock = clock)
    }
}

fn month(lang: Lang, number: u32) -> &'static str {
    match number {
        1 => td_string!(lang, wording.month.m1),
        2 => td_string!(lang, wording.month.m2),
        3 => td_string!(lang, wording.month.m3),
        4 => td_string!(lang, wording.month.m4),
        5 => td_string!(lang, wording.month.m5),
        6 => td_string!(lang, wording.month.m6),
        7 => td_string!(lang, wording.month.m7),
        8 => td_string!(lang, wording.month.m8),
        9 => td_string!(lang, wording.month.m9),
        10 => td_string!(lang, wording.month.m10),
        11 => td_string!(lang, wording.month.m11),
        _ => td_string!(lang, wording.month.m12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn at(day: NaiveDate, hour: u32, minute: u32) -> LondonTime {
        let local = day.and_hms_opt(hour, minute, 0).unwrap();
        LondonTime {
            utc: local.and_utc(),
            local,
            offset: LondonOffset::Gmt,
            is_ambiguous: false,
        }
    }

    #[test]
    fn times_are_written_as_the_service_manual_has_them() {
        let table = [
            (0, 0, "midnight"),
            (0, 5, "12:05am"),
            (9, 0, "9am"),
            (11, 59, "11:59am"),
            (12, 0, "midday"),
            (12, 30, "12:30pm"),
            (14, 30, "2:30pm"),
            (23, 1, "11:01pm"),
        ];
        for (hour, minute, words) in table {
            let time = at(day(2026, 1, 5), hour, minute);
            assert_eq!(clock_time(Lang::en, &time), words);
        }
    }

    #[test]
    fn the_hour_that_happens_twice_says_which_one_it_is() {
        let mut time = at(day(2026, 10, 25), 1, 30);
        time.is_ambiguous = true;
        assert!(clock_time(Lang::en, &time).contains("GMT"));
        time.offset = LondonOffset::Bst;
        assert!(clock_time(Lang::en, &time).contains("BST"));
    }

    #[test]
    fn dates_are_never_more_exact_than_their_source() {
        let table = [
            (PartialDate::Year(2019), "2019"),
            (PartialDate::Month(2019, 3), "March 2019"),
            (PartialDate::Day(day(2026, 1, 5)), "5 January 2026"),
            (
                PartialDate::Moment(at(day(2026, 1, 5), 14, 30)),
                "5 January 2026 at 2:30pm",
            ),
            (PartialDate::AsWritten("spring 1981".into()), "spring 1981"),
        ];
        for (date, words) in table {
            assert_eq!(partial_date(Lang::en, &date), words);
        }
    }

    #[test]
    fn today_and_yesterday_are_called_so() {
        let today = day(2026, 3, 1);
        let near = |time| moment_near(Lang::en, &time, today);
        assert_eq!(near(at(today, 9, 0)), "today at 9am");
        assert_eq!(near(at(day(2026, 2, 28), 9, 0)), "yesterday at 9am");
        assert_eq!(near(at(day(2026, 2, 27), 9, 0)), "27 February 2026 at 9am");
        assert_eq!(near(at(day(2026, 3, 2), 9, 0)), "2 March 2026 at 9am");
    }

    #[test]
    fn a_day_begins_at_london_midnight_in_summer_and_winter() {
        let table = [
            ("2026-01-05T23:59:59Z", day(2026, 1, 5)),
            ("2026-03-29T00:59:59Z", day(2026, 3, 29)),
            ("2026-06-30T22:59:59Z", day(2026, 6, 30)),
            ("2026-06-30T23:00:00Z", day(2026, 7, 1)),
            ("2026-10-24T23:00:00Z", day(2026, 10, 25)),
            ("2026-10-25T23:00:00Z", day(2026, 10, 25)),
        ];
        for (utc, expected) in table {
            assert_eq!(london_date(utc.parse().unwrap()), expected, "{utc}");
        }
    }

    #[test]
    fn weekdays_come_before_the_date() {
        assert_eq!(
            weekday_date(Lang::en, day(2026, 1, 5)),
            "Monday 5 January 2026"
        );
    }

    #[test]
    fn one_minute_is_not_minutes() {
        assert_eq!(minutes(Lang::en, 1), "1 minute");
        assert_eq!(minutes(Lang::en, 15), "15 minutes");
    }
}
