//! The sign-in page of the server, in a real browser.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;

use super::browser::{Browser, Look};
use super::harness::PATIENCE;

/// Opens the page in a browser and chooses a person by the keyboard, as the page's own accessible
/// names lead. Answers the text of the page that comes last.
pub(crate) async fn choose(address: &str, person: &str) -> String {
    let browser = Browser::open(Look::default()).await;
    browser.goto(address).await;
    let choice = browser
        .driver
        .query(By::XPath(format!(
            "//*[self::a or self::button][contains(normalize-space(.), \"{person}\")]"
        )))
        .wait(PATIENCE, Duration::from_millis(50))
        .first()
        .await
        .unwrap_or_else(|_| panic!("the page offers no {person}"));
    choice
        .send_keys(Key::Enter + "")
        .await
        .expect("the choice takes the keyboard");
    let began = Instant::now();
    let text = loop {
        let text = browser.text().await;
        let address = browser.driver.current_url().await;
        let is_back = address.is_ok_and(|address| address.as_str().contains("/callback"));
        if is_back && !text.is_empty() {
            break text;
        }
        assert!(began.elapsed() < PATIENCE, "the page leads nowhere: {text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    browser.close().await;
    text
}
