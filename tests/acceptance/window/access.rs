//! What the window says when a service stops sharing something.

use hale_mock_backend::population::RecordAccess;
use hale_mock_backend::{Fault, Rule};

use super::looks::{arrived, looked_at};
use super::visit::Visit;

const NOTICE: &str = ".nhsuk-card--warning button";

#[tokio::test(flavor = "multi_thread")]
async fn a_lowered_level_is_said_until_it_was_read_and_is_not_an_empty_list() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    let lowered = || {
        vec![Rule::always(Fault::AccessLowered {
            to: RecordAccess::Summary,
        })]
    };
    // The first check finds that the level is another, which all is read anew for.
    visit.check_again(lowered()).await;
    visit.check_again(lowered()).await;
    visit.go("record", "Your record").await;
    window.click("#section-results").await;
    arrived(window, "Test results").await;
    window.text("has stopped sharing some things").await;
    window.text("The service does not let Hale read this").await;
    assert!(!window.body().await.contains("None recorded"));
    looked_at(window, "section-access-lowered").await;

    window.click(".hale-nav__list a[href='/']").await;
    window.text("Removed from this device").await;
    looked_at(window, "home-access-lowered").await;
    window.there(NOTICE).await;
    window.click(NOTICE).await;
    window.gone_text("Removed from this device").await;
    let focused = window
        .script("return document.activeElement.tagName;")
        .await;
    assert_eq!(focused, "H1");
}
