//! The sign-in page of the server, in a real browser.

use std::process::Stdio;
use std::time::{Duration, Instant};

use thirtyfour::prelude::*;
use tokio::process::Command;

use super::harness::{PATIENCE, free_port, given};

/// Opens the page in headless Chromium and chooses a person by the keyboard, as the page's own
/// accessible names lead. Answers the text of the page that comes last.
pub(crate) async fn choose(address: &str, person: &str) -> String {
    let port = free_port();
    let mut program = Command::new(given("HALE_CHROMEDRIVER"))
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the browser's driver starts");
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ] {
        capabilities.add_arg(argument).unwrap();
    }
    capabilities
        .set_binary(given("HALE_CHROMIUM").to_str().unwrap())
        .unwrap();
    let began = Instant::now();
    let driver = loop {
        match WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities.clone()).await {
            Ok(driver) => break driver,
            Err(error) => assert!(began.elapsed() < PATIENCE, "no browser: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    driver.goto(address).await.expect("the sign-in page opens");
    let choice = driver
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
        let text = match driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        };
        let address = driver.current_url().await.map(|url| url.to_string());
        if address.is_ok_and(|address| address.contains("/callback")) && !text.is_empty() {
            break text;
        }
        assert!(began.elapsed() < PATIENCE, "the page leads nowhere: {text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    driver.quit().await.expect("the browser closes");
    drop(program.kill().await);
    text
}
