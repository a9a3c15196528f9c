//! An appointment as a calendar file (RFC 5545), for the calendar that the patient uses anyway.
//!
//! A calendar is often seen by others: what kind of appointment it is and why is not in the file.

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::appointments::{AppointmentView, CalendarFileView, CalendarWords};
use hale_contracts::time::LondonTime;
use icalendar::{Alarm, Calendar, CalendarDateTime, Component, Event, EventLike, EventStatus};

/// The time zone's rules since 1996 (Directive 2000/84/EC, kept by the Summer Time Order 2002), so
/// that a calendar which does not know the zone's name has its times too.
const LONDON: &str = "BEGIN:VTIMEZONE\r\n\
TZID:Europe/London\r\n\
BEGIN:DAYLIGHT\r\n\
DTSTART:19960331T010000\r\n\
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
TZOFFSETFROM:+0000\r\n\
TZOFFSETTO:+0100\r\n\
TZNAME:BST\r\n\
END:DAYLIGHT\r\n\
BEGIN:STANDARD\r\n\
DTSTART:19961027T020000\r\n\
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n\
TZOFFSETFROM:+0100\r\n\
TZOFFSETTO:+0000\r\n\
TZNAME:GMT\r\n\
END:STANDARD\r\n\
END:VTIMEZONE\r\n";

/// How long an appointment is held to last where the source does not say, in minutes.
const USUAL_MINUTES: u32 = 10;

/// The file; none where it is not known when the appointment is. `made_at` is the present moment.
pub(crate) fn file(
    appointment: &AppointmentView,
    words: &CalendarWords,
    made_at: DateTime<Utc>,
) -> Option<CalendarFileView> {
    let start = appointment.start?;
    let minutes = appointment.minutes.unwrap_or(USUAL_MINUTES);
    let end = crate::london::from_utc(start.utc + TimeDelta::minutes(i64::from(minutes)));
    let mut event = Event::new();
    event
        .uid(&format!("{}@hale", appointment.id))
        .timestamp(made_at)
        // A calendar takes the file that was made later for the newer one (§3.8.7.4).
        .sequence(u32::try_from(made_at.timestamp() / 60).unwrap_or_default())
        .starts(moment(&start))
        .ends(moment(&end))
        .status(EventStatus::Confirmed)
        .summary(&words.title)
        .description(&words.note);
    let place: Vec<&str> = [&appointment.location, &appointment.address]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !place.is_empty() {
        event.location(&plain(&place.join(", ")));
    }
    for (name, before) in [("day", TimeDelta::days(1)), ("hours", TimeDelta::hours(2))] {
        let mut alarm = Alarm::display(&words.title, -before);
        alarm
            .uid(&format!("{}-{name}@hale", appointment.id))
            .timestamp(made_at);
        event.alarm(alarm);
    }
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Hale//Hale//EN"))
        .append_property(("METHOD", "PUBLISH"))
        .push(event.done());
    // The library would give the zone a stamp and an id, which zones do not have (§3.6.5).
    let begins = "BEGIN:VEVENT";
    let text = calendar
        .to_string()
        .replacen(begins, &format!("{LONDON}{begins}"), 1);
    Some(CalendarFileView {
        name: format!("appointment-{}.ics", start.local.format("%Y-%m-%d")),
        text,
    })
}

/// Text without what no calendar may hold (§3.3.11): a source may write anything.
fn plain(text: &str) -> String {
    text.split(char::is_control)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A time by London's clock. Of the hour that comes twice only UTC tells which one is meant.
fn moment(time: &LondonTime) -> CalendarDateTime {
    if time.is_ambiguous {
        return CalendarDateTime::Utc(time.utc);
    }
    CalendarDateTime::WithTimezone {
        date_time: time.local,
        tzid: "Europe/London".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::appointments::AppointmentStatus;
    use hale_contracts::provenance::{ProvenanceView, SourceView};

    use super::*;

    fn appointment(start: &str) -> AppointmentView {
        AppointmentView {
            id: "main~Appointment~a1".into(),
            status: AppointmentStatus::Booked,
            start: start.parse().ok().map(crate::london::from_utc),
            minutes: Some(15),
            service: Some("Diabetes review".into()),
            channel: None,
            clinician: Some("Dr Ifeoma Balogun".into()),
            role: None,
            location: Some("Mersey View Surgery".into()),
            address: Some("14 Anchor Quay; Liverpool, L8 5CK".into()),
            reason: Some("A rash".into()),
            description: None,
            instructions: None,
            cancellation_reason: None,
            reference: Some("a1".into()),
            pending: None,
            is_read_only: false,
            change: None,
            provenance: ProvenanceView {
                source: SourceView {
                    id: "main".into(),
                    name: "Mersey View Surgery".into(),
                },
                organisation: None,
                author: None,
                recorded: None,
                last_checked: None,
            },
        }
    }

    fn words() -> CalendarWords {
        CalendarWords {
            title: "Appointment".into(),
            note: "Check in Hale before you go.\nIt may have been changed.".into(),
        }
    }

    fn text(start: &str) -> String {
        let made_at = "2026-11-23T09:00:00Z".parse().unwrap();
        file(&appointment(start), &words(), made_at).unwrap().text
    }

    #[test]
    fn a_calendar_file_holds_when_and_where_and_nothing_clinical() {
        let text = text("2026-12-03T11:20:00Z");
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
        let read: Calendar = text.parse().expect("a calendar reads it");
        assert_eq!(read.events().count(), 1);
        assert!(!text.contains("Diabetes") && !text.contains("rash"));
    }

    #[test]
    fn its_times_are_those_of_the_clock_in_london() {
        let cases = [
            (
                "2026-12-03T11:20:00Z",
                "DTSTART;TZID=Europe/London:20261203T112000",
            ),
            (
                "2026-07-03T11:20:00Z",
                "DTSTART;TZID=Europe/London:20260703T122000",
            ),
            // Half past one comes twice in that night.
            ("2026-10-25T00:30:00Z", "DTSTART:20261025T003000Z"),
            ("2026-10-25T01:30:00Z", "DTSTART:20261025T013000Z"),
        ];
        for (start, expected) in cases {
            let text = text(start);
            assert!(text.lines().any(|line| line == expected), "{start}: {text}");
        }
    }

    #[test]
    fn a_place_cannot_write_lines_of_its_own() {
        let mut appointment = appointment("2026-12-03T11:20:00Z");
        appointment.address = Some("1 Quay\r\nDTSTART:19700101T000000Z\u{7}".into());
        let file = file(&appointment, &words(), DateTime::UNIX_EPOCH).unwrap();
        let lines = file.text.split(['\r', '\n']);
        assert_eq!(
            lines
                .filter(|line| line.starts_with("DTSTART:1970"))
                .count(),
            0
        );
        assert!(!file.text.contains('\u{7}'));
    }

    #[test]
    fn there_is_none_without_a_time() {
        let made_at = DateTime::UNIX_EPOCH;
        assert_eq!(file(&appointment("some day"), &words(), made_at), None);
    }
}
