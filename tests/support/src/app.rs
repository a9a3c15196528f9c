//! The app on a device of its own, against a mock of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hale_cache::{LocalDevice, MemoryKeys};
use hale_contracts::account::{ConfirmIdentityRequest, SessionView};
use hale_contracts::sync::SyncStatusView;
use hale_core::app::Hale;
use hale_core::error::Error;
use hale_core::ports::{Cache, Device, ListQuery};
use hale_core::sync::units;
use hale_mock_backend::population::Place;
use hale_mock_backend::{Config, Door, MockBackend, RunningMock};
use hale_remote::{HttpBackends, HttpOptions};

use crate::{Probe, TestClock, Visitor};

/// The app as the tests put it together.
pub type App = Hale<LocalDevice, HttpBackends, TestClock>;

/// Who signs in at the pages of which other backends, by their ports.
type Elsewhere = Arc<Mutex<HashMap<u16, String>>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The app, its device and its backend.
pub struct TestApp {
    /// The app.
    pub app: Arc<App>,
    /// The backend. Stop it to take the network away.
    pub mock: RunningMock,
    /// The clock of the app.
    pub clock: TestClock,
    keys: MemoryKeys,
    folder: tempfile::TempDir,
    visitor: Visitor,
    elsewhere: Elsewhere,
    persona: String,
    patience: Duration,
}

/// Another device of the same patient.
pub struct OtherDevice {
    /// The app on it.
    pub app: Arc<App>,
    _folder: tempfile::TempDir,
}

async fn confirmed(app: &App) -> Result<SessionView, Error> {
    match app.sign_in().await? {
        SessionView::ConfirmIdentity { .. } => {
            let request = ConfirmIdentityRequest { is_me: true };
            app.confirm_identity(request).await
        }
        other => Ok(other),
    }
}

/// How long the app waits for an answer, unless a test says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

impl TestApp {
    /// The app on an empty device; whoever opens the sign-in page signs in as this persona.
    pub async fn start(persona: &str) -> Self {
        hale_remote::install_crypto();
        let mock = MockBackend::start(Config::default())
            .await
            .expect("the mock starts");
        let elsewhere = Elsewhere::default();
        let visitor = Self::visitor_of(&mock, persona, Arc::clone(&elsewhere));
        let folder = tempfile::tempdir().expect("a folder");
        let keys = MemoryKeys::default();
        let clock = TestClock::default();
        let app = Self::put_together(
            folder.path(),
            &keys,
            &clock,
            &visitor,
            mock.fhir_base().as_str(),
            PATIENCE,
        );
        app.start().await;
        Self {
            app,
            mock,
            clock,
            keys,
            folder,
            visitor,
            elsewhere,
            persona: persona.to_owned(),
            patience: PATIENCE,
        }
    }

    /// The same, signed in, confirmed, and with the record loaded.
    pub async fn signed_in(persona: &str) -> Self {
        let app = Self::start(persona).await;
        app.sign_in().await.expect("the sign-in succeeds");
        app.sync().await;
        app
    }

    /// Somebody who chooses this persona at the sign-in page.
    pub fn visitor(mock: &RunningMock, persona: &str) -> Visitor {
        Self::visitor_of(mock, persona, Elsewhere::default())
    }

    /// The same, who at the pages of other backends may be somebody else.
    fn visitor_of(mock: &RunningMock, persona: &str, elsewhere: Elsewhere) -> Visitor {
        let door = mock.door();
        let persona = persona.to_owned();
        Visitor::new(move |address| {
            let door = Door::of_page(&address).unwrap_or_else(|| door.clone());
            let port = url::Url::parse(&address).ok().and_then(|url| url.port());
            let other = port.and_then(|port| lock(&elsewhere).get(&port).cloned());
            let persona = other.unwrap_or_else(|| persona.clone());
            async move { door.authorize_as(&address, &persona).await.ok() }
        })
    }

    /// From now on, whoever opens the sign-in page of that backend signs in as this persona.
    pub fn expect_persona_at(&self, mock: &RunningMock, persona: &str) {
        lock(&self.elsewhere).insert(mock.address().port(), persona.to_owned());
    }

    /// A backend of another part of care, with the same people.
    pub async fn another(place: Place) -> RunningMock {
        let config = Config {
            place,
            ..Config::default()
        };
        MockBackend::start(config).await.expect("the mock starts")
    }

    fn put_together(
        folder: &Path,
        keys: &MemoryKeys,
        clock: &TestClock,
        visitor: &Visitor,
        backend: &str,
        patience: Duration,
    ) -> Arc<App> {
        let device = LocalDevice::with_keys(folder.to_owned(), keys.clone());
        // As patients get it, but for how long a test waits.
        let options = HttpOptions {
            request_timeout: patience,
            retry_delay: Duration::from_millis(10),
            retry_after_limit: Duration::from_secs(2),
            sign_in_limit: Duration::from_secs(20),
            ..HttpOptions::default()
        };
        let app = Hale::new(
            device,
            HttpBackends::new(options, Arc::new(clock.clone())),
            clock.clone(),
            Arc::new(visitor.clone()),
        );
        Arc::new(app.with_backend(backend.to_owned()))
    }

    /// Another device of the same patient, signed in at the same backend, with the record loaded.
    ///
    /// # Panics
    /// If the device cannot be made or the sign-in fails.
    pub async fn another_device(&self) -> OtherDevice {
        let folder = tempfile::tempdir().expect("a folder");
        let app = Self::put_together(
            folder.path(),
            &MemoryKeys::default(),
            &self.clock,
            &self.visitor,
            self.mock.fhir_base().as_str(),
            self.patience,
        );
        app.start().await;
        confirmed(&app).await.expect("the sign-in succeeds");
        app.sync_now(&|_| {}).await.expect("a check");
        OtherDevice {
            app,
            _folder: folder,
        }
    }

    /// Signs in and says "yes, this is me".
    ///
    /// # Errors
    /// Whatever ended the sign-in.
    pub async fn sign_in(&self) -> Result<SessionView, Error> {
        confirmed(&self.app).await
    }

    /// Brings the record up to date.
    pub async fn sync(&self) -> SyncStatusView {
        self.app
            .sync_now(&|_| {})
            .await
            .expect("the mirror can be written")
    }

    /// Closes the app and starts it again on the same device.
    pub async fn restart(&mut self) -> SessionView {
        self.close();
        self.app.start().await
    }

    /// Closes the app: its files are as they are on a device that was switched off.
    pub fn close(&mut self) {
        let backend = self.mock.fhir_base();
        self.app = Self::put_together(
            self.folder.path(),
            &self.keys,
            &self.clock,
            &self.visitor,
            backend.as_str(),
            self.patience,
        );
    }

    /// Starts again on the same device, and from then on waits no longer than this for an answer.
    pub async fn restart_with_patience(&mut self, patience: Duration) -> SessionView {
        self.patience = patience;
        self.restart().await
    }

    /// From the next start on, whoever opens the sign-in page signs in as this persona.
    pub fn expect_persona(&mut self, persona: &str) {
        self.visitor = Self::visitor_of(&self.mock, persona, Arc::clone(&self.elsewhere));
    }

    /// Starts again on the same device against another backend, with somebody else at the page.
    pub async fn use_backend(&mut self, base: String, visitor: Visitor) -> SessionView {
        self.visitor = visitor;
        self.app = Self::put_together(
            self.folder.path(),
            &self.keys,
            &self.clock,
            &self.visitor,
            &base,
            self.patience,
        );
        self.app.start().await
    }

    /// A second client of the same persona.
    pub async fn probe(&self) -> Probe {
        Probe::sign_in(&self.mock, &self.persona).await
    }

    /// Everything that the mirror holds, as the server wrote it: what is shown and what is not.
    ///
    /// # Panics
    /// If the mirror cannot be read.
    pub async fn mirror(&self) -> Vec<String> {
        let device = LocalDevice::with_keys(self.folder().to_owned(), self.keys.clone());
        let person = device.settings().await.person.expect("somebody signed in");
        let (mirror, _) = device.open(person).await.expect("the mirror opens");
        let mut held = Vec::new();
        for unit in units::ALL {
            let query = ListQuery {
                unit,
                offset: 0,
                limit: u32::MAX,
                listed_only: false,
            };
            let page = mirror.list(query).await.expect("the mirror is read");
            held.extend(page.rows.into_iter().map(|row| row.json));
        }
        held
    }

    /// Makes the keychain forget every key, with the files left where they are.
    pub fn forget_keys(&self) {
        self.keys.clear();
    }

    /// Whether the keychain holds nothing.
    #[must_use]
    pub fn keys_are_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The folder with everything that is on the device.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
