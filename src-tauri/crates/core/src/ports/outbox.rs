//! What the patient confirmed and the server has not acknowledged yet. Kept in `own.db`.

use std::future::Future;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cache::{CacheError, SourceId};

/// What is asked for (backend contract, §9). A booking is none of these: it is never queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RequestKind {
    /// Cancel an appointment.
    CancelAppointment,
    /// Order a repeat prescription.
    RepeatRequest,
    /// Take back an order of a repeat prescription.
    CancelRepeatRequest,
    /// Answer a message.
    MessageReply,
    /// Set a choice about data sharing.
    Consent,
    /// Choose a pharmacy.
    NominatedPharmacy,
    /// Mark a message as read.
    MarkRead,
}

impl RequestKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CancelAppointment,
        Self::RepeatRequest,
        Self::CancelRepeatRequest,
        Self::MessageReply,
        Self::Consent,
        Self::NominatedPharmacy,
        Self::MarkRead,
    ];
}

/// How it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestForm {
    /// A new resource, sent with `If-None-Exist` under an identifier made once (§0).
    Create {
        /// The resource, with its identifier.
        body: String,
    },
    /// A change of one that there is, sent with `If-Match`.
    Change {
        /// The resource as the patient saw it.
        base: String,
        /// Its version (`meta.versionId`).
        version: Option<String>,
        /// The fields that change, with their new values.
        fields: String,
    },
}

/// Why a request waits for the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParkedBecause {
    /// The server refused it.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server says, for the patient.
        server_says: Option<String>,
    },
    /// It is too late for it.
    TooLate,
    /// The same was asked for already.
    AlreadyAsked,
    /// What it changes was changed by somebody else meanwhile.
    Changed,
    /// Its time had passed before it could be sent.
    Expired,
    /// It was sent, and the server does not say what became of it.
    NotFoundOut,
    /// What is kept of it cannot be read any more, so that it cannot be sent.
    Unusable,
}

/// How far a request has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestState {
    /// It will be sent, no earlier than this by the device's clock.
    Waiting {
        /// When.
        not_before: Option<DateTime<Utc>>,
    },
    /// An attempt began. Found after a restart, nobody knows how it ended.
    Sending,
    /// The patient must decide.
    Parked(ParkedBecause),
    /// The server acknowledged it. Kept for a while, so that the same id asked for again is known
    /// to be done.
    Done,
}

/// A request that the patient confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRequest {
    /// Made once at the confirmation; the `identifier` of what is created.
    pub id: Uuid,
    /// `X-Request-ID`, the same at every attempt.
    pub request_id: Uuid,
    /// What is asked for.
    pub kind: RequestKind,
    /// The source that it goes to.
    pub source: SourceId,
    /// The patient's id there.
    pub patient_id: String,
    /// What it is about (`Appointment/7`). Requests about the same thing keep their order.
    pub subject: String,
    /// How it is sent.
    pub form: RequestForm,
    /// When the patient confirmed.
    pub confirmed_at: DateTime<Utc>,
    /// After this it makes no sense any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// How many attempts there were.
    pub attempts: u32,
    /// Whether an attempt may have reached the server without Hale knowing: from then on what the
    /// server holds is read before anything is sent again.
    pub may_have_arrived: bool,
    /// When the attempt that may have arrived was made; what it left in doubt is looked for from
    /// then on.
    #[serde(default)]
    pub in_doubt_since: Option<DateTime<Utc>>,
    /// How far it has come.
    pub state: RequestState,
}

/// The requests of one person, oldest first.
///
/// Invariant: when a method that writes has returned `Ok`, the change survives a power cut.
pub trait Outbox: Send + Sync + 'static {
    /// Keeps a request in the place of what was kept under its id; a new one comes last.
    fn put_request(
        &self,
        request: StoredRequest,
    ) -> impl Future<Output = Result<(), CacheError>> + Send;

    /// Every request that is kept, in the order of their confirmations.
    fn requests(&self) -> impl Future<Output = Result<Vec<StoredRequest>, CacheError>> + Send;

    /// Forgets a request: it was done long ago, or the patient took it back. One that is not there is
    /// forgotten already.
    fn forget_request(&self, id: Uuid) -> impl Future<Output = Result<(), CacheError>> + Send;
}
