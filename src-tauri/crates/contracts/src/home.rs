//! The first screen: what matters now.

use serde::{Deserialize, Serialize};

use crate::account::PersonView;
use crate::appointments::{AppointmentView, UnconfirmedBookingView};
use crate::changes::{AccessNoticeView, NewsCountView};
use crate::error::ErrorView;
use crate::provenance::{FreshnessView, SourceView};
use crate::reasons::WhyNot;
use crate::record::SectionKind;
use crate::repeats::RepeatRequestView;

/// The first screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// Whose it is.
    pub person: PersonView,
    /// The next appointment that the practice has agreed to and that has a time.
    pub next_appointment: Option<AppointmentView>,
    /// How many other entries of the list are still to come that are not agreed or have no time:
    /// requests, places on a waiting list.
    pub not_agreed: u32,
    /// Upcoming appointments that their source does not list any more.
    pub no_longer_listed: Vec<AppointmentView>,
    /// Why appointments cannot be seen, if so.
    pub appointments_not_allowed: Option<WhyNot>,
    /// How many appointments could not be read.
    pub appointments_skipped: u32,
    /// Whether the list of appointments is known at all; `false` means that nothing may be said
    /// about there being none.
    pub appointments_known: bool,
    /// Bookings whose outcome is not known.
    pub unconfirmed: Vec<UnconfirmedBookingView>,
    /// Bookings that a check found not to have been made, and that the patient has not seen yet.
    pub not_booked: Vec<UnconfirmedBookingView>,
    /// Requests of repeat prescriptions that need the patient: not acknowledged, ready, refused, or
    /// waiting for too long.
    #[serde(default)]
    pub repeats: Vec<RepeatRequestView>,
    /// How many items differ from the patient's last look, by section; only sections with some.
    pub news: Vec<NewsView>,
    /// How many appointments differ from the patient's last look.
    pub appointment_news: NewsCountView,
    /// What sources took away, until the patient has seen it.
    #[serde(default)]
    pub access_notices: Vec<AccessNoticeView>,
    /// How fresh the whole is.
    pub freshness: FreshnessView,
    /// Sections whose last check failed.
    pub failed: Vec<FailedUnitView>,
    /// Why the record cannot be seen, if so.
    pub record_not_allowed: Option<WhyNot>,
}

/// What differs in a section from the patient's last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsView {
    /// The section.
    pub section: SectionKind,
    /// How many items.
    pub count: NewsCountView,
}

/// A unit that failed at the last check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedUnitView {
    /// Where.
    pub source: SourceView,
    /// The unit.
    pub unit: crate::sync::SyncUnit,
    /// How.
    pub error: ErrorView,
}
