//! axe-core in the real window and in a browser: nothing may be found at WCAG 2.2 AA.

use serde_json::Value;
use thirtyfour::WebDriver;

use super::harness::{Window, given};

/// The rules of WCAG 2.0 to 2.2 at levels A and AA, and axe's best practices.
const RUN: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
}).then(
  (results) => done(results.violations.map((violation) => ({
    id: violation.id,
    help: violation.help,
    nodes: violation.nodes.map((node) => node.html + ' :: ' + node.failureSummary),
  }))),
  (error) => done('axe failed: ' + error),
);
"#;

/// Fails if axe-core finds anything on the window's page.
pub(crate) async fn nothing_found(window: &Window, screen: &str) {
    nothing_found_by(&window.driver, screen).await;
}

/// Fails if axe-core finds anything on the page that a driver has open.
pub(crate) async fn nothing_found_by(driver: &WebDriver, screen: &str) {
    let axe = std::fs::read_to_string(given("HALE_AXE")).expect("axe-core is there");
    driver
        .execute(format!("{axe}; return typeof axe;"), Vec::new())
        .await
        .expect("axe-core loads");
    let found = driver
        .execute_async(RUN, Vec::new())
        .await
        .expect("axe-core runs");
    let found: Value = found.json().clone();
    let list = found
        .as_array()
        .unwrap_or_else(|| panic!("{screen}: {found}"));
    assert!(
        list.is_empty(),
        "axe-core found on {screen}:\n{}",
        serde_json::to_string_pretty(&found).unwrap()
    );
}
