//! The laws of the marks: what is new, amended or removed since the patient last looked.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::changes::{ChangeKind, NewsCountView};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;

use super::chance::Chance;
use crate::ports::{Cache, ListQuery, ResourceKey, SourceId, StoredResource, UnitTrouble};
use crate::sync::news;
use crate::sync::plan::{Extent, Incoming, Resume, SyncAction};

const UNIT: SyncUnit = SyncUnit::Record(SectionKind::Results);
const REPORTS: u64 = 3;
const RESULTS: u64 = 6;

fn source() -> SourceId {
    SourceId("main".to_owned())
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_767_600_000 + second)
}

fn key(resource_type: &str, id: u64) -> ResourceKey {
    ResourceKey {
        source: source(),
        resource_type: resource_type.to_owned(),
        id: id.to_string(),
    }
}

/// A report, or a result that stands in its report or on its own. A note of 0 was withdrawn.
fn keep(key: ResourceKey, note: u64, is_listed: bool, run: i64, second: i64) -> SyncAction {
    let number: u64 = key.id.parse().unwrap_or(0);
    let is_result = key.resource_type == "Observation";
    let part_of = is_result.then(|| format!("DiagnosticReport/{}", number % REPORTS));
    let json = format!(r#"{{"id":"{}","note":"{note}"}}"#, key.id);
    let view = if note == 0 {
        news::NOTHING
    } else {
        news::of_view(&note)
    };
    SyncAction::Upsert {
        resource: Box::new(Incoming {
            own: news::of_resource(&key, view),
            json,
            key,
            unit: UNIT,
            is_listed,
            version: None,
            last_updated: None,
            sort_date: None,
            search_text: String::new(),
            part_of,
        }),
        run,
        at: at(second),
    }
}

fn finish(extent: Extent, run: i64, second: i64) -> SyncAction {
    SyncAction::FinishUnit {
        source: source(),
        unit: UNIT,
        run,
        extent,
        cursor: None,
        basis: String::new(),
        at: at(second),
        skipped: 0,
    }
}

fn resume(run: i64, second: i64) -> SyncAction {
    SyncAction::Resume {
        source: source(),
        unit: UNIT,
        at: Some(Box::new(Resume {
            run,
            search: 0,
            next: None,
            cursor: None,
            skipped: 0,
            is_whole: true,
            basis: String::new(),
            stored_at: at(second),
        })),
    }
}

async fn apply(cache: &impl Cache, actions: Vec<SyncAction>) {
    cache.apply(actions).await.expect("the store applies");
}

async fn rows(cache: &impl Cache) -> (Vec<StoredResource>, NewsCountView) {
    let query = ListQuery {
        unit: UNIT,
        offset: 0,
        limit: u32::MAX,
        listed_only: false,
    };
    let page = cache.list(query).await.expect("the store lists");
    (page.rows, page.news)
}

/// A look at everything, or at every other row where the rest is further down.
fn look(rows: &[StoredResource], is_whole: bool, second: i64) -> SyncAction {
    let marked = rows.iter().filter(|row| row.is_listed);
    SyncAction::Look {
        unit: UNIT,
        seen: marked
            .filter(|row| row.seen != row.shown)
            .enumerate()
            .filter(|(place, _)| is_whole || place % 2 == 0)
            .map(|(_, row)| (row.key.clone(), row.shown))
            .collect(),
        at: at(second),
    }
}

/// What a first reading brings is no news, also while it is under way and looked at; what comes
/// after it is, once, until it was on the screen.
///
/// # Panics
/// If the store breaks it.
pub async fn a_first_reading_is_no_news(cache: &impl Cache) {
    let report = |id| key("DiagnosticReport", id);
    let none = NewsCountView::default();
    apply(cache, vec![keep(report(0), 1, true, 1, 1), resume(1, 1)]).await;
    let (held, count) = rows(cache).await;
    assert_eq!(count, none, "it is not read to its end");
    apply(cache, vec![look(&held, true, 2)]).await;
    let rest = vec![keep(report(1), 1, true, 1, 3), finish(Extent::Whole, 1, 3)];
    apply(cache, rest).await;
    assert_eq!(rows(cache).await.1, none, "the rest of the same reading");
    let change = vec![
        keep(report(0), 2, true, 2, 4),
        keep(report(2), 1, true, 2, 4),
        SyncAction::MarkRemoved {
            key: report(1),
            at: at(4),
        },
    ];
    apply(cache, change).await;
    let (held, count) = rows(cache).await;
    let all = NewsCountView {
        new: 1,
        amended: 1,
        removed: 1,
    };
    assert_eq!(count, all);
    let seen = look(&held, true, 5);
    // What changes between the screen and the note of the look stays marked.
    apply(cache, vec![keep(report(2), 2, true, 3, 5)]).await;
    apply(cache, vec![seen]).await;
    let amended = NewsCountView { amended: 1, ..none };
    assert_eq!(rows(cache).await.1, amended);
}

/// A look at what was read before a check came to its end is a first look: what comes then is news.
///
/// # Panics
/// If the store breaks it.
pub async fn a_look_at_a_part_begins_the_news(cache: &impl Cache) {
    let report = |id| key("DiagnosticReport", id);
    let part = vec![
        keep(report(0), 1, true, 1, 1),
        finish(Extent::Part, 1, 1),
        keep(report(1), 1, true, 2, 2),
        finish(Extent::Part, 2, 2),
    ];
    apply(cache, part).await;
    let (held, count) = rows(cache).await;
    assert!(count.is_none(), "nothing was looked at, and no check ended");
    apply(cache, vec![look(&held, true, 3)]).await;
    apply(cache, vec![keep(report(2), 1, true, 3, 4)]).await;
    assert_eq!(rows(cache).await.1.new, 1);
}

/// Whatever is read and looked at: each entry's mark is the difference between what was on the
/// screen at the last look at it and what would be now.
///
/// # Panics
/// If the store breaks it.
pub async fn marks_are_the_difference_since_the_last_look(
    cache: &impl Cache,
    seed: u64,
    count: usize,
) {
    let mut chance = Chance(seed);
    let mut last: BTreeMap<ResourceKey, String> = BTreeMap::new();
    let mut was_begun = false;
    for step in 0..count {
        let second = i64::try_from(step).unwrap_or(i64::MAX);
        let (before, _) = rows(cache).await;
        let (action, looked) = action(&mut chance, &before, second);
        let seen: BTreeSet<ResourceKey> = match &action {
            SyncAction::Look { seen, .. } => seen.iter().map(|(key, _)| key.clone()).collect(),
            _ => BTreeSet::new(),
        };
        if matches!(action, SyncAction::PurgeUnit { .. }) {
            last.clear();
        }
        apply(cache, vec![action.clone()]).await;
        let (now, count) = rows(cache).await;
        let states = cache.unit_states().await.expect("the store reads");
        let is_begun = states.iter().any(|state| state.news_since.is_some());
        let mut expected = NewsCountView::default();
        for row in now.iter().filter(|row| row.is_listed) {
            let shown = on_screen(row, &now);
            // What the first check brings and takes until its end is what news are told from.
            if !was_begun || !is_begun || (looked && seen.contains(&row.key)) {
                set(&mut last, &row.key, shown.clone());
            }
            let change = difference(last.get(&row.key), shown.as_ref());
            assert_eq!(
                news::change(row.seen, row.shown),
                change,
                "seed {seed}, step {step}: {:?} after {action:?}",
                row.key
            );
            match change {
                Some(ChangeKind::New) => expected.new += 1,
                Some(ChangeKind::Amended) => expected.amended += 1,
                Some(ChangeKind::Removed) => expected.removed += 1,
                None => {}
            }
        }
        was_begun = is_begun;
        // What is no entry any more is on no screen.
        let is_entry = |key: &ResourceKey| now.iter().any(|row| row.is_listed && row.key == *key);
        last.retain(|key, _| is_entry(key));
        assert_eq!(count, expected, "seed {seed}, step {step}");
    }
}

fn set(last: &mut BTreeMap<ResourceKey, String>, key: &ResourceKey, shown: Option<String>) {
    match shown {
        Some(shown) => last.insert(key.clone(), shown),
        None => last.remove(key),
    };
}

/// What stands on the screen of an entry: its own words and those of its parts; none where it was
/// removed or withdrawn.
fn on_screen(row: &StoredResource, all: &[StoredResource]) -> Option<String> {
    if row.removed_at.is_some() || row.json.contains(r#""note":"0""#) {
        return None;
    }
    let name = format!("{}/{}", row.key.resource_type, row.key.id);
    let mut parts: Vec<&str> = all
        .iter()
        .filter(|part| !part.is_listed && part.part_of.as_deref() == Some(&name))
        // What was withdrawn inside an entry says nothing.
        .filter(|part| !part.json.contains(r#""note":"0""#))
        .map(|part| part.json.as_str())
        .collect();
    parts.sort_unstable();
    Some(format!("{} {parts:?}", row.json))
}

fn difference(last: Option<&String>, now: Option<&String>) -> Option<ChangeKind> {
    match (last, now) {
        (None, Some(_)) => Some(ChangeKind::New),
        (Some(_), None) => Some(ChangeKind::Removed),
        (Some(last), Some(now)) if last != now => Some(ChangeKind::Amended),
        _ => None,
    }
}

/// An action, and whether it is a look.
fn action(chance: &mut Chance, rows: &[StoredResource], second: i64) -> (SyncAction, bool) {
    let run = i64::try_from(chance.below(3)).unwrap_or(0);
    let is_report = chance.below(2) == 0;
    let key = if is_report {
        key("DiagnosticReport", chance.below(REPORTS))
    } else {
        key("Observation", chance.below(RESULTS))
    };
    let action = match chance.below(24) {
        0..12 => {
            let is_listed = is_report || chance.below(4) == 0;
            keep(key, chance.below(4), is_listed, run, second)
        }
        12..15 => SyncAction::MarkRemoved {
            key,
            at: at(second),
        },
        15 => finish(Extent::Whole, run, second),
        16 => finish(Extent::Part, run, second),
        17 => {
            let are_removals_known = chance.below(2) == 0;
            finish(Extent::Changes { are_removals_known }, run, second)
        }
        18 => resume(run, second),
        19 => SyncAction::UnitTroubled {
            source: source(),
            unit: UNIT,
            trouble: UnitTrouble::Failed(ErrorCode::UnreadableAnswer),
            at: at(second),
        },
        20 if chance.below(4) == 0 => SyncAction::PurgeUnit {
            source: source(),
            unit: UNIT,
            why: WhyNot::ServerLacksFeature,
            at: at(second),
        },
        _ => return (look(rows, chance.below(2) == 0, second), true),
    };
    (action, false)
}
