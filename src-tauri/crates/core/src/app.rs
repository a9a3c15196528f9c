//! The app without its window: the operations of every slice, for whoever is signed in.
//!
//! [`Hale`] is put together once, by the shell or by a test, from a device, backends and a clock.
//! Each slice adds its operations in files of its own. It holds no rule: rules stand in the slices.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hale_contracts::account::PersonView;
use hale_contracts::error::ErrorView;
use hale_contracts::provenance::SourceView;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::error::Error;
use crate::ports::{
    BackendInfo, Backends, Clock, Device, IdentityClaims, OpenBrowser, PersonId, SignedIn, SourceId,
};

/// The app.
pub struct Hale<D: Device, B: Backends, K: Clock> {
    pub(crate) device: Arc<D>,
    pub(crate) backends: B,
    pub(crate) clock: K,
    pub(crate) browser: Arc<dyn OpenBrowser>,
    stage: Mutex<Stage<D, B>>,
    /// A backend to start with; not kept.
    pub(crate) given_backend: Option<String>,
    /// Serialises what changes who is signed in.
    pub(crate) changing: futures::lock::Mutex<()>,
    /// Ends a sign-in that waits for the browser.
    pub(crate) cancel_sign_in: Mutex<Option<futures::channel::oneshot::Sender<()>>>,
}

/// Where the app stands.
pub(crate) enum Stage<D: Device, B: Backends> {
    /// [`Hale::start`] has not run.
    NotStarted,
    /// Nobody is signed in.
    SignedOut { has_data: bool },
    /// The browser is open.
    SigningIn { backend: BackendInfo },
    /// The server named a person, who must confirm.
    Confirming(Box<Candidate>),
    /// Somebody's record is open.
    Open(Arc<Session<D::Cache, D::Own, B::Remote>>),
    /// There is data that does not open.
    Locked { error: ErrorView },
}

/// Who has signed in but not confirmed yet. Nothing of it is on the device.
#[derive(Clone)]
pub(crate) struct Candidate {
    pub(crate) backend: BackendInfo,
    pub(crate) signed_in: SignedIn,
    pub(crate) person: PersonView,
}

/// Somebody's open record.
pub(crate) struct Session<C, O, R> {
    pub(crate) person_id: PersonId,
    /// Who it belongs to; replaced when a check learns more, for example the practice.
    identity: Mutex<Arc<Identity>>,
    pub(crate) cache: C,
    pub(crate) own: O,
    /// None once the sign-in has lapsed and its tokens are gone.
    pub(crate) remote: Option<R>,
    /// The sign-in has lapsed: set by the first refusal.
    pub(crate) is_lapsed: AtomicBool,
    /// The last attempt found no network.
    pub(crate) is_offline: AtomicBool,
    /// Held while the mirror is brought up to date.
    pub(crate) syncing: futures::lock::Mutex<()>,
    /// Held while a booking is made or read back, so that two never cross.
    pub(crate) booking: futures::lock::Mutex<()>,
    /// Held while requests are sent, so that none is sent twice at once.
    pub(crate) sending: futures::lock::Mutex<()>,
    /// For each booking that a server without a `Date` answered that it does not have: when it
    /// first did, by [`Clock::elapsed`].
    pub(crate) first_absences: Mutex<HashMap<Uuid, Duration>>,
    /// The newest run that began in this session; see [`Hale::next_run`].
    pub(crate) last_run: AtomicI64,
    /// The free times last read, with what they refer to, by slot id.
    pub(crate) found_slots: Mutex<HashMap<String, FoundSlot>>,
}

/// A free time as read, kept for the booking.
#[derive(Debug, Clone)]
pub(crate) struct FoundSlot {
    pub(crate) view: hale_contracts::appointments::SlotView,
    pub(crate) slot: Value,
    pub(crate) location: Option<String>,
}

/// Who the record belongs to and where it comes from. Kept in `own.db` under [`IDENTITY_NOTE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) source: SourceId,
    pub(crate) backend: BackendInfo,
    pub(crate) patient_id: String,
    pub(crate) claims: IdentityClaims,
    pub(crate) person: PersonView,
}

/// The name of the note that holds the [`Identity`].
pub(crate) const IDENTITY_NOTE: &str = "identity";

impl Identity {
    /// The source as it is shown: the practice where it is known, else the backend's own name.
    pub(crate) fn source_view(&self) -> SourceView {
        SourceView {
            id: self.source.0.clone(),
            name: self.person.practice.as_ref().map_or_else(
                || self.backend.name.clone(),
                |practice| practice.name.clone(),
            ),
        }
    }
}

/// The session type of an app.
pub(crate) type OpenSession<D, B> =
    Session<<D as Device>::Cache, <D as Device>::Own, <B as Backends>::Remote>;

impl<C, O, R> Session<C, O, R> {
    pub(crate) fn new(
        person_id: PersonId,
        identity: Identity,
        cache: C,
        own: O,
        remote: Option<R>,
    ) -> Self {
        Self {
            person_id,
            identity: Mutex::new(Arc::new(identity)),
            cache,
            own,
            is_lapsed: AtomicBool::new(remote.is_none()),
            remote,
            is_offline: AtomicBool::new(false),
            syncing: futures::lock::Mutex::new(()),
            booking: futures::lock::Mutex::new(()),
            sending: futures::lock::Mutex::new(()),
            first_absences: Mutex::new(HashMap::new()),
            last_run: AtomicI64::new(0),
            found_slots: Mutex::new(HashMap::new()),
        }
    }

    /// Who the record belongs to.
    pub(crate) fn identity(&self) -> Arc<Identity> {
        Arc::clone(&lock(&self.identity))
    }

    /// Replaces what is known of the person.
    pub(crate) fn set_identity(&self, identity: Identity) {
        *lock(&self.identity) = Arc::new(identity);
    }

    /// The connection, unless the sign-in has lapsed.
    pub(crate) fn online(&self) -> Result<&R, Error> {
        match &self.remote {
            Some(remote) if !self.is_lapsed.load(Ordering::Relaxed) => Ok(remote),
            _ => Err(Error::SignInNeeded),
        }
    }

    /// Notes what a failed request says about the connection and the sign-in.
    pub(crate) fn note_failure(&self, error: &crate::ports::RemoteError) {
        match error {
            crate::ports::RemoteError::SignInNeeded => {
                self.is_lapsed.store(true, Ordering::Relaxed)
            }
            crate::ports::RemoteError::NotConnected(_) => {
                self.is_offline.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
    }

    /// Notes that the backend answered.
    pub(crate) fn note_answer(&self) {
        self.is_offline.store(false, Ordering::Relaxed);
    }
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Puts the app together. Call [`Hale::start`] next.
    pub fn new(device: D, backends: B, clock: K, browser: Arc<dyn OpenBrowser>) -> Self {
        Self {
            device: Arc::new(device),
            backends,
            clock,
            browser,
            stage: Mutex::new(Stage::NotStarted),
            given_backend: None,
            changing: futures::lock::Mutex::new(()),
            cancel_sign_in: Mutex::new(None),
        }
    }

    /// Starts with this backend instead of the one used before. For testers: a server on this
    /// device has another address at every start.
    ///
    /// What is chosen in the app ([`Hale::choose_backend`]) counts more, in this run and in later
    /// ones with the same start value. Servers on this device count as the same.
    #[must_use]
    pub fn with_backend(mut self, url: String) -> Self {
        self.given_backend = Some(crate::account::backend::tidy(&url));
        self
    }

    /// The stage, for a moment. Never held over an await.
    pub(crate) fn stage(&self) -> MutexGuard<'_, Stage<D, B>> {
        lock(&self.stage)
    }

    /// The open record.
    pub(crate) fn session(&self) -> Result<Arc<OpenSession<D, B>>, Error> {
        match &*self.stage() {
            Stage::Open(session) => Ok(Arc::clone(session)),
            _ => Err(Error::SignedOut),
        }
    }
}

/// Locks a mutex whose data stays whole even if a holder panicked: it is only ever replaced.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
