//! How much of a unit a check reads: all of it, or what changed since the check before.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::sync::SyncUnit;

use super::plan::Resume;
use super::units;
use crate::ports::{HeldKey, UnitState};

/// How often all of a unit is read although nothing asks for it: what changed without the server
/// saying so (an address of a place, a file put back from a copy) is put right then.
const WHOLE_EVERY: TimeDelta = TimeDelta::days(7);
/// How often the ids are compared where the server does not tell what it removed.
const SWEEP_EVERY: TimeDelta = TimeDelta::days(1);
/// How long a link to a page is tried again.
const RESUME_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How far a check goes back behind the one before: a server's index may lag behind its clock,
/// and its `Date` has whole seconds.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// What a check reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Everything, from where a reading was stopped, if it was.
    Whole {
        /// Where to go on.
        resume: Option<Box<Resume>>,
    },
    /// What changed.
    Changes {
        /// By the server's clock.
        since: DateTime<Utc>,
        /// How it is found out what was removed.
        removals: Removals,
    },
}

/// How a check finds out what was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removals {
    /// The server tells (`_history` of the type, FHIR R4 §3.1.0.10); compared by ids if it does not
    /// and that is due.
    History {
        /// Whether the ids are to be compared if the server does not tell.
        is_sweep_due: bool,
    },
    /// The ids that the server has are compared with those that are held.
    Sweep,
    /// Not this time.
    NotAsked,
}

/// How much a check reads of a unit.
pub(crate) fn depth(
    unit: SyncUnit,
    state: Option<&UnitState>,
    basis: &str,
    has_history: bool,
    now: DateTime<Utc>,
) -> Depth {
    let within = |span: TimeDelta, then: DateTime<Utc>| then <= now && now - then < span;
    // The person and the practice are a handful of reads, and say what all else goes by.
    let state = state.filter(|_| unit != SyncUnit::Person);
    let whole = || Depth::Whole {
        resume: state
            .and_then(|state| state.resume.clone())
            .filter(|resume| resume.basis == basis && within(RESUME_WITHIN, resume.stored_at))
            .map(Box::new),
    };
    let Some(state) = state else { return whole() };
    let (Some(cursor), Some(whole_at)) = (state.cursor, state.whole_at) else {
        return whole();
    };
    if state.basis.as_deref() != Some(basis)
        || state.resume.is_some()
        || !within(WHOLE_EVERY, whole_at)
    {
        return whole();
    }
    let is_sweep_due = !state
        .confirmed_at
        .is_some_and(|then| within(SWEEP_EVERY, then));
    Depth::Changes {
        since: cursor - OVERLAP,
        removals: match (has_history, is_sweep_due) {
            (true, _) => Removals::History { is_sweep_due },
            (false, true) => Removals::Sweep,
            (false, false) => Removals::NotAsked,
        },
    }
}

/// A search for what changed since.
pub(crate) fn changes_of(search: &str, since: DateTime<Utc>) -> String {
    format!("{search}&_lastUpdated=ge{}", instant(since))
}

/// What became of a type since.
pub(crate) fn history_of(resource_type: &str, since: DateTime<Utc>) -> String {
    format!(
        "{resource_type}/_history?_since={}&_count=100",
        instant(since)
    )
}

/// A search for the ids alone.
pub(crate) fn ids_of(search: &str) -> String {
    let parameters: Vec<&str> = search
        .split('&')
        .filter(|one| !one.starts_with("_include") && !one.starts_with("_count"))
        .collect();
    format!("{}&_elements=id&_count=500", parameters.join("&"))
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether the ids that a server has are those that are held: each is held (and was met by `run`
/// where one is given), and of what is held of the searched types and no run from `before` on met,
/// none is missing.
pub(crate) fn are_same_ids(
    held: &[HeldKey],
    present: &HashSet<(String, String)>,
    unit: SyncUnit,
    searches: &[String],
    met_by: Option<i64>,
    before: i64,
) -> bool {
    let searched: HashSet<&str> = searches
        .iter()
        .map(|search| units::resource_type(search))
        .collect();
    let mut found = 0;
    for one in held {
        let is_present = present.contains(&(one.key.resource_type.clone(), one.key.id.clone()));
        if is_present && met_by.is_none_or(|run| one.run >= run) {
            found += 1;
        }
        let is_missing = !is_present
            && one.unit == unit
            && one.run < before
            && searched.contains(one.key.resource_type.as_str());
        if is_missing {
            return false;
        }
    }
    found == present.len()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use hale_contracts::record::SectionKind;

    use super::*;
    use crate::ports::{ResourceKey, SourceId};

    const UNIT: SyncUnit = SyncUnit::Record(SectionKind::Conditions);

    fn at(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, day, hour, 0, 0).unwrap()
    }

    fn checked() -> UnitState {
        UnitState {
            source: SourceId("main".into()),
            unit: UNIT,
            checked_at: Some(at(10, 9)),
            cursor: Some(at(10, 9)),
            tried_at: Some(at(10, 9)),
            trouble: None,
            skipped: 0,
            confirmed_at: Some(at(10, 9)),
            whole_at: Some(at(8, 9)),
            basis: Some("b".into()),
            resume: None,
            news_since: None,
            purged: None,
        }
    }

    fn stopped(basis: &str, stored_at: DateTime<Utc>) -> Resume {
        Resume {
            run: 7,
            search: 0,
            next: None,
            cursor: None,
            skipped: 0,
            is_whole: true,
            basis: basis.into(),
            stored_at,
        }
    }

    #[test]
    fn a_check_reads_all_unless_it_knows_better() {
        let now = at(10, 12);
        let with = |change: &dyn Fn(&mut UnitState)| {
            let mut state = checked();
            change(&mut state);
            Some(state)
        };
        let whole = Depth::Whole { resume: None };
        let changes = |removals| Depth::Changes {
            since: at(10, 9) - TimeDelta::minutes(2),
            removals,
        };
        let fresh = stopped("b", at(10, 12) - TimeDelta::minutes(50));
        let resumed = Depth::Whole {
            resume: Some(Box::new(fresh.clone())),
        };
        let told = Removals::History {
            is_sweep_due: false,
        };
        let told_or_due = Removals::History { is_sweep_due: true };
        let cases = [
            ("never checked", None, true, whole.clone()),
            ("checked", Some(checked()), true, changes(told)),
            (
                "no history",
                Some(checked()),
                false,
                changes(Removals::NotAsked),
            ),
            (
                "not confirmed for a day",
                with(&|state| state.confirmed_at = Some(at(9, 11))),
                false,
                changes(Removals::Sweep),
            ),
            (
                "not confirmed for a day, with history",
                with(&|state| state.confirmed_at = Some(at(9, 11))),
                true,
                changes(told_or_due),
            ),
            (
                "a week ago",
                with(&|state| state.whole_at = Some(at(3, 12))),
                true,
                whole.clone(),
            ),
            (
                "the device's clock was set back",
                with(&|state| state.whole_at = Some(at(10, 13))),
                true,
                whole.clone(),
            ),
            (
                "other rights",
                with(&|state| state.basis = Some("a".into())),
                true,
                whole.clone(),
            ),
            (
                "of an older version",
                with(&|state| state.whole_at = None),
                true,
                whole.clone(),
            ),
            (
                "a server without a clock",
                with(&|state| state.cursor = None),
                true,
                whole.clone(),
            ),
            (
                "stopped",
                with(&|state| state.resume = Some(fresh.clone())),
                true,
                resumed,
            ),
            (
                "stopped long ago",
                with(&|state| state.resume = Some(stopped("b", at(10, 10)))),
                true,
                whole.clone(),
            ),
            (
                "stopped with other rights",
                with(&|state| state.resume = Some(stopped("a", at(10, 12)))),
                true,
                whole.clone(),
            ),
        ];
        for (name, state, has_history, expected) in cases {
            let got = depth(UNIT, state.as_ref(), "b", has_history, now);
            assert_eq!(got, expected, "{name}");
        }
        let got = depth(SyncUnit::Person, Some(&checked()), "b", true, now);
        assert_eq!(got, whole, "the person is always read");
    }

    #[test]
    fn the_ids_are_the_same_only_if_none_is_missing_on_either_side() {
        let searches = ["Condition?patient=1".to_owned()];
        let held = |id: &str, is_listed, run| HeldKey {
            key: ResourceKey {
                source: SourceId("main".into()),
                resource_type: "Condition".into(),
                id: id.into(),
            },
            unit: UNIT,
            is_listed,
            run,
        };
        let one = |run| vec![held("1", true, run)];
        let two = |is_listed| vec![held("1", true, 1), held("2", is_listed, 1)];
        let cases = [
            ("none", vec![], vec![], None, true),
            ("same", one(1), vec!["1"], None, true),
            ("not held", one(1), vec!["1", "2"], None, false),
            ("gone", two(true), vec!["1"], None, false),
            ("gone from inside", two(false), vec!["1"], None, false),
            ("arrived since", one(9), vec![], None, true),
            ("missed by the run", one(4), vec!["1"], Some(5), false),
            ("met by the run", one(5), vec!["1"], Some(5), true),
        ];
        for (name, held, present, met_by, expected) in cases {
            let present = present
                .into_iter()
                .map(|id: &str| ("Condition".to_owned(), id.to_owned()))
                .collect();
            let got = are_same_ids(&held, &present, UNIT, &searches, met_by, 9);
            assert_eq!(got, expected, "{name}");
        }
    }

    #[test]
    fn a_search_is_narrowed_in_its_own_words() {
        let search = "Appointment?patient=1&_include=Appointment:location&_count=100";
        assert_eq!(
            changes_of(search, at(10, 9)),
            format!("{search}&_lastUpdated=ge2026-01-10T09:00:00Z")
        );
        assert_eq!(
            ids_of(search),
            "Appointment?patient=1&_elements=id&_count=500"
        );
        assert_eq!(
            history_of("Condition", at(10, 9)),
            "Condition/_history?_since=2026-01-10T09:00:00Z&_count=100"
        );
    }
}
