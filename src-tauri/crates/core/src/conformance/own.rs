//! The laws of what the patient made.

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::sync::SyncUnit;
use uuid::Uuid;

use crate::ports::{
    BookingState, Own, ParkedBecause, RequestForm, RequestKind, RequestState, SeenMark, SourceId,
    StoredBooking, StoredRequest,
};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_767_600_000 + second)
}

fn booking(id: u128, second: i64) -> StoredBooking {
    StoredBooking {
        booking_id: Uuid::from_u128(id),
        request_id: Uuid::from_u128(id + 100),
        source: SourceId("main".to_owned()),
        state: BookingState::Sent,
        body: "{}".to_owned(),
        slot: "{}".to_owned(),
        reason: Some("A cough, for \"two\" weeks\nand more".to_owned()),
        confirmed_at: at(second),
        last_checked: None,
        first_absent: None,
        is_told: false,
        replaces: None,
    }
}

/// A booking's id keeps one booking; inserting never replaces; all come back whole, oldest first.
///
/// # Panics
/// If the store breaks it.
pub async fn a_booking_is_kept_once(own: &impl Own) {
    let insert = async |booking| own.insert_booking(booking).await.expect("it is kept");
    let all = async || own.bookings().await.expect("they are read");
    assert!(all().await.is_empty());
    assert!(insert(booking(1, 20)).await);
    assert!(insert(booking(2, 10)).await);
    let mut other = booking(1, 20);
    other.reason = None;
    assert!(!insert(other.clone()).await, "it is kept already");
    assert_eq!(all().await, [booking(2, 10), booking(1, 20)]);
    other.state = BookingState::Acknowledged {
        appointment_id: "7".to_owned(),
    };
    other.last_checked = Some(at(30));
    own.put_booking(other.clone()).await.expect("it is kept");
    own.put_booking(booking(3, 15)).await.expect("it is kept");
    assert_eq!(all().await, [booking(2, 10), booking(3, 15), other]);
}

/// A name keeps one document and a unit one moment: the last.
///
/// # Panics
/// If the store breaks it.
pub async fn notes_and_marks_are_replaced(own: &impl Own) {
    let note = async |name: &str| own.note(name.to_owned()).await.expect("it is read");
    let put = async |name: &str, json: Option<&str>| {
        own.put_note(name.to_owned(), json.map(ToOwned::to_owned))
            .await
            .expect("it is kept");
    };
    assert_eq!(note("draft").await, None);
    put("draft", Some("1")).await;
    put("other", Some("2")).await;
    put("draft", Some("3")).await;
    assert_eq!(note("draft").await.as_deref(), Some("3"));
    put("draft", None).await;
    put("draft", None).await;
    assert_eq!(note("draft").await, None);
    assert_eq!(note("other").await.as_deref(), Some("2"));
    for second in [1, 2] {
        for unit in [SyncUnit::Person, SyncUnit::Appointments] {
            let seen_at = at(second);
            own.mark_seen(SeenMark { unit, seen_at })
                .await
                .expect("it is kept");
        }
    }
    let mut marks = own.seen().await.expect("they are read");
    marks.sort_by_key(|mark| mark.unit);
    let seen_at = at(2);
    assert_eq!(
        marks,
        [SyncUnit::Person, SyncUnit::Appointments].map(|unit| SeenMark { unit, seen_at })
    );
}

/// Requests come back whole and in the order in which they were first kept, whatever happens to
/// them; a forgotten one is gone.
///
/// # Panics
/// If the store breaks it.
pub async fn requests_keep_their_order(own: &impl Own) {
    let request = |id: u128| StoredRequest {
        id: Uuid::from_u128(id),
        request_id: Uuid::from_u128(id + 100),
        kind: RequestKind::RepeatRequest,
        source: SourceId("main".to_owned()),
        patient_id: "p".to_owned(),
        subject: format!("MedicationRequest/{id}"),
        form: RequestForm::Create {
            body: "{\"note\":\"\u{1f600}\"}".to_owned(),
        },
        confirmed_at: at(10),
        expires_at: Some(at(20)),
        attempts: 0,
        may_have_arrived: false,
        in_doubt_since: None,
        state: RequestState::Waiting { not_before: None },
    };
    let put = async |request| own.put_request(request).await.expect("it is kept");
    let all = async || own.requests().await.expect("they are read");
    for id in [3, 1, 2] {
        put(request(id)).await;
    }
    let mut parked = request(3);
    parked.state = RequestState::Parked(ParkedBecause::Refused {
        status: 403,
        server_says: Some("Not here".to_owned()),
    });
    put(parked.clone()).await;
    assert_eq!(all().await, [parked.clone(), request(1), request(2)]);
    for _ in 0..2 {
        own.forget_request(Uuid::from_u128(1))
            .await
            .expect("it is forgotten");
    }
    assert_eq!(all().await, [parked, request(2)]);
}
