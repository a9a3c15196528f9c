//! The five made-up practices of the pilot areas, their people, rules and neighbours. Codes,
//! telephone numbers (Ofcom's ranges for drama) and postcodes are fictional: the last two letters
//! of each postcode hold one that Royal Mail never uses there.

use serde::Serialize;

/// Whether a practice asks why a patient books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A booking without a reason is refused.
    Mandatory,
    /// A reason may be given.
    Optional,
    /// No reason is taken.
    Off,
}

impl Reason {
    /// The code in `practice-rule-reason`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Optional => "optional",
            Self::Off => "off",
        }
    }
}

/// What a clinician is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Gp,
    Nurse,
    Pharmacist,
}

/// Somebody who works at a practice.
#[derive(Debug)]
pub(crate) struct Clinician {
    pub(crate) prefix: &'static str,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) gender: &'static str,
    pub(crate) role: Role,
}

impl Clinician {
    pub(crate) fn display(&self) -> String {
        if self.prefix.is_empty() {
            format!("{} {}", self.given, self.family)
        } else {
            format!("{} {} {}", self.prefix, self.given, self.family)
        }
    }
}

/// A general practice with its rules. The same for every seed.
#[derive(Debug)]
pub struct Practice {
    /// ODS code.
    pub ods: &'static str,
    /// Id of its Organization; also the beginning of the ids of its other resources.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Telephone number as people dial it.
    pub phone: &'static str,
    /// The area that it serves.
    pub area: &'static str,
    /// Whether patients can book.
    pub booking_enabled: bool,
    /// Whether patients can cancel.
    pub cancellation_enabled: bool,
    /// Until how many minutes before the start patients can cancel.
    pub cancellation_cut_off_minutes: u32,
    /// Whether a reason is asked for.
    pub reason: Reason,
    /// The longest reason in characters.
    pub reason_max_length: u32,
    /// How many upcoming appointments a patient may have.
    pub booking_limit: u32,
    /// Whether an appointment on the same day can be booked.
    pub same_day_booking: bool,
    /// Whether repeat prescriptions can be ordered.
    pub ordering_enabled: bool,
    /// What the practice says before a booking.
    pub guidance: &'static str,
    pub(crate) weight: u32,
    pub(crate) street: &'static str,
    pub(crate) postcode: &'static str,
    pub(crate) county: &'static str,
    pub(crate) dialling: &'static str,
    pub(crate) towns: &'static [(&'static str, &'static [&'static str])],
    pub(crate) streets: &'static [&'static str],
    pub(crate) hospital: &'static str,
    pub(crate) pharmacy: &'static str,
    pub(crate) clinicians: &'static [Clinician],
}

const fn who(
    prefix: &'static str,
    given: &'static str,
    family: &'static str,
    gender: &'static str,
    role: Role,
) -> Clinician {
    Clinician {
        prefix,
        given,
        family,
        gender,
        role,
    }
}

pub(crate) static PRACTICES: [Practice; 5] = [
    Practice {
        ods: "Y9L01",
        id: "y9l01",
        name: "Mersey View Surgery",
        phone: "0151 496 0101",
        area: "Liverpool",
        booking_enabled: true,
        cancellation_enabled: true,
        cancellation_cut_off_minutes: 60,
        reason: Reason::Mandatory,
        reason_max_length: 500,
        booking_limit: 4,
        same_day_booking: true,
        ordering_enabled: true,
        guidance: "Tell us in a few words why you want to see us, so that we can find the right person. \
                   If you need help today and nothing is free, call us at 8am.",
        weight: 30,
        street: "14 Anchor Quay",
        postcode: "L8 5CK",
        county: "Merseyside",
        dialling: "0151 496 0",
        towns: &[
            ("Liverpool", &["L1", "L4", "L7", "L8", "L15", "L17"]),
            ("Bootle", &["L20"]),
        ],
        streets: &[
            "Tideway Road",
            "Anchor Quay",
            "Lampwick Street",
            "Old Ropewalk",
            "Cotton Row",
            "Starling Avenue",
            "Ferryman's Lane",
            "Kittiwake Close",
            "Granary Street",
        ],
        hospital: "Riverside Teaching Hospital",
        pharmacy: "Anchor Quay Pharmacy",
        clinicians: &[
            who("Dr", "Anita", "Rao", "female", Role::Gp),
            who("Dr", "Callum", "Pryce", "male", Role::Gp),
            who("Dr", "Ifeoma", "Balogun", "female", Role::Gp),
            who("Dr", "Stephen", "Marsh", "male", Role::Gp),
            who("Nurse", "Jackie", "Dunne", "female", Role::Nurse),
            who("Nurse", "Tom", "Hallam", "male", Role::Nurse),
            who("", "Sana", "Mirza", "female", Role::Pharmacist),
        ],
    },
    Practice {
        ods: "Y9H01",
        id: "y9h01",
        name: "Old Town Surgery",
        phone: "01632 960201",
        area: "Hastings",
        booking_enabled: false,
        cancellation_enabled: false,
        cancellation_cut_off_minutes: 1440,
        reason: Reason::Optional,
        reason_max_length: 250,
        booking_limit: 1,
        same_day_booking: false,
        ordering_enabled: true,
        guidance: "We do not offer online booking. Call us between 8am and 6:30pm, Monday to Friday, \
                   to make, change or cancel an appointment.",
        weight: 15,
        street: "3 Netmakers Yard",
        postcode: "TN34 3KC",
        county: "East Sussex",
        dialling: "01632 9602",
        towns: &[
            ("Hastings", &["TN34", "TN35"]),
            ("St Leonards-on-Sea", &["TN37", "TN38"]),
        ],
        streets: &[
            "Netmakers Yard",
            "Shingle Lane",
            "Beacon Steps",
            "Winkle Street",
            "Cinque Terrace",
            "Sandpiper Road",
            "Hop Garden Way",
            "Martello Close",
        ],
        hospital: "South Coast General Hospital",
        pharmacy: "Beacon Steps Pharmacy",
        clinicians: &[
            who("Dr", "Eleanor", "Frith", "female", Role::Gp),
            who("Dr", "Hassan", "Qureshi", "male", Role::Gp),
            who("Dr", "Rosalind", "Tye", "female", Role::Gp),
            who("Nurse", "Bev", "Carrick", "female", Role::Nurse),
            who("", "Gareth", "Pugh", "male", Role::Pharmacist),
        ],
    },
    Practice {
        ods: "Y9B01",
        id: "y9b01",
        name: "Harbourside Health Centre",
        phone: "0117 496 0301",
        area: "Bristol",
        booking_enabled: true,
        cancellation_enabled: true,
        cancellation_cut_off_minutes: 1440,
        reason: Reason::Optional,
        reason_max_length: 250,
        booking_limit: 2,
        same_day_booking: false,
        ordering_enabled: true,
        guidance: "Appointments can be booked from tomorrow on. Most first appointments are by \
                   telephone; we see you in person if you need it.",
        weight: 25,
        street: "Unit 2, Cargo Wharf",
        postcode: "BS1 6KV",
        county: "Bristol",
        dialling: "0117 496 0",
        towns: &[("Bristol", &["BS1", "BS3", "BS5", "BS6", "BS7", "BS16"])],
        streets: &[
            "Cargo Wharf",
            "Balloon Street",
            "Sugarhouse Lane",
            "Clockmaker Road",
            "Severn Parade",
            "Gorse Hill",
            "Tobacco Row",
            "Larkspur Avenue",
        ],
        hospital: "Avon Valley Hospital",
        pharmacy: "Clockmaker Pharmacy",
        clinicians: &[
            who("Dr", "Kezia", "Thornbury", "female", Role::Gp),
            who("Dr", "Ravi", "Menon", "male", Role::Gp),
            who("Dr", "Louise", "Petherick", "female", Role::Gp),
            who("Dr", "Ahmed", "Farouk", "male", Role::Gp),
            who("Nurse", "Gwen", "Hobbs", "female", Role::Nurse),
            who("Nurse", "Michael", "Achebe", "male", Role::Nurse),
            who("", "Lucy", "Chen", "female", Role::Pharmacist),
        ],
    },
    Practice {
        ods: "Y9S01",
        id: "y9s01",
        name: "Moorland Medical Practice",
        phone: "01632 960401",
        area: "Staffordshire",
        booking_enabled: true,
        cancellation_enabled: false,
        cancellation_cut_off_minutes: 0,
        reason: Reason::Off,
        reason_max_length: 0,
        booking_limit: 3,
        same_day_booking: true,
        ordering_enabled: true,
        guidance: "To cancel an appointment, call the practice. We cannot do it online.",
        weight: 18,
        street: "Bottle Kiln House, Potters Row",
        postcode: "ST13 5MV",
        county: "Staffordshire",
        dialling: "01632 9604",
        towns: &[
            ("Leek", &["ST13"]),
            ("Stafford", &["ST16", "ST17"]),
            ("Stone", &["ST15"]),
        ],
        streets: &[
            "Potters Row",
            "Bottle Kiln Lane",
            "Heather Bank",
            "Packhorse Road",
            "Roaches View",
            "Silk Mill Street",
            "Canal Side",
            "Curlew Drive",
        ],
        hospital: "Trent Vale Hospital",
        pharmacy: "Silk Mill Pharmacy",
        clinicians: &[
            who("Dr", "Judith", "Colclough", "female", Role::Gp),
            who("Dr", "Owen", "Machin", "male", Role::Gp),
            who("Dr", "Nisha", "Varma", "female", Role::Gp),
            who("Nurse", "Carol", "Bloor", "female", Role::Nurse),
            who("", "Piotr", "Zielinski", "male", Role::Pharmacist),
        ],
    },
    Practice {
        ods: "Y9W01",
        id: "y9w01",
        name: "Severn Vale Surgery",
        phone: "01632 960501",
        area: "South Worcestershire",
        booking_enabled: true,
        cancellation_enabled: true,
        cancellation_cut_off_minutes: 240,
        reason: Reason::Optional,
        reason_max_length: 150,
        booking_limit: 2,
        same_day_booking: true,
        ordering_enabled: false,
        guidance: "For repeat prescriptions, use your pharmacy or the box in our waiting room.",
        weight: 12,
        street: "Perry Orchard, Mill Lane",
        postcode: "WR14 2OM",
        county: "Worcestershire",
        dialling: "01632 9605",
        towns: &[
            ("Malvern", &["WR14"]),
            ("Worcester", &["WR1", "WR5"]),
            ("Pershore", &["WR10"]),
            ("Evesham", &["WR11"]),
        ],
        streets: &[
            "Mill Lane",
            "Perry Orchard",
            "Plum Blossom Way",
            "Beacon View",
            "Withy Bank",
            "Spring Well Road",
            "Bell Ringers Close",
            "Asparagus Lane",
        ],
        hospital: "Severn Valley Hospital",
        pharmacy: "Perry Orchard Pharmacy",
        clinicians: &[
            who("Dr", "Harriet", "Lygon", "female", Role::Gp),
            who("Dr", "Simon", "Ashby", "male", Role::Gp),
            who("Dr", "Temi", "Adebayo", "female", Role::Gp),
            who("Nurse", "Pauline", "Rudge", "female", Role::Nurse),
            who("", "Ellie", "Baskerville", "female", Role::Pharmacist),
        ],
    },
];
