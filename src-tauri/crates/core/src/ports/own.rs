//! What the patient made (`own.db`): drafts, bookings on their way, what was seen. Never deleted
//! without being asked, and on disk before the network is tried.

use std::future::Future;

use chrono::{DateTime, Utc};
use hale_contracts::sync::SyncUnit;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cache::CacheError;

/// How far a booking has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BookingState {
    /// The patient confirmed it; it may or may not have reached the server. Only read back, never
    /// sent again by itself.
    Sent,
    /// The server acknowledged it, or reading back found it.
    Acknowledged {
        /// The server's id of the appointment.
        appointment_id: String,
    },
    /// The server refused it, or reading back found that it does not exist or was withdrawn, or
    /// the practice told the patient so.
    NotMade,
    /// The practice told the patient that it has it; Hale never found out. Shown no more.
    SaidBooked,
}

/// A booking that the patient confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredBooking {
    /// The id made once when the check page opened. It is the Appointment's `identifier`.
    pub booking_id: Uuid,
    /// `X-Request-ID`, the same at every attempt.
    pub request_id: Uuid,
    /// The source that it goes to.
    pub source: super::cache::SourceId,
    /// How far it has come.
    pub state: BookingState,
    /// The Appointment as it is sent.
    pub body: String,
    /// The slot as the patient saw it (`SlotView` as JSON).
    pub slot: String,
    /// The reason that was typed.
    pub reason: Option<String>,
    /// When the patient confirmed.
    pub confirmed_at: DateTime<Utc>,
    /// When reading back was last tried.
    pub last_checked: Option<DateTime<Utc>>,
    /// The server's own time (its `Date`) when it first answered, whole, that it has no such
    /// booking.
    #[serde(default)]
    pub first_absent: Option<DateTime<Utc>>,
    /// Whether the patient knows what became of it. Counts for [`BookingState::NotMade`]: until
    /// then it is shown.
    #[serde(default = "is_told")]
    pub is_told: bool,
    /// The server's id of the appointment that this one takes the place of, until that is cancelled.
    #[serde(default)]
    pub replaces: Option<String>,
}

/// Older versions told at once, or not at all.
const fn is_told() -> bool {
    true
}

/// Up to when the patient has seen a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMark {
    /// The unit.
    pub unit: SyncUnit,
    /// The moment, by this device's clock.
    pub seen_at: DateTime<Utc>,
}

/// One person's own data.
///
/// Invariant: when a method that writes has returned `Ok`, the change survives a power cut
/// (`synchronous=FULL`).
pub trait Own: super::outbox::Outbox {
    /// Keeps a booking, replacing what was kept under its id.
    fn put_booking(
        &self,
        booking: StoredBooking,
    ) -> impl Future<Output = Result<(), CacheError>> + Send;

    /// Keeps a booking only if none is kept under its id; answers whether it was new.
    fn insert_booking(
        &self,
        booking: StoredBooking,
    ) -> impl Future<Output = Result<bool, CacheError>> + Send;

    /// Every booking kept, oldest first.
    fn bookings(&self) -> impl Future<Output = Result<Vec<StoredBooking>, CacheError>> + Send;

    /// A small document kept under a name: a draft, a person's details. JSON.
    fn note(&self, name: String)
    -> impl Future<Output = Result<Option<String>, CacheError>> + Send;

    /// Keeps a document under a name, or removes it with `None`.
    fn put_note(
        &self,
        name: String,
        json: Option<String>,
    ) -> impl Future<Output = Result<(), CacheError>> + Send;

    /// Up to when each unit was seen.
    fn seen(&self) -> impl Future<Output = Result<Vec<SeenMark>, CacheError>> + Send;

    /// Notes that a unit was seen.
    fn mark_seen(&self, mark: SeenMark) -> impl Future<Output = Result<(), CacheError>> + Send;
}
