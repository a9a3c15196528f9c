//! Finding and booking an appointment, and everything that can go wrong with it.

use std::time::Duration;

use chrono::{Days, TimeDelta, Utc};
use hale_contracts::appointments::{
    AppointmentStatus, BookAppointmentRequest, BookingOutcomeView, Channel, CheckBookingRequest,
    DismissBookingRequest, FindSlotsRequest, PracticeSays, SlotView,
};
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::{SyncProgress, SyncUnit};
use hale_mock_backend::{BadEntry, Fault, Rule};
use hale_support::TestApp;

const REASON: &str = "My knee has hurt for two weeks";

/// Times from tomorrow on.
pub(crate) fn search() -> FindSlotsRequest {
    FindSlotsRequest {
        from: Utc::now().date_naive() + Days::new(1),
        days: 14,
        channel: Some(Channel::InPerson),
        clinician: None,
        service: None,
    }
}

/// The first free time.
pub(crate) async fn first_free(test: &TestApp) -> SlotView {
    let found = test.app.find_slots(search()).await.expect("times are read");
    found
        .slots
        .into_iter()
        .next()
        .expect("the practice has free times")
}

/// A booking of a time.
pub(crate) fn request(slot: &SlotView) -> BookAppointmentRequest {
    BookAppointmentRequest {
        booking_id: uuid::Uuid::new_v4().to_string(),
        slot_id: slot.id.clone(),
        reason: Some(REASON.to_owned()),
        phone: Some("07700 900123".to_owned()),
        replaces: None,
    }
}

/// How many appointments the server holds with this id.
pub(crate) async fn held(test: &TestApp, booking_id: &str) -> usize {
    let probe = test.probe().await;
    probe
        .search("Appointment?patient={}&_count=200")
        .await
        .iter()
        .filter(|appointment| appointment.to_string().contains(booking_id))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booked_time_is_exactly_one_new_appointment() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.appointments().await.unwrap();
    let slot = first_free(&test).await;
    let booking = request(&slot);
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    let BookingOutcomeView::Booked { appointment } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(appointment.start, Some(slot.start));
    assert_eq!(appointment.reason.as_deref(), Some(REASON));
    assert_eq!(held(&test, &booking.booking_id).await, 1);
    let after = test.app.appointments().await.unwrap();
    assert_eq!(after.upcoming.len(), before.upcoming.len() + 1);
    let again = test.app.find_slots(search()).await.unwrap();
    assert!(
        again.slots.iter().all(|free| free.id != slot.id),
        "a booked time is free no more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_twice_with_the_same_id_is_one_booking() {
    let test = TestApp::signed_in("full").await;
    let booking = request(&first_free(&test).await);
    let (first, second) = tokio::join!(
        test.app.book_appointment(booking.clone()),
        test.app.book_appointment(booking.clone())
    );
    for outcome in [first.unwrap(), second.unwrap()] {
        assert!(
            matches!(outcome, BookingOutcomeView::Booked { .. }),
            "{outcome:?}"
        );
    }
    assert_eq!(held(&test, &booking.booking_id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_taken_meanwhile_leads_to_the_nearest_ones_with_the_reason_kept() {
    let test = TestApp::signed_in("full").await;
    let slot = first_free(&test).await;
    test.mock.faults().set(Rule::once(Fault::SlotTaken));
    let booking = request(&slot);
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    let BookingOutcomeView::SlotTaken { nearest, reason } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(reason.as_deref(), Some(REASON));
    assert!(!nearest.is_empty(), "other times are offered");
    assert!(nearest.iter().all(|other| other.id != slot.id));
    assert_eq!(held(&test, &booking.booking_id).await, 0);
    let other = request(&nearest[0]);
    let outcome = test.app.book_appointment(other.clone()).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
    assert_eq!(held(&test, &other.booking_id).await, 1);
}

/// How long the app waits where the server never answers.
const PATIENCE: Duration = Duration::from_secs(2);

fn booking_fault(fault: Fault) -> Rule {
    Rule::once(fault).on("POST", "/Appointment")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_made_without_an_answer_is_one_appointment_and_was_sent_once() {
    for faults in [
        vec![Fault::LostReply],
        vec![Fault::HangAfter],
        vec![Fault::NoConditionalCreate, Fault::LostReply],
        vec![Fault::NoConditionalCreate, Fault::HangAfter],
    ] {
        let mut test = TestApp::signed_in("full").await;
        test.restart_with_patience(PATIENCE).await;
        let booking = request(&first_free(&test).await);
        let rules = faults.iter().cloned().map(booking_fault).collect();
        test.mock.faults().replace(rules);
        let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
        assert!(
            matches!(outcome, BookingOutcomeView::Booked { .. }),
            "{faults:?}: reading back finds it: {outcome:?}"
        );
        let again = test.app.book_appointment(booking.clone()).await.unwrap();
        assert!(
            matches!(again, BookingOutcomeView::Booked { .. }),
            "{faults:?}: {again:?}"
        );
        assert!(test.mock.faults().rules().is_empty(), "{faults:?} struck");
        assert_eq!(held(&test, &booking.booking_id).await, 1, "{faults:?}");
        assert_eq!(test.mock.log().count("POST", "/Appointment"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_whose_fate_is_unknown_is_only_read_back_after_a_restart() {
    let mut test = TestApp::signed_in("full").await;
    test.restart_with_patience(PATIENCE).await;
    let booking = request(&first_free(&test).await);
    // Without conditional create a second request would be a second appointment.
    test.mock.faults().replace(vec![
        Rule::always(Fault::NoConditionalCreate),
        booking_fault(Fault::HangAfter),
        Rule::always(Fault::LostRequest).on("GET", "/Appointment"),
    ]);
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::OutcomeUnknown { .. }),
        "{outcome:?}"
    );
    test.restart().await;
    test.mock
        .faults()
        .replace(vec![Rule::always(Fault::NoConditionalCreate)]);
    test.sync().await;
    let shown = test.app.appointments().await.unwrap();
    assert!(shown.unconfirmed.is_empty(), "the check found it");
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
    assert_eq!(held(&test, &booking.booking_id).await, 1);
    assert_eq!(test.mock.log().count("POST", "/Appointment"), 1);
}

/// A booking that the server refuses is not made, is not sent again, and is not called booked.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_booking_is_not_made() {
    let statuses = [400, 403, 404, 410, 422, 429, 461].map(hale_support::status);
    for fault in statuses.into_iter().chain([Fault::BookingOff]) {
        let test = TestApp::signed_in("full").await;
        let booking = request(&first_free(&test).await);
        test.mock.faults().set(booking_fault(fault.clone()));
        let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
        assert!(
            matches!(
                outcome,
                BookingOutcomeView::Refused { .. } | BookingOutcomeView::NotSent { .. }
            ),
            "{fault:?}: {outcome:?}"
        );
        test.mock.faults().clear();
        test.sync().await;
        assert_eq!(held(&test, &booking.booking_id).await, 0, "{fault:?}");
        assert_eq!(
            test.mock.log().count("POST", "/Appointment"),
            1,
            "{fault:?}"
        );
        let shown = test.app.appointments().await.unwrap();
        assert!(shown.unconfirmed.is_empty(), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_lost_on_its_way_is_unknown_first_and_not_booked_later() {
    // A page of something on the way says nothing about the booking, whatever its status.
    let faults = [
        Fault::LostRequest,
        Fault::HangBefore,
        Fault::HtmlPage { status: 409 },
        Fault::BareStatus { status: 409 },
        // More than one thing matches the condition: perhaps an earlier attempt.
        hale_support::status(412),
    ];
    for fault in faults {
        let mut test = TestApp::signed_in("full").await;
        test.restart_with_patience(PATIENCE).await;
        let booking = request(&first_free(&test).await);
        test.mock.faults().set(booking_fault(fault.clone()));
        let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
        assert!(
            matches!(outcome, BookingOutcomeView::OutcomeUnknown { .. }),
            "{fault:?}: it may still be on its way: {outcome:?}"
        );
        let other = test
            .app
            .book_appointment(request(&first_free(&test).await))
            .await
            .unwrap();
        assert!(
            matches!(
                other,
                BookingOutcomeView::Refused {
                    why: WhyNot::OutcomeUnknown
                }
            ),
            "{fault:?}: a second booking could be the same one twice: {other:?}"
        );
        test.restart().await;
        let shown = test.app.appointments().await.unwrap().unconfirmed;
        assert_eq!(shown.len(), 1, "{fault:?}: it is shown after a restart");
        test.mock.clock().advance(TimeDelta::minutes(3));
        let check = CheckBookingRequest {
            booking_id: booking.booking_id.clone(),
        };
        let outcome = test.app.check_booking(check).await.unwrap();
        let BookingOutcomeView::NotBooked { reason } = outcome else {
            panic!("{fault:?}: {outcome:?}");
        };
        assert_eq!(reason.as_deref(), Some(REASON), "what was typed is kept");
        assert_eq!(held(&test, &booking.booking_id).await, 0, "{fault:?}");
        assert_eq!(
            test.mock.log().count("POST", "/Appointment"),
            1,
            "{fault:?}: it was never sent again"
        );
    }
}

/// A server that takes no notice of an appointment's identifier, and gives one appointment a page.
fn ignoring_identifiers() -> Vec<Rule> {
    let name = "identifier".to_owned();
    let faults = [
        Fault::IgnoredParameter { name },
        Fault::SmallPages { count: 1 },
    ];
    let rules = faults.map(|fault| Rule::always(fault).on("GET", "/Appointment"));
    rules.to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_found_on_a_later_page_of_a_server_that_ignores_its_identifier() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.appointments().await.unwrap();
    let slot = first_free(&test).await;
    let booking = request(&slot);
    let mut rules = ignoring_identifiers();
    rules.push(booking_fault(Fault::NoConditionalCreate));
    rules.push(booking_fault(Fault::LostReply));
    test.mock.faults().replace(rules);
    let read_before = test.mock.log().count("GET", "/Appointment");
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    let BookingOutcomeView::Booked { appointment } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(appointment.start, Some(slot.start));
    assert_eq!(appointment.reason.as_deref(), Some(REASON));
    let pages = test.mock.log().count("GET", "/Appointment") - read_before;
    assert!(pages > 1, "it stands on a later page");
    for _ in 0..2 {
        let after = test.app.appointments().await.unwrap();
        assert_eq!(after.upcoming.len(), before.upcoming.len() + 1);
        assert_eq!(after.past.len(), before.past.len());
        assert!(after.unconfirmed.is_empty());
        test.sync().await;
    }
    assert_eq!(held(&test, &booking.booking_id).await, 1);
    assert_eq!(test.mock.log().count("POST", "/Appointment"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_appointments_in_an_answer_are_never_taken_for_the_booking() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.appointments().await.unwrap();
    let booking = lost_on_its_way(&test).await;
    test.mock.faults().replace(ignoring_identifiers());
    assert!(!is_not_booked(&test, &booking).await, "not known yet");
    test.mock.clock().advance(TimeDelta::minutes(3));
    assert!(is_not_booked(&test, &booking).await);
    let after = test.app.appointments().await.unwrap();
    assert_eq!(after.upcoming, before.upcoming);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_answered_with_another_appointment_is_booked_only_if_it_is_there() {
    for takes_effect in [true, false] {
        let test = TestApp::signed_in("full").await;
        let before = test.app.appointments().await.unwrap();
        let slot = first_free(&test).await;
        let booking = request(&slot);
        let unrelated = Fault::UnrelatedAnswer { takes_effect };
        test.mock.faults().set(booking_fault(unrelated));
        let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
        match (&outcome, takes_effect) {
            (BookingOutcomeView::Booked { appointment }, true) => {
                assert_eq!(appointment.start, Some(slot.start));
            }
            (BookingOutcomeView::OutcomeUnknown { .. }, false) => {
                test.mock.clock().advance(TimeDelta::minutes(3));
                assert!(is_not_booked(&test, &booking).await);
            }
            _ => panic!("{takes_effect}: {outcome:?}"),
        }
        let made = usize::from(takes_effect);
        assert_eq!(held(&test, &booking.booking_id).await, made);
        let after = test.app.appointments().await.unwrap();
        assert_eq!(after.upcoming.len(), before.upcoming.len() + made);
        assert_eq!(test.mock.log().count("POST", "/Appointment"), 1);
    }
}

/// A booking that was lost on its way, with its outcome open.
async fn lost_on_its_way(test: &TestApp) -> BookAppointmentRequest {
    let booking = request(&first_free(test).await);
    test.mock
        .faults()
        .set(Rule::once(Fault::LostRequest).on("POST", "/Appointment"));
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::OutcomeUnknown { .. }),
        "{outcome:?}"
    );
    booking
}

/// Whether looking now finds that a booking was not made.
async fn is_not_booked(test: &TestApp, booking: &BookAppointmentRequest) -> bool {
    let check = CheckBookingRequest {
        booking_id: booking.booking_id.clone(),
    };
    let outcome = test.app.check_booking(check).await.unwrap();
    match outcome {
        BookingOutcomeView::NotBooked { .. } => true,
        BookingOutcomeView::OutcomeUnknown { .. } => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_clock_neither_hastens_nor_blocks_an_outcome() {
    let test = TestApp::signed_in("full").await;
    let booking = lost_on_its_way(&test).await;
    test.clock.advance(TimeDelta::days(2));
    assert!(
        !is_not_booked(&test, &booking).await,
        "a clock set forwards says nothing about the request"
    );
    test.clock.advance(TimeDelta::days(-9));
    assert!(!is_not_booked(&test, &booking).await);
    test.mock.clock().advance(TimeDelta::minutes(2));
    assert!(
        is_not_booked(&test, &booking).await,
        "a clock set back does not block the answer for ever"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_servers_clock_stands_still_the_waiting_itself_counts() {
    let test = TestApp::signed_in("full").await;
    let booking = lost_on_its_way(&test).await;
    test.mock.clock().advance(TimeDelta::hours(-1));
    assert!(!is_not_booked(&test, &booking).await);
    test.clock.wait(Duration::from_secs(119));
    assert!(!is_not_booked(&test, &booking).await);
    test.clock.wait(Duration::from_secs(2));
    assert!(is_not_booked(&test, &booking).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_whole_answer_says_that_a_booking_was_not_made() {
    let parts = [
        Fault::Partial,
        Fault::EndlessPages,
        Fault::ForeignNextLink,
        Fault::BadEntry {
            entry: BadEntry::Outcome,
        },
        Fault::BadEntry {
            entry: BadEntry::WithoutId,
        },
        Fault::BadEntry {
            entry: BadEntry::NotAResource,
        },
    ];
    let test = TestApp::signed_in("full").await;
    let booking = lost_on_its_way(&test).await;
    test.mock.clock().advance(TimeDelta::minutes(5));
    for fault in parts {
        test.mock
            .faults()
            .replace(vec![Rule::always(fault.clone()).on("GET", "/Appointment")]);
        assert!(!is_not_booked(&test, &booking).await, "{fault:?}");
    }
    test.mock.faults().clear();
    assert!(is_not_booked(&test, &booking).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_found_not_made_is_shown_until_the_patient_has_seen_it() {
    let mut test = TestApp::signed_in("full").await;
    let booking = lost_on_its_way(&test).await;
    test.mock.clock().advance(TimeDelta::minutes(3));
    test.sync().await;
    test.restart().await;
    let shown = test.app.appointments().await.unwrap();
    assert!(shown.unconfirmed.is_empty());
    let [not_booked] = shown.not_booked.as_slice() else {
        panic!("it disappeared: {:?}", shown.not_booked);
    };
    assert_eq!(not_booked.booking_id, booking.booking_id);
    assert_eq!(not_booked.reason.as_deref(), Some(REASON));
    let home = test.app.home().await.unwrap();
    assert_eq!(home.not_booked, shown.not_booked);
    let guidance = test.app.booking_guidance().await.unwrap();
    assert_eq!(guidance.not_possible, None, "another can be booked");
    let seen = dismissal(&booking, None);
    test.app.dismiss_booking(seen).await.unwrap();
    assert!(test.app.appointments().await.unwrap().not_booked.is_empty());
    assert!(test.app.home().await.unwrap().not_booked.is_empty());
}

fn dismissal(
    booking: &BookAppointmentRequest,
    practice_says: Option<PracticeSays>,
) -> DismissBookingRequest {
    DismissBookingRequest {
        booking_id: booking.booking_id.clone(),
        practice_says,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_booking_cannot_be_dismissed_while_hale_still_looks() {
    let test = TestApp::signed_in("full").await;
    let booking = lost_on_its_way(&test).await;
    test.clock.advance(TimeDelta::minutes(59));
    for says in [
        None,
        Some(PracticeSays::Booked),
        Some(PracticeSays::NotBooked),
    ] {
        let dismissal = dismissal(&booking, says);
        test.app.dismiss_booking(dismissal).await.unwrap();
        let shown = test.app.appointments().await.unwrap();
        assert_eq!(shown.unconfirmed.len(), 1, "{says:?}");
        assert!(!shown.unconfirmed[0].can_report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_found_out_what_the_practice_says_counts() {
    for says in [PracticeSays::Booked, PracticeSays::NotBooked] {
        let mut test = TestApp::signed_in("full").await;
        let booking = lost_on_its_way(&test).await;
        let partial = Rule::always(Fault::Partial).on("GET", "/Appointment");
        test.mock.faults().set(partial);
        for _ in 0..2 {
            test.clock.advance(TimeDelta::minutes(31));
            test.mock.clock().advance(TimeDelta::minutes(31));
            test.sync().await;
        }
        let shown = test.app.appointments().await.unwrap().unconfirmed;
        assert!(shown[0].can_report, "{says:?}: {shown:?}");
        let guidance = test.app.booking_guidance().await.unwrap();
        assert_eq!(guidance.not_possible, Some(WhyNot::OutcomeUnknown));
        let unsaid = dismissal(&booking, None);
        test.app.dismiss_booking(unsaid).await.unwrap();
        assert_eq!(test.app.appointments().await.unwrap().unconfirmed, shown);
        let said = dismissal(&booking, Some(says));
        test.app.dismiss_booking(said).await.unwrap();
        test.restart().await;
        test.sync().await;
        let after = test.app.appointments().await.unwrap();
        assert_eq!((after.unconfirmed, after.not_booked), (vec![], vec![]));
        let guidance = test.app.booking_guidance().await.unwrap();
        assert_eq!(
            guidance.not_possible, None,
            "{says:?}: another can be booked"
        );
        test.app.book_appointment(booking.clone()).await.unwrap();
        let sent = test.mock.log().count("POST", "/Appointment");
        assert_eq!(sent, 1, "{says:?}: it is never sent again");
    }
}

/// Withdraws the appointment that was made of a booking, as a mistake.
async fn withdraw(test: &TestApp, booking: &BookAppointmentRequest) {
    let patient = test.probe().await.patient().to_owned();
    let store = test.mock.store();
    let mut made = store
        .resources(&patient, "Appointment")
        .into_iter()
        .find(|one| one.to_string().contains(&booking.booking_id))
        .expect("the server holds it");
    made["status"] = "entered-in-error".into();
    store.put(&patient, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_withdrawn_as_a_mistake_leaves_a_note_that_it_is_gone() {
    let test = TestApp::signed_in("full").await;
    let slot = first_free(&test).await;
    let booking = request(&slot);
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    let BookingOutcomeView::Booked { appointment } = outcome else {
        panic!("{outcome:?}");
    };
    withdraw(&test, &booking).await;
    for _ in 0..2 {
        test.sync().await;
        let shown = test.app.appointments().await.unwrap().upcoming;
        let note = shown.iter().find(|one| one.id == appointment.id);
        let note = note.expect("whoever had seen it is told");
        assert_eq!(note.status, AppointmentStatus::NoLongerListed);
        assert_eq!(note.start, Some(slot.start));
        assert_eq!(note.reason, None, "nothing of its content stays");
        let home = test.app.home().await.unwrap();
        assert_eq!(home.no_longer_listed.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_read_back_as_a_mistake_is_not_booked() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.appointments().await.unwrap().upcoming;
    let booking = request(&first_free(&test).await);
    test.mock.faults().replace(vec![
        booking_fault(Fault::LostReply),
        Rule::always(hale_support::status(503)).on("GET", "/Appointment"),
    ]);
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::OutcomeUnknown { .. }),
        "{outcome:?}"
    );
    test.mock.faults().clear();
    withdraw(&test, &booking).await;
    assert!(is_not_booked(&test, &booking).await);
    let after = test.app.appointments().await.unwrap();
    assert_eq!(after.upcoming, before, "what was never seen leaves no note");
    assert!(after.unconfirmed.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn times_of_other_practices_are_not_offered_where_the_services_are_unknown() {
    let known = TestApp::signed_in("full").await;
    let own = known.app.find_slots(search()).await.unwrap();
    let test = TestApp::start("full").await;
    test.mock
        .faults()
        .set(Rule::always(hale_support::status(404)).on("GET", "/HealthcareService"));
    test.sign_in().await.unwrap();
    test.sync().await;
    let found = test.app.find_slots(search()).await.unwrap();
    let places = |slots: &[SlotView]| -> std::collections::BTreeSet<Option<String>> {
        slots.iter().map(|slot| slot.location.clone()).collect()
    };
    assert!(!found.slots.is_empty());
    assert_eq!(places(&found.slots), places(&own.slots));
    let all = test
        .probe()
        .await
        .search("Slot?status=free&_count=200")
        .await;
    assert!(all.len() > own.slots.len(), "the server has others");
}

/// The check has read the list as it was before the booking, and has not ended yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_booking_made_while_a_check_runs_stays() {
    let test = TestApp::signed_in("full").await;
    let slot = first_free(&test).await;
    let before = test.app.appointments().await.unwrap();
    let booked = std::sync::Mutex::new(None);
    let book_meanwhile = |progress: SyncProgress| {
        let is_list_read = matches!(
            progress,
            SyncProgress::Stored {
                unit: SyncUnit::Appointments,
                ..
            }
        );
        if is_list_read {
            let outcome = tokio::task::block_in_place(|| {
                let booking = test.app.book_appointment(request(&slot));
                tokio::runtime::Handle::current().block_on(booking)
            });
            *booked.lock().unwrap() = Some(outcome.unwrap());
        }
    };
    // A device whose clock was set back reads all of the list.
    test.clock.advance(-TimeDelta::days(1));
    test.app.sync_now(&book_meanwhile).await.unwrap();
    let outcome = booked.lock().unwrap().take();
    let Some(BookingOutcomeView::Booked { appointment }) = outcome else {
        panic!("{outcome:?}");
    };
    let after = test.app.appointments().await.unwrap();
    assert_eq!(after.upcoming.len(), before.upcoming.len() + 1);
    assert!(after.upcoming.iter().any(|one| one.id == appointment.id));
    test.sync().await;
    let later = test.app.appointments().await.unwrap();
    assert_eq!(later.upcoming.len(), after.upcoming.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_that_takes_no_bookings_is_said_so() {
    let test = TestApp::signed_in("booking-off").await;
    let guidance = test.app.booking_guidance().await.unwrap();
    assert_eq!(guidance.not_possible, Some(WhyNot::PracticeSwitchedOff));
    let practice = guidance.practice.expect("the practice is named");
    assert!(
        practice.phone.is_some(),
        "there is another way: its telephone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn times_have_what_must_be_shown() {
    let test = TestApp::signed_in("full").await;
    let slot = first_free(&test).await;
    assert!(slot.clinician.is_some(), "{slot:?}");
    assert!(slot.role.is_some(), "{slot:?}");
    assert!(slot.location.is_some(), "{slot:?}");
    assert!(slot.service.is_some(), "{slot:?}");
    assert!(slot.minutes > 0, "{slot:?}");
}
