//! Finding a pharmacy for an order (backend contract, §4). Always asks the server: pharmacies open and
//! close.

use hale_contracts::repeats::{FindPharmaciesRequest, PharmaciesView, PharmacyFoundView};
use hale_fhir::read_page;
use serde_json::Value;

use super::view;
use crate::app::Hale;
use crate::error::Error;
use crate::ports::{Backends, Clock, Device, Fetch, Remote, Target};
use crate::sync::units::encode;

/// What makes an organisation a pharmacy: SNOMED CT, and the role of the Organisation Data Service.
const TYPES: &str = "264372000,RO182";
/// How many are shown at once; more are found by typing more.
const MOST: usize = 20;
/// The longest name or postcode.
const LONGEST: usize = 60;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The pharmacies whose name or postcode begins like this.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] if it is shorter than two letters or much too long, or nobody is
    /// signed in, or the server gives no answer.
    pub async fn find_pharmacies(
        &self,
        request: FindPharmaciesRequest,
    ) -> Result<PharmaciesView, Error> {
        let session = self.session()?;
        let text = request
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if !(2..=LONGEST).contains(&text.chars().count()) {
            return Err(Error::InvalidRequest("two letters or more"));
        }
        let fetch = Fetch {
            target: Target::Path(search(&text)),
            if_none_match: None,
        };
        let fetched = session
            .online()?
            .fetch(fetch)
            .await
            .inspect_err(|error| session.note_failure(error))?;
        session.note_answer();
        let page = read_page(&fetched.body).map_err(|_| Error::Unreadable)?;
        let mut pharmacies: Vec<PharmacyFoundView> = page
            .entries
            .iter()
            .filter(|entry| entry.resource_type == "Organization")
            .filter_map(|entry| serde_json::from_str::<Value>(entry.raw.get()).ok())
            .filter_map(|organisation| view::pharmacy_found(&organisation))
            .collect();
        pharmacies.sort_by_cached_key(|one| (one.name.to_lowercase(), one.code.clone()));
        pharmacies.dedup_by(|one, other| one.code == other.code);
        let has_more = page.next.is_some() || pharmacies.len() > MOST;
        pharmacies.truncate(MOST);
        Ok(PharmaciesView {
            pharmacies,
            has_more,
        })
    }
}

/// A postcode has a digit; names of pharmacies that have one are found by the words before it.
fn search(text: &str) -> String {
    let is_postcode = text.len() <= 8
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.contains(|one: char| one.is_ascii_digit());
    let (parameter, value) = if is_postcode {
        ("address-postalcode", text.to_uppercase())
    } else {
        ("name", text.to_owned())
    };
    format!(
        "Organization?type={}&{parameter}={}&_count={MOST}",
        encode(TYPES),
        encode(&value)
    )
}

/// Whether this can be an ODS code (Organisation Data Service; backend contract, §8).
pub(crate) fn is_code(code: &str) -> bool {
    (3..=10).contains(&code.len()) && code.bytes().all(|one| one.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn postcodes_and_names_are_told_apart() {
        let cases = [
            ("L8 5CK", "address-postalcode=L8%205CK"),
            ("l8", "address-postalcode=L8"),
            ("sw1a 1aa", "address-postalcode=SW1A%201AA"),
            ("Boots", "name=Boots"),
            ("24 hour pharmacy", "name=24%20hour%20pharmacy"),
            ("Quay & Sons", "name=Quay%20%26%20Sons"),
        ];
        for (text, expected) in cases {
            let search = search(text);
            assert!(search.contains(expected), "{text}: {search}");
            assert!(search.contains("type=264372000%2CRO182"), "{search}");
        }
    }

    #[test]
    fn only_what_an_order_can_name_is_a_pharmacy() {
        let ods = "https://fhir.nhs.uk/Id/ods-organization-code";
        let of = |code: &str, name: &str, is_active: bool| {
            json!({"resourceType": "Organization", "active": is_active, "name": name,
                "identifier": [{"system": ods, "value": code}]})
        };
        let cases = [
            (of("flm49", "Quay Pharmacy", true), Some("FLM49")),
            (of("FLM49", "Quay Pharmacy", false), None),
            (of("FLM49", "", true), None),
            (of("F|1", "Quay Pharmacy", true), None),
            (json!({"name": "Quay Pharmacy"}), None),
        ];
        for (organisation, expected) in cases {
            let found = view::pharmacy_found(&organisation);
            let code = found.as_ref().map(|one| one.code.as_str());
            assert_eq!(code, expected, "{organisation}");
        }
    }
}
