//! The overview of the record: every section with how many items, how fresh, and why none.

use hale_contracts::reasons::{IdentityLevel, RecordAccess, WhyNot};
use hale_contracts::record::{
    AbsenceView, ItemStatus, NewestView, RecordItemView, RecordSummaryView, SectionKind,
    SectionSummaryView,
};
use hale_contracts::sync::SyncUnit;
use hale_contracts::time::{LondonTime, PartialDate};
use serde_json::Value;

use super::{Lookup, absence};
use crate::account::view as account;
use crate::app::{Hale, OpenSession, Session};
use crate::error::Error;
use crate::london;
use crate::ports::{Backends, Cache, Clock, Device, ListQuery, Own, SourceId, UnitState};
use crate::sources::standing::{SourceStanding, as_a_whole, named, standings};
use crate::sync::run::{stored, stored_of_main};
use crate::sync::status::joined;

/// What the overview and a section both need.
pub(crate) struct Facts {
    pub(crate) states: Vec<UnitState>,
    pub(crate) shared_from: Option<PartialDate>,
    /// Why the main service shows nothing of the record, if so.
    pub(crate) not_allowed: Option<WhyNot>,
    /// Why a section is empty, as each source states it.
    lists: Vec<(SourceId, Vec<Value>)>,
    seen: Vec<crate::ports::SeenMark>,
}

impl Facts {
    /// When the patient last looked at a unit.
    pub(crate) fn looked_at(&self, unit: SyncUnit) -> Option<LondonTime> {
        self.seen
            .iter()
            .find(|mark| mark.unit == unit)
            .map(|mark| london::from_utc(mark.seen_at))
    }

    /// How a unit stands at each source.
    pub(crate) fn standings<C, O, R>(
        &self,
        session: &Session<C, O, R>,
        unit: SyncUnit,
    ) -> Vec<SourceStanding> {
        standings(session, &self.states, unit)
    }

    fn lists_of(&self, source: &SourceId) -> &[Value] {
        self.lists
            .iter()
            .find(|(of, _)| of == source)
            .map_or(&[], |(_, lists)| lists)
    }
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// The overview of the record.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails.
    pub async fn record_summary(&self) -> Result<RecordSummaryView, Error> {
        let session = self.session()?;
        let facts = self.record_facts(&session).await?;
        let mut sections = Vec::with_capacity(SectionKind::ALL.len());
        for kind in SectionKind::ALL {
            sections.push(self.section_summary(&session, &facts, kind).await?);
        }
        let shown = sections
            .iter()
            .filter(|section| !matches!(section.absence, Some(AbsenceView::NotAllowed { .. })));
        let freshness = joined(shown.map(|section| &section.freshness));
        Ok(RecordSummaryView {
            sections,
            not_allowed: facts.not_allowed,
            shared_from: facts.shared_from,
            freshness,
        })
    }

    pub(crate) async fn record_facts(&self, session: &OpenSession<D, B>) -> Result<Facts, Error> {
        let patients = stored_of_main(session, "Patient").await?;
        let access = patients.first().map(account::access);
        let identity = session.identity().person.identity_level;
        let record = access.as_ref().and_then(|access| access.record);
        let not_allowed = match (identity, record) {
            (Some(have), _) if have < IdentityLevel::P9 => Some(WhyNot::IdentityLevel {
                have,
                need: IdentityLevel::P9,
            }),
            (_, Some(have @ RecordAccess::None)) => Some(WhyNot::AccessLevel {
                have,
                need: RecordAccess::Summary,
            }),
            _ => None,
        };
        let mut lists = Vec::new();
        for link in session.links() {
            let source = link.identity().source.clone();
            let of_it = stored(session, &source, SyncUnit::Person, "List").await?;
            lists.push((source, of_it));
        }
        Ok(Facts {
            states: session.cache.unit_states().await?,
            lists,
            shared_from: access.and_then(shared_from),
            not_allowed,
            seen: session.own.seen().await?,
        })
    }

    /// A section as on the overview.
    pub(crate) async fn section_summary(
        &self,
        session: &OpenSession<D, B>,
        facts: &Facts,
        kind: SectionKind,
    ) -> Result<SectionSummaryView, Error> {
        let unit = SyncUnit::Record(kind);
        let query = ListQuery {
            unit,
            offset: 0,
            limit: 3,
            listed_only: true,
        };
        let page = session.cache.list(query).await?;
        let parts = facts.standings(session, unit);
        let standing = as_a_whole(&parts);
        let lookup = Lookup::read(&session.cache, &page.rows).await?;
        let newest = page
            .rows
            .iter()
            .map(|row| session.item(row, &lookup))
            // A title may say as much as the value: what is sensitive stays behind its gate.
            .filter(|item| !item.is_sensitive)
            .filter_map(newest)
            .collect();
        let absences: Vec<AbsenceView> = parts
            .iter()
            .map(|part| self.absence_at(session, facts, kind, part))
            .collect();
        let mut sources = named(&parts);
        for (named, absence) in sources.iter_mut().zip(&absences) {
            let is_empty = !page.sources.contains(&SourceId(named.source.id.clone()));
            named.absence = is_empty.then(|| absence.clone());
        }
        let absence = (page.total == 0)
            .then(|| absence::joined(absences))
            .flatten();
        Ok(SectionSummaryView {
            kind,
            count: page.total,
            newest,
            absence,
            freshness: standing.freshness,
            error: standing.error,
            skipped: standing.skipped,
            news: page.news,
            sources,
        })
    }

    /// Why a source has nothing in a section in which it has nothing.
    fn absence_at(
        &self,
        session: &OpenSession<D, B>,
        facts: &Facts,
        kind: SectionKind,
        part: &SourceStanding,
    ) -> AbsenceView {
        let standing = &part.standing;
        let kept_back = facts
            .not_allowed
            .clone()
            .filter(|_| part.identity.is_main());
        if let Some(why) = standing.not_allowed.clone().or(kept_back) {
            return AbsenceView::NotAllowed { why };
        }
        if !standing.is_known {
            return match standing.error.clone() {
                Some(error) => AbsenceView::Failed { error },
                None => AbsenceView::NotLoaded,
            };
        }
        // An answer was given, whole: its own words on why there is nothing count, and without any
        // nothing is claimed. "None" needs more: what states it and the section itself were both
        // read whole at the last try.
        let source = &part.identity.source;
        let are_lists_whole = facts
            .standings(session, SyncUnit::Person)
            .iter()
            .any(|one| &one.identity.source == source && one.standing.is_whole);
        match absence::of_section(kind, facts.lists_of(source)) {
            Some(AbsenceView::NoneRecorded) if !(standing.is_whole && are_lists_whole) => {
                AbsenceView::Unavailable
            }
            Some(stated) => stated,
            None if standing.is_part || standing.skipped > 0 => AbsenceView::Unavailable,
            None => AbsenceView::NothingSent,
        }
    }
}

/// An item as the overview names it, by its title alone: only what that does not make a wrong fact
/// of. What was refused, cancelled, planned or forbidden, or is wrong, is seen in the list.
fn newest(item: RecordItemView) -> Option<NewestView> {
    let is_unconfirmed = match item.status {
        None | Some(ItemStatus::Active | ItemStatus::Amended | ItemStatus::Completed) => false,
        Some(ItemStatus::Unconfirmed) => true,
        Some(
            ItemStatus::DoNotTake
            | ItemStatus::UnconfirmedEnded
            | ItemStatus::Inactive
            | ItemStatus::Resolved
            | ItemStatus::Stopped
            | ItemStatus::NotDone
            | ItemStatus::Refused
            | ItemStatus::Planned
            | ItemStatus::Preliminary
            | ItemStatus::Cancelled
            | ItemStatus::EnteredInError
            | ItemStatus::RemovedBySource
            | ItemStatus::Other,
        ) => return None,
    };
    Some(NewestView {
        title: item.title,
        is_unconfirmed,
    })
}

/// From when the record is shared, where less of what is older is.
fn shared_from(access: account::AccessLevels) -> Option<PartialDate> {
    let is_less = match (access.historical, access.record) {
        (Some(historical), Some(record)) => historical < record,
        _ => true,
    };
    access.effective_date.filter(|_| is_less)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_sharing_is_said_only_where_older_entries_are_kept_back() {
        let cases = [
            (Some(RecordAccess::Full), Some(RecordAccess::Full), false),
            (Some(RecordAccess::Full), Some(RecordAccess::Summary), true),
            (Some(RecordAccess::Full), None, true),
            (None, None, true),
        ];
        for (record, historical, expected) in cases {
            let access = account::AccessLevels {
                record,
                historical,
                effective_date: Some(PartialDate::Year(2020)),
                ..account::AccessLevels::default()
            };
            assert_eq!(
                shared_from(access).is_some(),
                expected,
                "{record:?} {historical:?}"
            );
        }
    }

    #[test]
    fn only_what_a_title_alone_says_rightly_is_named_on_the_overview() {
        let named = |status: Option<ItemStatus>| {
            let mut json = serde_json::json!({"id": "s~Condition~1", "section": "conditions",
                "title": {"kind": "words", "value": "Asthma"}, "comments": [], "values": [], "fields": [], "more": [],
                "is_sensitive": false,
                "provenance": {"source": {"id": "s", "name": "Elm Surgery"}}});
            json["status"] = serde_json::json!(status);
            newest(serde_json::from_value(json).unwrap()).map(|newest| newest.is_unconfirmed)
        };
        let cases = [
            (None, Some(false)),
            (Some(ItemStatus::Active), Some(false)),
            (Some(ItemStatus::Amended), Some(false)),
            (Some(ItemStatus::Completed), Some(false)),
            (Some(ItemStatus::Unconfirmed), Some(true)),
            (Some(ItemStatus::UnconfirmedEnded), None),
            (Some(ItemStatus::DoNotTake), None),
            (Some(ItemStatus::Refused), None),
            (Some(ItemStatus::NotDone), None),
            (Some(ItemStatus::Cancelled), None),
            (Some(ItemStatus::Planned), None),
            (Some(ItemStatus::Stopped), None),
            (Some(ItemStatus::Resolved), None),
            (Some(ItemStatus::Inactive), None),
            (Some(ItemStatus::Preliminary), None),
            (Some(ItemStatus::EnteredInError), None),
            (Some(ItemStatus::RemovedBySource), None),
            (Some(ItemStatus::Other), None),
        ];
        for (status, expected) in cases {
            assert_eq!(named(status), expected, "{status:?}");
        }
    }
}
