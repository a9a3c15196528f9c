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
    asked_within(visit, when, 20).await;
}

async fn asked_within(visit: &Visit, when: &str, seconds: u64) {
    let asked = tokio::time::timeout(Duration::from_secs(seconds), async {
        while visit.mock.log().count("GET", "/Condition") == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert!(asked.await.is_ok(), "a check follows {when}");
    visit.checked().await;
    visit.mock.log().clear();
}

/// After a quarter of an hour by the device's clock, and when the page is pulled down, everything
/// is checked; not before, and not by a pull that is taken back.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_begins_after_a_while_and_when_the_page_is_pulled_down() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    asked_again(&visit, "the sign-in").await;
    let touch = |name: &str, y: u32| {
        format!(
            "const event = new Event('{name}', {{ bubbles: true }}); \
             event.touches = '{name}' === 'touchend' ? [] : [{{ clientY: {y} }}]; \
             document.body.dispatchEvent(event); return 1;"
        )
    };
    for (name, y) in [("touchstart", 100), ("touchmove", 300)] {
        window.script(&touch(name, y)).await;
    }
    window.there(".hale-pull").await;
    looked_at(window, "updates-pulled").await;
    window.script(&touch("touchmove", 110)).await;
    window.gone(".hale-pull").await;
    window.script(&touch("touchend", 0)).await;
    for (name, y) in [("touchstart", 100), ("touchmove", 300), ("touchend", 0)] {
        window.script(&touch(name, y)).await;
    }
    asked_again(&visit, "a pull").await;
    let later = |minutes: u32| {
        format!(
            "window.haleNow ??= Date.now; \
             Date.now = () => window.haleNow.call(Date) + {minutes} * 60000; return 1;"
        )
    };
    window.script(&later(13)).await;
    // Longer than the window takes to look at its clock again.
    tokio::time::sleep(Duration::from_secs(25)).await;
    assert_eq!(visit.mock.log().count("GET", "/Condition"), 0, "too early");
    window.script(&later(16)).await;
    asked_within(&visit, "a quarter of an hour", 40).await;
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
