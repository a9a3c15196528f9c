//! What becomes of what is held when a source says something about access: purged, kept, or all of
//! the source purged. Owns that one decision, as a value; nothing else takes what is held away for
//! it. What the patient made is never touched.

use hale_contracts::changes::{AccessNoticeView, DismissAccessNoticeRequest};
use hale_contracts::provenance::SourceView;
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::SyncUnit;

use super::guess_reason::{Failure, Rights, failure};
use super::plan::{Extent, SyncAction};
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::london;
use crate::ports::{Backends, Cache, Clock, Device, RemoteError, SourceId, UnitState, UnitTrouble};

/// What a source said.
#[derive(Debug)]
pub(crate) enum Said<'a> {
    /// It answered to the last page.
    Answered {
        /// How much of the unit that covered.
        extent: Extent,
        /// Whether nothing at all came.
        is_empty: bool,
    },
    /// It, or something before it, refused or failed.
    Refused(&'a RemoteError),
    /// The same patient id stands for another NHS number now.
    AnotherNumber,
}

/// What becomes of what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It follows what was answered.
    Follows,
    /// It stays as it is, with this beside it.
    Stays(UnitTrouble),
    /// What is held of this unit goes.
    Goes(WhyNot),
    /// Everything that is held of this source goes.
    AllGoes(WhyNot),
}

/// Decides what becomes of what is held of a unit.
///
/// Only the service's own word takes something away: a refusal in an OperationOutcome, or an answer
/// that is empty where the level that the service states does not share the unit. A gateway's page, a
/// bare status and an outage never do. A level that is stated while entries still come counts for
/// nothing: what is sent is shared.
pub(crate) fn fate(said: &Said<'_>, unit: SyncUnit, rights: &Rights) -> Fate {
    match said {
        Said::Answered { extent, is_empty } => match rights.reason(unit) {
            // An empty list would read as if everything had been deleted.
            Some(why @ WhyNot::AccessLevel { .. }) if *is_empty && *extent == Extent::Whole => {
                Fate::Goes(why)
            }
            _ => Fate::Follows,
        },
        Said::Refused(error) => match failure(error, unit, rights) {
            Failure::Withdrawn(why) => Fate::Goes(why),
            Failure::Troubled(trouble) => Fate::Stays(trouble),
        },
        Said::AnotherNumber => Fate::AllGoes(WhyNot::PatientChanged),
    }
}

/// What the patient is to be told that sources took away: one notice for each source and reason.
pub(crate) fn notices(
    states: &[UnitState],
    source_of: impl Fn(&SourceId) -> SourceView,
) -> Vec<AccessNoticeView> {
    let mut notices: Vec<AccessNoticeView> = Vec::new();
    let told = states.iter().filter(|state| state.unit != SyncUnit::Person);
    for (state, purged) in told.filter_map(|state| Some((state, state.purged.as_ref()?))) {
        let at = london::from_utc(purged.at);
        let known = notices
            .iter_mut()
            .find(|one| one.source.id == state.source.0 && one.why == purged.why);
        match known {
            Some(notice) => {
                notice.units.push(state.unit);
                notice.at = if at.utc > notice.at.utc {
                    at
                } else {
                    notice.at
                };
            }
            None => notices.push(AccessNoticeView {
                source: source_of(&state.source),
                units: vec![state.unit],
                why: purged.why.clone(),
                at,
            }),
        }
    }
    for notice in &mut notices {
        notice.units.sort_unstable();
    }
    notices
        .sort_by(|one, other| (&one.source.id, &one.units).cmp(&(&other.source.id, &other.units)));
    notices
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// What sources took away and the patient has not said to have seen.
    pub(crate) async fn access_notices(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<Vec<AccessNoticeView>, Error> {
        let states = session.cache.unit_states().await?;
        Ok(notices(&states, |source| session.source_view(source)))
    }

    /// Notes that the patient has seen a notice.
    ///
    /// # Errors
    /// If nobody is signed in or the device cannot save.
    pub async fn dismiss_access_notice(
        &self,
        request: DismissAccessNoticeRequest,
    ) -> Result<(), Error> {
        let session = self.session()?;
        let source = SourceId(request.source);
        let told = request.units.into_iter().map(|unit| SyncAction::Told {
            source: source.clone(),
            unit,
        });
        session.cache.apply(told.collect()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::error::ErrorCode;
    use hale_contracts::reasons::{IdentityLevel, RecordAccess};
    use hale_contracts::record::SectionKind;

    use super::*;
    use crate::account::view::AccessLevels;

    const RESULTS: SyncUnit = SyncUnit::Record(SectionKind::Results);
    const MEDICINES: SyncUnit = SyncUnit::Record(SectionKind::Medicines);

    fn rights(identity: IdentityLevel, record: RecordAccess) -> Rights {
        Rights {
            identity: Some(identity),
            access: Some(AccessLevels {
                record: Some(record),
                ..AccessLevels::default()
            }),
        }
    }

    fn answered(extent: Extent, is_empty: bool) -> Said<'static> {
        Said::Answered { extent, is_empty }
    }

    #[test]
    fn a_stated_level_takes_away_only_what_is_not_sent_any_more() {
        let summary = || rights(IdentityLevel::P9, RecordAccess::Summary);
        let none = || rights(IdentityLevel::P9, RecordAccess::None);
        let full = || rights(IdentityLevel::P9, RecordAccess::Full);
        let level = |have, need| Fate::Goes(WhyNot::AccessLevel { have, need });
        let changes = Extent::Changes {
            are_removals_known: true,
        };
        let lowered = level(RecordAccess::Summary, RecordAccess::Detailed);
        let revoked = level(RecordAccess::None, RecordAccess::Summary);
        let cases = [
            (
                "lowered, and empty",
                Extent::Whole,
                true,
                RESULTS,
                summary(),
                lowered,
            ),
            (
                "lowered, but sent",
                Extent::Whole,
                false,
                RESULTS,
                summary(),
                Fate::Follows,
            ),
            (
                "lowered, only a part",
                Extent::Part,
                true,
                RESULTS,
                summary(),
                Fate::Follows,
            ),
            (
                "lowered, no change",
                changes,
                true,
                RESULTS,
                summary(),
                Fate::Follows,
            ),
            (
                "still shared",
                Extent::Whole,
                true,
                MEDICINES,
                summary(),
                Fate::Follows,
            ),
            ("revoked", Extent::Whole, true, MEDICINES, none(), revoked),
            (
                "all deleted",
                Extent::Whole,
                true,
                RESULTS,
                full(),
                Fate::Follows,
            ),
            (
                "no level stated",
                Extent::Whole,
                true,
                RESULTS,
                Rights::default(),
                Fate::Follows,
            ),
            (
                "no part of the record",
                Extent::Whole,
                true,
                SyncUnit::Appointments,
                none(),
                Fate::Follows,
            ),
        ];
        for (name, extent, is_empty, unit, rights, expected) in cases {
            assert_eq!(
                fate(&answered(extent, is_empty), unit, &rights),
                expected,
                "{name}"
            );
        }
        assert_eq!(
            fate(&Said::AnotherNumber, SyncUnit::Person, &full()),
            Fate::AllGoes(WhyNot::PatientChanged)
        );
    }

    #[test]
    fn only_the_services_own_refusal_takes_something_away() {
        const OWN: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden"}]}"#;
        const PAGE: &str = "<html><body>403 Forbidden</body></html>";
        const JSON: &str = r#"{"message":"Forbidden"}"#;
        let full = rights(IdentityLevel::P9, RecordAccess::Full);
        let cases = [
            (403, OWN, true),
            (403, PAGE, false),
            (403, JSON, false),
            (403, "", false),
            (404, OWN, false),
            (404, PAGE, false),
            (404, "", false),
            (410, OWN, false),
            (401, OWN, false),
            (429, OWN, false),
            (500, OWN, false),
            (502, PAGE, false),
            (503, "", false),
        ];
        for (status, body, goes) in cases {
            let error = RemoteError::Status {
                status,
                body: body.as_bytes().to_vec(),
                retry_after: None,
            };
            let fate = fate(&Said::Refused(&error), RESULTS, &full);
            assert_eq!(matches!(fate, Fate::Goes(_)), goes, "{status} {body}");
            assert!(
                goes || matches!(fate, Fate::Stays(_)),
                "{status} {body}: {fate:?}"
            );
        }
        for error in [RemoteError::NotConnected(None), RemoteError::SignInNeeded] {
            let fate = fate(&Said::Refused(&error), RESULTS, &full);
            assert!(
                matches!(fate, Fate::Stays(UnitTrouble::Failed(_))),
                "{fate:?}"
            );
            assert_ne!(
                fate,
                Fate::Stays(UnitTrouble::Failed(ErrorCode::Incomplete))
            );
        }
    }
}
