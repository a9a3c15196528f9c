//! The app without its window: the operations of every slice, for whoever is signed in.
//!
//! [`Hale`] is put together once, by the shell or by a test, from a device, backends and a clock.
//! Each slice adds its operations in files of its own. It holds no rule: rules stand in the slices.

use std::collections::HashMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hale_contracts::account::PersonView;
use hale_contracts::error::ErrorView;
use hale_contracts::provenance::SourceView;
use hale_contracts::sync::SyncUnit;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Error;
use crate::ports::{
    BackendInfo, Backends, Clock, Device, OpenBrowser, PersonId, SignedIn, SourceId,
};
use crate::sources::link::{Identity, Link};

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
    /// Ends the check that runs.
    pub(crate) stop_check: Mutex<Option<futures::channel::oneshot::Sender<()>>>,
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
    /// The service that the patient signs in to Hale with: bookings and requests go there alone.
    pub(crate) main: Arc<Link<R>>,
    /// The other services that the patient has linked, the first linked first.
    others: Mutex<Vec<Arc<Link<R>>>>,
    pub(crate) cache: C,
    pub(crate) own: O,
    /// Held while the mirror is brought up to date.
    pub(crate) syncing: futures::lock::Mutex<()>,
    /// What the patient looks at. A check reads it before the rest.
    pub(crate) shown: Mutex<Option<SyncUnit>>,
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
    /// Held while the patient signs in at a further service.
    pub(crate) signing_in: futures::lock::Mutex<()>,
    /// Who signed in at a further service and has not confirmed yet. Nothing of it is kept.
    linking: Mutex<Option<Candidate>>,
}

/// A free time as read, kept for the booking.
#[derive(Debug, Clone)]
pub(crate) struct FoundSlot {
    pub(crate) view: hale_contracts::appointments::SlotView,
    pub(crate) slot: Value,
    pub(crate) location: Option<String>,
}

/// The session type of an app.
pub(crate) type OpenSession<D, B> =
    Session<<D as Device>::Cache, <D as Device>::Own, <B as Backends>::Remote>;

impl<C, O, R> Session<C, O, R> {
    pub(crate) fn new(
        person_id: PersonId,
        main: Link<R>,
        others: Vec<Link<R>>,
        cache: C,
        own: O,
    ) -> Self {
        Self {
            person_id,
            main: Arc::new(main),
            others: Mutex::new(others.into_iter().map(Arc::new).collect()),
            cache,
            own,
            syncing: futures::lock::Mutex::new(()),
            shown: Mutex::new(None),
            booking: futures::lock::Mutex::new(()),
            sending: futures::lock::Mutex::new(()),
            first_absences: Mutex::new(HashMap::new()),
            last_run: AtomicI64::new(0),
            found_slots: Mutex::new(HashMap::new()),
            signing_in: futures::lock::Mutex::new(()),
            linking: Mutex::new(None),
        }
    }

    /// Every service that the record is read from, the main one first.
    pub(crate) fn links(&self) -> Vec<Arc<Link<R>>> {
        let others = lock(&self.others);
        std::iter::once(&self.main)
            .chain(others.iter())
            .map(Arc::clone)
            .collect()
    }

    /// The service with this id, if it is linked.
    pub(crate) fn link(&self, source: &SourceId) -> Option<Arc<Link<R>>> {
        self.links()
            .into_iter()
            .find(|link| &link.identity().source == source)
    }

    /// Puts a linked service in the place of the one with its id, or beside the others.
    pub(crate) fn put_link(&self, link: Link<R>) {
        let source = link.identity().source.clone();
        let link = Arc::new(link);
        let mut others = lock(&self.others);
        match others
            .iter_mut()
            .find(|one| one.identity().source == source)
        {
            Some(known) => *known = link,
            None => others.push(link),
        }
    }

    /// Takes a linked service away.
    pub(crate) fn remove_link(&self, source: &SourceId) {
        lock(&self.others).retain(|link| &link.identity().source != source);
    }

    /// Sets who waits to be confirmed at a further service, and gives who did so far.
    pub(crate) fn set_linking(&self, candidate: Option<Candidate>) -> Option<Candidate> {
        std::mem::replace(&mut *lock(&self.linking), candidate)
    }

    /// A source as it is shown.
    pub(crate) fn source_view(&self, source: &SourceId) -> SourceView {
        self.link(source).map_or_else(
            || SourceView {
                id: source.0.clone(),
                name: source.0.clone(),
            },
            |link| link.identity().source_view(),
        )
    }

    /// Who the record belongs to at the main service.
    pub(crate) fn identity(&self) -> Arc<Identity> {
        self.main.identity()
    }

    /// The connection to the main service, unless its sign-in has lapsed.
    pub(crate) fn online(&self) -> Result<&R, Error> {
        self.main.online()
    }

    /// Whether it is worth trying to send something, as far as the last attempt shows.
    pub(crate) fn can_send(&self) -> bool {
        self.main.online().is_ok() && !self.main.seems_offline()
    }

    /// See [`Link::note_failure`], of the main service.
    pub(crate) fn note_failure(&self, error: &crate::ports::RemoteError) {
        self.main.note_failure(error);
    }

    /// See [`Link::note_answer`], of the main service.
    pub(crate) fn note_answer(&self) {
        self.main.note_answer();
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
            stop_check: Mutex::new(None),
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
