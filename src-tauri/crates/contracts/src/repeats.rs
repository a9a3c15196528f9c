//! Repeat prescriptions: what can be ordered, what was asked for, and where it is.

use serde::{Deserialize, Serialize};

use crate::error::ErrorView;
use crate::outbox::{PendingRequestView, RepeatOrderRequest, RequestOutcomeView};
use crate::provenance::{FreshnessView, ProvenanceView};
use crate::reasons::WhyNot;
use crate::time::{LondonTime, PartialDate};

/// How long a note to the practice may be, in characters.
pub const NOTE_MAX: usize = 200;

/// More medicines than anybody orders at once.
pub const MOST_ORDERS: usize = 50;

/// Whether a medicine can be ordered, as far as what is on this device shows. The practice decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EligibilityView {
    /// Nothing speaks against it.
    Orderable,
    /// It was asked for already, and that is still open.
    Requested,
    /// The source names a later date for the next order. It can be asked for all the same.
    TooSoon {
        /// The first date.
        from: PartialDate,
    },
    /// The practice wants to look at it first: the authorisation has ended. It can be asked for all
    /// the same.
    ReviewOverdue {
        /// When it ended.
        since: PartialDate,
    },
    /// Every issue that was authorised has been given. It can be asked for all the same.
    NoneLeft {
        /// How many there were.
        allowed: u32,
    },
    /// It was prescribed once, and is no repeat.
    Acute,
    /// The pharmacy gives it out at its times without an order (electronic repeat dispensing).
    RepeatDispensing,
    /// The source does not say how it is prescribed. It can be asked for all the same.
    Unknown,
}

impl EligibilityView {
    /// Whether an order can be sent. What Hale only reads from dates and numbers never stands between
    /// a patient and a medicine: the practice decides.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        !matches!(self, Self::Requested | Self::Acute | Self::RepeatDispensing)
    }
}

/// A pharmacy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PharmacyView {
    /// Its name, where the source gives one.
    pub name: Option<String>,
    /// Its ODS code.
    pub code: Option<String>,
}

/// A medicine that the practice has authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatMedicineView {
    /// The server's id of the authorisation, for [`RepeatOrderRequest::plan_id`].
    pub plan_id: String,
    /// The medicine, as the source writes it.
    pub name: String,
    /// How to take it, as the source writes it.
    pub dose: Option<String>,
    /// How much comes at a time, as the source writes it.
    pub quantity: Option<String>,
    /// Whether it can be ordered.
    pub eligibility: EligibilityView,
    /// When it was last prescribed, where that is known.
    pub last_issued: Option<PartialDate>,
    /// Where it comes from.
    pub provenance: ProvenanceView,
}

/// How a request stands at the practice (FHIR Task.status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// The practice has it.
    Requested,
    /// The practice has taken it up.
    Accepted,
    /// The practice works on it.
    InProgress,
    /// The practice waits with it.
    OnHold,
    /// It was prescribed.
    Completed,
    /// The practice did not act on it.
    Rejected,
    /// The prescriber did not authorise it.
    Failed,
    /// It was taken back.
    Cancelled,
    /// The source says something that Hale does not know.
    Unknown,
}

impl RequestStatus {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Accepted,
        Self::InProgress,
        Self::OnHold,
        Self::Completed,
        Self::Rejected,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// Whether the practice still has something to do.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Requested | Self::Accepted | Self::InProgress | Self::OnHold | Self::Unknown
        )
    }
}

/// How a prescription stands at the pharmacy (prescriptions for patients, `task-businessStatus-nppt`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PharmacyStatus {
    /// The prescriber has approved it; no pharmacy has it yet.
    PrescriberApproved,
    /// The prescriber has cancelled it.
    PrescriberCancelled,
    /// The pharmacy has it.
    WithPharmacy,
    /// The pharmacy has it, and tells nothing more.
    WithPharmacyTrackingNotSupported,
    /// A part was given, and the rest is being made ready.
    PreparingRemainder,
    /// It can be collected.
    ReadyToCollect,
    /// A part of it can be collected.
    ReadyToCollectPartial,
    /// It is about to be sent.
    ReadyToDispatch,
    /// A part of it is about to be sent.
    ReadyToDispatchPartial,
    /// The pharmacy has not given it out, and will not.
    NotDispensed,
    /// It is on its way.
    Dispatched,
    /// It was collected.
    Collected,
    /// Nobody can tell just now.
    TrackingUnavailable,
    /// The source says something that Hale does not know.
    Unknown,
}

impl PharmacyStatus {
    /// Every status.
    pub const ALL: [Self; 14] = [
        Self::PrescriberApproved,
        Self::PrescriberCancelled,
        Self::WithPharmacy,
        Self::WithPharmacyTrackingNotSupported,
        Self::PreparingRemainder,
        Self::ReadyToCollect,
        Self::ReadyToCollectPartial,
        Self::ReadyToDispatch,
        Self::ReadyToDispatchPartial,
        Self::NotDispensed,
        Self::Dispatched,
        Self::Collected,
        Self::TrackingUnavailable,
        Self::Unknown,
    ];
}

/// What happened to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RepeatStepKind {
    /// The patient asked for it.
    Asked,
    /// How it stood, or stands, at the practice.
    Practice {
        /// How.
        status: RequestStatus,
    },
    /// How it stood, or stands, at the pharmacy.
    Pharmacy {
        /// How.
        status: PharmacyStatus,
        /// The source's own words, where Hale knows none for it.
        said: Option<String>,
    },
}

/// One step on the way of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatStepView {
    /// What.
    #[serde(flatten)]
    pub kind: RepeatStepKind,
    /// When, where the source says.
    pub at: Option<PartialDate>,
}

/// A medicine that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatRequestView {
    /// For [`RepeatRequestRequest`]: the server's id, or the id of what was not acknowledged.
    pub id: String,
    /// The medicine, where it is known.
    pub medicine: Option<String>,
    /// When the patient asked.
    pub asked: Option<LondonTime>,
    /// The patient's note.
    pub note: Option<String>,
    /// How it stands at the practice; none while the server has not acknowledged it.
    pub status: Option<RequestStatus>,
    /// Why it was rejected or not authorised, as the practice wrote it.
    pub reason: Option<String>,
    /// What happened to it, the earliest first. The last one is how it stands now.
    pub steps: Vec<RepeatStepView>,
    /// The pharmacy that it goes to, where the source says.
    pub pharmacy: Option<PharmacyView>,
    /// The number of the electronic prescription, once there is one.
    pub prescription_id: Option<String>,
    /// That number as a barcode (Code 128), while a pharmacy may still need it: `1` for each black
    /// module and `0` for each white one, from the left, without the white margins.
    pub barcode: Option<String>,
    /// Whether five working days went by without an end.
    pub is_late: bool,
    /// Whether it can be taken back here.
    pub can_cancel: bool,
    /// What of it the server has not acknowledged: the order itself, or that it is taken back.
    pub pending: Option<PendingRequestView>,
    /// Where it comes from; none while only this device has it.
    pub provenance: Option<ProvenanceView>,
}

impl RepeatRequestView {
    /// How it stands at the pharmacy, if it has come so far.
    #[must_use]
    pub fn at_pharmacy(&self) -> Option<(PharmacyStatus, Option<&str>)> {
        match &self.steps.last()?.kind {
            RepeatStepKind::Pharmacy { status, said } => Some((*status, said.as_deref())),
            RepeatStepKind::Asked | RepeatStepKind::Practice { .. } => None,
        }
    }
}

/// Repeat prescriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatsView {
    /// What the practice has authorised, by name.
    pub medicines: Vec<RepeatMedicineView>,
    /// What was asked for, the latest first.
    pub requests: Vec<RepeatRequestView>,
    /// Why nothing can be ordered here, if so. No connection is no reason: an order is kept.
    pub not_possible: Option<WhyNot>,
    /// Whether an order would be kept until there is a connection.
    pub is_offline: bool,
    /// The pharmacy that prescriptions go to, where the source says.
    pub pharmacy: Option<PharmacyView>,
    /// How fresh the medicines and the requests are.
    pub freshness: FreshnessView,
    /// What failed at the last check.
    pub error: Option<ErrorView>,
    /// Why the medicines may not be seen.
    pub not_allowed: Option<WhyNot>,
    /// How many entries could not be read and were skipped.
    pub skipped: u32,
    /// Whether the list of medicines is known to be whole, so that an empty one means none.
    pub is_known: bool,
}

/// Names a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatRequestRequest {
    /// See [`RepeatRequestView::id`].
    pub id: String,
}

/// Orders medicines, all confirmed at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRepeatsRequest {
    /// Each with an id of its own.
    pub orders: Vec<RepeatOrderRequest>,
}

/// What became of one of the orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderOutcomeView {
    /// The authorisation.
    pub plan_id: String,
    /// What became of it.
    pub outcome: RequestOutcomeView,
}

/// What became of the orders, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersOutcomeView {
    /// One for each.
    pub orders: Vec<OrderOutcomeView>,
}

/// Looks for pharmacies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindPharmaciesRequest {
    /// How a name or a postcode begins.
    pub text: String,
}

/// A pharmacy that an order can go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PharmacyFoundView {
    /// Its ODS code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its address in one line, where the source gives one.
    pub address: Option<String>,
}

/// The pharmacies that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PharmaciesView {
    /// By name.
    pub pharmacies: Vec<PharmacyFoundView>,
    /// Whether there are more than these.
    pub has_more: bool,
}
