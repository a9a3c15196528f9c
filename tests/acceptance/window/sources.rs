//! Linking further services in the window, what is shown of them, and unlinking them.

use hale_mock_backend::population::Place;
use hale_mock_backend::{Fault, Rule, RunningMock};
use hale_support::TestApp;
use serde_json::json;

use super::looks::{arrived, looked_at};
use super::visit::Visit;

const HOSPITAL: &str = "Northgate Hospital (test)";

async fn to_the_services(visit: &Visit) {
    visit.go("settings", "Settings").await;
    visit.window.click("a[href='/settings/services']").await;
    arrived(&visit.window, "Linked services").await;
    visit.window.there("#service-0").await;
}

/// Does at the sign-in page of that service what somebody there would.
async fn choose_at(visit: &Visit, service: &RunningMock) {
    let address = visit.device.address_opened().await;
    let redirect = service.authorize_as(&address, "full").await.unwrap();
    drop(reqwest::get(redirect).await);
}

/// From the list of services to the sign-in at another one, and back.
async fn ask_to_link(visit: &Visit, service: &RunningMock) {
    let window = &visit.window;
    to_the_services(visit).await;
    window.click("#link-service").await;
    arrived(window, "Link another service").await;
    window
        .replace("#service-address", service.fhir_base().as_str())
        .await;
    window.click("#link").await;
    window.text("Finish signing in in your browser").await;
    choose_at(visit, service).await;
}

async fn procedures(visit: &Visit) {
    visit.go("record", "Your record").await;
    visit.window.click("#section-procedures").await;
    arrived(&visit.window, "Procedures and operations").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_is_linked_shown_beside_the_practice_and_unlinked() {
    let visit = Visit::signed_in("full").await;
    let hospital = TestApp::another(Place::Hospital).await;
    let window = &visit.window;
    visit.checked().await;
    to_the_services(&visit).await;
    looked_at(window, "services-one").await;
    window.click("#link-service").await;
    arrived(window, "Link another service").await;
    looked_at(window, "service-link").await;
    window.click("#link").await;
    window.there(".nhsuk-error-summary").await;
    looked_at(window, "service-link-nothing-typed").await;
    window.replace("#service-address", "not an address").await;
    window.click("#link").await;
    window.text("The service was not linked").await;
    looked_at(window, "service-link-refused").await;

    ask_to_link(&visit, &hospital).await;
    arrived(window, "Linked services").await;
    window.text(HOSPITAL).await;
    visit.checked().await;
    looked_at(window, "services-two").await;

    procedures(&visit).await;
    window.text("Cataract surgery").await;
    window.there(".hale-sources").await;
    looked_at(window, "section-two-sources").await;
    visit.go("appointments", "Appointments").await;
    window.text(HOSPITAL).await;
    looked_at(window, "appointments-two-sources").await;
    window
        .script(&format!(
            "[...document.querySelectorAll('#upcoming li')]\
               .find((one) => one.innerText.includes('{HOSPITAL}'))\
               .querySelector('a').click(); return true;"
        ))
        .await;
    window.there("#managed-elsewhere").await;
    assert!(!window.has("#cancel-appointment").await);
    looked_at(window, "appointment-elsewhere").await;

    hospital.stop().await;
    visit.check_again(Vec::new()).await;
    procedures(&visit).await;
    window.text("Cataract surgery").await;
    looked_at(window, "section-one-source-down").await;
    window.click(".hale-nav__list a[href='/']").await;
    window.text(&format!("from {HOSPITAL}")).await;
    looked_at(window, "home-one-source-down").await;

    to_the_services(&visit).await;
    window.click("#unlink-1").await;
    window.text("is removed from this device").await;
    looked_at(window, "service-unlink").await;
    window.click("#unlink-no").await;
    window.gone("#unlink-yes").await;
    window.click("#unlink-1").await;
    window.click("#unlink-yes").await;
    window.gone("#service-1").await;
    assert!(!window.body().await.contains(HOSPITAL));
    procedures(&visit).await;
    window.gone_text("Cataract surgery").await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_nhs_number_the_patient_is_asked_and_may_sign_in_again_later() {
    let visit = Visit::signed_in("full").await;
    let community = TestApp::another(Place::Community).await;
    let window = &visit.window;
    visit.checked().await;
    let persona = community.personas().iter().find(|one| one.key == "full");
    let patient = persona.unwrap().patient_id.clone();
    let mut known = community.store().resources(&patient, "Patient").remove(0);
    known["identifier"] = json!([]);
    community.store().put(&patient, known);
    ask_to_link(&visit, &community).await;
    arrived(window, "Is this you?").await;
    looked_at(window, "service-confirm").await;
    window.click("#link-no").await;
    arrived(window, "Linked services").await;
    assert!(!window.has("#service-1").await);

    ask_to_link(&visit, &community).await;
    arrived(window, "Is this you?").await;
    window.click("#link-yes").await;
    arrived(window, "Linked services").await;
    window.there("#service-1").await;
    visit.checked().await;
    visit.go("record", "Your record").await;
    window.click("#section-care_plans").await;
    arrived(window, "Care plans and teams").await;
    window.text("Staying well at home").await;
    looked_at(window, "section-care-plans").await;

    community
        .faults()
        .set(Rule::always(Fault::ExpiredAccessToken));
    community
        .faults()
        .set(Rule::always(Fault::ExpiredRefreshToken));
    visit.check_again(Vec::new()).await;
    to_the_services(&visit).await;
    window.text("Your sign-in here has ended").await;
    looked_at(window, "service-lapsed").await;
    community.faults().clear();
    window.click("#sign-in-1").await;
    choose_at(&visit, &community).await;
    window.gone("#sign-in-1").await;
    visit.end().await;
}
