//! Cancelling an appointment in the window: asked, not sent yet, undone, sent, refused.

use hale_mock_backend::{Fault, Rule};
use hale_support::status;

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
    window.there("#undo-cancellation").await;
    assert!(focused(&visit).await.contains("hale-page__heading"));
    looked_at(window, "cancel-waits").await;
    window.click(".hale-nav__list a[href='/']").await;
    window.there("#jobs, .hale-jobs, main").await;
    looked_at(window, "home-cancel-waits").await;
    to_the_first(&visit).await;
    window.click("#undo-cancellation").await;
    window.gone("#undo-cancellation").await;
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
