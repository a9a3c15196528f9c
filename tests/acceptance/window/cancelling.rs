//! Cancelling an appointment in the window: asked, not sent yet, undone, sent, refused.

use chrono::{DateTime, TimeDelta, Utc};
use hale_mock_backend::{Fault, Rule};
use hale_support::{Probe, status};
use serde_json::Value;

use super::looks::{arrived, looked_at};
use super::visit::Visit;

async fn to_the_first(visit: &Visit) {
    visit.go("appointments", "Appointments").await;
    visit.window.click("#upcoming-0").await;
    visit.window.gone("#upcoming").await;
    visit.window.there("#what-to-do").await;
}

async fn focused(visit: &Visit) -> String {
    let script = "const it = document.activeElement; return it.id || it.className || it.tagName;";
    let focused = visit.window.script(script).await;
    focused.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_waits_is_undone_and_is_sent() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    to_the_first(&visit).await;
    window.click("#cancel-appointment").await;
    window.there("#cancel-reason").await;
    assert_eq!(focused(&visit).await, "hale-question");
    looked_at(window, "cancel-asked").await;
    window.click("#keep-appointment").await;
    window.gone("#cancel-reason").await;
    window
        .script("return new Promise((done) => requestAnimationFrame(() => done(1)));")
        .await;
    assert_eq!(focused(&visit).await, "cancel-appointment");

    // The practice is too busy to take it: it waits, and can be undone.
    let busy = Rule::always(status(429)).on_path("/fhir");
    visit.mock.faults().replace(vec![busy]);
    window.click("#cancel-appointment").await;
    window.fill("#cancel-reason", "I am better").await;
    window.click("#confirm-cancellation").await;
    window.there("[id^=undo-cancellation]").await;
    assert!(focused(&visit).await.contains("hale-page__heading"));
    looked_at(window, "cancel-waits").await;
    window.click(".hale-nav__list a[href='/']").await;
    window.there("#jobs, .hale-jobs, main").await;
    looked_at(window, "home-cancel-waits").await;
    to_the_first(&visit).await;
    window.click("[id^=undo-cancellation]").await;
    window.gone("[id^=undo-cancellation]").await;
    window.there("#cancel-appointment").await;

    // It can be reached again: it is cancelled only once the practice says so.
    visit.mock.faults().clear();
    window.click("#cancel-appointment").await;
    window.click("#confirm-cancellation").await;
    window.text("This appointment is cancelled").await;
    looked_at(window, "cancel-done").await;
    assert!(!window.has("#cancel-appointment").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_is_refused_says_why_and_leaves_the_appointment() {
    let rules = vec![Rule::always(Fault::CancellationOff)];
    let visit = Visit::with_rules("full", rules).await;
    let window = &visit.window;
    visit.checked().await;
    to_the_first(&visit).await;
    window.click("#cancel-appointment").await;
    window.click("#confirm-cancellation").await;
    window
        .text("Your practice did not accept the cancellation")
        .await;
    looked_at(window, "cancel-refused").await;
    arrived_is_still_booked(&visit).await;
}

async fn arrived_is_still_booked(visit: &Visit) {
    visit.go("appointments", "Appointments").await;
    arrived(&visit.window, "Appointments").await;
    visit.window.there("#upcoming-0").await;
    visit.window.text("Not cancelled: see why").await;
}

/// The practice stops sharing the appointments: what the patient asked for stays in sight.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_stays_in_sight_when_appointments_may_not_be_seen_any_more() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    to_the_first(&visit).await;
    let busy = Rule::always(status(429)).on_path("/fhir/Appointment");
    visit.mock.faults().replace(vec![busy]);
    window.click("#cancel-appointment").await;
    window.click("#confirm-cancellation").await;
    window.there("[id^=undo-cancellation]").await;
    let narrowed = Fault::ScopesWithout {
        resource: "Appointment".to_owned(),
    };
    visit.mock.faults().replace(vec![Rule::always(narrowed)]);
    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/updates']").await;
    arrived(window, "Updates").await;
    window.click("#check-now").await;
    visit.checked().await;
    visit.go("appointments", "Appointments").await;
    window.there("#appointments-not-allowed").await;
    window.there(".hale-unlisted").await;
    window.text("You asked to cancel it before").await;
    looked_at(window, "cancel-unlisted").await;
}

/// A check that changes the page while the patient types takes nothing of it away.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_stays_when_a_check_changes_the_page() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    to_the_first(&visit).await;
    window.click("#cancel-appointment").await;
    window.fill("#cancel-reason", "I am better").await;
    let patient = Probe::sign_in(&visit.mock, "full")
        .await
        .patient()
        .to_owned();
    let store = visit.mock.store();
    let change = |name: &str, to: &dyn Fn(&Value) -> Value| {
        for mut one in store.resources(&patient, "Appointment") {
            one[name] = to(&one[name]);
            store.put(&patient, one);
        }
    };
    change("patientInstruction", &|_| {
        "Please bring your tablets".into()
    });
    let front =
        "document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); return 1;";
    window.script(front).await;
    window.text("Please bring your tablets").await;
    let typed = "return document.querySelector('#cancel-reason').value;";
    assert_eq!(window.script(typed).await.as_str(), Some("I am better"));

    // Nobody cancels another time than the one that they looked at.
    change("start", &|start| {
        let start: DateTime<Utc> = start.as_str().unwrap().parse().unwrap();
        (start + TimeDelta::hours(1)).to_rfc3339().into()
    });
    window.script(front).await;
    window.there("#cancellation-moved").await;
    looked_at(window, "cancel-moved").await;
    window.click("#cancel-appointment").await;
    window.gone("#cancellation-moved").await;
    assert_eq!(window.script(typed).await.as_str(), Some("I am better"));
}
