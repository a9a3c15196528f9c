//! The states of the screens that the journeys do not pass, through the mock's scenarios: loading,
//! empty, offline, partial, error and not allowed.
//!
//! One item and one appointment are read from this device alone: they are not there before their
//! list is, and load, fail and are withheld with it.

use chrono::TimeDelta;
use hale_cache::LocalDevice;
use hale_core::ports::{Device, Own};
use hale_mock_backend::{Fault, Rule, find_scenario};
use hale_support::status;

use super::harness::{TestDevice, Window};
use super::looks::{arrived, looked_at};
use super::visit::Visit;

fn rules(scenario: &str) -> Vec<Rule> {
    find_scenario(scenario)
        .unwrap_or_else(|| panic!("no scenario {scenario}"))
        .rules
}

/// From the list of appointments to the free times.
async fn to_the_times(visit: &Visit) {
    visit.go("appointments", "Appointments").await;
    visit.window.click("#book-appointment").await;
    arrived(&visit.window, "Book an appointment").await;
    visit.window.click("#find-a-time").await;
    arrived(&visit.window, "Choose a time").await;
}

/// From the free times to the last step before booking.
async fn to_the_check(visit: &Visit) {
    let window = &visit.window;
    to_the_times(visit).await;
    window.there("[id^='slot-']").await;
    window.click("[id^='slot-']").await;
    arrived(window, "Why you want the appointment").await;
    window.replace("#reason", "A cough that stays").await;
    if window.has("#phone").await {
        window.replace("#phone", "07700 900123").await;
    }
    window.click("#continue").await;
    arrived(window, "Check before you book").await;
}

async fn section(visit: &Visit, slug: &str, heading: &str) {
    visit.go("record", "Your record").await;
    visit.window.click(&format!("#section-{slug}")).await;
    arrived(&visit.window, heading).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_for_the_first_time() {
    let hangs = Rule::always(Fault::Slow { millis: 600_000 }).on_path("/fhir");
    let visit = Visit::with_rules("full", vec![hangs]).await;
    let window = &visit.window;
    window.there(".hale-progress").await;
    window.text("Loading for the first time").await;
    window
        .text("Hale has not been able to load your appointments yet")
        .await;
    looked_at(window, "home-loading").await;
    visit.go("record", "Your record").await;
    window.text("Not loaded yet").await;
    looked_at(window, "record-loading").await;
    window.click("#section-allergies").await;
    arrived(window, "Allergies and reactions").await;
    window.text("so it cannot say what there is").await;
    looked_at(window, "section-loading").await;
    visit.go("appointments", "Appointments").await;
    window.there("#appointments-unknown").await;
    looked_at(window, "appointments-loading").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    looked_at(window, "booking-guidance-loading").await;
    visit.end().await;

    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    let hangs = Rule::always(Fault::Slow { millis: 600_000 }).on_path("/Slot");
    visit.mock.faults().replace(vec![hangs]);
    to_the_times(&visit).await;
    window.text("This is taking longer than usual").await;
    looked_at(window, "booking-times-loading").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_there() {
    let visit = Visit::signed_in("empty").await;
    let window = &visit.window;
    visit.checked().await;
    window.text("You have no upcoming appointments").await;
    looked_at(window, "home-empty").await;
    visit.go("record", "Your record").await;
    looked_at(window, "record-empty").await;
    section(&visit, "documents", "Letters and documents").await;
    window.text("None recorded").await;
    looked_at(window, "section-empty").await;
    section(&visit, "allergies", "Allergies and reactions").await;
    window
        .text("There may be something that is not written down")
        .await;
    looked_at(window, "allergies-empty").await;
    visit.go("appointments", "Appointments").await;
    window.there("#none-coming-up").await;
    looked_at(window, "appointments-empty").await;
    visit.mock.faults().replace(rules("no-slots"));
    to_the_times(&visit).await;
    window
        .text("There are no free times in these 2 weeks")
        .await;
    looked_at(window, "booking-times-none").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_with_everything_saved() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.mock.stop().await;
    visit.check_again(Vec::new()).await;
    window.text("You are offline").await;
    looked_at(window, "updates-offline").await;
    window.click(".hale-nav__list a[href='/']").await;
    window.text("What would you like to do?").await;
    window.text("Last updated").await;
    looked_at(window, "home-offline").await;
    visit.go("record", "Your record").await;
    looked_at(window, "record-offline").await;
    window.click("#section-medicines").await;
    arrived(window, "Medicines").await;
    window.text("there may be changes you cannot see").await;
    looked_at(window, "section-offline").await;
    window.click("#items a").await;
    window.gone("#items").await;
    looked_at(window, "item-offline").await;
    visit.go("record", "Your record").await;
    window.fill("#record-search", "asthma").await;
    window.click("#record-search-button").await;
    window.text("for “asthma”").await;
    looked_at(window, "search-offline").await;
    visit.go("appointments", "Appointments").await;
    looked_at(window, "appointments-offline").await;
    window.click("#upcoming-0").await;
    window.there("#what-to-do").await;
    looked_at(window, "appointment-offline").await;
    visit.go("appointments", "Appointments").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window
        .text("Booking needs a connection. Nothing has been sent.")
        .await;
    looked_at(window, "booking-offline").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_fail_and_parts_that_cannot_be_read() {
    let mut partial = rules("bad-entries");
    partial.push(Rule::always(status(500)).on_path("/Immunization"));
    let visit = Visit::with_rules("full", partial).await;
    let window = &visit.window;
    visit.checked().await;
    looked_at(window, "home-partial").await;
    visit.go("record", "Your record").await;
    window
        .text("These parts could not be checked at the last try")
        .await;
    looked_at(window, "record-partial").await;
    window.click("#section-immunisations").await;
    arrived(window, "Vaccinations").await;
    window
        .text("There is a problem showing your vaccinations")
        .await;
    looked_at(window, "section-error").await;
    section(&visit, "conditions", "Health conditions").await;
    window
        .text("could not be shown because Hale could not read")
        .await;
    looked_at(window, "section-partial").await;
    visit.go("record", "Your record").await;
    window.fill("#record-search", "asthma").await;
    window.click("#record-search-button").await;
    window.text("Not fully searched").await;
    looked_at(window, "search-partial").await;
    visit.go("appointments", "Appointments").await;
    looked_at(window, "appointments-partial").await;

    // Later a part that was here fails: what was here stays, and says how old it is.
    let later = vec![Rule::always(status(503)).on_path("/Condition")];
    visit.check_again(later).await;
    looked_at(window, "updates-partial").await;
    section(&visit, "conditions", "Health conditions").await;
    window
        .text("This part could not be checked just now.")
        .await;
    window.there("#items").await;
    looked_at(window, "section-stale").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_fails() {
    let visit = Visit::with_rules("full", rules("gateway-page")).await;
    let window = &visit.window;
    visit.checked().await;
    looked_at(window, "home-error").await;
    visit.go("record", "Your record").await;
    window.text("Could not be loaded").await;
    looked_at(window, "record-error").await;
    visit.go("appointments", "Appointments").await;
    window
        .text("Your appointments have not been loaded on this device yet")
        .await;
    looked_at(window, "appointments-error").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    looked_at(window, "booking-guidance-error").await;
    visit.check_again(rules("gateway-page")).await;
    looked_at(window, "updates-error").await;

    visit.check_again(Vec::new()).await;
    visit
        .mock
        .faults()
        .replace(vec![Rule::always(status(503)).on_path("/Slot")]);
    to_the_times(&visit).await;
    window.text("There is a problem showing free times").await;
    looked_at(window, "booking-times-error").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_allowed() {
    let visit = Visit::signed_in("p5").await;
    let window = &visit.window;
    visit.checked().await;
    looked_at(window, "home-not-allowed").await;
    visit.go("record", "Your record").await;
    window.text("Your identity needs more checks").await;
    window.there("#record-not-allowed").await;
    looked_at(window, "record-not-allowed").await;
    visit.go("appointments", "Appointments").await;
    window.there("#appointments-not-allowed").await;
    looked_at(window, "appointments-not-allowed").await;
    visit.end().await;

    let visit = Visit::signed_in("summary").await;
    let window = &visit.window;
    visit.checked().await;
    section(&visit, "conditions", "Health conditions").await;
    window.text("Your practice does not share this part").await;
    looked_at(window, "section-not-allowed").await;
    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/updates']").await;
    arrived(window, "Updates").await;
    window.text("Not shared").await;
    looked_at(window, "updates-not-allowed").await;
    visit.end().await;

    let visit = Visit::signed_in("booking-off").await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("appointments", "Appointments").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window.text("Your practice has switched this off").await;
    looked_at(window, "booking-not-allowed").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_has_run_out() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.check_again(rules("session-ended")).await;
    window.text("You are signed out").await;
    looked_at(window, "updates-lapsed").await;
    section(&visit, "conditions", "Health conditions").await;
    window.there("#items").await;
    looked_at(window, "section-lapsed").await;
    visit.go("appointments", "Appointments").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window.text("You need to sign in again").await;
    looked_at(window, "booking-lapsed").await;
    window.click("#lapsed-title ~ p a").await;
    arrived(window, "Sign in again").await;
    looked_at(window, "sign-in-again").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_that_do_not_end_well() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    for (scenario, heading, words) in [
        (
            "slot-taken",
            "That time has just been taken",
            "The reason you typed is kept.",
        ),
        (
            "booking-refused",
            "The appointment was not booked",
            "Nothing was booked.",
        ),
    ] {
        to_the_check(&visit).await;
        visit.mock.faults().replace(rules(scenario));
        window.click("#confirm-booking").await;
        outcome(window, heading, words).await;
        looked_at(window, &format!("booking-{scenario}")).await;
        visit.mock.faults().clear();
    }

    to_the_check(&visit).await;
    visit.mock.stop().await;
    window.click("#confirm-booking").await;
    outcome(
        window,
        "The booking was not sent",
        "What you typed is kept on this device.",
    )
    .await;
    looked_at(window, "booking-not-sent").await;
    visit.mock.restart().await.unwrap();
    visit.check_again(Vec::new()).await;

    // Nobody knows yet: nothing can be booked twice.
    to_the_check(&visit).await;
    visit.mock.faults().replace(rules("unknown-outcome"));
    window.click("#confirm-booking").await;
    outcome(
        window,
        "Not known yet whether this was booked",
        "Do not book again",
    )
    .await;
    looked_at(window, "booking-unknown").await;
    visit.go("appointments", "Appointments").await;
    window.text("Not known yet whether this is booked").await;
    looked_at(window, "appointments-unknown-booking").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window
        .text("An earlier booking is still being checked")
        .await;
    looked_at(window, "booking-not-while-unknown").await;
    window.click(".hale-nav__list a[href='/']").await;
    window
        .text("We do not know yet whether this is booked")
        .await;
    looked_at(window, "home-unknown-booking").await;

    // The connection is back: it turns out to be booked, once.
    visit.mock.faults().clear();
    visit.go("appointments", "Appointments").await;
    window.click_text("Check what happened").await;
    window.gone("[id^='check-']").await;
    window
        .gone_text("Not known yet whether this is booked")
        .await;

    // Nobody ever knows: in the end what the practice says counts.
    to_the_check(&visit).await;
    visit.mock.faults().replace(rules("unknown-outcome"));
    window.click("#confirm-booking").await;
    outcome(
        window,
        "Not known yet whether this was booked",
        "Do not book again",
    )
    .await;
    let closed = visit.close().await;
    confirmed_earlier(&closed.device, TimeDelta::hours(2)).await;
    let visit = closed.open().await;
    let window = &visit.window;
    visit.go("appointments", "Appointments").await;
    window.text("Phone your practice and ask.").await;
    looked_at(window, "appointments-practice-says").await;
    window.click_text("My practice says it is not booked").await;
    window
        .gone_text("Not known yet whether this is booked")
        .await;
    arrived(window, "Appointments").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window.there("#find-a-time").await;
    visit.end().await;
}

/// Makes the bookings on a device that much older. The window's clock is the system's.
async fn confirmed_earlier(device: &TestDevice, by: TimeDelta) {
    let device = LocalDevice::new(device.data_folder());
    let person = device.settings().await.person.expect("somebody's device");
    let (_, own) = device.open(person).await.expect("the files open");
    for mut booking in own.bookings().await.expect("bookings") {
        booking.confirmed_at -= by;
        own.put_booking(booking).await.expect("a booking is kept");
    }
}

async fn outcome(window: &Window, heading: &str, words: &str) {
    arrived(window, heading).await;
    window.text(words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_record_that_cannot_be_opened() {
    let visit = Visit::signed_in("full").await;
    visit.checked().await;
    let Visit {
        device,
        mock,
        window,
    } = visit;
    window.close().await;
    // The file, and what stands beside it of its last changes.
    let kept: Vec<_> = crate::offline::files_below(device.folder())
        .into_iter()
        .filter(|file| {
            let name = file.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("own.db"))
        })
        .map(|file| (std::fs::read(&file).unwrap(), file))
        .collect();
    assert!(!kept.is_empty(), "what is the patient's own is in a file");
    for (bytes, file) in &kept {
        let damaged: Vec<u8> = bytes.iter().map(|byte| byte ^ 0x5a).collect();
        std::fs::write(file, damaged).unwrap();
    }
    let window = Window::open(&device, Some(mock.fhir_base().as_str())).await;
    window.resize(1280, 900).await;
    window.heading("Your saved record cannot be opened").await;
    window
        .text("Hale has not deleted or changed anything on this device.")
        .await;
    looked_at(&window, "locked-damaged").await;
    // Put right, it opens again.
    for (bytes, file) in &kept {
        std::fs::write(file, bytes).unwrap();
    }
    window.click("#try-again").await;
    window.text("What would you like to do?").await;
    window.close().await;
    mock.stop().await;
}
