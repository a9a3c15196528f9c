//! The services that the record is read from, beside the one that the patient signs in to Hale with.

use serde::{Deserialize, Serialize};

use crate::account::{BackendView, PersonView};
use crate::error::ErrorView;
use crate::provenance::{FreshnessView, SourceView};
use crate::reasons::WhyNot;
use crate::record::AbsenceView;

/// How one of several sources stands to a list that is shown: so that one that is down is named,
/// and the others are not doubted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStandingView {
    /// The source.
    pub source: SourceView,
    /// How fresh its part is.
    pub freshness: FreshnessView,
    /// Why it does not give its part, if that is what it said.
    pub not_allowed: Option<WhyNot>,
    /// What failed at the last check.
    pub error: Option<ErrorView>,
    /// How many of its entries could not be read.
    pub skipped: u32,
    /// Why it has nothing here, in a section of the record in which it has nothing.
    pub absence: Option<AbsenceView>,
}

/// Every service that the record is read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcesView {
    /// The one that the patient signs in to Hale with first, then the others in the order of linking.
    pub sources: Vec<LinkedSourceView>,
}

/// A service that the record is read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedSourceView {
    /// As it is named beside what came from it.
    pub source: SourceView,
    /// Where it is.
    pub backend: BackendView,
    /// Whether it is the one that bookings and requests go to. It cannot be unlinked.
    pub is_main: bool,
    /// Who the patient is there.
    pub person: PersonView,
    /// Whether its sign-in has lapsed: what is on the device stays readable.
    pub is_lapsed: bool,
    /// How fresh what came from it is, as a whole.
    pub freshness: FreshnessView,
    /// What failed at the last check, if something did.
    pub error: Option<ErrorView>,
}

/// Asks to link the service at this address. The system browser opens for the sign-in there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSourceRequest {
    /// The FHIR base address as typed.
    pub url: String,
}

/// How linking ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkOutcomeView {
    /// It is linked: both name the same NHS number and nothing speaks against it.
    Linked {
        /// Every service now.
        sources: SourcesView,
    },
    /// Not both name an NHS number: the patient must say that it is them before anything is kept.
    Confirm {
        /// What they are asked.
        asked: Box<LinkConfirmView>,
    },
}

/// Asks whether the person at a service is the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkConfirmView {
    /// Who the patient is in Hale.
    pub known: PersonView,
    /// Who the service says that it is.
    pub person: PersonView,
    /// The service.
    pub backend: BackendView,
}

/// Names one of the services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRequest {
    /// [`SourceView::id`].
    pub source: String,
}
