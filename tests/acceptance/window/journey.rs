//! The main job in the real window: sign in, see the record, book, and read it all again with no
//! network.

use hale_mock_backend::{Config, MockBackend, RunningMock};
use serde_json::Value;

use super::axe::nothing_found;
use super::harness::{TestDevice, Window};
use super::sign_in_page;

/// The persona with a full record.
const KEY: &str = "full";
const NAME: &str = "Margaret";

/// Goes from the first screen to the home page of the persona.
async fn sign_in(device: &TestDevice, window: &Window, name: &str) {
    window.heading("Welcome to Hale").await;
    window.click_text("Continue to sign in").await;
    window.heading("Sign in").await;
    window.click_text("Open my browser to sign in").await;
    window.text("Hale is waiting").await;
    let last = sign_in_page::choose(&device.address_opened().await, name).await;
    assert!(
        last.contains("Hale"),
        "the page says where to go on: {last}"
    );
    window.heading("Is this you?").await;
    window.text(name).await;
    window.click("#confirm-yes").await;
    window.text("What would you like to do?").await;
}

/// The titles that the mock serves for a search, asked as another client would.
async fn served(mock: &RunningMock, search: &str) -> Vec<Value> {
    hale_support::Probe::sign_in(mock, KEY)
        .await
        .search(search)
        .await
}

fn title(resource: &Value) -> String {
    let code = &resource["code"];
    code["text"]
        .as_str()
        .or_else(|| code["coding"][0]["display"].as_str())
        .expect("the mock names its entries")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_book_and_read_everything_again_without_a_network() {
    let device = TestDevice::new().await;
    let mock = MockBackend::start(Config::default()).await.unwrap();
    let backend = mock.fhir_base().to_string();
    let window = Window::open(&device, Some(&backend)).await;
    window.resize(1280, 900).await;
    window.heading("Welcome to Hale").await;
    nothing_found(&window, "welcome").await;
    window.picture("journey-01-welcome").await;
    sign_in(&device, &window, NAME).await;
    window.text("Last updated").await;
    nothing_found(&window, "home").await;
    window.picture("journey-02-home").await;

    // The record is what the mock serves.
    window.click_text("Record").await;
    window.heading("Your record").await;
    window.picture("journey-03-record").await;
    nothing_found(&window, "record").await;
    window.click("#section-conditions").await;
    window.heading("Health conditions").await;
    let conditions: Vec<String> = served(&mock, "Condition?patient={}")
        .await
        .iter()
        .map(title)
        .collect();
    assert!(!conditions.is_empty(), "the persona has conditions");
    for condition in &conditions {
        window.text(condition).await;
    }
    nothing_found(&window, "conditions").await;
    window.picture("journey-04-conditions").await;

    // Book.
    let before = served(&mock, "Appointment?patient={}&_count=200")
        .await
        .len();
    window.click_text("Appointments").await;
    window.heading("Appointments").await;
    nothing_found(&window, "appointments").await;
    window.picture("journey-05-appointments").await;
    window.click("#book-appointment").await;
    window.heading("Book an appointment").await;
    nothing_found(&window, "booking guidance").await;
    window.click("#find-a-time").await;
    window.heading("Choose a time").await;
    window.text("free time").await;
    nothing_found(&window, "free times").await;
    window.picture("journey-06-times").await;
    window.click("[id^='slot-']").await;
    window
        .fill("#reason", "My knee has hurt for two weeks")
        .await;
    nothing_found(&window, "reason").await;
    window.picture("journey-07-reason").await;
    if window.has("#phone").await {
        window.fill("#phone", "07700 900123").await;
    }
    window.click("#continue").await;
    window.heading("Check before you book").await;
    nothing_found(&window, "check").await;
    window.picture("journey-08-check").await;
    window.click("#confirm-booking").await;
    window.heading("Appointment booked").await;
    nothing_found(&window, "booked").await;
    window.picture("journey-09-booked").await;
    let after = served(&mock, "Appointment?patient={}&_count=200").await;
    assert_eq!(after.len(), before + 1, "exactly one new appointment");
    let booked = after
        .iter()
        .filter(|appointment| appointment.to_string().contains("My knee has hurt"))
        .count();
    assert_eq!(booked, 1);

    // No network, another day.
    window.close().await;
    mock.stop().await;
    let window = Window::open(&device, Some(&backend)).await;
    window.resize(1280, 900).await;
    window.text("What would you like to do?").await;
    window.text("You are offline").await;
    window.text("Last updated").await;
    nothing_found(&window, "home offline").await;
    window.picture("journey-10-home-offline").await;
    window.click_text("Record").await;
    window.heading("Your record").await;
    window.click("#section-conditions").await;
    window.heading("Health conditions").await;
    window.text("Last updated").await;
    for condition in &conditions {
        window.text(condition).await;
    }
    nothing_found(&window, "conditions offline").await;
    window.picture("journey-11-conditions-offline").await;
    window.click_text("Appointments").await;
    window.heading("Appointments").await;
    window.text("Coming up").await;
    window.picture("journey-12-appointments-offline").await;
    // The appointment that was booked is there, with what was typed.
    window.click("#upcoming a").await;
    window.gone("#upcoming").await;
    window.text("My knee has hurt for two weeks").await;
    nothing_found(&window, "appointment offline").await;
    window.click_text("Appointments").await;
    window.heading("Appointments").await;
    window.click("#book-appointment").await;
    window.heading("Book an appointment").await;
    window
        .text("Booking needs a connection. Nothing has been sent.")
        .await;
    nothing_found(&window, "booking offline").await;
    window.picture("journey-13-booking-offline").await;
    window.close().await;
}
