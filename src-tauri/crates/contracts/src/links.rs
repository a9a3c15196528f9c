//! Official pages that the window may open in the system browser. A closed list: the window can
//! never ask for an address of its own or of a server's making.

use serde::{Deserialize, Serialize};

/// A page outside Hale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficialLink {
    /// NHS 111 online.
    Nhs111,
    /// The NHS website.
    NhsWebsite,
    /// "Make your choice" about data sharing.
    DataOptOut,
    /// Organ donation.
    OrganDonation,
}

impl OfficialLink {
    /// The address.
    #[must_use]
    pub const fn url(self) -> &'static str {
        match self {
            Self::Nhs111 => "https://111.nhs.uk/",
            Self::NhsWebsite => "https://www.nhs.uk/",
            Self::DataOptOut => "https://www.nhs.uk/your-nhs-data-matters/",
            Self::OrganDonation => "https://www.organdonation.nhs.uk/",
        }
    }
}
