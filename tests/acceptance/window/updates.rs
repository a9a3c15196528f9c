//! The page that says when each part was last checked, and stopping a check there.

use std::time::Duration;

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

/// Waits until conditions were asked for. A check may be over before its progress is seen.
async fn asked_again(visit: &Visit, when: &str) {
    let asked = tokio::time::timeout(Duration::from_secs(20), async {
        while visit.mock.log().count("GET", "/Condition") == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert!(asked.await.is_ok(), "a check follows {when}");
    visit.checked().await;
    visit.mock.log().clear();
}

/// At the start and whenever the window comes to the front, everything is checked.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_begins_at_the_start_and_when_the_window_comes_to_the_front() {
    let visit = Visit::signed_in("full").await;
    asked_again(&visit, "the sign-in").await;
    let front =
        "document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); return 1;";
    visit.window.script(front).await;
    asked_again(&visit, "coming to the front").await;
    let visit = visit.close_and_open().await;
    asked_again(&visit, "the start").await;
}
