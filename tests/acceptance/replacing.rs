//! Changing the time of an appointment: another one is booked first, and only then the one before is
//! cancelled. Whatever happens in between, the patient has at least one of them and is told.

use chrono::TimeDelta;
use hale_contracts::appointments::{
    AppointmentRequest, AppointmentStatus, AppointmentView, BookAppointmentRequest,
    BookingOutcomeView,
};
use hale_contracts::outbox::PendingStateView;
use hale_mock_backend::{Fault, Rule};
use hale_support::{TestApp, status};

use crate::appointments::{first_free, request};

async fn upcoming(test: &TestApp) -> AppointmentView {
    let shown = test.app.appointments().await.unwrap();
    let booked = |one: &AppointmentView| one.status == AppointmentStatus::Booked;
    shown.upcoming.into_iter().find(booked).unwrap()
}

async fn now(test: &TestApp, id: &str) -> AppointmentView {
    let request = AppointmentRequest { id: id.to_owned() };
    test.app.appointment(request).await.unwrap()
}

/// A booking of the first free time in the place of an appointment.
async fn instead_of(test: &TestApp, old: &AppointmentView) -> BookAppointmentRequest {
    BookAppointmentRequest {
        replaces: Some(old.id.clone()),
        ..request(&first_free(test).await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_before_is_cancelled_once_the_new_one_is_booked() {
    let test = TestApp::signed_in("full").await;
    let old = upcoming(&test).await;
    let booking = instead_of(&test, &old).await;
    test.mock.log().clear();
    let outcome = test.app.book_appointment(booking).await.unwrap();
    assert!(matches!(outcome, BookingOutcomeView::Booked { .. }));
    assert_eq!(
        now(&test, &old.id).await.status,
        AppointmentStatus::Cancelled
    );
    let entries = test.mock.log().entries();
    let writes: Vec<&str> = entries
        .iter()
        .map(|entry| entry.method.as_str())
        .filter(|method| matches!(*method, "POST" | "PUT"))
        .collect();
    assert_eq!(writes, ["POST", "PUT"], "in this order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_comes_to_nothing_leaves_the_one_before() {
    for fault in [Fault::SlotTaken, status(403), status(429)] {
        let test = TestApp::signed_in("full").await;
        let old = upcoming(&test).await;
        let booking = instead_of(&test, &old).await;
        let rule = Rule::once(fault.clone()).on("POST", "/Appointment");
        test.mock.faults().set(rule);
        let outcome = test.app.book_appointment(booking).await.unwrap();
        assert!(!matches!(outcome, BookingOutcomeView::Booked { .. }));
        test.sync().await;
        let after = now(&test, &old.id).await;
        assert_eq!(after.status, AppointmentStatus::Booked, "{fault:?}");
        assert!(after.pending.is_none(), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_stops_half_way_is_shown_and_finished() {
    let mut test = TestApp::signed_in("full").await;
    let old = upcoming(&test).await;
    let booking = instead_of(&test, &old).await;
    let path = format!("/Appointment/{}", old.id);
    test.mock
        .faults()
        .set(Rule::always(status(429)).on("PUT", &path));
    let outcome = test.app.book_appointment(booking).await.unwrap();
    assert!(matches!(outcome, BookingOutcomeView::Booked { .. }));
    let half = now(&test, &old.id).await;
    assert_eq!(
        half.status,
        AppointmentStatus::Booked,
        "never said too early"
    );
    let pending = half.pending.expect("its cancellation is in sight");
    assert_eq!(pending.state, PendingStateView::NotSentYet);
    test.mock.faults().clear();
    test.restart().await;
    test.clock.advance(TimeDelta::minutes(20));
    test.sync().await;
    assert_eq!(
        now(&test, &old.id).await.status,
        AppointmentStatus::Cancelled
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cancelled_while_nobody_knows_whether_the_new_one_is_booked() {
    for (fault, is_made) in [(Fault::LostReply, true), (Fault::LostRequest, false)] {
        let mut test = TestApp::signed_in("full").await;
        let old = upcoming(&test).await;
        let booking = instead_of(&test, &old).await;
        let faults = test.mock.faults();
        faults.set(Rule::once(fault.clone()).on("POST", "/Appointment"));
        // Nobody can read it back either.
        faults.set(Rule::always(status(503)).on("GET", "/Appointment"));
        let outcome = test.app.book_appointment(booking).await.unwrap();
        assert!(matches!(outcome, BookingOutcomeView::OutcomeUnknown { .. }));
        let before = now(&test, &old.id).await;
        assert_eq!(before.status, AppointmentStatus::Booked, "{fault:?}");
        assert!(before.pending.is_none(), "{fault:?}");
        test.restart().await;
        test.mock.faults().clear();
        test.sync().await;
        test.mock.clock().advance(TimeDelta::minutes(5));
        test.sync().await;
        let after = now(&test, &old.id).await;
        let is_cancelled = after.status == AppointmentStatus::Cancelled;
        assert_eq!(is_cancelled, is_made, "{fault:?}");
    }
}
