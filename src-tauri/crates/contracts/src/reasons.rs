//! "Why can't I?": the reasons for which something is not possible, as values.
//!
//! A reason is never a disabled button without words: each has words and a next step in the window.

use serde::{Deserialize, Serialize};

use crate::time::PartialDate;

/// How well a person's identity was checked, as NHS login grades it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum IdentityLevel {
    /// Only contact details are known.
    P0,
    /// Matched to a person, without clinical data.
    P5,
    /// Fully checked.
    P9,
}

/// How much of the record the practice shares with the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordAccess {
    /// Nothing.
    None,
    /// Medicines and allergies.
    Summary,
    /// Also codes: vaccines, conditions, tests, consultations.
    Detailed,
    /// Also documents.
    Documents,
    /// Also free text.
    Full,
}

/// Why something cannot be done or seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhyNot {
    /// There is no connection; this needs one.
    Offline,
    /// The practice has switched this off.
    PracticeSwitchedOff,
    /// Identity has been checked to `have`, and `need` is needed.
    IdentityLevel {
        /// The level that the person signed in with.
        have: IdentityLevel,
        /// The level that this needs.
        need: IdentityLevel,
    },
    /// The practice shares less of the record than this needs.
    AccessLevel {
        /// What is shared.
        have: RecordAccess,
        /// What this needs.
        need: RecordAccess,
    },
    /// The person is under 16 and the practice has not granted this.
    Under16,
    /// The practice lets the patient see this, and not ask for it here.
    OnlyToView,
    /// The sign-in has lapsed.
    SignInLapsed,
    /// The server does not offer this at all.
    ServerLacksFeature,
    /// The practice's limit of open bookings is reached.
    BookingLimitReached {
        /// The limit, where the practice gives one.
        limit: Option<u32>,
    },
    /// Bookings for the same day are only taken by telephone.
    NotOnTheDay,
    /// The service does not say which practice the person is registered with, so that nobody can
    /// tell which free times are theirs.
    PracticeUnknown,
    /// An earlier request has no known outcome yet; a second one could double it.
    OutcomeUnknown,
    /// The time of it has passed.
    InThePast,
    /// Too late, by the practice's rule.
    TooLate,
    /// Nothing before this date is shared.
    NotSharedBefore {
        /// The first date that is shared.
        date: PartialDate,
    },
    /// The service's record under the patient's id is now under another NHS number. What came from it
    /// was removed, so that no two people's records mix.
    PatientChanged,
    /// The server refused without a reason that Hale knows; `server_says` has its own words.
    Refused {
        /// The server's own words for people, if it sent any.
        server_says: Option<String>,
    },
}
