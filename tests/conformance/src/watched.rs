//! The app's own connection, shared with the questions that are asked beside it, so that a person
//! signs in once.

use std::sync::{Arc, Mutex, PoisonError};

use hale_core::ports::{
    BackendInfo, Backends, DiscoveryError, OpenBrowser, SignInError, SignedIn, TokenKeeper, Tokens,
};
use hale_remote::{HttpBackends, HttpRemote};

/// What the app was last connected to, and for which patient.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) remote: HttpRemote,
    pub(crate) patient_id: String,
    pub(crate) backend: BackendInfo,
}

/// Where the connection is kept.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<Option<Connection>>>);

impl Shared {
    /// The newest connection.
    pub(crate) fn get(&self) -> Option<Connection> {
        let held = self.0.lock();
        held.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The backends as patients get them, watched.
pub(crate) struct Watched {
    pub(crate) backends: HttpBackends,
    pub(crate) shared: Shared,
}

impl Backends for Watched {
    type Remote = HttpRemote;

    async fn discover(&self, url: String) -> Result<BackendInfo, DiscoveryError> {
        self.backends.discover(url).await
    }

    async fn sign_in(
        &self,
        backend: BackendInfo,
        browser: Arc<dyn OpenBrowser>,
    ) -> Result<SignedIn, SignInError> {
        self.backends.sign_in(backend, browser).await
    }

    fn connect(
        &self,
        backend: BackendInfo,
        tokens: Tokens,
        keeper: Arc<dyn TokenKeeper>,
    ) -> HttpRemote {
        let patient_id = tokens.patient_id.clone();
        let remote = self.backends.connect(backend.clone(), tokens, keeper);
        let connection = Connection {
            remote: remote.clone(),
            patient_id,
            backend,
        };
        let mut held = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(connection);
        remote
    }

    async fn revoke(&self, backend: BackendInfo, tokens: Tokens) {
        self.backends.revoke(backend, tokens).await;
    }
}
