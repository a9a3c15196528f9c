//! The pages that the mock shows people: the sign-in page and the tester's console.

use std::time::{Duration, Instant};

use hale_mock_backend::{Config, Fault, MockBackend, Rule, RunningMock, find_scenario};
use serde_json::Value;
use thirtyfour::Key;

use super::axe::nothing_found_by;
use super::browser::{Browser, Look};
use super::harness::PATIENCE;

/// Everybody's way of looking: a desktop and a phone, light and dark.
const LOOKS: [(&str, Look); 4] = [
    ("desktop", look(None, false)),
    ("desktop-dark", look(None, true)),
    ("phone", look(Some(390), false)),
    ("phone-dark", look(Some(390), true)),
];

const fn look(width: Option<u32>, is_dark: bool) -> Look {
    Look { width, is_dark }
}

async fn mock() -> RunningMock {
    hale_support::install_crypto();
    let config = Config {
        patients: 1000,
        ..Config::default()
    };
    MockBackend::start(config).await.unwrap()
}

/// The address that the app opens in the browser.
fn sign_in_page(mock: &RunningMock) -> String {
    let base = mock.fhir_base();
    let mut url = mock.origin();
    url.set_path("/auth/authorize");
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", "hale"),
        ("redirect_uri", "http://127.0.0.1:49152/callback"),
        ("scope", "openid launch/patient patient/*.rs"),
        ("state", "the-state"),
        ("aud", base.as_str()),
        ("code_challenge", &"a".repeat(43)),
        ("code_challenge_method", "S256"),
    ]);
    url.into()
}

/// Puts something into every part of the console.
async fn fill(mock: &RunningMock) {
    let probe = hale_support::Probe::sign_in(mock, "full").await;
    let list = probe.search("Condition?_count=2").await;
    let first = list.first().expect("the persona has a problem").clone();
    let patient = &mock.personas()[0].patient_id;
    mock.store().put(patient, first);
    mock.faults()
        .set(Rule::once(Fault::Partial).on("GET", "/Observation?category=laboratory"));
    mock.faults().set(Rule::always(Fault::ExpiredAccessToken));
}

/// Nothing is found by axe-core, nothing hangs out at the side, and a picture is kept.
async fn is_fit(browser: &Browser, name: &str, (look, wanted): (&str, Look)) {
    let name = format!("mock-{name}-{look}");
    let is_dark = browser
        .ask("return matchMedia('(prefers-color-scheme: dark)').matches")
        .await;
    assert_eq!(is_dark, wanted.is_dark, "{name} is seen as asked");
    browser.picture(&name).await;
    // A phone's screen widens to what does not fit, so that the page never scrolls by its own word.
    let width = browser
        .ask("return Math.max(document.documentElement.scrollWidth, innerWidth)")
        .await;
    let width = width.as_u64().and_then(|width| u32::try_from(width).ok());
    assert_eq!(
        width,
        wanted.width.or(Some(1280)),
        "{name} is as wide as the screen and no wider"
    );
    nothing_found_by(&browser.driver, &name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mocks_pages_are_fit_for_everybody() {
    let mock = mock().await;
    fill(&mock).await;
    let console = mock.console_url().to_string();
    let sign_in = sign_in_page(&mock);
    let not_an_app = format!("{}auth/authorize", mock.origin());
    for look in LOOKS {
        let browser = Browser::open(look.1).await;
        browser.goto(&sign_in).await;
        assert!(browser.text().await.contains("This is a test server."));
        is_fit(&browser, "sign-in", look).await;
        browser.goto(&not_an_app).await;
        assert!(browser.text().await.contains("You cannot sign in here"));
        is_fit(&browser, "sign-in-refused", look).await;
        browser.goto(&console).await;
        browser
            .ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            .await;
        is_fit(&browser, "console", look).await;
        browser
            .ask("document.getElementById('rule').value = 'no rule'; document.querySelector('form[action$=\"/fault\"]').submit()")
            .await;
        assert!(browser.text().await.contains("That did not work"));
        is_fit(&browser, "console-refused", look).await;
        browser.close().await;
    }
}

/// Everything on a page that acts when it is used.
const CONTROLS: &str =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

/// What has the focus, by its place among all controls, and whether the focus is drawn and in view.
fn focused() -> String {
    format!(
        "const all = [...document.querySelectorAll('{CONTROLS}')];
        const one = document.activeElement;
        if (one === document.body || one === document.documentElement) return null;
        const style = getComputedStyle(one);
        const box = one.getBoundingClientRect();
        return {{
            at: all.indexOf(one),
            id: one.id,
            what: one.outerHTML.slice(0, 120),
            is_seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                && box.bottom > 0 && box.top < innerHeight,
        }};"
    )
}

/// Goes through a page by the Tab key and says what takes the focus, in turn.
async fn tabbed_through(browser: &Browser) -> Vec<Value> {
    let mut stops: Vec<Value> = Vec::new();
    loop {
        browser.press(Key::Tab + "").await;
        let stop = browser.ask(&focused()).await;
        if stop.is_null() || stops.first() == Some(&stop) {
            return stops;
        }
        assert_eq!(stop["is_seen"], true, "the focus is seen on {stop}");
        stops.push(stop);
        assert!(stops.len() < 500, "the focus goes round for ever");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_reaches_every_control_of_the_mocks_pages() {
    let mock = mock().await;
    fill(&mock).await;
    let browser = Browser::open(Look::default()).await;
    let screen = browser.driver.set_window_rect(0, 0, 1280, 900).await;
    screen.expect("a screen on which not everything is in view");
    for address in [mock.console_url().to_string(), sign_in_page(&mock)] {
        browser.goto(&address).await;
        let all = browser
            .ask(&format!(
                "return document.querySelectorAll('{CONTROLS}').length"
            ))
            .await;
        let reached: Vec<u64> = tabbed_through(&browser)
            .await
            .iter()
            .map(|stop| stop["at"].as_u64().expect("a control"))
            .collect();
        let expected: Vec<u64> = (0..all.as_u64().unwrap()).collect();
        assert_eq!(reached, expected, "every control, in the page's order");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_is_switched_on_by_the_keyboard_alone() {
    let mock = mock().await;
    let browser = Browser::open(Look::default()).await;
    browser.goto(mock.console_url().as_str()).await;
    browser.press(Key::Tab + "").await;
    let stop = browser.ask(&focused()).await;
    assert_eq!(stop["id"], "scenario", "the scenarios come first");
    browser.press(Key::Down + Key::Down).await;
    let key = browser
        .ask("return document.getElementById('scenario').value")
        .await;
    let scenario = find_scenario(key.as_str().unwrap()).expect("one of the list");
    assert!(!scenario.rules.is_empty(), "one with faults was chosen");
    browser.press(Key::Tab + "").await;
    browser.press(Key::Enter + "").await;
    let began = Instant::now();
    while mock.faults().rules() != scenario.rules {
        assert!(began.elapsed() < PATIENCE, "the scenario takes no effect");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        browser.text().await.contains("Remove all faults"),
        "the page says what is in force now"
    );
    browser.close().await;
}
