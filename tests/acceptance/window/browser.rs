//! A real browser, for the pages of the server: headless Chromium through its own driver.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::ChromeCapabilities;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::prelude::*;
use tokio::process::{Child, Command};

use super::harness::{PATIENCE, free_port, given};

/// How a page is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// Width of a phone's screen; a desktop's if none.
    pub(crate) width: Option<u32>,
    /// Whether the person prefers dark colours.
    pub(crate) is_dark: bool,
}

/// An open browser with one page.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
    program: Child,
}

impl Browser {
    /// Starts a browser without a page.
    pub(crate) async fn open(look: Look) -> Self {
        let port = free_port();
        let program = Command::new(given("HALE_CHROMEDRIVER"))
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the browser's driver starts");
        let capabilities = capabilities(look);
        let address = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        let driver = loop {
            match WebDriver::new(&address, capabilities.clone()).await {
                Ok(driver) => break driver,
                Err(error) => assert!(began.elapsed() < PATIENCE, "no browser: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        driver
            .set_script_timeout(PATIENCE)
            .await
            .expect("a script may take a while");
        Self { driver, program }
    }

    /// Closes it.
    pub(crate) async fn close(mut self) {
        self.driver
            .clone()
            .quit()
            .await
            .expect("the browser closes");
        drop(self.program.kill().await);
    }

    /// Opens a page.
    pub(crate) async fn goto(&self, address: &str) {
        self.driver.goto(address).await.expect("the page opens");
    }

    /// The page's whole text.
    pub(crate) async fn text(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        let focused = self.driver.active_element().await.expect("a focus");
        focused.send_keys(keys).await.expect("it takes the keys");
    }

    /// What a script on the page returns.
    pub(crate) async fn ask(&self, script: &str) -> serde_json::Value {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.expect("the page runs a script").json().clone()
    }

    /// Keeps a picture of what is seen of the page in the gallery.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = given("HALE_GALLERY_DIR");
        std::fs::create_dir_all(&folder).unwrap();
        let png = self.driver.screenshot_as_png().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
}

fn capabilities(look: Look) -> ChromeCapabilities {
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
        "--hide-scrollbars",
    ] {
        capabilities.add_arg(argument).unwrap();
    }
    let scheme = if look.is_dark { 0 } else { 1 };
    capabilities
        .add_arg(&format!("--blink-settings=preferredColorScheme={scheme}"))
        .unwrap();
    match look.width {
        // A window is never narrower than 500 pixels; a phone's screen is.
        Some(width) => capabilities
            .add_experimental_option(
                "mobileEmulation",
                json!({ "deviceMetrics": {
                    "width": width, "height": 844, "pixelRatio": 2.0, "touch": true,
                }}),
            )
            .unwrap(),
        None => capabilities.add_arg("--window-size=1280,2400").unwrap(),
    }
    capabilities
        .set_binary(given("HALE_CHROMIUM").to_str().unwrap())
        .unwrap();
    capabilities
}
