//! Repeat prescriptions, from what can be ordered to the pharmacy's counter, over real HTTP: the
//! practice and the pharmacy are the mock's, whose clock is moved with the device's.

use chrono::TimeDelta;
use hale_contracts::outbox::{
    ParkedView, PendingRequestId, PendingStateView, RepeatOrderRequest, RequestOutcomeView,
};
use hale_contracts::reasons::WhyNot;
use hale_contracts::repeats::{
    EligibilityView, FindPharmaciesRequest, OrderRepeatsRequest, PharmacyStatus,
    RepeatMedicineView, RepeatRequestRequest, RepeatRequestView, RepeatStepKind, RepeatsView,
    RequestStatus,
};
use hale_mock_backend::{Fault, PracticeSays, Rule};
use hale_support::{TestApp, status};
use serde_json::{Value, json};

async fn patient(test: &TestApp) -> String {
    test.probe().await.patient().to_owned()
}

async fn repeats(test: &TestApp) -> RepeatsView {
    test.app.repeats().await.unwrap()
}

/// Moves the clocks of the device and the service.
fn pass(test: &TestApp, time: TimeDelta) {
    test.clock.advance(time);
    test.mock.clock().advance(time);
}

fn orderable(shown: &RepeatsView) -> Vec<&RepeatMedicineView> {
    let all = shown.medicines.iter();
    all.filter(|one| one.eligibility == EligibilityView::Orderable)
        .collect()
}

fn order_of(medicine: &RepeatMedicineView) -> RepeatOrderRequest {
    RepeatOrderRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        plan_id: medicine.plan_id.clone(),
        note: Some("I go away on Friday".to_owned()),
        pharmacy: None,
    }
}

/// Orders the first medicine that can be ordered, and gives the request as it is shown.
async fn ordered(test: &TestApp) -> RepeatRequestView {
    let shown = repeats(test).await;
    let order = order_of(orderable(&shown)[0]);
    let outcome = test.app.order_repeat(order).await.unwrap();
    assert_eq!(outcome, RequestOutcomeView::Acknowledged);
    repeats(test).await.requests.remove(0)
}

async fn one(test: &TestApp, id: &str) -> RepeatRequestView {
    let request = RepeatRequestRequest { id: id.to_owned() };
    test.app.repeat_request(request).await.unwrap()
}

fn at_the_pharmacy(request: &RepeatRequestView) -> Option<PharmacyStatus> {
    request.at_pharmacy().map(|(status, _)| status)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_followed_from_the_practice_to_the_counter() {
    let test = TestApp::signed_in("full").await;
    let shown = repeats(&test).await;
    assert!(shown.is_known && shown.not_possible.is_none());
    assert!(shown.pharmacy.is_some_and(|one| one.name.is_some()));
    let medicine = shown.medicines[0].clone();
    assert_eq!(medicine.eligibility, EligibilityView::Orderable);
    assert!(medicine.dose.is_some() && medicine.last_issued.is_some());

    let request = ordered(&test).await;
    assert_eq!(request.medicine.as_ref(), Some(&medicine.name));
    assert_eq!(request.status, Some(RequestStatus::Requested));
    assert_eq!(request.note.as_deref(), Some("I go away on Friday"));
    assert!(request.can_cancel && request.pending.is_none());
    let shown = repeats(&test).await;
    assert_eq!(shown.medicines[0].eligibility, EligibilityView::Requested);

    // (hours that pass, how it stands at the practice, at the pharmacy)
    let steps = [
        (2, RequestStatus::Accepted, None),
        (3, RequestStatus::InProgress, None),
        (
            20,
            RequestStatus::Completed,
            Some(PharmacyStatus::WithPharmacy),
        ),
        (
            24,
            RequestStatus::Completed,
            Some(PharmacyStatus::ReadyToCollect),
        ),
        (
            48,
            RequestStatus::Completed,
            Some(PharmacyStatus::Collected),
        ),
    ];
    for (hours, at_the_practice, counter) in steps {
        pass(&test, TimeDelta::hours(hours));
        test.sync().await;
        let now = one(&test, &request.id).await;
        assert_eq!(now.status, Some(at_the_practice), "{hours}");
        assert_eq!(at_the_pharmacy(&now), counter, "{hours}");
        assert!(!now.can_cancel, "{hours}");
    }
    let over = one(&test, &request.id).await;
    assert!(over.prescription_id.is_some() && over.pharmacy.is_some());
    let kinds: Vec<&RepeatStepKind> = over.steps.iter().map(|step| &step.kind).collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    assert!(over.steps.iter().all(|step| step.at.is_some()));
    let shown = repeats(&test).await;
    let again = &shown.medicines[0].eligibility;
    assert!(
        matches!(again, EligibilityView::TooSoon { .. }),
        "{again:?}"
    );
    assert!(again.can_ask(), "the practice decides");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_practice_says_is_shown_as_it_was_said() {
    let reason = || "You are due a blood test. Book one with the nurse.".to_owned();
    let cases = [
        (PracticeSays::Accepted, RequestStatus::Accepted, None),
        (PracticeSays::InProgress, RequestStatus::InProgress, None),
        (PracticeSays::OnHold, RequestStatus::OnHold, None),
        (PracticeSays::Completed, RequestStatus::Completed, None),
        (
            PracticeSays::Rejected { reason: reason() },
            RequestStatus::Rejected,
            Some(reason()),
        ),
        (
            PracticeSays::Failed { reason: reason() },
            RequestStatus::Failed,
            Some(reason()),
        ),
    ];
    for (says, expected, words) in cases {
        let test = TestApp::signed_in("full").await;
        let request = ordered(&test).await;
        let patient = patient(&test).await;
        let told = format!("{says:?}");
        test.mock.repeats().say(&patient, &request.id, says);
        test.sync().await;
        let now = one(&test, &request.id).await;
        assert_eq!(now.status, Some(expected), "{told}");
        assert_eq!(now.reason, words, "{told}");
        let shown = repeats(&test).await;
        let is_requested = shown.medicines[0].eligibility == EligibilityView::Requested;
        assert_eq!(is_requested, expected.is_open(), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_goes_backwards_takes_the_earlier_one_back() {
    let test = TestApp::signed_in("full").await;
    let request = ordered(&test).await;
    let patient = patient(&test).await;
    let actors = test.mock.repeats();
    actors.say(&patient, &request.id, PracticeSays::Completed);
    let statuses = [
        ("With Pharmacy", PharmacyStatus::WithPharmacy),
        ("Ready to Collect", PharmacyStatus::ReadyToCollect),
        ("With Pharmacy", PharmacyStatus::WithPharmacy),
        (
            "Tracking Temporarily Unavailable",
            PharmacyStatus::TrackingUnavailable,
        ),
        (
            "With Pharmacy but Tracking not Supported",
            PharmacyStatus::WithPharmacyTrackingNotSupported,
        ),
        ("Abducted", PharmacyStatus::Unknown),
        ("Collected", PharmacyStatus::Collected),
    ];
    for (said, expected) in statuses {
        pass(&test, TimeDelta::hours(1));
        actors.pharmacy(&patient, &request.id, said);
        test.sync().await;
        let now = one(&test, &request.id).await;
        assert_eq!(at_the_pharmacy(&now), Some(expected), "{said}");
        let words = now.at_pharmacy().and_then(|(_, words)| words);
        let is_unknown = expected == PharmacyStatus::Unknown;
        assert_eq!(words, is_unknown.then_some(said), "its own words");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_says_why_and_hale_stands_in_nobodys_way() {
    let test = TestApp::signed_in("full").await;
    let patient = patient(&test).await;
    let today = test.mock.clock().today();
    let day = |days: i64| (today + TimeDelta::days(days)).to_string();
    let information = |issued: u32, expires: String| {
        json!([{"url":
            "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation",
            "extension": [{"url": "numberOfPrescriptionsIssued", "valueUnsignedInt": issued},
                {"url": "authorisationExpiryDate", "valueDateTime": expires}]}])
    };
    let course = |code: &str| json!({"coding": [{"code": code}]});
    let cases = [
        ("fine", "continuous", 1, day(90), day(-1), "orderable"),
        ("soon", "continuous", 1, day(90), day(9), "too_soon"),
        (
            "review",
            "continuous",
            1,
            day(-1),
            day(-9),
            "review_overdue",
        ),
        ("used up", "continuous", 6, day(90), day(-9), "none_left"),
        ("acute", "acute", 1, day(90), day(-9), "acute"),
        (
            "dispensing",
            "continuous-repeat-dispensing",
            1,
            day(90),
            day(-9),
            "repeat_dispensing",
        ),
        ("strange", "now-and-then", 1, day(90), day(-9), "unknown"),
    ];
    for (at, (name, kind, issued, expires, next, _)) in cases.iter().enumerate() {
        let plan = json!({
            "resourceType": "MedicationRequest", "id": format!("case-{at}"),
            "status": "active", "intent": "plan",
            "subject": {"reference": format!("Patient/{patient}")},
            "medicationCodeableConcept": {"text": name},
            "courseOfTherapyType": course(kind),
            "extension": information(*issued, expires.clone()),
            "dispenseRequest": {"numberOfRepeatsAllowed": 6,
                "validityPeriod": {"start": next}}});
        test.mock.store().put(&patient, plan);
    }
    test.sync().await;
    let shown = repeats(&test).await;
    for (at, (name, .., expected)) in cases.iter().enumerate() {
        let id = format!("case-{at}");
        let medicine = shown.medicines.iter().find(|one| one.plan_id == id);
        let medicine = medicine.expect("every medicine is shown");
        let kind = serde_json::to_value(&medicine.eligibility).unwrap();
        assert_eq!(kind["kind"], *expected, "{name}");
        let outcome = test.app.order_repeat(order_of(medicine)).await.unwrap();
        let is_done = outcome == RequestOutcomeView::Acknowledged;
        assert_eq!(
            is_done,
            medicine.eligibility.can_ask(),
            "{name}: {outcome:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_orders_at_once_have_their_own_outcomes() {
    let test = TestApp::signed_in("full").await;
    let shown = repeats(&test).await;
    let medicines = orderable(&shown);
    let patient = patient(&test).await;
    // The patient asked for the second on another device meanwhile, and the third was stopped.
    let second = format!("MedicationRequest/{}", medicines[1].plan_id);
    let other = json!({
        "resourceType": "Task", "id": "on-the-phone", "status": "accepted", "intent": "order",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "103742009"}]},
        "focus": {"reference": second}, "for": {"reference": format!("Patient/{patient}")},
        "authoredOn": "2026-11-20T09:00:00Z"});
    test.mock.store().put(&patient, other);
    test.mock
        .store()
        .delete(&patient, "MedicationRequest", &medicines[2].plan_id);
    let orders: Vec<_> = medicines.iter().take(3).map(|one| order_of(one)).collect();
    let request = OrderRepeatsRequest { orders };
    let outcome = test.app.order_repeats(request.clone()).await.unwrap();
    assert_eq!(outcome.orders[0].outcome, RequestOutcomeView::Acknowledged);
    let parked = |at: usize| match &outcome.orders[at].outcome {
        RequestOutcomeView::Pending { request } => match &request.state {
            PendingStateView::Parked { because } => because.clone(),
            state => panic!("{state:?}"),
        },
        RequestOutcomeView::Acknowledged => panic!("it is not done"),
    };
    assert_eq!(parked(1), ParkedView::AlreadyAsked);
    assert!(matches!(parked(2), ParkedView::Refused { .. }));
    // The other request is shown at once, with its own date and state.
    let existing = one(&test, "on-the-phone").await;
    assert_eq!(existing.status, Some(RequestStatus::Accepted));
    let asked = existing.asked.expect("its own date").utc.to_rfc3339();
    assert!(asked.starts_with("2026-11-20"), "{asked}");
    // Sent twice, by a second press or after a restart, they are the same orders.
    let again = test.app.order_repeats(request).await.unwrap();
    assert_eq!(again, outcome);
    assert_eq!(test.mock.log().count("POST", "/Task"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_an_order_waits_and_can_be_taken_back() {
    let mut test = TestApp::signed_in("full").await;
    let shown = repeats(&test).await;
    let orders: Vec<_> = orderable(&shown)
        .iter()
        .take(2)
        .map(|one| order_of(one))
        .collect();
    test.mock.stop().await;
    let request = OrderRepeatsRequest { orders };
    let outcome = test.app.order_repeats(request).await.unwrap();
    for order in &outcome.orders {
        let RequestOutcomeView::Pending { request } = &order.outcome else {
            panic!("nobody acknowledged it");
        };
        assert_eq!(request.state, PendingStateView::NotSentYet);
        assert!(request.can_undo);
    }
    test.restart().await;
    let shown = repeats(&test).await;
    let waiting: Vec<&RepeatRequestView> = shown.requests.iter().take(2).collect();
    for one in &waiting {
        assert_eq!(one.status, None, "never asked for until it is acknowledged");
        assert!(one.pending.is_some() && one.medicine.is_some());
    }
    let undone = waiting[0].id.clone();
    let name = PendingRequestId { id: undone.clone() };
    test.app.undo_request(name).await.unwrap();
    test.mock.restart().await.unwrap();
    test.sync().await;
    let shown = repeats(&test).await;
    assert!(shown.requests.iter().all(|one| one.pending.is_none()));
    assert!(shown.requests.iter().all(|one| one.id != undone));
    assert_eq!(test.mock.log().count("POST", "/Task"), 1);
    let is_requested = |one: &&RepeatMedicineView| one.eligibility == EligibilityView::Requested;
    assert_eq!(shown.medicines.iter().filter(is_requested).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_taken_back_while_the_practice_has_not_taken_it_up() {
    for is_too_late in [false, true] {
        let test = TestApp::signed_in("full").await;
        let request = ordered(&test).await;
        let patient = patient(&test).await;
        if is_too_late {
            let says = PracticeSays::Accepted;
            test.mock.repeats().say(&patient, &request.id, says);
        }
        let name = RepeatRequestRequest {
            id: request.id.clone(),
        };
        let outcome = test.app.cancel_repeat_request(name.clone()).await.unwrap();
        let now = one(&test, &request.id).await;
        if is_too_late {
            assert_eq!(now.status, Some(RequestStatus::Accepted), "as it is there");
            let pending = now.pending.expect("the patient is told");
            let because = ParkedView::Changed;
            let too_late = ParkedView::TooLate;
            assert!(
                [because, too_late]
                    .into_iter()
                    .any(|because| pending.state == PendingStateView::Parked { because }),
                "{pending:?}"
            );
        } else {
            assert_eq!(outcome, RequestOutcomeView::Acknowledged);
            assert_eq!(now.status, Some(RequestStatus::Cancelled));
            let again = test.app.cancel_repeat_request(name).await;
            assert!(again.is_err(), "it is over");
            let shown = repeats(&test).await;
            assert_eq!(shown.medicines[0].eligibility, EligibilityView::Orderable);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waits_five_working_days_says_so() {
    let test = TestApp::signed_in("full").await;
    test.mock.repeats().hold();
    let request = ordered(&test).await;
    assert!(!request.is_late);
    pass(&test, TimeDelta::days(3));
    assert!(!one(&test, &request.id).await.is_late);
    pass(&test, TimeDelta::days(12));
    assert!(one(&test, &request.id).await.is_late);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_ordering_is_off_or_only_seeing_is_allowed_the_reason_is_given() {
    let test = TestApp::signed_in("parent").await;
    let shown = repeats(&test).await;
    assert_eq!(shown.not_possible, Some(WhyNot::PracticeSwitchedOff));

    let test = TestApp::signed_in("full").await;
    let patient = patient(&test).await;
    let mut person = test.mock.store().resources(&patient, "Patient").remove(0);
    let text = person.to_string().replace(
        r#""url":"prescriptions","valueCode":"manage""#,
        r#""url":"prescriptions","valueCode":"view""#,
    );
    let changed: Value = serde_json::from_str(&text).unwrap();
    assert_ne!(changed, person);
    person = changed;
    test.mock.store().put(&patient, person);
    test.sync().await;
    let shown = repeats(&test).await;
    assert_eq!(shown.not_possible, Some(WhyNot::OnlyToView));
    assert!(!shown.medicines.is_empty(), "what there is stays readable");
}

/// A refusal that the practice's own rules did not foretell is told with its words.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_and_the_medicine_can_be_asked_for_again() {
    let test = TestApp::signed_in("full").await;
    let shown = repeats(&test).await;
    let order = order_of(orderable(&shown)[0]);
    test.mock
        .faults()
        .set(Rule::once(status(403)).on("POST", "/Task"));
    let outcome = test.app.order_repeat(order.clone()).await.unwrap();
    assert!(matches!(outcome, RequestOutcomeView::Pending { .. }));
    let shown = repeats(&test).await;
    let medicine = shown
        .medicines
        .iter()
        .find(|one| one.plan_id == order.plan_id);
    let eligibility = &medicine.expect("it is there").eligibility;
    assert_eq!(*eligibility, EligibilityView::Orderable);
    let refused = shown.requests.iter().find(|one| one.id == order.request_id);
    assert!(refused.is_some_and(|one| one.pending.is_some()));
}

/// Medicines that could not be read are not none.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_is_only_said_where_it_was_answered() {
    let test = TestApp::signed_in("empty").await;
    let shown = repeats(&test).await;
    assert!(shown.medicines.is_empty() && shown.is_known);

    let test = TestApp::start("empty").await;
    let refused = Rule::always(status(503)).on("GET", "/MedicationRequest");
    test.mock.faults().set(refused);
    test.sign_in().await.unwrap();
    test.sync().await;
    let shown = repeats(&test).await;
    assert!(shown.medicines.is_empty() && !shown.is_known);
    assert!(shown.error.is_some());
}

/// A lost answer to an order is found out before anything is sent again; meanwhile it counts neither
/// as asked for nor as not sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_an_order_makes_neither_none_nor_two() {
    let test = TestApp::signed_in("full").await;
    let shown = repeats(&test).await;
    let order = order_of(orderable(&shown)[0]);
    let faults = test.mock.faults();
    faults.set(Rule::always(Fault::NoConditionalCreate).on("POST", "/Task"));
    faults.set(Rule::once(Fault::LostReply).on("POST", "/Task"));
    test.app.order_repeat(order.clone()).await.unwrap();
    let unsure = one(&test, &order.request_id).await;
    assert_eq!(unsure.status, None);
    let pending = unsure.pending.expect("it waits");
    assert_eq!(pending.state, PendingStateView::Unconfirmed);
    test.clock.advance(TimeDelta::minutes(20));
    test.sync().await;
    let shown = repeats(&test).await;
    let of_plan = shown.requests.iter().filter(|one| one.asked.is_some());
    assert_eq!(of_plan.count(), 1);
    assert_eq!(shown.requests[0].status, Some(RequestStatus::Requested));
}

/// Two devices of one patient ask for the same at once: it is one order, and both show it.
#[tokio::test(flavor = "multi_thread")]
async fn two_devices_at_once_make_one_order() {
    let test = TestApp::signed_in("full").await;
    let other = test.another_device().await;
    let shown = repeats(&test).await;
    let medicine = orderable(&shown)[0].clone();
    let (one, two) = tokio::join!(
        test.app.order_repeat(order_of(&medicine)),
        other.app.order_repeat(order_of(&medicine))
    );
    let outcomes = [one.unwrap(), two.unwrap()];
    let done = |one: &&RequestOutcomeView| **one == RequestOutcomeView::Acknowledged;
    assert_eq!(outcomes.iter().filter(done).count(), 1, "{outcomes:?}");
    let patient = patient(&test).await;
    let held = test.mock.store().resources(&patient, "Task");
    assert_eq!(held.len(), 1);
    for app in [&test.app, &other.app] {
        let shown = app.repeats().await.unwrap();
        let with_practice = shown.requests.iter().filter(|one| one.status.is_some());
        assert_eq!(with_practice.count(), 1);
    }
}

/// The first screen tells of what needs the patient, and of nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_tells_of_what_needs_the_patient() {
    let test = TestApp::signed_in("full").await;
    let told = async || test.app.home().await.unwrap().repeats.len();
    assert_eq!(told().await, 0);
    let request = ordered(&test).await;
    assert_eq!(told().await, 0, "there is nothing to do");
    let patient = patient(&test).await;
    let actors = test.mock.repeats();
    actors.say(&patient, &request.id, PracticeSays::Completed);
    for (status, expected) in [
        ("With Pharmacy", 0),
        ("Ready to Collect", 1),
        // It went back: nobody must go there.
        ("With Pharmacy", 0),
        ("Not Dispensed", 1),
    ] {
        pass(&test, TimeDelta::hours(1));
        actors.pharmacy(&patient, &request.id, status);
        test.sync().await;
        assert_eq!(told().await, expected, "{status}");
    }
    pass(&test, TimeDelta::days(15));
    assert_eq!(told().await, 0, "old news");
    test.mock.stop().await;
    let shown = repeats(&test).await;
    let order = order_of(orderable(&shown)[0]);
    test.app.order_repeat(order).await.unwrap();
    assert_eq!(told().await, 1, "it is not sent yet");
}

/// One order may go to another pharmacy: found by its name or its postcode, named in the order, and
/// shown once the prescription is there. The nominated one stays.
#[tokio::test(flavor = "multi_thread")]
async fn one_order_can_go_to_another_pharmacy() {
    let test = TestApp::signed_in("full").await;
    let find = async |text: &str| {
        let text = text.to_owned();
        test.app
            .find_pharmacies(FindPharmaciesRequest { text })
            .await
    };
    let usual = repeats(&test).await.pharmacy.unwrap();
    let by_postcode = find("bs1").await.unwrap().pharmacies;
    let other = by_postcode.first().expect("there is one").clone();
    assert_ne!(Some(&other.code), usual.code.as_ref());
    let by_name = find(&other.name[..6]).await.unwrap().pharmacies;
    assert!(by_name.contains(&other));
    assert!(find("zz99").await.unwrap().pharmacies.is_empty());
    assert!(find("q").await.is_err(), "too short");

    let shown = repeats(&test).await;
    let order = |code: &str| RepeatOrderRequest {
        pharmacy: Some(code.to_owned()),
        ..order_of(orderable(&shown)[0])
    };
    assert!(test.app.order_repeat(order("a|b")).await.is_err());
    let outcome = test.app.order_repeat(order(&other.code)).await.unwrap();
    assert_eq!(outcome, RequestOutcomeView::Acknowledged);
    let request = repeats(&test).await.requests.remove(0);
    let named = request.pharmacy.and_then(|pharmacy| pharmacy.code);
    assert_eq!(named, Some(other.code.clone()));
    pass(&test, TimeDelta::hours(30));
    test.sync().await;
    let there = one(&test, &request.id).await.pharmacy.unwrap();
    assert_eq!(there.name, Some(other.name));
    assert_eq!(repeats(&test).await.pharmacy, Some(usual));

    test.mock.stop().await;
    assert!(find("quay").await.is_err(), "only a service knows them");
}
