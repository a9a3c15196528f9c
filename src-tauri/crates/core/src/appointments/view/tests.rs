use hale_contracts::sync::SyncUnit;

use super::*;
use crate::ports::{ResourceKey, SourceId};

fn source() -> SourceView {
    SourceView {
        id: "main".into(),
        name: "Elm Surgery".into(),
    }
}

fn stored(json: &Value) -> StoredResource {
    StoredResource {
        key: ResourceKey {
            source: SourceId("main".into()),
            resource_type: "Appointment".into(),
            id: "a1".into(),
        },
        unit: SyncUnit::Appointments,
        is_listed: true,
        version: None,
        last_updated: None,
        sort_date: None,
        json: json.to_string(),
        first_seen_at: DateTime::UNIX_EPOCH,
        changed_at: DateTime::UNIX_EPOCH,
        checked_at: DateTime::UNIX_EPOCH,
        removed_at: None,
        part_of: None,
        shown: 1,
        seen: 1,
    }
}

fn practice(reference: &str) -> Option<Value> {
    match reference {
        "Schedule/s" => Some(json!({"resourceType": "Schedule", "actor": [
            {"reference": "PractitionerRole/r"}, {"reference": "Location/l"}]})),
        "PractitionerRole/r" => Some(json!({"resourceType": "PractitionerRole",
            "code": [{"text": "Nurse"}], "practitioner": {"reference": "Practitioner/p"}})),
        "Practitioner/p" => Some(json!({"resourceType": "Practitioner",
            "name": [{"text": "Sam Okoro"}], "gender": "female"})),
        "Location/l" => Some(json!({"resourceType": "Location", "name": "Elm Surgery",
            "address": {"line": ["1 High Street"], "city": "Hastings"}})),
        _ => None,
    }
}

fn free(extension: Value) -> Value {
    json!({"resourceType": "Slot", "id": "1", "status": "free",
        "start": "2026-07-06T09:00:00+01:00", "end": "2026-07-06T09:10:00+01:00",
        "schedule": {"reference": "Schedule/s"}, "serviceType": [{"text": "Routine"}],
        "extension": [extension]})
}

#[test]
fn a_slot_shows_all_that_must_be_shown() {
    let url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel";
    for extension in [
        json!({"url": url, "valueCode": "Telephone"}),
        json!({"url": url, "valueCodeableConcept": {"coding": [{"code": "Telephone"}]}}),
        json!({"url": url, "valueCodeableConcept": {"coding": [{"code": "2", "display": "telephone"}]}}),
    ] {
        let view = slot(&free(extension), &practice).unwrap();
        assert_eq!(
            view,
            SlotView {
                id: "1".into(),
                start: london::from_utc("2026-07-06T08:00:00Z".parse().unwrap()),
                minutes: 10,
                service: Some("Routine".into()),
                channel: Some(Channel::Telephone),
                clinician: Some("Sam Okoro".into()),
                role: Some("Nurse".into()),
                gender: Some(Gender::Female),
                location: Some("Elm Surgery".into()),
            }
        );
    }
}

#[test]
fn a_way_of_meeting_that_is_not_stated_is_unknown() {
    let view = slot(&free(json!({"url": "x", "valueCode": "Video"})), &practice).unwrap();
    assert_eq!(view.channel, None);
}

#[test]
fn a_slot_without_a_usable_time_is_no_offer() {
    for (field, value) in [
        ("id", Value::Null),
        ("start", json!("2026-07-06")),
        ("end", Value::Null),
        ("end", json!("2026-07-06T08:00:00+01:00")),
    ] {
        let mut broken = free(json!({}));
        broken[field] = value;
        assert_eq!(slot(&broken, &practice), Err(SlotUnreadable), "{field}");
    }
}

#[test]
fn a_slot_without_a_schedule_is_still_offered() {
    let mut bare = free(json!({}));
    bare["schedule"] = Value::Null;
    let view = slot(&bare, &practice).unwrap();
    assert_eq!((view.clinician, view.location), (None, None));
}

#[test]
fn an_appointment_shows_who_where_and_when() {
    let json = json!({"resourceType": "Appointment", "id": "a1", "status": "booked",
        "start": "2026-07-06T09:00:00+01:00", "end": "2026-07-06T09:10:00+01:00",
        "created": "2026-07-01T10:00:00Z",
        "serviceType": [{"text": "Blood pressure check"}],
        "reasonCode": [{"text": "Knee"}],
        "patientInstruction": "Bring your tablets",
        "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel",
            "valueCode": "In-person"}],
        "participant": [
            {"actor": {"reference": "Patient/p1"}},
            {"actor": {"reference": "PractitionerRole/r"}},
            {"actor": {"reference": "Location/l", "display": "Room 3"}}]});
    let view = appointment(&stored(&json), &practice, &source());
    insta::assert_json_snapshot!("an_appointment", view);
}

#[test]
fn an_appointment_with_nothing_in_it_is_shown_with_nothing_claimed() {
    let view = appointment(&stored(&json!({})), &practice, &source());
    assert_eq!(view.status, AppointmentStatus::Unknown);
    assert_eq!((view.start, view.minutes, view.channel), (None, None, None));
}

#[test]
fn only_the_patients_own_words_are_the_reason_that_they_gave() {
    let own = json!([{"system": ID_SYSTEM, "value": Uuid::nil().to_string()}]);
    let coded = json!([{"text": "Diabetes review", "coding": [{"code": "1"}]}]);
    let cases = [
        (
            json!({"identifier": own, "reasonCode": [{"text": "Knee"}]}),
            Some("Knee"),
            None,
        ),
        (
            json!({"identifier": own, "reasonCode": [{"text": "Knee"}], "comment": "Knee",
                   "description": "Double slot"}),
            Some("Knee"),
            Some("Double slot"),
        ),
        (
            json!({"identifier": own, "reasonCode": coded}),
            None,
            Some("Diabetes review"),
        ),
        (
            json!({"reasonCode": [{"text": "Knee"}], "comment": "Patient was rude"}),
            None,
            Some("Knee\nPatient was rude"),
        ),
        (json!({}), None, None),
    ];
    for (json, reason, description) in cases {
        let view = appointment(&stored(&json), &practice, &source());
        assert_eq!(view.reason.as_deref(), reason, "{json}");
        assert_eq!(view.description.as_deref(), description, "{json}");
    }
}

#[test]
fn an_appointment_that_is_listed_no_more_keeps_its_time_and_claims_nothing_else() {
    let now: DateTime<Utc> = "2026-07-06T08:05:00Z".parse().unwrap();
    let cases = [
        (Some("2026-07-07T08:00:00Z"), true, true),
        (Some("2026-07-05T08:00:00Z"), true, false),
        // A midnight in London is a day of which no time is known.
        (Some("2026-07-06T23:00:00Z"), false, false),
        (None, false, false),
    ];
    for (date, has_start, is_ahead) in cases {
        let mut row = stored(&json!({}));
        row.removed_at = Some(now);
        row.sort_date = date.map(|date| date.parse().unwrap());
        let view = no_longer_listed(&row, &source());
        assert_eq!(view.status, AppointmentStatus::NoLongerListed);
        assert_eq!(view.start.is_some(), has_start, "{date:?}");
        assert_eq!(is_upcoming(&view, now), is_ahead, "{date:?}");
    }
}

#[test]
fn what_is_ahead() {
    let now: DateTime<Utc> = "2026-07-06T08:05:00Z".parse().unwrap();
    let at = |start: &str, status: &str| {
        let json = json!({"status": status, "start": start, "minutesDuration": 10});
        is_upcoming(&appointment(&stored(&json), &practice, &source()), now)
    };
    let cases = [
        ("2026-07-06T08:00:00Z", "booked", true),
        ("2026-07-06T07:55:00Z", "booked", false),
        ("2026-07-07T08:00:00Z", "booked", true),
        ("2026-07-07T08:00:00Z", "pending", true),
        ("2026-07-07T08:00:00Z", "cancelled", false),
        ("2026-07-06T08:00:00Z", "fulfilled", false),
        ("2026-07-06T08:00:00Z", "noshow", false),
        ("2026-07-07T08:00:00Z", "a new status", true),
    ];
    for (start, status, expected) in cases {
        assert_eq!(at(start, status), expected, "{start} {status}");
    }
}

#[test]
fn a_booking_names_the_slots_own_times_and_the_id_made_once() {
    let slot = free(json!({}));
    let body = new_appointment(&NewAppointment {
        booking_id: Uuid::nil(),
        slot: &slot,
        patient_id: "p1",
        location: Some("Location/l"),
        reason: Some("Knee"),
        phone: Some("07700 900000"),
        now: DateTime::UNIX_EPOCH,
    });
    insta::assert_json_snapshot!("a_booking", body);
    let bare = new_appointment(&NewAppointment {
        booking_id: Uuid::nil(),
        slot: &slot,
        patient_id: "p1",
        location: None,
        reason: None,
        phone: None,
        now: DateTime::UNIX_EPOCH,
    });
    for field in [
        "reasonCode",
        "contained",
        "comment",
        "supportingInformation",
    ] {
        assert_eq!(bare[field], Value::Null, "{field} was made up");
    }
}
