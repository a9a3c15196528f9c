//! What the patient confirmed reaches the server once, whatever happens on the way; and until the
//! server has acknowledged it, it is never shown as done.

use std::time::Duration;

use chrono::TimeDelta;
use hale_contracts::appointments::{AppointmentRequest, AppointmentStatus};
use hale_contracts::outbox::{
    CancelAppointmentRequest, MessageReplyRequest, ParkedView, PendingRequestId,
    PendingRequestView, PendingStateView, RepeatOrderRequest, RequestOutcomeView,
};
use hale_mock_backend::{Fault, RetryAfter, Rule};
use hale_support::{TestApp, status};
use serde_json::{Value, json};

/// The first appointment that can be cancelled.
async fn upcoming(test: &TestApp) -> String {
    let shown = test.app.appointments().await.unwrap();
    let booked = shown
        .upcoming
        .iter()
        .find(|one| one.status == AppointmentStatus::Booked);
    booked.expect("there is one").id.clone()
}

fn cancelling(id: &str) -> CancelAppointmentRequest {
    CancelAppointmentRequest {
        appointment_id: id.to_owned(),
        reason: Some("I feel better".to_owned()),
    }
}

async fn patient(test: &TestApp) -> String {
    test.probe().await.patient().to_owned()
}

fn all(test: &TestApp, patient: &str, kind: &str) -> Vec<Value> {
    test.mock.store().resources(patient, kind)
}

async fn at_the_server(test: &TestApp, id: &str) -> Value {
    let patient = patient(test).await;
    let held = all(test, &patient, "Appointment");
    held.into_iter()
        .find(|one| one["id"] == id)
        .expect("it is there")
}

async fn waiting(test: &TestApp) -> Vec<PendingRequestView> {
    test.app.pending_requests().await.unwrap()
}

fn pending(outcome: RequestOutcomeView) -> PendingRequestView {
    match outcome {
        RequestOutcomeView::Pending { request } => request,
        RequestOutcomeView::Acknowledged => panic!("it is not done"),
    }
}

/// An order of a repeat medicine that was not asked for yet.
async fn order(test: &TestApp) -> RepeatOrderRequest {
    let patient = patient(test).await;
    let tasks = all(test, &patient, "Task");
    let plan = all(test, &patient, "MedicationRequest")
        .into_iter()
        .filter(|plan| plan["intent"] == "plan" && plan["status"] == "active")
        .map(|plan| plan["id"].as_str().unwrap().to_owned())
        .find(|id| !tasks.iter().any(|task| task.to_string().contains(id)))
        .expect("a repeat medicine");
    RepeatOrderRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        plan_id: plan,
        note: Some("I go away on Friday".to_owned()),
        pharmacy: None,
    }
}

async fn orders_held(test: &TestApp, id: &str) -> usize {
    let patient = patient(test).await;
    let tasks = all(test, &patient, "Task");
    tasks
        .iter()
        .filter(|task| task["identifier"].to_string().contains(id))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_is_done_when_the_server_says_so() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    assert_eq!(outcome, RequestOutcomeView::Acknowledged);
    let held = at_the_server(&test, &id).await;
    assert_eq!(held["status"], "cancelled");
    assert_eq!(held["cancelationReason"]["text"], "I feel better");
    assert!(waiting(&test).await.is_empty());
    let shown = test.app.appointments().await.unwrap();
    let all = shown
        .upcoming
        .iter()
        .chain(&shown.past)
        .chain(&shown.cancelled);
    let cancelled = all
        .into_iter()
        .find(|one| one.id == id)
        .expect("it is shown");
    assert_eq!(cancelled.status, AppointmentStatus::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_it_waits_across_a_restart_and_is_sent_once() {
    let mut test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    let order = order(&test).await;
    test.mock.stop().await;
    let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    let request = pending(outcome);
    assert_eq!(request.state, PendingStateView::NotSentYet);
    assert!(request.can_undo);
    let again = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    assert_eq!(pending(again).id, request.id, "asked twice it is one");
    test.app.order_repeat(order.clone()).await.unwrap();
    assert_eq!(waiting(&test).await.len(), 2);
    let shown = test.app.appointments().await.unwrap();
    let shown = shown.upcoming.iter().find(|one| one.id == id).unwrap();
    assert_eq!(
        shown.status,
        AppointmentStatus::Booked,
        "not before it is done"
    );
    let beside = shown.pending.as_ref().expect("it is shown where it is");
    assert_eq!(beside.state, PendingStateView::NotSentYet);
    let name = AppointmentRequest { id: id.clone() };
    let one = test.app.appointment(name.clone()).await.unwrap();
    assert_eq!(one.pending, shown.pending);

    test.restart().await;
    assert_eq!(waiting(&test).await.len(), 2, "it was on the device");
    test.mock.restart().await.unwrap();
    test.mock.log().clear();
    test.sync().await;
    assert!(waiting(&test).await.is_empty());
    assert_eq!(at_the_server(&test, &id).await["status"], "cancelled");
    let one = test.app.appointment(name).await.unwrap();
    assert_eq!(one.pending, None, "the server holds it");
    assert_eq!(orders_held(&test, &order.request_id).await, 1);
    let again = test.app.order_repeat(order.clone()).await.unwrap();
    assert_eq!(again, RequestOutcomeView::Acknowledged);
    test.sync().await;
    assert_eq!(test.mock.log().count("POST", "/Task"), 1);
    assert_eq!(
        test.mock.log().count("PUT", &format!("/Appointment/{id}")),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_makes_neither_none_nor_two() {
    for fault in [
        Fault::LostReply,
        Fault::LostRequest,
        status(500),
        status(408),
    ] {
        let mut test = TestApp::signed_in("full").await;
        let order = order(&test).await;
        let faults = test.mock.faults();
        faults.set(Rule::always(Fault::NoConditionalCreate).on("POST", "/Task"));
        faults.set(Rule::once(fault.clone()).on("POST", "/Task"));
        let outcome = test.app.order_repeat(order.clone()).await.unwrap();
        let request = pending(outcome);
        assert_eq!(request.state, PendingStateView::Unconfirmed, "{fault:?}");
        assert!(!request.can_undo, "{fault:?}: it may have been sent");
        let id = PendingRequestId { id: request.id };
        assert!(test.app.undo_request(id).await.is_err());
        test.restart().await;
        test.sync().await;
        assert_eq!(
            waiting(&test).await.len(),
            1,
            "{fault:?}: it is left alone first"
        );
        test.clock.advance(TimeDelta::minutes(20));
        test.sync().await;
        assert!(waiting(&test).await.is_empty(), "{fault:?}");
        assert_eq!(orders_held(&test, &order.request_id).await, 1, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_cancellation_is_found_out() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    let path = format!("/Appointment/{id}");
    test.mock
        .faults()
        .set(Rule::once(Fault::LostReply).on("PUT", &path));
    let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    assert_eq!(pending(outcome).state, PendingStateView::Unconfirmed);
    test.mock.log().clear();
    test.clock.advance(TimeDelta::minutes(20));
    test.sync().await;
    assert!(waiting(&test).await.is_empty());
    assert_eq!(
        test.mock.log().count("PUT", &path),
        0,
        "it was there already"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again_when_it_said() {
    for said in [RetryAfter::Seconds(600), RetryAfter::DateInSeconds(600)] {
        let test = TestApp::signed_in("full").await;
        let order = order(&test).await;
        let busy = Fault::Status {
            status: 429,
            nhs_code: None,
            retry_after: Some(said),
        };
        test.mock.faults().set(Rule::once(busy).on("POST", "/Task"));
        let outcome = test.app.order_repeat(order.clone()).await.unwrap();
        assert_eq!(pending(outcome).state, PendingStateView::NotSentYet);
        test.clock.advance(TimeDelta::minutes(9));
        let status = test.sync().await;
        assert!(!status.is_sending_due, "{said:?}: not before");
        assert_eq!(waiting(&test).await.len(), 1, "{said:?}: not before");
        test.clock.advance(TimeDelta::minutes(2));
        let status = test.app.sync_status().await.unwrap();
        assert!(
            status.is_sending_due,
            "{said:?}: the window asks for a check"
        );
        test.sync().await;
        assert!(waiting(&test).await.is_empty(), "{said:?}");
        assert_eq!(orders_held(&test, &order.request_id).await, 1, "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_waits_for_the_patient_with_its_reason() {
    let cases = [
        (status(403), "refused"),
        (status(404), "refused"),
        (status(410), "refused"),
        (status(422), "refused"),
        (status(461), "too late"),
    ];
    for (fault, expected) in cases {
        let test = TestApp::signed_in("full").await;
        let id = upcoming(&test).await;
        let path = format!("/Appointment/{id}");
        test.mock
            .faults()
            .set(Rule::once(fault.clone()).on("PUT", &path));
        let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
        let request = pending(outcome);
        let PendingStateView::Parked { because } = &request.state else {
            panic!("{fault:?}: {request:?}");
        };
        let is_right = match expected {
            "refused" => matches!(because, ParkedView::Refused { .. }),
            _ => *because == ParkedView::TooLate,
        };
        assert!(is_right, "{fault:?}: {because:?}");
        test.sync().await;
        assert_eq!(at_the_server(&test, &id).await["status"], "booked");
        assert!(request.can_undo);
        let id = PendingRequestId { id: request.id };
        test.app.undo_request(id).await.unwrap();
        assert!(waiting(&test).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changed_is_asked_about_and_can_be_sent_again() {
    for conflict in [None, Some(Fault::ConflictAs409)] {
        let test = TestApp::signed_in("full").await;
        let id = upcoming(&test).await;
        let patient = patient(&test).await;
        if let Some(fault) = conflict {
            test.mock.faults().set(Rule::always(fault));
        }
        let mut moved = at_the_server(&test, &id).await;
        moved["comment"] = json!("Please bring your tablets");
        test.mock.store().put(&patient, moved);
        let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
        let request = pending(outcome);
        let changed = PendingStateView::Parked {
            because: ParkedView::Changed,
        };
        assert_eq!(request.state, changed);
        assert_eq!(at_the_server(&test, &id).await["status"], "booked");
        assert!(request.can_send_again);
        let shown = AppointmentRequest { id: id.clone() };
        let shown = test.app.appointment(shown).await.unwrap();
        let newer = shown.description.unwrap_or_default();
        assert!(newer.contains("Please bring your tablets"), "{newer}");
        assert_eq!(shown.pending.map(|pending| pending.state), Some(changed));
        let name = PendingRequestId { id: request.id };
        let outcome = test.app.send_request_again(name).await.unwrap();
        assert_eq!(outcome, RequestOutcomeView::Acknowledged);
        let held = at_the_server(&test, &id).await;
        assert_eq!(held["status"], "cancelled");
        assert_eq!(
            held["comment"], "Please bring your tablets",
            "nothing else changed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_request_is_never_sent() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    test.mock.stop().await;
    let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    let name = PendingRequestId {
        id: pending(outcome).id,
    };
    test.app.undo_request(name.clone()).await.unwrap();
    assert!(test.app.undo_request(name).await.is_err(), "it is gone");
    test.mock.restart().await.unwrap();
    test.sync().await;
    assert_eq!(at_the_server(&test, &id).await["status"], "booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_ends_with_the_start_of_its_appointment() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    test.mock.stop().await;
    test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    test.clock.advance(TimeDelta::days(400));
    test.mock.restart().await.unwrap();
    test.mock.log().clear();
    test.sync().await;
    let expired = PendingStateView::Parked {
        because: ParkedView::Expired,
    };
    assert_eq!(waiting(&test).await[0].state, expired);
    assert_eq!(
        test.mock.log().count("PUT", &format!("/Appointment/{id}")),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_one_message_keep_their_order() {
    let mut test = TestApp::signed_in("full").await;
    let organisation = {
        let patient = patient(&test).await;
        let person = all(&test, &patient, "Patient").remove(0);
        let reference = person["generalPractitioner"][0]["reference"].to_string();
        reference
            .trim_matches('"')
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let reply = |text: &str| MessageReplyRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        in_response_to: "message-1".to_owned(),
        organisation_id: organisation.clone(),
        text: text.to_owned(),
    };
    // The first is left alone for a while; the second must not overtake it.
    test.restart_with_patience(Duration::from_millis(300)).await;
    test.mock
        .faults()
        .set(Rule::once(Fault::HangBefore).on("POST", "/Communication"));
    test.app.reply_to_message(reply("First")).await.unwrap();
    test.app.reply_to_message(reply("Second")).await.unwrap();
    assert_eq!(waiting(&test).await.len(), 2);
    test.clock.advance(TimeDelta::minutes(20));
    test.sync().await;
    assert!(waiting(&test).await.is_empty());
    let patient = patient(&test).await;
    let mut sent: Vec<(String, String)> = all(&test, &patient, "Communication")
        .into_iter()
        .filter(|one| one["inResponseTo"].to_string().contains("message-1"))
        .map(|one| {
            let at = one["meta"]["lastUpdated"].to_string();
            (at, one["payload"][0]["contentString"].to_string())
        })
        .collect();
    sent.sort();
    let words: Vec<&str> = sent.iter().map(|(_, words)| words.as_str()).collect();
    assert_eq!(words, ["\"First\"", "\"Second\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_order_is_in_nobodys_way() {
    let test = TestApp::signed_in("full").await;
    let first = order(&test).await;
    test.mock
        .faults()
        .set(Rule::once(status(422)).on("POST", "/Task"));
    let refused = pending(test.app.order_repeat(first.clone()).await.unwrap());
    assert!(matches!(refused.state, PendingStateView::Parked { .. }));
    let second = RepeatOrderRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        ..first
    };
    let outcome = test.app.order_repeat(second).await.unwrap();
    assert_eq!(outcome, RequestOutcomeView::Acknowledged);
}

/// Where the server does not say what became of a request, the patient is told so and can do
/// something about it: nothing waits for ever without a word.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_found_out_is_given_to_the_patient() {
    // What it answers when it is asked, and whether that is its last word.
    let cases = [
        (status(404), true),
        (status(410), true),
        (status(403), true),
        (Fault::BareStatus { status: 404 }, false),
        (Fault::HtmlPage { status: 403 }, false),
        (status(503), false),
        (status(429), false),
        (Fault::OutcomeWithSuccess, false),
    ];
    for (fault, is_last_word) in cases {
        let test = TestApp::signed_in("full").await;
        let id = upcoming(&test).await;
        let path = format!("/Appointment/{id}");
        let faults = test.mock.faults();
        faults.set(Rule::once(Fault::LostRequest).on("PUT", &path));
        faults.set(Rule::always(fault.clone()).on("GET", &path));
        let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
        assert_eq!(pending(outcome).state, PendingStateView::Unconfirmed);
        test.clock.advance(TimeDelta::minutes(3));
        test.sync().await;
        let request = waiting(&test).await.remove(0);
        let given_up = PendingStateView::Parked {
            because: ParkedView::NotFoundOut,
        };
        assert_eq!(request.state == given_up, is_last_word, "{fault:?}");
        // Once it has begun there is nothing to cancel any more.
        test.clock.advance(TimeDelta::days(400));
        test.sync().await;
        let request = waiting(&test).await.remove(0);
        assert_eq!(request.state, given_up, "{fault:?}");
        assert!(request.can_undo, "{fault:?}");
        let id = PendingRequestId { id: request.id };
        test.app.undo_request(id).await.unwrap();
        assert!(waiting(&test).await.is_empty());
    }
}

/// What was told to be impossible to find out, and shows later after all, is over: nobody needs to
/// telephone any more.
#[tokio::test(flavor = "multi_thread")]
async fn what_shows_later_needs_no_patient_any_more() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    let path = format!("/Appointment/{id}");
    let faults = test.mock.faults();
    faults.set(Rule::once(Fault::LostReply).on("PUT", &path));
    faults.set(Rule::always(status(404)).on("GET", &path));
    let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    assert_eq!(pending(outcome).state, PendingStateView::Unconfirmed);
    test.clock.advance(TimeDelta::minutes(3));
    test.sync().await;
    let given_up = PendingStateView::Parked {
        because: ParkedView::NotFoundOut,
    };
    assert_eq!(waiting(&test).await[0].state, given_up);
    faults.clear();
    test.mock.log().clear();
    test.sync().await;
    assert!(waiting(&test).await.is_empty());
    assert_eq!(test.mock.log().count("PUT", &path), 0, "never again");
}

/// What cannot be sent without a network or a sign-in asks for no check by the clock.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_no_moment_is_due() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    let path = format!("/Appointment/{id}");
    let faults = test.mock.faults();
    faults.set(Rule::once(Fault::LostReply).on("PUT", &path));
    test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    test.mock.stop().await;
    test.clock.advance(TimeDelta::minutes(3));
    let status = test.app.sync_status().await.unwrap();
    assert!(status.is_sending_due, "as far as anybody knows");
    let status = test.sync().await;
    assert!(!status.is_sending_due, "it was tried in vain");
    test.mock.restart().await.unwrap();
    test.sync().await;
    assert!(waiting(&test).await.is_empty());
}

/// An answer that is cut off without a link to the rest does not show that an order never arrived.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_not_sent_again_on_the_word_of_a_part() {
    let test = TestApp::signed_in("full").await;
    let order = order(&test).await;
    let faults = test.mock.faults();
    faults.set(Rule::always(Fault::NoConditionalCreate).on("POST", "/Task"));
    let name = "identifier".to_owned();
    faults.set(Rule::always(Fault::IgnoredParameter { name }).on("GET", "/Task"));
    faults.set(Rule::once(Fault::LostReply).on("POST", "/Task"));
    let outcome = test.app.order_repeat(order.clone()).await.unwrap();
    assert_eq!(pending(outcome).state, PendingStateView::Unconfirmed);
    faults.set(Rule::always(Fault::SmallPages { count: 1 }).on("GET", "/Task"));
    faults.set(Rule::always(Fault::NoNextLink).on("GET", "/Task"));
    let patient = patient(&test).await;
    let mut other = all(&test, &patient, "Task").remove(0);
    other["id"] = json!("0-another");
    other["identifier"] = json!([{"value": "another"}]);
    test.mock.store().put(&patient, other);
    test.clock.advance(TimeDelta::minutes(3));
    test.sync().await;
    assert_eq!(orders_held(&test, &order.request_id).await, 1);
    assert_eq!(test.mock.log().count("POST", "/Task"), 1);
}

/// The same request keeps its `X-Request-ID` over its attempts.
#[tokio::test(flavor = "multi_thread")]
async fn attempts_of_one_request_have_one_id() {
    let test = TestApp::signed_in("full").await;
    let order = order(&test).await;
    let lost = Rule::always(Fault::LostRequest)
        .times(2)
        .on("POST", "/Task");
    test.mock.faults().set(lost);
    test.app.order_repeat(order.clone()).await.unwrap();
    for _ in 0..3 {
        test.clock.advance(TimeDelta::minutes(20));
        test.sync().await;
    }
    assert!(waiting(&test).await.is_empty());
    let entries = test.mock.log().entries();
    let ids: Vec<_> = entries
        .iter()
        .filter(|entry| entry.method == "POST" && entry.path.ends_with("/Task"))
        .map(|entry| entry.request_id.clone())
        .collect();
    assert!(ids.len() >= 3 && ids[0].is_some(), "{ids:?}");
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

/// "Send again" takes nothing but the appointment itself for what the server holds now.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_the_appointment_is_not_sent_back() {
    let test = TestApp::signed_in("full").await;
    let id = upcoming(&test).await;
    let path = format!("/Appointment/{id}");
    let patient = patient(&test).await;
    let mut theirs = at_the_server(&test, &id).await;
    theirs["comment"] = json!("Bring your glasses");
    test.mock.store().put(&patient, theirs);
    let outcome = test.app.cancel_appointment(cancelling(&id)).await.unwrap();
    let request = pending(outcome);
    assert!(request.can_send_again, "{request:?}");
    let id = PendingRequestId { id: request.id };
    let wrong = Rule::once(Fault::OutcomeWithSuccess).on("GET", &path);
    test.mock.faults().set(wrong);
    let puts = test.mock.log().count("PUT", &path);
    assert!(test.app.send_request_again(id.clone()).await.is_err());
    assert_eq!(test.mock.log().count("PUT", &path), puts);
    test.sync().await;
    let outcome = test.app.send_request_again(id).await.unwrap();
    assert_eq!(outcome, RequestOutcomeView::Acknowledged);
}
