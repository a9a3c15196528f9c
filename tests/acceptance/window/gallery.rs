//! States of the screens beyond the journey, through the mock's scenarios: each is read in the real
//! window, checked by axe-core, and kept as a picture at phone and desktop width.

use hale_mock_backend::{Config, MockBackend, Rule, find_scenario};
use hale_support::status;

use super::axe::nothing_found;
use super::harness::{TestDevice, Window};
use super::journey::sign_in;

/// A device with somebody signed in, in a situation.
async fn situation(persona: &str, rules: Vec<Rule>) -> (TestDevice, Window, impl Sized) {
    let device = TestDevice::new().await;
    let mock = MockBackend::start(Config::default()).await.unwrap();
    let name = mock
        .personas()
        .iter()
        .find(|known| known.key == persona)
        .expect("a persona of the mock")
        .name
        .clone();
    mock.faults().replace(rules);
    let window = Window::open(&device, mock.fhir_base().as_str()).await;
    window.resize(1280, 900).await;
    sign_in(&device, &window, &name).await;
    (device, window, mock)
}

/// Reads the screen at both widths.
async fn keep(window: &Window, name: &str) {
    for (width, height, size) in [(1280, 900, "desktop"), (390, 844, "phone")] {
        window.resize(width, height).await;
        nothing_found(window, &format!("{name} ({size})")).await;
        window.picture(&format!("{name}-{size}")).await;
    }
    window.resize(1280, 900).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_identity_level_sees_why_there_is_no_record_and_no_booking() {
    let (_device, window, _mock) = situation("p5", Vec::new()).await;
    window.click_text("Record").await;
    window.heading("Your record").await;
    window.text("Your identity needs more checks").await;
    keep(&window, "record-not-allowed").await;
    window.click_text("Appointments").await;
    window.heading("Appointments").await;
    keep(&window, "appointments-not-allowed").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_failed_is_named_and_the_others_are_shown() {
    let rules = vec![Rule::always(status(503)).on("GET", "/Condition")];
    let (_device, window, _mock) = situation("full", rules).await;
    window.click_text("Record").await;
    window.heading("Your record").await;
    window
        .text("Some of your record could not be checked")
        .await;
    keep(&window, "record-partial").await;
    window.click("#section-conditions").await;
    window.heading("Health conditions").await;
    window.text("There is a problem showing").await;
    keep(&window, "section-error").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_record_never_reads_as_a_healthy_one() {
    let (_device, window, _mock) = situation("empty", Vec::new()).await;
    window.click_text("Record").await;
    window.heading("Your record").await;
    keep(&window, "record-empty").await;
    window.click("#section-documents").await;
    window.heading("Letters and documents").await;
    keep(&window, "section-empty").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_without_booking_says_so_with_its_number() {
    let (_device, window, _mock) = situation("booking-off", Vec::new()).await;
    window.click_text("Appointments").await;
    window.heading("Appointments").await;
    window.click("#book-appointment").await;
    window.heading("Book an appointment").await;
    window.text("Your practice has switched this off").await;
    window.text("Call").await;
    keep(&window, "booking-switched-off").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_taken_meanwhile_leads_to_the_nearest_free_times() {
    let rules = find_scenario("slot-taken").expect("a scenario").rules;
    let (_device, window, _mock) = situation("full", rules).await;
    window.click_text("Appointments").await;
    window.click("#book-appointment").await;
    window.click("#find-a-time").await;
    window.text("free times").await;
    window.click("[id^='slot-']").await;
    window.heading("Why you want the appointment").await;
    window.fill("#reason", "A cough that stays").await;
    if window.has("#phone").await {
        window.fill("#phone", "07700 900123").await;
    }
    window.click("#continue").await;
    window.heading("Check before you book").await;
    window.click("#confirm-booking").await;
    window.heading("That time has just been taken").await;
    window.text("The reason you typed is kept.").await;
    keep(&window, "booking-taken").await;
    window.close().await;
}
