//! Somebody in front of the window: a device, the backend, and the way through signing in.

use hale_mock_backend::{Config, MockBackend, Rule, RunningMock};

use super::harness::{TestDevice, Window};
use super::looks::arrived;

/// One person's visit. The window is closed by [`Visit::end`].
pub(crate) struct Visit {
    pub(crate) device: TestDevice,
    pub(crate) mock: RunningMock,
    pub(crate) window: Window,
}

impl Visit {
    /// Opens the window on a fresh device, with the mock as its service.
    pub(crate) async fn begin() -> Self {
        let device = TestDevice::new().await;
        let mock = MockBackend::start(Config::default()).await.unwrap();
        let window = Window::open(&device, Some(mock.fhir_base().as_str())).await;
        window.resize(1280, 900).await;
        window.heading("Welcome to Hale").await;
        Self {
            device,
            mock,
            window,
        }
    }

    /// Opens the window and signs in as a persona.
    pub(crate) async fn signed_in(persona: &str) -> Self {
        Self::with_rules(persona, Vec::new()).await
    }

    /// As [`Visit::signed_in`], with faults from the moment on that the patient has said "this is
    /// me": signing in itself goes well.
    pub(crate) async fn with_rules(persona: &str, rules: Vec<Rule>) -> Self {
        let visit = Self::begin().await;
        visit.sign_in(persona, rules).await;
        visit
    }

    /// Goes from the welcome page to the home page.
    pub(crate) async fn sign_in(&self, persona: &str, rules: Vec<Rule>) {
        self.window.click("#start").await;
        self.ask_to_sign_in().await;
        self.choose(persona).await;
        arrived(&self.window, "Is this you?").await;
        self.mock.faults().replace(rules);
        self.window.click("#confirm-yes").await;
        self.window.text("What would you like to do?").await;
    }

    /// Presses the button that opens the browser.
    pub(crate) async fn ask_to_sign_in(&self) {
        self.window.click("#sign-in").await;
        self.window.text("Hale is waiting").await;
    }

    /// Does at the sign-in page what somebody there would, without a browser.
    pub(crate) async fn choose(&self, persona: &str) {
        let address = self.device.address_opened().await;
        let redirect = self.mock.authorize_as(&address, persona).await.unwrap();
        // What the app makes of the answer is what a test looks at, not this page.
        drop(reqwest::get(redirect).await);
    }

    /// Puts other faults in force and has everything checked once more.
    pub(crate) async fn check_again(&self, rules: Vec<Rule>) {
        self.mock.faults().replace(rules);
        self.go("settings", "Settings").await;
        self.window.click("a[href='/settings/updates']").await;
        arrived(&self.window, "Updates").await;
        self.window.click("#check-now").await;
        self.checked().await;
    }

    /// Waits until no check is running.
    pub(crate) async fn checked(&self) {
        self.window.gone(".hale-progress").await;
    }

    /// Goes to one of the main places by the navigation, unless the window is there already.
    pub(crate) async fn go(&self, place: &str, heading: &str) {
        let here = self.window.script("return location.pathname;").await;
        if here.as_str() == Some(&format!("/{place}")) {
            return self.window.heading(heading).await;
        }
        self.window
            .click(&format!(".hale-nav__list a[href='/{place}']"))
            .await;
        arrived(&self.window, heading).await;
    }

    /// Closes the window and opens it again on the same device.
    pub(crate) async fn close_and_open(self) -> Self {
        self.close().await.open().await
    }

    /// Closes the window; the device and the backend stay.
    pub(crate) async fn close(self) -> Closed {
        self.window.close().await;
        Closed {
            device: self.device,
            mock: self.mock,
        }
    }

    /// Closes the window, then stops the backend.
    pub(crate) async fn end(self) {
        self.window.close().await;
        self.mock.stop().await;
    }
}

/// A visit between two windows.
pub(crate) struct Closed {
    pub(crate) device: TestDevice,
    mock: RunningMock,
}

impl Closed {
    /// Opens the window again, where the patient is signed in still.
    pub(crate) async fn open(self) -> Visit {
        let Self { device, mock } = self;
        let window = Window::open(&device, Some(mock.fhir_base().as_str())).await;
        window.resize(1280, 900).await;
        window.text("What would you like to do?").await;
        Visit {
            device,
            mock,
            window,
        }
    }
}
