//! Something happens to an appointment at its source, while the patient's cancellation of it waits
//! and while none does: what is shown, what is sent, and that nothing is lost.

use chrono::TimeDelta;
use hale_contracts::appointments::{AppointmentStatus, AppointmentView, AppointmentsView};
use hale_contracts::outbox::{CancelAppointmentRequest, ParkedView, PendingStateView};
use hale_mock_backend::Rule;
use hale_support::{TestApp, status};
use serde_json::{Value, json};

/// What happens at the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Happens {
    Nothing,
    Changed,
    Cancelled,
    Deleted,
    EnteredInError,
    /// It turns out to be another patient's.
    Moved,
    /// The same, under another id.
    AnotherId,
    /// It becomes something that Hale does not know.
    UnknownStatus,
}

/// How it stands afterwards.
#[derive(Debug, PartialEq, Eq)]
enum Stands {
    Booked,
    Cancelled,
    NoLongerListed,
    Unknown,
    /// On none of the lists.
    Nowhere,
}

/// What becomes of the cancellation.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Done,
    /// The patient is told, and decides.
    Told,
}

fn happen(test: &TestApp, patient: &str, id: &str, what: Happens) {
    let store = test.mock.store();
    let held = store.resources(patient, "Appointment");
    let mut one = held.into_iter().find(|one| one["id"] == id).unwrap();
    match what {
        Happens::Nothing => return,
        Happens::Changed => one["comment"] = json!("Please bring your tablets"),
        Happens::Cancelled => one["status"] = json!("cancelled"),
        Happens::EnteredInError => one["status"] = json!("entered-in-error"),
        Happens::UnknownStatus => one["status"] = json!("on-the-moon"),
        Happens::Deleted => {
            store.delete(patient, "Appointment", id);
            return;
        }
        Happens::AnotherId => {
            store.delete(patient, "Appointment", id);
            one["id"] = json!("under-another-id");
        }
        Happens::Moved => {
            let text = one.to_string().replace(
                &format!("Patient/{patient}"),
                "Patient/somebody-else-altogether",
            );
            one = serde_json::from_str::<Value>(&text).unwrap();
            one["comment"] = json!("Of somebody else");
        }
    }
    store.put(patient, one);
}

fn stands(shown: &AppointmentsView, id: &str) -> Stands {
    let all: [&Vec<AppointmentView>; 3] = [&shown.upcoming, &shown.past, &shown.cancelled];
    let found = all.into_iter().flatten().find(|one| one.id == id);
    match found.map(|one| one.status) {
        None => Stands::Nowhere,
        Some(AppointmentStatus::Cancelled) => Stands::Cancelled,
        Some(AppointmentStatus::NoLongerListed) => Stands::NoLongerListed,
        Some(AppointmentStatus::Booked) => Stands::Booked,
        Some(_) => Stands::Unknown,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_an_appointment_meanwhile_nothing_is_lost() {
    let cases = [
        (Happens::Nothing, Stands::Booked, Request::Done),
        (Happens::Changed, Stands::Booked, Request::Told),
        (Happens::Cancelled, Stands::Cancelled, Request::Done),
        (Happens::Deleted, Stands::NoLongerListed, Request::Told),
        (
            Happens::EnteredInError,
            Stands::NoLongerListed,
            Request::Told,
        ),
        (Happens::Moved, Stands::Booked, Request::Told),
        (Happens::AnotherId, Stands::NoLongerListed, Request::Told),
        (Happens::UnknownStatus, Stands::Unknown, Request::Told),
    ];
    for (what, expected, request) in cases {
        for is_waiting in [false, true] {
            let told = format!("{what:?}, a cancellation waits: {is_waiting}");
            let test = TestApp::signed_in("full").await;
            let patient = test.probe().await.patient().to_owned();
            let upcoming = test.app.appointments().await.unwrap().upcoming;
            let booked = |one: &&AppointmentView| one.status == AppointmentStatus::Booked;
            let id = upcoming.iter().find(booked).unwrap().id.clone();
            if is_waiting {
                let busy = Rule::once(status(429)).on("PUT", &format!("/Appointment/{id}"));
                test.mock.faults().set(busy);
                let appointment_id = id.clone();
                let reason = None;
                let asked = CancelAppointmentRequest {
                    appointment_id,
                    reason,
                };
                test.app.cancel_appointment(asked).await.unwrap();
                assert_eq!(test.app.pending_requests().await.unwrap().len(), 1);
            }
            happen(&test, &patient, &id, what);
            test.mock.clock().advance(TimeDelta::minutes(20));
            test.clock.advance(TimeDelta::minutes(20));
            // One check sends beside the reading; the next one shows what came of it.
            test.sync().await;
            test.sync().await;
            let shown = test.app.appointments().await.unwrap();
            let open = test.app.pending_requests().await.unwrap();
            if is_waiting && request == Request::Done {
                assert_eq!(stands(&shown, &id), Stands::Cancelled, "{told}");
                assert!(open.is_empty(), "{told}: {open:?}");
            } else {
                assert_eq!(stands(&shown, &id), expected, "{told}");
            }
            if is_waiting && request == Request::Told {
                let [open] = open.as_slice() else {
                    panic!("{told}: {open:?}");
                };
                assert!(
                    matches!(
                        open.state,
                        PendingStateView::Parked {
                            because: ParkedView::Changed
                                | ParkedView::Refused { .. }
                                | ParkedView::TooLate
                        }
                    ),
                    "{told}: {open:?}"
                );
                assert!(open.can_undo, "{told}");
                let lists = [&shown.upcoming, &shown.past, &shown.unlisted];
                let mut all = lists.into_iter().flatten();
                let is_shown = all.any(|one| one.pending.as_ref() == Some(open));
                assert!(is_shown, "{told}: it is in sight");
            }
            let has_new = stands(&shown, "under-another-id") == Stands::Booked;
            assert_eq!(has_new, what == Happens::AnotherId, "{told}");
            let all = [&shown.upcoming, &shown.past, &shown.cancelled];
            let mut words = all
                .into_iter()
                .flatten()
                .filter_map(|one| one.description.as_deref());
            assert!(!words.any(|text| text.contains("somebody")), "{told}");
        }
    }
}
