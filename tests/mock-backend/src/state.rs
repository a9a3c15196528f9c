//! What the parts of one running backend share. It owns no behaviour.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, header};

use crate::clock::MockClock;
use crate::faults::{Faults, Route};
use crate::log::RequestLog;
use crate::repeats::Actors;
use crate::smart::Smart;
use crate::store::Store;
use crate::tls::Tls;

/// Takes a lock. One request that panicked must not take all later ones with it: what the lock
/// guards is whole between any two statements here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One backend.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: MockClock,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) store: Store,
    pub(crate) actors: Actors,
    pub(crate) smart: Smart,
    pub(crate) tls: Option<Tls>,
}

/// What is known about the request at hand, beside its body.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) route: Route,
    pub(crate) headers: HeaderMap,
    /// Scheme and authority by which the client knows this server.
    pub(crate) origin: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn fhir_base(&self) -> String {
        format!("{}/fhir", self.origin)
    }
}

/// The origin that the client used. A phone or an emulator reaches this machine under another
/// address than this machine does, so that links must follow the request.
pub(crate) fn origin(tls: bool, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| {
            host.chars()
                .all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter))
        })
        .unwrap_or("127.0.0.1");
    format!("{}://{host}", if tls { "https" } else { "http" })
}
