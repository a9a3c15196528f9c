//! How an item stands, from the several status elements of each type.

use hale_contracts::phrase::Phrase;
use hale_contracts::record::ItemStatus;
use hale_fhir::concept;
use hale_fhir::lenient::{boolean, list, text};
use serde_json::Value;

use super::phrase;

/// How an item stands where that must be said beside its title, and the source's own word for it.
/// What is as one expects (a final result, a finished consultation) is not said.
pub(super) fn read(resource_type: &str, json: &Value) -> (Option<ItemStatus>, Option<Phrase>) {
    match resource_type {
        "AllergyIntolerance" | "Condition" => clinical(json),
        _ => {
            let Some(code) = text(&json["status"]) else {
                let status = is_forbidden(resource_type, json).then_some(ItemStatus::DoNotTake);
                return (status, None);
            };
            let mut status = of_code(resource_type, &code);
            if is_forbidden(resource_type, json) && status != Some(ItemStatus::EnteredInError) {
                status = Some(ItemStatus::DoNotTake);
            }
            if resource_type == "MedicationStatement" && concept::has_code(&json["taken"], "n") {
                return (
                    Some(ItemStatus::Other),
                    Some(Phrase::Code("not-taken".to_owned())),
                );
            }
            if code == "not-done" && is_refusal(&json["statusReason"]) {
                status = Some(ItemStatus::Refused);
            }
            if resource_type == "DocumentReference" && status.is_none() {
                status = match json["docStatus"].as_str() {
                    Some("preliminary") => Some(ItemStatus::Preliminary),
                    Some("amended") => Some(ItemStatus::Amended),
                    Some("entered-in-error") => Some(ItemStatus::EnteredInError),
                    _ => None,
                };
            }
            (status, Some(Phrase::Code(code)))
        }
    }
}

/// Allergies and conditions stand by two statuses: whether it goes on, and whether it is true.
fn clinical(json: &Value) -> (Option<ItemStatus>, Option<Phrase>) {
    let verification = &json["verificationStatus"];
    if concept::has_code(verification, "entered-in-error") {
        return (
            Some(ItemStatus::EnteredInError),
            phrase::coded(verification),
        );
    }
    // What was found not to be so must never look like what is.
    if concept::has_code(verification, "refuted") {
        return (Some(ItemStatus::Other), phrase::coded(verification));
    }
    let clinical = &json["clinicalStatus"];
    let words = phrase::coded(clinical);
    let code = concept::code(clinical);
    match certainty(verification) {
        Certainty::Confirmed => {}
        Certainty::Unconfirmed => {
            let is_over = matches!(code.as_deref(), Some("inactive" | "resolved" | "remission"));
            let status = if is_over {
                ItemStatus::UnconfirmedEnded
            } else {
                ItemStatus::Unconfirmed
            };
            return (Some(status), words);
        }
        Certainty::InWords(words) => return (Some(ItemStatus::Other), Some(words)),
    }
    let status = match code.as_deref() {
        Some("active") => Some(ItemStatus::Active),
        Some("inactive") => Some(ItemStatus::Inactive),
        Some("resolved") => Some(ItemStatus::Resolved),
        Some(_) => Some(ItemStatus::Other),
        None => words.as_ref().map(|_| ItemStatus::Other),
    };
    (status, words)
}

/// How sure the source is of an entry.
enum Certainty {
    /// Sure, or it does not say otherwise.
    Confirmed,
    /// Not sure.
    Unconfirmed,
    /// A word that Hale does not know: the source's own is shown, and nothing is claimed.
    InWords(Phrase),
}

/// Reads `verificationStatus` (FHIR R4 `condition-ver-status`, `allergyintolerance-verification`, and
/// the SNOMED CT codes for the same).
fn certainty(verification: &Value) -> Certainty {
    const UNCONFIRMED: [&str; 8] = [
        "unconfirmed",
        "provisional",
        "differential",
        "suspected",
        // Suspected, probably present, known possible, possible.
        "415684004",
        "410592001",
        "410590009",
        "371930009",
    ];
    let said: Vec<String> = concept::codings(verification)
        .filter_map(|coding| text(&coding["code"]))
        .chain(text(verification))
        .chain(concept::words(verification))
        .map(|word| word.to_lowercase())
        .collect();
    let is = |known: &[&str]| said.iter().any(|word| known.contains(&word.as_str()));
    // Where a source says both, the less certain counts.
    if is(&UNCONFIRMED) {
        Certainty::Unconfirmed
    } else if is(&["confirmed", "410605003"]) {
        Certainty::Confirmed
    } else {
        phrase::coded(verification).map_or(Certainty::Confirmed, Certainty::InWords)
    }
}

/// Whether an entry says that its medicine must not be taken (FHIR R4 `doNotPerform`). Whatever
/// else it says, it must never look like one that is taken.
fn is_forbidden(resource_type: &str, json: &Value) -> bool {
    resource_type.starts_with("Medication") && boolean(&json["doNotPerform"]) == Some(true)
}

fn of_code(resource_type: &str, code: &str) -> Option<ItemStatus> {
    let is_medicine = resource_type.starts_with("Medication");
    match code {
        "entered-in-error" => Some(ItemStatus::EnteredInError),
        "cancelled" | "abandoned" | "revoked" => Some(ItemStatus::Cancelled),
        "active" => Some(ItemStatus::Active),
        "inactive" => Some(ItemStatus::Inactive),
        "stopped" => Some(ItemStatus::Stopped),
        "not-done" => Some(ItemStatus::NotDone),
        "planned" | "intended" | "preparation" => Some(ItemStatus::Planned),
        "registered" | "partial" | "preliminary" => Some(ItemStatus::Preliminary),
        "amended" | "corrected" | "appended" => Some(ItemStatus::Amended),
        // A medicine that is over must be told from one that is taken; of everything else,
        // being done is what one expects.
        "completed" if is_medicine => Some(ItemStatus::Completed),
        "completed" | "finished" | "final" | "current" => None,
        "in-progress" if resource_type == "Procedure" => Some(ItemStatus::Active),
        _ => Some(ItemStatus::Other),
    }
}

/// The patient, or who speaks for them, said no (HL7 v3 ActReason, SNOMED CT).
fn is_refusal(reason: &Value) -> bool {
    ["PATOBJ", "RELIG", "105480006", "183944003", "591000119102"]
        .into_iter()
        .any(|code| list(reason).any(|reason| concept::has_code(reason, code)))
}
