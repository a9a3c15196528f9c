//! Appointments: seeing, finding and booking them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::account::PracticeView;
use crate::changes::ChangeView;
use crate::error::ErrorView;
use crate::outbox::PendingRequestView;
use crate::provenance::{FreshnessView, ProvenanceView};
use crate::reasons::WhyNot;
use crate::sources::SourceStandingView;
use crate::time::LondonTime;

/// How patient and clinician meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// At the place of the appointment.
    InPerson,
    /// By telephone.
    Telephone,
    /// By video.
    Video,
}

/// A clinician's gender (FHIR R4 `AdministrativeGender`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither of these words; also what a slot that was kept by an earlier version says otherwise.
    #[serde(other)]
    Other,
}

/// Where an appointment stands (FHIR R4 `AppointmentStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Proposed, not agreed.
    Proposed,
    /// Waiting for somebody to accept.
    Pending,
    /// Booked.
    Booked,
    /// The patient has arrived.
    Arrived,
    /// The patient is checked in.
    CheckedIn,
    /// It took place.
    Fulfilled,
    /// Cancelled.
    Cancelled,
    /// The patient did not come.
    NoShow,
    /// On a waiting list.
    Waitlist,
    /// The source lists it no more, and did not say that it is cancelled. Only its time is known.
    NoLongerListed,
    /// A status that Hale does not know; said plainly.
    Unknown,
}

impl AppointmentStatus {
    /// Whether the practice has agreed to it and it has not ended: only then is it an appointment
    /// to go to. A request or a place on a waiting list is none.
    #[must_use]
    pub const fn is_agreed(self) -> bool {
        matches!(self, Self::Booked | Self::Arrived | Self::CheckedIn)
    }

    /// Whether the patient may ask for it to be cancelled, as long as it has not begun.
    #[must_use]
    pub const fn can_be_cancelled(self) -> bool {
        matches!(
            self,
            Self::Booked | Self::Pending | Self::Proposed | Self::Waitlist
        )
    }
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentView {
    /// Its id on this device.
    pub id: String,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// When it begins.
    pub start: Option<LondonTime>,
    /// How long, in minutes.
    pub minutes: Option<u32>,
    /// What kind, in the practice's words.
    pub service: Option<String>,
    /// How they meet; unknown where the source does not say.
    pub channel: Option<Channel>,
    /// With whom.
    pub clinician: Option<String>,
    /// The clinician's role.
    pub role: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// The address in one line.
    pub address: Option<String>,
    /// The reason that the patient gave.
    pub reason: Option<String>,
    /// What else is written of it; the source does not say by whom.
    pub description: Option<String>,
    /// What the practice wrote for the patient.
    pub instructions: Option<String>,
    /// Why it was cancelled, as given.
    pub cancellation_reason: Option<String>,
    /// A reference to quote: the server's id.
    pub reference: Option<String>,
    /// The cancellation that the patient asked for and that the server has not acknowledged. Until
    /// it has, the appointment stands as shown.
    #[serde(default)]
    pub pending: Option<PendingRequestView>,
    /// Whether it is with a linked service, which Hale only reads: it is changed there.
    #[serde(default)]
    pub is_read_only: bool,
    /// How it differs from the patient's last look at the lists, if it does.
    #[serde(default)]
    pub change: Option<ChangeView>,
    /// Where it came from and how fresh it is.
    pub provenance: ProvenanceView,
}

/// The patient's appointments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentsView {
    /// From now on, soonest first. Not the cancelled ones; but those that the source does not list
    /// any more, because the patient may still mean to go.
    pub upcoming: Vec<AppointmentView>,
    /// Over, newest first.
    pub past: Vec<AppointmentView>,
    /// Cancelled, newest first.
    pub cancelled: Vec<AppointmentView>,
    /// On none of the lists, because the source does not give them any more; but the patient asked
    /// to cancel them, and that is still open.
    #[serde(default)]
    pub unlisted: Vec<AppointmentView>,
    /// Bookings whose outcome is not known yet.
    pub unconfirmed: Vec<UnconfirmedBookingView>,
    /// Bookings that a check found not to have been made, and that the patient has not seen yet.
    pub not_booked: Vec<UnconfirmedBookingView>,
    /// How fresh the lists are.
    pub freshness: FreshnessView,
    /// What failed at the last check.
    pub error: Option<ErrorView>,
    /// Why appointments cannot be seen, if so.
    pub not_allowed: Option<WhyNot>,
    /// How many entries could not be read.
    pub skipped: u32,
    /// How each source stands to the lists, where there are several.
    #[serde(default)]
    pub sources: Vec<SourceStandingView>,
}

/// A booking that was sent without an answer, or of which reading back found later that it was not
/// made. Never sent again by itself: only read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnconfirmedBookingView {
    /// The id made when the patient confirmed.
    pub booking_id: String,
    /// The time asked for; none where what this device kept of it cannot be read any more.
    pub slot: Option<SlotView>,
    /// The reason given.
    pub reason: Option<String>,
    /// When the patient confirmed.
    pub confirmed_at: LondonTime,
    /// When Hale last tried to read back what became of it.
    pub last_checked: Option<LondonTime>,
    /// Whether the patient may say what the practice told them, because Hale has not found out for
    /// so long: see [`DismissBookingRequest::practice_says`].
    pub can_report: bool,
}

/// Whether a reason must be given for a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonRule {
    /// It must be given.
    Mandatory,
    /// It may be given.
    Optional,
    /// The practice does not take one.
    Off,
}

/// What the practice says before booking, and whether booking is possible now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingGuidanceView {
    /// The practice.
    pub practice: Option<PracticeView>,
    /// Its guidance, plain text in paragraphs.
    pub guidance: Vec<String>,
    /// Whether a reason must be given.
    pub reason_rule: ReasonRule,
    /// How long a reason may be, in characters.
    pub reason_max: u32,
    /// Why nothing can be booked now, if so.
    pub not_possible: Option<WhyNot>,
    /// A draft kept from an interrupted booking.
    pub draft: Option<BookingDraftView>,
}

/// What the patient had chosen and typed before an interruption. Kept encrypted on the device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingDraftView {
    /// The slot, if one was chosen. It may have been taken since.
    pub slot_id: Option<String>,
    /// The reason typed.
    pub reason: String,
    /// The telephone number typed.
    pub phone: String,
}

/// Asks for free times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindSlotsRequest {
    /// The first day.
    pub from: NaiveDate,
    /// How many days, 1 to 14.
    pub days: u32,
    /// Only this way of meeting.
    pub channel: Option<Channel>,
    /// Only this clinician, by the name shown.
    pub clinician: Option<String>,
    /// Only this kind of appointment, by the name shown.
    pub service: Option<String>,
}

/// A free time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    /// The server's id of the slot.
    pub id: String,
    /// When it begins.
    pub start: LondonTime,
    /// How long, in minutes.
    pub minutes: u32,
    /// What kind, in the practice's words.
    pub service: Option<String>,
    /// How they meet; unknown where the source does not say.
    pub channel: Option<Channel>,
    /// With whom.
    pub clinician: Option<String>,
    /// The clinician's role.
    pub role: Option<String>,
    /// The clinician's gender, where the source says it.
    pub gender: Option<Gender>,
    /// Where.
    pub location: Option<String>,
}

/// Free times, soonest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotsView {
    /// The first day that was asked for.
    pub from: NaiveDate,
    /// The last day that was asked for.
    pub to: NaiveDate,
    /// The times that fit, soonest first.
    pub slots: Vec<SlotView>,
    /// Every clinician in this range, for the filter.
    pub clinicians: Vec<String>,
    /// Every kind in this range, for the filter.
    pub services: Vec<String>,
    /// Every way of meeting in this range, for the filter.
    pub channels: Vec<Channel>,
    /// How many free times there are without the filters.
    pub total_unfiltered: u32,
    /// How many entries could not be read.
    pub skipped: u32,
}

/// Books a time. Sent once, when the patient has checked and confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookAppointmentRequest {
    /// The id made by the window when the check page opened, a UUID. The same id asked for twice
    /// (a double click, the back button) is one booking.
    pub booking_id: String,
    /// The slot.
    pub slot_id: String,
    /// The reason, where given.
    pub reason: Option<String>,
    /// The number to call, needed for a telephone slot.
    pub phone: Option<String>,
    /// The appointment that this one takes the place of: cancelled once this one is booked, and not
    /// before.
    pub replaces: Option<String>,
}

/// What became of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BookingOutcomeView {
    /// The server acknowledged it.
    Booked {
        /// The appointment as the server holds it.
        appointment: AppointmentView,
    },
    /// Somebody else was faster. Nothing was booked.
    SlotTaken {
        /// The nearest free times, soonest first; empty where none could be read.
        nearest: Vec<SlotView>,
        /// The reason that was typed, kept.
        reason: Option<String>,
    },
    /// It was sent and no answer came. It is read back until the outcome is known.
    OutcomeUnknown {
        /// The booking.
        booking: UnconfirmedBookingView,
    },
    /// It was refused. Nothing was booked.
    Refused {
        /// Why.
        why: WhyNot,
    },
    /// It could not be sent at all. Nothing was booked; the draft is kept.
    NotSent {
        /// What went wrong.
        error: ErrorView,
    },
    /// Reading back found no such booking on the server: it was not made, and can be tried anew.
    NotBooked {
        /// The reason that was typed, kept.
        reason: Option<String>,
    },
    /// Reading back found it, but cancelled.
    BookedThenCancelled {
        /// The appointment as the server holds it.
        appointment: AppointmentView,
    },
}

/// Reads back what became of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckBookingRequest {
    /// The booking's id.
    pub booking_id: String,
}

/// Takes a booking off the list, once the patient knows what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissBookingRequest {
    /// The booking's id.
    pub booking_id: String,
    /// What the practice told the patient, where Hale does not know; needed for a booking whose
    /// outcome is open.
    #[serde(default)]
    pub practice_says: Option<PracticeSays>,
}

/// What a practice told the patient of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticeSays {
    /// It is booked.
    Booked,
    /// It is not booked.
    NotBooked,
}

/// Asks for one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentRequest {
    /// Its id on this device.
    pub id: String,
}

/// What a calendar shows of an appointment, in the window's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarWords {
    /// Its title. A calendar is often seen by others: nothing clinical.
    pub title: String,
    /// What stands below it.
    pub note: String,
}

/// Makes a calendar file of an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFileRequest {
    /// The appointment's id, as in [`AppointmentView`].
    pub id: String,
    /// What it says.
    pub words: CalendarWords,
}

/// A calendar file (RFC 5545).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFileView {
    /// What the file may be called.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Whether a file was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavedView {
    /// It is where the patient chose.
    Saved,
    /// The patient chose no place.
    NotWanted,
}
