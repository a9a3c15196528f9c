//! Signing in and out, the person, the backend and the settings.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::ErrorView;
use crate::reasons::{IdentityLevel, WhyNot};

/// The person whose record this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Full name as the source writes it.
    pub name: String,
    /// Date of birth, if the source gave a whole date.
    pub date_of_birth: Option<NaiveDate>,
    /// NHS number, ten digits without spaces, if known.
    pub nhs_number: Option<String>,
    /// How well the identity was checked; unknown where the sign-in did not say.
    pub identity_level: Option<IdentityLevel>,
    /// The practice, where the source names it.
    pub practice: Option<PracticeView>,
}

/// A practice and how to reach it without Hale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeView {
    /// Its name.
    pub name: String,
    /// Its telephone number, as people dial it.
    pub phone: Option<String>,
    /// Its address in one line.
    pub address: Option<String>,
}

/// Where the app stands when it starts, and after each step of signing in or out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionView {
    /// Nobody has signed in on this device.
    SignedOut {
        /// The backend that a sign-in would go to, if one is chosen.
        backend: Option<BackendView>,
        /// Whether a person's data is still here from an earlier sign-in.
        has_data: bool,
    },
    /// The browser is open and Hale waits for the answer.
    SigningIn {
        /// The backend.
        backend: BackendView,
    },
    /// The server named the person; the patient must confirm that it is them before anything is
    /// loaded.
    ConfirmIdentity {
        /// Who the server says it is.
        person: PersonView,
    },
    /// Signed in.
    SignedIn {
        /// Who.
        person: PersonView,
        /// Where.
        backend: BackendView,
        /// Set when the sign-in has lapsed: what is on the device stays readable.
        is_lapsed: bool,
    },
    /// There is data here that cannot be opened.
    Locked {
        /// Why.
        error: ErrorView,
    },
}

/// A backend that Hale may talk to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendView {
    /// Its name.
    pub name: String,
    /// Its FHIR base address.
    pub url: String,
    /// Whether it is a server with made-up people, for testing.
    pub is_test: bool,
}

/// The addresses on offer, and the one in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendChoicesView {
    /// The one in use.
    pub current: Option<BackendView>,
    /// Those that come with Hale.
    pub presets: Vec<BackendView>,
}

/// Asks to use another backend. The address is checked by discovery first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseBackendRequest {
    /// The FHIR base address as typed.
    pub url: String,
}

/// What discovery found at an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendCheckView {
    /// The backend, named as it names itself.
    pub backend: BackendView,
    /// The FHIR version that it states.
    pub fhir_version: Option<String>,
    /// Features that Hale would have to leave out here.
    pub missing: Vec<WhyNotFeature>,
}

/// A feature that a server does not offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyNotFeature {
    /// The feature.
    pub feature: Feature,
    /// Why it is not possible.
    pub why: WhyNot,
}

/// What the app can do on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Reading the record.
    Record,
    /// Seeing appointments.
    Appointments,
    /// Booking appointments.
    Booking,
    /// Staying signed in.
    StaySignedIn,
}

/// Confirms, or not, that the person found by the sign-in is the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmIdentityRequest {
    /// Whether "Yes, this is me" was chosen. Otherwise the tokens are revoked and nothing is kept.
    pub is_me: bool,
}

/// Ends the sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOutRequest {
    /// Whether everything of this person is removed from this device too.
    pub remove_everything: bool,
}

/// What became of a damaged file with what the patient made, after they asked for it to be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendedView {
    /// How many pieces (bookings, drafts, marks) still read, and were kept.
    pub kept: u32,
    /// How many did not. None where nobody can tell how many there were.
    pub lost: Option<u32>,
    /// The name that the damaged file has now, in Hale's folder on this device. None where there
    /// was no file any more.
    pub kept_aside: Option<String>,
    /// Where the app stands now.
    pub session: SessionView,
}

/// How the window looks. Holds nothing personal; kept outside the encrypted files, because it is
/// needed before anybody has signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppearanceView {
    /// Light, dark, or what the system says.
    pub theme: Theme,
    /// The size of the text.
    pub text_size: TextSize,
}

/// The colours of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// What the operating system says.
    #[default]
    System,
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
    /// Hale's own high contrast.
    HighContrast,
}

/// The size of text, as a share of the normal size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// 100 %.
    #[default]
    Normal,
    /// 125 %.
    Large,
    /// 150 %.
    Larger,
    /// 200 %.
    Largest,
}

/// About this copy of the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutView {
    /// The version.
    pub version: String,
    /// The folder with the person's encrypted files, so that a helper can find it.
    pub data_folder: String,
    /// The folder with the log, which holds no personal data.
    pub log_folder: Option<String>,
}
