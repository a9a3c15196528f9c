//! Why a source refuses: from its OperationOutcome, the access level that it states, and the
//! identity level of the sign-in. Never guessed beyond these.

use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::{IdentityLevel, RecordAccess, WhyNot};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use hale_fhir::Issue;

use crate::account::view::AccessLevels;
use crate::error::{remote_code, server_words};
use crate::ports::{RemoteError, UnitTrouble};

/// What a failed request means for its unit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// What is held stays, with this beside it.
    Troubled(UnitTrouble),
    /// The source has withdrawn the unit, and says so in an OperationOutcome: what is held goes.
    Withdrawn(WhyNot),
}

/// What is known of a person's rights.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rights {
    pub(crate) identity: Option<IdentityLevel>,
    pub(crate) access: Option<AccessLevels>,
}

impl Rights {
    /// Why a unit cannot be had, as far as the stated levels say; none where they allow it.
    pub(crate) fn reason(&self, unit: SyncUnit) -> Option<WhyNot> {
        let SyncUnit::Record(section) = unit else {
            return None;
        };
        if let Some(have) = self.identity
            && have < IdentityLevel::P9
        {
            return Some(WhyNot::IdentityLevel {
                have,
                need: IdentityLevel::P9,
            });
        }
        let have = self.access.as_ref()?.record?;
        let need = needed_access(section);
        (have < need).then_some(WhyNot::AccessLevel { have, need })
    }
}

/// The least access level that shares a section (backend contract, §3).
pub(crate) fn needed_access(section: SectionKind) -> RecordAccess {
    match section {
        SectionKind::Allergies | SectionKind::Medicines => RecordAccess::Summary,
        SectionKind::Documents => RecordAccess::Documents,
        SectionKind::Conditions
        | SectionKind::Results
        | SectionKind::Immunisations
        | SectionKind::Consultations
        | SectionKind::Observations
        | SectionKind::Procedures
        | SectionKind::Referrals
        | SectionKind::CarePlans => RecordAccess::Detailed,
    }
}

/// What a failed request means for a unit.
pub(crate) fn failure(error: &RemoteError, unit: SyncUnit, rights: &Rights) -> Failure {
    let RemoteError::Status { status, body, .. } = error else {
        return Failure::Troubled(UnitTrouble::Failed(remote_code(error)));
    };
    let outcome = hale_fhir::read_outcome(body);
    match status {
        403 => {
            let says_under_16 = outcome.as_ref().is_some_and(|outcome| {
                outcome.issues.iter().any(|issue| {
                    [&issue.diagnostics, &issue.nhs_code]
                        .into_iter()
                        .flatten()
                        .any(|text| text.contains("UNDER_16_DENIED"))
                })
            });
            let why = if says_under_16 {
                WhyNot::Under16
            } else {
                rights.reason(unit).unwrap_or_else(|| WhyNot::Refused {
                    server_says: server_words(body),
                })
            };
            // A gateway answers 403 too. Only a FHIR server's own word takes something away, and only
            // one that is about access.
            if says_for_good(body) {
                Failure::Withdrawn(why)
            } else {
                Failure::Troubled(UnitTrouble::NotAllowed(why))
            }
        }
        404 | 405 | 501 => {
            if outcome.is_some() {
                Failure::Troubled(UnitTrouble::NotAllowed(WhyNot::ServerLacksFeature))
            } else {
                Failure::Troubled(UnitTrouble::Failed(ErrorCode::ServerUnavailable))
            }
        }
        _ => Failure::Troubled(UnitTrouble::Failed(remote_code(error))),
    }
}

/// Whether a refusal is a FHIR server's own word on what was asked for, and lasts: not a gateway's,
/// and not that it is too busy just now.
pub(crate) fn says_for_good(body: &[u8]) -> bool {
    let issues = hale_fhir::read_outcome(body).map_or_else(Vec::new, |outcome| outcome.issues);
    let mut said = issues.iter().filter(|issue| !is_remark(issue)).peekable();
    said.peek().is_some() && !said.any(is_passing)
}

/// Whether an issue only informs.
fn is_remark(issue: &Issue) -> bool {
    issue.severity.as_deref() == Some("information")
        || issue.code.as_deref() == Some("informational")
}

/// Whether an issue says that something is so just now (FHIR R4 issue-type: what is below
/// `transient`).
fn is_passing(issue: &Issue) -> bool {
    let code = issue.code.as_deref().unwrap_or_default();
    matches!(
        code,
        "transient"
            | "lock-error"
            | "no-store"
            | "exception"
            | "timeout"
            | "incomplete"
            | "throttled"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULTS: SyncUnit = SyncUnit::Record(SectionKind::Results);

    fn refused(status: u16, body: &str) -> RemoteError {
        RemoteError::Status {
            status,
            body: body.as_bytes().to_vec(),
            retry_after: None,
        }
    }

    const DENIED: &str =
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden"}]}"#;

    const THROTTLED: &str =
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]}"#;
    const INFORMS: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"processing"}]}"#;

    const DENIED_WITH_A_REMARK: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"},{"severity":"error","code":"forbidden"}]}"#;
    const DENIED_OR_BUSY: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden"},{"severity":"error","code":"timeout"}]}"#;

    #[test]
    fn only_a_fhir_servers_own_word_takes_something_away() {
        let rights = Rights::default();
        for body in [DENIED, DENIED_WITH_A_REMARK] {
            let own = failure(&refused(403, body), RESULTS, &rights);
            assert!(matches!(own, Failure::Withdrawn(_)), "{body}: {own:?}");
        }
        for (status, body) in [
            (403, DENIED_OR_BUSY),
            (403, r#"{"resourceType":"OperationOutcome","issue":[]}"#),
            (403, "<html>no</html>"),
            (403, ""),
            (403, THROTTLED),
            (403, INFORMS),
            (404, ""),
            (404, DENIED),
            (500, ""),
        ] {
            let bare = failure(&refused(status, body), RESULTS, &rights);
            assert!(
                matches!(bare, Failure::Troubled(_)),
                "{status} {body}: {bare:?}"
            );
        }
    }

    #[test]
    fn a_lower_identity_level_is_the_reason_for_a_refusal() {
        let rights = Rights {
            identity: Some(IdentityLevel::P5),
            access: None,
        };
        assert_eq!(
            failure(&refused(403, DENIED), RESULTS, &rights),
            Failure::Withdrawn(WhyNot::IdentityLevel {
                have: IdentityLevel::P5,
                need: IdentityLevel::P9
            })
        );
    }

    #[test]
    fn under_16_is_told_apart() {
        let body = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden","diagnostics":"UNDER_16_DENIED"}]}"#;
        assert_eq!(
            failure(&refused(403, body), RESULTS, &Rights::default()),
            Failure::Withdrawn(WhyNot::Under16)
        );
    }
}
