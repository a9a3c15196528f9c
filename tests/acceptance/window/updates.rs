//! The page that says when each part was last checked, and stopping a check there.

use hale_mock_backend::{Fault, Rule};

use super::looks::{arrived, looked_at};
use super::visit::Visit;

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_takes_long_is_stopped_and_what_is_held_stays() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    let slow = Fault::Slow { millis: 120_000 };
    visit.mock.faults().set(Rule::always(slow).on_path("/fhir"));
    visit.go("settings", "Settings").await;
    window.click("a[href='/settings/updates']").await;
    arrived(window, "Updates").await;
    window.click("#check-now").await;
    window.there("#stop-check").await;
    looked_at(window, "updates-checking").await;
    window.click("#stop-check").await;
    window.gone("#stop-check").await;
    visit.checked().await;
    visit.go("record", "Your record").await;
    window.click("#section-results").await;
    arrived(window, "Test results").await;
    window.there("#items li").await;
}
