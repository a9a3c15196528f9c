//! The named people that a tester signs in as, and what each is for. Their details override what
//! the seed would make of the first patients.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How well an identity was checked (NHS login).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum IdentityLevel {
    /// Nothing checked.
    P0,
    /// Some details checked.
    P5,
    /// Identity proved: the only level that reads a record.
    P9,
}

impl IdentityLevel {
    /// The claim `identity_proofing_level`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P5 => "P5",
            Self::P9 => "P9",
        }
    }
}

/// How much of the record a patient may read (backend contract, §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordAccess {
    /// Nothing.
    None,
    /// Demographics, medicines and allergies.
    Summary,
    /// Also codes, vaccines, conditions, tests, consultations and referrals.
    Detailed,
    /// Also documents.
    Documents,
    /// Also free text.
    Full,
}

impl RecordAccess {
    /// The code in the access-level extension.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Summary => "summary",
            Self::Detailed => "detailed",
            Self::Documents => "documents",
            Self::Full => "full",
        }
    }
}

/// Somebody to sign in as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Persona {
    /// Stable name for scripts, for example `full`.
    pub key: String,
    /// The person's name as the record has it.
    pub name: String,
    /// What this persona is for, in a few words.
    pub title: String,
    /// What to expect, for a tester.
    pub description: String,
    /// Index of the patient.
    pub patient_index: u32,
    /// Id of the Patient.
    pub patient_id: String,
    /// NHS number, ten digits.
    pub nhs_number: String,
    /// How well the identity was checked.
    pub identity_level: IdentityLevel,
    /// How much of the record may be read.
    pub access: RecordAccess,
    /// Ids of the patients that this person may act for.
    pub acts_for: Vec<String>,
}

/// What kind of record a persona has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    /// As the seed makes it.
    Plain,
    /// Several long-term conditions and something in every section.
    Full,
    /// Decades of frequent tests and contacts.
    Long,
    /// Nothing at all, with a stated reason in each section.
    Empty,
    /// Results, consultations and documents kept back.
    Withheld,
}

pub(crate) struct Spec {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) index: u32,
    pub(crate) given: &'static [&'static str],
    pub(crate) family: &'static str,
    pub(crate) female: bool,
    pub(crate) prefix: &'static str,
    pub(crate) birth: (i32, u32, u32),
    pub(crate) practice: usize,
    /// Place in the table of backgrounds.
    pub(crate) background: usize,
    pub(crate) identity: IdentityLevel,
    pub(crate) access: RecordAccess,
    pub(crate) acts_for: &'static [u32],
    pub(crate) story: Story,
}

impl Spec {
    pub(crate) fn birth(&self) -> NaiveDate {
        let (year, month, day) = self.birth;
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
    }
}

/// Index of the child that the persona `parent` acts for.
pub(crate) const CHILD: u32 = 6;
/// Index of the persona `parent`.
pub(crate) const PARENT: u32 = 5;

/// Every persona; the indexes are part of the contract with testers' scripts.
pub(crate) static SPECS: [Spec; 10] = [
    Spec {
        key: "full",
        title: "Full record",
        description: "Reads everything, orders and books. Several long-term conditions, an upcoming \
                      appointment, and a practice that asks for a reason.",
        index: 1,
        given: &["Margaret", "Anne"],
        family: "Ellis",
        female: true,
        prefix: "Mrs",
        birth: (1948, 3, 12),
        practice: 0,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[],
        story: Story::Full,
    },
    Spec {
        key: "summary",
        title: "Summary access",
        description: "May read medicines and allergies alone; other sections are refused.",
        index: 2,
        given: &["Desmond"],
        family: "Okoro",
        female: false,
        prefix: "Mr",
        birth: (1961, 9, 30),
        practice: 2,
        background: 6,
        identity: IdentityLevel::P9,
        access: RecordAccess::Summary,
        acts_for: &[],
        story: Story::Full,
    },
    Spec {
        key: "p5",
        title: "Identity not proved",
        description: "Signed in at P5: no record and no prescriptions.",
        index: 3,
        given: &["Bethan"],
        family: "Lloyd-Carey",
        female: true,
        prefix: "Ms",
        birth: (1993, 6, 4),
        practice: 0,
        background: 0,
        identity: IdentityLevel::P5,
        access: RecordAccess::None,
        acts_for: &[],
        story: Story::Plain,
    },
    Spec {
        key: "under-16",
        title: "Under 16",
        description: "Fourteen or so years old: the record is refused because of age.",
        index: 4,
        given: &["Callum"],
        family: "Ferreday",
        female: false,
        prefix: "",
        birth: (2012, 5, 21),
        practice: 3,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::None,
        acts_for: &[],
        story: Story::Plain,
    },
    Spec {
        key: "parent",
        title: "Parent",
        description: "Reads her own record and acts for her daughter Imogen.",
        index: PARENT,
        given: &["Rosa", "Jane"],
        family: "Hartwell",
        female: true,
        prefix: "Mrs",
        birth: (1987, 11, 8),
        practice: 4,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[CHILD],
        story: Story::Plain,
    },
    Spec {
        key: "child",
        title: "Child of the parent",
        description: "Seven or so years old; read by her mother Rosa.",
        index: CHILD,
        given: &["Imogen"],
        family: "Hartwell",
        female: true,
        prefix: "Miss",
        birth: (2019, 4, 17),
        practice: 4,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[],
        story: Story::Plain,
    },
    Spec {
        key: "long",
        title: "Very long record",
        description: "More than 5,000 resources over 28 years: for speed and memory.",
        index: 7,
        given: &["Winifred", "Maud"],
        family: "Applegarth",
        female: true,
        prefix: "Mrs",
        birth: (1938, 1, 27),
        practice: 0,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[],
        story: Story::Long,
    },
    Spec {
        key: "empty",
        title: "Empty record",
        description: "Just registered: nothing in any section, each with its own reason.",
        index: 8,
        given: &["Tobias"],
        family: "Newcombe",
        female: false,
        prefix: "Mr",
        birth: (2001, 8, 15),
        practice: 2,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[],
        story: Story::Empty,
    },
    Spec {
        key: "booking-off",
        title: "Booking switched off",
        description: "A practice without online booking: the app says to call.",
        index: 9,
        given: &["Geoffrey"],
        family: "Sandham",
        female: false,
        prefix: "Mr",
        birth: (1955, 2, 19),
        practice: 1,
        background: 0,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[],
        story: Story::Full,
    },
    Spec {
        key: "withheld",
        title: "Parts kept back",
        description: "The practice keeps results, consultations and documents back and says so.",
        index: 10,
        given: &["Yasmin"],
        family: "Darwish",
        female: true,
        prefix: "Ms",
        birth: (1979, 12, 2),
        practice: 2,
        background: 9,
        identity: IdentityLevel::P9,
        access: RecordAccess::Full,
        acts_for: &[],
        story: Story::Withheld,
    },
];
