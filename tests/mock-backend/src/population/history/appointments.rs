//! Appointments: those of the past as they ended, and a series that hangs on the weeks of the
//! calendar, so that there is something ahead on whatever day a tester looks.

use chrono::{Datelike, Duration, NaiveDate};
use serde_json::{Value, json};

use super::{Record, identifier};
use crate::population::codes::BOOKING_ORGANIZATION;
use crate::population::directory;
use crate::population::json::{Channel, coding, instant, local, meta};
use crate::population::person::epoch;
use crate::population::personas::Story;
use crate::population::rng::Rng;
use crate::population::slots;

/// How many weeks lie between the appointments of the series.
const WEEKS: i64 = 8;
/// How many days before it begins an appointment of the series is made: longer than from one to
/// the next, so that one is always ahead.
const AHEAD: i64 = 66;

const WHY: [&str; 5] = [
    "Review of my medicines",
    "Knee pain",
    "Blood pressure check",
    "Results of my blood test",
    "Ongoing cough",
];

pub(super) fn add(record: &mut Record<'_>) {
    past(record);
    series(record);
}

fn past(record: &mut Record<'_>) {
    let mut rng = record.person.rng("past appointments");
    let many = match record.person.story {
        Story::Long => 40,
        Story::Full => 5,
        _ => rng.between(0, 3),
    };
    for number in 1..=many {
        let back = (epoch() - record.person.birth)
            .num_days()
            .min(number * 75 + rng.between(0, 60));
        let day = epoch() - Duration::days(back);
        let status = match number % 5 {
            3 => "cancelled",
            0 => "noshow",
            _ => "fulfilled",
        };
        let made = day - Duration::days(9);
        if made <= record.person.birth {
            continue;
        }
        // Filed once it was over, or when it was cancelled.
        let filed = if status == "cancelled" {
            day - Duration::days(2)
        } else {
            day
        };
        one(
            record,
            &mut rng,
            &format!("visit-{number}"),
            day,
            (status, made, filed),
        );
    }
}

fn series(record: &mut Record<'_>) {
    let mut rng = record.person.rng("series of appointments");
    let regular = matches!(record.person.story, Story::Full | Story::Long);
    let some = rng.chance(30);
    let offset = rng.between(0, WEEKS - 1);
    if !regular && !some {
        return;
    }
    // The Monday of the first ISO week of 2026.
    let Some(first) = NaiveDate::from_ymd_opt(2025, 12, 29) else {
        return;
    };
    let mut monday = first + Duration::weeks(offset);
    loop {
        let week = monday.iso_week();
        let tag = format!("{}W{:02}", week.year(), week.week());
        let mut rng = record.person.rng(&tag);
        let day = monday + Duration::days(rng.between(0, 4));
        let made = day - Duration::days(AHEAD);
        if !record.is_past(made) {
            break;
        }
        one(
            record,
            &mut rng,
            &format!("visit-{tag}"),
            day,
            ("booked", made, made),
        );
        monday += Duration::weeks(WEEKS);
    }
}

/// Adds an appointment on a slot of that day (or the next working day with one) that is taken.
fn one(
    record: &mut Record<'_>,
    rng: &mut Rng,
    name: &str,
    day: NaiveDate,
    ended: (&str, NaiveDate, NaiveDate),
) {
    let person = record.person;
    let (status, made, filed) = ended;
    let wanted = match rng.below(10) {
        0..6 => Some(Channel::InPerson),
        6..9 => Some(Channel::Telephone),
        _ if person.practice.clinicians.len() > 5 => Some(Channel::Video),
        _ => None,
    };
    let found = (0..4).find_map(|later| {
        slots::taken(
            rng,
            person.seed,
            person.practice,
            day + Duration::days(later),
            wanted,
        )
    });
    let Some((who, place)) = found else { return };
    let filed = if status == "fulfilled" || status == "noshow" {
        place.start().date_naive()
    } else {
        filed
    };
    let (start, end) = (place.start(), place.end());
    let length = (end - start).num_minutes();
    let mut participants = vec![
        json!({ "actor": record.subject(), "required": "required", "status": "accepted" }),
        json!({ "actor": directory::practitioner(person.practice, who),
            "required": "required", "status": "accepted" }),
    ];
    participants.push(json!({
        "actor": directory::location(person.practice), "required": "required", "status": "accepted",
    }));
    let shown = |at: chrono::DateTime<chrono_tz::Tz>| {
        at.to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    };
    let mut appointment = json!({
        "resourceType": "Appointment",
        "id": format!("{}-{name}", person.id),
        "meta": meta("Appointment", filed),
        "extension": [
            place.channel.extension(),
            { "url": BOOKING_ORGANIZATION,
              "valueReference": directory::organization(person.practice) },
        ],
        "identifier": identifier(rng),
        "status": status,
        "serviceType": [{ "text": place.service_type() }],
        "reasonCode": [{ "text": rng.pick(&WHY) }],
        "description": place.service_type(),
        "start": shown(start),
        "end": shown(end),
        "minutesDuration": length,
        "created": instant(local(made, 10 * 60).with_timezone(&chrono::Utc)),
        "slot": [{ "reference": format!("Slot/{}", place.id()) }],
        "participant": participants,
    });
    if status == "cancelled" {
        appointment["cancelationReason"] = reason();
    }
    record.add(filed, || appointment);
}

fn reason() -> Value {
    json!({
        "coding": [coding(
            "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason",
            "pat", "Patient",
        )],
        "text": "No longer needed",
    })
}
