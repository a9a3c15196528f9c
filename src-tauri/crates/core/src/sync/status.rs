//! How fresh everything is, in one place: every screen's "last updated" comes from here.

use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::WhyNot;
use hale_contracts::sync::{SyncStatusView, SyncUnit, SyncUnitView};

use super::units;
use crate::app::{Hale, Session};
use crate::error::Error;
use crate::london;
use crate::outbox::is_retry_due;
use crate::ports::{Backends, Cache, Clock, Device, Outbox as _, SourceId, UnitState, UnitTrouble};
use crate::sources::link::Link;

/// How one unit stands.
#[derive(Debug, Clone)]
pub(crate) struct UnitStanding {
    pub(crate) freshness: FreshnessView,
    pub(crate) not_allowed: Option<WhyNot>,
    pub(crate) error: Option<ErrorView>,
    pub(crate) skipped: u32,
    /// Whether it was ever read whole.
    pub(crate) is_known: bool,
    /// Whether the last try read it whole: only then is what it does not hold not there.
    pub(crate) is_whole: bool,
    /// Whether the last try brought only a part of it.
    pub(crate) is_part: bool,
}

impl UnitStanding {
    /// Whether the service does not offer it at all.
    pub(crate) fn is_not_offered(&self) -> bool {
        self.not_allowed == Some(WhyNot::ServerLacksFeature)
    }
}

/// What holds for every unit at this moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) is_running: bool,
    pub(crate) is_lapsed: bool,
    /// Whether this service cannot be reached while another one can: the network is there then.
    pub(crate) is_alone_down: bool,
}

/// How a unit stands.
pub(crate) fn standing(state: Option<&UnitState>, moment: Moment) -> UnitStanding {
    let checked_at = state.and_then(|state| state.checked_at);
    let trouble = state.and_then(|state| state.trouble.as_ref());
    let code = match trouble {
        Some(UnitTrouble::Failed(ErrorCode::Offline)) if moment.is_alone_down => {
            Some(ErrorCode::ServerUnavailable)
        }
        Some(UnitTrouble::Failed(code)) => Some(*code),
        Some(UnitTrouble::NotAllowed(_)) => Some(ErrorCode::NotAllowed),
        None if moment.is_lapsed => Some(ErrorCode::SignInNeeded),
        None => None,
    };
    let at = checked_at.map(london::from_utc);
    let freshness = match (code, at) {
        (Some(_), None) if moment.is_running => FreshnessView::Loading,
        (Some(because), at) => FreshnessView::Stale { at, because },
        (None, Some(at)) => FreshnessView::Fresh { at },
        (None, None) if moment.is_running => FreshnessView::Loading,
        (None, None) => FreshnessView::NeverLoaded,
    };
    UnitStanding {
        freshness,
        not_allowed: match trouble {
            Some(UnitTrouble::NotAllowed(why)) => Some(why.clone()),
            _ => None,
        },
        error: match (trouble, code) {
            (Some(UnitTrouble::NotAllowed(_)), _) | (_, None) => None,
            (_, Some(code)) => Some(ErrorView::new(code)),
        },
        skipped: state.map_or(0, |state| state.skipped),
        is_known: checked_at.is_some(),
        is_whole: checked_at.is_some()
            && trouble.is_none()
            && state.is_some_and(|state| state.skipped == 0),
        is_part: matches!(trouble, Some(UnitTrouble::Failed(ErrorCode::Incomplete))),
    }
}

/// The freshness of several things shown together: the oldest, and stale if one is.
pub(crate) fn joined<'a>(all: impl Iterator<Item = &'a FreshnessView>) -> FreshnessView {
    let mut oldest: Option<FreshnessView> = None;
    for one in all {
        oldest = Some(match oldest {
            None => one.clone(),
            Some(so_far) => older(so_far, one.clone()),
        });
    }
    oldest.unwrap_or(FreshnessView::NeverLoaded)
}

fn older(a: FreshnessView, b: FreshnessView) -> FreshnessView {
    use FreshnessView::{Fresh, Loading, NeverLoaded, Stale};
    match (a, b) {
        (Stale { at: first, because }, Stale { at: second, .. }) => Stale {
            at: earlier(first, second),
            because,
        },
        (Stale { at, because }, Fresh { at: other })
        | (Fresh { at: other }, Stale { at, because }) => Stale {
            at: earlier(at, Some(other)),
            because,
        },
        (stale @ Stale { .. }, _) | (_, stale @ Stale { .. }) => stale,
        (Loading, _) | (_, Loading) => Loading,
        (NeverLoaded, _) | (_, NeverLoaded) => NeverLoaded,
        (Fresh { at: first }, Fresh { at: second }) => Fresh {
            at: if first.utc <= second.utc {
                first
            } else {
                second
            },
        },
    }
}

fn earlier(
    first: Option<hale_contracts::time::LondonTime>,
    second: Option<hale_contracts::time::LondonTime>,
) -> Option<hale_contracts::time::LondonTime> {
    match (first, second) {
        (Some(first), Some(second)) => Some(if first.utc <= second.utc {
            first
        } else {
            second
        }),
        // One of them was never loaded, so there is no moment at which all was.
        _ => None,
    }
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// How the mirror stands to its source.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails.
    pub async fn sync_status(&self) -> Result<SyncStatusView, Error> {
        let session = self.session()?;
        let states = session.cache.unit_states().await?;
        let mut views = Vec::new();
        for link in session.links() {
            let identity = link.identity();
            let moment = moment(&session, &link);
            for unit in units::ALL {
                let standing = standing(find(&states, &identity.source, unit), moment);
                // What a further service does not offer is no gap of the record.
                if !identity.is_main() && standing.is_not_offered() {
                    continue;
                }
                views.push(SyncUnitView {
                    source: identity.source_view(),
                    unit,
                    freshness: standing.freshness,
                    not_allowed: standing.not_allowed,
                    error: standing.error,
                    skipped: standing.skipped,
                });
            }
        }
        // What may not be seen has no freshness to wait for.
        let overall = joined(
            views
                .iter()
                .filter(|view| view.not_allowed.is_none())
                .map(|view| &view.freshness),
        );
        let requests = session.own.requests().await?;
        let now = self.clock.now();
        Ok(SyncStatusView {
            // Nothing can be sent without a network or a sign-in, however often it is tried.
            is_sending_due: session.can_send() && requests.iter().any(|one| is_retry_due(one, now)),
            is_running: session.is_syncing(),
            is_offline: session.seems_offline(),
            overall,
            units: views,
        })
    }
}

/// What holds for every unit of a service now.
pub(crate) fn moment<C, O, R>(session: &Session<C, O, R>, link: &Link<R>) -> Moment {
    Moment {
        is_running: session.is_syncing(),
        is_lapsed: link.is_lapsed(),
        is_alone_down: link.seems_offline() && !session.seems_offline(),
    }
}

/// The state of a unit of a source.
pub(crate) fn find<'a>(
    states: &'a [UnitState],
    source: &SourceId,
    unit: SyncUnit,
) -> Option<&'a UnitState> {
    states
        .iter()
        .find(|state| state.unit == unit && &state.source == source)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    const QUIET: Moment = Moment {
        is_running: false,
        is_lapsed: false,
        is_alone_down: false,
    };

    fn state(checked: Option<i64>, trouble: Option<UnitTrouble>) -> UnitState {
        UnitState {
            source: SourceId("main".into()),
            unit: SyncUnit::Appointments,
            checked_at: checked.map(|at| Utc.timestamp_opt(at, 0).unwrap()),
            cursor: None,
            tried_at: None,
            trouble,
            skipped: 0,
            confirmed_at: None,
            whole_at: None,
            basis: None,
            resume: None,
            news_since: None,
            purged: None,
        }
    }

    #[test]
    fn a_unit_is_fresh_only_after_a_whole_check_without_trouble() {
        let offline = Some(UnitTrouble::Failed(ErrorCode::Offline));
        let cases = [
            (None, QUIET, "never"),
            (Some(state(None, None)), QUIET, "never"),
            (Some(state(Some(5), None)), QUIET, "fresh"),
            (Some(state(Some(5), offline.clone())), QUIET, "stale"),
            (Some(state(None, offline)), QUIET, "stale"),
            (
                None,
                Moment {
                    is_running: true,
                    is_lapsed: false,
                    is_alone_down: false,
                },
                "loading",
            ),
            (
                Some(state(Some(5), None)),
                Moment {
                    is_running: false,
                    is_lapsed: true,
                    is_alone_down: false,
                },
                "stale",
            ),
        ];
        for (state, moment, expected) in cases {
            let got = match standing(state.as_ref(), moment).freshness {
                FreshnessView::NeverLoaded => "never",
                FreshnessView::Loading => "loading",
                FreshnessView::Fresh { .. } => "fresh",
                FreshnessView::Stale { .. } => "stale",
            };
            assert_eq!(got, expected, "{state:?} {moment:?}");
        }
    }

    #[test]
    fn the_whole_is_as_old_as_its_oldest_part_and_stale_if_one_is() {
        let at = |seconds| london::from_utc(Utc.timestamp_opt(seconds, 0).unwrap());
        let parts = [
            FreshnessView::Fresh { at: at(100) },
            FreshnessView::Stale {
                at: Some(at(50)),
                because: ErrorCode::Offline,
            },
            FreshnessView::Fresh { at: at(10) },
        ];
        assert_eq!(
            joined(parts.iter()),
            FreshnessView::Stale {
                at: Some(at(10)),
                because: ErrorCode::Offline
            }
        );
    }
}
