//! One journey a screen beyond the main one: what a patient can do there, in the real window.

use hale_mock_backend::{Fault, Rule, find_scenario};

use super::harness::{TestDevice, Window, free_port};
use super::looks::{arrived, looked_at};
use super::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn choosing_a_service() {
    let device = TestDevice::new().await;
    let mock = hale_mock_backend::MockBackend::start(hale_mock_backend::Config::default())
        .await
        .unwrap();
    let window = Window::open(&device, None).await;
    window.resize(1280, 900).await;
    window.heading("Welcome to Hale").await;
    window.click("#start").await;
    arrived(&window, "Choose your service").await;
    looked_at(&window, "service").await;

    window.click("#check").await;
    window.text("Choose a service").await;
    window.there(".nhsuk-error-summary").await;
    looked_at(&window, "service-nothing-chosen").await;
    window.click_text_of("label", "Another address").await;
    window.click("#check").await;
    window.text("Enter the address of the service").await;

    let nobody = format!("http://127.0.0.1:{}/fhir", free_port());
    let origin = mock.origin().to_string();
    let fhir = mock.fhir_base().to_string();
    let cases = [
        (nobody.as_str(), None, "Hale cannot reach the service."),
        ("http://record.example/fhir", None, "https"),
        (
            origin.as_str(),
            None,
            "There is no health record service at this address.",
        ),
        (
            fhir.as_str(),
            Some("stu3"),
            "uses a version that Hale cannot read",
        ),
        (
            fhir.as_str(),
            Some("no-smart"),
            "does not offer a sign-in that Hale can use",
        ),
    ];
    for (address, scenario, words) in cases {
        let rules = scenario.map(|key| find_scenario(key).expect("a scenario").rules);
        mock.faults().replace(rules.unwrap_or_default());
        window.replace("#address", address).await;
        window.click("#check").await;
        window.text(words).await;
        window.text("This service cannot be used").await;
    }
    looked_at(&window, "service-error").await;

    mock.faults().clear();
    window.click("#check").await;
    window.there("#use-service").await;
    looked_at(&window, "service-found").await;
    window.click("#use-service").await;
    arrived(&window, "Sign in").await;
    looked_at(&window, "sign-in").await;
    window.close().await;
    mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_what_can_go_wrong() {
    let visit = Visit::begin().await;
    let window = &visit.window;
    looked_at(window, "welcome").await;
    window.click("#start").await;
    arrived(window, "Sign in").await;
    visit.ask_to_sign_in().await;
    window.heading("Waiting for you to sign in").await;
    looked_at(window, "sign-in-waiting").await;
    window.click("#cancel-sign-in").await;
    window.heading("Sign in").await;
    drop(visit.device.address_opened().await);

    for scenario in [
        "wrong-state",
        "wrong-nonce",
        "wrong-issuer",
        "wrong-audience",
        "expired-id-token",
        "bad-signature",
        "code-replayed",
    ] {
        let rules = find_scenario(scenario).expect("a scenario").rules;
        visit.mock.faults().replace(rules);
        visit.ask_to_sign_in().await;
        visit.choose("full").await;
        window
            .text("Hale could not be sure that the answer to your sign-in was genuine")
            .await;
        window.heading("Sign in").await;
    }
    looked_at(window, "sign-in-not-trusted").await;
    let rules = find_scenario("sign-in-refused").expect("a scenario").rules;
    visit.mock.faults().replace(rules);
    visit.ask_to_sign_in().await;
    visit.choose("full").await;
    window
        .text("The sign-in was stopped before it finished.")
        .await;
    looked_at(window, "sign-in-refused").await;

    // Somebody else's record is never opened by mistake.
    visit.mock.faults().clear();
    visit.ask_to_sign_in().await;
    visit.choose("full").await;
    arrived(window, "Is this you?").await;
    looked_at(window, "confirm").await;
    window.click("#confirm-no").await;
    window.heading("Welcome to Hale").await;

    window.click("#start").await;
    visit.ask_to_sign_in().await;
    visit.choose("p5").await;
    arrived(window, "Is this you?").await;
    window.text("You can see only part of Hale").await;
    looked_at(window, "confirm-lower-level").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_signing_out() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("settings", "Settings").await;
    window.text("Signed in as").await;
    looked_at(window, "settings").await;

    window.click("a[href='/settings/appearance']").await;
    arrived(window, "Colours and text size").await;
    looked_at(window, "appearance").await;
    window.click_text_of("label", "Dark").await;
    window.there("html[data-theme='dark']").await;
    window.click_text_of("label", "Largest").await;
    window.there("html[data-text-size='largest']").await;
    window.text("Saved").await;

    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/service']").await;
    arrived(window, "Service").await;
    window.text(visit.mock.fhir_base().as_str()).await;
    looked_at(window, "settings-service").await;

    visit.go("settings", "Settings").await;
    window.click("a[href='/about']").await;
    arrived(window, "About Hale").await;
    window.text("Your encrypted files").await;
    looked_at(window, "about").await;

    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/updates']").await;
    arrived(window, "Updates").await;
    window.click("#check-now").await;
    visit.checked().await;
    looked_at(window, "updates").await;

    // Signing out keeps what is saved, and it opens again after signing in.
    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/sign-out']").await;
    arrived(window, "Sign out").await;
    window.click("#sign-out-continue").await;
    window
        .text("Choose whether to keep or remove what is saved")
        .await;
    looked_at(window, "sign-out-nothing-chosen").await;
    window
        .click_text_of("label", "Keep it on this device")
        .await;
    window.click("#sign-out-continue").await;
    window.gone(".hale-nav__list a[href='/record']").await;
    window.there("#start, #sign-in").await;
    looked_at(window, "signed-out").await;
    if window.has("#start").await {
        window.click("#start").await;
    }
    window
        .text("Your saved record is still on this device")
        .await;
    visit.ask_to_sign_in().await;
    visit.choose("full").await;
    window.text("What would you like to do?").await;
    window.there("html[data-theme]").await;

    // Removing asks once more, and leaves nothing.
    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/sign-out']").await;
    arrived(window, "Sign out").await;
    window
        .click_text_of("label", "Remove everything from this device")
        .await;
    window.click("#sign-out-continue").await;
    arrived(window, "Are you sure you want to remove everything?").await;
    looked_at(window, "remove").await;
    window.click("#remove-everything").await;
    window.heading("Welcome to Hale").await;
    let left = crate::offline::files_below(visit.device.folder())
        .into_iter()
        .filter(|file| file.extension().is_some_and(|it| it == "db"))
        .collect::<Vec<_>>();
    assert!(left.is_empty(), "left behind: {left:?}");
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_works_for_everybody() {
    let visit = Visit::begin().await;
    let window = &visit.window;
    // Before anybody has signed in, and with no network.
    visit.mock.stop().await;
    visit.go("help", "Urgent help").await;
    window.text("Call 999 now if you or someone else has").await;
    looked_at(window, "help").await;
    visit.mock.restart().await.unwrap();
    visit.go("", "Welcome to Hale").await;
    visit.sign_in("full", Vec::new()).await;
    visit.checked().await;
    for (topic, heading) in [
        ("consult", "Ask your practice a question"),
        ("sharing", "Choose how your data is used"),
    ] {
        visit.window.click(".hale-nav__list a[href='/']").await;
        window.text("What would you like to do?").await;
        window.click(&format!("main a[href='/help/{topic}']")).await;
        arrived(window, heading).await;
        looked_at(window, &format!("help-{topic}")).await;
    }
    // The address leaves the window for the system's browser.
    window.click("#open-outside").await;
    assert!(visit.device.address_opened().await.starts_with("https://"));
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_an_item_and_searching() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("record", "Your record").await;
    looked_at(window, "record").await;
    for (slug, heading) in [
        ("allergies", "Allergies and reactions"),
        ("medicines", "Medicines"),
        ("conditions", "Health conditions"),
        ("results", "Test results"),
        ("immunisations", "Vaccinations"),
        ("consultations", "Consultations"),
        ("observations", "Measurements"),
        ("procedures", "Procedures and operations"),
        ("documents", "Letters and documents"),
    ] {
        window.click(&format!("#section-{slug}")).await;
        arrived(window, heading).await;
        window.there("#items").await;
        looked_at(window, &format!("section-{slug}")).await;
        let title = window
            .script("const link = document.querySelector('#items a'); const text = link.innerText; link.click(); return text;")
            .await;
        let title = title.as_str().expect("a title").trim().to_owned();
        window.there("#maincontent .hale-page h1").await;
        window.gone("#items").await;
        window.text(&title).await;
        looked_at(window, &format!("item-{slug}")).await;
        visit.go("record", "Your record").await;
    }

    window.fill("#record-search", "asthma\u{E007}").await;
    window.text("for “asthma”").await;
    looked_at(window, "search").await;
    window.click("#clear-search").await;
    window.fill("#record-search", "qqqq").await;
    window.click("#record-search-button").await;
    window.text("Nothing found for “qqqq”").await;
    looked_at(window, "search-nothing-found").await;
    window.click("#clear-search").await;
    window.click("#record-search-button").await;
    window.text("Type something to search for").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_an_appointment() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("appointments", "Appointments").await;
    looked_at(window, "appointments").await;
    window.click("#upcoming-0").await;
    window.gone("#upcoming").await;
    window.there("#what-to-do").await;
    window.there("#how-to-cancel").await;
    looked_at(window, "appointment").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_a_time_and_giving_a_reason() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("appointments", "Appointments").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    looked_at(window, "booking-guidance").await;
    window.click("#find-a-time").await;
    arrived(window, "Choose a time").await;
    window.there("[id^='slot-']").await;
    looked_at(window, "booking-times").await;
    window.click("#later-dates").await;
    window.there("#earlier-dates").await;
    window.click("#earlier-dates").await;
    window.there("[id^='slot-']").await;
    window.click("[id^='slot-']").await;
    arrived(window, "Why you want the appointment").await;
    looked_at(window, "booking-reason").await;
    window.click("#continue").await;
    window.text("Enter the reason for the appointment").await;
    window.there(".nhsuk-error-summary").await;
    looked_at(window, "booking-reason-missing").await;
    window.fill("#reason", "A cough that stays").await;
    if window.has("#phone").await {
        window.fill("#phone", "07700 900123").await;
    }
    window.click("#continue").await;
    arrived(window, "Check before you book").await;
    looked_at(window, "booking-check").await;

    // Leaving loses nothing: neither for another page, nor for another day.
    visit.go("appointments", "Appointments").await;
    let visit = visit.close_and_open().await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("appointments", "Appointments").await;
    window.click("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window.text("You started a booking").await;
    window.text("A cough that stays").await;
    looked_at(window, "booking-draft").await;

    let slow = Fault::Slow { millis: 2000 };
    visit
        .mock
        .faults()
        .replace(vec![Rule::always(slow).on_path("/Slot")]);
    window.click("#resume-draft").await;
    window.text("Choose a time").await;
    window.there("[id^='slot-']").await;
    window.click("[id^='slot-']").await;
    arrived(window, "Why you want the appointment").await;
    window.click("#continue").await;
    arrived(window, "Check before you book").await;
    window.click("#confirm-booking").await;
    arrived(window, "Appointment booked").await;
    window.there("#reference").await;
    looked_at(window, "booking-done").await;
    visit.end().await;
}
