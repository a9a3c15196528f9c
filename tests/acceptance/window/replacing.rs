//! Changing the time of an appointment in the window: the new one is booked first, and what became of
//! the one before is said.

use hale_mock_backend::Rule;
use hale_support::status;

use super::looks::{arrived, looked_at};
use super::visit::Visit;

/// From an appointment to the outcome of booking another time in its place.
async fn change(visit: &Visit, rules: Vec<Rule>) {
    let window = &visit.window;
    visit.go("appointments", "Appointments").await;
    window.click("#upcoming-0").await;
    window.there("#what-to-do").await;
    window.click("#change-time").await;
    arrived(window, "Book an appointment").await;
    window.there("#replacing").await;
    looked_at(window, "change-begins").await;
    window.click("#find-a-time").await;
    arrived(window, "Choose a time").await;
    window.click("[id^='slot-']").await;
    arrived(window, "Why you want the appointment").await;
    window.replace("#reason", "A cough that stays").await;
    if window.has("#phone").await {
        window.replace("#phone", "07700 900123").await;
    }
    window.click("#continue").await;
    arrived(window, "Check before you book").await;
    window.there("#replacing").await;
    looked_at(window, "change-check").await;
    visit.mock.faults().replace(rules);
    window.click("#confirm-booking").await;
    arrived(window, "Appointment booked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_time_takes_the_place_of_an_appointment() {
    let visit = Visit::signed_in("full").await;
    visit.checked().await;
    change(&visit, Vec::new()).await;
    visit.window.text("is cancelled.").await;
    looked_at(&visit.window, "change-done").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_half_done_says_so_and_where() {
    let visit = Visit::signed_in("full").await;
    visit.checked().await;
    let window = &visit.window;
    let busy = Rule::always(status(429)).on("PUT", "/Appointment");
    change(&visit, vec![busy]).await;
    window.text("is not cancelled yet").await;
    looked_at(window, "change-half").await;
    window.click("#see-replaced").await;
    window.there("[id^=undo-cancellation]").await;
    visit.end().await;
}
