//! What the patient confirmed and the server has not acknowledged yet: "Not sent yet".

use serde::{Deserialize, Serialize};

use crate::time::LondonTime;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKindView {
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

/// Why a request waits for the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ParkedView {
    /// The service refused it.
    Refused {
        /// What the service says.
        server_says: Option<String>,
    },
    /// It is too late for it.
    TooLate,
    /// The same was asked for already, by another way or another device.
    AlreadyAsked,
    /// What it changes was changed by somebody else meanwhile.
    Changed,
    /// Its time had passed before it could be sent.
    Expired,
    /// It was sent, and the service does not say what became of it.
    NotFoundOut,
    /// What is kept of it cannot be read any more, so that it cannot be sent.
    Unusable,
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PendingStateView {
    /// It will be sent.
    NotSentYet,
    /// It may have been sent; Hale finds out before it sends anything again.
    Unconfirmed,
    /// The patient must decide.
    Parked {
        /// Why.
        because: ParkedView,
    },
}

/// A request that the server has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRequestView {
    /// Its id, for [`PendingRequestId`].
    pub id: String,
    /// What is asked for.
    pub kind: RequestKindView,
    /// What it is about, for example `Appointment/7`.
    pub subject: String,
    /// When the patient confirmed.
    pub confirmed_at: LondonTime,
    /// How it stands.
    pub state: PendingStateView,
    /// Whether it can be taken back: nothing of it can have reached the server, or the server
    /// certainly did not carry it out.
    pub can_undo: bool,
    /// Whether the patient can have it sent again on what the server holds now.
    pub can_send_again: bool,
}

/// Names a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRequestId {
    /// Its id.
    pub id: String,
}

/// How long the reason of a cancellation may be, in characters (backend contract, §2: `comment`).
pub const CANCEL_REASON_MAX: usize = 500;

/// Cancels an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelAppointmentRequest {
    /// The server's id of the appointment.
    pub appointment_id: String,
    /// Why, in the patient's words.
    pub reason: Option<String>,
}

/// Orders one repeat medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatOrderRequest {
    /// Made by the window when its check page opened, a UUID: asked twice it is one order.
    pub request_id: String,
    /// The server's id of the plan (`MedicationRequest`).
    pub plan_id: String,
    /// A note to the practice.
    pub note: Option<String>,
    /// The ODS code of a pharmacy for this order alone; none where it goes where all go.
    #[serde(default)]
    pub pharmacy: Option<String>,
}

/// Answers a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReplyRequest {
    /// Made by the window when the answer was begun, a UUID: asked twice it is one answer.
    pub request_id: String,
    /// The server's id of the message (`Communication`).
    pub in_response_to: String,
    /// The practice (`Organization`).
    pub organisation_id: String,
    /// The answer.
    pub text: String,
}

/// What became of a confirmed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RequestOutcomeView {
    /// The server acknowledged it.
    Acknowledged,
    /// It is kept on this device.
    Pending {
        /// How it stands.
        request: PendingRequestView,
    },
}
