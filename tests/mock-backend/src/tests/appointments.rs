//! Booking and cancelling, and every way a practice's system says no.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::client::{Client, mock, resources};
use crate::{Fault, Rule};

#[tokio::test]
async fn free_times_are_those_of_the_own_practice_and_ahead() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let path = "Slot?status=free&start=ge2026-03-02&start=lt2026-03-03&_count=500";
    let today = client.search(path).await;
    assert!(!today.is_empty());
    for slot in &today {
        assert!(
            slot["start"].as_str().unwrap() > "2026-03-02T10",
            "{}",
            slot["start"]
        );
        assert!(
            slot["schedule"]["reference"]
                .as_str()
                .unwrap()
                .contains("y9l01")
        );
        assert_eq!(slot["status"], "free");
    }
    let schedule = today[0]["schedule"]["reference"].as_str().unwrap();
    let schedule_id = schedule.strip_prefix("Schedule/").unwrap();
    let schedules = client.get(&format!("Schedule/{schedule_id}")).await.json();
    let actor = schedules["actor"][0]["reference"].as_str().unwrap();
    let by_actor = client
        .search(&format!("{path}&schedule.actor={actor}"))
        .await;
    assert!(!by_actor.is_empty() && by_actor.len() < today.len());
    assert!(
        by_actor
            .iter()
            .all(|slot| slot["schedule"]["reference"] == schedule)
    );
}

#[tokio::test]
async fn more_than_fourteen_days_are_refused() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let answer = client
        .get("Slot?status=free&start=ge2026-03-03&start=lt2026-03-18")
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (422, "INVALID_PARAMETER")
    );
    let answer = client
        .get("Slot?status=free&start=ge2026-03-03&start=lt2026-03-17")
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_booking_takes_its_slot_and_a_cancellation_frees_it() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slot = &client.free_slots("In-person").await[0];
    let slot_path = format!("Slot/{}", slot["id"].as_str().unwrap());
    let answer = client
        .post("Appointment", &client.booking(slot, "one"), &[])
        .await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let mut booked = answer.json();
    let time = |name: &str| {
        slot[name]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
    };
    let minutes = (time("end").unwrap() - time("start").unwrap()).num_minutes();
    assert_eq!(
        booked["minutesDuration"], minutes,
        "the server says how long it takes"
    );
    assert_eq!(booked["serviceType"], slot["serviceType"]);
    for kind in ["Practitioner/", "Location/"] {
        let participants = booked["participant"].as_array().unwrap();
        let has = |one: &Value| {
            one["actor"]["reference"]
                .as_str()
                .unwrap()
                .starts_with(kind)
        };
        assert_eq!(
            participants.iter().filter(|one| has(one)).count(),
            1,
            "{kind}"
        );
    }
    assert_eq!(client.get(&slot_path).await.json()["status"], "busy");
    let listed = "Appointment?patient={}&date=ge2026-03-02&identifier=https://tools.ietf.org/html/rfc4122|one";
    assert_eq!(client.search(listed).await, std::slice::from_ref(&booked));
    let again = client
        .post("Appointment", &client.booking(slot, "two"), &[])
        .await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (409, "DUPLICATE_REJECTED")
    );
    let path = format!("Appointment/{}", booked["id"].as_str().unwrap());
    let mut moved = booked.clone();
    moved["start"] = json!("2026-03-05T10:00:00Z");
    assert_eq!(client.put(&path, &moved, "W/\"1\"").await.status, 422);
    booked["status"] = json!("cancelled");
    booked["cancelationReason"] = json!({ "text": "I feel better" });
    let cancelled = client.put(&path, &booked, "W/\"1\"").await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.json());
    assert_eq!(client.get(&slot_path).await.json()["status"], "free");
    let back = client
        .put(
            &path,
            &{
                booked["status"] = json!("booked");
                booked
            },
            "W/\"2\"",
        )
        .await;
    assert_eq!(
        (back.status, back.code().as_str()),
        (422, "INVALID_STATE_TRANSITION")
    );
    assert!(
        client
            .free_slots("In-person")
            .await
            .iter()
            .any(|free| free["id"] == slot["id"])
    );
}

#[tokio::test]
async fn a_booking_that_breaks_a_rule_is_refused_and_takes_nothing() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slot = &client.free_slots("In-person").await[0];
    let with = |pointer: &str, value: Value| {
        let mut booking = client.booking(slot, "x");
        match booking.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => booking[pointer.trim_start_matches('/')] = value,
        }
        booking
    };
    for (booking, status, code) in [
        (with("/status", json!("pending")), 422, "INVALID_RESOURCE"),
        (
            with("/start", json!("2026-03-05T08:01:00Z")),
            422,
            "INVALID_RESOURCE",
        ),
        (
            with("/end", json!("2026-03-05T23:01:00Z")),
            422,
            "INVALID_RESOURCE",
        ),
        (with("/reasonCode", json!([])), 422, "INVALID_RESOURCE"),
        (
            with("/reasonCode/0/text", json!("x".repeat(501))),
            422,
            "INVALID_RESOURCE",
        ),
        (
            with("/comment", json!("x".repeat(501))),
            422,
            "INVALID_RESOURCE",
        ),
        (
            with("/description", json!("x".repeat(101))),
            422,
            "INVALID_RESOURCE",
        ),
        (with("/slot", json!([])), 422, "INVALID_RESOURCE"),
        (
            with("/slot/0/reference", json!("Slot/gone")),
            422,
            "REFERENCE_NOT_FOUND",
        ),
        (
            with("/participant/1/actor/reference", json!("Location/none")),
            422,
            "REFERENCE_NOT_FOUND",
        ),
        (
            with("/participant/0/actor/reference", json!("Patient/p000002")),
            403,
            "ACCESS_DENIED",
        ),
    ] {
        let answer = client.post("Appointment", &booking, &[]).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{booking}"
        );
    }
    let past = client.booking(slot, "late");
    mock.clock().advance(TimeDelta::days(20));
    let client = Client::of(&mock, "full").await;
    let answer = client.post("Appointment", &past, &[]).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (422, "INVALID_RESOURCE")
    );
    assert!(mock.store().written().is_empty());
}

#[tokio::test]
async fn a_slot_of_another_practice_is_not_offered() {
    let mock = mock().await;
    let other = Client::of(&mock, "parent").await;
    let slot = &other.free_slots("In-person").await[0];
    let client = Client::of(&mock, "full").await;
    let answer = client
        .post("Appointment", &client.booking(slot, "x"), &[])
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (422, "REFERENCE_NOT_FOUND")
    );
}

#[tokio::test]
async fn a_slot_for_a_call_needs_a_number() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slot = &client.free_slots("Telephone").await[0];
    let mut patient = client.get("Patient/{}").await.json();
    if let Some(elements) = patient.as_object_mut() {
        elements.remove("telecom");
    }
    mock.store().put(client.patient(), patient);
    let mut booking = client.booking(slot, "call");
    let answer = client.post("Appointment", &booking, &[]).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (422, "INVALID_RESOURCE")
    );
    booking["contained"] = json!([{
        "resourceType": "Patient", "id": "caller",
        "telecom": [{ "system": "phone", "value": "07700 900123" }],
    }]);
    assert_eq!(client.post("Appointment", &booking, &[]).await.status, 201);
}

#[tokio::test]
async fn a_practice_without_online_booking_offers_and_takes_nothing() {
    let mock = mock().await;
    let client = Client::of(&mock, "booking-off").await;
    let bundle = client.get("Slot?status=free").await.json();
    assert!(resources(&bundle, "match").is_empty());
    let open = Client::of(&mock, "full").await;
    let slot = &open.free_slots("In-person").await[0];
    let answer = client
        .post("Appointment", &client.booking(slot, "x"), &[])
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (403, "ACCESS_DENIED")
    );
    mock.faults().set(Rule::once(Fault::BookingOff));
    let answer = open
        .post("Appointment", &open.booking(slot, "x"), &[])
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (403, "ACCESS_DENIED")
    );
}

#[tokio::test]
async fn a_slot_taken_meanwhile_is_busy_afterwards() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slot = &client.free_slots("In-person").await[0];
    mock.faults().set(Rule::once(Fault::SlotTaken));
    let answer = client
        .post("Appointment", &client.booking(slot, "x"), &[])
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "DUPLICATE_REJECTED")
    );
    assert!(
        !client
            .free_slots("In-person")
            .await
            .iter()
            .any(|free| free["id"] == slot["id"])
    );
    assert!(
        client
            .search("Appointment?patient={}&identifier=x")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn two_bookings_at_once_never_share_a_slot() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slot = &client.free_slots("In-person").await[0];
    let (one, two) = (client.booking(slot, "1"), client.booking(slot, "2"));
    let (first, second) = tokio::join!(
        client.post("Appointment", &one, &[]),
        client.post("Appointment", &two, &[])
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn cancelling_too_late_is_461_and_past_is_422() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slot = &client.free_slots("In-person").await[0];
    let mut booked = client
        .post("Appointment", &client.booking(slot, "x"), &[])
        .await
        .json();
    let path = format!("Appointment/{}", booked["id"].as_str().unwrap());
    booked["status"] = json!("cancelled");
    mock.faults().set(Rule::once(Fault::CancellationOff));
    assert_eq!(client.put(&path, &booked, "W/\"1\"").await.status, 403);
    let start: chrono::DateTime<chrono::Utc> = slot["start"].as_str().unwrap().parse().unwrap();
    for (before, status) in [(TimeDelta::minutes(30), 461), (TimeDelta::minutes(-5), 422)] {
        mock.clock().set(start - before);
        let client = Client::of(&mock, "full").await;
        assert_eq!(client.put(&path, &booked, "W/\"1\"").await.status, status);
    }
}
