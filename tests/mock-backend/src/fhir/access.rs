//! Who asks and what they may: scopes (SMART App Launch 2.2 §3), identity level and access level
//! (backend contract, §1 and §3). Every refusal says why in words that may be shown.

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use crate::faults::Fault;
use crate::outcome::Refusal;
use crate::population::{IdentityLevel, RecordAccess};
use crate::state::{Request, State};

/// The patient whose token came with the request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) patient: u32,
    pub(crate) patient_id: String,
    pub(crate) today: NaiveDate,
    identity: IdentityLevel,
    access: RecordAccess,
    scopes: Vec<String>,
    is_under_16: bool,
}

impl Caller {
    pub(super) fn of(state: &State, request: &Request) -> Result<Self, Refusal> {
        let Some(access) = state.smart.access(state, request) else {
            return Err(Refusal::sign_in("The sign-in has ended. Sign in again"));
        };
        let sign_in = access.sign_in;
        let today = state.clock.today();
        let birth = state
            .store
            .patient(sign_in.patient, today)
            .and_then(|patient| patient["birthDate"].as_str()?.parse::<NaiveDate>().ok());
        let acts_for_self = sign_in.person == sign_in.patient;
        let is_under_16 = acts_for_self
            && birth
                .and_then(|birth| birth.with_year(birth.year() + 16))
                .is_some_and(|sixteenth| sixteenth > today);
        let lowered = state.faults.take(&request.route, |fault| {
            matches!(fault, Fault::AccessLowered { .. })
        });
        let access = match lowered {
            Some(Fault::AccessLowered { to }) => to.min(sign_in.access),
            _ => sign_in.access,
        };
        let mut scopes: Vec<String> = sign_in.scope.split(' ').map(str::to_owned).collect();
        let narrowed = state.faults.take(&request.route, |fault| {
            matches!(fault, Fault::ScopesWithout { .. })
        });
        if let Some(Fault::ScopesWithout { resource }) = narrowed {
            scopes.retain(|scope| parts(scope).is_none_or(|(kind, _)| kind != resource));
        }
        Ok(Self {
            patient: sign_in.patient,
            patient_id: sign_in.patient_id,
            today,
            identity: sign_in.identity,
            access,
            scopes,
            is_under_16,
        })
    }

    /// Whether the caller may do this (`c`, `r`, `u`, `d` or `s`) with a type.
    pub(super) fn may(&self, kind: &str, interaction: char) -> Result<(), Refusal> {
        if !self
            .scopes
            .iter()
            .any(|scope| allows(scope, kind, interaction))
        {
            return Err(Refusal::denied("The app was not given access to this")
                .diagnostics(format!("no scope for {kind}.{interaction}")));
        }
        if self.identity < IdentityLevel::P9 && needs_proof(kind) {
            return Err(Refusal::denied(
                "You need to prove who you are before you can see this part of your record",
            )
            .diagnostics("identity_proofing_level P9 is required"));
        }
        let Some(needed) = needed_access(kind) else {
            return Ok(());
        };
        if self.access >= needed {
            return Ok(());
        }
        let refusal =
            Refusal::denied("Your practice has not given you access to this part of your record");
        Err(if self.is_under_16 {
            Refusal::denied("You are under 16. Ask your practice about access to your record")
                .diagnostics("UNDER_16_DENIED")
        } else {
            refusal
        })
    }

    /// Whether a resource speaks of this patient alone, or of nobody.
    pub(super) fn owns(&self, resource: &Value) -> bool {
        let own = format!("Patient/{}", self.patient_id);
        let is_other = |reference: &str| is_patient(reference) && !reference.ends_with(&own);
        let mut references = Vec::new();
        for name in ["subject", "patient", "for", "requester", "sender", "source"] {
            references.extend(resource[name]["reference"].as_str());
        }
        for participant in resource["participant"].as_array().into_iter().flatten() {
            references.extend(participant["actor"]["reference"].as_str());
        }
        !references.into_iter().any(is_other)
    }
}

fn is_patient(reference: &str) -> bool {
    reference.starts_with("Patient/") || reference.contains("/Patient/")
}

fn needs_proof(kind: &str) -> bool {
    needed_access(kind).is_some()
        || matches!(
            kind,
            "Appointment"
                | "Slot"
                | "Task"
                | "Communication"
                | "QuestionnaireResponse"
                | "List"
                | "Consent"
                | "CarePlan"
        )
}

fn needed_access(kind: &str) -> Option<RecordAccess> {
    Some(match kind {
        "MedicationStatement" | "MedicationRequest" | "Medication" | "AllergyIntolerance" => {
            RecordAccess::Summary
        }
        "Condition" | "Observation" | "DiagnosticReport" | "Immunization" | "Encounter"
        | "Procedure" | "ServiceRequest" | "CarePlan" | "CareTeam" => RecordAccess::Detailed,
        "DocumentReference" | "Binary" => RecordAccess::Documents,
        _ => return None,
    })
}

/// A scope for resources as this server reads it.
fn parts(scope: &str) -> Option<(&str, &str)> {
    let scope = scope.split('?').next()?;
    let rest = scope
        .strip_prefix("patient/")
        .or_else(|| scope.strip_prefix("user/"))?;
    let (kind, permission) = rest.split_once('.')?;
    let is_type = kind == "*" || kind.chars().all(|letter| letter.is_ascii_alphabetic());
    let letters = match permission {
        "read" => "rs",
        "write" => "cud",
        "*" => "cruds",
        letters => letters,
    };
    let is_known = !letters.is_empty() && letters.chars().all(|letter| "cruds".contains(letter));
    (is_type && is_known).then_some((kind, letters))
}

fn allows(scope: &str, kind: &str, interaction: char) -> bool {
    parts(scope)
        .is_some_and(|(of, letters)| (of == "*" || of == kind) && letters.contains(interaction))
}

/// Whether this is a scope for resources.
pub(crate) fn is_resource_scope(scope: &str) -> bool {
    parts(scope).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_both_versions_allow_what_they_say() {
        for (scope, kind, interaction, expected) in [
            ("patient/Condition.rs", "Condition", 's', true),
            ("patient/Condition.rs", "Condition", 'u', false),
            ("patient/Condition.rs", "Observation", 'r', false),
            ("patient/*.read", "Observation", 'r', true),
            ("patient/*.read", "Appointment", 'c', false),
            ("patient/Appointment.write", "Appointment", 'c', true),
            ("user/Slot.rs", "Slot", 's', true),
            ("openid", "Slot", 's', false),
            ("system/*.rs", "Slot", 's', false),
        ] {
            assert_eq!(
                allows(scope, kind, interaction),
                expected,
                "{scope} {kind}.{interaction}"
            );
        }
    }
}
