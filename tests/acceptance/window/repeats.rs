//! Repeat prescriptions in the window: chosen, checked, sent, followed to the counter, taken back, and
//! everything that can stand in the way.

use chrono::TimeDelta;
use hale_mock_backend::{Fault, PracticeSays, Rule};
use hale_support::{Probe, status};
use serde_json::json;

use super::keyboard::SPACE;
use super::looks::{arrived, looked_at};
use super::visit::Visit;

/// Goes to the page by the way that patients take.
async fn to_repeats(visit: &Visit) {
    let window = &visit.window;
    window.click(".hale-nav__list a[href='/']").await;
    window.text("What would you like to do?").await;
    window.click("main a[href='/repeats']").await;
    arrived(window, "Repeat prescriptions").await;
}

async fn check_now(visit: &Visit) {
    visit.check_again(Vec::new()).await;
    to_repeats(visit).await;
}

/// Chooses the first medicine and goes to the check page.
async fn to_the_check(visit: &Visit) {
    to_repeats(visit).await;
    visit.window.click("#repeat").await;
    visit.window.click("#continue-order").await;
    arrived(&visit.window, "Check your order").await;
}

async fn patient(visit: &Visit) -> String {
    let probe = Probe::sign_in(&visit.mock, "full").await;
    probe.patient().to_owned()
}

/// The request that the practice has not begun with.
async fn task(visit: &Visit, patient: &str) -> String {
    let tasks = visit.mock.store().resources(patient, "Task");
    let open = tasks.iter().find(|task| task["status"] == "requested");
    let open = open.expect("there is a request");
    open["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_medicines_are_ordered_by_the_keyboard_alone_and_followed_to_the_counter() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    window.resize(390, 844).await;
    window.take_keyboard().await;
    window
        .script(
            "const still = new CSSStyleSheet(); still.replaceSync('* { transition: none !important }'); \
             document.adoptedStyleSheets = [still]; return true;",
        )
        .await;
    window.press_at("main a[href='/repeats']").await;
    arrived(window, "Repeat prescriptions").await;
    window.there("#repeat").await;
    // Nothing is chosen: the page says so and leads to the first choice.
    window.press_at("#continue-order").await;
    window.text("Choose at least one medicine").await;
    window.tab_to("#repeat").await;
    window.press(SPACE).await;
    window.tab_to("#repeat-2").await;
    window.press(SPACE).await;
    window.press_at("#continue-order").await;
    arrived(window, "Check your order").await;
    window.tab_to("#order-note").await;
    window.press("I go away on Friday").await;
    window.press_at("#send-order").await;
    arrived(window, "Your practice has your order").await;
    window.picture("repeats-keyboard-done").await;
    window.press_at("#see-repeats").await;
    arrived(window, "Repeat prescriptions").await;
    window.there("#request-1").await;
    looked_at(window, "repeats-requested").await;

    // The practice and the pharmacy do their part.
    window.resize(1280, 900).await;
    visit.mock.clock().advance(TimeDelta::hours(49));
    check_now(&visit).await;
    window.text("Ready to collect").await;
    looked_at(window, "repeats-ready").await;
    window.click("#request-0").await;
    window.text("It is ready at the pharmacy").await;
    window.there("#barcode").await;
    window.text("I go away on Friday").await;
    looked_at(window, "request-ready").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_checked_waits_and_is_taken_back() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    to_repeats(&visit).await;
    looked_at(window, "repeats").await;
    to_the_check(&visit).await;
    window.fill("#order-note", &"a".repeat(201)).await;
    window
        .text("The note must be 200 characters or fewer")
        .await;
    window.replace("#order-note", "I go away on Friday").await;
    looked_at(window, "repeats-check").await;
    window.click("a[href='/repeats/pharmacy']").await;
    arrived(window, "Choose a pharmacy for this order").await;
    window.click("#find-pharmacies").await;
    window.text("Type at least 2 letters").await;
    window.fill("#pharmacy-text", "BS1").await;
    window.click("#find-pharmacies").await;
    window.there("#pharmacy-0").await;
    looked_at(window, "repeats-pharmacy").await;
    window.click("#pharmacy-0").await;
    arrived(window, "Check your order").await;
    window.text("Only this order goes to").await;
    visit.mock.stop().await;
    window.click("#send-order").await;
    arrived(window, "Your order has not arrived yet").await;
    window.text("Not sent yet").await;
    looked_at(window, "repeats-not-sent").await;
    // The way back does not lead to the form again.
    window.script("history.back(); return 1;").await;
    arrived(window, "Repeat prescriptions").await;
    window.there("#request-0").await;
    looked_at(window, "repeats-offline").await;
    window.click("#request-0").await;
    window.there("#undo-request").await;
    looked_at(window, "request-not-sent").await;
    window.click("#undo-request").await;
    arrived(window, "Repeat prescriptions").await;
    window.gone("#request-0").await;
    visit.mock.restart().await.unwrap();
    let patient = patient(&visit).await;
    assert!(visit.mock.store().resources(&patient, "Task").is_empty());
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_taken_back_or_refused_with_the_practices_words() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.mock.repeats().hold();
    to_the_check(&visit).await;
    window.click("#send-order").await;
    arrived(window, "Your practice has your order").await;
    window.click("#see-repeats").await;
    window.click("#request-0").await;
    window.click("#take-back").await;
    looked_at(window, "request-taking-back").await;
    window.click("#confirm-take-back").await;
    window.text("This request was taken back").await;
    looked_at(window, "request-taken-back").await;

    to_the_check(&visit).await;
    window.click("#send-order").await;
    arrived(window, "Your practice has your order").await;
    let patient = patient(&visit).await;
    let task = task(&visit, &patient).await;
    let reason = "You are due a blood test. Book one with the nurse.".to_owned();
    let says = PracticeSays::Rejected { reason };
    assert!(visit.mock.repeats().say(&patient, &task, says));
    check_now(&visit).await;
    window.text("Not prescribed").await;
    window.click("#request-0").await;
    window.text("You are due a blood test").await;
    looked_at(window, "request-rejected").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_medicine_has_its_own_outcome_and_its_own_reason() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    let patient = patient(&visit).await;
    let store = visit.mock.store();
    let plan = |id: &str, name: &str, course: &str, next: &str| {
        json!({"resourceType": "MedicationRequest", "id": id, "status": "active",
            "intent": "plan", "subject": {"reference": format!("Patient/{patient}")},
            "medicationCodeableConcept": {"text": name},
            "courseOfTherapyType": {"coding": [{"code": course}]},
            "dispenseRequest": {"validityPeriod": {"start": next}}})
    };
    let past = "2020-01-01";
    for one in [
        plan(
            "soon",
            "Example 1mg tablets, too soon",
            "continuous",
            "2099-01-01",
        ),
        plan("acute", "Example 2mg tablets, once", "acute", past),
        plan(
            "dispensing",
            "Example 3mg tablets, at the pharmacy",
            "continuous-repeat-dispensing",
            past,
        ),
    ] {
        store.put(&patient, one);
    }
    check_now(&visit).await;
    window.text("You can still ask now").await;
    window.text("This was prescribed once").await;
    window
        .text("Your pharmacy gives you this without an order")
        .await;
    looked_at(window, "repeats-reasons").await;
    let refused = Rule::once(status(403)).on("POST", "/Task");
    visit.mock.faults().set(refused);
    window.click("#repeat").await;
    window.click("#repeat-2").await;
    window.click("#continue-order").await;
    arrived(window, "Check your order").await;
    window.click("#send-order").await;
    arrived(window, "What became of your order").await;
    window
        .text("Your practice did not accept this order here")
        .await;
    window.text("Your practice has it.").await;
    looked_at(window, "repeats-mixed").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_said_and_the_urgent_way_is_open() {
    let visit = Visit::signed_in("parent").await;
    let window = &visit.window;
    visit.checked().await;
    to_repeats(&visit).await;
    window.there("#order-not-possible").await;
    window.there("#not-orderable").await;
    looked_at(window, "repeats-switched-off").await;
    window.click("a[href='/repeats/urgent']").await;
    arrived(window, "Running out of a medicine").await;
    looked_at(window, "repeats-urgent").await;
    visit.end().await;

    let visit = Visit::signed_in("empty").await;
    visit.checked().await;
    to_repeats(&visit).await;
    visit
        .window
        .text("Your practice has no repeat medicines")
        .await;
    looked_at(&visit.window, "repeats-empty").await;
    visit.end().await;

    let hangs = Rule::always(Fault::Slow { millis: 600_000 }).on_path("/fhir");
    let visit = Visit::with_rules("full", vec![hangs]).await;
    to_repeats(&visit).await;
    visit
        .window
        .text("Hale has not been able to load your repeat medicines")
        .await;
    looked_at(&visit.window, "repeats-loading").await;
    visit.end().await;

    let fails = Rule::always(status(503)).on_path("/fhir");
    let visit = Visit::with_rules("full", vec![fails]).await;
    visit.checked().await;
    to_repeats(&visit).await;
    visit.window.text("This may not be all").await;
    looked_at(&visit.window, "repeats-error").await;
    visit.end().await;

    let visit = Visit::signed_in("p5").await;
    visit.checked().await;
    to_repeats(&visit).await;
    visit.window.there("#repeats-not-allowed").await;
    looked_at(&visit.window, "repeats-not-allowed").await;
    visit.end().await;
}
