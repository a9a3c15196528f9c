//! One service that a part of the record is read from: who the patient is there, and the connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use hale_contracts::account::PersonView;
use hale_contracts::provenance::SourceView;
use serde::{Deserialize, Serialize};

use crate::app::lock;
use crate::error::Error;
use crate::ports::{BackendInfo, IdentityClaims, RemoteError, SourceId};
use crate::sync::plan::Whose;

/// The id of the service that the patient signs in to Hale with.
const MAIN: &str = "main";

/// The id of the service that the patient signs in to Hale with.
pub(crate) fn main_source() -> SourceId {
    SourceId(MAIN.to_owned())
}

/// Who the patient is at a service, and where that is. Kept in `own.db`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) source: SourceId,
    pub(crate) backend: BackendInfo,
    pub(crate) patient_id: String,
    pub(crate) claims: IdentityClaims,
    pub(crate) person: PersonView,
}

impl Identity {
    /// Whose record it is.
    pub(crate) fn whose(&self) -> Whose<'_> {
        Whose {
            patient_id: &self.patient_id,
            nhs_number: self.person.nhs_number.as_deref(),
        }
    }

    /// Whether bookings and requests go there.
    pub(crate) fn is_main(&self) -> bool {
        self.source.0 == MAIN
    }

    /// The source as it is shown: the main one by the patient's practice where it is known, every
    /// other by its own name, because it names the same practice as the patient's.
    pub(crate) fn source_view(&self) -> SourceView {
        let practice = self.person.practice.as_ref().filter(|_| self.is_main());
        SourceView {
            id: self.source.0.clone(),
            name: practice.map_or_else(
                || self.backend.name.clone(),
                |practice| practice.name.clone(),
            ),
        }
    }
}

/// A service, and how the connection to it stands. Each has its own sign-in and its own health, so
/// that one that is down leaves the others as they are.
pub(crate) struct Link<R> {
    /// Replaced when a check learns more, for example the practice.
    identity: Mutex<Arc<Identity>>,
    /// None once the sign-in has lapsed and its tokens are gone.
    remote: Option<R>,
    /// The sign-in has lapsed: set by the first refusal.
    is_lapsed: AtomicBool,
    /// The last attempt found no network.
    is_offline: AtomicBool,
}

impl<R> Link<R> {
    pub(crate) fn new(identity: Identity, remote: Option<R>) -> Self {
        Self {
            identity: Mutex::new(Arc::new(identity)),
            is_lapsed: AtomicBool::new(remote.is_none()),
            remote,
            is_offline: AtomicBool::new(false),
        }
    }

    /// Who the patient is there.
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
            Some(remote) if !self.is_lapsed() => Ok(remote),
            _ => Err(Error::SignInNeeded),
        }
    }

    /// Whether the sign-in has lapsed.
    pub(crate) fn is_lapsed(&self) -> bool {
        self.is_lapsed.load(Ordering::Relaxed)
    }

    /// Whether the last attempt found no network.
    pub(crate) fn seems_offline(&self) -> bool {
        self.is_offline.load(Ordering::Relaxed)
    }

    /// Notes what a failed request says about the connection and the sign-in.
    pub(crate) fn note_failure(&self, error: &RemoteError) {
        match error {
            RemoteError::SignInNeeded => self.is_lapsed.store(true, Ordering::Relaxed),
            RemoteError::NotConnected(_) => self.is_offline.store(true, Ordering::Relaxed),
            _ => {}
        }
    }

    /// Notes that the service answered.
    pub(crate) fn note_answer(&self) {
        self.is_offline.store(false, Ordering::Relaxed);
    }
}
