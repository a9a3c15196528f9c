//! How a unit stands at each of the sources, and as a whole: nothing of one that is down may look as
//! if all of it were there, and nothing of the others may be doubted.

use std::sync::Arc;

use hale_contracts::sources::SourceStandingView;
use hale_contracts::sync::SyncUnit;

use crate::app::{Hale, OpenSession, Session};
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device, UnitState};
use crate::sources::link::Identity;
use crate::sync::status::{UnitStanding, find, joined, moment, standing};

/// How a unit stands at one source.
#[derive(Debug, Clone)]
pub(crate) struct SourceStanding {
    pub(crate) identity: Arc<Identity>,
    pub(crate) standing: UnitStanding,
}

impl SourceStanding {
    pub(crate) fn view(&self) -> SourceStandingView {
        let standing = self.standing.clone();
        SourceStandingView {
            source: self.identity.source_view(),
            freshness: standing.freshness,
            not_allowed: standing.not_allowed,
            error: standing.error,
            skipped: standing.skipped,
            absence: None,
        }
    }
}

/// How a unit stands at every source that offers it; at the main one alone where none does.
pub(crate) fn standings<C, O, R>(
    session: &Session<C, O, R>,
    states: &[UnitState],
    unit: SyncUnit,
) -> Vec<SourceStanding> {
    let all: Vec<SourceStanding> = session
        .links()
        .into_iter()
        .map(|link| {
            let identity = link.identity();
            let state = find(states, &identity.source, unit);
            SourceStanding {
                standing: standing(state, moment(session, &link)),
                identity,
            }
        })
        .collect();
    let is_offered = |one: &SourceStanding| !one.standing.is_not_offered();
    if all.iter().any(is_offered) {
        all.into_iter().filter(is_offered).collect()
    } else {
        all.into_iter().take(1).collect()
    }
}

/// How a unit stands as a whole: as old as its oldest part, known and whole only where every part
/// is. What one source may not show says nothing of the whole while another shows its own.
pub(crate) fn as_a_whole(parts: &[SourceStanding]) -> UnitStanding {
    let open = || {
        parts
            .iter()
            .map(|part| &part.standing)
            .filter(|one| one.not_allowed.is_none())
    };
    let is_open = open().next().is_some();
    UnitStanding {
        freshness: if is_open {
            joined(open().map(|one| &one.freshness))
        } else {
            joined(parts.iter().map(|part| &part.standing.freshness))
        },
        not_allowed: if is_open {
            None
        } else {
            parts
                .iter()
                .find_map(|part| part.standing.not_allowed.clone())
        },
        error: parts.iter().find_map(|part| part.standing.error.clone()),
        skipped: parts.iter().map(|part| part.standing.skipped).sum(),
        is_known: parts.iter().all(|part| part.standing.is_known),
        is_whole: parts.iter().all(|part| part.standing.is_whole),
        is_part: parts.iter().any(|part| part.standing.is_part),
    }
}

/// The sources as they are named beside a list: none where there is only one.
pub(crate) fn named(parts: &[SourceStanding]) -> Vec<SourceStandingView> {
    if parts.len() < 2 {
        return Vec::new();
    }
    parts.iter().map(SourceStanding::view).collect()
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// How a unit stands at each source.
    pub(crate) async fn unit_standings(
        &self,
        session: &OpenSession<D, B>,
        unit: SyncUnit,
    ) -> Result<Vec<SourceStanding>, Error> {
        let states = session.cache.unit_states().await?;
        Ok(standings(session, &states, unit))
    }
}
